"""Idle: what each row receives of it, by node and by cluster (ledger 8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from farthing.core.schema import COST_COLUMNS

from .measures import HELD_OF, IDLE_COSTS

NODE_KEY = ("cluster", "hour", "asset_id")
CLUSTER_KEY = ("cluster", "hour")
RECEIVERS = ("container", "pod")
RESOURCES = tuple(cost.removesuffix("_cost") for cost in IDLE_COSTS)
RECEIVES = pl.col("kind").is_in(RECEIVERS)
IS_IDLE = pl.col("kind") == "idle"
PAID = pl.sum_horizontal(COST_COLUMNS)


@dataclass(frozen=True)
class Good:
    """Something of a resource that moves with its idle: the money, the quantity nobody held, or the system's reserve in it."""

    name: str
    resource: str
    amount: pl.Expr


def goods(*, quantities: bool) -> Iterator[Good]:
    """What is handed out of an idle row; a resource without a price hands out nothing."""
    for cost, resource in zip(IDLE_COSTS, RESOURCES, strict=True):
        yield Good(f"{resource}_idle", resource, pl.col(cost))
        if quantities:
            yield Good(f"{resource}_spare", resource, pl.when(pl.col(cost).is_not_null()).then(HELD_OF[cost]))
            # the reserve lies in the row's costs in proportion
            reserve = pl.when(pl.col(cost) > 0).then(pl.col(cost) * pl.col("reserved_cost") / PAID)
            yield Good(f"{resource}_reserve", resource, reserve)


def idle_received(allocation: pl.DataFrame, *, quantities: bool) -> pl.DataFrame:
    """`allocation` with columns `<good>_near`, `<good>_far`, `<good>_cluster` of every good, 0 on rows that receive nothing, and
    `somebody`: whether anybody in the cluster and hour pays for anything, so that idle does not stay.

    By node, the idle of a resource on a node in an hour goes to the first that exists of: rows that paid for that resource on that
    node; rows that paid for anything there (both `_near`); rows of that cluster (`_far`). By cluster, that of all its nodes goes to
    rows that paid for that resource in the cluster, else for anything. Weights are the receivers' own costs.
    """
    handed = tuple(goods(quantities=quantities))
    rows = allocation.with_columns(paid=pl.when(RECEIVES).then(PAID).otherwise(0.0))
    own = {resource: pl.col(cost).fill_null(0).sum().alias(resource) for cost, resource in zip(IDLE_COSTS, RESOURCES, strict=True)}
    on_node = rows.filter(RECEIVES).group_by(NODE_KEY).agg(*own.values(), pl.col("paid").sum().alias("any"))
    in_cluster = on_node.group_by(CLUSTER_KEY).agg(pl.col(*RESOURCES, "any").sum().name.prefix("cluster_"))
    spare = (
        rows.filter(IS_IDLE)
        .select(*NODE_KEY, *(good.amount.alias(good.name) for good in handed))
        .join(on_node, on=NODE_KEY, how="left")
        .join(in_cluster, on=CLUSTER_KEY, how="left")
    )
    at_node, at_cluster = [], []
    for good in handed:
        same, any_there = pl.col(good.resource), pl.col("any")
        in_all, any_in_all = pl.col(f"cluster_{good.resource}"), pl.col("cluster_any")
        nobody_there = ~(any_there > 0).fill_null(value=False)
        at_node += [_rate(good, same, same > 0, "same"), _rate(good, any_there, ~(same > 0) & (any_there > 0), "any")]
        at_cluster += [
            _rate(good, any_in_all, nobody_there & (any_in_all > 0), "far"),
            _rate(good, in_all, in_all > 0, "cluster_same"),
            _rate(good, any_in_all, ~(in_all > 0) & (any_in_all > 0), "cluster_any"),
        ]
    rows = rows.join(spare.group_by(NODE_KEY).agg(at_node), on=NODE_KEY, how="left", maintain_order="left")
    rows = rows.join(spare.group_by(CLUSTER_KEY).agg(at_cluster), on=CLUSTER_KEY, how="left", maintain_order="left")
    rows = rows.join(in_cluster.select(*CLUSTER_KEY, somebody=pl.col("cluster_any") > 0), on=CLUSTER_KEY, how="left", maintain_order="left")
    return rows.select(
        *allocation.columns, pl.col("somebody").fill_null(value=False), *(column for good in handed for column in _received(good))
    )


def _rate(good: Good, weight: pl.Expr, exists: pl.Expr, step: str) -> pl.Expr:
    """What of the good a $ of weight receives."""
    return (pl.col(good.name) / weight).filter(exists).sum().alias(f"{good.name}:{step}")


def _received(good: Good) -> Iterator[pl.Expr]:
    def at(step: str) -> pl.Expr:
        return pl.col(f"{good.name}:{step}").fill_null(0)

    own, paid = pl.col(f"{good.resource}_cost").fill_null(0), pl.col("paid")
    received = {
        "near": own * at("same") + paid * at("any"),
        "far": paid * at("far"),
        "cluster": own * at("cluster_same") + paid * at("cluster_any"),
    }
    for way, amount in received.items():
        yield pl.when(RECEIVES).then(amount).otherwise(0.0).alias(f"{good.name}_{way}")
