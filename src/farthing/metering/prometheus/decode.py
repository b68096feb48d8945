"""Answers into frames. Text becomes numbers in column buffers; no Python object lives per point but in the batch under way."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

import msgspec
import polars as pl
import pyarrow as pa

from farthing.metering.prometheus.envelope import LABELS_BOUNDARY, POINTS_BOUNDARY, Cutter, Envelope, Malformed, decode

T = TypeVar("T")
POINT_TYPES = ("matrix", "vector")
TIME_SLACK = 0.001  # servers round times to milliseconds
_PLUS_INF = re.compile(rb',\s*"\+Inf"\s*\]')


@dataclass
class Counts:
    """What one answer held: fields of `budget.Tally`."""

    series: int = 0
    points: int = 0
    samples: int | None = None
    non_finite: int = 0
    outside: int = 0
    duplicates: int = 0
    disordered: int = 0
    histograms: int = 0


@dataclass
class Answer:
    """A decoded body: the frame, what was counted, and what the server said beside it."""

    frame: pl.DataFrame
    counts: Counts
    said: list[str] = field(default_factory=list)


class Decoder(Protocol):
    """Takes a body in chunks. `feed` and `finish` raise Malformed; `finish` after the last chunk only."""

    def feed(self, chunk: bytes) -> None: ...

    def finish(self) -> Answer: ...


class _Labels:
    """Label columns of the series read so far, one value per series."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.columns: list[list[str | None]] = [[] for _ in names]
        fields = [(f"f{i}", str, msgspec.field(name=name, default="")) for i, name in enumerate(names)]
        self.shape: Any = msgspec.defstruct("Labels", fields, gc=False)  # labels that are not kept are skipped, not decoded

    def extend(self, series: list[Any]) -> None:
        for i, column in enumerate(self.columns):
            key = f"f{i}"
            column.extend([getattr(one, key) or None for one in series])

    def frame(self) -> pl.DataFrame:
        return pl.DataFrame({name: pl.Series(name, column, dtype=pl.String) for name, column in zip(self.names, self.columns, strict=True)})


class PointsDecoder:
    """Answers of query and query_range into label columns (String; null when absent or empty), `t` (unix seconds) and `v`, both Float64.

    `first` and `last` bound the times that were asked for; points outside are dropped and counted, so are values that are not finite.
    `check_series` is told the number of series so far and may raise.
    """

    def __init__(
        self, labels: tuple[str, ...], *, first: float | None, last: float, check_series: Callable[[int], None] | None = None
    ) -> None:
        self._labels = _Labels(labels)
        self._first, self._last, self._check_series = first, last, check_series
        self._cutter = Cutter(POINTS_BOUNDARY)
        point = tuple[float, float]
        shape = msgspec.defstruct(
            "Series",
            [
                ("metric", self._labels.shape),
                ("values", list[point], msgspec.field(default_factory=list)),
                ("value", point | None, None),
                ("histograms", msgspec.Raw, msgspec.Raw()),
                ("histogram", msgspec.Raw, msgspec.Raw()),
            ],
            gc=False,
        )
        self._decoder: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[shape], strict=False)  # type: ignore[valid-type]
        self._lengths = array("q")
        self._times, self._values = array("d"), array("d")
        self._histograms = 0

    def feed(self, chunk: bytes) -> None:
        """Take a chunk of the body. Raises Malformed, and whatever `check_series` raises."""
        for batch in self._cutter.feed(chunk):
            self._take(batch)

    def finish(self) -> Answer:
        """The whole answer. Raises Malformed when the body was cut short or is no answer to a query."""
        series, around = self._cutter.finish()
        envelope = decode(around, Envelope)
        result_type, rest, samples = envelope.result()
        if result_type not in POINT_TYPES:
            raise Malformed(f"its resultType is {result_type}, expected one of {', '.join(POINT_TYPES)}")
        if rest != b"null":  # how some servers write an empty list
            self._take(rest)
        self._take(series)
        return self._frame(envelope, samples)

    def _take(self, batch: bytes) -> None:
        if b'"+Inf"' in batch:
            batch = _PLUS_INF.sub(b',"Inf"]', batch)  # msgspec reads Inf and -Inf
        try:
            all_series = self._decoder.decode(batch)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Malformed(f"a series in it cannot be read: {error}") from error
        self._labels.extend([series.metric for series in all_series])
        flat: list[float] = []
        for series in all_series:
            values = series.values if series.value is None else [series.value, *series.values]
            self._lengths.append(len(values))
            flat.extend(chain.from_iterable(values))
            self._histograms += bool(bytes(series.histograms) or bytes(series.histogram))
        self._times.extend(array("d", flat[0::2]))
        self._values.extend(array("d", flat[1::2]))
        if self._check_series is not None:
            self._check_series(len(self._lengths))

    def _frame(self, envelope: Envelope, samples: int | None) -> Answer:
        counts = Counts(series=len(self._lengths), samples=samples, histograms=self._histograms)
        index = (
            pl.select(pl.int_range(len(self._lengths), dtype=pl.UInt32).repeat_by(_column(self._lengths, pa.int64())).explode())
            .to_series()
            .drop_nulls()
        )
        points = pl.DataFrame({"series": index, "t": _column(self._times, pa.float64()), "v": _column(self._values, pa.float64())})
        points = _keep(points, pl.col("v").is_finite(), counts, "non_finite")
        asked = pl.col("t") <= self._last + TIME_SLACK
        if self._first is not None:
            asked &= pl.col("t") >= self._first - TIME_SLACK
        points = _keep(points, asked, counts, "outside")
        points = _in_order(points, counts)
        counts.points = points.height
        labels = self._labels.frame()
        columns = [labels[name].gather(points["series"]) for name in self._labels.names]
        return Answer(pl.DataFrame([*columns, points["t"], points["v"]]), counts, envelope.said())


@dataclass
class Data(Generic[T]):
    """The `data` of a small answer (None where it is null), and what the server said beside it."""

    data: T | None
    said: list[str]


class DataDecoder(Generic[T]):
    """Answers without series: `data` as `shape`."""

    def __init__(self, shape: type[T]) -> None:
        self._shape = shape
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take a chunk of the body."""
        self._body += chunk

    def finish(self) -> Data[T]:
        """The whole answer. Raises Malformed."""
        envelope = decode(bytes(self._body), Envelope)
        data = envelope.content()
        return Data(None if data == b"null" else decode(data, self._shape), envelope.said())


class LabelsDecoder:
    """Answers of /api/v1/series into label columns (String; null when absent or empty): those of `labels`, or all that occur where None."""

    def __init__(self, labels: tuple[str, ...] | None, *, check_series: Callable[[int], None] | None = None) -> None:
        self._labels = None if labels is None else _Labels(labels)
        self._check_series = check_series
        self._cutter = Cutter(LABELS_BOUNDARY)
        shape: Any = dict[str, str] if self._labels is None else self._labels.shape
        self._decoder: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[shape])
        self._frames: list[pl.DataFrame] = []
        self._series = 0

    def feed(self, chunk: bytes) -> None:
        """Take a chunk of the body. Raises Malformed, and whatever `check_series` raises."""
        for batch in self._cutter.feed(chunk):
            self._take(batch)

    def finish(self) -> Answer:
        """The whole answer. Raises Malformed when the body was cut short or is no list of series."""
        series, around = self._cutter.finish()
        envelope = decode(around, Envelope)
        rest = envelope.content()
        if rest != b"null":
            self._take(rest)
        self._take(series)
        frame = pl.concat(self._frames, how="diagonal") if self._labels is None else self._labels.frame()
        return Answer(frame, Counts(series=self._series), envelope.said())

    def _take(self, batch: bytes) -> None:
        try:
            series = self._decoder.decode(batch)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Malformed(f"a series in it cannot be read: {error}") from error
        self._series += len(series)
        if self._check_series is not None:
            self._check_series(self._series)
        if self._labels is not None:
            self._labels.extend(series)
        else:
            names = sorted({name for labels in series for name in labels})
            self._frames.append(
                pl.DataFrame({name: pl.Series(name, [labels.get(name) or None for labels in series], dtype=pl.String) for name in names})
            )


def _column(buffer: array[Any], dtype: pa.DataType) -> pl.Series:
    """The buffer as a column, not copied."""
    series = pl.from_arrow(pa.Array.from_buffers(dtype, len(buffer), [None, pa.py_buffer(buffer)]))
    assert isinstance(series, pl.Series)
    return series


def _keep(points: pl.DataFrame, condition: pl.Expr, counts: Counts, dropped: str) -> pl.DataFrame:
    mask = points.select(condition).to_series()
    if mask.all():
        return points  # the usual case, and no copy
    kept = points.filter(mask)
    setattr(counts, dropped, points.height - kept.height)
    return kept


def _in_order(points: pl.DataFrame, counts: Counts) -> pl.DataFrame:
    """Each series' points sorted by time, the largest of those at one time; counts what had to be mended."""
    same_series = pl.col("series") == pl.col("series").shift()
    backwards = points.select((same_series & (pl.col("t") < pl.col("t").shift())).sum()).item()
    repeated = points.select((same_series & (pl.col("t") == pl.col("t").shift())).sum()).item()
    if not backwards and not repeated:
        return points
    mended = points.group_by("series", "t").agg(pl.col("v").max()).sort("series", "t")
    counts.disordered, counts.duplicates = backwards, points.height - mended.height
    return mended.select(points.columns)
