"""Taking in: costed whole hours become rows of a generation, and replace what was there of those hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from farthing.core.ledger import Ledger, Note
from farthing.core.schema import ASSET, PRICE, SHARE, Table
from farthing.core.units import HOUR_SECONDS
from farthing.views import GIVES, Sharing, received

from .cells import Cells, Numbered
from .tables import CELL_NAMES, NULL_BIT, NUMBERS, TIMES, WAY_BIT, received_columns

# A cost without a price, of nothing held, is 0: only then does a NULL tell that money is missing.
PAID_BY = {"cpu_cost": "cpu_held", "ram_cost": "ram_held", "gpu_cost": "gpu_held", "storage_cost": "storage_held",
           "load_balancer_cost": "load_balancer_held"}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """An hour of a cluster as it was taken in: which run of the lake it is from, and when that was recorded."""

    cluster: str
    hour: int
    run_id: str
    recorded_at: datetime | None = None


def gives_code(column: str) -> pl.Expr:
    """What a row gives, as it is kept: 0 nothing, then the names of GIVES in their order."""
    return (pl.col(column).to_physical().cast(pl.UInt8) + 1).fill_null(0).alias("gives")


def gives_name(column: str) -> pl.Expr:
    """The reverse of `gives_code`."""
    names = {0: None} | dict(enumerate(GIVES.categories, 1))
    return pl.col(column).replace_strict(names, return_dtype=GIVES).alias("gives")


def hour_rows(ledger: Ledger, sharing: Sharing | None) -> pl.DataFrame:
    """Rows as `allocation` keeps them, with CELL_NAMES in place of the cell: `hour` (hours since 1970), marks, nulls, gives, pod_seconds,
    times as seconds after the hour's start, NUMBERS and what each row receives.
    """
    start = pl.col("hour").dt.epoch("s")
    columns = received_columns(sharing)
    rows = pl.concat([ledger.allocation, received(ledger, sharing, quantities=True).select("gives", *columns)], how="horizontal")
    rows = rows.with_columns(
        pl.when(pl.col(cost).is_null() & (pl.col(held) == 0)).then(0.0).otherwise(cost).alias(cost) for cost, held in PAID_BY.items()
    )
    bits = [pl.col(name).is_null().cast(pl.UInt16) * bit for name, bit in NULL_BIT.items()]
    for way, bit in WAY_BIT.items():
        # money, and what is held of it: idle that is free is idle too
        comes = [
            name for name in columns if ("_passed_" in name if way == "passed" else name.endswith(f"_{way}") and "_passed_" not in name)
        ]
        if comes:
            bits.append(pl.any_horizontal(pl.col(name) > 0 for name in comes).cast(pl.UInt16) * bit)
    return rows.select(
        (start // HOUR_SECONDS).cast(pl.Int32).alias("hour"),
        *CELL_NAMES,
        "marks",
        pl.sum_horizontal(bits).cast(pl.UInt16).alias("nulls"),
        gives_code("gives"),
        (pl.col("held_seconds").max() / pl.len()).over("cluster", "hour", "identity_id").alias("pod_seconds"),
        *(pl.col(name) - start for name in TIMES),
        *NUMBERS,
        *columns,
    )


def take_in(
    cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, ledger: Ledger, taken: Sequence[Taken], sharing: Sharing | None
) -> Numbered:
    """Write `ledger`, all rows of the hours and clusters in `taken`, through `cursor`, in place of what was there of them.

    Whole hours only. The caller commits, and then has `cells` keep what is returned.
    """
    _clear(cursor, schema, taken)
    rows = hour_rows(ledger, sharing)
    numbered = cells.number(cursor, rows, ledger.identity, ledger.asset)
    kept = numbered.rows.drop(CELL_NAMES).sort("cell", "hour")
    _append(cursor, f"{schema}.allocation", kept)
    _note_filled(cursor, schema, kept)
    for name, frame, table in (("asset", ledger.asset, ASSET), ("share", ledger.share, SHARE)):
        hours = (pl.col("hour").dt.epoch("s") // HOUR_SECONDS).cast(pl.Int32)
        _append(cursor, f"{schema}.{name}", table.conform(frame).with_columns(hours.alias("hour")).sort("asset_id", "hour"))
    _put_prices(cursor, schema, PRICE, ledger.price)
    _put_notes(cursor, schema, ledger.notes, taken)
    lines = [(t.cluster, t.hour, t.run_id, t.recorded_at) for t in taken]
    types: Mapping[str, pl.DataType] = {
        "cluster": pl.String(), "hour": pl.Int32(), "run_id": pl.String(), "recorded_at": pl.Datetime("us", "UTC")
    }  # fmt: skip
    _append(cursor, f"{schema}.taken", pl.DataFrame(lines, schema=types, orient="row"))
    return numbered


def _clear(cursor: duckdb.DuckDBPyConnection, schema: str, taken: Sequence[Taken]) -> None:
    """Forget what is there of these hours: their rows, and the days that were rolled up from them."""
    for cluster in sorted({t.cluster for t in taken}):
        hours = sorted(t.hour for t in taken if t.cluster == cluster)
        known = cursor.execute(f"SELECT count(*) FROM {schema}.taken WHERE cluster = ? AND hour = ANY(?)", [cluster, hours]).fetchone()
        if known and known[0]:
            cursor.execute(
                f"DELETE FROM {schema}.allocation WHERE hour = ANY(?) AND cell IN (SELECT cell FROM cell WHERE cluster = ?)",
                [hours, cluster],
            )
            for table in ("asset", "share", "taken"):
                cursor.execute(f"DELETE FROM {schema}.{table} WHERE cluster = ? AND hour = ANY(?)", [cluster, hours])
            cursor.execute(f"DELETE FROM {schema}.note WHERE cluster = ? AND first <= ? AND last >= ?", [cluster, hours[-1], hours[0]])
    first, last = min(t.hour for t in taken), max(t.hour for t in taken)
    # days of any shift that these hours touch
    cursor.execute(
        f"DELETE FROM {schema}.rolled WHERE day * 86400 + shift < ? AND (day + 1) * 86400 + shift > ?",
        [(last + 1) * HOUR_SECONDS, first * HOUR_SECONDS],
    )


def _note_filled(cursor: duckdb.DuckDBPyConnection, schema: str, rows: pl.DataFrame) -> None:
    numbers = [name for name, kind in rows.schema.items() if kind == pl.Float64]
    some = rows.select((pl.col(numbers) != 0).any()).row(0, named=True) if rows.height else {}
    cursor.executemany(
        f"INSERT OR IGNORE INTO {schema}.filled VALUES (?)", [[name] for name, filled in some.items() if filled] or [["rows"]]
    )


def filled(cursor: duckdb.DuckDBPyConnection, schema: str) -> set[str]:
    """Columns of rows in which anything but 0 was ever taken in."""
    return {name for (name,) in cursor.execute(f"SELECT name FROM {schema}.filled").fetchall()}


def _append(cursor: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    if frame.height:
        cursor.register("incoming", frame.to_arrow())
        cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
        cursor.unregister("incoming")


def _put_prices(cursor: duckdb.DuckDBPyConnection, schema: str, table: Table, prices: pl.DataFrame) -> None:
    """The last price of an asset's resource is the one that is told."""
    last = table.conform(prices).unique(table.key, keep="last")
    if last.height:
        cursor.register("incoming", last.to_arrow())
        cursor.execute(f"INSERT OR REPLACE INTO {schema}.price BY NAME SELECT * FROM incoming")
        cursor.unregister("incoming")


def _put_notes(cursor: duckdb.DuckDBPyConnection, schema: str, notes: Sequence[Note], taken: Sequence[Taken]) -> None:
    hours = [t.hour for t in taken]
    for note in notes:
        cursor.execute(
            f"INSERT INTO {schema}.note VALUES (?, ?, ?, ?, ?, ?)",
            [note.cluster, min(hours), max(hours), note.text, note.cure, note.level],
        )
