"""Numbers, times and lists as findings write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

SHOWN = 5  # items of a list in evidence, the rest is counted
_DURATION = re.compile(r"(\d+)(ms|s|m|h|d|w|y)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}


def when(t: float) -> str:
    """A unix time to the second.

    >>> when(0)
    '1970-01-01 00:00:00 UTC'
    """
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def span(start: float, end: float) -> str:
    """Two unix times.

    >>> span(0, 3600)
    '1970-01-01 00:00:00 UTC to 1970-01-01 01:00:00 UTC'
    """
    return f"{when(start)} to {when(end)}"


def money(amount: float, currency: str) -> str:
    """An amount with digits that do not hide small ones.

    >>> money(12.345, "USD"), money(0.01234, "EUR")
    ('$12.35', '0.01234 EUR')
    """
    digits = f"{amount:,.2f}" if abs(amount) >= 1 or amount == 0 else f"{amount:.4g}"
    return f"${digits}" if currency == "USD" else f"{digits} {currency}"


def percent(share: float) -> str:
    """A part of a whole.

    >>> percent(0.253), percent(0.0004), percent(0)
    ('25 %', 'under 0.1 %', '0 %')
    """
    if 0 < share < 0.001:
        return "under 0.1 %"
    return f"{100 * share:.0f} %" if share >= 0.1 or share == 0 else f"{100 * share:.1f} %"


def length(seconds: float) -> str:
    """Seconds in the largest unit that reads well.

    >>> length(45), length(150), length(7200), length(5400), length(864000)
    ('45 s', '2.5 min', '2 h', '1.5 h', '10 days')
    """
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (seconds >= size and unit != "days"):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def per(part: float, whole: float, noun: str) -> str:
    """A part of a number of things.

    >>> per(3, 12, "pod")
    '3 of 12 pods (25 %)'
    """
    return f"{part:,.0f} of {count(whole, noun)} ({percent(part / whole)})"


def some(items: Iterable[str]) -> str:
    """The first of a list, and how many there are more.

    >>> some(["a", "b"]), some("abcdefg")
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    listed = list(items)
    more = len(listed) - SHOWN
    return ", ".join(listed[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def count(n: float, noun: str) -> str:
    """A number of things.

    >>> count(1, "pod"), count(1200, "pod"), count(2, "series")
    ('1 pod', '1,200 pods', '2 series')
    """
    return f"{n:,.0f} {noun}{'' if n == 1 or noun.endswith('series') else 's'}"


def duration(text: str) -> float | None:
    """Seconds of Prometheus' duration text; the first one where there are several. None where there is none.

    >>> duration("15d"), duration("1h30m or 50GB"), duration("512MB"), duration("")
    (1296000, 5400, None, None)
    """
    match = re.match(r"(?:\d+(?:ms|[smhdwy]))+(?![A-Za-z])", text.strip())
    if match is None:
        return None
    return sum(int(amount) * _UNIT_SECONDS[unit] for amount, unit in _DURATION.findall(match[0]))
