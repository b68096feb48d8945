"""How windows are cut into sets."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.api.periods import parse_duration, periods
from farthing.core.errors import BadParameter
from farthing.core.windows import Window
from farthing.views import meet_on_hours


def day(month: int, day_of_month: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day_of_month, hour, tzinfo=UTC)


SPELLINGS = {"1h": 3600, "90m": 5400, "1d": 86400, "1w": 604800, "1h30m": 5400, "60s": 60, "60000ms": 60, "1.5h": 5400}


@pytest.mark.parametrize(("text", "seconds"), SPELLINGS.items())
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration("step", text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["1", "h", "1 h", "-1h", "1y", "1h x", "0h", "59s", "", "1e3h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(BadParameter, match="step="):
        parse_duration("step", text)


def starts(window: Window, accumulate: str, zone: str = "UTC") -> list[datetime]:
    return [one.start for one in periods(window, accumulate, None, ZoneInfo(zone))]


def test_calendar_sets() -> None:
    # 2026-11-01 is a Sunday.
    window = Window(day(10, 30), day(11, 10))
    assert starts(window, "week") == [day(10, 30), day(11, 1), day(11, 8)]
    assert starts(window, "month") == [day(10, 30), day(11, 1)]
    assert starts(Window(day(2, 15), day(12, 31)), "quarter") == [day(2, 15), day(4, 1), day(7, 1), day(10, 1)]
    assert starts(Window(day(12, 30), day(12, 31) + timedelta(days=2)), "month") == [day(12, 30), day(12, 31) + timedelta(days=1)]
    assert len(starts(window, "day")) == 11
    assert len(starts(Window(day(11, 1), day(11, 1, 2) + timedelta(minutes=30)), "hour")) == 3


def test_days_of_a_zone_where_the_clock_changes() -> None:
    # New York turns back on 2026-11-01 at 2 o'clock: that day has 25 hours, from 04:00 UTC to 05:00 UTC.
    window = Window(day(10, 31, 4), day(11, 3, 5))
    assert starts(window, "day", "America/New_York") == [day(10, 31, 4), day(11, 1, 4), day(11, 2, 5)]


def test_full_hours() -> None:
    assert meet_on_hours(periods(Window(day(11, 1), day(11, 2)), "day", None, UTC))
    assert not meet_on_hours(periods(Window(day(11, 1), day(11, 3)), "day", None, ZoneInfo("Asia/Kathmandu")))


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=200)),
    st.sampled_from(["none", "all", "day", "week", "month", "quarter"]),
    st.sampled_from([None, timedelta(days=1), timedelta(hours=5, minutes=7)]),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York", "America/Santiago"]),
)
def test_sets_cover_the_window(start: datetime, length: timedelta, accumulate: str, step: timedelta | None, zone: str) -> None:
    window = Window(start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + length)
    sets = periods(window, accumulate, step, ZoneInfo(zone))
    assert (sets[0].start, sets[-1].end) == (window.start, window.end)
    assert all(one.end == other.start for one, other in itertools.pairwise(sets))
