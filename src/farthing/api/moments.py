"""Times as the compatible API writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from farthing.core.windows import Window


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with Z, fractions only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def iso_unix(seconds: float) -> str:
    """Unix seconds as RFC 3339; to the millisecond, which is as fine as samples are."""
    return iso(datetime.fromtimestamp(round(seconds, 3), UTC))


def window_json(window: Window) -> dict[str, str]:
    """`{start, end}`."""
    return {"start": iso(window.start), "end": iso(window.end)}
