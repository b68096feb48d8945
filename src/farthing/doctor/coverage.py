"""Which time the data covers: holes, clusters that fell silent, where it begins, how long it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS
from farthing.metering.prometheus import RangeQuestion

from .examination import MEASURED, Examination, NotPossible
from .findings import Severity, Symptom
from .wording import duration, length, percent, span, when

DAY = 86400
LOOKS = (DAY, 900, 30)  # seconds between looks for the oldest sample
FURTHEST_DAYS = 400
SILENT_SECONDS = 600.0
SILENT_INTERVALS = 3


def holes(ex: Examination) -> Iterator[Symptom]:
    """Times without samples in the hours looked at."""
    whole = ex.span.end - ex.span.start
    limit = ex.settings.metering.unobserved_hole_hours
    cut = ex.seen.holes.with_columns(pl.col("start").clip(lower_bound=ex.span.start), pl.col("end").clip(upper_bound=ex.span.end))
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
    for cluster, last, interval in ex.seen.clusters.sort("cluster").select("cluster", "last", "interval").iter_rows():
        if expected - last > max(SILENT_SECONDS, SILENT_INTERVALS * interval):
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
    """The oldest sample of each cluster's nodes, unix seconds: looked for once a day, then ever finer before what was found.

    Right to a scrape, or to the step of LOOKS that a server's look-back spans. Raises NotPossible without kube_node_info.
    """
    ex.need("node seen")
    return ex.once("oldest samples", lambda: _oldest(ex))


def _oldest(ex: Examination) -> dict[str, float]:
    at = int(ex.at)
    found = _first_seen(ex, Span(at - FURTHEST_DAYS * DAY, at), LOOKS[0])
    for before, step in pairwise(LOOKS):
        finer: dict[str, tuple[int, float]] = {}
        for end in sorted({t for t, _first in found.values()}):  # clusters that began in the same step are asked for together
            near = _first_seen(ex, Span(end - before, end), step)
            finer |= {cluster: near.get(cluster, seen) for cluster, seen in found.items() if seen[0] == end}
        found = finer
    return {cluster: first for cluster, (_t, first) in found.items()}


def _first_seen(ex: Examination, within: Span, step: int) -> dict[str, tuple[int, float]]:
    """By cluster the first evaluation, one every `step` seconds, that finds a sample, and that sample's time."""
    columns = ex.labels()
    promql = f"min by {ex.by()} (timestamp({MEASURED['node seen'].metric}))"
    end = int(within.end)
    start = end - (end - int(within.start)) // step * step
    frame = ex.client.ask([RangeQuestion("oldest samples", promql, columns, start, end, step)])[0]
    name = pl.col(columns[0]).fill_null(ex.dialect.default_cluster) if columns else pl.lit(ex.dialect.default_cluster)
    first = frame.sort("t").group_by(name.alias("cluster"), maintain_order=True).first()
    return {cluster: (int(t), v) for cluster, t, v in first.select("cluster", "t", "v").iter_rows()}


def moment(t: float) -> datetime:
    """Unix seconds as a time in UTC."""
    return datetime.fromtimestamp(t, UTC)
