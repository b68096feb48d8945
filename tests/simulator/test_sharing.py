"""Equal parts, second by second."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.ledger import Span
from farthing.simulator.sharing import Hold, equal_parts

TWO_HOURS = Span(0, 7200)


def parts(*holds: tuple[int, float, float], span: Span = TWO_HOURS) -> dict[tuple[int, int], float]:
    frame = equal_parts([Hold("disk", 0, holder, start, end) for holder, start, end in holds], span)
    return {(holder, hour): seconds for holder, hour, seconds in frame.select("pod_row", "hour", "seconds").iter_rows()}


def test_two_that_overlap() -> None:
    # 1 alone for 600 s, both for 1200 s (600 each), 2 alone up to the hour (1800 s) and 900 s into the next
    assert parts((1, 0, 1800), (2, 600, 4500)) == pytest.approx({(1, 0): 600 + 600, (2, 0): 600 + 1800, (2, 3600): 900})


def test_things_are_apart_and_the_span_cuts() -> None:
    holds = [Hold("disk", 0, 1, -5000, 9000), Hold("load_balancer", 0, 1, 3000, 4000), Hold("disk", 1, 2, 8000, 9000)]
    frame = equal_parts(holds, Span(3600, 7200))
    assert frame.select("kind", "row", "hour", "seconds").rows() == [("disk", 0, 3600, 3600.0), ("load_balancer", 0, 3600, 400.0)]


times = st.integers(0, 7200)


@given(st.lists(st.tuples(st.integers(1, 4), times, times), max_size=8))
def test_what_is_held_is_shared_out_whole(drawn: list[tuple[int, int, int]]) -> None:
    holds = [Hold("disk", 0, i, float(min(a, b)), float(max(a, b))) for i, (_, a, b) in enumerate(drawn) if a != b]
    frame = equal_parts(holds, Span(0, 7200))
    covered = {s for h in holds for s in range(int(h.start), int(h.end))}  # seconds in which somebody holds
    assert float(frame["seconds"].sum()) == pytest.approx(len(covered))
    per_hour = frame.group_by("hour").agg(pl.col("seconds").sum())["seconds"].to_list()
    assert all(seconds <= 3600 + 1e-6 for seconds in per_hour)
