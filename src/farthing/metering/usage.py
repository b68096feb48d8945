"""CPU that containers used, by their counters, and peaks (ledger 2)."""

from __future__ import annotations

import polars as pl

from farthing.core.schema import Mark

from .cgroups import with_pods
from .counters import growth
from .measurements import CPU_FIRST, CPU_RESETS, CPU_USED, RAM_PEAK
from .observation import Observation
from .source import Source


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


def memory_peaks(source: Source, seen: Observation, pods: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `container`, `hour`, `ram_peak` (bytes): the highest sample."""
    (values,) = source.hourly([RAM_PEAK], seen.reach)
    return with_pods(values, pods).group_by("pod_row", "container", "hour").agg(pl.col("v").max().alias("ram_peak"))
