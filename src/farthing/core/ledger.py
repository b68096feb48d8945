"""What the rooms hand on: facts from metering, the costed ledger from costing."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from .schema import SHARE
from .units import GIB_BYTES


@dataclass(frozen=True)
class Span:
    """Half-open [start, end) in unix seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Note:
    """Something a reader must be told once per window, not per row. `level`: info or warning."""

    text: str
    cure: str = ""
    level: str = "warning"
    cluster: str = ""


@dataclass(frozen=True)
class Facts:
    """Whole hours of quantities, never money. Frames have the columns of `core.schema`."""

    span: Span
    usage: pl.DataFrame
    capacity: pl.DataFrame
    flow: pl.DataFrame
    identity: pl.DataFrame
    notes: tuple[Note, ...] = field(default=())

    def assets(self) -> pl.DataFrame:
        """One row per asset: the attributes that prices are looked up by, and its size: `cores`, `gib`, `cards`."""
        size = {"cores": pl.col("cpu"), "cards": pl.col("gpu"), "gib": (pl.col("ram") + pl.col("storage")) / GIB_BYTES}
        return (
            self.capacity.sort("hour")
            .with_columns((amount / pl.col("seconds")).fill_nan(0.0).alias(name) for name, amount in size.items())
            .group_by("asset_id", maintain_order=True)
            .agg(pl.all().exclude("hour", "cores", "cards", "gib").last(), pl.col("cores", "cards", "gib").max())
        )


@dataclass(frozen=True)
class Ledger:
    """Whole or cut hours of money: allocations and assets that close, with the prices and shares they rest on."""

    span: Span
    allocation: pl.DataFrame
    asset: pl.DataFrame
    identity: pl.DataFrame
    price: pl.DataFrame
    notes: tuple[Note, ...] = field(default=())
    share: pl.DataFrame = field(default_factory=SHARE.empty)
