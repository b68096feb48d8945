"""Cost on a node: what is held pays, what is not is idle, and over-commitment shrinks shares (ledger 4)."""

from __future__ import annotations

import polars as pl

from farthing.core.schema import POD_ROW, Mark, RowKind

from .tariffs import money

NODE_RESOURCES = ("cpu", "ram", "gpu")


def node_rows(usage: pl.DataFrame, nodes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of containers with their costs, and idle and unobserved rows of nodes.

    usage: USAGE; nodes: CAPACITY rows of kind node with `cpu_price`, `ram_price`, `gpu_price` ($ per quantity) and
    `price_marks`. Held and idle of a node, hour and resource sum to its capacity; each pays its part of that.
    """
    keys = ["asset_id", "hour"]
    totals = usage.group_by(pl.col("node_asset_id").alias("asset_id"), "hour").agg(
        pl.col(f"{r}_held").sum().alias(f"{r}_total") for r in NODE_RESOURCES
    )
    sized = nodes.join(totals, on=keys, how="left").with_columns(pl.col(f"{r}_total").fill_null(0.0) for r in NODE_RESOURCES)
    sized = sized.with_columns(
        pl.when(pl.col(f"{r}_total") > pl.col(r)).then(pl.col(r) / pl.col(f"{r}_total")).otherwise(1.0).alias(f"{r}_factor")
        for r in NODE_RESOURCES
    )
    return _containers(usage, sized), _idle(sized)


def _containers(usage: pl.DataFrame, sized: pl.DataFrame) -> pl.DataFrame:
    prices = sized.select(
        "hour", "price_marks", *[f"{r}_{p}" for r in NODE_RESOURCES for p in ("factor", "price")], node_asset_id="asset_id"
    )
    rows = usage.join(prices, on=["node_asset_id", "hour"], how="left")
    costs = [money(pl.col(f"{r}_held") * pl.col(f"{r}_factor"), pl.col(f"{r}_price")).alias(f"{r}_cost") for r in NODE_RESOURCES]
    rows = rows.with_columns(
        *costs,
        pl.when(pl.col("container") == POD_ROW).then(pl.lit(RowKind.POD.value)).otherwise(pl.lit(RowKind.CONTAINER.value)).alias("kind"),
        pl.col("node_asset_id").alias("asset_id"),
    )
    return rows.with_columns(_marks(pl.any_horizontal(pl.col(f"{r}_factor") < 1 for r in NODE_RESOURCES)).alias("marks"))


def _idle(sized: pl.DataFrame) -> pl.DataFrame:
    """What nobody held: `idle`, and its part inside a long hole in the data, `unobserved`."""
    left = [pl.max_horizontal(pl.lit(0.0), pl.col(r) - pl.col(f"{r}_total")).alias(f"{r}_held") for r in NODE_RESOURCES]
    rows = sized.with_columns(left)
    reserved = pl.lit(0.0)
    for r in ("cpu", "ram"):
        system = pl.min_horizontal(pl.max_horizontal(pl.lit(0.0), pl.col(r) - pl.col(f"{r}_allocatable").fill_null(pl.col(r))), f"{r}_held")
        reserved = reserved + money(system, pl.col(f"{r}_price")).fill_null(0.0)
    rows = rows.with_columns(reserved.alias("reserved_cost"), pl.col("seconds").alias("held_seconds"))
    unseen = (pl.col("unobserved_seconds") / pl.col("seconds")).fill_nan(0.0)
    parts = []
    for kind, share in ((RowKind.IDLE, 1 - unseen), (RowKind.UNOBSERVED, unseen)):
        part = rows.with_columns(share.alias("_share")).filter(pl.col("_share") > 0)
        part = part.with_columns(
            *[(pl.col(f"{r}_held") * pl.col("_share")).alias(f"{r}_held") for r in NODE_RESOURCES],
            pl.col("reserved_cost") * pl.col("_share"),
        )
        costs = [money(pl.col(f"{r}_held"), pl.col(f"{r}_price")).alias(f"{r}_cost") for r in NODE_RESOURCES]
        parts.append(part.with_columns(*costs, pl.lit(kind.value).alias("kind"), pl.lit(f"__{kind.value}__").alias("container")))
    out = pl.concat(parts).with_columns(pl.col("name").alias("node"))
    # factors speak of rows that hold; what is left over is paid in full
    return out.with_columns(_marks(pl.lit(False)).alias("marks"), *[pl.lit(1.0).alias(f"{r}_factor") for r in NODE_RESOURCES])


def _marks(over: pl.Expr) -> pl.Expr:
    unpriced = pl.any_horizontal(pl.col(f"{r}_cost").is_null() for r in NODE_RESOURCES)
    paid = pl.any_horizontal(pl.col(f"{r}_held") > 0 for r in NODE_RESOURCES)
    return (
        pl.col("marks")
        | pl.when(paid).then(pl.col("price_marks").fill_null(0)).otherwise(0)
        | pl.when(unpriced).then(Mark.UNPRICED.value).otherwise(0)
        | pl.when(over & paid).then(Mark.OVER_COMMITTED.value).otherwise(0)
    ).cast(pl.UInt32)
