from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.ledger import Span
from farthing.core.units import DAY_SECONDS as DAY
from farthing.core.units import HOUR_SECONDS as HOUR
from farthing.warehouse.plan import Plan, plan, shift_of

ALL = Span(0, 40 * DAY)
NEW_YORK, KOLKATA = 5 * HOUR, 18 * HOUR + 1800


def covered(found: Plan) -> list[tuple[float, float, int]]:
    parts: list[tuple[float, float, int]] = [
        (day * DAY + shift, (day + 1) * DAY + shift, step) for shift, days in found.days.items() for day, step in days
    ]
    parts += [(hour * HOUR, (hour + 1) * HOUR, step) for hour, step in found.hours]
    parts += [(piece.span.start, piece.span.end, piece.step) for piece in found.pieces]
    return sorted(parts)


def test_whole_days_are_taken_rolled_up() -> None:
    found = plan([Span(2 * DAY, 5 * DAY)], {0: {1, 2, 3, 4, 5}}, ALL)
    assert found == Plan({0: [(2, 0), (3, 0), (4, 0)]}, [], [])


def test_a_day_of_another_zone_needs_its_own_shift() -> None:
    window = [Span(2 * DAY + NEW_YORK, 4 * DAY + NEW_YORK)]
    with_shift = plan(window, {0: set(range(9)), NEW_YORK: {2, 3}}, ALL)
    assert with_shift.days == {NEW_YORK: [(2, 0), (3, 0)]}
    assert not with_shift.hours
    without = plan(window, {0: set(range(9))}, ALL)
    assert without.days == {0: [(3, 0)]}
    assert len(without.hours) == 24  # 19 hours of the first day and 5 of the last


def test_a_change_of_clocks_takes_days_of_both_shifts() -> None:
    """New York leaves summer time: days begin at 04:00 UTC, then at 05:00; the day of the change has 25 hours."""
    window = [Span(10 * DAY + 4 * HOUR, 14 * DAY + 5 * HOUR)]
    found = plan(window, {4 * HOUR: {10, 11}, 5 * HOUR: {13}}, ALL)
    assert found.days == {4 * HOUR: [(10, 0), (11, 0)], 5 * HOUR: [(13, 0)]}
    assert len(found.hours) == 25


def test_half_hours_are_pieces() -> None:
    found = plan([Span(DAY + KOLKATA, DAY + KOLKATA + 2 * HOUR)], {}, ALL)
    assert [h for h, _ in found.hours] == [24 + 19]
    assert [(p.span.start % HOUR, p.span.end - p.span.start) for p in found.pieces] == [(1800, 1800), (0, 1800)]


def test_days_that_meet_within_an_hour_stand_alone_in_their_step() -> None:
    """The hour in which they meet is shared out as a whole where a step has both: by days of UTC, and hours beside them."""
    rolled = {0: set(range(5)), KOLKATA: set(range(5))}
    day = [Span(DAY + KOLKATA, 2 * DAY + KOLKATA), Span(2 * DAY + KOLKATA, 3 * DAY + KOLKATA)]
    assert plan(day, rolled, ALL).days == {KOLKATA: [(1, 0), (2, 1)]}
    both = plan([Span(DAY + KOLKATA, 3 * DAY + KOLKATA)], rolled, ALL)
    assert both.days == {0: [(2, 0)]}
    assert [(p.span.start % HOUR, p.span.seconds) for p in both.pieces] == [(1800, 1800), (0, 1800)]


def test_a_window_inside_one_hour() -> None:
    found = plan([Span(100, 200)], {0: {0}}, ALL)
    assert [(p.span, p.step) for p in found.pieces] == [(Span(100, 200), 0)]


def test_what_was_not_observed_is_left_out() -> None:
    assert covered(plan([Span(-DAY, 2 * HOUR)], {}, Span(HOUR, DAY))) == [(HOUR, 2 * HOUR, 0)]
    assert plan([Span(0, DAY)], {}, None) == Plan()


@pytest.mark.parametrize(("start", "shift"), [(0.0, 0), (3 * DAY + 19800, 19800), (1793491200.0, 1793491200 % DAY)])
def test_the_shift_of_a_start(start: float, shift: int) -> None:
    assert shift_of(start) == shift


edges = st.lists(st.integers(0, 39 * DAY), min_size=2, max_size=6, unique=True).map(sorted)
shifts = st.dictionaries(st.sampled_from([0, NEW_YORK, KOLKATA, 4 * HOUR]), st.sets(st.integers(0, 38)), max_size=4)


@given(edges, shifts)
def test_every_second_is_covered_once_by_its_step(edges: list[int], rolled: dict[int, set[int]]) -> None:
    steps = [Span(a, b) for a, b in itertools.pairwise(edges)]
    parts = covered(plan(steps, rolled, ALL))
    assert [start for start, _, _ in parts] == [edges[0], *(end for _, end, _ in parts[:-1])]
    assert parts[-1][1] == edges[-1]
    assert all(steps[step].start <= start and end <= steps[step].end for start, end, step in parts)
