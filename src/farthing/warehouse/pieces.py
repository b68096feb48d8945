"""Hours given back as the ledger they were taken in as: for what is cut inside an hour, and for questions that no sum answers."""

from __future__ import annotations

import duckdb
import polars as pl

from farthing.core.ledger import Ledger, Note, Span
from farthing.core.schema import ALLOCATION, ASSET, PRICE, SHARE, Table
from farthing.core.units import HOUR_SECONDS

from .cells import Cells
from .tables import CELL_NAMES, NUMBERS, TIMES


def ledger_of(cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, first: int, last: int) -> Ledger:
    """The ledger of the hours [first, last) (hours since 1970) of all clusters, as `take_in` was given it."""
    numbers = ", ".join((*TIMES, *NUMBERS))
    names = ", ".join(f"c.{name}" for name in CELL_NAMES)
    within = [first, last]
    allocation = cursor.execute(
        f"SELECT a.hour, a.marks, {names}, {numbers} FROM {schema}.allocation a JOIN cell c USING (cell) WHERE a.hour >= ? AND a.hour < ?",
        within,
    ).pl()
    start = pl.col("hour").cast(pl.Int64) * HOUR_SECONDS
    allocation = allocation.with_columns(pl.col(name) + start for name in TIMES)
    asset = cursor.execute(f"SELECT * FROM {schema}.asset WHERE hour >= ? AND hour < ?", within).pl()
    share = cursor.execute(f"SELECT * FROM {schema}.share WHERE hour >= ? AND hour < ?", within).pl()
    price = cursor.execute(f"SELECT * FROM {schema}.price").pl().cast({"recorded_at": PRICE.polars["recorded_at"]})
    present = allocation.select("identity_id").unique()
    return Ledger(
        span=Span(float(first * HOUR_SECONDS), float(last * HOUR_SECONDS)),
        allocation=whole(ALLOCATION, allocation),
        asset=whole(ASSET, asset),
        identity=cells.identities.join(present, on="identity_id", how="semi"),
        price=PRICE.conform(price.join(asset.select("asset_id").unique(), on="asset_id", how="semi")),
        notes=notes_of(cursor, schema, first, last),
        share=whole(SHARE, share),
    )


def notes_of(cursor: duckdb.DuckDBPyConnection, schema: str, first: int, last: int) -> tuple[Note, ...]:
    """Notes of the hours [first, last), each once."""
    found = cursor.execute(
        f"SELECT DISTINCT text, cure, level, cluster, min(first) AS first FROM {schema}.note WHERE first < ? AND last >= ? "
        "GROUP BY text, cure, level, cluster ORDER BY first, text",
        [last, first],
    ).fetchall()
    return tuple(Note(text, cure, level, cluster) for text, cure, level, cluster, _ in found)


def whole(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `table` from what the warehouse keeps of them: hours since 1970 become times."""
    hours = pl.from_epoch(pl.col("hour").cast(pl.Int64) * HOUR_SECONDS, time_unit="s").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
    return table.conform(frame.with_columns(hours.alias("hour")))
