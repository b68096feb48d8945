"""What of a piece of the ledger is shown: idle and shared costs moved, then the filter, then idle apart (ledger 8).

Everything is a sum over the columns of `received`; a filter acts after it, so what a row receives does not depend on who looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from farthing.core.schema import COST_COLUMNS

from .allotment import received_as
from .dimensions import ASSET, CLUSTER, NODE, PROVIDER_ID
from .idle_shares import IS_IDLE, RECEIVES, RESOURCES
from .measures import ADDITIVE, HELD_OF, IDLE_COSTS, KNOWN_OR_NULL, RATED, shown_cost
from .sharing import Idle, IdleBy, Sharing

# The ways by which a row receives idle of itself.
DIRECT: dict[IdleBy, tuple[str, ...]] = {IdleBy.NODE: ("near", "far"), IdleBy.CLUSTER: ("cluster",)}
ALLOTTED = ("shared_own", "overhead", "stayed")
_MOVED = (*(f"{r}_{what}_" for r in RESOURCES for what in ("idle", "spare", "passed")), "reserve_")
# What tells idle lines of one piece apart, where a row has it.
PLACE = ("step", "cluster", "hour", "marks", CLUSTER.column)
NODE_PLACE = ("asset_id", "node", ASSET.column, NODE.column, PROVIDER_ID.column)


@dataclass(frozen=True)
class Shown:
    """What is shown of a piece of the ledger, and the $ that are not; together they are the whole.

    `rows`: columns of ALLOCATION, additive ones cut to what is shown; `<cost>_idle`: idle received, $, beside the row's own cost;
    `shared_cost`: received of shared things, $, of it `shared_overhead` of the monthly amount and `shared_idle` idle that they passed on;
    `rows`: how many rows the line stands for.
    """

    rows: pl.DataFrame
    hidden: float
    filtered_out: float


@dataclass(frozen=True)
class Way:
    """How idle and shared costs are shown."""

    idle: Idle
    by: IdleBy
    sharing: Sharing | None
    filtered: bool

    @property
    def needs_received(self) -> bool:
        """Whether anything moves; separate idle of everything is the idle rows themselves."""
        return self.idle is Idle.SHARE or self.filtered or bool(self.sharing)


def received_columns(way: Way) -> tuple[str, ...]:
    """Those columns of `received` that `show` reads, but for `gives`."""
    apart = way.idle is not Idle.SHARE
    goods = [f"{r}_idle" for r in RESOURCES] if way.filtered or not apart else []
    goods += [*(f"{r}_spare" for r in RESOURCES), "reserve"] if way.filtered and apart else []
    ways = (*DIRECT[way.by], *([f"passed_{way.by}"] if way.sharing else []))
    return (*(received_as(good, one) for good in goods for one in ways), *(ALLOTTED if way.sharing else ()))


def show(rows: pl.DataFrame, keep: pl.Expr | None, way: Way) -> Shown:
    """Move idle and shared costs, filter, then separate or hide what idle is left.

    `rows`: columns of ALLOCATION, of `received` (with quantities) where the way needs it, and `rows`, how many rows a line stands for
    (see `cut_to_share`); `keep`: the filter, None keeps all.
    """
    kept, out = (rows, rows.clear()) if keep is None else (rows.filter(keep), rows.filter(~keep))
    lines, idle = _lines(kept, way)
    filtered_out = sum(map(money, _lines(out, way))) if out.height else 0.0
    if way.idle is Idle.HIDE:
        return Shown(lines, money(idle), filtered_out)
    return Shown(pl.concat([lines, idle.select(lines.columns)]), 0.0, filtered_out)


def money(rows: pl.DataFrame) -> float:
    """Σ of all priced costs of `rows` with what they received, $."""
    costs = pl.sum_horizontal(*(shown_cost(cost).sum() for cost in COST_COLUMNS), pl.col("shared_cost").sum())
    return float(rows.select(costs).item())


def cut_to_share(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `rows`, their `share`: of a row behind n services each line stands for 1/n of everything."""
    rows = rows.with_columns(rows=pl.col("share"))
    if bool(rows.get_column("share").eq(1.0).all()):
        return rows
    moved = [c for c in rows.columns if c in ADDITIVE or c in ALLOTTED or c.startswith(_MOVED)]
    return rows.with_columns(pl.col(name) * pl.col("share") for name in moved)


def _lines(rows: pl.DataFrame, way: Way) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of what is not idle, and those of idle."""
    apart = way.idle is not Idle.SHARE
    if not way.needs_received:
        rows = _with_received(rows, {}, {})
        return rows.filter(~IS_IDLE), _with_something(rows.filter(IS_IDLE))
    if not way.sharing:
        rows = rows.with_columns(gives=pl.when(IS_IDLE).then("gives"))
    gave = pl.col("gives").eq("all").fill_null(value=False)
    moves = {cost: _total(f"{r}_idle", DIRECT[way.by]) for cost, r in zip(IDLE_COSTS, RESOURCES, strict=True)}
    moved = ("shared_own", "overhead", *(f"{r}_passed_{way.by}" for r in RESOURCES if not apart)) if way.sharing else ()
    shared = {name: pl.col(name) for name in moved}
    received = _with_received(
        rows, {} if apart else {cost: pl.when(gave).then(0.0).otherwise(idle) for cost, idle in moves.items()}, shared
    )
    lines = _after_giving(received.filter(~IS_IDLE))
    idle = received.filter(IS_IDLE)
    if apart and not way.filtered:
        return lines, _with_something(idle)
    left = _with_something(_after_giving(idle))
    return lines, left if not apart else pl.concat([left, _idle_lines(rows.filter(RECEIVES), lines.schema, way)])


def _with_received(rows: pl.DataFrame, idle: dict[str, pl.Expr], shared: dict[str, pl.Expr]) -> pl.DataFrame:
    zero = pl.lit(0.0)
    return rows.with_columns(
        *(idle.get(cost, zero).alias(f"{cost}_idle") for cost in IDLE_COSTS),
        shared_cost=pl.sum_horizontal(shared.values()) if shared else zero,
        shared_overhead=shared.get("overhead", zero),
        shared_idle=pl.sum_horizontal(idle_passed) if (idle_passed := [one for name, one in shared.items() if "passed" in name]) else zero,
    )


def _with_something(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of which anything costs or is held."""
    return rows.filter(pl.any_horizontal(*(pl.col(c) > 0 for c in (*COST_COLUMNS, *HELD_OF.values()))))


def _after_giving(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without the costs they gave, and without what those were for; rows that have nothing left are dropped.

    A pod whose load balancers were given still holds them.
    """
    gives = pl.col("gives")
    if rows.get_column("gives").null_count() == rows.height:
        return rows
    everything, balancer = (gives == "all").fill_null(value=False), (gives == "load_balancer").fill_null(value=False)
    given: dict[str, pl.Expr] = dict.fromkeys(COST_COLUMNS, everything)
    given |= {cost: everything | (gives == "idle").fill_null(value=False) for cost in IDLE_COSTS}
    given["load_balancer_cost"] = everything | balancer
    priced = {cost: gave & pl.col(cost).is_not_null() for cost, gave in given.items()}
    gone = {held: priced[cost] for cost, held in HELD_OF.items()}
    gone["load_balancer_held"] &= everything | ~RECEIVES
    gone |= {f"{r}_requested": priced[f"{r}_cost"] for r in RESOURCES}
    unknown = {f"{r}_{what}": priced[f"{r}_cost"] for r in RATED for what in ("used", "peak")}
    unknown |= {name: everything for name in KNOWN_OR_NULL if name.startswith("bytes")}
    after = rows.with_columns(
        *(pl.when(where).then(0.0).otherwise(pl.col(name)).alias(name) for name, where in (priced | gone).items()),
        *(pl.when(where).then(None).otherwise(pl.col(name)).alias(name) for name, where in unknown.items()),
        whole=pl.sum_horizontal(COST_COLUMNS),
    )
    left = pl.when(pl.col("whole") > 0).then(pl.sum_horizontal(COST_COLUMNS) / pl.col("whole")).otherwise(1.0)
    after = after.with_columns(reserved_cost=pl.col("reserved_cost") * left).select(rows.columns)
    stands = pl.col("gives").is_null() | (balancer & RECEIVES)
    return pl.concat([after.filter(stands), _with_something(after.filter(~stands))])


def _idle_lines(rows: pl.DataFrame, schema: pl.Schema, way: Way) -> pl.DataFrame:
    """Idle that sharing would give to `rows`, as idle lines: at a node what is that node's, else the cluster's as a whole."""
    kept = rows.filter(pl.col("gives").ne_missing("all"))
    passed = [f"passed_{way.by}"] if way.sharing else []
    if way.by is IdleBy.CLUSTER:
        return _idle_line(kept, schema, ["cluster", *passed])
    return pl.concat([_idle_line(kept, schema, ["near"], NODE_PLACE), _idle_line(kept, schema, ["far", *passed])])


def _total(good: str, ways: Iterable[str]) -> pl.Expr:
    return pl.sum_horizontal(received_as(good, way) for way in ways)


def _idle_line(rows: pl.DataFrame, schema: pl.Schema, ways: list[str], place: tuple[str, ...] = ()) -> pl.DataFrame:
    """One line per place: what comes by `ways`."""
    amounts = {cost: _total(f"{r}_idle", ways) for cost, r in zip(IDLE_COSTS, RESOURCES, strict=True)}
    amounts |= {f"{r}_held": _total(f"{r}_spare", ways) for r in RESOURCES} | {"reserved_cost": _total("reserve", ways)}
    something = pl.any_horizontal(amount > 0 for amount in amounts.values())
    keys = [name for name in (*PLACE, *place) if name in rows.columns]
    sums = (
        rows.filter(something)
        .group_by(keys)
        .agg(*(amount.sum().alias(name) for name, amount in amounts.items()), pl.col("first_held").min(), pl.col("last_held").max())
    )
    nothing = [name for name, kind in schema.items() if kind == pl.Float64 and name not in sums.columns and name not in _UNKNOWN_IN_IDLE]
    absent = [pl.lit(0.0).alias(name) for name in nothing]
    texts = {"kind": pl.lit("idle"), "container": pl.lit("__idle__")}
    sums = sums.with_columns(*absent, **texts)
    return sums.select((pl.col(name) if name in sums.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in schema.items())


_UNKNOWN_IN_IDLE = ("cpu_used", "ram_used", "gpu_used", "cpu_peak", "ram_peak", "bytes_out", "bytes_in", "network_cost", "running_seconds")
