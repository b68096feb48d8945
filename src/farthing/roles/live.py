"""The ledger straight from a Prometheus: asked, priced and costed on demand, nothing kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from datetime import UTC, datetime

from farthing.core.errors import NoData
from farthing.core.ledger import Ledger, Note, Span
from farthing.core.settings import Settings
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.costing import cost, cut
from farthing.metering import ALL_NEEDS, RAM_USED, Source, measure
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.pricing import PriceBook, price_assets

from .recent import Recent

HOURS_AT_ONCE = 24


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
        empty: list[Span] = []
        missing: NoData | None = None
        found = False
        hours = self._hours_at_once(source.breadth(RAM_USED, whole))
        at = whole.start
        while at < whole.end:
            span = Span(at, min(at + hours * HOUR_SECONDS, whole.end))
            at = span.end
            try:
                ledger = self._piece(source, span, needs)
            except NoData as error:
                missing = error
                empty.append(span)
                continue
            hours = self._hours_at_once(ledger.allocation.height / (span.seconds / HOUR_SECONDS))
            notes = [*ledger.notes, *(() if found else self.book.notes), *_absent(empty)]
            empty, found = [], True
            yield cut(replace(ledger, notes=tuple(notes)), wanted)
        if missing and not found:
            raise missing

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

    def _hours_at_once(self, rows_an_hour: float) -> int:
        """Hours that a piece may have, so that no more rows than set are in memory at once."""
        return int(max(1, min(HOURS_AT_ONCE, self.settings.metering.rows_at_once // max(1.0, rows_an_hour))))


def _absent(spans: list[Span]) -> list[Note]:
    if not spans:
        return []
    day = "%Y-%m-%d %H:%M UTC"
    first, last = (datetime.fromtimestamp(t, UTC).strftime(day) for t in (spans[0].start, spans[-1].end))
    return [Note(f"no cluster was seen from {first} to {last}: that time is absent, not 0")]
