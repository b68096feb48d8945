"""Whole answers as files: every row of every step, made and sent piece by piece."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from farthing.core.windows import Window
from farthing.views import CostSource

from ..calls import Reply
from ..cells import FORMULA_SIGNS
from ..moments import iso, window_json
from .columns import MEASURED, NAME, SPECIAL, Column, cells, ranked
from .requests import ExportRequest, group_columns
from .steps import ROWS_AT_ONCE

PERIOD = (
    Column("window_start", "", "text", "start of the step, RFC 3339 in UTC"),
    Column("window_end", "", "text", "its end, which is not included"),
)
TYPES: dict[str, pl.DataType] = {
    "group": pl.String(),
    "text": pl.String(),
    "flag": pl.Boolean(),
    "money": pl.Float64(),
    "quantity": pl.Float64(),
    "ratio": pl.Float64(),
}
ARROW: dict[str, Any] = {"group": pa.string(), "text": pa.string(), "flag": pa.bool_()}
Frames = Iterator[pl.DataFrame]


@dataclass(frozen=True)
class Sheet:
    """What is written: columns, frames that have them, and what the file is of."""

    columns: tuple[Column, ...]
    frames: Frames
    about: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]


def allocation_export(source: CostSource, asked: ExportRequest) -> Reply:
    """The answer to `/allocation/export`. The first piece is made before the reply, so that what fails there has its status."""
    columns = (*PERIOD, NAME, SPECIAL, *group_columns([group.name for group in asked.question.by]), *MEASURED)
    about = {"window": window_json(asked.window), "zone": asked.zone_name, "by": [group.name for group in asked.question.by]}
    format = FORMATS[asked.format]
    frames = _frames(source, asked, columns)
    sheet = Sheet(columns, itertools.chain(list(itertools.islice(frames, 1)), frames), about)
    days = f"{asked.window.start:%Y-%m-%d}-{asked.window.end:%Y-%m-%d}"
    return Reply(format.write(sheet), format.media_type, f"farthing-allocation-{days}.{format.ending}", format.packed)


def _frames(source: CostSource, asked: ExportRequest, columns: Sequence[Column]) -> Frames:
    """Rows of a step after the other, ranked within it; few steps are asked for at once where there are many groups."""
    waiting, at_once = list(asked.sets), 1
    while waiting:
        batch, waiting = waiting[:at_once], waiting[at_once:]
        widest = 1
        for table, windows in source.summaries(asked.question, batch):
            for step, window in enumerate(windows):
                rows = table.rows.filter(pl.col("step") == step)
                widest = max(widest, rows.height)
                yield _sheet_rows(rows, window, asked, columns)
        at_once = max(1, ROWS_AT_ONCE // widest)


def _sheet_rows(rows: pl.DataFrame, window: Window, asked: ExportRequest, columns: Sequence[Column]) -> pl.DataFrame:
    period = [pl.lit(iso(window.start)).alias("window_start"), pl.lit(iso(window.end)).alias("window_end")]
    if asked.find:
        rows = rows.filter(pl.col("name").str.to_lowercase().str.contains(asked.find.lower(), literal=True))
    rows = rows.with_columns(period).select(column.expr.cast(TYPES[column.kind]) for column in columns)
    return ranked(rows, asked.order)


def _csv(sheet: Sheet) -> Iterator[bytes]:
    heading = io.StringIO()
    csv.writer(heading).writerow(sheet.names)
    yield heading.getvalue().encode()
    texts = [column.name for column in sheet.columns if column.kind in ("group", "text")]
    for frame in sheet.frames:
        # A spreadsheet must not take a name for a formula.
        safe = [pl.when(_like_formula(name)).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name) for name in texts]
        yield frame.with_columns(safe).write_csv(include_header=False, line_terminator="\r\n").encode()


def _like_formula(name: str) -> pl.Expr:
    return pl.col(name).str.slice(0, 1).is_in(list(FORMULA_SIGNS))


def _json(sheet: Sheet) -> Iterator[bytes]:
    head = sheet.about | {"columns": [column.described() for column in sheet.columns]}
    yield orjson.dumps(head)[:-1] + b',"rows":['
    comma = b""
    for frame in sheet.frames:
        if frame.height:
            yield comma + b",".join(map(orjson.dumps, cells(frame)))
            comma = b","
    yield b"]}\n"


def _schema(sheet: Sheet) -> Any:
    told = {"farthing": orjson.dumps(sheet.about)}
    fields = [pa.field(one.name, ARROW.get(one.kind, pa.float64()), metadata={"unit": one.unit, "doc": one.doc}) for one in sheet.columns]
    return pa.schema(fields, metadata=told)


def _arrow(sheet: Sheet) -> Iterator[bytes]:
    schema, sink = _schema(sheet), Sink()
    with pa.ipc.new_stream(sink, schema) as writer:
        for frame in sheet.frames:
            writer.write_table(_table(frame, schema))
            yield sink.taken()
    yield sink.taken()


def _parquet(sheet: Sheet) -> Iterator[bytes]:
    schema, sink = _schema(sheet), Sink()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for frame in sheet.frames:
            writer.write_table(_table(frame, schema))
            yield sink.taken()
    yield sink.taken()


def _table(frame: pl.DataFrame, schema: Any) -> Any:
    return frame.to_arrow().cast(schema)


class Sink(io.RawIOBase):
    """A file that is given away as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        """See RawIOBase."""
        return True

    def write(self, data: Any) -> int:
        """See RawIOBase."""
        part = bytes(data)
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        """See RawIOBase."""
        return self._at

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


@dataclass(frozen=True)
class Format:
    """A kind of file. `packed`: compressed in itself."""

    media_type: str
    ending: str
    write: Callable[[Sheet], Iterator[bytes]]
    packed: bool = False


FORMATS: dict[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", "csv", _csv),
    "json": Format("application/json", "json", _json),
    "parquet": Format("application/vnd.apache.parquet", "parquet", _parquet, packed=True),
    "arrow": Format("application/vnd.apache.arrow.stream", "arrows", _arrow),
}


def media_types() -> Iterable[str]:
    """All that an export may come as."""
    return (format.media_type for format in FORMATS.values())
