"""Which rows of a report are shown, in which order, and what the others come to."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from farthing.core.errors import BadField, BadParameter, nearest
from farthing.core.schema import COST_COLUMNS

SORTS: dict[str, str] = {
    "total": "total_cost",
    "cpu": "cpu_cost",
    "ram": "ram_cost",
    "gpu": "gpu_cost",
    "storage": "storage_cost",
    "load_balancer": "load_balancer_cost",
    "shared": "shared_cost",
    "efficiency": "efficiency",
    "idle": "idle_cost",
    "name": "name",
}
DIRECTIONS: dict[str, bool] = {"asc": False, "desc": True}
IS_IDLE = pl.col("special") == "idle"
COSTS = (*COST_COLUMNS, "shared_cost", "total_cost")


@dataclass(frozen=True)
class Order:
    """A column of the answer, and whether its largest value comes first."""

    column: str = "total_cost"
    descending: bool = True


@dataclass(frozen=True)
class Choice:
    """`groups` and `idle` as they are shown; `others` groups come to `others_cost` $, by cost column (None: unpriced)."""

    groups: pl.DataFrame
    idle: pl.DataFrame
    others: int
    others_cost: dict[str, float | None]


def parse_order(text: str) -> Order:
    """`total`, `name:desc`, `efficiency:asc`, …: amounts come largest first unless told otherwise, names from A. Raises BadField."""
    name, _, direction = text.strip().lower().replace("-", "_").partition(":")
    if name not in SORTS:
        raise BadField(f"unknown column {text!r} to sort by", expected=nearest(name, SORTS))
    if direction and direction not in DIRECTIONS:
        raise BadParameter(f"--sort {text}: {direction!r} is no direction", expected="asc or desc", cure=f"write {name}:asc or {name}:desc")
    return Order(SORTS[name], DIRECTIONS[direction] if direction else name != "name")


def choose(rows: pl.DataFrame, order: Order, limit: int | None) -> Choice:
    """The groups in order, at most `limit` of them; idle rows apart. Unknown values come last."""
    keys = [order.column] if order.column == "name" else [order.column, "name"]
    groups = rows.filter(~IS_IDLE).sort(keys, descending=[order.descending, False][: len(keys)], nulls_last=True)
    kept = groups if limit is None else groups.head(limit)
    rest = groups.slice(kept.height)
    return Choice(kept, rows.filter(IS_IDLE), rest.height, {cost: _sum(rest.get_column(cost)) for cost in COSTS})


def _sum(column: pl.Series) -> float | None:
    return float(column.sum()) if column.null_count() < column.len() else None
