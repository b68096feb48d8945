"""Lives cut into hours."""

from __future__ import annotations

from math import inf

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.ledger import Span
from farthing.metering.lifetimes import by_hour, hour_of, hours_spanned, overlap

HOUR = 3600
DAY = Span(0, 24 * HOUR)


def lives(*rows: tuple[str, float, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"name": pl.String, "start": pl.Float64, "end": pl.Float64}, orient="row")


def test_a_life_over_an_hours_edge() -> None:
    # 00:59:52–01:00:12: 8 s and 12 s
    cut = by_hour(lives(("job", 3592, 3612)), DAY)
    assert cut.select("name", "hour", "first_held", "last_held", "held_seconds").rows() == [
        ("job", 0, 3592, 3600, 8),
        ("job", 3600, 3600, 3612, 12),
    ]


def test_a_life_that_goes_on_ends_with_the_span() -> None:
    cut = by_hour(lives(("web", -inf, inf)), Span(HOUR, 3 * HOUR))
    assert cut.select("hour", "held_seconds").rows() == [(3600, 3600), (7200, 3600)]


def test_a_life_on_full_hours_has_no_empty_hour() -> None:
    assert by_hour(lives(("web", HOUR, 2 * HOUR)), DAY)["hour"].to_list() == [3600]


def test_lives_outside_the_span_vanish() -> None:
    rows = lives(("before", -100, 0), ("after", DAY.end, DAY.end + 10), ("never", 50, 50), ("backwards", 60, 50))
    assert by_hour(rows, DAY).height == 0


def test_before_1970_hours_are_the_same() -> None:
    assert by_hour(lives(("old", -3700, -3500)), Span(-2 * HOUR, 0)).select("hour", "held_seconds").rows() == [(-7200, 100), (-3600, 100)]
    assert pl.DataFrame({"t": [-1.0, 0.0, 3599.999, 3600.0]}).select(hour_of(pl.col("t"))).to_series().to_list() == [-3600, 0, 0, 3600]


def test_the_hours_that_rows_span() -> None:
    assert hours_spanned(pl.DataFrame({"hour": [7200, 0, 3600]})) == Span(0, 3 * HOUR)


@pytest.mark.parametrize(("other", "common"), [((0, 10), 5), ((6, 7), 1), ((5, 15), 10), ((15, 20), 0), ((0, 5), 0)])
def test_seconds_in_common_with_5_to_15(other: tuple[float, float], common: float) -> None:
    spans = pl.DataFrame({"a": [5.0], "b": [15.0], "c": [float(other[0])], "d": [float(other[1])]})
    assert spans.select(overlap(pl.col("a"), pl.col("b"), pl.col("c"), pl.col("d"))).item() == common


moments = st.floats(-2 * HOUR, 30 * HOUR, allow_nan=False).map(lambda t: round(t, 3))


@given(st.lists(st.tuples(moments, moments), min_size=1, max_size=8))
def test_seconds_sum_to_the_life_inside_the_span(pairs: list[tuple[float, float]]) -> None:
    rows = lives(*((str(i), start, end) for i, (start, end) in enumerate(pairs)))
    cut = by_hour(rows, DAY)
    assert (cut["held_seconds"] > 0).all()
    assert (cut["held_seconds"] <= HOUR).all()
    # each piece lies in its own hour, and no hour of a life comes twice
    assert ((cut["first_held"] >= cut["hour"]) & (cut["last_held"] <= cut["hour"] + HOUR)).all()
    assert not cut.select("name", "hour").is_duplicated().any()
    told = dict(cut.group_by("name").agg(pl.col("held_seconds").sum()).iter_rows())
    for name, start, end in rows.iter_rows():
        inside = max(0.0, min(end, DAY.end) - max(start, DAY.start))
        assert told.get(name, 0.0) == pytest.approx(inside, abs=1e-6)


@given(moments, moments, st.integers(1, 23))
def test_two_spans_that_share_a_border_count_nothing_twice(start: float, end: float, border: int) -> None:
    whole, left, right = (
        by_hour(lives(("web", start, end)), span) for span in (DAY, Span(0, border * HOUR), Span(border * HOUR, 24 * HOUR))
    )
    assert pl.concat([left, right]).rows() == whole.rows()
