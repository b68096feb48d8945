"""What becomes of a query string of the native API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from farthing.core.errors import BadField, BadParameter, nearest
from farthing.core.windows import Window
from farthing.core.zones import parse_zone
from farthing.views import ASSET_FIELDS, FieldKind, Filter, Idle, IdleBy, IdleRows, Question, Sharing, parse_by, parse_filter, parse_idle

from ..asset_groups import AssetGroup, parse_asset_by
from ..parameters import checked, count, sharing_asked, the_window, true
from ..periods import LONGEST, UNIT_SECONDS, parse_accumulate, parse_duration, periods
from .columns import ASSET_COLUMNS, CHANGE, MEASURED, NAME, PREVIOUS, Column, Order, parse_columns, parse_order
from .paging import Cursor, digest, parse_cursor
from .parameters import (
    ASSET_VIEW_PARAMETERS,
    AUTO_STEPS,
    AUTOCOMPLETE_PARAMETERS,
    DEFAULT_LIMIT,
    DEFAULT_WINDOW,
    EXPORT_PARAMETERS,
    MOST_POINTS,
    MOST_ROWS,
    MOST_SERIES,
    STEPS,
    TREND_STEPS,
    VIEW_PARAMETERS,
)

OF_A_PAGE = ("cursor", "limit", "trend")  # what may be otherwise from one page of an answer to the next


@dataclass(frozen=True)
class Page:
    """Which part of an answer is shown, and how. `columns`: the measured columns that rows carry. `cursor`: of the page before."""

    order: Order
    limit: int
    offset: int
    find: str
    top: int
    trend: bool
    compare: bool
    cursor: Cursor | None
    key: str
    columns: tuple[Column, ...]


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


@dataclass(frozen=True)
class Time:
    """When a question is about. `key`: stands for everything of the question but the page; `cursor`: of the page before."""

    window: Window
    sets: tuple[Window, ...]
    zone: tzinfo
    zone_name: str
    as_of: datetime
    key: str
    cursor: Cursor | None


def time_of(given: dict[str, str], now: datetime, as_of: datetime, *, step: str = "auto") -> Time:
    """The window and its steps; a page after the first keeps what the first had. Raises UsageErrors."""
    key = digest(*(f"{name}={value}" for name, value in sorted(given.items()) if name not in OF_A_PAGE))
    cursor = parse_cursor(given["cursor"], key) if "cursor" in given else None
    name = given.get("zone", "UTC").strip()
    zone = parse_zone(name)
    window = cursor.window if cursor else the_window({"window": DEFAULT_WINDOW} | given, now, zone)
    return Time(window, steps_of(given.get("step", step), window, zone), zone, name, cursor.as_of if cursor else as_of, key, cursor)


def view_request(items: Iterable[tuple[str, str]], *, now: datetime, as_of: datetime, sharing: Sharing | None) -> ViewRequest:
    """What `/allocation/view` was asked. `as_of`: until when data can be known. Raises UsageErrors."""
    given = checked(items, VIEW_PARAMETERS)
    time = time_of(given, now, as_of)
    question = question_of(given, sharing)
    names = tuple(group.name for group in question.by)
    page = page_of(given, time, names, MEASURED)
    return ViewRequest(time.window, time.sets, time.zone, time.zone_name, time.as_of, question, stack_of(given, names), page)


@dataclass(frozen=True)
class AssetViewRequest:
    """A native question about assets, understood; fields as in ViewRequest."""

    window: Window
    sets: tuple[Window, ...]
    zone: tzinfo
    zone_name: str
    as_of: datetime
    groups: tuple[AssetGroup, ...]
    filter: Filter | None
    stack: str
    page: Page


def asset_view_request(items: Iterable[tuple[str, str]], *, now: datetime, as_of: datetime) -> AssetViewRequest:
    """What `/assets/view` was asked. Raises UsageErrors."""
    given = checked(items, ASSET_VIEW_PARAMETERS)
    time = time_of(given, now, as_of)
    groups = parse_asset_by(given.get("agg", "type"))
    names = tuple(group.name for group in groups)
    page = page_of(given, time, names, ASSET_COLUMNS)
    filter = parse_filter(given.get("filter", ""), ASSET_FIELDS)
    return AssetViewRequest(time.window, time.sets, time.zone, time.zone_name, time.as_of, groups, filter, stack_of(given, names), page)


@dataclass(frozen=True)
class ExportRequest:
    """A file that was asked for, understood."""

    window: Window
    sets: tuple[Window, ...]
    zone_name: str
    question: Question
    order: Order
    find: str
    format: str


def export_request(items: Iterable[tuple[str, str]], *, now: datetime, as_of: datetime, sharing: Sharing | None) -> ExportRequest:
    """What `/allocation/export` was asked; steps that lie ahead are left out. Raises UsageErrors."""
    given = checked(items, EXPORT_PARAMETERS)
    time = time_of(given, now, as_of, step="all")
    question = question_of(given, sharing)
    order = parse_order(given.get("sort", "-total_cost"), (NAME, *group_columns([group.name for group in question.by]), *MEASURED))
    sets = tuple(one for one in time.sets if one.start < as_of) or time.sets[:1]
    return ExportRequest(time.window, sets, time.zone_name, question, order, given.get("q", ""), given.get("format", "csv").strip().lower())


def question_of(given: dict[str, str], settings: Sharing | None) -> Question:
    """The question of an allocation view, without its time. `settings`: what is shared out by default. Raises UsageErrors."""
    idle = parse_idle(given.get("idle", Idle.SEPARATE))
    if "idleRows" in given and idle is not Idle.SEPARATE:
        problem = f"idleRows={given['idleRows']} says nothing with idle={idle}"
        raise BadParameter(problem, expected=f"idle={Idle.SEPARATE}", cure="leave idleRows out")
    if given.get("sharing", "default").strip().lower() == "none":
        if telling := [name for name in given if name.startswith("share")]:
            raise BadParameter(f"sharing=none and {telling[0]}={given[telling[0]][:100]} contradict", expected="one of them")
        settings = None
    return Question(
        by=parse_by(given.get("agg", "namespace")),
        filter=parse_filter(given.get("filter", "")),
        idle=idle,
        idle_rows=IdleRows(given.get("idleRows", IdleRows.TOGETHER).strip().lower()),
        idle_by=IdleBy(given.get("idleBy", IdleBy.NODE).strip().lower()),
        sharing=sharing_asked(given, settings, "shareManagement", "shareLoadBalancers"),
    )


def page_of(given: dict[str, str], time: Time, groups: Sequence[str], measured: tuple[Column, ...]) -> Page:
    """Which page is asked for. Raises UsageErrors."""
    steps, cursor = len(time.sets), time.cursor
    compare = given.get("compare", "previous").strip().lower() == "previous"
    compared = (PREVIOUS, CHANGE) if compare else ()
    limit = count(given, "limit", most=MOST_ROWS)
    top = count(given, "top", most=MOST_SERIES)
    trend = true(given, "trend", "true" if steps <= TREND_STEPS else "false")
    page = Page(
        order=parse_order(given.get("sort", "-total_cost"), (NAME, *group_columns(groups), *measured, *compared)),
        limit=DEFAULT_LIMIT if limit is None else limit,
        offset=cursor.offset if cursor else 0,
        find=given.get("q", ""),
        top=8 if top is None else top,
        trend=trend,
        compare=compare,
        cursor=cursor,
        key=time.key,
        columns=parse_columns(given.get("columns", ""), measured),
    )
    if trend and page.limit * steps > MOST_POINTS:
        raise BadParameter(
            f"{page.limit} rows with {steps} steps each are more than {MOST_POINTS} points",
            expected="fewer",
            cure="take a smaller limit or a longer step, or trend=false",
        )
    return page


def group_columns(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns that rows are told apart by."""
    return tuple(Column(name, "", "group", "") for name in names)


def stack_of(given: dict[str, str], names: Sequence[str]) -> str:
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


@dataclass(frozen=True)
class AutocompleteRequest:
    """Values that were asked for, understood."""

    window: Window
    field: str
    search: str
    limit: int
    filter: Filter | None


def autocomplete_request(items: Iterable[tuple[str, str]], fields: Mapping[str, FieldKind], *, now: datetime) -> AutocompleteRequest:
    """What an `/autocomplete` was asked. Raises UsageErrors."""
    given = checked(items, AUTOCOMPLETE_PARAMETERS)
    window = the_window({"window": DEFAULT_WINDOW} | given, now, parse_zone(given.get("zone", "UTC")))
    if "field" not in given:
        raise BadParameter("no field is given", expected="field, e.g. field=namespace or field=label:team")
    limit = count(given, "limit", most=MOST_ROWS)
    filter = parse_filter(given.get("filter", ""), fields)
    return AutocompleteRequest(window, given["field"].strip(), given.get("search", ""), 25 if limit is None else limit, filter)
