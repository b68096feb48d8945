"""The period that a window is compared with: as long, and as much of it gone by."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from farthing.core.windows import Window
from farthing.core.zones import local_midnight


def period_before(window: Window, as_of: datetime, zone: tzinfo) -> Window | None:
    """The window before `window`, cut where as much of it had gone by as of `window` at `as_of`; None for one that lies ahead.

    A window of whole local days is compared with as many local days, however long they are.
    """
    if window.start >= as_of:
        return None
    start = _days_before(window, zone) or window.start - (window.end - window.start)
    elapsed = min(window.end, as_of) - window.start
    return Window(start, window.start if as_of >= window.end else min(start + elapsed, window.start))


def _days_before(window: Window, zone: tzinfo) -> datetime | None:
    first, last = (moment.astimezone(zone).date() for moment in (window.start, window.end))
    if (local_midnight(first, zone), local_midnight(last, zone)) != (window.start, window.end):
        return None
    return local_midnight(first - timedelta(days=(last - first).days), zone)
