"""What an instant question sees: at a moment, the latest sample of a series, if it is less than five minutes old and the series has
not ended since.

Frames of samples here: any columns that name, `t` and `until` (unix ms): the sample is the latest from `t` on and no longer seen from
`until` on.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from .rows import ENDS, ID, TIMES

LOOK_BACK_MS = 300_000


def sightings(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """`names`, `t`, `until` of every sample of rows that may lie in several hours: the next sample of a series does not end the one
    before here, a mark of its end and five minutes do. Samples with the same names and times are one row, the longest seen.
    """
    samples = rows.select(*dict.fromkeys((ID, *names)), pl.col(TIMES).alias("t")).explode("t", empty_as_null=False)
    ends = rows.select(ID, pl.col(ENDS).alias("end")).explode("end", empty_as_null=False).sort("end")
    limit = pl.col("t") + LOOK_BACK_MS
    if ends.height == 0:
        seen = samples.select(*names, "t", limit.alias("until"))
    else:
        marked = samples.sort("t").join_asof(
            ends, left_on="t", right_on="end", by=ID, strategy="forward", allow_exact_matches=False, check_sortedness=False
        )
        seen = marked.select(*names, "t", pl.min_horizontal(limit, "end").alias("until"))
    return seen.group_by(*names, "t").agg(pl.col("until").max())


def seen_at(sightings: pl.DataFrame, first: int, last: int, apart: int) -> pl.DataFrame:
    """sightings + `moment` (unix ms), a row for each of first, first + apart, … up to last at which the sample is seen."""
    begin = pl.max_horizontal(-((first - pl.col("t")) // apart) * apart + first, pl.lit(first))
    # the moment at which it is no longer seen is not among them
    end = pl.min_horizontal(((pl.col("until") - 1 - first) // apart) * apart + first, pl.lit(last))
    bounded = sightings.with_columns(begin.alias("_begin"), end.alias("_end")).filter(pl.col("_begin") <= pl.col("_end"))
    moments = pl.int_ranges(pl.col("_begin"), pl.col("_end") + apart, apart)
    return bounded.with_columns(moments.alias("moment")).drop("_begin", "_end").explode("moment", empty_as_null=False)
