"""/api/v1/clusters: how far and how whole the data of each cluster are."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api.native.clusters import gaps
from farthing.api.native.models_machine import Clusters

from ..conftest import iso
from .kept import client_of, forget, warehouse
from .views import ask

PATH = "/api/v1/clusters"


def by_name(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    Clusters.model_validate(answer, strict=True, extra="forbid")
    return {one["name"]: one for one in answer["clusters"]}


def test_what_is_known_of_each() -> None:
    kept = warehouse(range(6), hours_ago=4)
    forget(kept, "west", 2, 3, 5)
    answer = ask(client_of(kept), PATH, window=f"{iso(-2)},{iso(100)}")
    assert (answer["now"], answer["dataUntil"], answer["thresholds"]) == (iso(7), iso(6), {"behindSeconds": 10800, "silentSeconds": 86400})
    found = by_name(answer)
    east = {"behindSeconds": 3600, "state": "fresh", "hoursExpected": 6, "hoursKnown": 6, "gaps": [], "nodes": 2}
    assert found["east"] | east == found["east"]
    assert (found["east"]["first"], found["east"]["last"]) == (iso(0), iso(6))
    west = {"behindSeconds": 7200, "hoursExpected": 6, "hoursKnown": 3, "nodes": 1, "last": iso(5)}
    assert found["west"] | west == found["west"]
    assert found["west"]["gaps"] == [{"start": iso(2), "end": iso(4)}, {"start": iso(5), "end": iso(6)}]


def test_a_window_counts_its_own_hours() -> None:
    kept = warehouse(range(1, 5))
    forget(kept, "west", 2)
    found = by_name(ask(client_of(kept), PATH, window=f"{iso(-5)},{iso(3)}"))
    assert (found["east"]["hoursExpected"], found["east"]["hoursKnown"]) == (2, 2)  # its data begin at 1
    assert (found["west"]["hoursExpected"], found["west"]["hoursKnown"]) == (2, 1)
    before = by_name(ask(client_of(kept), PATH, window=f"{iso(-5)},{iso(0)}"))
    assert (before["east"]["hoursExpected"], before["east"]["hoursKnown"], before["east"]["gaps"]) == (0, 0, [])
    cut = by_name(ask(client_of(kept), PATH, window=f"{iso(1.5)},{iso(2.5)}"))
    assert (cut["west"]["hoursExpected"], cut["west"]["gaps"]) == (2, [{"start": iso(2), "end": iso(3)}])


@pytest.mark.parametrize(("ago", "state"), [(3, "fresh"), (3.1, "behind"), (24, "behind"), (24.1, "silent")])
def test_states(ago: float, state: str) -> None:
    kept = warehouse(hours_ago=ago)
    answer = client_of(kept).get(PATH)
    assert "etag" not in answer.headers
    assert {one["state"] for one in answer.json()["clusters"]} == {state}


def test_a_source_that_cannot_tell(client: TestClient) -> None:
    answer = ask(client, PATH)
    found = by_name(answer)
    assert list(found) == ["east", "west"]
    assert answer["dataUntil"] is None
    assert found["east"] | {"state": None, "first": None, "hoursKnown": None, "gaps": [], "nodes": None} == found["east"]


def test_nothing_yet() -> None:
    assert ask(client_of(warehouse(())), PATH)["clusters"] == []


@pytest.mark.parametrize("parameters", [{"filter": 'cluster:"east"'}, {"window": "sevenish"}, {"zone": "Mars"}])
def test_bad_questions(client: TestClient, parameters: dict[str, str]) -> None:
    assert client.get(PATH, params=parameters).status_code == 400


def test_runs_of_missing_hours() -> None:
    assert gaps(range(10, 16), [10, 13, 99]) == [(11, 13), (14, 16)]
    assert gaps(range(5, 5), []) == []
