"""Work on a lake as a plan: small steps that may each be repeated, shown before they are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One thing to do in one table: what, with how many files of how many bytes. `run` does it and tells what came of it."""

    cluster: str
    table: str
    part: str
    what: str
    files: int
    bytes: int
    run: Callable[[], str] = field(repr=False, compare=False)
