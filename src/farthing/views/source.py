"""Whoever can answer questions about costs: a ledger that is costed on demand, or a warehouse that has it ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

import polars as pl

from farthing.core.errors import NoData
from farthing.core.ledger import Ledger, Span
from farthing.core.schema import IDENTITY
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window

from .answering import answer
from .assets import AssetTable, sum_assets
from .filters import Filter
from .question import NEEDS, Question
from .table import SummaryTable

Table = TypeVar("Table")


HOURS_KNOWN = pl.Schema({"cluster": pl.String(), "hour": pl.Int64()})


@dataclass(frozen=True)
class Extent:
    """What a source has of a cluster: the first and last second that it knows, unix time, and when its last hour was recorded."""

    cluster: str
    first: float
    last: float
    recorded_at: datetime | None = None


class LedgerSource(Protocol):
    """Whoever can give the ledger of a window, hour by hour."""

    def pieces(self, window: Window, *, needs: frozenset[str]) -> Iterator[Ledger]:
        """The ledger of `window`, cut to it, in pieces of some hours each, every piece with all clusters of its hours.

        `needs`: what the answer rests on, of `views.NEEDS`; other parts may be left empty. May raise any FarthingError.
        """
        ...

    def now(self) -> datetime:
        """The present, aware."""
        ...


class CostSource(Protocol):
    """Whoever can answer a question about costs. Safe among threads. Any method may raise any FarthingError."""

    def now(self) -> datetime:
        """The present, aware."""
        ...

    def summaries(self, question: Question, sets: Sequence[Window]) -> Iterator[tuple[SummaryTable, tuple[Window, ...]]]:
        """Tables that together hold all `sets` (windows that follow each other without holes), each with the sets that are its steps."""
        ...

    def assets(self, filter: Filter | None, sets: Sequence[Window]) -> Iterator[tuple[AssetTable, tuple[Window, ...]]]:
        """The same for assets."""
        ...

    def identities(self, window: Window) -> pl.DataFrame:
        """Pods that held something in `window`: IDENTITY rows."""
        ...

    def extents(self) -> tuple[Extent, ...]:
        """What there is of each cluster; empty where the source cannot tell without asking for everything."""
        ...

    def hours(self, window: Window) -> pl.DataFrame | None:
        """HOURS_KNOWN: which hours (since 1970) that `window` touches are known of which cluster, by cluster and hour; None where the
        source cannot tell without asking for everything."""
        ...

    def version(self) -> str:
        """A text that changes whenever an answer about the past may; empty where the source cannot tell."""
        ...


def meet_on_hours(sets: Sequence[Window]) -> bool:
    """Whether all inner edges are full UTC hours, so that one pass over hours of the ledger fills all sets."""
    return all(one.end.timestamp() % HOUR_SECONDS == 0 for one in sets[:-1])


class OnDemand:
    """Answers each question from the pieces of a LedgerSource."""

    def __init__(self, source: LedgerSource) -> None:
        self._source = source

    def now(self) -> datetime:
        """See CostSource."""
        return self._source.now()

    def summaries(self, question: Question, sets: Sequence[Window]) -> Iterator[tuple[SummaryTable, tuple[Window, ...]]]:
        """See CostSource."""
        return self._tables(sets, question.needs, lambda pieces, steps: answer(pieces, question, steps=steps))

    def assets(self, filter: Filter | None, sets: Sequence[Window]) -> Iterator[tuple[AssetTable, tuple[Window, ...]]]:
        """See CostSource."""
        return self._tables(sets, frozenset({"asset"}), lambda pieces, steps: sum_assets(pieces, steps, filter))

    def identities(self, window: Window) -> pl.DataFrame:
        """See CostSource."""
        found = IDENTITY.empty()
        for piece in self._source.pieces(window, needs=NEEDS):
            found = pl.concat([found, piece.identity]).unique("identity_id", keep="last")
        return found

    def extents(self) -> tuple[Extent, ...]:
        """See CostSource."""
        return ()

    def hours(self, window: Window) -> pl.DataFrame | None:
        """See CostSource."""
        del window
        return None

    def version(self) -> str:
        """See CostSource."""
        return ""

    def _tables(
        self, sets: Sequence[Window], needs: frozenset[str], of: Callable[[Iterable[Ledger], tuple[Span, ...]], Table]
    ) -> Iterator[tuple[Table, tuple[Window, ...]]]:
        """One pass over the ledger where the sets meet on full hours; else one for each, so that the source cuts hours at edges.

        A set of which the source has nothing is an empty table, as long as it has something of another.
        """
        nothing: list[tuple[Table, tuple[Window, ...]]] = []
        first: NoData | None = None
        found = False
        for batch in [tuple(sets)] if meet_on_hours(sets) else [(one,) for one in sets]:
            steps = tuple(Span(*one.unix) for one in batch)
            try:
                table = of(self._source.pieces(Window(batch[0].start, batch[-1].end), needs=needs), steps)
            except NoData as error:
                first = first or error
                table = of((), steps)
                if not found:
                    nothing.append((table, batch))
                    continue
            if not found:
                yield from nothing
            found = True
            yield table, batch
        if first is not None and not found:
            raise first
