"""Idle: who receives it, and what of it is shown (ledger 8).

The idle cost of a resource on a node in an hour goes to the first that exists of: rows that paid for that resource on that node;
rows that paid for anything there; rows of that cluster; nobody (it stays idle, as does idle without a price). Weights are
the receivers' own costs. A filter acts afterwards, so what a row receives does not depend on who looks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import polars as pl

from farthing.core.errors import BadParameter, nearest
from farthing.core.schema import COST_COLUMNS

from .measures import ADDITIVE, HELD_OF, IDLE_COSTS, shown_cost

NODE_KEY = ("cluster", "hour", "asset_id")
CLUSTER_KEY = ("cluster", "hour")
RECEIVERS = ("container", "pod")


class Idle(StrEnum):
    """How idle is shown: as rows of its own, added to who receives it, or not at all."""

    SEPARATE = "separate"
    SHARE = "share"
    HIDE = "hide"


class IdleBy(StrEnum):
    """Over whom idle is shared: those on the same node, or all of the cluster."""

    NODE = "node"
    CLUSTER = "cluster"


class Split(StrEnum):
    """How a shared cost is divided: in proportion to the receivers' own cost, or evenly."""

    WEIGHTED = "weighted"
    EVEN = "even"


@dataclass(frozen=True)
class Sharing:
    """What is shared out among everything else.

    `namespaces`: names, a trailing * stands for any ending. `labels`: a key and its values. `monthly`: $ a month (730 h) that no asset
    has. `management`: control-plane and licence fees too. `load_balancers`: load balancers too.
    """

    namespaces: tuple[str, ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    monthly: float = 0.0
    split: Split = Split.WEIGHTED
    management: bool = False
    load_balancers: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.monthly) and self.monthly >= 0):
            raise BadParameter(f"a shared cost of {self.monthly} a month cannot be split", expected="an amount of at least 0")
        if any(not name.rstrip("*") for name in self.namespaces):
            raise BadParameter("a shared namespace has no name", expected="names of namespaces, each may end in *")
        if any(not key or not values for key, values in self.labels):
            raise BadParameter("a shared label has no key or no value", expected="KEY=VALUE, e.g. app=ingress")

    def __bool__(self) -> bool:
        return bool(self.namespaces or self.labels or self.monthly or self.management or self.load_balancers)


def parse_idle(text: str) -> Idle:
    """separate, share or hide; BadParameter otherwise."""
    try:
        return Idle(text.strip().lower())
    except ValueError:
        raise BadParameter(f"idle={text!r} is unknown", expected=nearest(text, Idle)) from None


class Receiver(IntEnum):
    """Who receives an idle cost."""

    NOBODY = 0
    SAME_RESOURCE = 1
    SAME_NODE = 2
    CLUSTER = 3


@dataclass(frozen=True)
class Shown:
    """What is shown of a piece of the ledger, and the $ that are not; together they are the whole.

    `rows`: columns of ALLOCATION, additive ones cut to what is shown; `<cost>_idle`: idle received, $, beside the row's own cost; `rows`:
    how many rows the line stands for.
    """

    rows: pl.DataFrame
    hidden: float
    filtered_out: float


def show(rows: pl.DataFrame, keep: pl.Expr | None, idle: Idle) -> Shown:
    """Share idle out, then filter, then separate or hide what idle is left.

    `rows`: columns of ALLOCATION and `share`, the part of its row that a line stands for; `keep`: the filter, None keeps all.
    """
    rows = rows.with_columns(keep=pl.lit(value=True) if keep is None else keep)
    is_idle = pl.col("kind") == "idle"
    pods = _cut_to_share(rows.filter(~is_idle)).with_columns(pl.lit(0.0).alias(f"{cost}_idle") for cost in IDLE_COSTS)
    spare = _cut_to_share(rows.filter(is_idle)).with_columns(pl.lit(0.0).alias(f"{cost}_idle") for cost in IDLE_COSTS)
    spare = _with_receivers(spare, pods)
    if idle is Idle.SHARE:
        pods = _received(pods, spare)
        to_nobody = {cost: (pl.col(f"{cost}_to") == Receiver.NOBODY).cast(pl.Float64) for cost in IDLE_COSTS}
        staying = _part(spare, to_nobody, others=pl.lit(value=True))
        everything = pl.concat([pods, staying.select(pods.columns)])
        return Shown(everything.filter("keep").drop("keep"), 0.0, money(everything.filter(~pl.col("keep"))))
    seen = _part(spare, {cost: pl.col(f"{cost}_seen") for cost in IDLE_COSTS}, others=pl.col("keep"))
    unseen = _part(spare, {cost: 1 - pl.col(f"{cost}_seen") for cost in IDLE_COSTS}, others=~pl.col("keep"))
    outside = money(pods.filter(~pl.col("keep"))) + money(unseen)
    pods = pods.filter("keep")
    if idle is Idle.HIDE:
        return Shown(pods.drop("keep"), money(seen), outside)
    return Shown(pl.concat([pods, seen.select(pods.columns)]).drop("keep"), 0.0, outside)


def money(rows: pl.DataFrame) -> float:
    """Σ of all priced costs of `rows` with the idle they received, $."""
    return float(rows.select(pl.sum_horizontal(shown_cost(cost).sum() for cost in COST_COLUMNS)).item())


def _cut_to_share(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.with_columns(rows=pl.col("share"))
    whole = bool(rows.get_column("share").eq(1.0).all())
    return rows if whole else rows.with_columns(pl.col(name) * pl.col("share") for name in ADDITIVE)


def _own_total() -> pl.Expr:
    return pl.sum_horizontal(COST_COLUMNS)


def _with_receivers(spare: pl.DataFrame, pods: pl.DataFrame) -> pl.DataFrame:
    """Idle rows with, per cost: `_to` (a Receiver), `_weight` (what all receivers paid, $), `_seen` (the kept receivers' part of that)."""
    weights = {cost: pl.col(cost).fill_null(0) for cost in IDLE_COSTS} | {"any": _own_total()}
    nodes = (
        pods.filter(pl.col("kind").is_in(RECEIVERS))
        .group_by(NODE_KEY)
        .agg(
            *(weight.sum().alias(f"{name}_all") for name, weight in weights.items()),
            *(weight.filter("keep").sum().alias(f"{name}_kept") for name, weight in weights.items()),
        )
    )
    clusters = nodes.group_by(CLUSTER_KEY).agg(cluster_all=pl.col("any_all").sum(), cluster_kept=pl.col("any_kept").sum())
    spare = spare.join(nodes, on=NODE_KEY, how="left").join(clusters, on=CLUSTER_KEY, how="left")
    for cost in IDLE_COSTS:
        ladder = ((Receiver.SAME_RESOURCE, cost), (Receiver.SAME_NODE, "any"), (Receiver.CLUSTER, "cluster"))
        to, weight, seen = pl.lit(int(Receiver.NOBODY)), pl.lit(None, dtype=pl.Float64), pl.col("keep").cast(pl.Float64)
        for receiver, name in reversed(ladder):
            exists = pl.col(cost).is_not_null() & (pl.col(f"{name}_all") > 0)
            to = pl.when(exists).then(pl.lit(int(receiver))).otherwise(to)
            weight = pl.when(exists).then(pl.col(f"{name}_all")).otherwise(weight)
            seen = pl.when(exists).then(pl.col(f"{name}_kept") / pl.col(f"{name}_all")).otherwise(seen)
        spare = spare.with_columns(to.alias(f"{cost}_to"), weight.alias(f"{cost}_weight"), seen.alias(f"{cost}_seen"))
    return spare


def _received(pods: pl.DataFrame, spare: pl.DataFrame) -> pl.DataFrame:
    """Rows of pods with the idle they receive in `<cost>_idle`, $."""

    def rate(cost: str, receiver: Receiver) -> pl.Expr:
        return (pl.col(cost) / pl.col(f"{cost}_weight")).filter(pl.col(f"{cost}_to") == receiver).sum()

    on_node = spare.group_by(NODE_KEY).agg(
        *(rate(cost, Receiver.SAME_RESOURCE).alias(f"{cost}_rate") for cost in IDLE_COSTS),
        *(rate(cost, Receiver.SAME_NODE).alias(f"{cost}_node_rate") for cost in IDLE_COSTS),
    )
    in_cluster = spare.group_by(CLUSTER_KEY).agg(rate(cost, Receiver.CLUSTER).alias(f"{cost}_cluster_rate") for cost in IDLE_COSTS)
    joined = pods.join(on_node, on=NODE_KEY, how="left").join(in_cluster, on=CLUSTER_KEY, how="left")
    receives = pl.col("kind").is_in(RECEIVERS)
    shares = [
        pl.when(receives)
        .then(
            pl.col(cost).fill_null(0) * pl.col(f"{cost}_rate").fill_null(0)
            + _own_total() * (pl.col(f"{cost}_node_rate").fill_null(0) + pl.col(f"{cost}_cluster_rate").fill_null(0))
        )
        .otherwise(0.0)
        .alias(f"{cost}_idle")
        for cost in IDLE_COSTS
    ]
    return joined.with_columns(shares).select(pods.columns)


def _part(spare: pl.DataFrame, fractions: dict[str, pl.Expr], *, others: pl.Expr) -> pl.DataFrame:
    """Idle rows cut to a fraction of each cost and its quantity; rows of which nothing is left are dropped.

    `others` tells on which rows the costs that are never idle, and so go to nobody, are left.
    """
    rest = [cost for cost in COST_COLUMNS if cost not in fractions]
    some = [(part > 0) & ((pl.col(HELD_OF[cost]) > 0) | (pl.col(cost) > 0)) for cost, part in fractions.items()]
    cut = spare.with_columns(
        *((pl.col(cost) * part).alias(cost) for cost, part in fractions.items()),
        *((pl.col(HELD_OF[cost]) * part).alias(HELD_OF[cost]) for cost, part in fractions.items()),
        *(pl.when(others).then(pl.col(cost)).otherwise(0.0).alias(cost) for cost in rest),
        whole=_own_total(),
        some=pl.any_horizontal(*some, *((pl.col(cost) > 0) & others for cost in rest)),
    )
    left = pl.when(pl.col("whole") > 0).then(_own_total() / pl.col("whole")).otherwise(1.0)
    return cut.with_columns(reserved_cost=pl.col("reserved_cost") * left).filter("some")
