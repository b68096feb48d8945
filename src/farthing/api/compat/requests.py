"""What becomes of a query string of the compatible API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from farthing.core.errors import BadParameter
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.core.zones import parse_zone
from farthing.views import ASSET_FIELDS, FieldKind, Filter, Idle, IdleBy, IdleRows, Question, Sharing, parse_by, parse_filter

from ..asset_groups import AssetGroup, parse_asset_by
from ..parameters import Parameter, checked, count, sharing_asked, the_window, true
from ..periods import parse_accumulate, parse_duration, periods
from .parameters import (
    ALLOCATION_PARAMETERS,
    ASSET_GRAPH_PARAMETERS,
    ASSET_PARAMETERS,
    AUTOCOMPLETE_PARAMETERS,
    ORDERS,
    RATES,
    SORTABLE,
    TRENDS_PARAMETERS,
)
from .v1_filters import ALLOCATION_V1, ASSET_V1, v1_filter

UNAGGREGATED = "cluster,node,namespace,pod,container"
MOST_TRENDS = 100
Items = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class AllocationRequest:
    """What a path of allocations was asked, understood. `rate_hours`: costs are told per so many hours, None for their sum; `as_of`: until
    when the sets had gone by."""

    window: Window
    sets: tuple[Window, ...]
    zone: tzinfo
    question: Question
    aggregated: bool
    shared_metadata: bool
    sort: str
    descending: bool
    offset: int
    limit: int | None
    csv: bool
    rate_hours: float | None
    as_of: datetime

    def factor(self, window: Window) -> float:
        """What costs of a set are multiplied by."""
        if self.rate_hours is None:
            return 1.0
        gone_by = (min(window.end, self.as_of) - window.start).total_seconds() / HOUR_SECONDS
        return self.rate_hours / gone_by if gone_by > 0 else 0.0


@dataclass(frozen=True)
class TrendsRequest:
    """What `/allocation/trends` was asked, understood."""

    allocation: AllocationRequest
    names: tuple[str, ...]


@dataclass(frozen=True)
class AssetRequest:
    """What a path of assets was asked, understood. `groups`: None for each asset; `as_list`: sets in a list, else one map."""

    window: Window
    sets: tuple[Window, ...]
    groups: tuple[AssetGroup, ...] | None
    filter: Filter | None
    as_list: bool
    offset: int
    limit: int | None
    csv: bool


@dataclass(frozen=True)
class SuggestionRequest:
    """What an `/autocomplete` was asked, understood."""

    window: Window
    field: str
    search: str
    limit: int
    filter: Filter | None


def allocation_request(
    items: Items, *, now: datetime, as_of: datetime, sharing: Sharing | None, table: Mapping[str, Parameter] = ALLOCATION_PARAMETERS
) -> AllocationRequest:
    """The question of a query string. `sharing`: what is shared out by default. Raises UsageErrors."""
    return _allocation(checked(items, table), now, as_of, sharing)


def topline_request(
    items: Items, *, now: datetime, as_of: datetime, sharing: Sharing | None, table: Mapping[str, Parameter]
) -> AllocationRequest:
    """The same for one sum of the whole window. Raises UsageErrors."""
    given = checked(items, table)
    given.pop("accumulate", None)
    return _allocation(given, now, as_of, sharing)


def trends_request(items: Items, *, now: datetime, as_of: datetime, sharing: Sharing | None) -> TrendsRequest:
    """The same with the names whose trend is wanted; sets are one unless asked otherwise. Raises UsageErrors."""
    given = checked(items, TRENDS_PARAMETERS)
    names = tuple(name.strip() for name in given.get("names", "").split(",") if name.strip())
    if not names:
        raise BadParameter("no names are given", expected="names, e.g. names=shop,batch")
    asked = _allocation({"accumulate": "true"} | given, now, as_of, sharing)
    if len(asked.sets) > MOST_TRENDS:
        raise BadParameter(
            f"{len(asked.sets)} sets are too many for trends", expected=f"at most {MOST_TRENDS}", cure="leave accumulate out"
        )
    return TrendsRequest(asked, names)


def asset_request(items: Items, *, now: datetime, table: Mapping[str, Parameter] = ASSET_PARAMETERS) -> AssetRequest:
    """The question of a query string. Raises UsageErrors."""
    given = checked(items, table)
    zone = parse_zone(given.get("utcOffset", "UTC"))
    window = the_window(given, now, zone)
    flat = "includeIdle" in given
    plain = {name: value for name, value in given.items() if name not in ("step", "accumulate", "accumulateBy", "aggregate")}
    if flat or (table is not ASSET_PARAMETERS and table is not ASSET_GRAPH_PARAMETERS):
        sets: tuple[Window, ...] = (window,)
    else:
        sets = _sets(given, window, zone)
    groups = parse_asset_by(given["aggregate"]) if "aggregate" in given and not flat else None
    return AssetRequest(
        window=window,
        sets=sets,
        groups=groups,
        filter=_filter(given, parse_filter(given.get("filter", ""), ASSET_FIELDS), v1_filter(given, ASSET_V1)),
        as_list=not flat and any(name in given for name in ("accumulate", "accumulateBy", "step", "aggregate")),
        offset=count(plain, "offset") or 0,
        limit=count(plain, "limit"),
        csv=given.get("format", "json").strip().lower() == "csv",
    )


def suggestion_request(items: Items, fields: Mapping[str, FieldKind], *, now: datetime) -> SuggestionRequest:
    """Which values are wanted. Raises UsageErrors."""
    given = checked(items, AUTOCOMPLETE_PARAMETERS)
    window = the_window(given, now, parse_zone(given.get("utcOffset", "UTC")))
    if "field" not in given:
        raise BadParameter("no field is given", expected="field, e.g. field=namespace or field=label:team")
    limit = count(given, "limit")
    filter = parse_filter(given.get("filter", ""), fields)
    return SuggestionRequest(window, given["field"].strip(), given.get("search", ""), 25 if limit is None else limit, filter)


def _allocation(given: Mapping[str, str], now: datetime, as_of: datetime, settings: Sharing | None) -> AllocationRequest:
    zone = parse_zone(given.get("utcOffset", "UTC"))
    window = the_window(given, now, zone)
    aggregated = "aggregate" in given
    sharing = sharing_asked(given, settings, "shareTenancyCosts", "sharelb")
    if sharing and true(given, "includeSharedCostBreakdown"):
        expected = "false: a row tells what it received of all that is shared, not of which"
        raise BadParameter("includeSharedCostBreakdown=true cannot be answered", expected=expected, cure="leave it out")
    question = Question(
        by=parse_by(given.get("aggregate", UNAGGREGATED)),
        filter=_filter(given, parse_filter(given.get("filter", "")), v1_filter(given, ALLOCATION_V1)),
        idle=_idle(given),
        idle_rows=_idle_rows(given) if aggregated else IdleRows.NODE,
        # Single containers show idle of nodes, so theirs is that of the node.
        idle_by=IdleBy.NODE if true(given, "idleByNode") or not aggregated else IdleBy.CLUSTER,
        sharing=sharing,
        detail=True,
        peaks=not aggregated,  # told per container only
    )
    order = given.get("sortByOrder", "desc").strip().lower()
    wanted = given.get("sortBy", "totalCost").strip().lower()
    return AllocationRequest(
        window=window,
        sets=_sets(given, window, zone),
        zone=zone,
        question=question,
        aggregated=aggregated,
        shared_metadata=true(given, "includeAggregatedMetadata") or not aggregated,
        sort=next(column for name, column in SORTABLE.items() if name.lower() == wanted),
        descending=ORDERS[order],
        offset=count(given, "offset") or 0,
        limit=count(given, "limit"),
        csv=given.get("format", "json").strip().lower() == "csv",
        rate_hours=RATES[given.get("costMetric", "cumulative").strip().lower()],
        as_of=as_of,
    )


def _sets(given: Mapping[str, str], window: Window, zone: tzinfo) -> tuple[Window, ...]:
    step = parse_duration("step", given["step"].strip()) if "step" in given else None
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
    # Clients say both: no idle rows, and idle shared.
    if given.get("shareIdle", "false").strip().lower() == "weighted" or true(given, "shareIdle"):
        return Idle.SHARE
    return Idle.SEPARATE if wanted == {True} else Idle.HIDE


def _idle_rows(given: Mapping[str, str]) -> IdleRows:
    if not true(given, "splitIdle"):
        return IdleRows.TOGETHER
    return IdleRows.NODE if true(given, "idleByNode") else IdleRows.CLUSTER
