"""How what was paid in an hour lies in time, by hand. Things are given per second: a size of 100 over 100 seconds is a rate of 1."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.ledger import Span
from farthing.costing.timeline import fractions

Row = tuple[float, float, float]  # start, end, amount


def paid(rows: list[Row], *, life: tuple[float, float] = (0, 100), size: float = 100, thing: str = "n1") -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"start": pl.Float64, "end": pl.Float64, "amount": pl.Float64}, orient="row")
    constant = {"thing_start": float(life[0]), "thing_end": float(life[1]), "size": float(size)}
    return frame.with_columns(*(pl.lit(v).alias(k) for k, v in constant.items()), pl.lit(thing).alias("thing")).with_row_index("_row")


def shares(frame: pl.DataFrame, start: float, end: float) -> list[float]:
    return fractions(frame, Span(start, end)).sort("_row")["fraction"].to_list()


def test_with_room_everybody_pays_evenly() -> None:
    # 0–100 and 50–90, 0.5 and 0.25 a second: never more than the 1 there is
    rows = paid([(0, 100, 50), (50, 90, 10)])
    assert shares(rows, 0, 60) == pytest.approx([0.6, 0.25])
    assert shares(rows, 60, 100) == pytest.approx([0.4, 0.75])
    assert shares(rows, 0, 100) == pytest.approx([1, 1])
    assert shares(rows, 95, 100) == pytest.approx([0.05, 0])


def test_a_full_thing_is_not_crowded() -> None:
    rows = paid([(0, 50, 50), (50, 100, 50)])
    assert shares(rows, 0, 50) == pytest.approx([1, 0])


def test_a_surplus_moves_to_the_next_moment_with_room() -> None:
    # a 0–100 pays 0.5 a second, b 40–60 pays 1.5: together 2 where there is 1.
    # 0–40: a 20. 40–60 has room for 20 of 40: a 5 of 10, b 15 of 30. 60–100 has room for 40: a its 20 and 5 owed, b 15 owed.
    rows = paid([(0, 100, 50), (40, 60, 30)])
    assert shares(rows, 0, 40) == pytest.approx([20 / 50, 0])
    assert shares(rows, 40, 60) == pytest.approx([5 / 50, 15 / 30])
    assert shares(rows, 60, 100) == pytest.approx([25 / 50, 15 / 30])
    # inside a stretch it lies evenly
    assert shares(rows, 0, 50) == pytest.approx([22.5 / 50, 7.5 / 30])


def test_what_finds_no_room_later_moves_to_earlier() -> None:
    # a 0–100 pays 0.2, b 80–100 pays 3. 80–100 has room for 20 of 4 + 60: a 1.25, b 18.75; owed are 2.75 and 41.25, 44 in all.
    # Nothing comes after; 0–80 has room for 80 − 16 = 64.
    rows = paid([(0, 100, 20), (80, 100, 60)])
    assert shares(rows, 0, 80) == pytest.approx([18.75 / 20, 41.25 / 60])
    assert shares(rows, 80, 100) == pytest.approx([1.25 / 20, 18.75 / 60])


def test_what_was_held_outside_the_things_life_is_paid_inside_it() -> None:
    # the node was there 0–60, its pod 30–90: half of what the pod pays waits for 0–30, where nobody is
    rows = paid([(30, 90, 30)], life=(0, 60), size=60)
    assert shares(rows, 0, 30) == pytest.approx([0.5])
    assert shares(rows, 30, 60) == pytest.approx([0.5])
    assert shares(rows, 60, 100) == pytest.approx([0])


def test_one_crowded_thing_does_not_move_another() -> None:
    crowded = paid([(0, 100, 50), (40, 60, 30)])
    calm = paid([(0, 100, 50), (40, 60, 10)], thing="n2").with_columns(pl.col("_row") + 2)
    assert shares(pl.concat([crowded, calm]), 0, 50) == pytest.approx([22.5 / 50, 7.5 / 30, 0.5, 0.5])


@st.composite
def crowds(draw: st.DrawFn) -> list[Row]:
    """Rows of a thing of 100 over 100 seconds that pay for no more than that in all."""
    spans = draw(st.lists(st.tuples(st.integers(0, 98), st.integers(1, 60), st.integers(1, 50)), min_size=1, max_size=6))
    wanted = sum(amount for _, _, amount in spans)
    scale = draw(st.floats(0.1, 1.0)) * min(1.0, 100 / wanted)
    return [(float(start), float(min(100, start + length)), amount * scale) for start, length, amount in spans]


@given(crowds(), st.integers(1, 99))
def test_both_sides_of_a_cut_sum_to_the_hour_and_fit(rows: list[Row], moment: int) -> None:
    frame = paid(rows)
    left, right = shares(frame, 0, moment), shares(frame, moment, 100)
    assert [a + b for a, b in zip(left, right, strict=True)] == pytest.approx([1.0] * len(rows))
    assert min(*left, *right) >= 0
    amounts = [amount for _, _, amount in rows]
    for side, seconds in ((left, moment), (right, 100 - moment)):
        assert sum(a * f for a, f in zip(amounts, side, strict=True)) <= seconds * (1 + 1e-9)
