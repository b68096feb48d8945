"""Questions to the native API, with rows as dicts."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from ..conftest import THREE_HOURS

Row = dict[str, Any]


def ask(client: TestClient, path: str = "/api/v1/allocation/view", **parameters: str) -> dict[str, Any]:
    """The answer; `window` is the example's three hours unless given."""
    answer = client.get(path, params={"window": THREE_HOURS} | parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def named(view: dict[str, Any], rows: str = "rows") -> list[Row]:
    """Rows by the names of their columns."""
    names = [column["name"] for column in view["columns"]]
    return [dict(zip(names, row, strict=True)) for row in view[rows]]


def total(view: dict[str, Any], which: str = "total") -> Row:
    """The totals by the names of their columns."""
    return dict(zip((column["name"] for column in view["columns"]), view[which], strict=True))


def costs(view: dict[str, Any]) -> dict[str, float]:
    """Name → total of the rows of the page, idle rows too."""
    return {row["name"]: row["total_cost"] for row in named(view) + named(view, "idleRows")}
