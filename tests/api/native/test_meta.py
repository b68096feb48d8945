"""/api/v1/meta and the values of fields."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.api.native.models import Meta, SuggestionsModel
from farthing.core.settings import Settings
from farthing.views import OnDemand

from ..conftest import BASE, THREE_HOURS, Example, iso


def test_everything_that_a_question_may_say(client: TestClient) -> None:
    meta = client.get("/api/v1/meta").json()
    Meta.model_validate(meta, strict=True, extra="forbid")
    assert [one["name"] for one in meta["clusters"]] == ["east", "west"]
    assert (meta["currency"], meta["now"], meta["features"]) == ("USD", iso(5), {"receivesSamples": False, "tokens": False})
    for group in meta["allocation"]["groups"]:
        name = group.replace("KEY", "team")
        assert client.get("/api/v1/allocation/view", params={"window": THREE_HOURS, "agg": name, "compare": "none"}).status_code == 200, (
            name
        )
    for group in meta["assets"]["groups"]:
        name = group.replace("KEY", "team")
        assert client.get("/api/v1/assets/view", params={"window": THREE_HOURS, "agg": name, "compare": "none"}).status_code == 200, name


def test_what_the_server_can_do(source: Example) -> None:
    settings = Settings.model_validate({"serve": {"token": "sixteen-characters"}})
    app = create_app(OnDemand(source), settings, receive=lambda _body, _headers: None, currency="EUR")
    client = TestClient(app, base_url=BASE, headers={"authorization": "Bearer sixteen-characters"})
    meta = client.get("/api/v1/meta").json()
    assert (meta["currency"], meta["features"]) == ("EUR", {"receivesSamples": True, "tokens": True})


@pytest.mark.parametrize("simulated", [False, True])
def test_whether_it_is_made_up(source: Example, *, simulated: bool) -> None:
    client = TestClient(create_app(OnDemand(source), Settings(), simulated=simulated), base_url=BASE)
    assert client.get("/api/v1/meta").json()["simulated"] is simulated


@pytest.mark.parametrize(
    ("parameters", "values"),
    [
        ({"field": "namespace"}, ["batch", "shop"]),
        ({"field": "cluster", "filter": 'namespace:"batch"'}, ["east"]),
        ({"field": "label"}, ["app_kubernetes_io_name", "env", "team"]),
        ({"field": "label", "filter": 'namespace:"batch"'}, ["team"]),
        ({"field": "label", "filter": 'cluster:"west"'}, []),
        ({"field": "label:team"}, ["growth", "risk"]),
        ({"field": "label:team", "search": "R"}, ["risk", "growth"]),  # what begins with it comes first
        ({"field": "namespaceLabel"}, ["env", "team"]),
        ({"field": "annotation"}, ["note", "owner"]),
        ({"field": "controllerName"}, ["nightly", "web"]),
        ({"field": "controller"}, ["cronjob:nightly", "deployment:web"]),
        ({"field": "service"}, ["front", "mesh"]),
        ({"field": "team", "search": "zzz"}, []),
    ],
)
def test_values(client: TestClient, parameters: dict[str, str], values: list[str]) -> None:
    found = client.get("/api/v1/allocation/autocomplete", params={"window": THREE_HOURS} | parameters).json()
    SuggestionsModel.model_validate(found, strict=True)
    assert (found["values"], found["more"]) == (values, False)
    compatible = client.get("/model/allocation/autocomplete", params={"window": THREE_HOURS} | parameters).json()
    assert compatible["data"] == values


def test_no_more_values_than_asked_for(client: TestClient) -> None:
    found: dict[str, Any] = client.get(
        "/api/v1/allocation/autocomplete", params={"window": THREE_HOURS, "field": "pod", "limit": "1"}
    ).json()
    assert (found["values"], found["more"]) == (["bare"], True)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({}, "no field is given"),
        ({"field": "all"}, "is not one field"),
        ({"field": "pod,node"}, "is not one field"),
        ({"field": "pot"}, "did you mean pod?"),
    ],
)
def test_bad_questions(client: TestClient, parameters: dict[str, str], says: str) -> None:
    for path in ("/api/v1/allocation/autocomplete", "/allocation/autocomplete"):
        answer = client.get(path, params={"window": THREE_HOURS} | parameters)
        assert answer.status_code == 400
        assert says in answer.json()["message"]


def test_an_empty_source() -> None:
    client = TestClient(create_app(OnDemand(Example([])), Settings()), base_url=BASE)
    assert client.get("/api/v1/allocation/autocomplete", params={"field": "label"}).json()["values"] == []
    assert client.get("/api/v1/allocation/autocomplete", params={"field": "label", "filter": 'pod:"x"'}).json()["values"] == []
    assert client.get("/api/v1/meta").json()["clusters"] == []
