"""Days rolled up: hours of a cell added up to a day of some time zone, so that long windows read a twentieth of the rows.

A *shift* is the second of the UTC day at which such a day begins: 0 for UTC, 18,000 or 14,400 for New York, 66,600 for Kolkata. Where it
lies inside an hour, that hour is cut as any window cuts it.
"""

from __future__ import annotations

import duckdb
import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import DAY_SECONDS, HOUR_SECONDS
from farthing.costing import cut
from farthing.views import Sharing

from .cells import Cells
from .ingest import hour_rows
from .pieces import ledger_of
from .tables import CELL_NAMES, DAY_SUMS, KEY, PEAKS, day_table, of_days, received_columns


def hour_columns(sharing: Sharing | None) -> tuple[str, ...]:
    """What an hour and a day have in common."""
    return (*KEY, "rows", "first_held", "last_held", *DAY_SUMS, *PEAKS, *received_columns(sharing))


def days_to_roll(cursor: duckdb.DuckDBPyConnection, schema: str, shift: int) -> list[int]:
    """Days of `shift` whose hours are all there or will never be, and that are not rolled up yet: newest first."""
    row = cursor.execute(f"SELECT min(hour), max(hour) + 1 FROM {schema}.taken").fetchone()
    if row is None or row[0] is None:
        return []
    first = (row[0] * HOUR_SECONDS - shift) // DAY_SECONDS
    last = (row[1] * HOUR_SECONDS - shift) // DAY_SECONDS
    there = {day for (day,) in cursor.execute(f"SELECT day FROM {schema}.rolled WHERE shift = ?", [shift]).fetchall()}
    return [day for day in range(last - 1, first - 1, -1) if day not in there]


def roll(cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, shift: int, day: int, sharing: Sharing | None) -> None:
    """Roll one day up, in place of what was there of it. The caller commits."""
    table = day_table(schema, shift)
    start = day * DAY_SECONDS + shift
    end = start + DAY_SECONDS
    first, last = -(-start // HOUR_SECONDS), end // HOUR_SECONDS
    cursor.execute(of_days(schema, shift, sharing))
    cursor.execute(f"DELETE FROM {table} WHERE day = ?", [day])
    sums = ", ".join(f"sum({name}) AS {name}" for name in ("rows", *DAY_SUMS, *received_columns(sharing)))
    peaks = ", ".join(f"max({name}) AS {name}" for name in PEAKS)
    hours, key, columns = hour_relation(schema, sharing), ", ".join(KEY), ", ".join(hour_columns(sharing))
    more = ""
    parts = [Span(start, first * HOUR_SECONDS), Span(last * HOUR_SECONDS, end)]
    edges = [part_rows(cursor, cells, schema, part, sharing) for part in parts if part.end > part.start]
    if edges:
        cursor.register("edges", pl.concat(edges).to_arrow())
        more = f" UNION ALL SELECT {columns} FROM edges"
    cursor.execute(
        f"INSERT INTO {table} BY NAME SELECT ?::INTEGER AS day, {key}, min(first_held) AS first_held, "
        f"max(last_held) AS last_held, {sums}, {peaks} "
        f"FROM (SELECT {columns} FROM {hours} WHERE hour >= ? AND hour < ?{more}) GROUP BY {key} ORDER BY cell",
        [day, first, last],
    )
    if edges:
        cursor.unregister("edges")
    cursor.execute(f"INSERT OR REPLACE INTO {schema}.rolled VALUES (?, ?)", [shift, day])


def hour_relation(schema: str, sharing: Sharing | None, *more: str) -> str:
    """A relation of hours with `hour_columns` as a day has them: times in unix seconds, and how many rows a line stands for; and `more`."""
    rest = ", ".join((*(name for name in hour_columns(sharing) if name not in ("rows", "first_held", "last_held")), *more))
    times = ", ".join(f"hour::DOUBLE * {HOUR_SECONDS} + {name} AS {name}" for name in ("first_held", "last_held"))
    return f"(SELECT hour, 1::DOUBLE AS rows, {times}, {rest} FROM {schema}.allocation)"


def part_rows(cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, span: Span, sharing: Sharing | None) -> pl.DataFrame:
    """`hour_columns` of the part of an hour that lies in `span`: cut, and idle and shared costs given out within that part."""
    hour = int(span.start // HOUR_SECONDS)
    part = cut(ledger_of(cursor, cells, schema, hour, hour + 1), span)
    start = pl.col("hour").cast(pl.Int64) * HOUR_SECONDS
    rows = hour_rows(part, sharing).join(cells.frame, on=CELL_NAMES, how="left", nulls_equal=True)
    return rows.with_columns(pl.col("first_held") + start, pl.col("last_held") + start, rows=pl.lit(1.0)).select(hour_columns(sharing))
