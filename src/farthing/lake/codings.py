"""How a column of facts is written down: exactly, or in steps so small that only noise is lost. Reading gives back the ledger's columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import polars as pl
import pyarrow as pa

INTEGER = pa.int64()
FLOAT = pa.float64()


class Coding(ABC):
    """One column's way of being stored. `suffix` is added to the column's name where what is stored is not the value itself."""

    suffix = ""
    doc = ""
    after = False

    def stored_name(self, column: str) -> str:
        return column + self.suffix

    def stored_type(self, kind: pa.DataType) -> pa.DataType:  # noqa: ARG002 - what it is as a value may not matter
        """Type of what is stored for a column of type `kind`."""
        return self.stores

    stores: ClassVar[pa.DataType]

    @abstractmethod
    def encoded(self, column: str) -> pl.Expr: ...

    @abstractmethod
    def decoded(self, column: str) -> pl.Expr:
        """The value again; other columns of its row are decoded already where `after` is true."""


@dataclass(frozen=True)
class AsItIs(Coding):
    """The value itself. Unsigned ids keep their 64 bits as a signed number: tables of this format have no unsigned ones."""

    def stored_type(self, kind: pa.DataType) -> pa.DataType:
        return signed_type(kind)

    def encoded(self, column: str) -> pl.Expr:
        return pl.col(column)

    def decoded(self, column: str) -> pl.Expr:
        return pl.col(column)


@dataclass(frozen=True)
class SinceHour(Coding):
    """A unix time in the hour, as seconds since the hour's start: exact, and mostly 0 or 3600."""

    suffix = "_in_hour"
    doc = "seconds since the start of the hour"

    stores = FLOAT

    def encoded(self, column: str) -> pl.Expr:
        return pl.col(column) - _hour_seconds()

    def decoded(self, column: str) -> pl.Expr:
        return pl.col(column + self.suffix) + _hour_seconds()


@dataclass(frozen=True)
class Steps(Coding):
    """A measured quantity as a whole number of steps, `per_unit` of them in one unit: at most half a step is lost."""

    per_unit: float
    suffix: str = ""

    @property
    def step(self) -> float:
        """Size of a step in the column's unit."""
        return 1 / self.per_unit

    stores = INTEGER

    def encoded(self, column: str) -> pl.Expr:
        return (pl.col(column) * self.per_unit).round().cast(pl.Int64)

    def decoded(self, column: str) -> pl.Expr:
        return pl.col(column + self.suffix) / self.per_unit


@dataclass(frozen=True)
class UnlessLargest(Coding):
    """A held quantity: NULL where it is the larger of requested and used (requested where used is not known), else the value, exactly."""

    requested: str
    used: str
    suffix = "_otherwise"
    doc = "NULL where it is max(requested, used)"
    after = True

    stores = FLOAT

    def encoded(self, column: str) -> pl.Expr:
        return pl.when(pl.col(column) != self._largest()).then(pl.col(column))

    def decoded(self, column: str) -> pl.Expr:
        return pl.coalesce(pl.col(column + self.suffix), self._largest())

    def _largest(self) -> pl.Expr:
        return pl.max_horizontal(self.requested, self.used)


@dataclass(frozen=True)
class UnlessEqual(Coding):
    """A quantity that is nearly always that of another column: NULL where it is, else the value."""

    other: str
    suffix = "_otherwise"
    after = True

    stores = FLOAT

    def encoded(self, column: str) -> pl.Expr:
        return pl.when(pl.col(column) != pl.col(self.other)).then(pl.col(column))

    def decoded(self, column: str) -> pl.Expr:
        return pl.coalesce(pl.col(column + self.suffix), pl.col(self.other))


def _hour_seconds() -> pl.Expr:
    return pl.col("hour").dt.epoch("s").cast(pl.Float64)


_SIGNED = {pa.uint64(): pa.int64(), pa.uint32(): pa.int32()}


def signed_type(kind: pa.DataType) -> pa.DataType:
    """`kind` with every unsigned integer in it, at any depth, signed."""
    if pa.types.is_list(kind):
        return pa.list_(signed_type(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, signed_type(f.type), f.nullable) for f in kind])
    return _SIGNED.get(kind, kind)


def reinterpreted(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """The bits of `array` as `kind`, which differs from its type in the signs of integers alone, at any depth."""
    if array.type == kind:
        return array
    if pa.types.is_list(kind):
        inner = reinterpreted(array.values, kind.value_type)
        return pa.Array.from_buffers(kind, len(array), array.buffers()[:2], array.null_count, array.offset, [inner])
    if pa.types.is_struct(kind):
        parts = [reinterpreted(array.field(i), field.type) for i, field in enumerate(kind)]
        return pa.StructArray.from_arrays(parts, fields=list(kind), mask=array.is_null() if array.null_count else None)
    return array.view(kind)
