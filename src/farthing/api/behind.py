"""What works behind the server, as far as the API tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from farthing.pricing import PriceBook
from farthing.roles import Counts, Health, History

from .examiner import Examiner


class Machine(Protocol):
    """Loops that collect, take in and cost: `roles.OneMachine`, or whoever tells the same of itself. Safe among threads."""

    def health(self) -> Sequence[Health]:
        """How every loop does."""
        ...

    def counts(self) -> Counts:
        """What was done since it began."""
        ...


@dataclass(frozen=True)
class Behind:
    """`machine`: None where nothing works but the questions themselves; `history`: how far its past is. `book`: what everything is costed
    by now. `origins`: dotted key of a setting → where its value came from, as LoadedSettings has it. `examiner`: of the server that is
    asked for data; None where there is none."""

    machine: Machine | None = None
    history: Callable[[], History] | None = None
    book: Callable[[], PriceBook] | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    examiner: Examiner | None = None


NOTHING = Behind()
