"""Pods: from when to when each one holds what it asked for (ledger 1)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import Mark
from farthing.core.units import HOUR_SECONDS

from .measurements import (
    CONTAINER_REQUESTS,
    POD,
    POD_COMPLETED,
    POD_CREATED,
    POD_DELETION,
    POD_INFO,
    POD_SCHEDULED,
    POD_SEEN,
    POD_STARTED,
    POD_TERMINAL,
    Measurement,
)
from .observation import Observation, data_ends
from .source import Of, Source

KEYS = ("cluster", *POD)


def pod_lives(source: Source, seen: Observation) -> pl.DataFrame:
    """Every pod that may hold something within reach.

    Returns one row a pod: `pod_row` (its index), `cluster`, `namespace`, `pod`, `uid`, `node`, `pod_ip`, `host_network`,
    `bind`, `start` (bind, or the cluster's first sample where that is later), `end` (release; inf: still held when reach
    ends), `time_source`, `marks`.
    """
    scheduled, completed, deletion, terminal = source.hourly([POD_SCHEDULED, POD_COMPLETED, POD_DELETION, POD_TERMINAL], seen.reach)
    (info,) = source.index([POD_INFO], seen.reach)
    told = scheduled.with_columns(pl.lit("scheduled").alias("time_source"))
    presence = pl.concat([told, _without_schedule(source, seen, info, scheduled)])
    # one row a pod: several binds are one pod's only where clocks were set, the earliest counts
    pods = presence.group_by(KEYS, maintain_order=True).agg(
        pl.col("v").min().alias("bind"), pl.col("hour").max().alias("last_seen"), pl.col("time_source").first()
    )
    pods = pods.join(seen.clusters, on="cluster")
    pods = _completions(source, seen, pods, completed, terminal)
    pods = _releases(source, seen, pods, deletion)
    info = info.unique(KEYS, keep="last", maintain_order=True)
    return (
        pods.join(info, on=KEYS, how="left", nulls_equal=True)
        .with_columns(pl.max_horizontal("bind", "first").alias("start"))
        .filter(pl.col("end") > pl.col("start"))
        .with_row_index("pod_row")
        .select("pod_row", *KEYS, "node", "pod_ip", "host_network", "bind", "start", "end", "time_source", "marks")
    )


def _without_schedule(source: Source, seen: Observation, info: pl.DataFrame, scheduled: pl.DataFrame) -> pl.DataFrame:
    """Pods that are bound but whose binding time is not told: start time, creation or first sample stand in."""
    missing = info.select(KEYS).unique().join(scheduled.select(KEYS).unique(), on=KEYS, how="anti")
    empty = scheduled.clear().with_columns(pl.lit("").alias("time_source"))
    if missing.height == 0:
        return empty
    of = Of("uid", set(missing["uid"].drop_nulls())) if missing["uid"].null_count() == 0 else None
    there, started, created = source.hourly([POD_SEEN, POD_STARTED, POD_CREATED], seen.reach, of)
    there = there.join(missing, on=KEYS, how="semi", nulls_equal=True).drop("v")
    started = started.group_by(KEYS).agg(pl.col("v").min().alias("started"))
    created = created.group_by(KEYS).agg(pl.col("v").min().alias("created"))
    found = there.join(started, on=KEYS, how="left", nulls_equal=True).join(created, on=KEYS, how="left", nulls_equal=True)
    untold = found.filter(pl.col("started").is_null() & pl.col("created").is_null()).select(*KEYS, "hour")
    first = _first_samples(source, seen, untold)
    return (
        found.join(first, on=KEYS, how="left", nulls_equal=True)
        .with_columns(
            pl.coalesce("started", "created", "sampled").alias("v"),
            pl.when(pl.col("started").is_not_null())
            .then(pl.lit("start"))
            .when(pl.col("created").is_not_null())
            .then(pl.lit("created"))
            .otherwise(pl.lit("samples"))
            .alias("time_source"),
        )
        .drop_nulls("v")
        .select(*KEYS, "hour", "v", "time_source")
    )


def _first_samples(source: Source, seen: Observation, hours: pl.DataFrame) -> pl.DataFrame:
    """`sampled`: the first sample, widened by half a scrape interval and not past the scrape before it."""
    first = hours.group_by(KEYS).agg(pl.col("hour").min())
    samples = _samples_by_hour(source, POD_SEEN, first)
    if samples.height == 0:
        return hours.select(KEYS).clear().with_columns(pl.lit(0.0).alias("sampled"))
    earliest = samples.group_by(KEYS).agg(pl.col("t").min()).join(seen.clusters.select("cluster", "interval"), on="cluster")
    earliest = seen.last_beat_before(earliest.with_columns((pl.col("t") - 0.001).alias("_before")), "_before", "beat")
    return earliest.select(*KEYS, (pl.col("t") - _half(pl.col("interval"), pl.col("t") - pl.col("beat"))).alias("sampled"))


def _completions(source: Source, seen: Observation, pods: pl.DataFrame, completed: pl.DataFrame, terminal: pl.DataFrame) -> pl.DataFrame:
    """Adds `finished` (last container's finish, only where the phase says that the pod is over) and `terminal_hour`."""
    over = terminal.group_by(KEYS).agg(pl.col("hour").min().alias("terminal_hour"), pl.col("hour").max().alias("terminal_last"))
    finish = completed.group_by(KEYS).agg(pl.col("v").max().alias("finished"), pl.col("hour").max().alias("finish_last"))
    joined = pods.join(over, on=KEYS, how="left", nulls_equal=True).join(finish, on=KEYS, how="left", nulls_equal=True)
    # an evicted pod's statuses vanish with its containers: an earlier container's finish is not the pod's
    told = pl.col("terminal_hour").is_not_null() & (pl.col("finish_last") >= pl.col("terminal_last"))
    joined = joined.with_columns(pl.when(told).then("finished").alias("finished"))
    gone = _statuses_gone(source, seen, joined.filter(pl.col("finished").is_not_null()))
    return joined.join(gone, on=KEYS, how="left", nulls_equal=True).with_columns(
        pl.when(pl.col("gone").fill_null(False)).then(None).otherwise("finished").alias("finished")
    )


def _statuses_gone(source: Source, seen: Observation, over: pl.DataFrame) -> pl.DataFrame:
    """`gone`: pods of several containers whose completion time vanished before their phase turned terminal in the same hour."""
    (requests,) = source.hourly([CONTAINER_REQUESTS], seen.reach)
    theirs = requests.join(over.select("cluster", "uid"), on=["cluster", "uid"], how="semi")
    several = theirs.group_by("cluster", "uid").agg(pl.col("container").n_unique().alias("n")).filter(pl.col("n") > 1)
    asked = over.join(several, on=["cluster", "uid"], how="semi").select(*KEYS, pl.col("terminal_hour").alias("hour"))
    changed = _samples_by_hour(source, POD_TERMINAL, asked)
    told = _samples_by_hour(source, POD_COMPLETED, asked)
    if changed.height == 0 or told.height == 0:
        return over.select(KEYS).clear().with_columns(pl.lit(True).alias("gone"))
    first = changed.filter(pl.col("v") == 1).group_by(KEYS).agg(pl.col("t").min().alias("changed"))
    last = told.group_by(KEYS).agg(pl.col("t").max().alias("told"))
    both = first.join(last, on=KEYS, how="left", nulls_equal=True)
    return both.select(*KEYS, (pl.col("told") < pl.col("changed")).fill_null(True).alias("gone"))


def _releases(source: Source, seen: Observation, pods: pl.DataFrame, deletion: pl.DataFrame) -> pl.DataFrame:
    """Adds `end` and `marks`: told finish, else phase change, else removal, else open."""
    phase_changed = pods.filter(pl.col("terminal_hour").is_not_null() & pl.col("finished").is_null())
    vanished = pods.filter(pl.col("terminal_hour").is_null() & (pl.col("last_seen") < pl.col("last_hour")))
    at_the_end = pods.filter(pl.col("terminal_hour").is_null() & (pl.col("last_seen") == pl.col("last_hour")) & data_ends(seen))
    vanished = pl.concat([vanished, seen.gone_at_the_end(source, POD_SEEN, at_the_end, KEYS)])
    ends = pl.concat([_phase_changes(source, seen, phase_changed), _removals(source, seen, vanished, deletion)])
    guessed = pl.col("sample_end").is_not_null() & pl.col("finished").is_null()
    source_marks = (
        pl.when(pl.col("time_source").is_in(["start", "created"]))
        .then(pl.lit(Mark.TIME_FROM_START.value, dtype=pl.UInt32))
        .when(pl.col("time_source") == "samples")
        .then(pl.lit(Mark.TIME_FROM_SAMPLES.value, dtype=pl.UInt32))
        .otherwise(pl.lit(0, dtype=pl.UInt32))
    )
    sampled = pl.when(guessed & ~pl.col("end_told")).then(pl.lit(Mark.TIME_FROM_SAMPLES.value, dtype=pl.UInt32)).otherwise(0)
    last = pl.when(data_ends(seen)).then("last").otherwise(float("inf"))
    return (
        pods.join(ends, on=KEYS, how="left", nulls_equal=True)
        .with_columns(pl.col("end_told").fill_null(False))
        .with_columns(
            pl.min_horizontal(pl.coalesce("finished", "sample_end", pl.lit(float("inf"))), last).alias("end"),
            (source_marks | sampled).cast(pl.UInt32).alias("marks"),
        )
    )


def _phase_changes(source: Source, seen: Observation, pods: pl.DataFrame) -> pl.DataFrame:
    """Evicted and the like: the phase's change is the end, seen between two samples."""
    wide = pods.select(*KEYS, pl.col("terminal_hour").alias("hour"), "interval")
    samples = _samples_by_hour(source, POD_TERMINAL, wide)
    if samples.height == 0:
        return _no_ends(pods)
    first = samples.filter(pl.col("v") == 1).group_by(KEYS).agg(pl.col("t").min().alias("t"))
    first = first.join(wide.select(*KEYS, "interval"), on=KEYS)
    first = seen.last_beat_before(first.with_columns((pl.col("t") - 0.001).alias("_before")), "_before", "beat")
    return first.select(
        *KEYS, (pl.col("t") - _half(pl.col("interval"), pl.col("t") - pl.col("beat"))).alias("sample_end"), pl.lit(False).alias("end_told")
    )


def _removals(source: Source, seen: Observation, pods: pl.DataFrame, deletion: pl.DataFrame) -> pl.DataFrame:
    """Removed objects: the deletion's own time where it fits between the last sample and the next scrape, else half way."""
    wide = pods.select(*KEYS, pl.col("last_seen").alias("hour"), "interval")
    samples = _samples_by_hour(source, POD_SEEN, wide)
    if samples.height == 0:
        return _no_ends(pods)
    last = samples.group_by(KEYS).agg(pl.col("t").max()).join(wide.select(*KEYS, "interval"), on=KEYS)
    last = seen.next_beat_after(last, "t", "beat")
    until = deletion.group_by(KEYS).agg(pl.col("v").max().alias("deletion"))
    told = (pl.col("deletion") >= pl.col("t")) & (pl.col("deletion") <= pl.min_horizontal("beat", pl.col("t") + pl.col("interval")))
    half = pl.col("t") + _half(pl.col("interval"), pl.col("beat") - pl.col("t"))
    return last.join(until, on=KEYS, how="left", nulls_equal=True).select(
        *KEYS, pl.when(told).then("deletion").otherwise(half).alias("sample_end"), told.fill_null(False).alias("end_told")
    )


def _samples_by_hour(source: Source, measurement: Measurement, wanted: pl.DataFrame) -> pl.DataFrame:
    """Raw samples of each pod in its own `hour`."""
    frames = []
    for (hour,), group in wanted.group_by("hour", maintain_order=True):
        start = float(hour)
        uids = group["uid"].drop_nulls()
        of = Of("uid", set(uids)) if len(uids) == group.height else Of("pod", set(group["pod"]))
        found = source.samples(measurement, Span(start, start + HOUR_SECONDS), of)
        frames.append(found.join(group.select(KEYS), on=KEYS, how="semi", nulls_equal=True))
    return pl.concat(frames) if frames else pl.DataFrame()


def _half(interval: pl.Expr, apart: pl.Expr) -> pl.Expr:
    """Half a scrape interval, never past the middle of two scrapes."""
    return pl.min_horizontal(interval / 2, apart.fill_null(float("inf")) / 2)


def _no_ends(pods: pl.DataFrame) -> pl.DataFrame:
    return pods.select(KEYS).clear().with_columns(pl.lit(0.0).alias("sample_end"), pl.lit(False).alias("end_told"))
