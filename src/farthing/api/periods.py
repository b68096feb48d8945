"""How a window is cut into sets: steps of equal length, calendar periods, or one set."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo

from farthing.core.errors import BadParameter, nearest
from farthing.core.windows import Window
from farthing.core.zones import local_midnight

MAX_SETS = 9000  # a year of hours
UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|[smhdw]))+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhdw])")


def parse_duration(name: str, text: str) -> timedelta:
    """A duration in the field's spelling: 1h, 1d, 90m, 1h30m. Raises BadParameter."""
    expected = "a duration such as 1h, 1d, 7d or 1h30m"
    if not _DURATION.fullmatch(text):
        raise BadParameter(f"{name}={text!r} is no duration", expected=expected)
    try:
        length = timedelta(seconds=sum(float(count) * UNIT_SECONDS[unit] for count, unit in _PART.findall(text)))
    except OverflowError:
        raise BadParameter(f"{name}={text!r} is too long", expected=expected) from None
    if length < timedelta(minutes=1):
        raise BadParameter(f"{name}={text!r} is too short", expected=f"{expected}, at least 1m")
    return length


def _next_week(day: date) -> date:
    return day + timedelta(days=7 - (day.weekday() + 1) % 7)  # weeks begin on Sunday


def _next_month(day: date, months: int = 1) -> date:
    month = day.year * 12 + (day.month - 1) // months * months + months
    return date(month // 12, month % 12 + 1, 1)


# The first local day after the period that a day lies in.
CALENDAR: dict[str, Callable[[date], date]] = {
    "day": lambda day: day + timedelta(days=1),
    "week": _next_week,
    "month": _next_month,
    "quarter": lambda day: _next_month(day, 3),
}
LONGEST = {name: timedelta(days=days) for name, days in (("hour", 1 / 24), ("day", 1), ("week", 7), ("month", 31), ("quarter", 92))}
WEEK_BACK = "weeknow"  # seven local days, counted back from the window's end
ACCUMULATE = ("true", "false", "all", "none", *LONGEST, WEEK_BACK)


def parse_accumulate(name: str, text: str) -> str:
    """`all`, `none` or a period of LONGEST. Raises BadParameter."""
    word = text.strip().lower()
    known = {"true": "all", "false": "none", "1": "all", "0": "none"}.get(word, word)
    if known not in ("all", "none", *LONGEST, WEEK_BACK):
        raise BadParameter(f"{name}={text!r} is unknown", expected=nearest(text, ACCUMULATE))
    return known


def periods(window: Window, accumulate: str, step: timedelta | None, zone: tzinfo) -> tuple[Window, ...]:
    """The sets of an answer, in order, without holes; the first and the last are cut to the window.

    `accumulate`: `all` makes one set, `none` sets of `step` (default: one), a period calendar sets in `zone` (an hour counts from the
    full UTC hour, `weeknow` back from the end). Raises BadParameter when a step is longer than the period, or over 9,000 sets come out.
    """
    longest = LONGEST["week"] if accumulate == WEEK_BACK else LONGEST.get(accumulate)
    if longest and step and step > longest:
        raise BadParameter(f"step={step} is longer than accumulate={accumulate}", expected="a step that fits into the period, or none")
    if accumulate == "all" or (accumulate == "none" and step is None):
        return (window,)
    if accumulate == WEEK_BACK:
        return _weeks_back(window, zone)
    following = _stepper(window, accumulate, step, zone)
    out: list[Window] = []
    start = window.start
    while start < window.end:
        if len(out) == MAX_SETS:
            cure = "ask for a longer step or a shorter window"
            raise BadParameter(f"{window} makes more than {MAX_SETS} sets", expected="fewer", cure=cure)
        end = min(following(start), window.end)
        out.append(Window(start, end))
        start = end
    return tuple(out)


def _weeks_back(window: Window, zone: tzinfo) -> tuple[Window, ...]:
    out: list[Window] = []
    end = window.end
    while end > window.start:
        local = end.astimezone(zone)
        start = max(window.start, (local.replace(tzinfo=None) - timedelta(days=7)).replace(tzinfo=zone).astimezone(UTC))
        out.append(Window(start, end))
        end = start
    return tuple(reversed(out))


def _stepper(window: Window, accumulate: str, step: timedelta | None, zone: tzinfo) -> Callable[[datetime], datetime]:
    if accumulate == "none" and step is not None:
        length = step
        return lambda start: min(start + length, window.end) if window.end - start > length else window.end
    if accumulate == "hour":
        return lambda start: start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    after = CALENDAR[accumulate]
    return lambda start: local_midnight(after(start.astimezone(zone).date()), zone)
