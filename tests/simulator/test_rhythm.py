"""Rhythms: the integral in closed form is that of the rate."""

from __future__ import annotations

import itertools

import polars as pl
import pytest

from farthing.simulator.rhythm import FLAT, Rhythm, day_of, day_table, shape, since_midnight

BUSY = Rhythm("busy", swing=0.5, peak_hour=14, weekend=0.25, noise=0.1, ripple=0.1)
WAVE = {"swing": BUSY.swing, "peak": BUSY.peak_hour * 3600, "ripple": BUSY.ripple, "phase": 1.25}


def test_the_integral_is_that_of_the_rate() -> None:
    # by the trapezium rule with a step of 10 s, whose error is far below a second
    seconds = pl.DataFrame({"t": [10.0 * i for i in range(8641)], **WAVE})
    rate = seconds.select(shape(pl.col("t"))).to_series().to_list()
    summed = [0.0]
    for a, b in itertools.pairwise(rate):
        summed.append(summed[-1] + 5 * (a + b))
    exact = seconds.select(since_midnight(pl.col("t"))).to_series().to_list()
    assert exact == pytest.approx(summed, abs=0.01)
    assert min(rate) > 0


def test_swings_even_out_over_a_day() -> None:
    day = pl.DataFrame({"t": [0.0, 86400.0], **WAVE}).select(since_midnight(pl.col("t"))).to_series().to_list()
    assert day == pytest.approx([0.0, 86400.0], abs=1e-6)


def test_weekends_and_chance() -> None:
    # 2026-11-23 is a Monday: day 20,780
    assert pl.DataFrame({"t": [1_795_392_000.0]}).select(day_of(pl.col("t"))).item() == 20_780
    week = [BUSY.of_day(20_780 + i) for i in range(7)]
    assert all(0.9 <= factor <= 1.1 for factor in week[:5])
    assert all(0.25 * 0.9 <= factor <= 0.25 * 1.1 for factor in week[5:])
    assert len(set(week)) == 7
    assert FLAT.of_day(20_785) == 1


def test_days_add_up() -> None:
    table = day_table({BUSY, FLAT}, 20_780, 20_783)
    busy = table.filter(pl.col("rhythm") == "busy")
    factors = busy["factor"].to_list()
    assert factors == [BUSY.of_day(day) for day in range(20_780, 20_784)]
    assert busy["before"].to_list() == [0.0, factors[0], factors[0] + factors[1], factors[0] + factors[1] + factors[2]]
    assert table.filter(pl.col("rhythm") == "flat")["before"].to_list() == [0.0, 1.0, 2.0, 3.0]


def test_a_rate_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="below nothing"):
        Rhythm("wild", swing=0.9, ripple=0.1)
