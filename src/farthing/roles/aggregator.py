"""The aggregator: takes what is new in the lake into the warehouse, and costs everything again when prices or rules have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from farthing.core.ledger import Facts, Ledger, Span
from farthing.core.units import HOUR_SECONDS
from farthing.costing import cost
from farthing.lake import Changes, Lake
from farthing.pricing import PriceBook, price_assets
from farthing.views import check_closes
from farthing.warehouse import Taken, Warehouse

from .progress import Job, Progress
from .rules import Rules

ROWS_AT_ONCE = 120_000
HOURS_AT_ONCE = 24


class Aggregator:
    """Brings the warehouse up to the lake. Every step is whole or not at all and may be repeated."""

    def __init__(
        self,
        lake: Lake,
        warehouse: Warehouse,
        rules: Callable[[], Rules],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        told: Callable[[Progress], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._lake = lake
        self._warehouse = warehouse
        self._rules = rules
        self._now = now
        self._told = told
        self._stopped = stopped
        self._cursors: dict[str, str | None] = {}

    def catch_up(self) -> int:
        """Take in what is new or was replaced, newest hours first; how many hours."""
        rules = self._rules()
        joins = self._warehouse.begin(rules.written)
        # where other rules answer still, what is new joins them by those, until `cost_again` is through
        rules = rules if joins == rules.written else Rules.read_again(joins)
        changed: dict[str, Changes] = {}
        for name in self._lake.clusters():
            changes = self._lake.cluster(name).changed_since(self._cursors.get(name))
            if changes.hours:
                changed[name] = changes
            else:
                self._cursors[name] = changes.cursor
        done = self._take_in(rules, {name: changes.hours for name, changes in changed.items()}, None)
        if not self._stopped():
            self._cursors |= {name: changes.cursor for name, changes in changed.items()}
        return done

    def cost_again(self) -> bool:
        """Cost the whole lake by the present rules beside what answers, and then put it in its place; False when it was so already.

        Goes on where it was stopped. Old answers are served until the new ones are whole.
        """
        rules = self._rules()
        generation = self._warehouse.begin_again(rules.written)
        if generation is None:
            return False
        while not self._stopped():
            if not self._take_in(rules, dict.fromkeys(self._lake.clusters()), generation):
                self._warehouse.roll_up(generation=generation)
                self._warehouse.take_over(generation)
                return True
        return False

    def _take_in(self, rules: Rules, clusters: Mapping[str, Sequence[int] | None], generation: int | None) -> int:
        """Take in hours of the lake that the warehouse has not, or has from another run; of a cluster only those named (None: all)."""
        waiting = [self._open_hours(name, hours, generation) for name, hours in clusters.items()]
        todo = pl.concat(waiting).sort("hour", "cluster", descending=[True, False]) if waiting else pl.DataFrame()
        done = 0
        for batch in _batches(todo):
            if self._stopped():
                break
            facts = joined([self._facts(name, hours) for name, hours in _by_cluster(batch)])
            ledger = cost(facts, price_assets(rules.book, facts.assets(), self._now()))
            check_closes(ledger)
            self._warehouse.take_in(_with_book_notes(ledger, rules.book), batch, generation=generation)
            done += len(batch)
            self._told(Progress(Job.TAKING_IN if generation is None else Job.COSTING_AGAIN, done, todo.height))
        return done

    def _open_hours(self, cluster: str, hours: Sequence[int] | None, generation: int | None) -> pl.DataFrame:
        """cluster, hour (since 1970), run_id, recorded_at, usage_rows of hours that are to be taken in."""
        there = self._lake.cluster(cluster).hours()
        there = there.with_columns(hour=(pl.col("hour").dt.epoch("s") // HOUR_SECONDS).cast(pl.Int32), cluster=pl.lit(cluster))
        if hours is not None:
            there = there.filter(pl.col("hour").is_in([int(start // HOUR_SECONDS) for start in hours]))
        known = self._warehouse.taken(cluster, generation=generation).select("hour", "run_id")
        return there.join(known, on=["hour", "run_id"], how="anti").select("cluster", "hour", "run_id", "recorded_at", "usage_rows")

    def _facts(self, cluster: str, hours: Sequence[int]) -> Facts:
        """Facts of hours of a cluster, none of those between."""
        span = Span(float(min(hours) * HOUR_SECONDS), float((max(hours) + 1) * HOUR_SECONDS))
        facts = self._lake.cluster(cluster).read(span)
        if len(hours) == max(hours) + 1 - min(hours):
            return facts
        wanted = (pl.col("hour").dt.epoch("s") // HOUR_SECONDS).is_in(list(hours))
        parts = {table: getattr(facts, table).filter(wanted) for table in ("usage", "capacity", "flow")}
        return replace(facts, **parts)


def _by_cluster(batch: Sequence[Taken]) -> Iterator[tuple[str, list[int]]]:
    for name in sorted({taken.cluster for taken in batch}):
        yield name, [taken.hour for taken in batch if taken.cluster == name]


def joined(facts: Sequence[Facts]) -> Facts:
    """Facts of several clusters as one."""
    frames = {table: pl.concat([getattr(one, table) for one in facts]) for table in ("usage", "capacity", "flow", "identity")}
    span = Span(min(one.span.start for one in facts), max(one.span.end for one in facts))
    return Facts(span, notes=tuple(note for one in facts for note in one.notes), **frames)


def _with_book_notes(ledger: Ledger, book: PriceBook) -> Ledger:
    return replace(ledger, notes=(*ledger.notes, *book.notes))


def _batches(hours: pl.DataFrame) -> Iterator[list[Taken]]:
    """Batches of at most HOURS_AT_ONCE hours of all clusters, or ROWS_AT_ONCE rows, newest first."""
    batch: list[Taken] = []
    rows = 0
    for cluster, hour, run_id, recorded_at, count in hours.iter_rows():
        if batch and (batch[0].hour - hour >= HOURS_AT_ONCE or rows + count > ROWS_AT_ONCE):
            yield batch
            batch, rows = [], 0
        batch.append(Taken(cluster, hour, run_id, recorded_at))
        rows += count
    if batch:
        yield batch
