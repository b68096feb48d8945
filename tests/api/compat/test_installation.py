"""What clients ask about the installation, and what is not there."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

import farthing
from farthing.api import create_app
from farthing.core.settings import Settings
from farthing.views import OnDemand

from ..conftest import BASE, Example


def test_currency_and_version(source: Example) -> None:
    client = TestClient(create_app(OnDemand(source), Settings(), currency="EUR"), base_url=BASE)
    assert client.get("/model/getConfigs").json()["data"]["currencyCode"] == "EUR"
    assert client.get("/installInfo").json() == {"version": farthing.__version__}


def test_clusters(client: TestClient) -> None:
    every = client.get("/model/clusterInfoMap").json()["data"]
    assert set(every) == {"east", "west"}
    assert (every["east"]["id"], every["east"]["provider"], every["west"]["provider"]) == ("east", "AWS", "")
    own = client.get("/model/clusterInfo").json()
    assert own["data"]["id"] == "east"
    assert "the first of 2 clusters" in own["warning"]


def test_our_cluster_is_the_one_that_is_set(source: Example) -> None:
    settings = Settings.model_validate({"metering": {"cluster_id": "west"}})
    answer = TestClient(create_app(OnDemand(source), settings), base_url=BASE).get("/clusterInfo").json()
    assert answer["data"]["id"] == "west"
    assert "warning" not in answer


def test_nothing_known_of_any_cluster() -> None:
    client = TestClient(create_app(OnDemand(Example([])), Settings()), base_url=BASE)
    assert client.get("/clusterInfo").json()["data"] == client.get("/clusterInfoMap").json()["data"] == {}


@pytest.mark.parametrize("path", ["/getConfigs", "/clusterInfo", "/clusterInfoMap", "/installInfo"])
def test_parameters_that_no_such_path_has(client: TestClient, path: str) -> None:
    answer = client.get(path, params={"window": "7d"})
    assert answer.status_code == 400
    assert "no parameters here" in answer.json()["message"]


def test_bills_that_were_never_read(client: TestClient) -> None:
    asked = {"window": "7d", "aggregate": "service", "costMetric": "AmortizedNetCost", "accumulate": "day", "filter": "", "limit": "1000"}
    found = {view: client.get(f"/model/cloudCost/view/{view}", params=asked).json() for view in ("table", "totals", "graph")}
    assert (found["table"]["data"], found["graph"]["data"]) == ([], [])
    assert found["totals"]["data"]["numResults"] == 0
    assert "no cloud bill has been read" in found["table"]["warning"]
    assert client.get("/model/cloudCost/status").json()["data"] == []
    assert client.get("/model/cloudCost", params={"window": "7d"}).json()["data"] == {"sets": []}
    external = client.get("/model/customCost/total", params={"window": "7d", "costType": "blended", "sortDirection": "desc"}).json()
    assert external["data"] == {"totalCost": 0, "customCosts": []}


@pytest.mark.parametrize("path", ["/model/savings", "/savings/requestSizingV2", "/model/assets/diff", "/allocation/carbon"])
def test_what_others_answer_and_we_do_not(client: TestClient, path: str) -> None:
    answer = client.get(path, params={"window": "2d"})
    assert answer.status_code == answer.json()["code"] == 501
    assert path in answer.json()["message"]
