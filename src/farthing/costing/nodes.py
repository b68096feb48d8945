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
    sized = nodes.join(totals, on=keys, how="left").join(_held_in_holes(usage, nodes), on=keys, how="left")
    sized = sized.with_columns(pl.col(f"{r}_{p}").fill_null(0.0) for r in NODE_RESOURCES for p in ("total", "in_hole"))
    sized = sized.with_columns(
        pl.when(pl.col(f"{r}_total") > pl.col(r)).then(pl.col(r) / pl.col(f"{r}_total")).otherwise(1.0).alias(f"{r}_factor")
        for r in NODE_RESOURCES
    )
    return _containers(usage, sized), _idle(sized)


def _held_in_holes(usage: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """`asset_id`, `hour`, `<resource>_in_hole`: what is known to have been held inside long holes in the data."""
    holes = nodes.filter(pl.col("unobserved_seconds") > 0).select(
        "hour", node_asset_id="asset_id", hole_start="unobserved_from", hole_end=pl.col("unobserved_from") + pl.col("unobserved_seconds")
    )
    inside = pl.min_horizontal("last_held", "hole_end") - pl.max_horizontal("first_held", "hole_start")
    share = (inside.clip(lower_bound=0.0) / pl.col("held_seconds")).fill_nan(0.0)
    return (
        usage.join(holes, on=["node_asset_id", "hour"])
        .group_by(pl.col("node_asset_id").alias("asset_id"), "hour")
        .agg((pl.col(f"{r}_held") * share).sum().alias(f"{r}_in_hole") for r in NODE_RESOURCES)
    )


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
    """What nobody held: `unobserved` where it lies inside a long hole in the data, `idle` elsewhere."""
    left = {r: pl.max_horizontal(pl.lit(0.0), pl.col(r) - pl.col(f"{r}_total")) for r in NODE_RESOURCES}
    share = (pl.col("unobserved_seconds") / pl.col("seconds")).fill_nan(0.0)
    # in the hole: what the node had then, less what is known to have been held then
    unseen = {
        r: pl.min_horizontal(left[r], pl.max_horizontal(pl.lit(0.0), pl.col(r) * share - pl.col(f"{r}_in_hole"))) for r in NODE_RESOURCES
    }
    parts = []
    for kind, amount in (
        (RowKind.IDLE, {r: left[r] - unseen[r] for r in NODE_RESOURCES}),
        (RowKind.UNOBSERVED, unseen),
    ):
        part = sized.with_columns(*[amount[r].alias(f"{r}_held") for r in NODE_RESOURCES])
        if kind is RowKind.UNOBSERVED:
            part = part.filter(pl.col("unobserved_seconds") > 0)
        costs = [money(pl.col(f"{r}_held"), pl.col(f"{r}_price")).alias(f"{r}_cost") for r in NODE_RESOURCES]
        part = part.with_columns(*costs, _reserved().alias("reserved_cost"), pl.col("seconds").alias("held_seconds"))
        parts.append(part.with_columns(pl.lit(kind.value).alias("kind"), pl.lit(f"__{kind.value}__").alias("container")))
    out = pl.concat(parts).with_columns(pl.col("name").alias("node"))
    # factors speak of rows that hold; what is left over is paid in full
    return out.with_columns(_marks(pl.lit(False)).alias("marks"), *[pl.lit(1.0).alias(f"{r}_factor") for r in NODE_RESOURCES])


def _reserved() -> pl.Expr:
    """Cost of what the system reserves, min(capacity − allocatable, idle)."""
    total = pl.lit(0.0)
    for r in ("cpu", "ram"):
        system = pl.max_horizontal(pl.lit(0.0), pl.col(r) - pl.col(f"{r}_allocatable").fill_null(pl.col(r)))
        total = total + money(pl.min_horizontal(system, f"{r}_held"), pl.col(f"{r}_price")).fill_null(0.0)
    return total


def _marks(over: pl.Expr) -> pl.Expr:
    unpriced = pl.any_horizontal(pl.col(f"{r}_cost").is_null() for r in NODE_RESOURCES)
    paid = pl.any_horizontal(pl.col(f"{r}_held") > 0 for r in NODE_RESOURCES)
    return (
        pl.col("marks")
        | pl.when(paid).then(pl.col("price_marks").fill_null(0)).otherwise(0)
        | pl.when(unpriced).then(Mark.UNPRICED.value).otherwise(0)
        | pl.when(over & paid).then(Mark.OVER_COMMITTED.value).otherwise(0)
    ).cast(pl.UInt32)
