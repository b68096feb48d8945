"""What is added up per group: a table of columns, each with how it is summed and how two sums are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from farthing.core.schema import COST_COLUMNS


@dataclass(frozen=True)
class Paid:
    """A cost and the quantity it pays for; `held` is None where nothing tells that a NULL cost would have been money."""

    cost: str
    held: str | None

    @property
    def resource(self) -> str:
        return self.cost.removesuffix("_cost")


PAID = tuple(
    Paid(cost, held)
    for cost, held in zip(COST_COLUMNS, ("cpu_held", "ram_held", "gpu_held", "storage_held", "load_balancer_held", None, None), strict=True)
)
# Costs that nodes leave idle.
IDLE_COSTS = ("cpu_cost", "ram_cost", "gpu_cost")
HELD_OF = {paid.cost: paid.held for paid in PAID if paid.held}

QUANTITIES = (
    "held_seconds",
    "cpu_requested", "cpu_held",
    "ram_requested", "ram_held",
    "gpu_requested", "gpu_held",
    "storage_held", "load_balancer_held",
    "reserved_cost",
)  # fmt: skip
KNOWN_OR_NULL = ("cpu_used", "ram_used", "gpu_used", "bytes_out", "bytes_in")
# Received of shared things, and what of it is of the monthly amount, or idle that they had received.
SHARED = ("shared_cost", "shared_overhead", "shared_idle")
PEAKS = ("cpu_peak", "ram_peak")
RATED = ("cpu", "ram")  # resources that have an efficiency
# Everything of a row that is proportional to its share.
ADDITIVE = (*COST_COLUMNS, *QUANTITIES, *KNOWN_OR_NULL)


@dataclass(frozen=True)
class Measure:
    """One column of a partial sum: from rows by `of_rows`, from partial sums of the same name by `joined`."""

    name: str
    of_rows: pl.Expr
    joined: Callable[[pl.Expr], pl.Expr]

    @property
    def of_sums(self) -> pl.Expr:
        return self.joined(pl.col(self.name)).alias(self.name)


def unpriced(paid: Paid) -> pl.Expr:
    """True where a row holds what has no price."""
    return pl.col(paid.cost).is_null() & (pl.col(paid.held) > 0) if paid.held else pl.lit(value=False)


def priced(paid: Paid) -> pl.Expr:
    """True where a row's cost is told and is for something: a cost of 0 for nothing held says nothing."""
    told = pl.col(paid.cost).is_not_null()
    if paid.held:
        told &= (pl.col(paid.held) > 0) | (pl.col(paid.cost) > 0)
    return told | (pl.col(f"{paid.cost}_idle") > 0) if paid.cost in IDLE_COSTS else told


def shown_cost(cost: str) -> pl.Expr:
    """A row's cost with the idle it received; NULL where neither is known."""
    if cost not in IDLE_COSTS:
        return pl.col(cost)
    received = pl.col(f"{cost}_idle")
    return pl.when(pl.col(cost).is_not_null() | (received > 0)).then(pl.col(cost).fill_null(0) + received)


def _measures() -> Iterator[Measure]:
    for paid in PAID:
        yield Measure(paid.cost, shown_cost(paid.cost).sum(), pl.Expr.sum)
        yield Measure(f"{paid.cost}_priced", priced(paid).sum(), pl.Expr.sum)
        if paid.held:
            yield Measure(f"{paid.resource}_unpriced", pl.col(paid.held).filter(unpriced(paid)).sum(), pl.Expr.sum)
    anything = pl.any_horizontal(unpriced(paid) for paid in PAID)
    yield Measure("unpriced_hours", pl.col("held_seconds").filter(anything).sum() / 3600, pl.Expr.sum)
    yield Measure("unpriced_rows", anything.sum(), pl.Expr.sum)
    for cost in IDLE_COSTS:
        yield Measure(f"{cost}_idle", pl.col(f"{cost}_idle").sum(), pl.Expr.sum)
    for name in SHARED:
        yield Measure(name, pl.col(name).sum(), pl.Expr.sum)
    for name in QUANTITIES:
        yield Measure(name, pl.col(name).sum(), pl.Expr.sum)
    for name in KNOWN_OR_NULL:
        yield Measure(name, pl.col(name).sum(), pl.Expr.sum)
        yield Measure(f"{name}_known", pl.col(name).is_not_null().sum(), pl.Expr.sum)
    for resource in RATED:
        asked = pl.col(f"{resource}_requested").filter(pl.col(f"{resource}_used").is_not_null())
        yield Measure(f"{resource}_requested_of_used", asked.sum(), pl.Expr.sum)
    for name in PEAKS:
        yield Measure(name, pl.col(name).max(), pl.Expr.max)
    yield Measure("first_held", pl.col("first_held").min(), pl.Expr.min)
    yield Measure("last_held", pl.col("last_held").max(), pl.Expr.max)
    yield Measure("rows", pl.col("rows").sum(), pl.Expr.sum)


MEASURES = tuple(_measures())


def described(columns: tuple[str, ...]) -> tuple[Measure, ...]:
    """Measures that tell whether a text column has one value in the whole group (NULL reads as a value of its own)."""
    out: list[Measure] = []
    for name in columns:
        text = pl.col(name).fill_null("")
        out += [Measure(f"{name}_min", text.min(), pl.Expr.min), Measure(f"{name}_max", text.max(), pl.Expr.max)]
    return tuple(out)


HELPERS = tuple(m.name for m in MEASURES if m.name.endswith(("_priced", "_known", "_requested_of_used")))


def finished(sums: pl.DataFrame) -> pl.DataFrame:
    """Partial sums with NULL put where nothing is known, and with total, idle part, minutes and efficiencies.

    In: the columns of MEASURES. Out: costs in $ (a group with some unpriced rows has the priced sum and `partial`), quantities as in
    ALLOCATION, `shared_cost` what was received of shared things and overheads (in the total), `minutes` the span from the first to the
    last held second, `cpu_efficiency`, `ram_efficiency` and their cost-weighted mean `efficiency` (ledger 8), NULL where nothing was
    requested.
    """
    told = [pl.when(_is_told(paid)).then(pl.col(paid.cost)).alias(paid.cost) for paid in PAID]
    something = pl.any_horizontal(pl.col(f"{p.cost}_priced") > 0 for p in PAID if p.cost != "management_cost") | (
        pl.col("management_cost") + pl.col("shared_cost") > 0
    )
    out = sums.with_columns(
        *told,
        *(pl.when(pl.col(f"{name}_known") > 0).then(pl.col(name)).alias(name) for name in KNOWN_OR_NULL),
        partial=pl.col("unpriced_rows") > 0,
        total_cost=pl.when(something | (pl.col("unpriced_rows") == 0)).then(pl.sum_horizontal(*COST_COLUMNS, "shared_cost")),
        idle_cost=pl.sum_horizontal(f"{cost}_idle" for cost in IDLE_COSTS),
        minutes=(pl.col("last_held") - pl.col("first_held")) / 60,
    )
    out = out.with_columns(
        pl.when(pl.col(f"{r}_requested_of_used") > 0).then(pl.col(f"{r}_used") / pl.col(f"{r}_requested_of_used")).alias(f"{r}_efficiency")
        for r in RATED
    )
    own = {r: pl.col(f"{r}_cost") - pl.col(f"{r}_cost_idle") for r in RATED}
    weight = {r: pl.when(pl.col(f"{r}_efficiency").is_not_null()).then(own[r]).fill_null(0) for r in RATED}
    weighted = pl.sum_horizontal(pl.col(f"{r}_efficiency").fill_null(0) * weight[r] for r in RATED)
    weights = pl.sum_horizontal(weight.values())
    return out.with_columns(efficiency=pl.when(weights > 0).then(weighted / weights)).drop(HELPERS)


def _is_told(paid: Paid) -> pl.Expr:
    is_priced = pl.col(f"{paid.cost}_priced") > 0
    return is_priced | (pl.col(f"{paid.resource}_unpriced") == 0) if paid.held else is_priced
