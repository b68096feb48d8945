"""The tables as they are stored: columns, coding, order of rows, partitions. One set of them for every cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl
import pyarrow as pa

from farthing.core.errors import LakeDamaged
from farthing.core.schema import CAPACITY, FLOW, IDENTITY, USAGE
from farthing.core.schema.table import STRING, TIME, Table

from .codings import AsItIs, Coding, SinceHour, Steps, UnlessEqual, UnlessLargest, reinterpreted

COUNT = pa.int64()
DATE = pa.date32()
PER_MICRO = 1_000_000.0
PER_KIB = 1 / 1024
_PLAIN = AsItIs()

RUN = pa.field("run_id", STRING, nullable=False, metadata={"doc": "the commit that wrote the row; `hours` tells which one counts"})


@dataclass(frozen=True)
class StoredTable:
    """A table of the lake.

    `columns` stand in its files; `partition` (with its type) is a folder and no column of a file. Rows are sorted by `order`. The log keeps
    the least and largest value of `ranges` for every file. `noise`: integers that no dictionary makes smaller.
    """

    name: str
    version: int
    columns: tuple[pa.Field, ...]
    partition: str | None = None
    order: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ("hour",)
    noise: frozenset[str] = frozenset()

    @cached_property
    def arrow(self) -> pa.Schema:
        """Schema of its files."""
        return pa.schema(list(self.columns))

    @cached_property
    def logged(self) -> pa.Schema:
        """Schema of the table: that of its files and the partition."""
        part = [pa.field(self.partition, DATE, nullable=False)] if self.partition else []
        return pa.schema([*self.columns, *part])

    def empty(self) -> pa.Table:
        return self.arrow.empty_table()


@dataclass(frozen=True)
class FactTable:
    """One of the ledger's tables of facts, and how its columns are stored (`AsItIs` where nothing is said)."""

    ledger: Table
    codings: Mapping[str, Coding] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.ledger.name

    @property
    def key(self) -> tuple[str, ...]:
        """What tells rows of one cluster and hour apart."""
        return tuple(column for column in self.ledger.key if column not in ("cluster", "hour"))

    def coding(self, column: str) -> Coding:
        return self.codings.get(column, _PLAIN)

    @cached_property
    def columns(self) -> tuple[pa.Field, ...]:
        return tuple(
            pa.field(
                self.coding(c.name).stored_name(c.name),
                self.coding(c.name).stored_type(c.type),
                c.nullable or self.coding(c.name).after,
                metadata={"doc": f"{c.doc}; {self.coding(c.name).doc}".rstrip("; ")},
            )
            for c in self.ledger.columns
        )

    @cached_property
    def stored(self) -> StoredTable:
        """The table of rows that count."""
        noise = frozenset(c.stored_name(name) for name, c in self.codings.items() if isinstance(c, Steps))
        return StoredTable(self.name, self.ledger.version, (*self.columns, RUN), "date", self.order, noise=noise)

    @cached_property
    def superseded(self) -> StoredTable:
        """The table of rows that were replaced, with the time in which they were current."""
        interval = [
            pa.field("current_from", TIME, nullable=False, metadata={"doc": "when the row was committed"}),
            pa.field("current_to", TIME, nullable=False, metadata={"doc": "when it was replaced"}),
        ]
        base = self.stored
        return StoredTable(
            f"{self.name}_superseded", base.version, (*base.columns, *interval), base.partition, base.order, noise=base.noise
        )

    def encode(self, rows: pl.DataFrame) -> pa.Table:
        """Rows of the ledger's table as they are stored, without `run_id`.

        Raises pl.exceptions.PolarsError for a measured value that is no finite number.
        """
        coded = rows.select(self._coded(c.name) for c in self.ledger.columns)
        # Back to the ledger's own types first (large strings and lists become plain ones), then to signed ones.
        unsigned = pa.schema(
            [
                pa.field(f.name, c.type if isinstance(self.coding(c.name), AsItIs) else f.type)
                for f, c in zip(self.columns, self.ledger.columns, strict=True)
            ]
        )
        table = coded.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(unsigned).combine_chunks()
        return pa.table([_bits(table[f.name], f.type) for f in self.columns], schema=pa.schema(list(self.columns)))

    def _coded(self, column: str) -> pl.Expr:
        coding = self.coding(column)
        return coding.encoded(column).alias(coding.stored_name(column))

    def decode(self, stored: pa.Table) -> pl.DataFrame:
        """Rows of the ledger's table again; columns of `stored` that are not its own are left out."""
        table = stored.select([f.name for f in self.columns]).combine_chunks()
        arrays = [
            _bits(table[f.name], c.type) if isinstance(self.coding(c.name), AsItIs) else table[f.name]
            for f, c in zip(self.columns, self.ledger.columns, strict=True)
        ]
        frame = pl.from_arrow(pa.table(arrays, names=[f.name for f in self.columns]))
        assert isinstance(frame, pl.DataFrame)
        names = [c.name for c in self.ledger.columns]
        frame = frame.with_columns(self.coding(n).decoded(n).alias(n) for n in names if not self.coding(n).after)
        frame = frame.with_columns(self.coding(n).decoded(n).alias(n) for n in names if self.coding(n).after)
        try:
            return self.ledger.conform(frame)
        except ValueError as error:
            raise LakeDamaged(
                f"stored rows are not whole: {error}", cure="farthing lake verify tells which hours to commit again"
            ) from None


def _bits(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    whole = (
        column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    )
    return reinterpreted(whole, kind)


def _facts() -> dict[str, FactTable]:
    usage = FactTable(
        USAGE,
        {
            "first_held": SinceHour(),
            "last_held": SinceHour(),
            "cpu_used": Steps(PER_MICRO, "_core_us"),
            "cpu_peak": Steps(PER_MICRO, "_microcores"),
            "ram_used": Steps(PER_KIB, "_kib_s"),
            "ram_peak": Steps(PER_KIB, "_kib"),
            "gpu_used": Steps(PER_MICRO, "_card_us"),
            "cpu_held": UnlessLargest("cpu_requested", "cpu_used"),
            "ram_held": UnlessLargest("ram_requested", "ram_used"),
            "gpu_held": UnlessEqual("gpu_requested"),
        },
        ("identity_id", "container", "hour"),
    )
    capacity = FactTable(
        CAPACITY, {"first_held": SinceHour(), "last_held": SinceHour(), "unobserved_from": SinceHour()}, ("asset_id", "hour")
    )
    flow = FactTable(FLOW, {"bytes_out": Steps(1.0), "bytes_in": Steps(1.0)}, ("identity_id", "class", "hour"))
    return {table.name: table for table in (usage, capacity, flow)}


FACTS: Mapping[str, FactTable] = _facts()
"""Tables of an hour's rows, by name, in the order in which they are committed."""

NAMES = FactTable(IDENTITY)
IDENTITIES = StoredTable(
    "identity", IDENTITY.version, NAMES.columns, partition="month", order=("namespace", "pod", "identity_id"), ranges=()
)
"""Names of pods, once for every month in which they are seen: so a month is read without all that ever was."""

HOURS = StoredTable(
    "hours",
    1,
    (
        pa.field("hour", TIME, nullable=False, metadata={"doc": "start of the hour, UTC"}),
        pa.field(
            "sequence", COUNT, nullable=False, metadata={"doc": "number of the commit; of an hour's rows the one with the largest counts"}
        ),
        RUN,
        pa.field("recorded_at", TIME, nullable=False, metadata={"doc": "when it was committed"}),
        *(pa.field(f"{name}_rows", COUNT, nullable=False, metadata={"doc": f"rows of `{name}` in the hour"}) for name in FACTS),
        pa.field("digest", STRING, nullable=False, metadata={"doc": "what the hour holds, to tell whether another commit changes it"}),
        pa.field("notes", STRING, nullable=False, metadata={"doc": "what must be told once for a window, as JSON"}),
    ),
    order=("sequence", "hour"),
    ranges=("hour", "sequence"),
)
"""The manifest: a row for every commit of an hour. Committed last: rows of a run that is not in it do not exist."""

ALL: tuple[StoredTable, ...] = (
    IDENTITIES,
    *(table.stored for table in FACTS.values()),
    HOURS,
    *(table.superseded for table in FACTS.values()),
)
