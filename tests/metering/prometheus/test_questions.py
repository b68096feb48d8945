from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.errors import BadParameter
from farthing.metering.prometheus import RangeQuestion, SeriesQuestion


def times(question: RangeQuestion) -> list[int]:
    return list(range(question.start, question.end + 1, question.step))


def test_points_count_both_ends() -> None:
    # 0, 3600, …, 86400: 24 hours have 25 edges
    assert RangeQuestion("m", "up", (), 0, 86_400, 3600).points == 25


@given(st.integers(0, 10**9), st.integers(1, 4000), st.integers(1, 500), st.integers(0, 3999), st.integers(1, 700))
def test_pieces_ask_for_each_time_once(start: int, step: int, points: int, rest: int, most: int) -> None:
    question = RangeQuestion("m", "up", (), start, start + (points - 1) * step + rest % step, step)
    pieces = question.pieces(most)
    assert [t for piece in pieces for t in times(piece)] == times(question)
    assert all(piece.points <= most for piece in pieces)
    if question.points > 1:
        assert len(question.halves()) == 2


@pytest.mark.parametrize("labels", [("pod", "t"), ("v",), ("pod", "pod")])
def test_labels_that_would_hide_columns_or_repeat_are_refused(labels: tuple[str, ...]) -> None:
    with pytest.raises(BadParameter, match="m: the label"):
        RangeQuestion("m", "up", labels, 0, 1, 1)


def test_impossible_ranges_and_series_are_refused() -> None:
    with pytest.raises(BadParameter, match="a step above 0"):
        RangeQuestion("m", "up", (), 0, 1, 0)
    with pytest.raises(BadParameter, match="not before the start"):
        RangeQuestion("m", "up", (), 2, 1, 1)
    with pytest.raises(BadParameter, match="no selector"):
        SeriesQuestion("m", (), 0, 1)
    with pytest.raises(BadParameter, match="repeat"):
        SeriesQuestion("m", ("up",), 0, 1, ("a", "a"))
