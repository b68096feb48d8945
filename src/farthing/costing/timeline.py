"""How what was paid in an hour lies in time, so that a cut anywhere in it is fair and closes.

A holder pays evenly over its held time. Where, at some moment, holders of one thing would pay for more than there is of it
(usage came unevenly, or pods handed over late), the surplus moves to the nearest moment with room, later before earlier. The
whole hour has room for all, because over-commitment was settled before.
"""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from farthing.core.ledger import Span

EVEN = 1 + 1e-9


def fractions(paid: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Share of each row's amount that lies in span.

    paid: `_row`, `thing`, `start`, `end`, `amount` (> 0), and the thing's `thing_start`, `thing_end`, `size` (amount of all of
    it over its life in the hour). Returns `_row`, `fraction` in [0, 1]; over spans that tile the hour they sum to 1.
    """
    inside = (pl.min_horizontal(pl.lit(span.end), "end") - pl.max_horizontal(pl.lit(span.start), "start")).clip(lower_bound=0.0)
    even = paid.with_columns((inside / (pl.col("end") - pl.col("start"))).alias("fraction"))
    crowded = _crowded(paid)
    calm = even.join(crowded, on="thing", how="anti").select("_row", "fraction")
    moved = [_fill(group, span) for _thing, group in paid.join(crowded, on="thing", how="semi").group_by("thing", maintain_order=True)]
    return pl.concat([calm, *moved])


def _crowded(paid: pl.DataFrame) -> pl.DataFrame:
    """Things of which, at some moment, more is paid for than there is; or that are held outside their life."""
    rate = pl.col("amount") / (pl.col("end") - pl.col("start"))
    limit = pl.col("size") / (pl.col("thing_end") - pl.col("thing_start"))
    steps = pl.concat([paid.select("thing", t="start", step=rate, limit=limit), paid.select("thing", t="end", step=-rate, limit=limit)])
    levels = steps.group_by("thing", "t").agg(pl.col("step").sum(), pl.col("limit").first()).sort("thing", "t")
    levels = levels.with_columns(pl.col("step").cum_sum().over("thing").alias("level"))
    over = levels.filter(pl.col("level") > pl.col("limit") * EVEN).select("thing")
    outside = paid.filter((pl.col("start") < pl.col("thing_start")) | (pl.col("end") > pl.col("thing_end"))).select("thing")
    return pl.concat([over, outside]).unique()


def _fill(group: pl.DataFrame, span: Span) -> pl.DataFrame:
    rows = group.select("_row", "start", "end", "amount", "thing_start", "thing_end", "size").rows()
    first, last, size = rows[0][4], rows[0][5], rows[0][6]
    points = sorted({first, last, *(t for _, a, b, *_ in rows for t in (a, b) if first < t < last)})
    segments = list(pairwise(points))
    room_rate = size / (last - first)
    laid = [[0.0] * len(segments) for _ in rows]
    # what a row holds outside the thing's life waits for the first segment
    debts = [amount * _outside(a, b, first, last) for _, a, b, amount, *_ in rows]
    for s, (a, b) in enumerate(segments):
        wants = [d + amount * _overlap(a, b, x, y) / (y - x) for d, (_, x, y, amount, *_) in zip(debts, rows, strict=True)]
        total = sum(wants)
        given = min(1.0, room_rate * (b - a) / total) if total > 0 else 0.0
        for i, want in enumerate(wants):
            laid[i][s] = want * given
            debts[i] = want - want * given
    for s in range(len(segments) - 1, -1, -1):
        owed = sum(debts)
        if owed <= 0:
            break
        room = max(0.0, room_rate * (segments[s][1] - segments[s][0]) - sum(row[s] for row in laid))
        given = min(1.0, room / owed)
        for i, debt in enumerate(debts):
            laid[i][s] += debt * given
            debts[i] = debt - debt * given
    parts = [_overlap(a, b, span.start, span.end) / (b - a) for a, b in segments]
    shares = [sum(x * p for x, p in zip(row, parts, strict=True)) / sum(row) for row in laid]
    return pl.DataFrame({"_row": [r[0] for r in rows], "fraction": shares}, schema={"_row": pl.UInt32, "fraction": pl.Float64})


def _overlap(a: float, b: float, x: float, y: float) -> float:
    return max(0.0, min(b, y) - max(a, x))


def _outside(a: float, b: float, first: float, last: float) -> float:
    return 1 - _overlap(a, b, first, last) / (b - a)
