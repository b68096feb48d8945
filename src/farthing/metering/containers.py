"""Containers, hour by hour: requested, used, held (ledger 2)."""

from __future__ import annotations

from collections.abc import Set

import polars as pl

from farthing.core.schema import POD_ROW, Mark

from .edges import without_carry
from .measurements import CPU_USED, RAM_USED
from .memory import memory_used
from .needs import PEAKS
from .observation import Observation
from .requests import RESOURCES, container_requests, init_kinds
from .source import Source
from .usage import cpu_used, memory_peaks

KEY = ["pod_row", "container", "hour"]


def container_hours(source: Source, seen: Observation, pods: pl.DataFrame, held: pl.DataFrame, needs: Set[str]) -> pl.DataFrame:
    """One row per container and held hour within reach.

    pods: as `pod_lives`; held: `pod_row`, `cluster`, `hour`, `first_held`, `last_held`, `held_seconds`. Returns `pod_row`,
    `container`, `container_kind`, `hour`, `first_held`, `last_held`, `held_seconds`, `running_seconds`, and requested, used and
    held per resource in the ledger's units, peaks, `marks`.
    """
    kinds = init_kinds(source, seen, pods)
    requested = container_requests(source, seen, pods, held, kinds)
    cpu_values, ram_values = source.hourly([CPU_USED, RAM_USED], seen.reach)
    cpu = _onto_held(cpu_used(source, seen, pods, cpu_values), held)
    ram = memory_used(source, seen, pods, held, ram_values)
    rows = _grid(requested, cpu, ram, kinds, held)
    rows = rows.join(requested.drop("container_kind"), on=KEY, how="left").with_columns(
        *[(pl.col(r).fill_null(0.0) * pl.col("held_seconds")).alias(f"{r}_requested") for r in RESOURCES], pl.col("marks").fill_null(0)
    )
    rows = rows.join(cpu.select(*KEY, cpu_used="amount", cpu_marks="marks"), on=KEY, how="left")
    rows = rows.join(ram.select(*KEY, "running_seconds", ram_used="amount"), on=KEY, how="left")
    if PEAKS in needs:
        rows = rows.join(memory_peaks(source, seen, pods), on=KEY, how="left")
    rows = _less_init_use(rows)
    rows = without_carry(source, seen, pods, rows, cpu_values)
    rows = rows.with_columns(pl.max_horizontal(f"{r}_requested", f"{r}_used").alias(f"{r}_held") for r in ("cpu", "ram")).with_columns(
        pl.col("gpu_requested").alias("gpu_held")
    )
    rows = _short_lives(rows, pods, seen)
    return _marked(rows, seen).drop(*RESOURCES)


def _onto_held(grown: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Growth whose sample fell just outside the held hours goes to the nearest held hour: nothing is lost."""
    extent = held.group_by("pod_row").agg(pl.col("hour").min().alias("_low"), pl.col("hour").max().alias("_high"))
    moved = grown.join(extent, on="pod_row").with_columns(pl.col("hour").clip(pl.col("_low"), pl.col("_high")))
    return moved.group_by(KEY).agg(pl.col("amount").sum(), pl.col("marks").bitwise_or().cast(pl.UInt32))


def _grid(requested: pl.DataFrame, cpu: pl.DataFrame, ram: pl.DataFrame, kinds: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Which rows there are: containers and sidecars in every held hour, init containers where they used something."""
    used = pl.concat([cpu.select(KEY), ram.select(KEY)]).unique()
    names = pl.concat([requested.select("pod_row", "container"), used.select("pod_row", "container")]).unique()
    names = names.join(kinds, on=["pod_row", "container"], how="left").with_columns(
        pl.when(pl.col("container") == POD_ROW)
        .then(pl.lit("pod"))
        .otherwise(pl.col("container_kind").fill_null("container"))
        .alias("container_kind")
    )
    always = names.filter(pl.col("container_kind") != "init").join(held.select("pod_row", "hour"), on="pod_row")
    sometimes = names.filter(pl.col("container_kind") == "init").join(used, on=["pod_row", "container"])
    rows = pl.concat([always, sometimes.select(always.columns)])
    return rows.join(held.select("pod_row", "cluster", "hour", "first_held", "last_held", "held_seconds"), on=["pod_row", "hour"])


def _less_init_use(rows: pl.DataFrame) -> pl.DataFrame:
    """The `__pod__` surplus holds less what init containers used of it in the hour."""
    init = (
        rows.filter(pl.col("container_kind") == "init")
        .group_by("pod_row", "hour")
        .agg(pl.col("cpu_used").sum().alias("_cpu"), pl.col("ram_used").sum().alias("_ram"))
    )
    if init.height == 0:
        return rows
    surplus = pl.col("container") == POD_ROW
    joined = rows.join(init, on=["pod_row", "hour"], how="left")
    return joined.with_columns(
        pl.when(surplus)
        .then(pl.max_horizontal(pl.lit(0.0), pl.col(f"{r}_requested") - pl.col(f"_{r}").fill_null(0.0)))
        .otherwise(f"{r}_requested")
        .alias(f"{r}_requested")
        for r in ("cpu", "ram")
    ).drop("_cpu", "_ram")


def _short_lives(rows: pl.DataFrame, pods: pl.DataFrame, seen: Observation) -> pl.DataFrame:
    """A life under two scrapes takes the maximum of request and use over the whole of it, split by held seconds."""
    lives = pods.join(seen.clusters.select("cluster", "usage_interval"), on="cluster")
    short = (
        lives.filter(pl.col("end") - pl.col("bind") < 2 * pl.col("usage_interval"))
        .select("pod_row")
        .with_columns(pl.lit(True).alias("short"))
    )
    rows = rows.join(short, on="pod_row", how="left").with_columns(pl.col("short").fill_null(False))
    pooled = rows.filter("short")
    if pooled.height == 0:
        return rows
    return pl.concat([rows.filter(~pl.col("short")), _pooled(pooled)])


def _pooled(rows: pl.DataFrame) -> pl.DataFrame:
    """rows of short lives with use and held quantities of the whole life, split by held seconds."""
    over = ["pod_row", "container"]
    seconds = pl.col("held_seconds").sum().over(over)
    share = pl.col("held_seconds") / seconds
    sampled = pl.col("held_seconds").filter(pl.col("running_seconds").is_not_null()).sum().over(over)
    ran = (pl.col("running_seconds").sum().over(over) / sampled).fill_nan(None)  # never sampled: not known
    mean = pl.col("ram_used").sum().over(over) / pl.col("running_seconds").sum().over(over)
    total = {"cpu": pl.col("cpu_used").sum().over(over), "ram": mean * ran * seconds}
    known = {r: pl.col(f"{r}_used").is_not_null().any().over(over) for r in total}
    used = [pl.when(known[r]).then(total[r] * share).alias(f"{r}_used") for r in total]
    held = [
        (pl.max_horizontal(pl.col(f"{r}_requested").sum().over(over), total[r].fill_nan(0.0).fill_null(0.0)) * share).alias(f"{r}_held")
        for r in total
    ]
    # all at once: whole-life sums are taken before any of them is overwritten
    return rows.with_columns(*used, *held, (ran * pl.col("held_seconds")).alias("running_seconds"))


def _marked(rows: pl.DataFrame, seen: Observation) -> pl.DataFrame:
    untold = (pl.col("cpu_used").is_null() | pl.col("ram_used").is_null()) & pl.col("container_kind").is_in(["container", "sidecar"])
    bridged = (
        rows.select("cluster", "hour", "pod_row", "first_held", "last_held")
        .unique(["pod_row", "hour"])
        .join(seen.holes.select("cluster", hole_start="start", hole_end="end"), on="cluster")
        .filter((pl.col("first_held") < pl.col("hole_end")) & (pl.col("last_held") > pl.col("hole_start")))
        .select("pod_row", "hour")
        .unique()
        .with_columns(pl.lit(Mark.BRIDGED.value, dtype=pl.UInt32).alias("bridged"))
    )
    joined = rows.join(bridged, on=["pod_row", "hour"], how="left")
    marks = (
        pl.col("marks")
        | pl.col("cpu_marks").fill_null(0)
        | pl.col("bridged").fill_null(0)
        | pl.when(untold).then(Mark.USAGE_UNKNOWN.value).otherwise(0)
        | pl.when("short").then(Mark.SHORT_LIFE.value).otherwise(0)
    )
    return joined.with_columns(marks.cast(pl.UInt32).alias("marks")).drop("cpu_marks", "bridged", "short", "cluster")
