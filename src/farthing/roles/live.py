"""The ledger straight from a Prometheus: asked, priced and costed on demand, nothing kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from farthing.core.errors import NoData
from farthing.core.ledger import Ledger, Note, Span
from farthing.core.settings import Settings
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.costing import cost, cut
from farthing.metering import ALL_NEEDS, RAM_USED, Source, measure
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.pricing import PriceBook, price_assets

from .ahead import in_order
from .recent import Recent

DIVISORS = (1, 2, 3, 4, 6, 8, 12, 24)


class LiveLedger:
    """Answers for any window from one Prometheus-compatible server.

    Long windows are done in pieces of whole hours, so that memory stays flat; every hour's quantities depend only on the data
    around it, not on the window or the piece it is asked in. With `recent`, pieces are remembered for some minutes.
    """

    def __init__(
        self,
        client: PrometheusClient,
        book: PriceBook,
        settings: Settings,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        recent: Recent | None = None,
    ) -> None:
        self.client = client
        self.book = book
        self.settings = settings
        self._now = now
        self._recent = recent

    def now(self) -> datetime:
        """The present, as this ledger sees it."""
        return self._now()

    def pieces(self, window: Window, *, needs: Set[str] = ALL_NEEDS) -> Iterator[Ledger]:
        """Costed pieces of the window in order of time, the first and last cut where it begins or ends inside an hour.

        Hours that the server has nothing of are absent, and a note says so. Raises NoData when that is all of them, and what
        asking raises.
        """
        start, end = window.unix
        wanted = Span(start, end)
        whole = Span(start // HOUR_SECONDS * HOUR_SECONDS, -(-end // HOUR_SECONDS) * HOUR_SECONDS)
        needs = needs & ALL_NEEDS
        if self._recent:
            known = self._recent.find(whole, needs, self._now().timestamp())
            if known:
                yield cut(known, wanted)
                return
            needs = self._recent.widened(needs)
        source = PrometheusSource(self.client, self.settings.metering, whole)
        hours, at_once = self._sizes(source.breadth(RAM_USED, whole))
        spans = _cut_up(whole, hours)
        empty: list[Span] = []
        missing: NoData | None = None
        found = False
        for span, piece in zip(spans, in_order((self._job(source, span, needs) for span in spans), at_once), strict=True):
            if isinstance(piece, NoData):
                missing = piece
                empty.append(span)
                continue
            notes = [*piece.notes, *(() if found else self.book.notes), *_absent(empty)]
            empty, found = [], True
            yield cut(replace(piece, notes=tuple(notes)), wanted)
        if missing and not found:
            raise missing

    def _job(self, source: Source, span: Span, needs: Set[str]) -> Callable[[], Ledger | NoData]:
        """The call that makes a piece; a piece without data is told, not raised, for others may have some."""

        def make() -> Ledger | NoData:
            known = self._recent.find(span, needs, self._now().timestamp()) if self._recent else None
            if known:
                return cut(known, span)
            try:
                return self._piece(source, span, needs)
            except NoData as error:
                return error

        return make

    def _piece(self, source: Source, span: Span, needs: Set[str]) -> Ledger:
        now = self._now()
        facts = measure(source, span, self.settings.metering, needs=needs, now=now)
        ledger = cost(facts, price_assets(self.book, facts.assets(), now))
        settled = now.timestamp() - self.settings.metering.settle_minutes * 60
        if span.end > settled:
            ledger = replace(ledger, notes=(*ledger.notes, Note("the last hour is not closed yet: its numbers still move", level="info")))
        if self._recent:
            self._recent.keep(ledger, needs, now.timestamp(), settled)
        return ledger

    def _sizes(self, containers: int) -> tuple[int, int]:
        """Hours of a piece (a divisor of the day) and pieces under way, so that no more rows than set are in memory at once.

        Long pieces come first: each is read two hours further. A second one under way, where it fits, lets the server answer for
        it while the first is reckoned.
        """
        rows = self.settings.metering.rows_at_once
        hours = max((h for h in DIVISORS if h * containers <= rows), default=1)
        return hours, 2 if 2 * hours * containers <= rows else 1


def _cut_up(whole: Span, hours: int) -> list[Span]:
    """Pieces that begin at full multiples of `hours` of the UTC day, so that other windows have the same ones."""
    length = hours * HOUR_SECONDS
    edges = [whole.start, *(t * length for t in range(int(whole.start // length) + 1, int(-(-whole.end // length)))), whole.end]
    return [Span(float(a), float(b)) for a, b in pairwise(edges)]


def _absent(spans: list[Span]) -> list[Note]:
    if not spans:
        return []
    day = "%Y-%m-%d %H:%M UTC"
    first, last = (datetime.fromtimestamp(t, UTC).strftime(day) for t in (spans[0].start, spans[-1].end))
    return [Note(f"no cluster was seen from {first} to {last}: that time is absent, not 0")]
