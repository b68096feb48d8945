"""Which labels an object had in which hour: where it had several sets of them, samples decide (ledger 8)."""

from __future__ import annotations

import polars as pl

from farthing.core.units import HOUR_SECONDS

from .measurements import Measurement
from .observation import Observation
from .source import Of, Source

Pairs = list[dict[str, str]]
Named = tuple[str | None, ...]
History = tuple[tuple[float, Pairs], ...]
"""Sets of labels in order of time, each with the hour (unix s) from which it holds; the first holds before it, too."""

PAIRS = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
ALWAYS = float("-inf")


def histories(source: Source, seen: Observation, measurement: Measurement, prefix: str, by: str) -> dict[Named, History]:
    """(cluster, *measurement.keys) → its labels over the hours within reach.

    prefix: of the labels that are read. by: the key that objects are asked for by, where one question is not enough: the index
    tells which sets there were, not when, so the samples are counted of those objects that had several.
    """
    (frame,) = source.index([measurement], seen.reach, prefix=prefix)
    keys = ["cluster", *measurement.keys]
    rows = frame.select(*keys, "labels").iter_rows()
    found: dict[Named, History] = {row[:-1]: ((ALWAYS, row[-1]),) for row in rows}
    several = relabelled(frame, keys)
    if several.height == 0:
        return found
    for row in several.iter_rows():
        del found[row]
    counted = source.labelled(measurement, seen.reach, prefix, Of(by, set(several[by].drop_nulls())))
    counted = counted.join(several, on=keys, how="semi", nulls_equal=True)
    for *key, hour, labels in _changes(counted, keys).select(*keys, "hour", "labels").iter_rows():
        earlier = found.get(tuple(key), ())
        found[tuple(key)] = (*earlier, (float(hour) if earlier else ALWAYS, labels))
    return found


def relabelled(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The objects that have more than one row in `frame`, one row of `keys` each."""
    return frame.filter(pl.len().over(keys) > 1).select(keys).unique(maintain_order=True)


def ranked(counted: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """`keys`, `hour`, `set` (a text per set of labels), `labels`, `v`: the set with most samples of an object's hour first.

    counted: `keys`, `hour`, `labels`, `v` (samples). Of two with equally many, the one that was there in the hour before is first.
    """
    named = counted.with_columns(_set_name().alias("set"))
    named = named.group_by(*keys, "hour", "set", maintain_order=True).agg(pl.col("labels").first(), pl.col("v").sum())
    before = named.select(*keys, "set", pl.col("hour") + HOUR_SECONDS, pl.lit(True).alias("before"))
    joined = named.join(before, on=[*keys, "set", "hour"], how="left", nulls_equal=True).with_columns(pl.col("before").fill_null(False))
    order = [*keys, "hour", "v", "before", "set"]
    return joined.sort(order, descending=[c in ("v", "before") for c in order]).drop("before")


def _changes(counted: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """One row where an object's labels begin to be others than in the hour before that tells."""
    of_hour = ranked(counted, keys).unique([*keys, "hour"], keep="first", maintain_order=True)
    earlier = pl.col("set").shift(1).over(keys, order_by="hour")
    return of_hour.filter(earlier.is_null() | (earlier != pl.col("set"))).sort(*keys, "hour")


def _set_name() -> pl.Expr:
    """A text that two label sets share when they are the same."""
    pair = pl.concat_str(pl.element().struct.field("key"), pl.element().struct.field("value"), separator="\x1d")
    return pl.col("labels").list.eval(pair).list.join("\x1e")


def labels_at(history: History, moment: float) -> Pairs:
    """The labels at a moment (unix s); none where nothing is known of the object."""
    held: Pairs = []
    for since, labels in history:
        if since > moment:
            break
        held = labels
    return held
