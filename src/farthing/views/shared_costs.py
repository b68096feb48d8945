"""Shared things: which rows they are, and what every other row receives of them (ledger 8)."""

from __future__ import annotations

import functools
import operator

import polars as pl

from farthing.core.errors import LedgerBroken
from farthing.core.ledger import Ledger, Span
from farthing.core.schema import COST_COLUMNS
from farthing.core.units import HOUR_SECONDS, MONTH_HOURS

from . import dimensions
from .dimensions import Dimension
from .idle_shares import CLUSTER_KEY, RECEIVES
from .sharing import Sharing, Split

WHOLE_CLUSTER = "any"  # the resource of what belongs to no resource: its receivers are those of anything
POD_KEY = ("cluster", "hour", "identity_id")


def shared_dimensions(sharing: Sharing) -> tuple[Dimension, ...]:
    """What must be known of a row to tell whether it is shared."""
    by_name = (dimensions.NAMESPACE,) if sharing.namespaces else ()
    return (*by_name, *(dimensions.label(key) for key, _ in sharing.labels))


def is_shared(sharing: Sharing) -> pl.Expr:
    """Whether a row is a shared thing, from the columns of `shared_dimensions`; never NULL."""
    found = [pl.col("kind") == "management"] if sharing.management else []
    name = pl.col(dimensions.NAMESPACE.column)
    for wanted in sharing.namespaces:
        found.append(name.str.starts_with(wanted.rstrip("*")) if wanted.endswith("*") else name == wanted)
    found += [pl.col(dimensions.label(key).column).is_in(values) for key, values in sharing.labels]
    return functools.reduce(operator.or_, (one.fill_null(value=False) for one in found), pl.lit(value=False))


def shared_received(rows: pl.DataFrame, ledger: Ledger, sharing: Sharing, passed: dict[str, str]) -> pl.DataFrame:
    """`rows` (ALLOCATION in the ledger's order) with what they receive, 0 where nothing, and what they give.

    `passed`: column of `rows` that shared rows pass on beside their costs → its resource; comes back as `<column>_shared`.
    Added: `shared_own`, `overhead`, `stayed` in $, and `gives` ("all", "load_balancer" or NULL), all as in `received`.
    """
    rows = _with_parties(rows, ledger, sharing)
    pools = {cost: pl.col(cost).filter("is_shared") for cost in COST_COLUMNS}
    resource_of = {cost: cost for cost in COST_COLUMNS}
    if sharing.load_balancers:
        pools["load_balancer_cost"] = pl.col("load_balancer_cost")
        resource_of["load_balancer_cost"] = WHOLE_CLUSTER
    pools |= {column: pl.col(column).filter("is_shared") for column in passed}
    resource_of |= {column: f"{resource}_cost" for column, resource in passed.items()}
    takes = pl.col("takes")
    in_cluster = rows.group_by(CLUSTER_KEY).agg(
        *(pool.sum().alias(f"pool:{name}") for name, pool in pools.items()),
        *(pl.col(cost).filter("takes").sum().alias(f"takers:{cost}") for cost in COST_COLUMNS),
        pl.col("weight").sum().alias(f"takers:{WHOLE_CLUSTER}"),
    )
    rows = rows.join(in_cluster, on=CLUSTER_KEY, how="left", maintain_order="left")
    any_total = pl.col(f"takers:{WHOLE_CLUSTER}")
    parts = {WHOLE_CLUSTER: pl.when(takes & (any_total > 0)).then(pl.col("weight") / any_total).otherwise(0.0)}
    for cost in COST_COLUMNS:
        total = pl.col(f"takers:{cost}")
        same = takes & (total > 0) if sharing.split is Split.WEIGHTED else pl.lit(value=False)
        parts[cost] = pl.when(same).then(pl.col(cost).fill_null(0) / total).otherwise(parts[WHOLE_CLUSTER])
    rows = rows.with_columns(part.alias(f"part:{resource}") for resource, part in parts.items())
    taken = {name: pl.col(f"pool:{name}") * pl.col(f"part:{resource_of[name]}") for name in pools}
    somebody = any_total > 0
    gives_balancer = pl.lit(value=sharing.load_balancers) & (pl.col("load_balancer_cost") > 0).fill_null(value=False)
    own = pl.when("is_shared").then(pl.sum_horizontal(COST_COLUMNS)).when(gives_balancer).then("load_balancer_cost").otherwise(0.0)
    gives = pl.when(somebody & pl.col("is_shared")).then(pl.lit("all")).when(somebody & gives_balancer).then(pl.lit("load_balancer"))
    return rows.with_columns(
        shared_own=pl.sum_horizontal(taken[cost] for cost in COST_COLUMNS),
        stayed=pl.when(somebody).then(0.0).otherwise(own),
        gives=gives,
        **{f"{column}_shared": taken[column] for column in passed},
    ).drop(*(f"{kind}:{name}" for kind, names in (("pool", pools), ("part", parts), ("takers", parts)) for name in names))


def overhead_of_hours(ledger: Ledger, sharing: Sharing) -> pl.DataFrame:
    """`hour`, `overhead`: the monthly amount's part in each hour that has rows, $; of an hour that the span cuts its part.

    Raises LedgerBroken where rows lie outside of the ledger's span.
    """
    hours = ledger.allocation.select("hour").unique()
    start = pl.col("hour").dt.epoch("s")
    inside = pl.min_horizontal(start + HOUR_SECONDS, pl.lit(ledger.span.end)) - pl.max_horizontal(start, pl.lit(ledger.span.start))
    out = hours.with_columns(seconds=inside.cast(pl.Float64))
    _refuse_outside(out.filter(pl.col("seconds") <= 0), ledger.span)
    return out.select("hour", overhead=pl.col("seconds") / HOUR_SECONDS * (sharing.monthly / MONTH_HOURS))


def _refuse_outside(hours: pl.DataFrame, span: Span) -> None:
    if hours.height:
        (hour,) = hours.select(pl.col("hour").dt.epoch("s").min()).row(0)
        raise LedgerBroken(f"rows of the hour at {hour} lie outside of their ledger's [{span.start:.0f}, {span.end:.0f})")


def _with_parties(rows: pl.DataFrame, ledger: Ledger, sharing: Sharing) -> pl.DataFrame:
    """`is_shared`; `takes`: who receives; `weight`: a receiver's in what belongs to no resource; `overhead` received, $.

    Weighted: what the receiver pays itself for everything (without load balancers where those are shared). Evenly: the seconds that
    the pod held, its rows equally, so that neither grouping nor the number of containers moves a share.
    """
    wanted = shared_dimensions(sharing)
    names = ledger.identity.unique("identity_id", keep="any").select(
        "identity_id",
        pl.col("namespace").alias("identity_namespace"),
        *(d.expr.alias(d.column) for d in wanted if d.level is dimensions.Level.IDENTITY),
    )
    named = rows.join(names, on="identity_id", how="left", maintain_order="left")
    named = named.with_columns(d.expr.alias(d.column) for d in wanted if d.level is dimensions.Level.ROW)
    named = named.with_columns(is_shared=is_shared(sharing)).with_columns(takes=RECEIVES & ~pl.col("is_shared"))
    owned = [c for c in COST_COLUMNS if not (sharing.load_balancers and c == "load_balancer_cost")]
    weight = pl.sum_horizontal(owned) if sharing.split is Split.WEIGHTED else (pl.col("held_seconds").max() / pl.len()).over(POD_KEY)
    named = named.with_columns(weight=pl.when("takes").then(weight).otherwise(0.0))
    amounts = overhead_of_hours(ledger, sharing) if sharing.monthly else None
    if amounts is None:
        named = named.with_columns(overhead=pl.lit(0.0))
    else:
        totals = named.group_by("hour").agg(pl.col("weight").sum().alias("fleet"))
        rates = amounts.join(totals, on="hour").select("hour", rate=pl.when(pl.col("fleet") > 0).then(pl.col("overhead") / pl.col("fleet")))
        named = named.join(rates, on="hour", how="left", maintain_order="left")
        named = named.with_columns(overhead=pl.col("weight") * pl.col("rate").fill_null(0)).drop("rate")
    return named.select(*rows.columns, "is_shared", "takes", "weight", "overhead")
