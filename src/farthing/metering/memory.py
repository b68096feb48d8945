"""Memory that containers used: the mean working set over the seconds that they ran (ledger 2)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS

from .cgroups import with_pods
from .gaps import NAMES_AT_MOST
from .lifetimes import hours_spanned
from .measurements import CONTAINER_STARTED, RAM_COUNT, RAM_USED, Measurement
from .observation import Observation
from .source import Of, Source

KEY = ["pod_row", "container", "hour"]
SERIES = ["pod_row", "container", "id", "instance"]
APART_INTERVALS = 1.5  # told times and counted samples may differ by this many scrapes


def memory_used(source: Source, seen: Observation, pods: pl.DataFrame, held: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `container`, `hour`, `running_seconds`, `amount` (byte-seconds).

    values: hourly RAM_USED; held: `pod_row`, `hour`, `first_held`, `last_held`, `held_seconds`. A container whose series goes on
    before and after the hour runs as long as its pod holds. Where a series begins or ends, the container's own start and the
    number of its samples tell.
    """
    rows = with_pods(values, pods).join(held.drop("cluster"), on=["pod_row", "hour"])
    rows = rows.join(seen.clusters.select("cluster", "last_hour", "usage_interval"), on="cluster")
    begins = (pl.col("hour") == pl.col("hour").min().over(SERIES)) & (pl.col("hour") > seen.reach.start)
    ends = (pl.col("hour") == pl.col("hour").max().over(SERIES)) & (pl.col("hour") < pl.col("last_hour"))
    several = pl.len().over(KEY) > 1
    rows = rows.with_columns(begins.alias("begins"), (begins | ends).alias("edge"), several.alias("several"))
    usual = rows.filter(~pl.col("edge") & ~pl.col("several") & ~pl.col("contested"))
    parts = [usual.select(*KEY, mean="v", running_seconds="held_seconds")]
    rest = rows.filter(pl.col("edge") | pl.col("several"))
    if rest.filter(~pl.col("contested")).height:
        parts.append(_counted(source, pods, rest.filter(~pl.col("contested"))))
    if rows.filter("contested").height:
        parts.append(_handed_over(source, pods, held, rows.filter("contested")))
    together = pl.concat([p.select(*KEY, "mean", "running_seconds") for p in parts])
    return together.with_columns((pl.col("mean") * pl.col("running_seconds")).alias("amount"))


def _counted(source: Source, pods: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Hours in which a series begins or ends: from the container's start to the pod's release where that agrees with its number of
    samples, else as many scrape intervals as it has samples."""
    counts = with_pods(_ask(source, RAM_COUNT, rows, pods), pods).select(*SERIES, "hour", n="v")
    started = _ask(source, CONTAINER_STARTED, rows, pods).join(pods.select("cluster", "uid", "pod_row"), on=["cluster", "uid"])
    first = started.group_by(KEY).agg(pl.col("v").min().alias("started"))
    known = rows.join(counts, on=[*SERIES, "hour"], how="left", nulls_equal=True).join(first, on=KEY, how="left")
    since = pl.when("begins").then(pl.max_horizontal("first_held", "started")).otherwise("first_held")
    per = known.group_by(KEY).agg(
        ((pl.col("v") * pl.col("n")).sum() / pl.col("n").sum()).alias("weighted"),
        pl.col("v").mean().alias("plain"),
        (pl.col("n").sum() * pl.col("usage_interval").first()).alias("sampled"),
        (pl.col("last_held") - since).min().clip(lower_bound=0.0).alias("told"),
        pl.col("held_seconds", "usage_interval", "several").first(),
    )
    agrees = (pl.col("told") - pl.col("sampled")).abs() <= APART_INTERVALS * pl.col("usage_interval")
    running = pl.when(agrees & ~pl.col("several")).then("told").otherwise(pl.min_horizontal("sampled", "held_seconds"))
    return per.with_columns(pl.col("weighted").fill_nan(None).fill_null(pl.col("plain")).alias("mean"), running.alias("running_seconds"))


def _handed_over(source: Source, pods: pl.DataFrame, held: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Hours in which several pods held the name of series without ids: each pod has the samples of its time."""
    holders = pods.select("cluster", "namespace", "pod", "bind", pod_row="pod_row").sort("bind")
    parts = [rows.select(*KEY, mean="v", running_seconds="held_seconds").clear()]
    for (hour,), group in rows.group_by("hour", maintain_order=True):
        start = float(hour)
        samples = source.samples(RAM_USED, Span(start, start + HOUR_SECONDS), Of("pod", set(group["pod"])))
        samples = samples.join(group, on=["cluster", "namespace", "pod"], how="semi").sort("t")
        owned = samples.join_asof(
            holders, left_on="t", right_on="bind", by=["cluster", "namespace", "pod"], strategy="backward", check_sortedness=False
        ).drop_nulls("pod_row")
        per = (
            owned.with_columns(pl.lit(hour, dtype=pl.Int64).alias("hour"))
            .group_by(KEY)
            .agg(pl.col("v").mean().alias("mean"), pl.len().alias("n"))
        )
        interval = group.group_by("pod_row").agg(pl.col("usage_interval").first())
        timed = per.join(held.select("pod_row", "hour", "held_seconds"), on=["pod_row", "hour"]).join(interval, on="pod_row", how="left")
        sampled = pl.col("n") * pl.col("usage_interval").fill_null(float(group["usage_interval"].to_list()[0]))
        parts.append(timed.select(*KEY, "mean", pl.min_horizontal(sampled, "held_seconds").alias("running_seconds")))
    return pl.concat(parts)


def _ask(source: Source, measurement: Measurement, rows: pl.DataFrame, pods: pl.DataFrame) -> pl.DataFrame:
    """Hourly values for the pods of rows only, over the hours that they span."""
    names = set(rows.join(pods.select("pod_row", name="pod"), on="pod_row")["name"])
    of = Of("pod", names) if len(names) <= NAMES_AT_MOST else None
    return source.hourly([measurement], hours_spanned(rows), of)[0]
