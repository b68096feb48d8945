"""Which time the data covers: holes, clusters that fell silent, where it begins, how long it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import DAY_SECONDS, HOUR_SECONDS
from farthing.metering.prometheus import RangeQuestion

from .examination import Examination, NotPossible
from .findings import Severity, Symptom
from .wording import duration, length, percent, span, when

LOOKS = (DAY_SECONDS, 900, 30)  # seconds between looks for the oldest sample
FURTHEST_DAYS = 400
SILENT_SECONDS = 600.0
SILENT_INTERVALS = 3
HOLE_INTERVALS = 2.5
USUAL_SECONDS = 60.0


def holes(ex: Examination) -> Iterator[Symptom]:
    """Times without samples in the hours looked at."""
    whole = ex.span.end - ex.span.start
    limit = ex.settings.metering.unobserved_hole_hours
    every = pl.concat([day.holes for day in ex.days]).unique()  # one across midnight is seen from both sides, whole
    apart = pl.col("cluster").replace_strict(ex.intervals(ex.beat), default=USUAL_SECONDS, return_dtype=pl.Float64)
    every = every.filter(pl.col("end") - pl.col("start") > HOLE_INTERVALS * apart)
    cut = every.with_columns(pl.col("start").clip(lower_bound=ex.span.start), pl.col("end").clip(upper_bound=ex.span.end))
    cut = cut.filter(pl.col("end") > pl.col("start")).with_columns((pl.col("end") - pl.col("start")).alias("seconds"))
    for (cluster,), frame in cut.sort("cluster", "start").group_by("cluster", maintain_order=True):
        lost = float(frame["seconds"].sum())
        long = frame.filter(pl.col("seconds") > limit * HOUR_SECONDS).height
        yield Symptom(
            "holes in the data",
            tuple(
                f"no sample {span(start, end)} ({length(end - start)})" for start, end in frame.select("start", "end").head(5).iter_rows()
            )
            + ((f"and {frame.height - 5} more",) if frame.height > 5 else ()),
            f"{length(lost)} of {length(whole)} ({percent(lost / whole)}): what is seen on both sides counts as held, "
            "usage is spread evenly, "
            "pods that lived inside are missed" + (f"; in {long} longer than {limit:g} h idle cost is unobserved" if long else ""),
            Severity.ERROR if long else Severity.WARNING,
            cluster=str(cluster),
            share=lost / whole,
        )


def silent_clusters(ex: Examination) -> Iterator[Symptom]:
    """Clusters whose samples stopped."""
    settled = ex.now.timestamp() - ex.settings.metering.settle_minutes * 60
    expected = min(settled, ex.window.unix[1])
    seen = pl.concat([day.clusters.select("cluster", "last") for day in ex.days])
    for cluster, last in seen.group_by("cluster").agg(pl.col("last").max()).sort("cluster").iter_rows():
        if expected - last > max(SILENT_SECONDS, SILENT_INTERVALS * ex.intervals(ex.beat).get(cluster, USUAL_SECONDS)):
            yield Symptom(
                "the cluster fell silent",
                (f"last sample of kube-state-metrics at {when(last)}, {length(expected - last)} before {when(expected)}",),
                "all cost since then is missing: absent, not 0",
                cluster=cluster,
            )


def data_begins(ex: Examination) -> Iterator[Symptom]:
    """Clusters whose data begins inside the window."""
    start, end = ex.window.unix
    for cluster, oldest in oldest_samples(ex).items():
        if start + HOUR_SECONDS / 4 < oldest < end:
            yield Symptom(
                "the data begins inside the window",
                (f"oldest sample at {when(oldest)}, the window begins at {when(start)}",),
                f"{percent((oldest - start) / (end - start))} of the window is absent, not 0; "
                "containers that were running then count their usage from the first sample on",
                cluster=cluster,
                share=(oldest - start) / (end - start),
            )


def retention(ex: Examination) -> Iterator[Symptom]:
    """How long the server keeps samples, against the window."""
    told = told_retention(ex)
    if told is None:
        raise NotPossible("the server does not tell its retention")
    kept = duration(told)
    if not kept:
        raise NotPossible(f"the server keeps samples by size ({told}), not by time")
    start, end = ex.window.unix
    oldest = ex.now.timestamp() - kept
    if start < oldest:
        lost = min(oldest, end) - start
        yield Symptom(
            f"samples are kept for {told}",
            (f"what is older than {when(oldest)} is deleted; the window begins at {when(start)}",),
            f"up to {length(lost)} of the window ({percent(lost / (end - start))}) is absent, not 0",
            share=lost / (end - start),
        )


def told_retention(ex: Examination) -> str | None:
    """The server's `storageRetention`, None where it does not tell."""
    info = ex.once("runtime info", ex.client.runtime_info)
    text = (info or {}).get("storageRetention")
    return str(text) if text else None


def oldest_samples(ex: Examination) -> dict[str, float]:
    """When each cluster's data begins, unix seconds: looked for once a day, then ever finer before what was found.

    Right to the last of LOOKS. Raises NotPossible without kube_node_info.
    """
    ex.need("node seen")
    return ex.once("oldest samples", lambda: _oldest(ex))


def _oldest(ex: Examination) -> dict[str, float]:
    at = int(ex.at)
    found = _first_seen(ex, Span(at - FURTHEST_DAYS * DAY_SECONDS, at), LOOKS[0])
    for before, step in pairwise(LOOKS):
        finer: dict[str, float] = {}
        for end in sorted(set(found.values())):  # clusters that began in the same step are asked for together
            near = _first_seen(ex, Span(end - before, end), step)
            finer |= {cluster: near.get(cluster, end) for cluster, seen in found.items() if seen == end}
        found = finer
    return found


def _first_seen(ex: Examination, within: Span, step: int) -> dict[str, float]:
    """By cluster the first of the moments, one every `step` seconds, at which its nodes are told of."""
    columns = ex.labels()
    promql = f"count by {ex.by()} ({ex.vector('node seen')})"
    end = int(within.end)
    start = end - (end - int(within.start)) // step * step
    frame = ex.client.ask([RangeQuestion("oldest samples", promql, columns, start, end, step)])[0]
    return dict(frame.group_by(ex.cluster.alias("cluster")).agg(pl.col("t").min()).sort("cluster").iter_rows())


def moment(t: float) -> datetime:
    """Unix seconds as a time in UTC."""
    return datetime.fromtimestamp(t, UTC)
