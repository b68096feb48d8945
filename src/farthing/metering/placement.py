"""Which node a pod's hour lands on; nodes that are not in the data are inferred (ledger 4)."""

from __future__ import annotations

import polars as pl

from farthing.core.schema import Mark

from .assets import with_ids
from .lifetimes import overlap

UNKNOWN_NODE = "__unknown__"
LINGER_SECONDS = 600  # pod objects outlive their node's by this at most before the node counts as missed, not gone
RESOURCES = ("cpu", "ram", "gpu")


def within_nodes(pods: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """pods with `end` no later than their node's: objects linger for minutes after a node was removed, and hold nothing then."""
    ends = nodes.group_by("cluster", "node").agg(pl.col("end").max().alias("node_end"))
    lingers = (pl.col("end") > pl.col("node_end")) & (pl.col("end") - pl.col("node_end") <= LINGER_SECONDS)
    return (
        pods.join(ends, on=["cluster", "node"], how="left", maintain_order="left")
        .with_columns(pl.when(lingers.fill_null(False)).then("node_end").otherwise("end").alias("end"))
        .drop("node_end")
        .filter(pl.col("end") > pl.col("start"))
    )


def place(rows: pl.DataFrame, pods: pl.DataFrame, node_hours: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """rows + `node_asset_id` and marks; node_hours + inferred nodes, and pod-priced nodes' capacity as what their pods request.

    rows: container hours with `pod_row`, `hour`, `first_held`, `last_held`, `cpu_requested`, `cpu_held`, …
    """
    where = rows.select("pod_row", "hour", "first_held", "last_held").unique(["pod_row", "hour"])
    where = where.join(pods.select("pod_row", "cluster", "node"), on="pod_row")
    options = where.join(
        node_hours.select("cluster", "node", "hour", "pricing", node_asset_id="asset_id", node_first="first_held", node_last="last_held"),
        on=["cluster", "node", "hour"],
        how="left",
    )
    common = overlap(pl.col("first_held"), pl.col("last_held"), pl.col("node_first"), pl.col("node_last")).fill_null(-1.0)
    best = options.with_columns(common.alias("_common")).sort("_common").unique(["pod_row", "hour"], keep="last", maintain_order=True)
    placed = rows.join(best.select("pod_row", "hour", "cluster", "node", "node_asset_id", "pricing"), on=["pod_row", "hour"], how="left")
    by_pod = pl.col("pricing") == "pod"
    # on a pod-priced node use above the request pays nothing
    placed = placed.with_columns(pl.when(by_pod).then(f"{r}_requested").otherwise(f"{r}_held").alias(f"{r}_held") for r in RESOURCES)
    placed, inferred = _inferred(placed)
    hours = pl.concat([_pod_priced(placed, node_hours), inferred], how="diagonal_relaxed")
    return placed.drop("cluster", "node", "pricing"), hours


def _inferred(placed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    lost = placed.filter(pl.col("node_asset_id").is_null()).with_columns(pl.col("node").fill_null(UNKNOWN_NODE).alias("name"))
    hours = lost.group_by("cluster", "name", "hour").agg(
        *[pl.col(f"{r}_held").sum().alias(r) for r in RESOURCES], pl.col("first_held").min(), pl.col("last_held").max()
    )
    hours = with_ids(hours, ["cluster", "name"], "asset_id", "node", "inferred").with_columns(
        (pl.col("last_held") - pl.col("first_held")).alias("seconds"),
        pl.lit(0.0).alias("unobserved_seconds"),
        pl.lit(0.0).alias("storage"),
        pl.lit("node").alias("kind"),
        pl.lit("").alias("provider_id"),
        pl.lit("node").alias("pricing"),
        pl.lit(Mark.NODE_INFERRED.value, dtype=pl.UInt32).alias("marks"),
    )
    ids = hours.select("cluster", "name", "hour", inferred_id="asset_id")
    named = placed.with_columns(pl.col("node").fill_null(UNKNOWN_NODE).alias("name")).join(ids, on=["cluster", "name", "hour"], how="left")
    guess = pl.col("node_asset_id").is_null()
    out = named.with_columns(
        pl.when(guess).then(pl.col("marks") | Mark.NODE_INFERRED.value).otherwise("marks").cast(pl.UInt32).alias("marks"),
        pl.coalesce("node_asset_id", "inferred_id").alias("node_asset_id"),
    )
    return out.drop("name", "inferred_id"), hours


def _pod_priced(placed: pl.DataFrame, node_hours: pl.DataFrame) -> pl.DataFrame:
    held = (
        placed.filter(pl.col("pricing") == "pod")
        .group_by(pl.col("node_asset_id").alias("asset_id"), "hour")
        .agg(pl.col(f"{r}_requested").sum().alias(f"{r}_asked") for r in RESOURCES)
    )
    by_pod = pl.col("pricing") == "pod"
    return (
        node_hours.join(held, on=["asset_id", "hour"], how="left")
        .with_columns(pl.when(by_pod).then(pl.col(f"{r}_asked").fill_null(0.0)).otherwise(r).alias(r) for r in RESOURCES)
        .drop(f"{r}_asked" for r in RESOURCES)
    )
