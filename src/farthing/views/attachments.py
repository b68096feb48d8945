"""Which volumes and load balancers a group pays for."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

POD_HOUR = ("cluster", "hour", "identity_id")
SUMS = ("quantity", "seconds", "cost")


def attached(rows: pl.DataFrame, share: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Columns `keys`, asset_id, resource, quantity (B·s of a volume, s of a load balancer), seconds and cost ($).

    `rows`: shown rows with `keys` and `rows`, the part of a row that a line stands for. A pod's shares (SHARE) follow its `__pod__` row,
    which carries their cost; an unmounted row is its own. What a row `gives` (see `received`) is not its own any more: shared load
    balancers cost it nothing, and of a shared thing only what has no price is listed.
    """
    gives = pl.col("gives").cast(pl.String).fill_null("") if "gives" in rows.columns else pl.lit("")
    places = {name: f"of:{name}" for name in POD_HOUR}  # the cluster may be a key as well
    pods = rows.filter(pl.col("kind") == "pod").select(
        *keys, *(pl.col(n).alias(of) for n, of in places.items()), part=pl.col("rows"), gives=gives
    )
    priced = pl.col("cost").is_not_null()
    given = (pl.col("gives") == "load_balancer") & (pl.col("resource") == "load_balancer") & priced
    of_pods = (
        pods.join(share, left_on=list(places.values()), right_on=POD_HOUR, how="inner")
        .filter((pl.col("gives") != "all") | ~priced)
        .with_columns(cost=pl.when(given).then(0.0).otherwise("cost"))
        .select(*keys, "asset_id", "resource", *(pl.col(name) * pl.col("part") for name in SUMS))
    )
    balancer = pl.col("load_balancer_held") > 0
    unmounted = rows.filter((pl.col("kind") == "unmounted") & pl.col("asset_id").is_not_null()).select(
        *keys,
        "asset_id",
        resource=pl.when(balancer).then(pl.lit("load_balancer")).otherwise(pl.lit("storage")),
        quantity=pl.when(balancer).then("load_balancer_held").otherwise("storage_held"),
        seconds=pl.col("held_seconds"),
        cost=pl.when(balancer).then("load_balancer_cost").otherwise("storage_cost"),
    )
    return attachments_joined(pl.concat([of_pods, unmounted]), keys)


def attachments_joined(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Lines of the same group and asset added up; a cost is NULL where none of them has a price."""
    priced = pl.col("cost").is_not_null().any()
    cost = pl.when(priced).then(pl.col("cost").sum()).alias("cost")
    return frame.group_by(*keys, "asset_id", "resource").agg(pl.col("quantity").sum(), pl.col("seconds").sum(), cost)
