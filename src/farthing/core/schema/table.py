"""A table of the ledger: its grain, its key and every column with type, unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pyarrow as pa


@dataclass(frozen=True)
class Column:
    """One column. `unit` is empty for names and ids; `nullable` columns are NULL where a value is not known."""

    name: str
    type: pa.DataType
    doc: str
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table: name, grain in words, key columns and columns in order. `version` grows when a column changes meaning."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    version: int = 1

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema; each field carries its doc and unit as metadata."""
        return pa.schema(
            [pa.field(c.name, c.type, c.nullable, metadata={"doc": c.doc, "unit": c.unit}) for c in self.columns],
            metadata={"table": self.name, "version": str(self.version)},
        )

    @property
    def polars(self) -> dict[str, pl.DataType]:
        """Column name → Polars type, in order."""
        frame = pl.from_arrow(self.arrow.empty_table())
        assert isinstance(frame, pl.DataFrame)
        return dict(frame.schema)

    def empty(self) -> pl.DataFrame:
        """No rows, all columns."""
        return pl.DataFrame(schema=self.polars)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` with exactly this table's columns, in order and type; a nullable column that is absent becomes NULL.

        Raises ValueError when a column that may not be NULL is absent or has NULLs.
        """
        types = self.polars
        exprs = []
        for c in self.columns:
            if c.name in frame.columns:
                exprs.append(pl.col(c.name).cast(types[c.name]))
            elif c.nullable:
                exprs.append(pl.lit(None, dtype=types[c.name]).alias(c.name))
            else:
                raise ValueError(f"{self.name}: column {c.name} is missing")
        out = frame.select(exprs)
        required = [c.name for c in self.columns if not c.nullable]
        nulls = {k: v for k, v in out.select(pl.col(required).null_count()).row(0, named=True).items() if v} if out.height else {}
        if nulls:
            raise ValueError(f"{self.name}: NULL where a value is required: {nulls}")
        return out


STRING = pa.string()
FLOAT = pa.float64()
ID = pa.uint64()
MARKS = pa.uint32()
TIME = pa.timestamp("us", tz="UTC")
PAIRS = pa.list_(pa.struct([pa.field("key", pa.string()), pa.field("value", pa.string())]))
STRINGS = pa.list_(pa.string())
