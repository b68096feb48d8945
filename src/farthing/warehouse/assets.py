"""Assets per step: hours added up in the file, parts of hours cut."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from farthing.core.ledger import Ledger, Span
from farthing.core.schema import ALLOCATION, ASSET, IDENTITY, PRICE, SHARE
from farthing.core.units import HOUR_SECONDS
from farthing.costing import cut
from farthing.views import AssetSums, Filter

from .beside import beside, steps_table
from .pieces import whole
from .plan import plan

COSTS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost")
SUMS = ("seconds", "cpu", "ram", "gpu", "storage", *COSTS, "management_cost")
NAMES = tuple(c.name for c in ASSET.columns if c.name not in ("hour", "first_held", "last_held", "marks", *SUMS))


def asset_sums(
    cursor: duckdb.DuckDBPyConnection, schema: str, steps: Sequence[Span], observed: Span | None, filter: Filter | None
) -> AssetSums:
    """Sums of assets over `steps`, which follow each other without holes."""
    sums = AssetSums(steps, filter)
    planned = plan(steps, {}, observed)
    if planned.hours:
        sums.add(_lines(cursor, schema, planned.hours))
    for piece in planned.pieces:
        rows = part(cursor, schema, piece.span).asset
        sums.add(rows.with_columns(step=pl.lit(piece.step, dtype=pl.Int32)))
    return sums


def part(cursor: duckdb.DuckDBPyConnection, schema: str, span: Span) -> Ledger:
    """The assets and shares of a part of an hour, cut to it; no allocations."""
    hour = int(span.start // HOUR_SECONDS)
    asset, share = (
        whole(table, cursor.execute(f"SELECT * FROM {schema}.{table.name} WHERE hour = ?", [hour]).pl()) for table in (ASSET, SHARE)
    )
    around = Span(float(hour * HOUR_SECONDS), float((hour + 1) * HOUR_SECONDS))
    return cut(Ledger(around, ALLOCATION.empty(), asset, IDENTITY.empty(), PRICE.empty(), share=share), span)


def _lines(cursor: duckdb.DuckDBPyConnection, schema: str, hours: Sequence[tuple[int, int]]) -> pl.DataFrame:
    """ASSET rows of `hours` (hour, step) added up by step where they agree on names and on which costs are NULL."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in SUMS)
    nulls = ", ".join(f"{name} IS NULL" for name in COSTS)
    key = f"s.step, {', '.join(f'r.{name}' for name in NAMES)}"
    with beside(cursor, steps=steps_table(list(hours))):
        found = cursor.execute(
            f"SELECT {key}, min(r.hour) AS hour, min(r.first_held) AS first_held, max(r.last_held) AS last_held, "
            f"bit_or(r.marks) AS marks, {sums} FROM {schema}.asset r JOIN steps s ON r.hour = s.at "
            f"WHERE r.hour BETWEEN ? AND ? GROUP BY {key}, {nulls}",
            [hours[0][0], hours[-1][0]],
        ).pl()
    return whole(ASSET, found).with_columns(found.get_column("step"))
