"""Answers as things were known at a time."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import polars as pl
import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.settings import Settings
from farthing.views import CostSource, OnDemand

from .conftest import BASE, THREE_HOURS, Example

PATHS = ("/api/v1/allocation/view", "/allocation", "/api/v1/allocation/export", "/assets")


@pytest.fixture
def asked() -> list[datetime]:
    return []


@pytest.fixture
def client(source: Example, asked: list[datetime]) -> TestClient:
    """Before a change of prices everything cost half."""
    halved = [
        dataclasses.replace(
            piece,
            allocation=piece.allocation.with_columns(pl.col("^.*_cost$") / 2),
            asset=piece.asset.with_columns(pl.col("^.*_cost$") / 2),
        )
        for piece in source.hours
    ]

    def as_of(when: datetime) -> CostSource:
        asked.append(when)
        return OnDemand(Example(halved))

    return TestClient(create_app(OnDemand(source), Settings(), as_of=as_of), base_url=BASE, raise_server_exceptions=False)


def total(client: TestClient, **more: str) -> float:
    (rows,) = client.get("/allocation", params={"window": THREE_HOURS, "aggregate": "namespace", **more}).json()["data"]
    return float(sum(row["totalCost"] for row in rows.values()))


def test_what_was_known_then_answers(client: TestClient, asked: list[datetime]) -> None:
    assert total(client, asOf="1970-02-11T18:00:00Z") == pytest.approx(total(client) / 2)
    assert [when.isoformat() for when in asked] == ["1970-02-11T18:00:00+00:00"]


@pytest.mark.parametrize("path", PATHS)
def test_every_question_takes_it(client: TestClient, asked: list[datetime], path: str) -> None:
    assert client.get(path, params={"window": THREE_HOURS, "asOf": "1970-02-11"}).status_code == 200
    assert len(asked) == 1


@pytest.mark.parametrize(("text", "why"), [("yesterdayish", "yesterdayish"), ("2100-01-01", "future")])
def test_a_time_that_cannot_be(client: TestClient, text: str, why: str) -> None:
    answer = client.get("/allocation", params={"window": THREE_HOURS, "asOf": text})
    assert (answer.status_code, why in answer.json()["message"]) == (400, True)


def test_where_no_history_is_kept(source: Example) -> None:
    client = TestClient(create_app(OnDemand(source), Settings()), base_url=BASE, raise_server_exceptions=False)
    answer = client.get("/allocation", params={"window": THREE_HOURS, "asOf": "1970-02-11"})
    assert (answer.status_code, "no history is kept" in answer.json()["message"]) == (400, True)
