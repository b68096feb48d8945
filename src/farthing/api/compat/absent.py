"""What other products answer and this one cannot: where clients know "none configured" they get it, else an error that says so."""

from __future__ import annotations

from typing import Any

from farthing.core.errors import NotOffered

from ..calls import Call, Handler, Reply
from ..parameters import checked
from .answers import envelope
from .parameters import BILL_PARAMETERS

NO_BILL = "no cloud bill has been read: nothing is configured"
NO_EXTERNAL = "no external costs have been read: nothing is configured"
_NO_ROWS: dict[str, Any] = {"numResults": 0, "combined": {"name": "Totals", "kubernetesPercent": 0.0, "cost": 0.0}}
# Path → what a client of it takes as nothing, and the reason.
NOTHING: dict[str, tuple[Any, str]] = {
    "/cloudCost": ({"sets": []}, NO_BILL),
    "/cloudCost/status": ([], NO_BILL),
    "/cloudCost/view/table": ([], NO_BILL),
    "/cloudCost/view/totals": (_NO_ROWS, NO_BILL),
    "/cloudCost/view/graph": ([], NO_BILL),
    "/cloudCost/autocomplete": ([], NO_BILL),
    "/customCost/status": ([], NO_EXTERNAL),
    "/customCost/total": ({"totalCost": 0.0, "customCosts": []}, NO_EXTERNAL),
    "/customCost/timeseries": ({"timeseries": []}, NO_EXTERNAL),
}
# Paths of the field that are not answered: 501.
NOT_OFFERED = (
    "/savings",
    "/savings/requestSizingV2",
    "/savings/abandonedWorkloads",
    "/savings/persistentVolumeSizing",
    "/savings/localLowDisks",
    "/savings/unclaimedVolumes",
    "/savings/nodeGroupSizing/recommendations",
    "/savings/resourceQuotaSizing/recommendations",
    "/allocation/carbon",
    "/assets/carbon",
    "/assets/diff",
    "/assets/totals",
    "/assets/breakdown",
)


def nothing(path: str) -> Handler:
    """The handler of a path of NOTHING."""
    data, reason = NOTHING[path]

    def answer(call: Call) -> Reply:
        checked(call.items, BILL_PARAMETERS)
        return envelope(data, warning=reason)

    return answer


def not_offered(call: Call) -> Reply:
    """The handler of NOT_OFFERED. Raises NotOffered."""
    raise NotOffered(f"{call.path} is not answered by this server", expected="a path of /openapi.json")
