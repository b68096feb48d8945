"""What mcp-kubecost sends, and how it takes answers apart."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.settings import Settings
from farthing.views import OnDemand

from ..conftest import BASE, THREE_HOURS, Example, iso
from .natively import rows as native_rows

COSTS = (
    "cpuCost", "cpuCostIdle", "ramCost", "ramCostIdle", "networkCost", "pvCost", "gpuCost", "gpuCostIdle", "loadBalancerCost",
    "sharedCost",
)  # fmt: skip
KEY = "an api key of some length"


def workload_costs(client: TestClient, aggregate: str, **more: str) -> list[dict[str, Any]]:
    """Buckets of the answer, checked as the client checks them."""
    parameters = {
        "window": THREE_HOURS, "aggregate": aggregate, "accumulate": "true", "idle": "true", "shareIdle": "true", "sortBy": "totalCost",
        "sortByOrder": "desc",
    }  # fmt: skip
    headers = {"User-Agent": "Kubecost-MCPServer", "X-API-KEY": KEY}
    answer = client.get("/model/allocation", params=parameters | more, headers=headers)
    assert answer.status_code == 200, answer.text
    buckets: list[dict[str, Any]] = answer.json()["data"]
    assert all(isinstance(entry, dict) for bucket in buckets for entry in bucket.values())
    return buckets


@pytest.mark.parametrize("aggregate", ["namespace", "cluster,namespace,controller", "label:team", "pod,container"])
def test_workload_costs(client: TestClient, aggregate: str) -> None:
    (bucket,) = workload_costs(client, aggregate)
    native = native_rows(client, THREE_HOURS, aggregate, idle="share")
    assert set(bucket) == set(native)
    costs = [entry["totalCost"] for entry in bucket.values()]
    assert costs == sorted(costs, reverse=True)
    for name, entry in bucket.items():
        assert len(name.split("/")) == len(aggregate.split(","))
        assert entry["window"] == {"start": iso(0), "end": iso(3)}
        assert isinstance(entry["totalEfficiency"], float)
        assert sum(entry[part] for part in COSTS if not part.endswith("Idle")) == pytest.approx(entry["totalCost"])
        idle = entry["cpuCostIdle"] + entry["ramCostIdle"] + entry["gpuCostIdle"]
        assert (entry["totalCost"], idle) == pytest.approx((native[name]["total_cost"], native[name]["idle_cost"]))


def test_comparison_of_two_windows(client: TestClient) -> None:
    for window in (f"{iso(0)},{iso(1)}", f"{iso(1)},{iso(2)}"):
        (bucket,) = workload_costs(client, "namespace", window=window, limit="100000")
        assert sum(entry["totalCost"] for entry in bucket.values()) == pytest.approx(19.7)


@pytest.mark.parametrize("more", [{"accumulate": "false"}, {"filter": ""}, {"offset": ""}, {"viewId": "0"}, {"limit": "1"}])
def test_options(client: TestClient, more: dict[str, str]) -> None:
    (bucket,) = workload_costs(client, "namespace", **more)
    assert len(bucket) == (1 if "limit" in more else 2)


def test_statuses_that_it_tells_apart(source: Example) -> None:
    locked = TestClient(create_app(OnDemand(source), Settings.model_validate({"serve": {"token": KEY}})), base_url=BASE)
    workload_costs(locked, "namespace")
    assert locked.get("/model/allocation", params={"window": "7d"}, headers={"X-API-KEY": "wrong"}).status_code == 401
    assert locked.get("/model/nothing", headers={"X-API-KEY": KEY}).status_code == 404
    assert locked.get("/model/savings/abandonedWorkloads", params={"offset": ""}, headers={"X-API-KEY": KEY}).status_code == 501
