"""Questions answered from pieces of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from farthing.core.ledger import Ledger, Span

from .question import Question
from .sharing import Idle
from .sums import Sums
from .table import SummaryTable


def summarise(
    pieces: Iterable[Ledger],
    by: str | Sequence[str] = (),
    filter: str = "",
    idle: str = Idle.SEPARATE,
    *,
    steps: Sequence[Span] | None = None,
) -> SummaryTable:
    """The table of `pieces` for a question in the words of a user; see `answer`."""
    return answer(pieces, Question.of(by, filter, idle), steps=steps)


def answer(pieces: Iterable[Ledger], question: Question, *, steps: Sequence[Span] | None = None) -> SummaryTable:
    """Add up `pieces` (each some whole or cut hours of all its clusters) per step and group.

    `steps` must follow each other without holes, and meet inside on whole hours; None makes one step of all pieces. Only sums are kept
    from one piece to the next. Raises LedgerBroken when a piece has rows outside of the steps.
    """
    sums = Sums(question, tuple(steps) if steps is not None else None)
    for piece in pieces:
        sums.add(piece)
    return sums.table()
