"""Parameters of the native API: one table per path."""

from __future__ import annotations

from farthing.views import Idle, IdleBy, IdleRows

from ..parameters import BOOLEAN, SHARING_PARAMETERS, TIME_TOLD, Parameter
from ..periods import LONGEST

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
    **TIME_TOLD,
}
_FILTER = Parameter('what to keep, e.g. namespace:"shop"+label[team]:"growth"', example='namespace:"shop"')
COLUMNS_PARAMETER = Parameter(
    "comma list of the measured columns that are wanted: fewer of them make a smaller answer; default all", example="total_cost,cpu_cost"
)
_PAGE: dict[str, Parameter] = {
    "columns": COLUMNS_PARAMETER,
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
    "idleBy": Parameter(
        "over whom idle is shared, and whose idle is shown under a filter: that of the same node, or of the cluster",
        tuple(IdleBy),
        default=IdleBy.NODE,
    ),
    "idleRows": Parameter("how many idle rows", tuple(IdleRows), default=IdleRows.TOGETHER),
    "sharing": Parameter(
        "default: what the settings share out, but for what is said here; none: nothing", ("default", "none"), default="default"
    ),
    **SHARING_PARAMETERS,
    "shareManagement": Parameter("control-plane and licence fees shared out; default as set", BOOLEAN),
    "shareLoadBalancers": Parameter("load balancers shared out; default as set", BOOLEAN),
}
VIEW_PARAMETERS: dict[str, Parameter] = {**_TIME, **QUESTION_PARAMETERS, **_PAGE}
ONE_GROUP_PARAMETERS = {name: one for name, one in QUESTION_PARAMETERS.items() if name not in ("agg", "idleRows")}
TIMELINE_PARAMETERS: dict[str, Parameter] = {
    **_TIME,
    **ONE_GROUP_PARAMETERS,
    "step": _PAGE["step"],
    "columns": COLUMNS_PARAMETER,
}
EXPLAINED = ("total", "cpu", "ram", "gpu", "storage", "load_balancer")
EXPLAIN_PARAMETERS: dict[str, Parameter] = {
    **_TIME,
    **ONE_GROUP_PARAMETERS,
    "of": Parameter("the cost that is explained", EXPLAINED, default="total"),
    "special": Parameter("idle: of the idle rows under that filter; default of all others", ("idle",)),
}
EXPORT_PARAMETERS: dict[str, Parameter] = {
    "format": Parameter("kind of file", ("csv", "json", "parquet", "arrow"), default="csv"),
    **_TIME,
    **QUESTION_PARAMETERS,
    "step": Parameter(f"rows per step: {', '.join(STEPS)}, or a duration such as 6h", default="all", example="day"),
    "sort": Parameter("column to sort the rows of a step by; - before it: largest first", default="-total_cost", example="name"),
    "q": Parameter("keep rows whose name contains this text, in any case"),
}
ASSET_VIEW_PARAMETERS: dict[str, Parameter] = {
    **_TIME,
    "agg": Parameter("comma list of fields to group by, or all for one row", default="type", example="type"),
    "filter": Parameter('what to keep, e.g. assetType:"node"+cluster:"east"', example='assetType:"node"'),
    **_PAGE,
}


# A cluster is behind, or silent, when its last known hour ended more than so many hours ago. An hour that closes, settles and is taken
# in is a little over an hour old; with two hours more nothing needs to be done yet.
BEHIND_HOURS = 3
SILENT_HOURS = 24
CLUSTERS_PARAMETERS: dict[str, Parameter] = {**_TIME}
AUTOCOMPLETE_PARAMETERS: dict[str, Parameter] = {
    "field": Parameter(
        "field whose values are wanted (namespace, label:team, controllerName, …), or a map whose keys are (label)", required=True
    ),
    "search": Parameter("part of a value, in any case"),
    "limit": Parameter(f"most values, at most {MOST_ROWS}", kind="integer", default="25"),
    **_TIME,
    "filter": _FILTER,
}
