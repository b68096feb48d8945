"""Parameters of the compatible API: what each means, and what becomes of a query string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from farthing.core.errors import BadParameter, nearest
from farthing.core.windows import Window, parse_window
from farthing.core.zones import parse_zone
from farthing.views import ASSET_FIELDS, Filter, Idle, IdleRows, Question, parse_by, parse_filter

from .periods import parse_accumulate, parse_duration, periods
from .v1_filters import ALLOCATION_V1, ASSET_V1, v1_filter


@dataclass(frozen=True)
class Parameter:
    """One parameter. `later`: values other than these ask for what is not computed yet; None: every valid value is heard."""

    doc: str
    values: tuple[str, ...] = ()
    later: tuple[str, ...] | None = None


BOOLEAN = ("true", "false")
CALENDAR_SETS = ("hour", "day", "week", "month", "quarter")
NO = ("false", "0", "")
UNAGGREGATED = "cluster,node,namespace,pod,container"
SORTABLE: dict[str, str] = {
    "totalCost": "total_cost",
    "cpuCost": "cpu_cost",
    "ramCost": "ram_cost",
    "gpuCost": "gpu_cost",
    "pvCost": "storage_cost",
    "networkCost": "network_cost",
    "loadBalancerCost": "load_balancer_cost",
    "totalEfficiency": "efficiency",
    "name": "name",
}
ORDERS = {"asc": False, "ascending": False, "desc": True, "descending": True}

_SHARED: dict[str, Parameter] = {
    "window": Parameter("the time asked for: today, 7d, lastweek, 2026-11-01T00:00:00Z,2026-11-08T00:00:00Z, …"),
    "step": Parameter("length of a set: 1h, 1d; default the whole window"),
    "accumulate": Parameter("true: one set; false: one per step; or calendar sets", ("true", "false", *CALENDAR_SETS)),
    "accumulateBy": Parameter("calendar sets, as accumulate", ("all", *CALENDAR_SETS)),
    "filter": Parameter('what to keep, e.g. namespace:"shop"+label[team]:"growth"'),
    "utcOffset": Parameter("where days begin and end, e.g. +05:30; default UTC"),
    "offset": Parameter("rows of each set to leave out, dearest first"),
    "limit": Parameter("most rows of each set"),
    "resolution": Parameter("heard, changes nothing: time is exact to the second"),
    "reconcile": Parameter("heard, changes nothing: no bill has been read", BOOLEAN),
    "viewId": Parameter("heard, changes nothing"),
}
ALLOCATION_PARAMETERS: dict[str, Parameter] = {
    **_SHARED,
    "aggregate": Parameter("comma list of fields to group by; default the container"),
    "includeIdle": Parameter("true: idle as rows of its own; default false", BOOLEAN),
    "idle": Parameter("the same as includeIdle", BOOLEAN),
    "shareIdle": Parameter("true: idle is added to who held the rest", (*BOOLEAN, "weighted", "even"), ("true", "weighted", *NO)),
    "splitIdle": Parameter("true: an idle row per cluster, with idleByNode per node", BOOLEAN),
    "idleByNode": Parameter("with splitIdle an idle row per node; idle is always found and shared per node", BOOLEAN),
    "includeAggregatedMetadata": Parameter("true: labels that all of a group share", BOOLEAN),
    "sortBy": Parameter("what to sort rows by; default totalCost", tuple(SORTABLE)),
    "sortByOrder": Parameter("default desc", tuple(ORDERS)),
    "format": Parameter("json or csv", ("json", "csv", "pdf"), ("json", "csv", "")),
    "costMetric": Parameter("only cumulative", ("cumulative", "hourly", "daily", "monthly"), ("cumulative", "")),
    "external": Parameter("costs outside of the cluster", BOOLEAN, NO),
    "sharelb": Parameter("load balancers shared out", BOOLEAN, NO),
    "shareNamespaces": Parameter("namespaces shared out", (), ("",)),
    "shareLabels": Parameter("labels shared out", (), ("",)),
    "shareCost": Parameter("a monthly amount shared out", (), ("", "0", "0.0")),
    "shareSplit": Parameter("how shared costs are split; heard, nothing is shared", ("weighted", "even")),
    "shareTenancyCosts": Parameter("management fees shared out", BOOLEAN, NO),
    "includeSharedCostBreakdown": Parameter("heard, nothing is shared", BOOLEAN),
    "includeProportionalAssetResourceCosts": Parameter("parts of assets", BOOLEAN, NO),
    **{name: Parameter("older filter: comma list, a trailing * is a wildcard") for name in ALLOCATION_V1},
}
ASSET_PARAMETERS: dict[str, Parameter] = {
    **_SHARED,
    "aggregate": Parameter("fields to group by", (), ("",)),
    "disableAdjustments": Parameter("heard, changes nothing: no bill has been read", BOOLEAN),
    "format": Parameter("only json", ("json", "csv"), ("json", "")),
    **{name: Parameter("older filter: comma list, a trailing * is a wildcard") for name in ASSET_V1},
}


@dataclass(frozen=True)
class AllocationRequest:
    """What `/allocation` was asked, understood."""

    window: Window
    sets: tuple[Window, ...]
    question: Question
    aggregated: bool
    shared_metadata: bool
    sort: str
    descending: bool
    offset: int
    limit: int | None
    csv: bool


@dataclass(frozen=True)
class AssetRequest:
    """What `/assets` was asked, understood. `as_list`: sets in a list (asked with accumulate or step), else one map."""

    window: Window
    sets: tuple[Window, ...]
    filter: Filter | None
    as_list: bool
    offset: int
    limit: int | None


def checked(items: Iterable[tuple[str, str]], table: Mapping[str, Parameter]) -> dict[str, str]:
    """Name → value of a query string, empty values left out.

    Raises BadParameter for a name that is not in `table`, one given twice with different values, a value outside of its set, and for
    what is not supported yet; all name the valid set.
    """
    given: dict[str, str] = {}
    by_lower = {name.lower(): name for name in table}
    for name, value in items:
        known = by_lower.get(name.lower())
        if known is None:
            raise BadParameter(f"unknown parameter {name!r}", expected=nearest(name, table))
        if given.get(known, value) != value:
            raise BadParameter(f"{known} is given twice: {given[known]!r} and {value!r}", expected="one value")
        given[known] = value
    for name, value in given.items():
        _check_value(name, value.strip(), table[name])
    return {name: value for name, value in given.items() if value.strip()}


def _check_value(name: str, value: str, parameter: Parameter) -> None:
    booleans = {"1": "true", "0": "false", "t": "true", "f": "false"} if "true" in parameter.values else {}
    spelled = booleans.get(value.lower(), value.lower())
    valid = {one.lower() for one in parameter.values}
    if value and valid and spelled not in valid and name not in ("accumulate", "accumulateBy"):
        raise BadParameter(f"{name}={value!r} is unknown", expected=f"one of {', '.join(parameter.values)}")
    if parameter.later is not None and spelled not in parameter.later and value not in parameter.later:
        allowed = ", ".join(one for one in parameter.later if one) or "nothing"
        raise BadParameter(f"{name}={value!r} is not supported yet", expected=allowed, cure=f"leave {name} out")


def allocation_request(items: Iterable[tuple[str, str]], *, now: datetime) -> AllocationRequest:
    """The question of a query string. Raises UsageErrors."""
    given = checked(items, ALLOCATION_PARAMETERS)
    zone = parse_zone(given.get("utcOffset", "UTC"))
    window = _window(given, now, zone)
    by = given.get("aggregate", UNAGGREGATED)
    aggregated = "aggregate" in given
    question = Question(
        by=parse_by(by),
        filter=_filter(given, parse_filter(given.get("filter", "")), v1_filter(given, ALLOCATION_V1)),
        idle=_idle(given),
        idle_rows=_idle_rows(given) if aggregated else IdleRows.NODE,
        detail=True,
        peaks=not aggregated,  # told per container only
    )
    order = given.get("sortByOrder", "desc").lower()
    sort = next(column for name, column in SORTABLE.items() if name.lower() == given.get("sortBy", "totalCost").lower())
    return AllocationRequest(
        window=window,
        sets=_sets(given, window, zone),
        question=question,
        aggregated=aggregated,
        shared_metadata=_true(given, "includeAggregatedMetadata") or not aggregated,
        sort=sort,
        descending=ORDERS[order],
        offset=_count(given, "offset") or 0,
        limit=_count(given, "limit"),
        csv=given.get("format", "json").lower() == "csv",
    )


def asset_request(items: Iterable[tuple[str, str]], *, now: datetime) -> AssetRequest:
    """The question of a query string. Raises UsageErrors."""
    given = checked(items, ASSET_PARAMETERS)
    zone = parse_zone(given.get("utcOffset", "UTC"))
    window = _window(given, now, zone)
    return AssetRequest(
        window=window,
        sets=_sets(given, window, zone),
        filter=_filter(given, parse_filter(given.get("filter", ""), ASSET_FIELDS), v1_filter(given, ASSET_V1)),
        as_list=any(name in given for name in ("accumulate", "accumulateBy", "step")),
        offset=_count(given, "offset") or 0,
        limit=_count(given, "limit"),
    )


def _window(given: Mapping[str, str], now: datetime, zone: tzinfo) -> Window:
    if "window" not in given:
        raise BadParameter("no window is given", expected="window, e.g. window=7d or window=2026-11-01,2026-11-08")
    return parse_window(given["window"], now=now, zone=zone)


def _sets(given: Mapping[str, str], window: Window, zone: tzinfo) -> tuple[Window, ...]:
    step = parse_duration("step", given["step"]) if "step" in given else None
    first, second = (parse_accumulate(name, given[name]) if name in given else "none" for name in ("accumulate", "accumulateBy"))
    if "none" not in (first, second) and first != second:
        raise BadParameter(f"accumulate={given['accumulate']} and accumulateBy={given['accumulateBy']} contradict", expected="one of them")
    return periods(window, second if first == "none" else first, step, zone)


def _filter(given: Mapping[str, str], new: Filter | None, old: Filter | None) -> Filter | None:
    if new is not None and old is not None:
        names = ", ".join(sorted(name for name in given if name.startswith("filter") and name != "filter"))
        raise BadParameter(f"filter and {names} are both given", expected="either filter, or the older filter… parameters")
    return new if new is not None else old


def _true(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "false").lower() in ("true", "1", "t")


def _idle(given: Mapping[str, str]) -> Idle:
    names = [name for name in ("includeIdle", "idle") if name in given]
    wanted = {_true(given, name) for name in names}
    if len(wanted) == 2:
        raise BadParameter(f"includeIdle={given['includeIdle']} and idle={given['idle']} contradict", expected="one of them")
    if given.get("shareIdle", "false").lower() == "weighted" or _true(given, "shareIdle"):
        if wanted == {False}:
            raise BadParameter(f"{names[0]}=false and shareIdle={given['shareIdle']} contradict", expected="one of them")
        return Idle.SHARE
    return Idle.SEPARATE if wanted == {True} else Idle.HIDE


def _idle_rows(given: Mapping[str, str]) -> IdleRows:
    if not _true(given, "splitIdle"):
        return IdleRows.TOGETHER
    return IdleRows.NODE if _true(given, "idleByNode") else IdleRows.CLUSTER


def _count(given: Mapping[str, str], name: str) -> int | None:
    if name not in given:
        return None
    text = given[name].strip()
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadParameter(f"{name}={text!r} is no count", expected="a whole number from 0")
    return int(text)
