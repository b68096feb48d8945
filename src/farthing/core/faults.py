"""Named places where a test may kill the process, so that what a killed writer leaves behind can be seen.

FARTHING_FAULT_AT=NAME[:n] in the environment: the process kills itself (SIGKILL) at the n-th passage of that place, the first by default.
Unset, a passage costs one comparison.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "FARTHING_FAULT_AT"


class Fault:
    """The one place that is armed, and the passages left until it strikes."""

    def __init__(self, text: str) -> None:
        name, _, count = text.partition(":")
        if not name or (count and not count.isdigit()) or count == "0":
            raise ValueError(f"{VARIABLE}={text!r}: expected NAME or NAME:n, n at least 1")
        self.name = name
        self.left = int(count or 1)

    def pass_by(self, name: str) -> None:
        if name != self.name:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


_declared: list[str] = []
_armed = Fault(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def arm(text: str) -> None:
    """Arm a place as the variable does, in this process from now on. Raises ValueError for a text that names none."""
    global _armed  # noqa: PLW0603 - one process dies once
    _armed = Fault(text)


def declare(*names: str) -> None:
    """Make places known by name. Raises ValueError for a name that is taken."""
    for name in names:
        if name in _declared:
            raise ValueError(f"fault point {name} is declared twice")
        _declared.append(name)


def declared() -> tuple[str, ...]:
    """All places of the rooms that are imported, in the order they were declared."""
    return tuple(_declared)


def reach(name: str) -> None:
    """Pass the place `name`; the process ends here when it is armed."""
    if _armed is not None:
        if name not in _declared:
            raise ValueError(f"fault point {name} is not declared")
        _armed.pass_by(name)
