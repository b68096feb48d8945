"""The warehouse: costed hours that lie ready, and whoever takes them in or asks for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from farthing.core.faults import declare, reach
from farthing.core.ledger import Ledger, Span
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.costing import cut
from farthing.views import HOURS_KNOWN, AssetTable, Extent, Filter, OnDemand, Question, Sharing, SummaryTable

from .answers import from_sums, observed, summary, unpriced, window_notes
from .assets import asset_sums
from .cells import Cells
from .days import days_to_roll, roll
from .ingest import Taken, take_in
from .keys import KeyRing
from .memo import Memo
from .pieces import ledger_of
from .plan import shift_of
from .sharing import kept, written
from .store import Store, schema_of, state_of
from .tables import of_generation

declare("ingest-begun", "ingest-written", "ingest-committed", "day-rolled", "generation-made", "generation-whole", "generation-taken-over")

PIECE_ROWS = 250_000  # rows of the ledger given back at once
UTC_SHIFT = 0
LONG_SECONDS = 3 * 86400  # windows from this length on are worth days of their own shift
SHIFT_SECONDS = 900  # days of every time zone begin at a quarter of an hour; other beginnings are of one window alone
MOST_SHIFTS = 8  # each keeps a table of days; windows that begin elsewhere are answered from hours


class Warehouse:
    """One DuckDB file of costed hours. Everything in it comes from the lake and can be built again. Safe among threads."""

    def __init__(
        self,
        path: Path | None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sharing: Sharing | None = None,
        memory_mib: int = 256,
        threads: int = 2,
    ) -> None:
        """`path`: None keeps everything in memory. `sharing`: the saved rules of what is shared out. Raises StorageError."""
        self.store = Store(path, memory_mib=memory_mib, threads=threads, now=now())
        self.sharing = kept(sharing)
        self._now = now
        self._lock = threading.Lock()
        with self.store.writing() as cursor:
            if not state_of(cursor).generation:
                make_generation(cursor, 1, self.sharing)
                cursor.execute("UPDATE state SET generation = 1, sharing = ?", [written(self.sharing)])
            rolled = cursor.execute(f"SELECT DISTINCT shift FROM {state_of(cursor).schema}.rolled").fetchall()
            self.cells = Cells(cursor)
        self._shifts = {UTC_SHIFT, *(shift for (shift,) in rolled)}
        self.keys = KeyRing(self.cells)
        self._memo = Memo()

    def close(self) -> None:
        """Let the file go."""
        self.store.close()

    def now(self) -> datetime:
        """The present, aware."""
        return self._now()

    def version(self) -> str:
        """Changes with every hour that is taken in and every price."""
        state = self.store.state()
        return f"{state.generation}.{state.version}"

    def take_in(self, ledger: Ledger, taken: Sequence[Taken], *, generation: int | None = None) -> None:
        """Keep the hours `taken` in place of what was there of them; `ledger` has all rows of these clusters and hours and no others.

        Whole or not at all. `generation`: None for the one that answers.
        """
        told: list[Callable[[], None]] = []
        with self.store.writing(told) as cursor:
            state = state_of(cursor)
            reach("ingest-begun")
            schema, sharing = schema_of(generation or state.generation), state.shared_by(generation)
            numbered = take_in(cursor, self.cells, schema, ledger, taken, sharing)
            reach("ingest-written")
            if generation is None:
                cursor.execute("UPDATE state SET version = version + 1")
            told.append(lambda: self.cells.keep(numbered))
        reach("ingest-committed")

    def taken(self, cluster: str | None = None, *, generation: int | None = None) -> pl.DataFrame:
        """cluster, hour (since 1970), run_id and recorded_at of every hour that is here."""
        with self.store.reading() as (cursor, state):
            schema = schema_of(generation or state.generation)
            return cursor.execute(
                f"SELECT cluster, hour, run_id, recorded_at FROM {schema}.taken WHERE ? IS NULL OR cluster = ? ORDER BY cluster, hour",
                [cluster, cluster],
            ).pl()

    def extents(self) -> tuple[Extent, ...]:
        """See CostSource."""
        with self.store.reading() as (cursor, state):
            found = cursor.execute(
                f"SELECT cluster, min(hour), max(hour) + 1, max(recorded_at) FROM {state.schema}.taken GROUP BY cluster ORDER BY cluster"
            ).pl()
        return tuple(Extent(c, float(a * HOUR_SECONDS), float(b * HOUR_SECONDS), at) for c, a, b, at in found.iter_rows())

    def hours(self, window: Window) -> pl.DataFrame | None:
        """See CostSource."""
        start, end = window.unix
        within = [int(start // HOUR_SECONDS), int(-(-end // HOUR_SECONDS))]
        with self.store.reading() as (cursor, state):
            found = cursor.execute(
                f"SELECT cluster, hour FROM {state.schema}.taken WHERE hour >= ? AND hour < ? ORDER BY cluster, hour", within
            ).pl()
        return found.cast(HOURS_KNOWN)

    def pieces(self, window: Window, *, needs: frozenset[str]) -> Iterator[Ledger]:
        """The ledger of `window` in pieces, cut to it: what is not a plain sum is answered from here. Whatever is needed is there."""
        del needs
        start, end = window.unix
        first, last = int(start // HOUR_SECONDS), int(-(-end // HOUR_SECONDS))
        with self.store.reading() as (cursor, state):
            counts = cursor.execute(
                f"SELECT hour, count(*) FROM {state.schema}.allocation WHERE hour >= ? AND hour < ? GROUP BY hour ORDER BY hour",
                [first, last],
            ).fetchall()
            for hours in _batches(counts):
                piece = ledger_of(cursor, self.cells, state.schema, hours[0], hours[-1] + 1)
                yield cut(piece, Span(start, end))

    def summaries(self, question: Question, sets: Sequence[Window]) -> Iterator[tuple[SummaryTable, tuple[Window, ...]]]:
        """See CostSource: sums that lie ready where there are any, else from `pieces`."""
        steps = tuple(Span(*one.unix) for one in sets)
        with self.store.reading() as (cursor, state):
            sharing = state.shared_by()
            if not from_sums(question, sharing):
                yield from OnDemand(self).summaries(question, sets)
                return
            now = self._now().timestamp()
            # which of the latest hours are missing changes as an hour ends, all else with the version
            told_by = (steps, state.generation, state.version, state.sharing, -(-now // HOUR_SECONDS))
            make = partial(summary, cursor, self.cells, self.keys, state.schema, question, steps, sharing, now)
            yield self._memo.answer(question, told_by, make), tuple(sets)
        for one in (sets[0], sets[len(sets) // 2]):
            if len(sets) > 1 or one.seconds >= LONG_SECONDS:
                self.wish_for(shift_of(one.start.timestamp()))

    def assets(self, filter: Filter | None, sets: Sequence[Window]) -> Iterator[tuple[AssetTable, tuple[Window, ...]]]:
        """See CostSource."""
        steps = tuple(Span(*one.unix) for one in sets)
        with self.store.reading() as (cursor, state):
            sums = asset_sums(cursor, state.schema, steps, observed(cursor, state.schema), filter)
            span = Span(steps[0].start, steps[-1].end)
            sums.note(window_notes(cursor, state.schema, span, self._now().timestamp()), unpriced(cursor, state.schema, span))
            yield sums.table(), tuple(sets)

    def identities(self, window: Window) -> pl.DataFrame:
        """See CostSource."""
        first, last = (int(t // HOUR_SECONDS) for t in window.unix)
        with self.store.reading() as (cursor, state):
            found = cursor.execute(
                f"SELECT DISTINCT c.identity_id FROM {state.schema}.allocation a JOIN cell c USING (cell) WHERE a.hour BETWEEN ? AND ?",
                [first, last],
            ).pl()
        return self.cells.identities.join(found.cast({"identity_id": pl.UInt64}), on="identity_id", how="semi")

    def wish_for(self, shift: int) -> None:
        """Have days that begin `shift` seconds after midnight UTC rolled up from now on.

        Heard for beginnings that a time zone can have, and for MOST_SHIFTS of them: no question can make the file grow without end.
        """
        with self._lock:
            if shift % SHIFT_SECONDS == 0 and len(self._shifts) < MOST_SHIFTS:
                self._shifts.add(shift)

    def roll_up(self, *, generation: int | None = None, most: int | None = None) -> int:
        """Roll up whole days that are not, of every shift that was wished for, at most `most`; how many. Queries go on beside it."""
        done = 0
        with self._lock:
            shifts = sorted(self._shifts)
        for shift in shifts:
            with self.store.reading() as (cursor, state):
                days = days_to_roll(cursor, schema_of(generation or state.generation), shift)
            for day in days:
                if most is not None and done >= most:
                    return done
                with self.store.writing() as cursor:
                    state = state_of(cursor)
                    roll(cursor, self.cells, schema_of(generation or state.generation), shift, day, state.shared_by(generation))
                    reach("day-rolled")
                done += 1
        return done

    def begin(self, rules: str) -> str:
        """The rules by which hours are to be costed that join what answers: `rules` where it is empty, else those it was costed by."""
        with self.store.writing() as cursor:
            state = state_of(cursor)
            row = cursor.execute(f"SELECT count(*) FROM {state.schema}.taken").fetchone()
            if row != (0,):
                return state.rules
            if state.sharing != written(self.sharing):
                cursor.execute(f"DROP SCHEMA {state.schema} CASCADE")
                make_generation(cursor, state.generation, self.sharing)
            cursor.execute("UPDATE state SET rules = ?, sharing = ?", [rules, written(self.sharing)])
            return rules

    def begin_again(self, rules: str) -> int | None:
        """The number of a generation to be costed by `rules` beside the one that answers: a new one, or one that was begun and not
        finished; None where what answers is costed by them already. Another that was begun is dropped."""
        wanted = (rules, written(self.sharing))
        with self.store.writing() as cursor:
            state = state_of(cursor)
            answers = (state.rules, state.sharing) == wanted
            if state.next_generation is not None:
                if (state.next_rules, state.next_sharing) == wanted and not answers:
                    return state.next_generation
                cursor.execute(f"DROP SCHEMA IF EXISTS {schema_of(state.next_generation)} CASCADE")
                cursor.execute("UPDATE state SET next_generation = NULL, next_rules = NULL, next_sharing = NULL")
            if answers:
                return None
            number = max(state.generation, state.next_generation or 0) + 1
            make_generation(cursor, number, self.sharing)
            reach("generation-made")
            cursor.execute("UPDATE state SET next_generation = ?, next_rules = ?, next_sharing = ?", [number, *wanted])
            return number

    def take_over(self, generation: int) -> None:
        """Let `generation`, which was begun again and is whole, answer from now on, and drop the one that did."""
        with self.store.writing() as cursor:
            state = state_of(cursor)
            reach("generation-whole")
            cursor.execute(
                "UPDATE state SET generation = ?, rules = next_rules, sharing = next_sharing, next_generation = NULL, next_rules = NULL, "
                "next_sharing = NULL, version = version + 1",
                [generation],
            )
            cursor.execute(f"DROP SCHEMA {state.schema} CASCADE")
        reach("generation-taken-over")


def make_generation(cursor: duckdb.DuckDBPyConnection, number: int, sharing: Sharing | None) -> str:
    """The empty tables of a generation; its schema's name."""
    schema = schema_of(number)
    for statement in of_generation(schema, sharing):
        cursor.execute(statement)
    return schema


def _batches(counts: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Hours in runs that have at most PIECE_ROWS rows together."""
    batch: list[int] = []
    rows = 0
    for hour, count in counts:
        if batch and rows + count > PIECE_ROWS:
            yield batch
            batch, rows = [], 0
        batch.append(hour)
        rows += count
    if batch:
        yield batch
