"""What kubectl-cost sends with every command and option, and what it does with the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ..conftest import THREE_HOURS, iso
from .natively import totals

# command → the fields that it groups by
COMMANDS = {
    "namespace": ["cluster", "namespace"],
    "deployment": ["cluster", "namespace", "deployment"],
    "controller": ["cluster", "namespace", "controller"],
    "pod": ["cluster", "namespace", "pod"],
    "label": ["cluster", "label:team"],
}
ASKED = {"window": THREE_HOURS, "aggregate": "cluster,namespace", "accumulate": "true", "includeIdle": "true", "idle": "true"}
COMPONENTS = ("cpu", "gpu", "ram", "pv", "network", "loadBalancer")


def total_cost(row: dict[str, Any]) -> float:
    """The client adds up the parts itself."""
    parts = sum(row[f"{part}Cost"] + row[f"{part}CostAdjustment"] for part in COMPONENTS)
    return float(parts + row["sharedCost"] + row["externalCost"])


def monthly_rate(row: dict[str, Any]) -> float:
    """It takes the minutes from start and end."""
    start, end = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
    return total_cost(row) * 43200 / ((end - start).total_seconds() / 60)


@pytest.mark.parametrize("idle", ["true", "false"])
@pytest.mark.parametrize("command", COMMANDS)
def test_costs(client: TestClient, command: str, idle: str) -> None:
    by = COMMANDS[command]
    parameters = {
        "window": THREE_HOURS, "aggregate": ",".join(by), "accumulate": "true", "includeIdle": idle, "idle": idle, "filterNamespaces": "",
    }  # fmt: skip
    answer = client.get("/model/allocation", params=parameters)
    assert answer.status_code == 200
    found = answer.json()["data"]
    assert len(found) == 1  # it reads element 0 without looking
    for name, row in found[0].items():
        assert row["name"] == name
        assert name == "__idle__" or len(name.split("/")) == len(by)  # else the program ends in a panic
        assert total_cost(row) == pytest.approx(row["totalCost"])
        assert monthly_rate(row) > 0
        assert row["pvs"] is None or all(set(pv) >= {"byteHours", "cost"} for pv in row["pvs"].values())
        assert {"cpuCoreRequestAverage", "cpuCoreUsageAverage", "ramByteRequestAverage", "ramByteUsageAverage"} <= set(row)
    assert ("__idle__" in found[0]) is (idle == "true")
    native = totals(client, THREE_HOURS, ",".join(by), idle="separate" if idle == "true" else "hide")
    assert {name: row["totalCost"] for name, row in found[0].items()} == pytest.approx(native)


def test_a_namespace_alone(client: TestClient) -> None:
    parameters = {
        "window": THREE_HOURS,
        "aggregate": "cluster,namespace,pod",
        "accumulate": "true",
        "idle": "false",
        "filterNamespaces": "batch",
    }
    (found,) = client.get("/model/allocation", params=parameters).json()["data"]
    assert {name: row["totalCost"] for name, row in found.items()} == {"east/batch/job-1": pytest.approx(7.2)}


def test_nothing_found_is_one_empty_set(client: TestClient) -> None:
    parameters = {
        "window": f"{iso(-20)},{iso(-10)}",
        "aggregate": "cluster,namespace",
        "accumulate": "true",
        "includeIdle": "true",
        "idle": "true",
    }
    assert client.get("/model/allocation", params=parameters).json()["data"] == [{}]


def test_opencost_mode(client: TestClient) -> None:
    parameters = ASKED
    with_prefix = client.get("/model/allocation", params=parameters).json()["data"]
    assert client.get("/allocation/compute", params=parameters).json()["data"] == with_prefix


def test_nodes(client: TestClient) -> None:
    parameters = {"window": THREE_HOURS, "accumulate": "true", "filterTypes": "Node"}
    (found,) = client.get("/model/assets", params=parameters).json()["data"]
    assert {node["type"] for node in found.values()} == {"Node"}
    n1 = next(node for node in found.values() if node["properties"]["name"] == "n1" and node["properties"]["cluster"] == "east")
    assert (n1["nodeType"], n1["minutes"]) == ("m5.2xlarge", 180)
    assert n1["totalCost"] == pytest.approx(n1["cpuCost"] * (1 - n1["discount"]) + n1["ramCost"] + n1["gpuCost"] + n1["adjustment"])
    native = client.get(
        "/api/v1/assets/view", params={"window": THREE_HOURS, "agg": "cluster,name", "filter": 'assetType:"node"', "sort": "name"}
    )
    asked = {f"{node['properties']['cluster']}/{node['properties']['name']}": node["totalCost"] for node in found.values()}
    assert asked == pytest.approx({row[0]: row[4] for row in native.json()["rows"]})


@pytest.mark.parametrize("window", ["1d", "2d", "7d", "14d", "30d", "today", "yesterday", "week", "month", "lastweek", "lastmonth"])
def test_windows_of_the_terminal_screen(client: TestClient, window: str) -> None:
    parameters = ASKED | {"window": window}
    answer = client.get("/model/allocation", params=parameters)
    assert answer.status_code == 200
    assert len(answer.json()["data"]) == 1


def test_what_it_asks_first(client: TestClient) -> None:
    assert client.get("/model/getConfigs").json()["data"]["currencyCode"] == "USD"
    assert client.get("/model/clusterInfo").json()["data"]["id"] == "east"


def test_what_is_not_answered_has_a_real_status(client: TestClient) -> None:
    assert client.get("/model/savings/requestSizingV2", params={"window": "2d"}).status_code == 501
