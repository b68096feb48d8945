"""Page: the forms of a window."""

from __future__ import annotations

from farthing.core.windows import FORMS

from .markdown import code, table

INTRODUCTION = """# Windows

A window is half-open: its start is inside, its end is not. Days, weeks and months are those of the time zone that was asked for (an
IANA name such as `Asia/Kolkata`, or an offset such as `+05:30`; UTC without one), 23 or 25 hours long where the clock changes.
Seconds, minutes and hours are cut in UTC. A window ends where its form says, also in the future; it may be ten years long.
"""

CLOSING = """
A local time that the clock shows twice or never, as at a change to or from summer time, is refused: write it with its offset. So are
numbers that may be meant as a date (`20261101`, `2026`) and unix times in milliseconds.
"""


def page() -> str:
    """Every form with its meaning."""
    return INTRODUCTION + "\n" + table(["written", "means"], ([code(form), meaning] for form, meaning in FORMS)) + CLOSING
