"""Parameters of the compatible API: one table per path."""

from __future__ import annotations

from ..parameters import BOOLEAN, SHARING_PARAMETERS, TIME_TOLD, Parameter
from .v1_filters import ALLOCATION_V1, ASSET_V1

CALENDAR_SETS = ("hour", "day", "week", "weeknow", "month", "quarter")
NO = ("false", "0", "")
SORTABLE: dict[str, str] = {
    "totalCost": "total_cost",
    "cpuCost": "cpu_cost",
    "ramCost": "ram_cost",
    "gpuCost": "gpu_cost",
    "pvCost": "storage_cost",
    "networkCost": "network_cost",
    "loadBalancerCost": "load_balancer_cost",
    "sharedCost": "shared_cost",
    "totalEfficiency": "efficiency",
    "name": "name",
}
ORDERS = {"asc": False, "ascending": False, "desc": True, "descending": True}
# Hours that a rate is told for; a month as the field has it.
RATES: dict[str, float | None] = {"cumulative": None, "hourly": 1.0, "daily": 24.0, "monthly": 730.0}

_WINDOW: dict[str, Parameter] = {
    "window": Parameter("the time asked for: today, 7d, lastweek, 2026-11-01,2026-11-08, …", required=True, example="7d"),
    "utcOffset": Parameter("where days begin and end, e.g. +05:30 or Europe/Berlin", default="UTC"),
    **TIME_TOLD,
}
_SETS: dict[str, Parameter] = {
    "step": Parameter("length of a set: 1h, 1d; default the whole window"),
    "accumulate": Parameter(
        "true: one set; false: one per step; or calendar sets (weeks from Sunday, weeknow: seven days back from the window's end)",
        ("true", "false", "all", "none", *CALENDAR_SETS),
    ),
    "accumulateBy": Parameter("calendar sets, as accumulate", ("all", "none", *CALENDAR_SETS)),
}
_FILTER = Parameter('what to keep, e.g. namespace:"shop"+label[team]:"growth"')
_PAGE: dict[str, Parameter] = {
    "offset": Parameter("rows of each set to leave out, in the order asked for", kind="integer"),
    "limit": Parameter("most rows of each set", kind="integer"),
}
_ONE_SET = Parameter("heard: the answer is one set", BOOLEAN)
_HEARD: dict[str, Parameter] = {
    "resolution": Parameter("heard, changes nothing: time is exact to the second"),
    "reconcile": Parameter("heard, changes nothing: no bill has been read", BOOLEAN),
    "viewId": Parameter("heard, changes nothing"),
}
_QUESTION: dict[str, Parameter] = {
    "aggregate": Parameter("comma list of fields to group by, all for one row; default the container"),
    "filter": _FILTER,
    "includeIdle": Parameter("true: idle as rows of its own", BOOLEAN, default="false"),
    "idle": Parameter("the same as includeIdle", BOOLEAN),
    "shareIdle": Parameter("true, weighted: idle is added to who held the rest", (*BOOLEAN, "weighted", "even"), ("true", "weighted", *NO)),
    "splitIdle": Parameter("true: an idle row per cluster, with idleByNode per node", BOOLEAN),
    "idleByNode": Parameter("true: idle is shared and split per node; false: per cluster", BOOLEAN, default="false"),
    **SHARING_PARAMETERS,
    "shareTenancyCosts": Parameter("control-plane and licence fees shared out; default as set", BOOLEAN),
    "sharelb": Parameter("load balancers shared out; default as set", BOOLEAN),
    "external": Parameter("costs outside of the cluster: none are read", BOOLEAN, NO),
    "includeSharedCostBreakdown": Parameter("only false where something is shared: what came from which is not told apart", BOOLEAN),
    "includeProportionalAssetResourceCosts": Parameter("parts of assets: not computed", BOOLEAN, NO),
    "costMetric": Parameter("cumulative, or costs as a rate over the part of the set that has gone by", tuple(RATES), default="cumulative"),
    **{name: Parameter("older filter: comma list, a trailing * is a wildcard") for name in ALLOCATION_V1},
}
_ORDER: dict[str, Parameter] = {
    "sortBy": Parameter("what to sort rows by", tuple(SORTABLE), default="totalCost"),
    "sortByOrder": Parameter("largest first or last", tuple(ORDERS), default="desc"),
}
ALLOCATION_PARAMETERS: dict[str, Parameter] = {
    **_WINDOW,
    **_SETS,
    **_QUESTION,
    **_PAGE,
    **_ORDER,
    "includeAggregatedMetadata": Parameter("true: labels that all of a group share", BOOLEAN, default="false"),
    "metrics": Parameter("heard, changes nothing: all are told"),
    "format": Parameter("kind of answer", ("json", "csv", "pdf"), ("json", "csv", ""), default="json"),
    **_HEARD,
}
SUMMARY_PARAMETERS: dict[str, Parameter] = {**_WINDOW, **_SETS, **_QUESTION, **_PAGE, **_ORDER, **_HEARD}
TOPLINE_PARAMETERS: dict[str, Parameter] = {
    **_WINDOW,
    **_QUESTION,
    **_HEARD,
    "accumulate": _ONE_SET,
}
TRENDS_PARAMETERS: dict[str, Parameter] = {
    **_WINDOW,
    **_SETS,
    **_QUESTION,
    "names": Parameter("comma list of rows whose trend is wanted", required=True),
    **_HEARD,
}
AUTOCOMPLETE_PARAMETERS: dict[str, Parameter] = {
    **_WINDOW,
    "field": Parameter("field whose values are wanted, or a map (label) whose keys are", required=True),
    "search": Parameter("part of a value, in any case"),
    "limit": Parameter("most values", kind="integer", default="25"),
    "filter": _FILTER,
}
_ASSET_QUESTION: dict[str, Parameter] = {
    "aggregate": Parameter("comma list of account, cluster, project, providerID, provider, type, service, category, label:KEY"),
    "filter": Parameter('what to keep, e.g. assetType:"node"+cluster:"east"'),
    "disableAdjustments": Parameter("heard, changes nothing: no bill has been read", BOOLEAN),
    **{name: Parameter("older filter: comma list, a trailing * is a wildcard") for name in ASSET_V1},
}
ASSET_PARAMETERS: dict[str, Parameter] = {
    **_WINDOW,
    **_SETS,
    **_ASSET_QUESTION,
    "includeIdle": Parameter("as OpenCost's screen sends it: the answer is one map of single assets of the whole window", BOOLEAN),
    **_PAGE,
    "format": Parameter("kind of answer", ("json", "csv"), default="json"),
    **_HEARD,
}
ASSET_TOPLINE_PARAMETERS: dict[str, Parameter] = {
    **_WINDOW,
    **_ASSET_QUESTION,
    **_HEARD,
    "accumulate": _ONE_SET,
}
ASSET_GRAPH_PARAMETERS: dict[str, Parameter] = {
    **_WINDOW,
    **_SETS,
    **_ASSET_QUESTION,
    "limit": Parameter("items told apart per set; the others are one", kind="integer", default="10"),
    **_HEARD,
}
# What clients send to paths of bills and external costs, of which there are none.
BILL_PARAMETERS: dict[str, Parameter] = {
    name: Parameter("heard: no bill has been read, so nothing is found")
    for name in (
        "window", "aggregate", "accumulate", "costMetric", "costType", "filter", "limit", "offset", "sortBy", "sortByOrder",
        "sortDirection", "field", "search", "format",
    )
}  # fmt: skip
