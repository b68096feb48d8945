"""Which pods stand ready behind a service, second by second (ledger 7)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS

from .measurements import ENDPOINTS
from .observation import HOLE_INTERVALS, Observation
from .source import Of, Source

KEYS = ["cluster", "namespace", "endpoint", "ip"]
NEARLY_ALL = 0.95  # of an hour's samples: the address was ready all through it


def ready_addresses(source: Source, seen: Observation, services: set[str]) -> pl.DataFrame:
    """`cluster`, `namespace`, `service`, `ip`, `start`, `end`: when each address behind the services was ready.

    An hour with all its samples is whole; in others the samples tell. A hole in the cluster's data is bridged.
    """
    (counts,) = source.hourly([ENDPOINTS], seen.reach, Of("endpoint", services))
    counted = counts.join(seen.clusters.select("cluster", "interval"), on="cluster").with_columns(
        (pl.col("v") >= NEARLY_ALL * HOUR_SECONDS / pl.col("interval")).alias("whole")
    )
    hours = counted.filter("whole").select(
        *KEYS, pl.col("hour").cast(pl.Float64).alias("start"), (pl.col("hour") + HOUR_SECONDS).cast(pl.Float64).alias("end")
    )
    runs = pl.concat([hours, _sampled(source, counted.filter(~pl.col("whole")))])
    return _bridged(seen, runs).rename({"endpoint": "service"})


def _sampled(source: Source, hours: pl.DataFrame) -> pl.DataFrame:
    """Runs of samples inside hours, each half a scrape interval longer at both ends, within its hour."""
    frames = [hours.select(KEYS).with_columns(pl.lit(0.0).alias("start"), pl.lit(0.0).alias("end")).clear()]
    for (hour,), group in hours.group_by("hour", maintain_order=True):
        start = float(hour)
        span = Span(start, start + HOUR_SECONDS)
        samples = source.samples(ENDPOINTS, span, Of("endpoint", set(group["endpoint"]))).join(group.select(*KEYS, "interval"), on=KEYS)
        apart = pl.col("t") - pl.col("t").shift(1).over(KEYS)
        split = (apart > HOLE_INTERVALS * pl.col("interval")).fill_null(True)
        runs = samples.sort(*KEYS, "t").with_columns(split.cum_sum().over(KEYS).alias("run")).group_by(*KEYS, "run")
        bounds = runs.agg(pl.col("t").min().alias("first"), pl.col("t").max().alias("last"), (pl.col("interval").first() / 2).alias("half"))
        frames.append(
            bounds.select(
                *KEYS,
                (pl.col("first") - pl.col("half")).clip(lower_bound=span.start).alias("start"),
                (pl.col("last") + pl.col("half")).clip(upper_bound=span.end).alias("end"),
            )
        )
    return pl.concat(frames)


def _bridged(seen: Observation, runs: pl.DataFrame) -> pl.DataFrame:
    """runs + what lies between two of them: less than a few scrapes, or a hole of their cluster that both sides touch."""
    ordered = runs.sort(*KEYS, "start").with_columns(pl.col("start").shift(-1).over(KEYS).alias("next"))
    gaps = ordered.drop_nulls("next").join(seen.clusters.select("cluster", "interval"), on="cluster").filter(pl.col("next") > pl.col("end"))
    short = gaps.filter(pl.col("next") - pl.col("end") <= HOLE_INTERVALS * pl.col("interval"))
    near = pl.col("interval")
    holes = gaps.join(seen.holes.select("cluster", hole_start="start", hole_end="end"), on="cluster").filter(
        pl.col("end").is_between(pl.col("hole_start"), pl.col("hole_start") + near)
        & pl.col("next").is_between(pl.col("hole_end") - near, pl.col("hole_end") + near)
    )
    between = [g.select(*KEYS, pl.col("end").alias("start"), pl.col("next").alias("end")) for g in (short, holes)]
    return pl.concat([runs.select(*KEYS, "start", "end"), *between])
