"""Windows of time: every form the field writes them in, as half-open [start, end) in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from .errors import BadWindow
from .zones import local_midnight

LONGEST = timedelta(days=3660)  # ten years and their leap days
LONGEST_TEXT = 200
MILLISECONDS_FROM = 100_000_000_000  # as unix seconds this is the year 5138

FORMS: tuple[tuple[str, str], ...] = (
    ("today, yesterday", "a local day"),
    ("week, month, quarter, year", "from its local beginning (weeks: Sunday) until now"),
    ("lastweek, lastmonth, lastquarter, lastyear", "the whole one before"),
    ("30s, 15m, 24h", "that many seconds, minutes or UTC hours, the one under way included"),
    ("7d, 2w", "that many local days or weeks of seven days, today included: it ends at the next local midnight"),
    ("7d offset 48h", "exactly that long, until that long before now (a day: 24 hours)"),
    ("2026-11-01,2026-11-08", "local days; the second is not included"),
    ("2026-11-01T00:00:00Z,2026-11-08T12:00:00+05:30", "RFC 3339 times; without an offset they are local"),
    ("1793491200,1793577600", "unix seconds; also with - or | between"),
    ("2026-11-01,", "from a day or time of any of these kinds until now"),
)
"""Form and meaning of everything `parse_window` takes."""


@dataclass(frozen=True, order=True)
class Window:
    """Half-open [start, end), both aware and kept in UTC. Raises BadWindow when it is empty or longer than ten years."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise BadWindow(f"window {self.start}, {self.end} has no time zone", expected="aware datetimes")
        object.__setattr__(self, "start", _utc(self.start))
        object.__setattr__(self, "end", _utc(self.end))
        if self.end <= self.start:
            raise BadWindow(f"window ends at {_say(self.end)}, not after its start {_say(self.start)}", expected="end after start")
        if self.end - self.start > LONGEST:
            raise BadWindow(
                f"window {_say(self.start)} to {_say(self.end)} is {(self.end - self.start).days} days long, more than ten years",
                expected="ten years at most",
                cure="ask for a shorter window",
            )

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start).total_seconds()

    @property
    def hours(self) -> float:
        """Length in hours."""
        return self.seconds / 3600

    @property
    def unix(self) -> tuple[float, float]:
        """Start and end in unix seconds."""
        return self.start.timestamp(), self.end.timestamp()

    def overlap(self, other: Window) -> Window | None:
        """What both windows cover; None where they do not meet."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if start < end else None

    def clip(self, now: datetime) -> Window:
        """The part of the window before `now`. Raises BadWindow when there is none."""
        if self.start >= now:
            raise BadWindow(
                f"window begins at {_say(self.start)}, in the future: it is {_say(_utc(now))}",
                expected="a window that has begun",
                cure="ask for an earlier start; days without an offset are counted in the time zone you gave",
            )
        return Window(self.start, min(self.end, now))

    def __str__(self) -> str:
        return f"{_say(self.start)},{_say(self.end)}"


def hours(window: Window) -> Window:
    """The whole UTC hours that `window` touches: start rounded down, end rounded up."""
    start = window.start.replace(minute=0, second=0, microsecond=0)
    end = window.end.replace(minute=0, second=0, microsecond=0)
    return Window(start, end if end == window.end else end + timedelta(hours=1))


def parse_window(text: str, *, now: datetime, zone: tzinfo = UTC) -> Window:
    """The window that `text` names, in any form of `FORMS`, seen at `now` by somebody in `zone`.

    Ends stay as the form says, also past `now` (`today`, `7d`); `Window.clip` cuts them. Local days are DST-correct: 23 or 25 hours
    where the clock changes. Raises BadWindow with the accepted forms. Source: the field's usage, docs/differences.md "Windows".
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    stripped = text.strip()
    if len(stripped) > LONGEST_TEXT:
        raise _bad(f"{stripped[:40]}…", f"is {len(stripped)} characters long")
    try:
        for pattern, read in _READERS:
            if match := pattern.fullmatch(stripped):
                return Window(*read(match, _Viewer(now, zone)))
    except BadWindow as error:
        # A reader speaks of its part; who wrote the window wants to see the whole of it.
        raise _bad(stripped, f"cannot be taken: {error.problem}", cure=error.cure) from None
    except OverflowError as error:
        raise _bad(stripped, f"leaves the calendar ({error})") from None
    raise _bad(stripped, _hint(stripped))


def parse_moment(text: str, *, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The moment that `text` names: a day or time as in a window, `now`, or `30d`: that long before `now` (a day: 24 hours).

    Raises BadWindow.
    """
    stripped = text.strip()
    if match := re.fullmatch(_AMOUNT, stripped):
        try:
            return now - timedelta(seconds=int(match["count"]) * _UNIT_SECONDS[match["unit"]])
        except OverflowError as error:
            raise BadWindow(f"'{stripped}' before now leaves the calendar ({error})") from None
    try:
        return _moment(stripped[:LONGEST_TEXT], _Viewer(now, zone))
    except BadWindow as error:
        problem = error.problem if stripped else "a time is missing"
        raise BadWindow(
            problem, expected="a time: 2026-11-01, 2026-11-01T12:00:00Z, now, or 30d for that long ago", cure=error.cure
        ) from None


@dataclass(frozen=True)
class _Viewer:
    """Who asks: when and where."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return local_midnight(day, self.zone)


_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_UNIT_DAYS = {"d": 1, "w": 7}

Bounds = tuple[datetime, datetime]


def _day_span(first_days: int, end_days: int) -> Callable[[_Viewer], Bounds]:
    def span(viewer: _Viewer) -> Bounds:
        return viewer.midnight(viewer.today + timedelta(first_days)), viewer.midnight(viewer.today + timedelta(end_days))

    return span


def _begin_of_week(day: date) -> date:
    return day - timedelta((day.weekday() + 1) % 7)  # Sunday


def _begin_of_month(day: date) -> date:
    return day.replace(day=1)


def _begin_of_quarter(day: date) -> date:
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def _begin_of_year(day: date) -> date:
    return day.replace(month=1, day=1)


def _so_far(begin: Callable[[date], date]) -> Callable[[_Viewer], Bounds]:
    return lambda viewer: (viewer.midnight(begin(viewer.today)), viewer.now)


def _last(begin: Callable[[date], date]) -> Callable[[_Viewer], Bounds]:
    def span(viewer: _Viewer) -> Bounds:
        this = begin(viewer.today)
        return viewer.midnight(begin(this - timedelta(1))), viewer.midnight(this)

    return span


_KEYWORDS: dict[str, Callable[[_Viewer], Bounds]] = {
    "today": _day_span(0, 1),
    "yesterday": _day_span(-1, 0),
    "week": _so_far(_begin_of_week),
    "lastweek": _last(_begin_of_week),
    "month": _so_far(_begin_of_month),
    "lastmonth": _last(_begin_of_month),
    "quarter": _so_far(_begin_of_quarter),
    "lastquarter": _last(_begin_of_quarter),
    "year": _so_far(_begin_of_year),
    "lastyear": _last(_begin_of_year),
}


def _keyword(match: re.Match[str], viewer: _Viewer) -> Bounds:
    word = match[0].lower()
    start, end = _KEYWORDS[word](viewer)
    if start == end:
        raise BadWindow(f"the {word} begins at this very moment: it is empty", cure="ask again in a second")
    return start, end


def _running(match: re.Match[str], viewer: _Viewer) -> Bounds:
    count, unit = int(match["count"]), match["unit"]
    if unit in _UNIT_DAYS:
        days = count * _UNIT_DAYS[unit]
        end = viewer.today + timedelta(1)
        return viewer.midnight(end - timedelta(days)), viewer.midnight(end)
    length = _UNIT_SECONDS[unit]
    # Seconds, minutes and hours are cut in UTC, as the ledger's hours are, also where a zone is half an hour off.
    end_second = (int(viewer.now.timestamp() // length) + 1) * length
    moment = datetime.fromtimestamp(end_second, UTC)
    return moment - timedelta(seconds=count * length), moment


def _offset(match: re.Match[str], viewer: _Viewer) -> Bounds:
    end = viewer.now - timedelta(seconds=int(match["by"]) * _UNIT_SECONDS[match["by_unit"]])
    return end - timedelta(seconds=int(match["count"]) * _UNIT_SECONDS[match["unit"]]), end


def _pair(match: re.Match[str], viewer: _Viewer) -> Bounds:
    end = match["end"].strip()
    return _moment(match["start"].strip(), viewer), _moment(end, viewer) if end else viewer.now


_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_DATE_TIME = re.compile(
    _DATE + r"(?:[Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,18}))?"
    r"(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_UNIX = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")


def _moment(text: str, viewer: _Viewer) -> datetime:
    if text.lower() == "now":
        return viewer.now
    if _UNIX.fullmatch(text):
        return _unix_moment(text)
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise BadWindow(f"'{text}' is no time: {_hint(text)}", cure=_plus_cure(text))
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        if match["hour"] is None:
            return viewer.midnight(day)
        clock = time(int(match["hour"]), int(match["minute"]), int(match["second"]), int((match["fraction"] or "0")[:6].ljust(6, "0")))
        return _at(datetime.combine(day, clock), match["offset"], viewer.zone)
    except (ValueError, OverflowError) as error:
        raise BadWindow(f"'{text}' is not in the calendar ({error})") from None


def _unix_moment(text: str) -> datetime:
    seconds = float(text)
    if seconds >= MILLISECONDS_FROM:
        raise BadWindow(f"{text} is too large for unix seconds", cure="if these are milliseconds, divide by 1000")
    if len(text) in (4, 8) and 1990 <= int(text[:4]) <= 2100:
        raise BadWindow(f"{text} is ambiguous: unix seconds in 1970, or a date?", cure="write dates as 2026-11-01")
    return datetime.fromtimestamp(seconds, UTC)


def _at(naive: datetime, offset: str | None, zone: tzinfo) -> datetime:
    """`naive` at its written offset, else on the clocks of `zone`, where it must exist exactly once."""
    if offset is not None:
        return datetime.fromisoformat(naive.isoformat() + offset.upper())
    early, late = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        gone = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive
        what = "does not exist" if gone else "happens twice"
        raise BadWindow(f"{naive.isoformat()} {what} in {zone}: the clock changes", cure="write it with its offset, e.g. Z or -05:00")
    return early


_AMOUNT = r"(?P<count>[0-9]{1,9}) ?(?P<unit>[smhdw])"
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Viewer], Bounds]], ...] = (
    (re.compile("|".join(_KEYWORDS), re.IGNORECASE), _keyword),
    (re.compile(_AMOUNT), _running),
    (re.compile(_AMOUNT + r" +offset +(?P<by>[0-9]{1,9}) ?(?P<by_unit>[smhdw])"), _offset),
    (re.compile(rf"(?P<start>{_UNIX.pattern})[-|](?P<end>{_UNIX.pattern})"), _pair),
    (re.compile(r"(?P<start>[^,]+),(?P<end>[^,]*)"), _pair),
)


def _hint(text: str) -> str:
    if not text:
        return "is empty"
    if text.startswith(","):
        return "has no start"
    if _DATE_TIME.fullmatch(text) or _UNIX.fullmatch(text):
        return "is one moment, not two; for everything from then until now write a comma behind it"
    if re.fullmatch(r"[0-9]+ *[a-zA-Z]+", text):
        return "has a unit that is none of s, m (minutes), h, d, w"
    return "has none of the known forms"


def _plus_cure(text: str) -> str:
    if re.search(r"[Tt][0-9:.]+ [0-9]{2}:[0-9]{2}$", text):
        return "in a URL a + must be written as %2B"
    return ""


def _bad(text: str, problem: str, cure: str = "") -> BadWindow:
    forms = "; ".join(f"{form} ({meaning})" for form, meaning in FORMS)
    return BadWindow(f"window '{text}' {problem}", expected=forms, cure=cure or "for instance 7d, or 2026-11-01,2026-11-08")


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadWindow(f"{moment.isoformat()} is outside the calendar in UTC") from None


def _say(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
