"""What containers used: CPU by counter, memory by its mean over the time they ran (ledger 2)."""

from __future__ import annotations

import polars as pl

from farthing.core.schema import Mark

from .cgroups import with_pods
from .counters import growth
from .gaps import NAMES_AT_MOST
from .lifetimes import hours_spanned
from .measurements import CONTAINER_STARTED, CPU_FIRST, CPU_RESETS, CPU_USED, RAM_COUNT, RAM_PEAK, RAM_USED, Measurement
from .observation import Observation
from .source import Of, Source


def cpu_used(source: Source, seen: Observation, pods: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `container`, `hour`, `amount` (core-seconds), `marks`. values: hourly CPU_USED."""
    mine = with_pods(values, pods).rename({"container": "part"})
    without_id = mine.filter(pl.col("id").is_null())
    resets = None
    if without_id.height:
        resets = source.hourly([CPU_RESETS], seen.reach)[0].rename({"container": "part"})
    grown = growth(source, seen, pods, mine, CPU_USED, CPU_FIRST, resets).rename({"part": "container"})
    nameless = without_id.select("pod_row", "hour", pl.col("part").alias("container")).unique().with_columns(pl.lit(True).alias("nameless"))
    marked = pl.when(pl.col("nameless").fill_null(False)).then(pl.col("marks") | Mark.COUNTER_WITHOUT_ID.value).otherwise("marks")
    return (
        grown.join(nameless, on=["pod_row", "container", "hour"], how="left")
        .with_columns(marked.cast(pl.UInt32).alias("marks"))
        .drop("nameless")
    )


def memory_used(
    source: Source, seen: Observation, pods: pl.DataFrame, held: pl.DataFrame, values: pl.DataFrame, init: pl.DataFrame
) -> pl.DataFrame:
    """`pod_row`, `container`, `hour`, `mean` (bytes), `running_seconds`, `amount` (byte-seconds).

    values: hourly RAM_USED; held: `pod_row`, `hour`, `first_held`, `last_held`, `held_seconds`; init: `pod_row`, `container` of
    init containers. A container runs as long as its pod holds, but in its first hour, when restarted, or when it ends before
    its pod: there starts and counted samples tell.
    """
    rows = with_pods(values, pods)
    series = rows.group_by("pod_row", "container", "hour").agg(
        pl.len().alias("series"), pl.col("v").mean().alias("mean"), pl.col("pod", "cluster").first()
    )
    series = series.join(held.select("pod_row", "hour", "first_held", "last_held", "held_seconds"), on=["pod_row", "hour"])
    series = series.join(pods.select("pod_row", "bind", "partly_finished"), on="pod_row")
    series = series.join(init.with_columns(pl.lit(True).alias("init")), on=["pod_row", "container"], how="left").with_columns(
        pl.col("init").fill_null(False)
    )
    irregular = (pl.col("series") > 1) | pl.col("init") | pl.col("partly_finished")
    # bound in this hour, or so late in the one before that the container began in this one
    fresh = pl.col("bind") > pl.col("hour") - 600
    usual = series.filter(~irregular & ~fresh).with_columns(pl.col("held_seconds").alias("running_seconds"))
    begun = _since_start(source, series.filter(fresh & ~irregular))
    counted = _by_samples(source, seen, pods, series.filter(irregular))
    columns = ["pod_row", "container", "hour", "mean", "running_seconds"]
    both = pl.concat([usual.select(columns), begun.select(columns), counted.select(columns)])
    return both.with_columns((pl.col("mean") * pl.col("running_seconds")).alias("amount"))


def _since_start(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    """Containers of young pods: from their own start, where it is told, to the pod's release."""
    started = _ask_by_hour(source, CONTAINER_STARTED, rows, "pod")
    if started is None:
        return rows.with_columns(pl.col("held_seconds").alias("running_seconds"))
    lowest = started.group_by("cluster", "pod", "container").agg(pl.col("v").min().alias("started"))
    joined = rows.join(lowest, on=["cluster", "pod", "container"], how="left")
    since = pl.max_horizontal("first_held", pl.col("started").fill_null(0.0))
    return joined.with_columns((pl.col("last_held") - since).clip(lower_bound=0.0).alias("running_seconds"))


def _by_samples(source: Source, seen: Observation, pods: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Restarted or early ended containers: as many scrape intervals as they have samples, at most the held time."""
    counts = _ask_by_hour(source, RAM_COUNT, rows, "pod")
    means = _ask_by_hour(source, RAM_USED, rows, "pod")
    if counts is None or means is None:
        return rows.with_columns(pl.col("held_seconds").alias("running_seconds"))
    weights = with_pods(counts, pods).select("pod_row", "container", "id", "hour", pl.col("v").alias("n"))
    values = with_pods(means, pods).select("pod_row", "container", "id", "hour", "v")
    both = values.join(weights, on=["pod_row", "container", "id", "hour"], nulls_equal=True)
    per = both.group_by("pod_row", "container", "hour").agg(
        ((pl.col("v") * pl.col("n")).sum() / pl.col("n").sum()).alias("exact_mean"), pl.col("n").sum().alias("n")
    )
    joined = rows.join(per, on=["pod_row", "container", "hour"]).join(seen.clusters.select("cluster", "usage_interval"), on="cluster")
    return joined.with_columns(
        pl.col("exact_mean").alias("mean"),
        pl.min_horizontal(pl.col("n") * pl.col("usage_interval"), "held_seconds").alias("running_seconds"),
    )


def memory_peaks(source: Source, seen: Observation, pods: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `container`, `hour`, `ram_peak` (bytes): the highest sample."""
    (values,) = source.hourly([RAM_PEAK], seen.reach)
    return with_pods(values, pods).group_by("pod_row", "container", "hour").agg(pl.col("v").max().alias("ram_peak"))


def _ask_by_hour(source: Source, measurement: Measurement, rows: pl.DataFrame, key: str) -> pl.DataFrame | None:
    """Hourly values for the pods of rows only, over the hours that they span; None where there is nothing to ask."""
    if rows.height == 0 or not source.has(measurement):
        return None
    names = set(rows[key])
    of = Of(key, names) if len(names) <= NAMES_AT_MOST else None
    return source.hourly([measurement], hours_spanned(rows), of)[0]
