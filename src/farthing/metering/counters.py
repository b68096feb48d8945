"""Growth of counters per hour: telescoping, never extrapolated (ledger 2).

Usage of hour h is the last value in h minus the last value before it. What that leaves open is decided here: the first value of
a series, falls of the counter, hours without a sample.
"""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import Mark
from farthing.core.units import HOUR_SECONDS

from .gaps import NAMES, NAMES_AT_MOST, over_gaps
from .lifetimes import hours_spanned
from .measurements import CONTAINER_STARTED, Measurement
from .observation import Observation
from .source import Of, Source


def growth(
    source: Source,
    seen: Observation,
    pods: pl.DataFrame,
    values: pl.DataFrame,
    counter: Measurement,
    first: Measurement,
    resets: pl.DataFrame | None,
) -> pl.DataFrame:
    """Growth per pod, part and hour.

    values: `pod_row`, `part` (container or interface), `id`, `by_name`, `hour`, `v` (last value in the hour), with the names
    that the counter's series have. `counter` and `first` are asked again where hourly last values are not enough; `resets`:
    hourly falls of series without an id (same names, `v`), or None.
    Returns `pod_row`, `part`, `hour`, `amount`, `marks`.
    """
    rows = values.join(pods.select("pod_row", "bind", "end"), on="pod_row").sort(*NAMES, "hour")
    rows = rows.with_columns(
        pl.col("v").shift(1).over(NAMES).alias("before"),
        pl.col("hour").shift(1).over(NAMES).alias("hour_before"),
        # another id of the same container was there earlier: this one is a restart
        ((pl.col("hour").min().over("pod_row", "part") < pl.col("hour")) & pl.col("id").is_not_null()).alias("restart"),
    )
    rows = seen.last_beat_before(rows, "hour", "beat")
    rows = _bases(source, seen, rows, first)
    rows = rows.with_columns((pl.col("v") - pl.col("before")).alias("amount"))
    rows = _falls(source, rows, counter, resets)
    grown = _into_hours(source, seen, rows.filter(pl.col("amount").is_not_null() & ~pl.col("contested")), counter)
    return pl.concat([grown, _handed_over(source, pods, rows.filter("contested"), counter)])


def _bases(source: Source, seen: Observation, rows: pl.DataFrame, first: Measurement) -> pl.DataFrame:
    """`before` of first values: 0 where the container is known to have started after the last observation, else the first value seen."""
    new = pl.col("before").is_null()
    after = pl.col("bind") >= pl.col("beat").fill_null(float("inf"))
    rows = rows.with_columns(
        pl.when(new & (after | pl.col("restart"))).then(0.0).otherwise("before").alias("before"), pl.lit(0, dtype=pl.UInt32).alias("marks")
    )
    # a value in the hour that reading began with is only a base, unless the pod began there
    open_rows = rows.filter(pl.col("before").is_null() & (pl.col("hour") >= seen.span.start))
    if open_rows.height == 0:
        return rows
    started = _started(source, open_rows)
    rows = rows.join(started, on=["pod_row", "part", "hour"], how="left")
    known = pl.col("before").is_null() & (pl.col("started") >= pl.col("beat").fill_null(float("inf")))
    rows = rows.with_columns(pl.when(known).then(0.0).otherwise("before").alias("before")).drop("started")
    unknown = rows.filter(pl.col("before").is_null() & (pl.col("hour") >= seen.span.start))
    bases = _by_hour(source, first, unknown).select(*NAMES, "hour", pl.col("v").alias("base"))
    rows = rows.join(bases, on=[*NAMES, "hour"], how="left", nulls_equal=True)
    needs = pl.col("before").is_null() & (pl.col("hour") >= seen.span.start)
    return rows.with_columns(
        pl.when(needs).then("base").otherwise("before").alias("before"),
        pl.when(needs & pl.col("base").is_not_null())
        .then(pl.col("marks") | Mark.BASE_UNKNOWN.value)
        .otherwise("marks")
        .cast(pl.UInt32)
        .alias("marks"),
    ).drop("base")


def _started(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    """`started`: earliest start of the container told by kube-state-metrics in the hour."""
    names = set(rows["pod"])
    of = Of("pod", names) if len(names) <= NAMES_AT_MOST else None
    (told,) = source.hourly([CONTAINER_STARTED], hours_spanned(rows), of)
    wanted = rows.select("pod_row", "part", "cluster", "namespace", "pod", "hour").unique()
    return (
        wanted.join(
            told.group_by("cluster", "namespace", "pod", "container", "hour").agg(pl.col("v").min().alias("started")),
            left_on=["cluster", "namespace", "pod", "part", "hour"],
            right_on=["cluster", "namespace", "pod", "container", "hour"],
            how="inner",
        )
        .select("pod_row", "part", "hour", "started")
        .unique(["pod_row", "part", "hour"])
    )


def _by_hour(source: Source, measurement: Measurement, rows: pl.DataFrame) -> pl.DataFrame:
    """Hourly values of `measurement` for the pods and hours of rows; its container or interface is called `part`."""
    part = "container" if "container" in measurement.keys else "interface"
    frames = []
    for (hour,), group in rows.group_by("hour", maintain_order=True):
        start = float(hour)
        names = set(group["pod"])
        of = Of("pod", names) if len(names) <= NAMES_AT_MOST else None
        frames += source.hourly([measurement], Span(start, start + HOUR_SECONDS), of)
    if not frames:
        frames = [f.clear() for f in source.hourly([measurement], Span(0, HOUR_SECONDS), Of("pod", {"-"}))]
    return pl.concat(frames).rename({part: "part"})


def _falls(source: Source, rows: pl.DataFrame, counter: Measurement, resets: pl.DataFrame | None) -> pl.DataFrame:
    """Hours in which a series fell: its samples tell the growth before and after each fall."""
    rows = rows.with_columns((pl.col("amount") < 0).fill_null(False).alias("fell"))
    if resets is not None:
        names = [*NAMES, "hour"]
        dropped = resets.filter(pl.col("v") > 0).select(names).unique().with_columns(pl.lit(True).alias("reset"))
        rows = rows.join(dropped, on=names, how="left", nulls_equal=True)
        rows = rows.with_columns((pl.col("fell") | (pl.col("reset").fill_null(False) & pl.col("before").is_not_null())).alias("fell")).drop(
            "reset"
        )
    fallen = rows.filter("fell")
    if fallen.height == 0:
        return rows
    parts = []
    for (hour,), group in fallen.group_by("hour", maintain_order=True):
        start = float(hour)
        steps = _steps(source, counter, group, Span(start, start + HOUR_SECONDS))
        parts.append(steps.group_by(*NAMES, "hour").agg(pl.col("step").sum().alias("exact")))
    exact = pl.concat(parts)
    rows = rows.join(exact, on=[*NAMES, "hour"], how="left", nulls_equal=True)
    return rows.with_columns(pl.when("fell").then(pl.coalesce("exact", "v")).otherwise("amount").alias("amount")).drop("exact")


def _steps(source: Source, counter: Measurement, rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    """`NAMES`, `hour`, `t`, `step`: growth from sample to sample, the first from `before`; after a fall, what was counted since.

    A first sample without `before` grew nothing that is known.
    """
    part = "container" if "container" in counter.keys else "interface"
    samples = source.samples(counter, span, Of("pod", set(rows["pod"]))).rename({part: "part"})
    mine = rows.select(*NAMES, "hour", "before").join(samples, on=NAMES, nulls_equal=True).sort(*NAMES, "t")
    step = pl.col("v") - pl.col("v").shift(1).over(NAMES).fill_null(pl.col("before"))
    return mine.select(*NAMES, "hour", "t", pl.when(step < 0).then("v").otherwise(step).fill_null(0.0).alias("step"))


def _handed_over(source: Source, pods: pl.DataFrame, rows: pl.DataFrame, counter: Measurement) -> pl.DataFrame:
    """Hours in which several pods held the name of a series that tells no uid: each pod has what grew in its time."""
    out = rows.select("pod_row", "part", "hour", pl.lit(0.0).alias("amount"), "marks").clear()
    parts = [out]
    holders = pods.select("cluster", "namespace", "pod", "bind", holder="pod_row").sort("bind")
    for (hour,), group in rows.group_by("hour", maintain_order=True):
        start = float(hour)
        steps = _steps(source, counter, group, Span(start, start + HOUR_SECONDS)).sort("t")
        owned = steps.join_asof(
            holders, left_on="t", right_on="bind", by=["cluster", "namespace", "pod"], strategy="backward", check_sortedness=False
        ).drop_nulls("holder")
        parts.append(
            owned.group_by(pl.col("holder").alias("pod_row"), "part", "hour").agg(
                pl.col("step").sum().alias("amount"), pl.lit(Mark.COUNTER_WITHOUT_ID.value, dtype=pl.UInt32).first().alias("marks")
            )
        )
    return pl.concat([p.select(out.columns) for p in parts])


def _into_hours(source: Source, seen: Observation, rows: pl.DataFrame, counter: Measurement) -> pl.DataFrame:
    """Growth to the hour of its sample; across a gap, evenly over the held seconds of the gap."""
    reached = rows.with_columns((pl.col("hour_before") + HOUR_SECONDS).alias("_reach")).drop("beat")
    reached = seen.last_beat_before(reached.with_columns(pl.col("_reach").fill_null(pl.col("hour"))), "_reach", "beat")
    reached = reached.join(seen.clusters.select("cluster", "hole"), on="cluster")
    edge = pl.col("_reach") - pl.col("beat").fill_null(pl.col("_reach").cast(pl.Float64))
    # the sample before: the hour's end where scrapes went on until then, else the last scrape before the hole
    since = pl.when(edge > pl.col("hole")).then(pl.col("beat")).otherwise(pl.col("_reach").cast(pl.Float64))
    since = pl.max_horizontal(since, "bind")
    gap = pl.col("hour") - since > 0
    counted_within = (pl.col("marks") & Mark.BASE_UNKNOWN.value) > 0
    gap = gap & ((edge > pl.col("hole")) | (pl.col("hour") > pl.col("_reach"))) & ~counted_within
    reached = reached.with_columns(since.alias("since"), gap.fill_null(False).alias("gap"))
    plain = reached.filter(~pl.col("gap")).select("pod_row", "part", "hour", "amount", "marks")
    across = reached.filter("gap")
    both = pl.concat([plain, over_gaps(source, seen, across, counter)]) if across.height else plain
    return both.group_by("pod_row", "part", "hour").agg(pl.col("amount").sum(), pl.col("marks").bitwise_or().cast(pl.UInt32))
