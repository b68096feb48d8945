"""What opencost-parquet-exporter sends, and the columns that it must be able to make numbers of."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from ..conftest import iso
from .natively import totals

NUMBERS = """
cpuCoreHours cpuCoreRequestAverage cpuCoreUsageAverage cpuCores cpuCost cpuCostAdjustment cpuEfficiency externalCost gpuCost
gpuCostAdjustment gpuCount gpuHours loadBalancerCost loadBalancerCostAdjustment networkCost networkCostAdjustment networkCrossRegionCost
networkCrossZoneCost networkInternetCost networkReceiveBytes networkTransferBytes pvByteHours pvBytes pvCost pvCostAdjustment ramByteHours
ramByteRequestAverage ramByteUsageAverage ramBytes ramCost ramCostAdjustment ramEfficiency minutes sharedCost totalCost totalEfficiency
"""
DAY = "1970-02-11T00:00:00Z,1970-02-11T23:59:59Z"


def sent(**more: str) -> dict[str, str]:
    """Its parameters; more of them come from the environment."""
    always = {"window": DAY, "includeIdle": "false", "shareIdle": "false", "idleByNode": "false"}
    return (
        always
        | {"includeProportionalAssetResourceCosts": "false", "format": "json", "step": "1h", "aggregate": "namespace,pod,container"}
        | more
    )


def asked(client: TestClient, **more: str) -> list[dict[str, dict[str, Any]]]:
    answer = client.get("/allocation/compute", params=sent(**more))
    assert answer.status_code == 200, answer.text
    assert "application/json" in answer.headers["content-type"]
    found: list[dict[str, dict[str, Any]]] = answer.json()["data"]
    return found


def test_a_day_of_hours_as_a_table(client: TestClient) -> None:
    sets = asked(client)
    assert len(sets) == 24  # the last one ends a second early, as asked
    for one in sets:
        one.pop("__unmounted__/__unmounted__/__unmounted__", None)
    lines = [{name: row[name] for name in NUMBERS.split()} for one in sets for row in one.values()]
    frame = pl.DataFrame(lines, infer_schema_length=None).cast(pl.Float64)  # every column is there and a number
    assert frame.null_count().row(0) == (0,) * frame.width
    native = totals(client, f"{iso(0)},{iso(3)}", "namespace,pod,container")
    assert frame.get_column("totalCost").sum() == pytest.approx(sum(native.values()))
    hour = {name: row["totalCost"] for name, row in sets[16].items()}
    assert {name: cost * 3 for name, cost in hour.items()} == pytest.approx(native)


@pytest.mark.parametrize(
    "more",
    [
        {"includeIdle": "true"},
        {"shareIdle": "true"},  # with includeIdle=false, its default
        {"includeIdle": "true", "shareIdle": "true", "idleByNode": "true"},
        {"resolution": "10m"},
        {"accumulate": "true"},
        {"step": "1d", "aggregate": "cluster,namespace,controller"},
    ],
)
def test_every_option(client: TestClient, more: dict[str, str]) -> None:
    whole = sum(row["totalCost"] for one in asked(client, **more) for row in one.values())
    everything = "includeIdle" in more or "shareIdle" in more
    assert whole == pytest.approx(59.1 if everything else 27.9)
