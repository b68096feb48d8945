"""A thing that several hold at once falls to them in equal parts, second by second."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS

SCHEMA = {"pod_row": pl.UInt32, "hour": pl.Int64, "kind": pl.String, "row": pl.UInt32, "seconds": pl.Float64}


@dataclass(frozen=True)
class Hold:
    """The pod `holder` holds the thing (`kind`, `row`) from `start` to `end`."""

    kind: str
    row: int
    holder: int
    start: float
    end: float


def equal_parts(holds: list[Hold], span: Span) -> pl.DataFrame:
    """`pod_row`, `hour`, `kind`, `row`, `seconds`: how much of each hour of a thing falls to each holder."""
    found: list[tuple[int, int, str, int, float]] = []
    inside = [h for h in holds if max(h.start, span.start) < min(h.end, span.end)]
    for (kind, row), group in groupby(sorted(inside, key=lambda h: (h.kind, h.row, h.start, h.holder)), key=lambda h: (h.kind, h.row)):
        parts = _parts(list(group), span)
        found += [(holder, hour, kind, row, seconds) for (holder, hour), seconds in parts.items()]
    return pl.DataFrame(found, schema=SCHEMA, orient="row").sort("kind", "row", "hour", "pod_row")


def _parts(holds: list[Hold], span: Span) -> dict[tuple[int, int], float]:
    """Of one thing, holds in order of their start: seconds by holder and hour. One walk along the time, with those that hold just then."""
    edges = sorted({t for h in holds for t in _edges(max(h.start, span.start), min(h.end, span.end))})
    parts: dict[tuple[int, int], float] = {}
    coming = iter(holds)
    following = next(coming, None)
    there: list[Hold] = []
    for a, b in pairwise(edges):
        there = [h for h in there if h.end > a]
        while following is not None and following.start <= a:
            there.append(following)
            following = next(coming, None)
        hour = int(a // HOUR_SECONDS) * HOUR_SECONDS
        for hold in there:
            key = (hold.holder, hour)
            parts[key] = parts.get(key, 0.0) + (b - a) / len(there)
    return parts


def _edges(start: float, end: float) -> list[float]:
    first = int(start // HOUR_SECONDS + 1) * HOUR_SECONDS
    return [start, *(float(t) for t in range(first, int(-(-end // 1)), HOUR_SECONDS) if t < end), end]
