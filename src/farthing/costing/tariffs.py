"""Prices laid beside assets: one column per resource, in $ per ledger quantity."""

from __future__ import annotations

import polars as pl

from farthing.core.schema import Mark
from farthing.core.units import QUANTITY_PER_BASE, Resource

DEFAULT_MARK = {
    Resource.CPU: Mark.DEFAULT_NODE_PRICE,
    Resource.RAM: Mark.DEFAULT_NODE_PRICE,
    Resource.GPU: Mark.DEFAULT_NODE_PRICE,
    Resource.STORAGE: Mark.DEFAULT_STORAGE_PRICE,
    Resource.LOAD_BALANCER: Mark.DEFAULT_LOAD_BALANCER_PRICE,
}


def tariffs(price: pl.DataFrame) -> pl.DataFrame:
    """`asset_id`, `<resource>_price` ($ per core-second, byte-second, card-second, second; NULL: unpriced), `price_marks`."""
    per_asset = []
    marks = pl.lit(0, dtype=pl.UInt32)
    for resource, quantity in QUANTITY_PER_BASE.items():
        mine = pl.col("resource") == resource.value
        per_asset.append((pl.col("price").filter(mine).first() / quantity).alias(f"{resource.value}_price"))
        default = (mine & (pl.col("category") == "default")).any()
        marks = marks | pl.when(default).then(DEFAULT_MARK[resource].value).otherwise(0)
    return price.group_by("asset_id", maintain_order=True).agg(*per_asset, marks.cast(pl.UInt32).alias("price_marks"))


def money(quantity: pl.Expr, price: pl.Expr) -> pl.Expr:
    """quantity × price; nothing held costs nothing whatever the price, something held without a price is NULL."""
    return pl.when(quantity == 0).then(0.0).otherwise(quantity * price)


def priced_sum(costs: pl.Expr) -> pl.Expr:
    """Sum of what is priced; NULL where there is something and none of it is priced."""
    return pl.when((costs.len() > 0) & (costs.count() == 0)).then(None).otherwise(costs.sum())
