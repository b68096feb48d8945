"""The period that a window is compared with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.api.comparison import period_before
from farthing.core.windows import Window
from farthing.core.zones import parse_zone


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(start: str, end: str) -> Window:
    return Window(moment(start), moment(end))


@pytest.mark.parametrize(
    ("of", "now", "before"),
    [
        # over: the days before
        (window("2026-11-08", "2026-11-15"), "2026-11-20", window("2026-11-01", "2026-11-08")),
        # seven days of which 6.5 have gone by: the same 6.5 of the seven before
        (window("2026-11-18", "2026-11-25"), "2026-11-24T12:00", window("2026-11-11", "2026-11-17T12:00")),
        # today at three: yesterday until three
        (window("2026-11-24", "2026-11-25"), "2026-11-24T15:00", window("2026-11-23", "2026-11-23T15:00")),
        # no whole days: as many seconds
        (window("2026-11-24T10:00", "2026-11-24T12:30"), "2026-11-25", window("2026-11-24T07:30", "2026-11-24T10:00")),
    ],
)
def test_in_utc(of: Window, now: str, before: Window) -> None:
    assert period_before(of, moment(now), UTC) == before


def test_days_of_23_hours() -> None:
    # New York's clocks went forward on 8 March 2026: the 9th begins at 04:00 UTC, the 8th at 05:00.
    zone = parse_zone("America/New_York")
    before = period_before(window("2026-03-09T04:00", "2026-03-10T04:00"), moment("2026-03-20"), zone)
    assert before == window("2026-03-08T05:00", "2026-03-09T04:00")


def test_nothing_before_what_lies_ahead() -> None:
    assert period_before(window("2026-12-01", "2026-12-02"), moment("2026-11-24"), UTC) is None


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(0, 2 * 10**6))
def test_it_ends_no_later_than_the_window_begins_and_is_as_long(start: int, minutes: int, now: int) -> None:
    base = datetime(2026, 1, 1, tzinfo=UTC)
    of = Window(base + timedelta(minutes=start), base + timedelta(minutes=start + minutes))
    before = period_before(of, base + timedelta(minutes=now), UTC)
    elapsed = min(minutes, now - start)
    if elapsed <= 0:
        assert before is None
    else:
        assert before is not None
        assert before.end <= of.start
        assert before.seconds == elapsed * 60
        assert before.start == of.start - timedelta(minutes=minutes)
