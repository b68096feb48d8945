"""The last hour of a life is not charged for what was used before it (ledger 2).

A counter's growth between two scrapes counts in the hour of the second. In an hour in which a life goes on, what comes in that way
and what goes out even out. In the hour in which it ends nothing goes out: a job that never used more than it requested could seem
to, for a few minutes of its end. Where the growth before the hour alone explains it, that much stays in the hour before.
"""

from __future__ import annotations

import polars as pl

from farthing.core.units import HOUR_SECONDS

from .cgroups import with_pods
from .gaps import NAMES_AT_MOST
from .measurements import CPU_USED
from .observation import HOLE_INTERVALS, Observation
from .source import Of, Source

KEY = ["pod_row", "container", "hour"]


def without_carry(source: Source, seen: Observation, pods: pl.DataFrame, rows: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """rows with `cpu_used` moved to the hour before, where it belongs there; sums stay the same.

    rows: container hours with `cpu_requested` and `cpu_used` (core-seconds); values: hourly CPU_USED.
    """
    lives = pods.select("pod_row", "pod", "start", "end")
    last = rows.join(lives, on="pod_row").filter(
        (pl.col("cpu_used") > pl.col("cpu_requested"))
        & (pl.col("end") < pl.col("hour") + HOUR_SECONDS)
        & (pl.col("start") < pl.col("hour"))
    )
    if last.height == 0:
        return rows
    names = set(last["pod"])
    interval = float(seen.clusters["usage_interval"].max())  # type: ignore[arg-type]
    around = source.edges(CPU_USED, seen.reach, interval, Of("pod", names) if len(names) <= NAMES_AT_MOST else None)
    before = _grown_before(around, values, pods, seen)
    beyond = pl.col("cpu_used") - pl.col("cpu_requested")
    given = last.join(before, on=KEY).filter(beyond <= pl.col("carry")).select(*KEY, beyond.alias("given"))
    given = given.join(rows.select("pod_row", "container", pl.col("hour") + HOUR_SECONDS), on=KEY, how="semi")
    received = given.select("pod_row", "container", pl.col("hour") - HOUR_SECONDS, received="given")
    moved = rows.join(given, on=KEY, how="left").join(received, on=KEY, how="left")
    change = pl.col("received").fill_null(0.0) - pl.col("given").fill_null(0.0)
    touched = pl.col("received").is_not_null() | pl.col("given").is_not_null()
    used = pl.when(touched).then(pl.col("cpu_used").fill_null(0.0) + change).otherwise("cpu_used")
    return moved.with_columns(used.alias("cpu_used")).drop("given", "received")


def _grown_before(around: pl.DataFrame, values: pl.DataFrame, pods: pl.DataFrame, seen: Observation) -> pl.DataFrame:
    """`pod_row`, `container`, `hour`, `carry`: growth from the last sample before the hour to the hour, on a straight line."""
    names = ["cluster", "namespace", "pod", "container", "id", "instance"]
    before = values.select(*names, (pl.col("hour") + HOUR_SECONDS).alias("hour"), v_before="v")
    both = around.join(before, on=[*names, "hour"], nulls_equal=True).join(seen.clusters.select("cluster", "usage_interval"), on="cluster")
    early = pl.col("hour") - pl.col("t_before")
    near = both.filter((early >= 0) & (early < pl.col("usage_interval") * HOLE_INTERVALS) & (pl.col("v_after") >= pl.col("v_before")))
    carry = (pl.col("v_after") - pl.col("v_before")) * (early / pl.col("usage_interval")).clip(upper_bound=1.0)
    mine = with_pods(near.with_columns(carry.alias("carry")), pods)
    return mine.group_by(KEY).agg(pl.col("carry").sum())
