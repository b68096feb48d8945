"""Volumes and load balancers: shares of those who hold them, the rest unmounted (ledger 6, 7)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from farthing.core.errors import LedgerBroken
from farthing.core.schema import Mark, RowKind

from .tariffs import money

ROUNDING = 1e-9


@dataclass(frozen=True)
class Attached:
    """A kind of asset that pods share: where usage tells the shares, which quantity counts, who pays when nobody holds it."""

    kind: str
    resource: str
    shares: str
    quantity: str
    held: str


ATTACHED = (
    Attached("disk", "storage", "volumes", "byte_seconds", "storage_held"),
    Attached("load_balancer", "load_balancer", "load_balancers", "seconds", "load_balancer_held"),
)


def attached_rows(usage: pl.DataFrame, capacity: pl.DataFrame, what: Attached) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Shares per pod and asset (columns of SHARE and `marks`), and unmounted rows.

    usage: USAGE; capacity: CAPACITY with `<resource>_price` and `price_marks`. Shares and unmounted sum to the asset's
    capacity; each pays its part of that. Raises LedgerBroken when pods hold more of an asset than there is.
    """
    assets = _sized(capacity, what)
    told = usage.filter(pl.col(what.shares).list.len() > 0).select("cluster", "hour", "identity_id", "first_held", "last_held", what.shares)
    shares = told.explode(what.shares, empty_as_null=False).unnest(what.shares).rename({"seconds": "seconds"})
    if what.quantity != "seconds":
        shares = shares.rename({what.quantity: "quantity"})
    else:
        shares = shares.with_columns(pl.col("seconds").alias("quantity"))
    priced = shares.join(assets.select("asset_id", "hour", "unit_price", "price_marks"), on=["asset_id", "hour"], how="left")
    priced = priced.with_columns(money(pl.col("quantity"), pl.col("unit_price")).alias("cost"), pl.lit(what.resource).alias("resource"))
    priced = priced.with_columns(
        (pl.col("price_marks").fill_null(0) | pl.when(pl.col("cost").is_null()).then(Mark.UNPRICED.value).otherwise(0))
        .cast(pl.UInt32)
        .alias("marks")
    )
    return priced, _unmounted(assets, shares, what)


def _sized(capacity: pl.DataFrame, what: Attached) -> pl.DataFrame:
    size = pl.col("storage") if what.resource == "storage" else pl.col("seconds")
    return capacity.filter(pl.col("kind") == what.kind).with_columns(
        size.alias("size"), pl.col(f"{what.resource}_price").alias("unit_price")
    )


def _unmounted(assets: pl.DataFrame, shares: pl.DataFrame, what: Attached) -> pl.DataFrame:
    held = shares.group_by("asset_id", "hour").agg(pl.col("quantity").sum().alias("taken"))
    rest = assets.join(held, on=["asset_id", "hour"], how="left").with_columns(
        (pl.col("size") - pl.col("taken").fill_null(0.0)).alias("left")
    )
    broken = rest.filter(pl.col("left") < -ROUNDING * pl.col("size").abs() - ROUNDING)
    if broken.height:
        raise LedgerBroken(f"pods hold more of {what.kind} {broken['name'][0]} than there is: {broken['taken'][0]} of {broken['size'][0]}")
    # what is left within rounding is nothing: sums of seconds do not come out even in floats
    rest = rest.filter(pl.col("left") > ROUNDING * pl.col("size"))
    cost = money(pl.col("left"), pl.col("unit_price"))
    return rest.with_columns(
        pl.lit(RowKind.UNMOUNTED.value).alias("kind"),
        pl.lit("__unmounted__").alias("container"),
        pl.col("claim_namespace").alias("namespace"),
        pl.col("left").alias(what.held),
        cost.alias(f"{what.resource}_cost"),
        pl.col("seconds").alias("held_seconds"),
        (pl.col("marks") | pl.col("price_marks").fill_null(0) | pl.when(cost.is_null()).then(Mark.UNPRICED.value).otherwise(0))
        .cast(pl.UInt32)
        .alias("marks"),
    )
