"""Bytes that pods send and receive, unclassified (ledger 7: without flow data their cost is unknown)."""

from __future__ import annotations

import polars as pl

from .cgroups import with_pods
from .counters import growth
from .measurements import BYTES_IN, BYTES_IN_FIRST, BYTES_OUT, BYTES_OUT_FIRST
from .observation import Observation
from .source import Source


def bytes_moved(source: Source, seen: Observation, pods: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `hour`, `bytes_out`, `bytes_in`. Pods on the host's network are left out: their counters are the host's."""
    own = pods.filter(pl.col("host_network").fill_null("false") != "true")
    sent, received = source.hourly([BYTES_OUT, BYTES_IN], seen.reach)
    directions = []
    for values, counter, first, name in ((sent, BYTES_OUT, BYTES_OUT_FIRST, "bytes_out"), (received, BYTES_IN, BYTES_IN_FIRST, "bytes_in")):
        mine = with_pods(values, own).rename({"interface": "part"})
        grown = growth(source, seen, own, mine, counter, first, None)
        directions.append(grown.group_by("pod_row", "hour").agg(pl.col("amount").sum().alias(name)))
    return directions[0].join(directions[1], on=["pod_row", "hour"], how="full", coalesce=True)
