"""Time zones: names, offsets, and the moment a local day begins."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from .errors import BadParameter

_OFFSET = re.compile(r"(?:UTC)?([+-])([0-9]{2}):?([0-9]{2})", re.IGNORECASE)
_WIDEST = timedelta(hours=14)


def parse_zone(text: str) -> tzinfo:
    """The zone that `text` names: an IANA name (Asia/Kolkata), an offset (+05:30, -08:00) or UTC.

    Raises BadParameter with the nearest names.
    """
    name = text.strip()
    if name.upper() in ("UTC", "Z"):
        return UTC
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        if int(match[3]) > 59 or offset > _WIDEST:
            raise BadParameter(f"time zone offset '{name}' is on no clock", expected="-14:00 to +14:00")
        return timezone(offset if match[1] == "+" else -offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _unknown(name) from None


def _unknown(name: str) -> BadParameter:
    by_folded = {zone.casefold(): zone for zone in available_timezones()}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.5)
    meant = f"; nearest: {', '.join(by_folded[c] for c in close)}" if close else ""
    return BadParameter(
        f"time zone '{name[:80]}' is not known",
        expected=f"an IANA name such as Europe/Berlin, or an offset such as +05:30{meant}",
        cure="in a URL a + must be written as %2B" if re.fullmatch(r"[0-9]{2}:?[0-9]{2}", name) else "",
    )


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of `day` on the clocks of `zone`, in UTC.

    Where the clock jumps over midnight the day begins at the jump; where midnight comes twice, at the first. Raises OverflowError
    outside the calendar.
    """
    # fold=0 reads a skipped midnight with the offset before the jump, which is the jump itself, and a doubled one as the first.
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
