"""The native API's answer to what a client asked."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient


def rows(client: TestClient, window: str, by: str, *, idle: str = "hide", **more: str) -> dict[str, dict[str, Any]]:
    """Name → row by names of columns, idle rows too."""
    asked = {"window": window, "agg": by, "idle": idle, "idleBy": "cluster", "compare": "none", "step": "all", "trend": "false"} | more
    answer = client.get("/api/v1/allocation/view", params=asked)
    assert answer.status_code == 200, answer.text
    view = answer.json()
    names = [column["name"] for column in view["columns"]]
    return {row[0]: dict(zip(names, row, strict=True)) for row in view["rows"] + view["idleRows"]}


def totals(client: TestClient, window: str, by: str, **more: str) -> dict[str, float]:
    """Name → cost."""
    return {name: row["total_cost"] or 0.0 for name, row in rows(client, window, by, **more).items()}
