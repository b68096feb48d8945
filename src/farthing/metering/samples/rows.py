"""The shape in which an hour of samples is read and kept: one row per series, its samples in lists.

A frame of rows has the series' `#metric`, `#id`, `#whole` (see Series), a column for every label of COLUMNS that occurs, the other
labels in `#labels` (list of key/value, sorted by key), `#n` (number of samples), `#t` (unix ms, ascending) and `#v` (lists), and `#ends`
(unix ms, ascending: when it was told that the series ended). No label begins with #.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from .series import COLUMNS, PARTS_LABEL, STALE_BITS, Series

if TYPE_CHECKING:
    from .log import Frame

METRIC, ID, WHOLE, LABELS, COUNT, TIMES, VALUES, ENDS = "#metric", "#id", "#whole", "#labels", "#n", "#t", "#v", "#ends"
PAIRS = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    METRIC: pl.String,
    ID: pl.UInt64,
    WHOLE: pl.UInt64,
    LABELS: PAIRS,
    COUNT: pl.UInt32,
    TIMES: pl.List(pl.Int64),
    VALUES: pl.List(pl.Float64),
    ENDS: pl.List(pl.Int64),
}
DATA = (COUNT, TIMES, VALUES, ENDS)
ORDER = ("cluster", "namespace", "exported_namespace", "pod", "exported_pod", "container", "node", "resource")
_NAMED = frozenset(COLUMNS)


def type_of(column: str) -> pl.DataType | type[pl.DataType]:
    """The type of a column of rows: its own, or text for a label."""
    return TYPES.get(column, pl.String)


def samples_of(frames: Iterable[Frame]) -> pl.DataFrame:
    """`#id`, `t` (unix ms), `v`, `stale`: samples of frames in the order in which they came."""
    found = list(frames)
    count = sum(len(f.ids) for f in found) // 8
    ids, t, v = (pa.py_buffer(b"".join(getattr(f, name) for f in found)) for name in ("ids", "t", "v"))
    table = pa.table(
        {
            ID: pa.Array.from_buffers(pa.uint64(), count, [None, ids]),
            "t": pa.Array.from_buffers(pa.int64(), count, [None, t]),
            "v": pa.Array.from_buffers(pa.float64(), count, [None, v]),
            "bits": pa.Array.from_buffers(pa.int64(), count, [None, v]),
        }
    )
    frame = pl.DataFrame(table)
    return frame.select(ID, "t", "v", (pl.col("bits") == STALE_BITS).alias("stale"))


def series_frame(series: Sequence[Series]) -> pl.DataFrame:
    """Rows of series without their samples; a series told twice is one row."""
    once = list({s.id: s for s in series}.values())
    named: dict[str, list[str | None]] = {}
    keys: list[str] = []
    values: list[str] = []
    offsets = [0]
    for i, one in enumerate(once):
        for name, value in one.labels:
            if name in _NAMED:
                if name not in named:
                    named[name] = [None] * len(once)
                named[name][i] = value
            else:
                keys.append(name)
                values.append(value)
        offsets.append(len(keys))
    pairs = pa.StructArray.from_arrays([pa.array(keys, pa.large_string()), pa.array(values, pa.large_string())], ["key", "value"])
    others = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pairs)
    own = {METRIC: [s.metric for s in once], ID: [s.id for s in once], WHOLE: [s.whole for s in once]}
    schema = {name: TYPES[name] for name in own} | dict.fromkeys(sorted(named), pl.String)
    return pl.DataFrame({**own, **named}, schema=schema).with_columns(pl.Series(LABELS, others, dtype=PAIRS))


def rows(series: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    """Rows of the series with their samples. Of two samples of one series and time the first that came counts."""
    ordered = samples.sort(ID, "t", maintain_order=True)
    again = (pl.col(ID) == pl.col(ID).shift(1)) & (pl.col("t") == pl.col("t").shift(1))
    ordered = ordered.filter(~again.fill_null(False))
    values = ordered.filter(~pl.col("stale")).group_by(ID, maintain_order=True).agg(pl.col("t").alias(TIMES), pl.col("v").alias(VALUES))
    ends = ordered.filter("stale").group_by(ID, maintain_order=True).agg(pl.col("t").alias(ENDS))
    joined = series.join(values, on=ID, how="left").join(ends, on=ID, how="left")
    filled = joined.with_columns(pl.col(name).fill_null(pl.lit([], dtype=TYPES[name])) for name in (TIMES, VALUES, ENDS))
    counted = filled.with_columns(pl.col(TIMES).list.len().alias(COUNT))
    return counted.filter((pl.col(COUNT) > 0) | (pl.col(ENDS).list.len() > 0))


def rows_of_frames(frames: Sequence[Frame]) -> pl.DataFrame:
    """Rows of a log."""
    told = [series for frame in frames if (series := frame.series()) is not None]
    series = pl.concat(told, how="diagonal").unique(ID, keep="first", maintain_order=True) if told else series_frame([])
    return rows(series, samples_of(frames))


def together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows of several files of an hour, in the order in which their samples came, as rows of one."""
    held = [p for p in parts if p.height]
    if len(held) <= 1:
        return held[0] if held else (parts[0] if parts else nothing())
    stacked = pl.concat(held, how="diagonal")
    several = stacked.filter(pl.col(ID).is_duplicated())
    if several.height == 0:
        return stacked
    series = several.drop(DATA).unique(ID, keep="first", maintain_order=True)
    turns = several.with_row_index("turn")  # of a sample and a mark of one time, too, the one of the earlier file counts
    samples = turns.select("turn", ID, t=TIMES, v=VALUES, stale=False).explode("t", "v", empty_as_null=False)
    marks = turns.select("turn", ID, t=ENDS, v=pl.lit(None, pl.Float64), stale=True).explode("t", empty_as_null=False)
    told = pl.concat([samples, marks]).sort("turn", maintain_order=True).drop("turn")
    alone = stacked.filter(~pl.col(ID).is_duplicated())
    return pl.concat([alone, rows(series, told).select(alone.columns)])


def nothing(columns: Iterable[str] = TYPES) -> pl.DataFrame:
    """No rows."""
    return pl.DataFrame(schema={name: type_of(name) for name in columns})


def sorted_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """By metric, then so that like labels lie beside each other."""
    return frame.sort(METRIC, *(c for c in ORDER if c in frame.columns), ID)


def with_columns(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The columns asked for, NULL where nothing has them; labels that are stored as pairs are taken out of these."""
    made = []
    for name in columns:
        if name in frame.columns:
            made.append(pl.col(name))
        elif name in TYPES or name in _NAMED or LABELS not in frame.columns:
            made.append(pl.lit(None, dtype=type_of(name)).alias(name))
        else:
            pair = pl.element().filter(pl.element().struct.field("key") == name).struct.field("value")
            made.append(pl.col(LABELS).list.eval(pair).list.first().alias(name))
    return frame.select(made)


@dataclass(frozen=True)
class Content:
    """What there is of a metric: number of `samples`, names of `labels`; `parts`: counters are told core by core."""

    samples: int
    labels: tuple[str, ...]
    parts: bool = False


def contents(frame: pl.DataFrame) -> dict[str, Content]:
    """Metric → what rows hold of it."""
    named = [c for c in frame.columns if c in _NAMED]
    told = frame.group_by(METRIC, maintain_order=True).agg(
        pl.col(COUNT).cast(pl.Int64).sum(),
        *(pl.col(c).is_not_null().any() for c in named),
        pl.col(LABELS).list.eval(pl.element().struct.field("key")).list.explode(empty_as_null=False).unique().alias(LABELS),
        _parts(named).alias("#parts"),
    )
    return {
        row[METRIC]: Content(row[COUNT], tuple(sorted([*(c for c in named if row[c]), *row[LABELS]])), row["#parts"])
        for row in told.iter_rows(named=True)
    }


def _parts(named: Sequence[str]) -> pl.Expr:
    return (pl.col(PARTS_LABEL).fill_null("total") != "total").any() if PARTS_LABEL in named else pl.lit(False).first()
