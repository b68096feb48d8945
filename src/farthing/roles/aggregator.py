"""The aggregator: takes what is new in the lake into the warehouse, and costs everything again when prices or rules have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import polars as pl

from farthing.core.ledger import Ledger, Span
from farthing.core.units import HOUR_SECONDS
from farthing.costing import cost
from farthing.lake import ClusterLake, Lake
from farthing.pricing import PriceBook, price_assets
from farthing.views import check_closes
from farthing.warehouse import Taken, Warehouse

from .rules import Rules

ROWS_AT_ONCE = 250_000
HOURS_AT_ONCE = 24


@dataclass(frozen=True)
class Progress:
    """How far a long job is: `done` of `total` hours of clusters."""

    job: str
    done: int
    total: int


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
        done = 0
        for name in self._lake.clusters():
            cluster = self._lake.cluster(name)
            changes = cluster.changed_since(self._cursors.get(name))
            if changes.hours:
                done += self._take_in(cluster, rules, changes.hours, None)
            if self._stopped():
                return done
            self._cursors[name] = changes.cursor
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
            done = 0
            for name in self._lake.clusters():
                done += self._take_in(self._lake.cluster(name), rules, None, generation)
            if not done:
                self._warehouse.roll_up(generation=generation)
                self._warehouse.take_over(generation)
                return True
        return False

    def _take_in(self, cluster: ClusterLake, rules: Rules, changed: Sequence[int] | None, generation: int | None) -> int:
        """Take in the hours of the lake that the warehouse has not, or has from another run; of these, only `changed` ones."""
        there = cluster.hours()
        starts = (pl.col("hour").dt.epoch("s") // HOUR_SECONDS).cast(pl.Int32).alias("hour")
        there = there.with_columns(starts)
        if changed is not None:
            there = there.filter(pl.col("hour").is_in([int(start // HOUR_SECONDS) for start in changed]))
        known = self._warehouse.taken(cluster.cluster, generation=generation).select("hour", "run_id")
        open_hours = there.join(known, on=["hour", "run_id"], how="anti").sort("hour", descending=True)
        done = 0
        for batch in _batches(cluster.cluster, open_hours):
            if self._stopped():
                break
            span = Span(float(batch[-1].hour * HOUR_SECONDS), float((batch[0].hour + 1) * HOUR_SECONDS))
            facts = cluster.read(span)
            ledger = cost(facts, price_assets(rules.book, facts.assets(), self._now()))
            check_closes(ledger)
            self._warehouse.take_in(_with_book_notes(ledger, rules.book), batch, generation=generation)
            done += len(batch)
            self._told(Progress("taking in" if generation is None else "costing again", done, open_hours.height))
        return done


def _with_book_notes(ledger: Ledger, book: PriceBook) -> Ledger:
    return replace(ledger, notes=(*ledger.notes, *book.notes))


def _batches(cluster: str, hours: pl.DataFrame) -> Iterator[list[Taken]]:
    """Runs of hours without a hole, newest first, of at most HOURS_AT_ONCE hours or ROWS_AT_ONCE rows."""
    batch: list[Taken] = []
    rows = 0
    for hour, run_id, recorded_at, count in hours.select("hour", "run_id", "recorded_at", "usage_rows").iter_rows():
        apart = bool(batch) and batch[-1].hour != hour + 1
        if batch and (apart or len(batch) >= HOURS_AT_ONCE or rows + count > ROWS_AT_ONCE):
            yield batch
            batch, rows = [], 0
        batch.append(Taken(cluster, hour, run_id, recorded_at))
        rows += count
    if batch:
        yield batch
