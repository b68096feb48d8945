"""What the rooms hand on: facts from metering, the costed ledger from costing."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from .schema import SHARE


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
