"""The ledger from the lake alone: its facts, now or as they were, costed on demand; no server is asked, nothing is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import polars as pl

from farthing.core.errors import NoData
from farthing.core.ledger import Ledger, Note, Span
from farthing.core.settings import Settings
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.costing import cost, cut
from farthing.lake import Lake
from farthing.metering import ALL_NEEDS
from farthing.pricing import price_assets
from farthing.views import CostSource, Extent, OnDemand

from .aggregator import joined
from .rules import Rules, rules_as_of

HOURS_AT_ONCE = 168  # most hours of a piece, however few rows they have
HOUR_ROWS = pl.Schema({"cluster": pl.String(), "hour": pl.Int64(), "rows": pl.Int64(), "recorded_at": pl.Datetime("us", "UTC")})
BACKFILL = "farthing backfill takes in what the server still has of it"


class LakeLedger:
    """Answers for any window from what lies in a lake.

    The facts are the newest, or with `as_of` those that were current then; they are costed by the price book that the settings name, or
    with `as_of` by the one that the lake recorded for then. Only whole, closed hours lie in a lake. An object may be used by many threads.
    """

    def __init__(
        self, lake: Lake, settings: Settings, *, as_of: datetime | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._lake = lake
        self._settings = settings
        self._as_of = as_of
        self._now = now

    def now(self) -> datetime:
        """The present, also where facts of another time are asked for."""
        return self._now()

    @cached_property
    def rules(self) -> Rules:
        """What it is costed by. Raises BadPriceBook, and what reading the lake raises."""

        def present() -> Rules:
            return Rules.read(self._settings.pricing.book)

        return present() if self._as_of is None else rules_as_of(self._lake, self._as_of, present)

    def pieces(self, window: Window, *, needs: Set[str] = ALL_NEEDS) -> Iterator[Ledger]:
        """Costed pieces of the window in order of time, each with all clusters of its hours, of `metering.rows_at_once` rows at most
        unless one hour has more; the first and last cut where the window begins or ends inside an hour.

        What is needed is always there. Hours that are not in the lake are absent, and notes of the last piece say which.
        Raises NoData when that is all of them, LakeError, BadPriceBook.
        """
        del needs
        wanted = Span(*window.unix)
        book = self.rules.book
        hours = self._hours(wanted)
        if not hours.height:
            raise self._nothing(wanted)
        told = [*self._absent(hours, wanted)]
        batches = list(_batches(hours, self._settings.metering.rows_at_once))
        for number, batch in enumerate(batches, 1):
            facts = joined([self._lake.cluster(name).read(span, as_of=self._as_of) for name, span in batch.spans.items()])
            ledger = cost(facts, price_assets(book, facts.assets(), self._now()))
            notes = [*ledger.notes, *(book.notes if number == 1 else ()), *(told if number == len(batches) else ())]
            yield cut(replace(ledger, span=batch.span, notes=tuple(notes)), wanted)

    def extents(self) -> tuple[Extent, ...]:
        """What there is of each cluster."""
        found = (
            self._hours(None).group_by("cluster").agg(first=pl.col("hour").min(), last=pl.col("hour").max(), at=pl.col("recorded_at").max())
        )
        return tuple(
            Extent(name, float(first * HOUR_SECONDS), float((last + 1) * HOUR_SECONDS), at)
            for name, first, last, at in found.sort("cluster").iter_rows()
        )

    def hours(self, window: Window) -> pl.DataFrame:
        """cluster, hour (since 1970) of the hours that `window` touches and the lake has, by cluster and hour."""
        return self._hours(Span(*window.unix)).select("cluster", "hour").sort("cluster", "hour")

    def version(self) -> str:
        """A text that changes with every commit and every change of the price book. One small object per cluster is read."""
        heads = [(name, self._lake.cluster(name).head()) for name in self._lake.clusters()]
        parts = [self.rules.written, *(f"{name} {head.sequence} {head.run_id}" for name, head in heads if head)]
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=9).hexdigest()

    def _hours(self, span: Span | None) -> pl.DataFrame:
        """cluster, hour (since 1970), rows, recorded_at of the hours that count, by hour."""
        number = (pl.col("hour").dt.epoch("s") // HOUR_SECONDS).cast(pl.Int64)
        frames = [
            self._lake.cluster(name)
            .hours(span, as_of=self._as_of)
            .select(pl.lit(name).alias("cluster"), number, pl.col("usage_rows").cast(pl.Int64).alias("rows"), "recorded_at")
            .cast(HOUR_ROWS)
            for name in self._lake.clusters()
        ]
        return pl.concat(frames).sort("hour", "cluster") if frames else pl.DataFrame(schema=HOUR_ROWS)

    def _absent(self, hours: pl.DataFrame, wanted: Span) -> Iterator[Note]:
        """What of `wanted` the lake does not have of each cluster."""
        first, end = int(wanted.start // HOUR_SECONDS), int(-(-wanted.end // HOUR_SECONDS))
        closed = int((self._now().timestamp() - self._settings.metering.settle_minutes * 60) // HOUR_SECONDS)
        for (name,), rows in hours.group_by("cluster", maintain_order=True):
            cluster, there = str(name), set(rows.get_column("hour"))
            begins, ends = min(there), max(there) + 1
            if begins > first:
                yield Note(f"the lake has nothing before {_when(begins)}: that time is absent, not 0", BACKFILL, cluster=cluster)
            if holes := [hour for hour in range(begins, ends) if hour not in there]:
                text = f"{len(holes):,} hours between {_when(holes[0])} and {_when(holes[-1] + 1)} are not in the lake: absent, not 0"
                yield Note(text, BACKFILL, cluster=cluster)
            if ends < min(end, closed):
                yield Note(f"the lake has nothing from {_when(ends)} on: that time is absent, not 0", BACKFILL, cluster=cluster)
            elif ends < end:
                yield Note(f"the lake ends at {_when(ends)}: later hours are not closed yet", level="info", cluster=cluster)

    def _nothing(self, wanted: Span) -> NoData:
        when = "" if self._as_of is None else f", as of {self._as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        known = self.extents()
        what = (
            "; ".join(f"{one.cluster} from {_when(one.first // HOUR_SECONDS)} to {_when(one.last // HOUR_SECONDS)}" for one in known)
            or "it has no hours at all"
        )
        from_to = f"{_when(wanted.start // HOUR_SECONDS)} to {_when(-(-wanted.end // HOUR_SECONDS))}"
        return NoData(
            f"the lake {self._lake.url} has no hour of {from_to}{when}",
            expected=f"a window of which it has some: {what}" if known else "hours that farthing up or farthing backfill has collected",
            cure="take another --window" if known else "farthing backfill --prometheus URL --lake URL collects what a Prometheus still has",
        )


class LakeSource(OnDemand):
    """A LakeLedger as a CostSource, with what it knows of its extent and version."""

    def __init__(self, ledger: LakeLedger) -> None:
        super().__init__(ledger)
        self._ledger = ledger

    def extents(self) -> tuple[Extent, ...]:
        """See CostSource."""
        return self._ledger.extents()

    def hours(self, window: Window) -> pl.DataFrame | None:
        """See CostSource."""
        return self._ledger.hours(window)

    def version(self) -> str:
        """See CostSource."""
        return self._ledger.version()


def as_of_source(lake: Lake, settings: Settings, when: datetime, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> CostSource:
    """Answers from the facts, and by the price book, that were current at `when` (ledger 11). `now()` of it is the present.

    Every question reads the lake: for looking back, not for a screen's every click.
    """
    return LakeSource(LakeLedger(lake, settings, as_of=when, now=now))


@dataclass(frozen=True)
class _Batch:
    """Hours that are read together: of each cluster from its first to its last."""

    span: Span
    spans: Mapping[str, Span]


def _batches(hours: pl.DataFrame, most: int) -> Iterator[_Batch]:
    """Hours in order of time, at most `most` rows and HOURS_AT_ONCE hours together; an hour is never divided."""
    batch: list[int] = []
    rows = 0
    counted = hours.group_by("hour").agg(pl.col("rows").sum()).sort("hour")
    for hour, count in counted.iter_rows():
        if batch and (rows + count > most or hour - batch[0] >= HOURS_AT_ONCE):
            yield _batch(hours, batch[0], batch[-1])
            batch, rows = [], 0
        batch.append(hour)
        rows += count
    if batch:
        yield _batch(hours, batch[0], batch[-1])


def _batch(hours: pl.DataFrame, first: int, last: int) -> _Batch:
    mine = hours.filter(pl.col("hour").is_between(first, last))
    edges = mine.group_by("cluster").agg(first=pl.col("hour").min(), last=pl.col("hour").max()).sort("cluster")
    return _Batch(_span(first, last), {name: _span(a, b) for name, a, b in edges.iter_rows()})


def _span(first: int, last: int) -> Span:
    return Span(float(first * HOUR_SECONDS), float((last + 1) * HOUR_SECONDS))


def _when(hour: float) -> str:
    return f"{datetime.fromtimestamp(hour * HOUR_SECONDS, UTC):%Y-%m-%d %H:%M} UTC"
