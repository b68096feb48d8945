"""Windows: every form by hand in four zones, and what must hold for any of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.errors import BadWindow
from farthing.core.windows import FORMS, LONGEST, Window, hours, parse_window

NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")  # +05:30
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # +05:45

# Wednesday 2026-11-18 14:25:36.5 UTC. New York 09:25 (-05:00), Kolkata 19:55, Kathmandu 20:10, all the same Wednesday.
NOW = datetime(2026, 11, 18, 14, 25, 36, 500_000, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def window(start: str, end: str) -> Window:
    return Window(utc(start), utc(end))


NOW_TEXT = "2026-11-18T14:25:36.500000"

IN_UTC = [
    ("today", "2026-11-18T00:00", "2026-11-19T00:00"),
    ("yesterday", "2026-11-17T00:00", "2026-11-18T00:00"),
    ("week", "2026-11-15T00:00", NOW_TEXT),  # the 15th is a Sunday
    ("lastweek", "2026-11-08T00:00", "2026-11-15T00:00"),
    ("month", "2026-11-01T00:00", NOW_TEXT),
    ("lastmonth", "2026-10-01T00:00", "2026-11-01T00:00"),
    ("quarter", "2026-10-01T00:00", NOW_TEXT),
    ("lastquarter", "2026-07-01T00:00", "2026-10-01T00:00"),
    ("year", "2026-01-01T00:00", NOW_TEXT),
    ("lastyear", "2025-01-01T00:00", "2026-01-01T00:00"),
    ("30s", "2026-11-18T14:25:07", "2026-11-18T14:25:37"),
    ("15m", "2026-11-18T14:11", "2026-11-18T14:26"),  # the minute 14:25 is under way and included
    ("1h", "2026-11-18T14:00", "2026-11-18T15:00"),
    ("24h", "2026-11-17T15:00", "2026-11-18T15:00"),
    ("1d", "2026-11-18T00:00", "2026-11-19T00:00"),
    ("7d", "2026-11-12T00:00", "2026-11-19T00:00"),  # 12 13 14 15 16 17 18
    ("2w", "2026-11-05T00:00", "2026-11-19T00:00"),  # fourteen days, the 18th the last
    ("7d offset 48h", "2026-11-09T14:25:36.500000", "2026-11-16T14:25:36.500000"),
    ("1d offset 5d", "2026-11-12T14:25:36.500000", "2026-11-13T14:25:36.500000"),
    ("1d offset 1w", "2026-11-10T14:25:36.500000", "2026-11-11T14:25:36.500000"),  # a week is 7 days, not 24 weeks
    ("90m offset 30m", "2026-11-18T12:25:36.500000", "2026-11-18T13:55:36.500000"),
    ("2026-11-01,2026-11-08", "2026-11-01T00:00", "2026-11-08T00:00"),
    ("2026-11-01T00:00:00Z,2026-11-03T12:30:15Z", "2026-11-01T00:00", "2026-11-03T12:30:15"),
    ("2026-11-01t00:00:00z,2026-11-01T12:00:00+05:30", "2026-11-01T00:00", "2026-11-01T06:30"),
    ("2026-11-01T00:00:00.25Z,2026-11-01T00:00:01.123456789Z", "2026-11-01T00:00:00.250000", "2026-11-01T00:00:01.123456"),
    ("2026-11-01T06:00:00-08:00,2026-11-02", "2026-11-01T14:00", "2026-11-02T00:00"),
    # 2026-11-01T00:00:00Z is 20,758 days after 1970: 20758 · 86400 = 1793491200
    ("1793491200,1793577600", "2026-11-01T00:00", "2026-11-02T00:00"),
    ("1793491200-1793577600", "2026-11-01T00:00", "2026-11-02T00:00"),
    ("1793491200|1793577600", "2026-11-01T00:00", "2026-11-02T00:00"),
    ("1793491200,2026-11-02T06:00:00Z", "2026-11-01T00:00", "2026-11-02T06:00"),
    ("1793491200.5,1793491201", "2026-11-01T00:00:00.500000", "2026-11-01T00:00:01"),
    ("2026-11-01T00:00:00Z,", "2026-11-01T00:00", NOW_TEXT),
    ("2026-11-01,", "2026-11-01T00:00", NOW_TEXT),
    ("1793491200,now", "2026-11-01T00:00", NOW_TEXT),
    (" 2026-11-01 , 2026-11-02 ", "2026-11-01T00:00", "2026-11-02T00:00"),
    ("Today", "2026-11-18T00:00", "2026-11-19T00:00"),
]


@pytest.mark.parametrize(("text", "start", "end"), IN_UTC)
def test_forms_in_utc(text: str, start: str, end: str) -> None:
    assert parse_window(text, now=NOW) == window(start, end)


@pytest.mark.parametrize(
    ("zone", "text", "start", "end"),
    [
        # New York: -05:00 since Sunday 1 November 2026 02:00, -04:00 before.
        (NEW_YORK, "today", "2026-11-18T05:00", "2026-11-19T05:00"),
        (NEW_YORK, "7d", "2026-11-12T05:00", "2026-11-19T05:00"),
        (NEW_YORK, "month", "2026-11-01T04:00", NOW_TEXT),
        (NEW_YORK, "lastmonth", "2026-10-01T04:00", "2026-11-01T04:00"),
        (NEW_YORK, "2026-11-01,2026-11-02", "2026-11-01T04:00", "2026-11-02T05:00"),  # 25 hours
        (NEW_YORK, "2026-03-08,2026-03-09", "2026-03-08T05:00", "2026-03-09T04:00"),  # 23 hours
        (NEW_YORK, "2026-11-01T12:00:00,2026-11-01T12:00:00Z", None, None),  # 17:00 Z to 12:00 Z: ends before it starts
        (NEW_YORK, "2026-11-01T06:00:00,2026-11-01T12:00:00Z", "2026-11-01T11:00", "2026-11-01T12:00"),
        # Kolkata: a day begins at 18:30 UTC of the day before.
        (KOLKATA, "today", "2026-11-17T18:30", "2026-11-18T18:30"),
        (KOLKATA, "lastweek", "2026-11-07T18:30", "2026-11-14T18:30"),
        (KOLKATA, "2d", "2026-11-16T18:30", "2026-11-18T18:30"),
        (KOLKATA, "2h", "2026-11-18T13:00", "2026-11-18T15:00"),  # hours are the ledger's: UTC
        (KOLKATA, "2026-11-01,2026-11-02", "2026-10-31T18:30", "2026-11-01T18:30"),
        # Kathmandu: 18:15 UTC.
        (KATHMANDU, "yesterday", "2026-11-16T18:15", "2026-11-17T18:15"),
        (KATHMANDU, "1w", "2026-11-11T18:15", "2026-11-18T18:15"),
        (KATHMANDU, "2026-11-01T00:00:00,2026-11-01T05:45:00", "2026-10-31T18:15", "2026-11-01T00:00"),
        (timezone(timedelta(hours=-8)), "today", "2026-11-18T08:00", "2026-11-19T08:00"),
    ],
)
def test_forms_elsewhere(zone: ZoneInfo, text: str, start: str | None, end: str | None) -> None:
    if start is None or end is None:
        with pytest.raises(BadWindow, match="not after its start"):
            parse_window(text, now=NOW, zone=zone)
    else:
        assert parse_window(text, now=NOW, zone=zone) == window(start, end)


def test_now_may_be_another_day_for_the_viewer() -> None:
    # 20:00 UTC on the 18th is 01:30 on the 19th in Kolkata.
    now = utc("2026-11-18T20:00")
    assert parse_window("today", now=now, zone=KOLKATA) == window("2026-11-18T18:30", "2026-11-19T18:30")
    assert parse_window("yesterday", now=now, zone=KOLKATA) == window("2026-11-17T18:30", "2026-11-18T18:30")


def test_weeks_across_a_clock_change_are_an_hour_longer() -> None:
    # Seven New York days that hold 1 November 2026 (25 hours): 7 · 24 + 1.
    now = utc("2026-11-05T12:00")
    assert parse_window("1w", now=now, zone=NEW_YORK).hours == 169
    # The 8th of March 2026 has 23 hours: 7 · 24 − 1.
    assert parse_window("7d", now=utc("2026-03-10T12:00"), zone=NEW_YORK).hours == 167


def test_a_boundary_belongs_to_what_begins_there() -> None:
    midnight = utc("2026-11-18T00:00")
    assert parse_window("today", now=midnight) == window("2026-11-18T00:00", "2026-11-19T00:00")
    assert parse_window("1h", now=midnight) == window("2026-11-18T00:00", "2026-11-18T01:00")
    assert parse_window("1d", now=midnight) == window("2026-11-18T00:00", "2026-11-19T00:00")
    with pytest.raises(BadWindow, match="the week begins at this very moment"):
        parse_window("week", now=utc("2026-11-15T00:00"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "window '' is empty"),
        ("   ", "is empty"),
        ("fortnight", "none of the known forms"),
        ("7", "one moment, not two"),
        ("7x", "a unit that is none of"),
        ("7M", "a unit that is none of"),
        ("7mo", "a unit that is none of"),
        ("-7d", "none of the known forms"),
        ("0d", "not after its start"),
        ("0h offset 1h", "not after its start"),
        ("7d offset", "none of the known forms"),
        ("2026-11-08,2026-11-01", "ends at 2026-11-01T00:00:00Z, not after its start 2026-11-08T00:00:00Z"),
        ("2026-11-01,2026-11-01", "not after its start"),
        ("2026-11-01", "one moment, not two"),
        (",2026-11-01", "has no start"),
        ("2026-13-01,2026-14-01", "'2026-13-01' is not in the calendar"),
        ("2026-02-30,2026-03-01", "'2026-02-30' is not in the calendar"),
        ("2026-11-01T25:00:00Z,", "is not in the calendar"),
        ("2026-11-01T00:00:00+99:00,", "is not in the calendar"),
        ("2026-11-01T00:00:00 05:30,2026-11-02", "%2B"),
        ("2026-11-01,2026-11-02,2026-11-03", "none of the known forms"),
        ("1793491200000,1793577600000", "milliseconds"),
        ("20261101,20261108", "20261101 is ambiguous"),
        ("2026-2027", "2026 is ambiguous"),
        ("2010-01-01,2026-01-01", "more than ten years"),
        ("3661d", "more than ten years"),
        ("999999999w", "leaves the calendar"),
        ("999999999w offset 999999999w", "leaves the calendar"),
        ("0001-01-01T00:00:00+10:00,0001-01-02", "outside the calendar"),
        ("2026-11-01,9999-12-31T23:59:59-10:00", "outside the calendar"),
        ("٧d", "none of the known forms"),  # Arabic digit seven
        ("7d" * 1000, "characters long"),
        ("today'; drop table", "none of the known forms"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadWindow) as caught:
        parse_window(text, now=NOW)
    error = caught.value
    assert says in str(error)
    assert error.http_status == 400
    assert error.exit_code == 2
    assert len(str(error)) < 2000
    for form, _ in FORMS:
        assert form in error.expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-11-01T01:30:00,2026-11-02", "happens twice"),  # 01:30 EDT and, an hour later, 01:30 EST
        ("2026-03-08T02:30:00,2026-03-09", "does not exist"),  # 02:00 became 03:00
    ],
)
def test_local_times_that_clocks_show_twice_or_never(text: str, says: str) -> None:
    with pytest.raises(BadWindow, match=says):
        parse_window(text, now=NOW, zone=NEW_YORK)


def test_now_without_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse_window("7d", now=datetime(2026, 11, 18))


def test_window_wants_aware_times() -> None:
    with pytest.raises(BadWindow, match="no time zone"):
        Window(datetime(2026, 11, 1), datetime(2026, 11, 2))


def test_window_keeps_utc_and_tells_its_length() -> None:
    w = Window(datetime(2026, 11, 1, tzinfo=NEW_YORK), datetime(2026, 11, 2, tzinfo=NEW_YORK))
    assert (w.start, w.end) == (utc("2026-11-01T04:00"), utc("2026-11-02T05:00"))
    assert w.start.tzinfo == UTC
    assert (w.hours, w.seconds) == (25, 90_000)
    # 1793491200 + 4 · 3600 and + 29 · 3600
    assert w.unix == (1793505600, 1793595600)
    assert str(w) == "2026-11-01T04:00:00Z,2026-11-02T05:00:00Z"


def test_whole_hours() -> None:
    assert hours(window("2026-11-01T00:30", "2026-11-01T02:00:00.000001")) == window("2026-11-01T00:00", "2026-11-01T03:00")
    aligned = window("2026-11-01T00:00", "2026-11-01T03:00")
    assert hours(aligned) == aligned


def test_overlap() -> None:
    morning = window("2026-11-01T06:00", "2026-11-01T12:00")
    assert morning.overlap(window("2026-11-01T09:00", "2026-11-01T15:00")) == window("2026-11-01T09:00", "2026-11-01T12:00")
    assert morning.overlap(window("2026-11-01T12:00", "2026-11-01T13:00")) is None  # half-open: they only touch
    assert morning.overlap(window("2026-11-01T13:00", "2026-11-01T14:00")) is None


def test_clip() -> None:
    today = parse_window("today", now=NOW)
    assert today.clip(NOW) == window("2026-11-18T00:00", NOW_TEXT)
    assert today.clip(utc("2026-12-01T00:00")) == today
    with pytest.raises(BadWindow, match="in the future"):
        window("2027-01-01T00:00", "2027-01-02T00:00").clip(NOW)


moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))
zones = st.sampled_from([UTC, NEW_YORK, KOLKATA, KATHMANDU, ZoneInfo("Australia/Lord_Howe"), timezone(timedelta(hours=13))])
rolling = st.builds("{}{}".format, st.integers(1, 500), st.sampled_from("smhdw"))
words = st.sampled_from(["today", "yesterday", "lastweek", "lastmonth", "lastquarter", "lastyear"])


@given(st.one_of(rolling, words), moments, zones)
def test_every_form_begins_before_now(text: str, now: datetime, zone: ZoneInfo) -> None:
    w = parse_window(text, now=now, zone=zone)
    assert w.start <= now
    assert parse_window(str(w), now=now, zone=zone) == w  # what is printed can be asked again


@given(rolling, moments, zones)
def test_rolling_windows_hold_now(text: str, now: datetime, zone: ZoneInfo) -> None:
    w = parse_window(text, now=now, zone=zone)
    assert w.start <= now < w.end


@given(st.integers(1, 500), moments, zones)
def test_days_are_whole_local_days(count: int, now: datetime, zone: ZoneInfo) -> None:
    w = parse_window(f"{count}d", now=now, zone=zone)
    first, after = w.start.astimezone(zone).date(), w.end.astimezone(zone).date()
    assert (after - first).days == count
    assert abs(w.hours - 24 * count) <= 1  # these zones shift by an hour at most


@given(words, moments, zones)
def test_calendar_windows_tile(text: str, now: datetime, zone: ZoneInfo) -> None:
    w = parse_window(text, now=now, zone=zone)
    before = {"today": "yesterday"}.get(text, text)
    assert parse_window(before, now=w.start, zone=zone).end == w.start


@given(moments, st.timedeltas(timedelta(microseconds=1), LONGEST - timedelta(hours=2)))
def test_whole_hours_cover_and_no_more(start: datetime, length: timedelta) -> None:
    w = Window(start, start + length)
    cover = hours(w)
    assert cover.overlap(w) == w
    assert cover.hours == int(cover.hours)
    assert cover.hours < w.hours + 2
    assert hours(cover) == cover


@given(moments, moments, moments, moments)
def test_overlap_is_symmetric_and_inside_both(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    if not (timedelta(0) < b - a <= LONGEST and timedelta(0) < d - c <= LONGEST):
        return
    first, second = Window(a, b), Window(c, d)
    both = first.overlap(second)
    assert both == second.overlap(first)
    if both is not None:
        assert both.overlap(first) == both == both.overlap(second)


def seconds_or_refusal(text: str, now: datetime, zone: tzinfo) -> float | str:
    try:
        return parse_window(text, now=now, zone=zone).seconds
    except BadWindow as error:
        return error.expected


@given(st.text(max_size=60), moments)
def test_any_text_gives_a_window_or_its_error(text: str, now: datetime) -> None:
    answer = seconds_or_refusal(text, now, UTC)
    assert answer if isinstance(answer, str) else answer > 0


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.dates(date(1, 1, 1), date(9999, 12, 31)), zones)
def test_any_pair_of_days_gives_a_window_or_its_error(a: date, b: date, zone: ZoneInfo) -> None:
    answer = seconds_or_refusal(f"{a.isoformat()},{b.isoformat()}", NOW, zone)
    assert answer if isinstance(answer, str) else answer > 0
