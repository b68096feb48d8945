"""Growth of a counter across a hole in its samples: spread evenly over the held seconds of the hole, and no further (ledger 2)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import Mark
from farthing.core.units import HOUR_SECONDS

from .lifetimes import hour_of, overlap
from .measurements import Measurement
from .observation import Observation
from .source import Of, Source

NAMES = ["cluster", "namespace", "pod", "part", "id", "instance"]
NAMES_AT_MOST = 1500  # more pods than this: ask for all of them rather than by name


def over_gaps(source: Source, seen: Observation, rows: pl.DataFrame, counter: Measurement) -> pl.DataFrame:
    """`pod_row`, `part`, `hour`, `amount`, `marks` of growth that was first seen after a hole.

    rows: `NAMES`, `pod_row`, `hour` (of the first value after the hole), `hour_before` (of the last before it, NULL: the pod was
    bound in the hole), `before` (that value), `amount` (growth until the end of `hour`), `since` (where the hole begins as far as
    the cluster was seen), `bind`, `end`, `marks`. The samples on both sides of the hole tell what grew in it.
    """
    rows = rows.with_row_index("_n")
    last = _samples(source, seen, rows.filter(pl.col("hour_before").is_not_null()), "hour_before", counter)
    first = _samples(source, seen, rows, "hour", counter)
    near = last.group_by("_n").agg(pl.col("t").max().alias("t_last"))
    far = (
        first.sort("t").group_by("_n", maintain_order=True).agg(pl.col("t").first().alias("t_first"), pl.col("v").first().alias("v_first"))
    )
    known = rows.join(near, on="_n", how="left").join(far, on="_n", how="left")
    known = known.join(seen.clusters.select("cluster", "usage_interval"), on="cluster")
    step = pl.col("v_first") - pl.col("before")
    hour_end = (pl.col("hour") + HOUR_SECONDS).cast(pl.Float64)
    known = known.with_columns(
        # a counter that fell in the hole began anew
        pl.when(step < 0).then("v_first").otherwise(step).fill_null(pl.col("amount")).alias("in_gap"),
        pl.max_horizontal(pl.coalesce("t_last", "since"), "bind").alias("from"),
        pl.min_horizontal(pl.coalesce("t_first", hour_end), "end").alias("to"),
        ((hour_end - pl.col("t_first")) % pl.col("usage_interval")).fill_null(0.0).alias("early"),
    )
    own = known.select("pod_row", "part", "hour", (pl.col("amount") - pl.col("in_gap")).alias("amount"), "marks")
    return pl.concat([own, _laid_evenly(known)])


def _laid_evenly(rows: pl.DataFrame) -> pl.DataFrame:
    """`in_gap` over the hours from `from` to `to`, by seconds; where no time is left, in the hour itself."""
    # an hour's growth ends with its last scrape, in the gap where that would have been: `early` seconds before the hour's end
    hours = pl.int_ranges(hour_of(pl.col("from")), pl.max_horizontal(hour_of(pl.col("to")), "hour") + HOUR_SECONDS, HOUR_SECONDS)
    pieces = rows.with_columns(hours.alias("piece")).explode("piece", empty_as_null=False)
    begin = pl.col("piece") - pl.col("early")
    seconds = overlap(pl.col("from"), pl.col("to"), begin, begin + HOUR_SECONDS)
    whole = seconds.sum().over("_n")
    share = pl.when(whole > 0).then(seconds / whole).otherwise((pl.col("piece") == pl.col("hour")).cast(pl.Float64))
    return (
        pieces.with_columns(share.alias("share"))
        .filter(pl.col("share") > 0)
        .select(
            "pod_row",
            "part",
            pl.col("piece").alias("hour"),
            (pl.col("in_gap") * pl.col("share")).alias("amount"),
            (pl.col("marks") | Mark.SPREAD_OVER_GAP.value).cast(pl.UInt32).alias("marks"),
        )
    )


def _samples(source: Source, seen: Observation, rows: pl.DataFrame, column: str, counter: Measurement) -> pl.DataFrame:
    """`_n`, `t`, `v`: samples of each row's series in its hour `column`; near a hole of the whole cluster only those close to it."""
    part = "container" if "container" in counter.keys else "interface"
    frames = [pl.DataFrame(schema={"_n": pl.UInt32, "t": pl.Float64, "v": pl.Float64})]
    for (cluster, hour), group in rows.group_by("cluster", column, maintain_order=True):
        span = _near_hole(seen, str(cluster), Span(float(hour), float(hour) + HOUR_SECONDS), at_start=column == "hour")
        names = set(group["pod"])
        found = source.samples(counter, span, Of("pod", names) if len(names) <= NAMES_AT_MOST else None).rename({part: "part"})
        frames.append(group.select("_n", *NAMES).join(found, on=NAMES, nulls_equal=True).select("_n", "t", "v"))
    return pl.concat(frames)


def _near_hole(seen: Observation, cluster: str, span: Span, *, at_start: bool) -> Span:
    """The part of the hour around the end (or the start) of a hole of the whole cluster; the hour where there is none in it."""
    edge = pl.col("end") if at_start else pl.col("start")
    holes = seen.holes.filter((pl.col("cluster") == cluster) & (edge > span.start) & (edge <= span.end))
    if holes.height != 1:
        return span
    moment = float(holes.select(edge).item())
    reach = float(seen.clusters.filter(pl.col("cluster") == cluster)["hole"].item())
    return Span(max(span.start, moment - reach), min(span.end, moment + reach))
