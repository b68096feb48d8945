"""Columns of a native answer: one table for its rows, its totals, what can be sorted by, and what is exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from farthing.core.errors import BadField, nearest
from farthing.core.units import GIB_SECONDS_PER_GIB_HOUR, HOUR_SECONDS


@dataclass(frozen=True)
class Column:
    """A column: its name, what one unit of it is, how a screen should treat it (KINDS), what it means; `source`: the column of the
    summary table that it comes from, divided by `per`."""

    name: str
    unit: str
    kind: str
    doc: str
    source: str = ""
    per: float = 1.0

    @property
    def expr(self) -> pl.Expr:
        """The column of a summary table's rows or totals."""
        found = pl.col(self.source or self.name)
        return (found if self.per == 1.0 else found / self.per).alias(self.name)

    def described(self) -> dict[str, str]:
        """As an answer tells it."""
        return {"name": self.name, "unit": self.unit, "kind": self.kind, "doc": self.doc}


KINDS = ("group", "text", "money", "quantity", "ratio", "flag", "trend")


def _money(name: str, doc: str) -> Column:
    return Column(name, "$", "money", doc)


def _quantity(name: str, unit: str, source: str, per: float, doc: str) -> Column:
    return Column(name, unit, "quantity", doc, source, per)


NAME = Column("name", "", "text", "the values of the groups joined by /; idle rows end in __idle__")
SPECIAL = Column("special", "", "text", "idle, or empty for a row of the group")
COSTS = (
    _money("total_cost", "all costs with a price; null: nothing in the group has one"),
    _money("cpu_cost", "CPU with idle received; null: no price"),
    _money("ram_cost", "memory with idle received; null: no price"),
    _money("gpu_cost", "cards with idle received; null: no price"),
    _money("storage_cost", "volumes; null: no price"),
    _money("load_balancer_cost", "load balancers; null: no price"),
    _money("network_cost", "network; null: not known without flow data"),
    _money("management_cost", "control plane and licence fees"),
    _money("shared_cost", "received from what is shared out; part of the total"),
    _money("idle_cost", "of the total, idle received"),
    _money("reserved_cost", "idle rows: of the total, what the system reserves on nodes"),
)
QUANTITIES = (
    Column("partial", "", "flag", "true: something in the group has no price and is not in the total"),
    _quantity("unpriced_hours", "h", "unpriced_hours", 1, "hours held by rows of which something has no price"),
    Column("efficiency", "", "ratio", "used / requested of CPU and memory, weighted by cost; null: nothing requested or use unknown"),
    Column("cpu_efficiency", "", "ratio", "used / requested CPU"),
    Column("ram_efficiency", "", "ratio", "used / requested memory"),
    _quantity("cpu_core_hours_requested", "core·h", "cpu_requested", HOUR_SECONDS, "CPU requested"),
    _quantity("cpu_core_hours_used", "core·h", "cpu_used", HOUR_SECONDS, "CPU used; null: not known"),
    _quantity("cpu_core_hours_held", "core·h", "cpu_held", HOUR_SECONDS, "CPU held: the larger of both, hour by hour"),
    _quantity("ram_gib_hours_requested", "GiB·h", "ram_requested", GIB_SECONDS_PER_GIB_HOUR, "memory requested"),
    _quantity("ram_gib_hours_used", "GiB·h", "ram_used", GIB_SECONDS_PER_GIB_HOUR, "memory used; null: not known"),
    _quantity("ram_gib_hours_held", "GiB·h", "ram_held", GIB_SECONDS_PER_GIB_HOUR, "memory held"),
    _quantity("gpu_card_hours_held", "card·h", "gpu_held", HOUR_SECONDS, "cards held"),
    _quantity("storage_gib_hours_held", "GiB·h", "storage_held", GIB_SECONDS_PER_GIB_HOUR, "volumes held"),
    _quantity("load_balancer_hours_held", "h", "load_balancer_held", HOUR_SECONDS, "load balancers held"),
    _quantity("bytes_out", "B", "bytes_out", 1, "bytes sent; null: not known"),
    _quantity("bytes_in", "B", "bytes_in", 1, "bytes received; null: not known"),
    _quantity("minutes", "min", "minutes", 1, "from the first to the last held second"),
)
# Of the period before; only where it was asked for.
PREVIOUS = _money("previous_cost", "total of the period before; null: nothing with a price was there")
CHANGE = Column("change", "", "ratio", "total / total of the period before − 1; null: nothing to compare with")
TREND = Column("trend", "$", "trend", "total per step, as in `steps`; null: a step of which nothing is known")
MEASURED = (*COSTS, *QUANTITIES)
ASSET_COLUMNS = (
    Column("total_cost", "$", "money", "all costs with a price; null: nothing in the group has one"),
    Column("cpu_cost", "$", "money", "CPU of nodes; null: no price"),
    Column("ram_cost", "$", "money", "memory of nodes; null: no price"),
    Column("gpu_cost", "$", "money", "cards of nodes; null: no price"),
    Column("storage_cost", "$", "money", "volumes; null: no price"),
    Column("load_balancer_cost", "$", "money", "load balancers; null: no price"),
    Column("management_cost", "$", "money", "control plane and licence fees"),
    Column("partial", "", "flag", "true: something in the group has no price and is not in the total"),
    Column("assets", "", "quantity", "how many assets"),
    Column("asset_hours", "h", "quantity", "hours of their lives", "seconds", HOUR_SECONDS),
    Column("cpu_core_hours", "core·h", "quantity", "capacity of nodes", "cpu", HOUR_SECONDS),
    Column("ram_gib_hours", "GiB·h", "quantity", "capacity of nodes", "ram", GIB_SECONDS_PER_GIB_HOUR),
    Column("gpu_card_hours", "card·h", "quantity", "cards of nodes", "gpu", HOUR_SECONDS),
    Column("storage_gib_hours", "GiB·h", "quantity", "size of volumes", "storage", GIB_SECONDS_PER_GIB_HOUR),
)


@dataclass(frozen=True)
class Order:
    """A column of the answer, and whether its largest value comes first."""

    column: str
    descending: bool


def parse_order(text: str, columns: tuple[Column, ...]) -> Order:
    """`-total_cost` (largest first), `name`, `efficiency`, …; costs also without `_cost`. Raises BadField with the valid names."""
    stripped = text.strip()
    name = stripped.lstrip("-+")
    sortable = [column.name for column in columns if column.kind != "trend"]
    by_lower = {one.lower(): one for one in sortable}
    found = by_lower.get(name.lower()) or by_lower.get(f"{name.lower()}_cost")
    if found is None or len(stripped) - len(name) > 1:
        raise BadField(f"unknown column {stripped!r} to sort by", expected=f"{nearest(name, sortable)}; - before it: largest first")
    return Order(found, stripped.startswith("-"))


def parse_columns(text: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Those of `columns` that a comma list names, in its order; all of them for an empty one; costs also without `_cost`. Raises BadField
    with the valid names, also for a name given twice."""
    names = [part.strip() for part in text.split(",") if part.strip()]
    by_lower = {one.name.lower(): one for one in columns}
    found: list[Column] = []
    for name in names:
        column = by_lower.get(name.lower()) or by_lower.get(f"{name.lower()}_cost")
        if column is None:
            raise BadField(f"unknown column {name[:100]!r}", expected=nearest(name[:100], [one.name for one in columns]))
        if column in found:
            raise BadField(f"the column {column.name} is given twice", expected="each column once")
        found.append(column)
    return tuple(found) or columns


def ranked(frame: pl.DataFrame, order: Order) -> pl.DataFrame:
    """`frame` in order, unknown values last, equal ones by name. What differs only by rounding counts as equal, so that an answer
    comes in the same order every time."""
    column = pl.col(order.column)
    key = column.round_sig_figs(9) if frame.schema[order.column].is_float() else column
    return frame.sort(key, pl.col("name"), descending=[order.descending, False], nulls_last=True, maintain_order=True)


def cells(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Rows as tuples; what is no number is null."""
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None)).rows()
