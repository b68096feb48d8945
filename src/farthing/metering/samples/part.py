"""A part of an hour in columns: a Parquet file with a row per series, sorted by metric, so that a metric is read alone.

Row groups hold a metric each, or several small ones. Pages carry checksums, which are verified when they are read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from .log import written_failed
from .rows import COUNT, ENDS, LABELS, METRIC, TIMES, VALUES, Content, contents, nothing, sorted_rows, type_of, with_columns

GROUP_ROWS = 16_384
GROUP_ROWS_LEAST = 2_048  # small metrics share a row group
CONTENTS_KEY = "farthing.contents"
LIST_ENCODINGS = {f"{TIMES}.list.element": "DELTA_BINARY_PACKED", f"{ENDS}.list.element": "DELTA_BINARY_PACKED"}


class PartWriter:
    """Writes a part. Rows come metric by metric, in any number of frames; `finish` makes it whole and lets the disk have it.

    `columns`: labels that may occur. Raises StorageError, and leaves no file then.
    """

    def __init__(self, path: Path, columns: Iterable[str]) -> None:
        self.path = path
        names = [n for n in nothing().columns if n not in (COUNT, TIMES, VALUES, ENDS)]
        self._names = [*names, *(c for c in columns if c not in names), COUNT, TIMES, VALUES, ENDS]
        self._schema = nothing(self._names).to_arrow().schema
        self._contents: dict[str, Content] = {}
        dictionary = [n for n in self._names if n not in (COUNT, TIMES, VALUES, ENDS, LABELS)]
        self._options = {
            "compression": "zstd",
            "use_dictionary": [*dictionary, f"{LABELS}.list.element.key", f"{LABELS}.list.element.value", f"{VALUES}.list.element"],
            "column_encoding": LIST_ENCODINGS,
            "write_page_checksum": True,
            "write_statistics": [METRIC],
        }
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pl.DataFrame) -> None:
        """Rows of whole metrics that come after those written before."""
        ordered = sorted_rows(with_columns(rows, self._names))
        sizes = ordered.group_by(METRIC, maintain_order=True).agg(pl.len().alias("rows"))["rows"].to_list()
        try:
            if self._writer is None:
                self._writer = pq.ParquetWriter(self.path, self._schema, **self._options)
            for start, length in _groups(sizes):
                table = ordered.slice(start, length).to_arrow().cast(self._schema)
                self._writer.write_table(table, row_group_size=GROUP_ROWS)
        except OSError as error:
            self.abandon()
            raise written_failed(self.path, error) from error
        self._contents |= contents(ordered)

    def finish(self) -> None:
        """The part is whole, and on the disk."""
        assert self._writer is not None
        try:
            self._writer.add_key_value_metadata({CONTENTS_KEY: json.dumps({m: vars(c) for m, c in self._contents.items()})})
            self._writer.close()
            with self.path.open("rb") as written:
                os.fsync(written.fileno())
        except OSError as error:
            self.abandon()
            raise written_failed(self.path, error) from error

    def abandon(self) -> None:
        """Leave nothing."""
        writer, self._writer = self._writer, None
        if writer is not None:
            # closing writes the footer, for which there may be no room either
            try:
                writer.close()
            except OSError:
                self._contents.clear()
        self.path.unlink(missing_ok=True)


def _groups(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """(first row, rows) of row groups: metrics of a few rows together, of many alone."""
    groups: list[tuple[int, int]] = []
    start = length = 0
    for size in sizes:
        if length and (size >= GROUP_ROWS_LEAST or length >= GROUP_ROWS_LEAST):
            groups.append((start, length))
            start, length = start + length, 0
        length += size
    return [*groups, (start, length)] if length else groups


class Part:
    """A part that is read. Opening and reading raise OSError without an errno, or ValueError, where the file is damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with pq.ParquetFile(path) as file:
            self._footer = file.metadata
            schema = file.schema_arrow
        self.columns: tuple[str, ...] = tuple(schema.names)
        told = (self._footer.metadata or {}).get(CONTENTS_KEY.encode())
        if told is None or METRIC not in self.columns:
            raise ValueError("it is Parquet, but no hour of samples")
        self.contents = {metric: Content(c["samples"], tuple(c["labels"]), c["parts"]) for metric, c in json.loads(told).items()}
        self._ranges: list[tuple[str, str]] = []
        place = self.columns.index(METRIC)
        for i in range(self._footer.num_row_groups):
            statistics = self._footer.row_group(i).column(place).statistics
            self._ranges.append((statistics.min, statistics.max))

    def read(self, metrics: Collection[str], columns: Sequence[str]) -> pl.DataFrame:
        """Rows of the metrics; columns that the part does not have are NULL."""
        wanted = sorted(m for m in metrics if m in self.contents)
        groups = [i for i, (low, high) in enumerate(self._ranges) if any(low <= m <= high for m in wanted)]
        if not groups:
            return nothing(columns)
        have = [c for c in dict.fromkeys((METRIC, *columns)) if c in self.columns]
        if any(c not in self.columns for c in columns) and LABELS not in have:
            have.append(LABELS)
        with pq.ParquetFile(self.path, metadata=self._footer, page_checksum_verification=True) as file:
            table: pa.Table = file.read_row_groups(groups, columns=have, use_threads=True)
        frame = pl.DataFrame(table)
        return with_columns(frame.filter(pl.col(METRIC).is_in(wanted)), columns).cast({c: type_of(c) for c in columns})
