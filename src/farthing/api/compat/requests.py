"""Parameters of the compatible API: what each means, and what becomes of a query string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from farthing.core.errors import BadParameter
from farthing.core.windows import Window
from farthing.core.zones import parse_zone
from farthing.views import ASSET_FIELDS, Filter, Idle, IdleRows, Question, parse_by, parse_filter

from ..parameters import BOOLEAN, Parameter, checked, count, the_window, true
from ..periods import parse_accumulate, parse_duration, periods
from .v1_filters import ALLOCATION_V1, ASSET_V1, v1_filter

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
    "window": Parameter("the time asked for: today, 7d, lastweek, 2026-11-01,2026-11-08, …", required=True, example="7d"),
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


def allocation_request(items: Iterable[tuple[str, str]], *, now: datetime) -> AllocationRequest:
    """The question of a query string. Raises UsageErrors."""
    given = checked(items, ALLOCATION_PARAMETERS)
    zone = parse_zone(given.get("utcOffset", "UTC"))
    window = the_window(given, now, zone)
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
        shared_metadata=true(given, "includeAggregatedMetadata") or not aggregated,
        sort=sort,
        descending=ORDERS[order],
        offset=count(given, "offset") or 0,
        limit=count(given, "limit"),
        csv=given.get("format", "json").lower() == "csv",
    )


def asset_request(items: Iterable[tuple[str, str]], *, now: datetime) -> AssetRequest:
    """The question of a query string. Raises UsageErrors."""
    given = checked(items, ASSET_PARAMETERS)
    zone = parse_zone(given.get("utcOffset", "UTC"))
    window = the_window(given, now, zone)
    return AssetRequest(
        window=window,
        sets=_sets(given, window, zone),
        filter=_filter(given, parse_filter(given.get("filter", ""), ASSET_FIELDS), v1_filter(given, ASSET_V1)),
        as_list=any(name in given for name in ("accumulate", "accumulateBy", "step")),
        offset=count(given, "offset") or 0,
        limit=count(given, "limit"),
    )


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


def _idle(given: Mapping[str, str]) -> Idle:
    names = [name for name in ("includeIdle", "idle") if name in given]
    wanted = {true(given, name) for name in names}
    if len(wanted) == 2:
        raise BadParameter(f"includeIdle={given['includeIdle']} and idle={given['idle']} contradict", expected="one of them")
    if given.get("shareIdle", "false").lower() == "weighted" or true(given, "shareIdle"):
        if wanted == {False}:
            raise BadParameter(f"{names[0]}=false and shareIdle={given['shareIdle']} contradict", expected="one of them")
        return Idle.SHARE
    return Idle.SEPARATE if wanted == {True} else Idle.HIDE


def _idle_rows(given: Mapping[str, str]) -> IdleRows:
    if not true(given, "splitIdle"):
        return IdleRows.TOGETHER
    return IdleRows.NODE if true(given, "idleByNode") else IdleRows.CLUSTER
