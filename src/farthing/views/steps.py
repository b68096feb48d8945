"""Which step of a window a row falls into."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import polars as pl

from farthing.core.errors import LedgerBroken
from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS


def step_of(rows: pl.DataFrame, steps: Sequence[Span] | None) -> pl.Expr:
    """The column `step`: the index of the step that a row's hour falls into; without steps 0 (and where there is no row).

    The first step may begin and the last may end inside an hour. Raises LedgerBroken for rows outside of all of them.
    """
    if steps is None or not rows.height:
        return pl.lit(0, dtype=pl.Int32).alias("step")
    hours = [hour.timestamp() for hour in rows.get_column("hour").unique().to_list()]
    outside = [hour for hour in hours if hour + HOUR_SECONDS <= steps[0].start or hour >= steps[-1].end]
    if outside:
        raise LedgerBroken(f"rows of the hour at {outside[0]:.0f} came for a window of [{steps[0].start:.0f}, {steps[-1].end:.0f})")
    starts = [span.start for span in steps]
    indices = [bisect.bisect_right(starts, max(hour, starts[0])) - 1 for hour in hours]
    return pl.col("hour").dt.epoch("s").replace_strict([int(hour) for hour in hours], indices, return_dtype=pl.Int32).alias("step")
