"""/allocation/summary, topline and trends; dollars by hand from the docstring of tests/views/frames.py."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from ..conftest import THREE_HOURS, iso

SUMMARY_FIELDS = """
name start end cpuCoreRequestAverage cpuCoreUsageAverage cpuCost cpuCostIdle gpuRequestAverage gpuUsageAverage gpuCost gpuCostIdle
networkCost loadBalancerCost pvCost ramByteRequestAverage ramByteUsageAverage ramCost ramCostIdle sharedCost externalCost
efficiency totalEfficiency totalCost
"""


def ask(client: TestClient, path: str, **parameters: str) -> Any:
    answer = client.get(path, params={"window": THREE_HOURS} | parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.parametrize("path", ["/model/allocation/summary", "/allocation/compute/summary"])
def test_summary(client: TestClient, path: str) -> None:
    data = ask(client, path, aggregate="namespace", step="1h", includeIdle="true")
    assert data["step"] == 3600 * 10**9
    assert [one["window"]["start"] for one in data["sets"]] == [iso(0), iso(1), iso(2)]
    rows = data["sets"][1]["allocations"]
    assert {name: row["totalCost"] for name, row in rows.items()} == pytest.approx({"__idle__": 10.4, "shop": 6.9, "batch": 2.4})
    assert sorted(rows["shop"]) == sorted(SUMMARY_FIELDS.split())
    assert rows["__idle__"]["efficiency"] == 0
    assert rows["batch"]["cpuCoreRequestAverage"] == pytest.approx(2 * 60 / 50)  # 2 core-hours in the 50 minutes that it ran


def test_summary_is_the_allocation_in_short(client: TestClient) -> None:
    (long,) = ask(client, "/allocation", aggregate="controller", shareIdle="true", costMetric="daily")
    (short,) = ask(client, "/allocation/summary", aggregate="controller", shareIdle="true", costMetric="daily")["sets"]
    for name, row in short["allocations"].items():
        same = set(row) - {"efficiency"}
        assert {field: row[field] for field in same} == {field: long[name][field] for field in same}


def test_topline(client: TestClient) -> None:
    data = ask(client, "/allocation/summary/topline", aggregate="namespace", includeIdle="true", accumulate="true")
    total = data["combined"]["allocations"]["total"]
    assert data["numResults"] == 2  # shop and batch; idle is not folded in
    assert total["totalCost"] == pytest.approx(3 * 9.3)
    assert (total["cpuCost"], total["pvCost"]) == pytest.approx((3 * 7, 3 * 0.5))
    assert total["cpuCoreRequestAverage"] == pytest.approx(7)  # 3 + 1 + 2 + 1 cores over three hours
    assert (total["start"], total["end"]) == (iso(0), iso(3))
    nothing = ask(client, "/allocation/summary/topline", filter='pod:"nobody"')
    assert (nothing["numResults"], nothing["combined"]["allocations"]["total"]["totalCost"]) == (0, 0)


def test_trends(client: TestClient) -> None:
    def changes(window: str, names: str, **more: str) -> list[dict[str, Any]]:
        data = ask(client, "/model/allocation/trends", window=window, aggregate="namespace", names=names, **more)
        costs = [{name: one["trends"]["costs"] for name, one in s["allocationTrends"].items()} for s in data["sets"]]
        return [{name: cost["totalCost"]["relativeChange"] for name, cost in one.items()} for one in costs]

    # 2 hours against the 2 before, of which the ledger has one: twice as much.
    (change,) = changes(f"{iso(1)},{iso(3)}", "shop,nobody")
    assert change["shop"] == {"isInfinite": False, "isNaN": False, "value": pytest.approx(1.0)}
    assert change["nobody"] == {"isInfinite": False, "isNaN": True, "value": 0}
    (new,) = changes(f"{iso(0)},{iso(1)}", "shop")
    assert new["shop"] == {"isInfinite": True, "isNaN": False, "value": 0}
    hours = changes(f"{iso(1)},{iso(3)}", "batch", accumulate="hour")
    assert [one["batch"]["value"] for one in hours] == pytest.approx([0, 0])


def test_trends_of_nothing_in_particular(client: TestClient) -> None:
    answer = client.get("/allocation/trends", params={"window": THREE_HOURS})
    assert answer.status_code == 400
    assert "no names are given" in answer.json()["message"]
