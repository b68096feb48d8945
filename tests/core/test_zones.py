"""Zones by name and offset, and where a local day begins when the clock jumps over midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.errors import BadParameter
from farthing.core.zones import local_midnight, parse_zone


@pytest.mark.parametrize(
    ("text", "offset_minutes"),
    [
        ("UTC", 0),
        ("utc", 0),
        ("Z", 0),
        ("+00:00", 0),
        ("+05:30", 330),
        ("-08:00", -480),
        ("+0545", 345),
        ("UTC+05:30", 330),
        ("+14:00", 840),
        ("Asia/Kolkata", 330),
        (" Asia/Kathmandu ", 345),
    ],
)
def test_zones(text: str, offset_minutes: int) -> None:
    zone = parse_zone(text)
    assert datetime(2026, 11, 1, tzinfo=zone).utcoffset() == timedelta(minutes=offset_minutes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("Asia/Calcuta", "Asia/Calcutta"),
        ("", "IANA name"),
        ("America", "IANA name"),
        ("../../etc/passwd", "IANA name"),
        ("/etc/localtime", "IANA name"),
        ("+25:00", "-14:00 to +14:00"),
        ("+05:99", "-14:00 to +14:00"),
        ("05:30", "%2B"),
        ("x\0y", "IANA name"),
        ("Z" * 5000, "IANA name"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadParameter) as caught:
        parse_zone(text)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("zone", "day", "first_moment"),
    [
        ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00"),
        ("Asia/Kolkata", date(2026, 11, 1), "2026-10-31T18:30"),
        # São Paulo 2018-11-04: 00:00 -03 became 01:00 -02, at 03:00 UTC. The day begins there.
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00"),
        # Havana 2026-11-01: 01:00 -04 became 00:00 -05. Midnight comes twice; the day begins with the first, 04:00 UTC.
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00"),
    ],
)
def test_local_midnight(zone: str, day: date, first_moment: str) -> None:
    assert local_midnight(day, ZoneInfo(zone)) == datetime.fromisoformat(first_moment + "+00:00")


@given(
    st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    st.sampled_from(["America/New_York", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Africa/Cairo", "America/Nuuk"]),
)
def test_a_day_begins_where_the_day_before_ends(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    moment = local_midnight(day, zone)
    assert moment.tzinfo is UTC
    assert moment.astimezone(zone).date() == day
    assert (moment - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(1)
