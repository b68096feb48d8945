"""The ledger straight from a Prometheus: asked, priced and costed on demand, nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from farthing.core.ledger import Facts, Ledger, Note, Span
from farthing.core.settings import Settings
from farthing.core.units import GIB_BYTES, HOUR_SECONDS
from farthing.core.windows import Window
from farthing.costing import cost, cut
from farthing.metering import ALL_NEEDS, measure
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.pricing import PriceBook, price_assets

HOURS_AT_ONCE = 24


class LiveLedger:
    """Answers for any window from one Prometheus-compatible server.

    Long windows are done in pieces of whole hours, so that memory stays flat; every hour's quantities depend only on the data
    around it, not on the window or the piece it is asked in.
    """

    def __init__(
        self, client: PrometheusClient, book: PriceBook, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.client = client
        self.book = book
        self.settings = settings
        self._now = now

    def now(self) -> datetime:
        """The present, as this ledger sees it."""
        return self._now()

    def pieces(self, window: Window, *, needs: Set[str] = ALL_NEEDS) -> Iterator[Ledger]:
        """Costed pieces of the window in order of time, the first and last cut where it begins or ends inside an hour.

        Raises NoData when the server has nothing of the window, and what asking it raises.
        """
        start, end = window.unix
        wanted = Span(start, end)
        now = self._now()
        whole = Span(start // HOUR_SECONDS * HOUR_SECONDS, -(-end // HOUR_SECONDS) * HOUR_SECONDS)
        source = PrometheusSource(self.client, self.settings.metering, whole)
        at = whole.start
        hours = HOURS_AT_ONCE
        while at < whole.end:
            span = Span(at, min(at + hours * HOUR_SECONDS, whole.end))
            facts = measure(source, span, self.settings.metering, needs=needs, now=now)
            ledger = cost(facts, price_assets(self.book, assets_of(facts), now))
            ledger = replace(ledger, notes=(*ledger.notes, *_unsettled(span, now, self.settings)))
            yield cut(ledger, wanted)
            at = span.end
            hours = _next_piece(facts.usage.height / max(1, (span.end - span.start) / HOUR_SECONDS), self.settings.metering.rows_at_once)


def assets_of(facts: Facts) -> pl.DataFrame:
    """One row per asset, with the attributes that prices are looked up by and its size: `cores`, `gib`, `cards`."""
    size = {"cores": pl.col("cpu"), "cards": pl.col("gpu"), "gib": (pl.col("ram") + pl.col("storage")) / GIB_BYTES}
    return (
        facts.capacity.sort("hour")
        .with_columns((q / pl.col("seconds")).fill_nan(0.0).alias(name) for name, q in size.items())
        .group_by("asset_id", maintain_order=True)
        .agg(pl.all().exclude("hour", "cores", "cards", "gib").last(), pl.col("cores", "cards", "gib").max())
    )


def _next_piece(rows_an_hour: float, rows_at_once: int) -> int:
    return int(max(1, min(HOURS_AT_ONCE, rows_at_once // max(1.0, rows_an_hour))))


def _unsettled(span: Span, now: datetime, settings: Settings) -> list[Note]:
    settled = now.timestamp() - settings.metering.settle_minutes * 60
    if span.end <= settled:
        return []
    return [Note("the last hour is not closed yet: its numbers will still move", level="info")]
