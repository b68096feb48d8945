"""When each cluster was seen: first and last sample, holes, scrape interval (ledger 1, observed time)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from farthing.core.ledger import Span
from farthing.core.settings import MeteringSettings
from farthing.core.units import HOUR_SECONDS

from .measurements import NODE_SEEN, POD_SEEN, RAM_USED, Exporter, Measurement, Over
from .source import CLUSTER, Of, Source

USUAL_INTERVAL = 60.0
HOLE_INTERVALS = 2.5  # samples further apart than this many intervals have a hole between them
SHORTEST_HOLE = 150.0
SPACING_LOOKS = 8  # moments at which the spacing of usage samples is looked at
FEW = 5  # nodes of a cluster that are looked at first
COARSE, FINE = 300, 60  # seconds between looks at when a cluster was seen

SEEN_COUNT = {
    m.name: Measurement(f"{m.name}, samples", m.metric, Exporter.KUBE_STATE, (), "samples in the hour", Over.COUNT)
    for m in (NODE_SEEN, POD_SEEN)
}


@dataclass(frozen=True)
class Observation:
    """What is known of when clusters were observed.

    span: the whole hours asked for; reach: the whole hours that must be read, one more on either side, further where an edge
    lies in a hole; wide: as far as anything is looked for. clusters: `cluster`, `first`, `last` (unix s of the first and last
    sample within reach; `first` is -inf where the data begins before it), `last_hour`, `interval`, `usage_interval`, `hole` (s:
    samples further apart have a hole between them). beats: `cluster`, `t`, sorted. holes: `cluster`, `start`, `end`; long_holes:
    those longer than the setting unobserved_hole_hours.
    """

    span: Span
    reach: Span
    wide: Span
    clusters: pl.DataFrame
    beats: pl.DataFrame
    holes: pl.DataFrame
    long_holes: pl.DataFrame

    def last_beat_before(self, frame: pl.DataFrame, t: str, name: str) -> pl.DataFrame:
        """frame + `name`: the last time its cluster was seen at or before column `t` (NULL: never within reach)."""
        return _nearest(frame, self.beats, t, name, "backward")

    def gone_at_the_end(self, source: Source, measurement: Measurement, objects: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
        """Of objects seen in the last hour that their cluster was seen: those no longer there at its last samples.

        objects: `keys`, `last`, `interval` of its cluster.
        """
        if objects.height == 0:
            return objects
        there = []
        for (last, interval), _group in objects.group_by("last", "interval", maintain_order=True):
            end, reach = float(last), int(2 * float(interval)) + 1
            there.append(source.samples(measurement, Span(end - reach, end)).select(keys).unique())
        return objects.join(pl.concat(there).unique(), on=list(keys), how="anti", nulls_equal=True)

    def next_beat_after(self, frame: pl.DataFrame, t: str, name: str) -> pl.DataFrame:
        """frame + `name`: the first time its cluster was seen after column `t` (NULL: never within reach)."""
        return _nearest(frame, self.beats, t, name, "forward", allow_exact=False)


def data_ends(seen: Observation) -> pl.Expr:
    """The cluster's data ends before the hour after the span: its last sample is where costing stops."""
    return pl.col("last_hour") < seen.span.end


def observe(source: Source, span: Span, settings: MeteringSettings) -> Observation:
    """Look for samples of every cluster in and around `span` (whole hours)."""
    around = settings.look_around_hours * HOUR_SECONDS
    wide = Span(span.start - around, span.end + around)
    near = Span(span.start - HOUR_SECONDS, span.end + HOUR_SECONDS)
    by_nodes = source.hourly([SEEN_COUNT[NODE_SEEN.name]], wide)[0]
    # clusters whose nodes are not shown are seen by their pods
    others = Of(CLUSTER, source.clusters(POD_SEEN, near) - set(by_nodes["cluster"]))
    by_pods = source.hourly([SEEN_COUNT[POD_SEEN.name]], wide, others)[0] if others.values else by_nodes.clear()
    counts = pl.concat([by_nodes, by_pods])
    inside = counts.group_by("cluster").agg(
        ((pl.col("hour") >= span.start) & (pl.col("hour") < span.end)).any().alias("inside"),
        pl.col("hour").filter(pl.col("hour") < span.start).max().alias("before"),
        pl.col("hour").filter(pl.col("hour") >= span.end).min().alias("after"),
        (HOUR_SECONDS / pl.col("v").max().round().clip(lower_bound=1)).alias("interval"),
    )
    # a cluster seen on both sides of the span but never inside it is bridged
    present = inside.filter(pl.col("inside") | (pl.col("before").is_not_null() & pl.col("after").is_not_null()))
    start = _least(present["before"], span.start - HOUR_SECONDS)
    end = _most(present["after"], span.end) + HOUR_SECONDS
    reach = Span(start, end)
    beats = _beats(source, reach, others, counts).join(present.select("cluster"), on="cluster", how="semi").sort("cluster", "t")
    clusters = _clusters(source, present, beats, reach)
    holes = _holes(beats, clusters)
    long = holes.filter(pl.col("end") - pl.col("start") > settings.unobserved_hole_hours * HOUR_SECONDS)
    return Observation(span, reach, wide, clusters, beats, holes, long)


def _beats(source: Source, reach: Span, others: Of, counts: pl.DataFrame) -> pl.DataFrame:
    """When clusters were seen: every few minutes, and to the scrape where a cluster's data begin, end or have a hole."""

    def look(span: Span, apart: int) -> pl.DataFrame:
        by_nodes = source.beats(NODE_SEEN, span, apart)
        return pl.concat([by_nodes, source.beats(POD_SEEN, span, apart, others)]) if others.values else by_nodes

    # a few nodes tell as much as all of them, unless they leave holes
    (nodes,) = source.index([NODE_SEEN], reach)
    few = nodes.sort("cluster", "node").group_by("cluster", maintain_order=True).agg(pl.col("node").head(FEW)).explode("node")
    coarse = source.beats(NODE_SEEN, reach, COARSE, Of("node", set(few["node"]))) if few.height and not others.values else None
    if coarse is None or not _covered(coarse, counts.filter((pl.col("hour") >= reach.start) & (pl.col("hour") < reach.end))):
        coarse = look(reach, COARSE)
    coarse = coarse.sort("cluster", "t")
    edges = pl.concat(
        [
            coarse.select("cluster", "t", pl.col("t").shift(1).over("cluster").fill_null(reach.start).alias("other")),
            coarse.select("cluster", "t", pl.col("t").shift(-1).over("cluster").fill_null(reach.end).alias("other")),
        ]
    ).filter((pl.col("t") - pl.col("other")).abs() > COARSE + USUAL_INTERVAL)
    moments = sorted({int(t) // COARSE for t in edges["t"].to_list()})
    spans: list[Span] = []
    for moment in moments:
        start, end = (moment - 1) * COARSE, (moment + 2) * COARSE
        if spans and start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    fine = [look(span, FINE) for span in spans]
    within = (pl.col("t") > reach.start) & (pl.col("t") <= reach.end)
    return pl.concat([coarse, *fine]).filter(within).unique()


def _covered(beats: pl.DataFrame, counts: pl.DataFrame) -> bool:
    """True where beats go without a hole from the first to the last hour in which each cluster was counted."""
    counted = counts.group_by("cluster").agg(pl.col("hour").min().alias("from"), pl.col("hour").max().alias("to"))
    beaten = beats.group_by("cluster").agg(
        pl.col("t").sort().diff().max().fill_null(0.0).alias("gap"), pl.col("t").min().alias("first"), pl.col("t").max().alias("last")
    )
    both = counted.join(beaten, on="cluster", how="left")
    whole = (
        (pl.col("gap") <= COARSE + USUAL_INTERVAL) & (pl.col("first") <= pl.col("from") + HOUR_SECONDS) & (pl.col("last") > pl.col("to"))
    )
    return bool(both.select(whole.fill_null(False).all()).item())


def _clusters(source: Source, present: pl.DataFrame, beats: pl.DataFrame, reach: Span) -> pl.DataFrame:
    extents = beats.group_by("cluster").agg(
        pl.col("t").min().alias("first"),
        pl.col("t").max().alias("last"),
        _between(pl.col("t")).alias("apart"),
    )
    frame = (
        present.join(extents, on="cluster")
        .with_columns(
            pl.when(pl.col("before").is_not_null()).then(float("-inf")).otherwise(pl.col("first")).alias("first"),
            ((pl.col("last") / HOUR_SECONDS).ceil() * HOUR_SECONDS - HOUR_SECONDS).cast(pl.Int64).alias("last_hour"),
            # an hour that the data only begins in has few samples: what lies between two beats bounds it
            pl.min_horizontal("interval", "apart").clip(1.0, 600.0).alias("interval"),
        )
        .select("cluster", "first", "last", "last_hour", "interval")
    )
    usage = _usage_spacing(source, reach, set(frame["cluster"])).rename({"interval": "usage_interval"})
    frame = frame.join(usage, on="cluster", how="left").with_columns(pl.col("usage_interval").fill_null(pl.col("interval")))
    return frame.with_columns((pl.col("interval") * HOLE_INTERVALS).clip(lower_bound=SHORTEST_HOLE).alias("hole"))


def _usage_spacing(source: Source, reach: Span, clusters: set[str]) -> pl.DataFrame:
    """`cluster`, `interval` of usage samples: looked at once in the middle, and often where a cluster shows nothing there."""
    middle = (reach.start + reach.end) // 2 // HOUR_SECONDS * HOUR_SECONDS
    once = source.spacing(RAM_USED, Span(middle - HOUR_SECONDS, middle), HOUR_SECONDS)
    if clusters <= set(once["cluster"]):
        return once
    often = source.spacing(RAM_USED, reach, max(HOUR_SECONDS, int(reach.seconds) // SPACING_LOOKS // HOUR_SECONDS * HOUR_SECONDS))
    return pl.concat([once, often]).group_by("cluster").agg(pl.col("interval").min())


def _between(t: pl.Expr) -> pl.Expr:
    """Seconds between two beats where they are close together; NULL where they were only looked at now and then."""
    gaps = t.sort().diff()
    return gaps.filter(gaps < COARSE).median()


def _holes(beats: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    return (
        beats.with_columns(pl.col("t").shift(-1).over("cluster").alias("end"))
        .drop_nulls("end")
        .join(clusters.select("cluster", "hole"), on="cluster")
        # beats are looked at every COARSE seconds: only what is further apart than that is a hole
        .filter(pl.col("end") - pl.col("t") > pl.max_horizontal("hole", pl.lit(COARSE + USUAL_INTERVAL)))
        .select("cluster", start="t", end="end")
    )


def _nearest(
    frame: pl.DataFrame, beats: pl.DataFrame, t: str, name: str, strategy: Literal["backward", "forward"], *, allow_exact: bool = True
) -> pl.DataFrame:
    order = frame.with_row_index("_row").with_columns(pl.col(t).cast(pl.Float64).alias("_t")).sort("_t")
    right = beats.select("cluster", pl.col("t").alias("_t"), pl.col("t").alias(name)).sort("_t")
    joined = order.join_asof(right, on="_t", by="cluster", strategy=strategy, allow_exact_matches=allow_exact, check_sortedness=False)
    return joined.sort("_row").drop("_row", "_t")


def _least(values: pl.Series, otherwise: float) -> float:
    lowest = values.min()
    return min(float(lowest), otherwise) if isinstance(lowest, (int, float)) else otherwise


def _most(values: pl.Series, otherwise: float) -> float:
    highest = values.max()
    return max(float(highest), otherwise) if isinstance(highest, (int, float)) else otherwise
