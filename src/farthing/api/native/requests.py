"""Parameters of the native API, and what becomes of a query string."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from farthing.core.errors import BadField, BadParameter, nearest
from farthing.core.windows import Window
from farthing.core.zones import parse_zone
from farthing.views import Filter, Idle, IdleBy, IdleRows, Question, parse_by, parse_filter, parse_idle

from ..parameters import BOOLEAN, SHARING_PARAMETERS, Parameter, checked, count, sharing_of, the_window, true
from ..periods import LONGEST, UNIT_SECONDS, parse_accumulate, parse_duration, periods
from .columns import CHANGE, COSTS, MEASURED, NAME, PREVIOUS, Column, Order, parse_order
from .paging import Cursor, digest, parse_cursor

DEFAULT_WINDOW = "7d"
DEFAULT_LIMIT = 1000
MOST_ROWS = 20_000
MOST_SERIES = 50
MOST_POINTS = 1_000_000
TREND_STEPS = 100  # up to so many steps rows carry their trend without being asked
STEPS = ("auto", "all", *LONGEST)
# (longest window in days, step): what `auto` takes.
AUTO_STEPS = ((2.0, "hour"), (93.0, "day"), (732.0, "week"))

_TIME: dict[str, Parameter] = {
    "window": Parameter("the time asked for: today, 7d, lastweek, 2026-11-01,2026-11-08, …", default=DEFAULT_WINDOW, example="7d"),
    "zone": Parameter("where days begin and end: an IANA name or an offset such as +05:30", default="UTC", example="Europe/Berlin"),
}
_FILTER = Parameter('what to keep, e.g. namespace:"shop"+label[team]:"growth"', example='namespace:"shop"')
_PAGE: dict[str, Parameter] = {
    "step": Parameter(f"length of a step: {', '.join(STEPS)}, or a duration such as 6h", default="auto", example="day"),
    "sort": Parameter("column to sort rows by; - before it: largest first", default="-total_cost", example="-total_cost"),
    "limit": Parameter(f"most rows of a page, at most {MOST_ROWS}", kind="integer", default=str(DEFAULT_LIMIT)),
    "cursor": Parameter("nextCursor of the page before; the other parameters as they were"),
    "q": Parameter("keep rows whose name contains this text, in any case; totals and series stay whole"),
    "top": Parameter(f"how many series are told apart, at most {MOST_SERIES}", kind="integer", default="8"),
    "stack": Parameter("field that the series are told apart by, one of agg; default its first"),
    "trend": Parameter(f"whether rows carry their cost per step; default up to {TREND_STEPS} steps", BOOLEAN),
    "compare": Parameter("previous: beside the period before, as long and as much of it gone by", ("previous", "none"), default="previous"),
}
QUESTION_PARAMETERS: dict[str, Parameter] = {
    "agg": Parameter("comma list of fields to group by, or all for one row", default="namespace", example="namespace"),
    "filter": _FILTER,
    "idle": Parameter("idle as rows of its own, added to who held the rest, or left out", tuple(Idle), default=Idle.SEPARATE),
    "idleBy": Parameter("over whom idle is shared: those of the same node, or of the cluster", tuple(IdleBy), default=IdleBy.NODE),
    "idleRows": Parameter("how many idle rows", tuple(IdleRows), default=IdleRows.TOGETHER),
    **SHARING_PARAMETERS,
    "shareManagement": Parameter("control-plane and licence fees shared out", BOOLEAN, default="false"),
    "shareLoadBalancers": Parameter("load balancers shared out", BOOLEAN, default="false"),
}
VIEW_PARAMETERS: dict[str, Parameter] = {**_TIME, **QUESTION_PARAMETERS, **_PAGE}


@dataclass(frozen=True)
class Page:
    """Which part of an answer is shown, and how. `columns`: the measured columns there are. `cursor`: of the page before."""

    order: Order
    limit: int
    offset: int
    find: str
    top: int
    trend: bool
    compare: bool
    cursor: Cursor | None
    key: str


@dataclass(frozen=True)
class ViewRequest:
    """A native question, understood. `stack`: the column that series are told apart by."""

    window: Window
    sets: tuple[Window, ...]
    zone: tzinfo
    zone_name: str
    as_of: datetime
    question: Question
    stack: str
    page: Page


def view_request(items: Iterable[tuple[str, str]], *, now: datetime, as_of: datetime) -> ViewRequest:
    """What `/allocation/view` was asked. `as_of`: until when data can be known. Raises UsageErrors."""
    given = checked(items, VIEW_PARAMETERS)
    key = question_key(given)
    cursor = parse_cursor(given["cursor"], key) if "cursor" in given else None
    zone = parse_zone(given.get("zone", "UTC"))
    window = cursor.window if cursor else the_window({"window": DEFAULT_WINDOW} | given, now, zone)
    sets = steps_of(given.get("step", "auto"), window, zone)
    question = question_of(given)
    names = tuple(group.name for group in question.by)
    page = page_of(given, cursor, key, len(sets), tuple(Column(name, "", "group", "") for name in names))
    stack = stack_of(given, names)
    as_of = cursor.as_of if cursor else as_of
    return ViewRequest(window, sets, zone, given.get("zone", "UTC"), as_of, question, stack, page)


def question_of(given: dict[str, str], filter: Filter | None = None) -> Question:
    """The question of an allocation view, without its time. Raises UsageErrors."""
    idle = parse_idle(given.get("idle", Idle.SEPARATE))
    for name, needed in (("idleBy", Idle.SHARE), ("idleRows", Idle.SEPARATE)):
        if name in given and idle is not needed:
            raise BadParameter(f"{name}={given[name]} says nothing with idle={idle}", expected=f"idle={needed}", cure=f"leave {name} out")
    return Question(
        by=parse_by(given.get("agg", "namespace")),
        filter=filter or parse_filter(given.get("filter", "")),
        idle=idle,
        idle_rows=IdleRows(given.get("idleRows", IdleRows.TOGETHER).strip().lower()),
        idle_by=IdleBy(given.get("idleBy", IdleBy.NODE).strip().lower()),
        sharing=sharing_of(given, management=true(given, "shareManagement"), load_balancers=true(given, "shareLoadBalancers")),
    )


def question_key(given: dict[str, str]) -> str:
    """Stands for everything of a question but which page of the answer is asked for."""
    return digest(*(f"{name}={value}" for name, value in sorted(given.items()) if name not in ("cursor", "limit")))


def page_of(given: dict[str, str], cursor: Cursor | None, key: str, steps: int, groups: tuple[Column, ...]) -> Page:
    """Which page is asked for. Raises UsageErrors."""
    compare = given.get("compare", "previous").strip().lower() == "previous"
    compared = (PREVIOUS, CHANGE) if compare else ()
    limit = count(given, "limit", most=MOST_ROWS)
    top = count(given, "top", most=MOST_SERIES)
    trend = true(given, "trend", "true" if steps <= TREND_STEPS else "false")
    page = Page(
        order=parse_order(given.get("sort", "-total_cost"), (NAME, *groups, *MEASURED, *compared)),
        limit=DEFAULT_LIMIT if limit is None else limit,
        offset=cursor.offset if cursor else 0,
        find=given.get("q", ""),
        top=8 if top is None else top,
        trend=trend,
        compare=compare,
        cursor=cursor,
        key=key,
    )
    if trend and page.limit * steps > MOST_POINTS:
        raise BadParameter(
            f"{page.limit} rows with {steps} steps each are more than {MOST_POINTS} points",
            expected="fewer",
            cure="take a smaller limit or a longer step, or trend=false",
        )
    return page


def stack_of(given: dict[str, str], names: tuple[str, ...]) -> str:
    """The column that series are told apart by: the first group, or the one asked for. Raises BadField."""
    if "stack" not in given:
        return names[0] if names else NAME.name
    wanted = given["stack"].strip()
    found = next((name for name in (*names, NAME.name) if name.lower() == wanted.lower()), None)
    if found is None:
        raise BadField(f"stack={wanted[:100]!r} is no field of agg", expected=nearest(wanted[:100], (*names, NAME.name)))
    return found


def steps_of(text: str, window: Window, zone: tzinfo) -> tuple[Window, ...]:
    """The steps of a window. Raises BadParameter."""
    word = text.strip().lower()
    if word == "auto":
        days = window.seconds / UNIT_SECONDS["d"]
        word = next((step for longest, step in AUTO_STEPS if days <= longest), "month")
    if word in ("all", "none") or word in LONGEST:
        return periods(window, parse_accumulate("step", "all" if word == "none" else word), None, zone)
    if not any(character.isdigit() for character in word):
        raise BadParameter(f"step={text[:100]!r} is unknown", expected=f"{nearest(word[:100], STEPS)}, or a duration such as 6h")
    return periods(window, "none", parse_duration("step", word), zone)


ALL_COLUMNS = (NAME, *COSTS)
