"""Facts and prices become the ledger: allocations and assets that close (ledger 3 to 8)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Facts, Ledger
from farthing.core.schema import ALLOCATION, ASSET, POD_ROW, SHARE, Mark, RowKind

from .attached import ATTACHED, attached_rows
from .nodes import NODE_RESOURCES, node_rows
from .tariffs import money, priced_sum, tariffs

# What a row holds none of: 0, not NULL, for NULL says "not known".
NOTHING = (
    "cpu_requested", "cpu_held", "ram_requested", "ram_held", "gpu_requested", "gpu_held", "storage_held", "load_balancer_held",
    "cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost", "management_cost", "reserved_cost",
)  # fmt: skip
UNIT_FACTORS = ("cpu_factor", "ram_factor", "gpu_factor")


def cost(facts: Facts, price: pl.DataFrame) -> Ledger:
    """Cost whole hours.

    price: PRICE rows of the assets in facts.capacity. Per cluster, hour and resource, allocated + idle + unmounted +
    unobserved + management = assets; nothing is negative; a missing price makes NULL, never 0.
    """
    capacity = facts.capacity.join(tariffs(price), on="asset_id", how="left")
    containers, idle = node_rows(facts.usage, capacity.filter(pl.col("kind") == "node"))
    shares, unmounted = zip(*(attached_rows(facts.usage, capacity, what) for what in ATTACHED), strict=True)
    share = pl.concat(shares, how="diagonal")
    rows = [_with_traffic(_with_attached(containers, share), facts.flow), idle, *unmounted]
    return Ledger(
        span=facts.span,
        allocation=pl.concat([_allocation(r) for r in rows]),
        asset=_assets(capacity),
        identity=facts.identity,
        price=price,
        notes=facts.notes,
        share=SHARE.conform(share),
    )


def _allocation(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(0.0).alias(c) for c in NOTHING if c not in rows.columns]
    factors = [pl.lit(1.0).alias(c) for c in UNIT_FACTORS if c not in rows.columns]
    return ALLOCATION.conform(rows.with_columns(*absent, *factors))


def _with_attached(containers: pl.DataFrame, share: pl.DataFrame) -> pl.DataFrame:
    """Volumes and load balancers on the pod's `__pod__` row: the priced sum, NULL where none of them has a price."""
    keys = ["identity_id", "hour"]
    sums = []
    for what in ATTACHED:
        mine = pl.col("resource") == what.resource
        sums += [
            pl.col("quantity").filter(mine).sum().alias(what.held),
            priced_sum(pl.col("cost").filter(mine)).alias(f"{what.resource}_cost"),
        ]
    per_pod = (
        share.group_by(keys).agg(*sums, pl.col("marks").bitwise_or().alias("share_marks")).with_columns(pl.lit(POD_ROW).alias("container"))
    )
    joined = containers.join(per_pod, on=[*keys, "container"], how="left")
    none = pl.col("share_marks").is_null()
    named = [c for what in ATTACHED for c in (what.held, f"{what.resource}_cost")]
    return joined.with_columns(
        *[pl.when(none).then(0.0).otherwise(c).alias(c) for c in named],
        (pl.col("marks") | pl.col("share_marks").fill_null(0)).cast(pl.UInt32).alias("marks"),
    )


def _with_traffic(rows: pl.DataFrame, flow: pl.DataFrame) -> pl.DataFrame:
    """A pod's bytes, split equally among its containers of the hour; their cost stays unknown without classes."""
    moved = flow.filter(pl.col("class") == "all").select("identity_id", "hour", "bytes_out", "bytes_in")
    container = pl.col("kind") == RowKind.CONTAINER.value
    count = container.sum().over("identity_id", "hour")
    joined = rows.join(moved, on=["identity_id", "hour"], how="left")
    return joined.with_columns(pl.when(container).then(pl.col(c) / count).alias(c) for c in ("bytes_out", "bytes_in"))


def _assets(capacity: pl.DataFrame) -> pl.DataFrame:
    node, disk, balancer = (pl.col("kind") == k for k in ("node", "disk", "load_balancer"))
    costs = {
        **{f"{r}_cost": pl.when(node).then(money(pl.col(r), pl.col(f"{r}_price"))).otherwise(0.0) for r in NODE_RESOURCES},
        "storage_cost": pl.when(disk).then(money(pl.col("storage"), pl.col("storage_price"))).otherwise(0.0),
        "load_balancer_cost": pl.when(balancer).then(money(pl.col("seconds"), pl.col("load_balancer_price"))).otherwise(0.0),
        "management_cost": pl.lit(0.0),
    }
    rows = capacity.with_columns(**costs)
    unpriced = pl.any_horizontal(pl.col(c).is_null() for c in costs)
    marks = pl.col("marks") | pl.col("price_marks").fill_null(0) | pl.when(unpriced).then(Mark.UNPRICED.value).otherwise(0)
    return ASSET.conform(rows.with_columns(marks.cast(pl.UInt32).alias("marks")))
