"""Levels over the day and what scrapes see."""

from __future__ import annotations

import pytest

from farthing.demo.series import Daily, Series

HOUR = 3600.0


def test_the_level_swings_between_night_and_peak() -> None:
    level = Daily(0.2, 0.8, peak_hour=14)
    assert level.at(14 * HOUR) == pytest.approx(0.8)
    assert level.at(2 * HOUR) == pytest.approx(0.2)
    assert level.at(8 * HOUR) == pytest.approx(0.5)


def test_the_sum_of_a_day_is_the_middle() -> None:
    level = Daily(0.2, 0.8)
    assert level.sum(5 * HOUR, 29 * HOUR) == pytest.approx(0.5 * 24 * HOUR)
    assert level.sum(HOUR, 9 * HOUR) + level.sum(9 * HOUR, 25 * HOUR) == pytest.approx(0.5 * 24 * HOUR)
    assert Daily(0.95, 0.95).sum(100, 140) == pytest.approx(38)


def test_scrapes_fall_into_the_life_and_the_span() -> None:
    series = Series((("__name__", "x"),), first=130, last=310, phase=7, value=lambda t: t / 2)
    # every full minute and 7 s: 187, 247, 307 lie in [130, 310)
    assert list(series.samples(0, 1000)) == [(187, 93.5), (247, 123.5), (307, 153.5)]
    assert list(series.samples(187, 247)) == [(187, 93.5)]
    halves = [*series.samples(0, 200), *series.samples(200, 1000)]
    assert halves == list(series.samples(0, 1000))
