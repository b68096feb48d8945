"""What opencost-ui sends, and the fields that its pages read."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from ..conftest import THREE_HOURS, iso
from .natively import totals

FIELDS = """
name minutes cpuCost gpuCost ramCost pvCost networkCost sharedCost externalCost totalCost cpuCoreUsageAverage cpuCoreRequestAverage
ramByteUsageAverage ramByteRequestAverage cpuEfficiency ramEfficiency totalEfficiency
"""
WORDS = ["today", "yesterday", "24h", "48h", "week", "lastweek", "7d", "14d", "30d"]
COMPLETED = [
    "cluster", "namespace", "node", "controllerKind", "controllerName", "pod", "container", "label:team", "namespacelabel:env",
]  # fmt: skip
GROUPINGS = [
    "cluster", "node", "namespace", "controllerKind", "controller", "daemonset", "deployment", "job", "service", "statefulset", "pod",
    "container", "label:team", "namespace,controller",
]  # fmt: skip


def compute(client: TestClient, **parameters: str) -> list[dict[str, dict[str, Any]]]:
    answer = client.get("/model/allocation/compute", params={"window": THREE_HOURS, "includeIdle": "true"} | parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, dict[str, Any]]] = answer.json()["data"]
    return found


@pytest.mark.parametrize("aggregate", GROUPINGS)
def test_every_grouping(client: TestClient, aggregate: str) -> None:
    (found,) = compute(client, aggregate=aggregate, accumulate="all", filter="")
    for row in found.values():
        assert set(FIELDS.split()) <= set(row)
        assert row["window"]["start"] == iso(0)
    assert {name: row["totalCost"] for name, row in found.items()} == pytest.approx(totals(client, THREE_HOURS, aggregate, idle="separate"))


@pytest.mark.parametrize(
    ("accumulate", "sets"), [("hour", 3), ("day", 1), ("week", 1), ("weeknow", 1), ("month", 1), ("quarter", 1), ("all", 1)]
)
def test_words_of_the_new_pages(client: TestClient, accumulate: str, sets: int) -> None:
    found = compute(client, aggregate="namespace", accumulate=accumulate, metrics="cpuCost,totalCost")
    assert len(found) == (3 if accumulate == "hour" else 1)
    assert sum(row["totalCost"] for one in found for row in one.values()) == pytest.approx(59.1)
    assert all("__idle__" in one for one in found)


@pytest.mark.parametrize(("accumulate", "sets"), [("true", 1), ("false", 1)])
def test_truth_of_the_old_pages(client: TestClient, accumulate: str, sets: int) -> None:
    assert len(compute(client, aggregate="namespace", accumulate=accumulate)) == sets


def test_details_of_the_old_pages(client: TestClient) -> None:
    (found,) = compute(client, aggregate="", accumulate="true", filter='namespace:"shop"+controllerName:"web"')
    assert {row["properties"]["pod"] for name, row in found.items() if "__idle__" not in name} == {"web-1"}


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ('namespace:"batch"', {"job-1"}),
        ('cluster:"east"+node:"n1"', {"web-1", "job-1"}),
        ('controllerKind:"deployment"+container:"app"', {"web-1"}),
        ('label[team]:"growth"', {"web-1"}),
        ('pod:"say \\"hi\\""', set()),
    ],
)
def test_filters(client: TestClient, filter: str, names: set[str]) -> None:
    (found,) = compute(client, aggregate="pod", accumulate="all", filter=filter, includeIdle="false")
    assert set(found) == names


@pytest.mark.parametrize("aggregate", ["assetType", "category", "cluster", "provider", "account", "service", "project", "providerID"])
def test_assets_are_one_flat_map_of_single_assets(client: TestClient, aggregate: str) -> None:
    parameters = {"window": THREE_HOURS, "aggregate": aggregate, "includeIdle": "true", "accumulate": "false", "step": "1d", "filter": ""}
    found = client.get("/model/assets", params=parameters).json()["data"]
    assert isinstance(found, dict)
    assert len(found) == 5
    for asset in found.values():
        assert asset["end"] == iso(3)  # without an end the page stays blank
        assert {"type", "totalCost", "properties", "labels"} <= set(asset)
    assert sum(asset["totalCost"] for asset in found.values()) == pytest.approx(59.1)


@pytest.mark.parametrize(
    "field", ["cluster", "namespace", "node", "controllerKind", "controllerName", "pod", "container", "label:team", "namespacelabel:env"]
)
def test_completion_of_allocations(client: TestClient, field: str) -> None:
    answer = client.get(
        "/model/allocation/autocomplete", params={"window": THREE_HOURS, "field": field, "limit": "25", "search": "", "filter": ""}
    )
    found = answer.json()["data"]
    assert found
    assert all(isinstance(value, str) for value in found)


@pytest.mark.parametrize("field", ["type", "account", "cluster", "category", "provider", "providerID"])
def test_completion_of_assets(client: TestClient, field: str) -> None:
    found = client.get("/model/assets/autocomplete", params={"window": THREE_HOURS, "field": field, "limit": "25"}).json()["data"]
    assert bool(found) == (field != "account")  # no bill tells accounts


def test_cloud_costs_that_are_not_configured(client: TestClient) -> None:
    # The page awaits all four together: one failure would empty it.
    parameters = {
        "window": "7d",
        "aggregate": "service",
        "costMetric": "AmortizedNetCost",
        "accumulate": "day",
        "filter": "",
        "limit": "1000",
    }
    table, totals_, graph = (client.get(f"/model/cloudCost/view/{view}", params=parameters) for view in ("table", "totals", "graph"))
    status = client.get("/model/cloudCost/status")
    assert [answer.status_code for answer in (table, totals_, graph, status)] == [200] * 4
    assert table.json()["data"] == graph.json()["data"] == status.json()["data"] == []
    assert set(totals_.json()["data"]["combined"]) == {"name", "kubernetesPercent", "cost"}
    custom = {"window": "7d", "aggregate": "domain", "costType": "blended", "filter": "", "sortBy": "cost", "sortDirection": "desc"}
    assert client.get("/model/customCost/total", params=custom).json()["data"]["customCosts"] == []
    assert client.get("/model/customCost/timeseries", params=custom).json()["data"]["timeseries"] == []


@pytest.mark.parametrize(
    "window", ["today", "yesterday", "24h", "48h", "week", "lastweek", "7d", "14d", "30d", "1970-02-11T00:00:00Z,1970-02-11T23:59:59Z"]
)
def test_windows(client: TestClient, window: str) -> None:
    assert len(compute(client, window=window, aggregate="namespace", accumulate="all")) == 1
