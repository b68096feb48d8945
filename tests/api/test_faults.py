"""Questions that cannot be asked: the status, what was wrong, and what would be right."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from farthing.api import ALLOCATION_PARAMETERS, create_app
from farthing.core.errors import BadFilter, FarthingError, NoData, Unreachable
from farthing.core.ledger import Ledger
from farthing.core.settings import Settings
from farthing.core.windows import Window
from farthing.views import OnDemand, Question

from .conftest import BASE, THREE_HOURS, Example


def refused(client: TestClient, path: str = "/model/allocation", **parameters: str) -> tuple[int, str]:
    answer = client.get(path, params={"window": THREE_HOURS} | parameters)
    document = answer.json()
    assert (document["code"], document["status"], document["data"]) == (answer.status_code, "error", None)
    return answer.status_code, document["message"]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"window": "fortnight"}, "window 'fortnight'"),
        ({"window": ""}, "no window is given"),
        ({"window": "2010-01-01,2026-01-01"}, "more than ten years"),
        ({"window": "2026-11-08,2026-11-01"}, "not after its start"),
        ({"aggregate": "namspace"}, "did you mean namespace?"),
        ({"aggregate": "all,pod"}, "all alone"),
        ({"filter": 'namspace:"x"'}, "unknown field 'namspace' at position 0"),
        ({"filter": 'namespace:"a" pod:"b"'}, "at position 14"),
        ({"agregate": "pod"}, "unknown parameter 'agregate'\nexpected: did you mean aggregate? One of accumulate, accumulateBy, aggregate"),
        ({"includeIdle": "yes"}, "one of true, false"),
        ({"includeIdle": "true", "idle": "false"}, "contradict"),
        ({"shareIdle": "even"}, "not supported"),
        ({"shareLabels": "app"}, "KEY=VALUE"),
        ({"shareNamespaces": "*"}, "a shared namespace has no name"),
        ({"shareCost": "many"}, "shareCost='many' is no amount"),
        ({"shareCost": "-1"}, "is no amount"),
        ({"shareCost": "nan"}, "is no amount"),
        ({"shareSplit": "fairly"}, "one of weighted, even"),
        ({"shareCost": "1", "includeSharedCostBreakdown": "true"}, "includeSharedCostBreakdown=true cannot be answered"),
        ({"includeProportionalAssetResourceCosts": "true"}, "not supported"),
        ({"external": "true"}, "not supported"),
        ({"costMetric": "yearly"}, "one of cumulative, hourly, daily, monthly"),
        ({"format": "pdf"}, "not supported\nexpected: json, csv"),
        ({"accumulate": "fortnight"}, "one of all, day, false"),
        ({"accumulate": "day", "accumulateBy": "week"}, "contradict"),
        ({"accumulate": "hour", "step": "1d"}, "longer than accumulate=hour"),
        ({"step": "soon"}, "no duration"),
        ({"step": "1s"}, "at least 1m"),
        ({"step": "9999999999999w"}, "too long"),
        ({"window": "2024-01-01,2026-01-01", "step": "1h"}, "more than 9000 sets"),
        ({"filter": 'pod:"a"', "filterNamespaces": "b"}, "filter and filterNamespaces are both given"),
        ({"filterLabels": "team"}, "has no key"),
        ({"limit": "-1"}, "no count"),
        ({"offset": "many"}, "no count"),
        ({"sortBy": "beauty"}, "one of totalCost, cpuCost"),
        ({"utcOffset": "Mars/Olympus"}, "time zone"),
    ],
)
def test_bad_questions_are_400(client: TestClient, parameters: dict[str, str], says: str) -> None:
    status, message = refused(client, **parameters)
    assert status == 400
    assert says in message


def test_a_parameter_given_twice(client: TestClient) -> None:
    answer = client.get(f"/allocation?window={THREE_HOURS}&aggregate=pod&aggregate=node")
    assert answer.status_code == 400
    assert "aggregate is given twice: 'pod' and 'node'" in answer.json()["message"]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"filter": 'namespace:"x"'}, "assetType, category, cluster"),
        ({"aggregate": "typo"}, "did you mean type?"),
        ({"filterNamespaces": "x"}, "unknown parameter"),
    ],
)
def test_bad_questions_about_assets(client: TestClient, parameters: dict[str, str], says: str) -> None:
    status, message = refused(client, "/assets", **parameters)
    assert status == 400
    assert says in message


@pytest.mark.parametrize("path", ["/allocation", "/assets", "/api/v1/allocation/view", "/api/v1/assets/view"])
def test_a_filter_of_three_megabytes(source: Example, path: str) -> None:
    # Below the HTTP client, which itself refuses to send such a URL.
    query = f"window={THREE_HOURS}&filter=namespace:%22{'x' * 3_000_000}%22".encode()
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(create_app(OnDemand(source), Settings())(scope, receive, send))
    assert sent[0]["status"] == 413
    assert b"3000012 characters" in sent[1]["body"]
    assert len(sent[1]["body"]) < 1000


def test_parameters_that_change_nothing_are_heard(client: TestClient) -> None:
    harmless = {
        "resolution": "1m",
        "reconcile": "true",
        "viewId": "0",
        "shareSplit": "weighted",
        "metrics": "totalCost",
        "filter": "",
        "offset": "",
        "shareLabels": "",
    }
    no = {"external": "false", "shareTenancyCosts": "false", "includeProportionalAssetResourceCosts": "false", "costMetric": "cumulative"}
    with_them = client.get("/allocation", params={"window": THREE_HOURS} | harmless | no)
    assert with_them.status_code == 200
    assert with_them.json()["data"] == client.get("/allocation", params={"window": THREE_HOURS}).json()["data"]


def test_names_of_parameters_in_any_case(client: TestClient) -> None:
    assert client.get("/allocation", params={"WINDOW": THREE_HOURS, "Aggregate": "POD", "includeidle": "TRUE"}).status_code == 200


class Broken(Example):
    def __init__(self, error: Exception) -> None:
        super().__init__([])
        self.error = error

    def pieces(self, window: Window, *, needs: frozenset[str]) -> Iterator[Ledger]:
        raise self.error
        yield


ASKED = {
    "/allocation": {},
    "/allocation/summary": {},
    "/allocation/summary/topline": {},
    "/allocation/trends": {"names": "shop"},
    "/allocation/autocomplete": {"field": "pod"},
    "/assets": {},
    "/assets/topline": {},
    "/assets/graph": {},
    "/assets/autocomplete": {"field": "type"},
    "/api/v1/allocation/view": {},
    "/api/v1/assets/view": {},
    "/api/v1/allocation/export": {"format": "parquet"},
    "/api/v1/allocation/autocomplete": {"field": "label"},
}


def name_of(kind: type[FarthingError]) -> str:
    return kind.__name__


def kinds(root: type[FarthingError]) -> Iterator[type[FarthingError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds(kind)


def made(kind: type[FarthingError]) -> FarthingError:
    if kind is BadFilter:
        return BadFilter("a filter", text="x", position=0)
    return kind("what went wrong", expected="what was expected", cure="what to do")


KINDS: list[type[FarthingError]] = list(kinds(FarthingError))


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_every_error_of_a_source_keeps_its_status(kind: type[FarthingError]) -> None:
    client = TestClient(create_app(OnDemand(Broken(made(kind))), Settings()), base_url=BASE, raise_server_exceptions=False)
    for path in ("/allocation", "/api/v1/assets/view"):
        status, message = refused(client, path)
        assert status == kind.http_status
        assert "to do" in message or kind is BadFilter


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (Unreachable("no connection", cure="check the port"), 503, "no connection\nto do: check the port"),
        (NoData("nothing of kube_pod_info"), 404, "nothing of kube_pod_info"),
        (ZeroDivisionError("oops"), 500, "a fault of ours: ZeroDivisionError"),
    ],
)
def test_errors_on_every_path(path: str, error: Exception, status: int, says: str) -> None:
    client = TestClient(create_app(OnDemand(Broken(error)), Settings()), base_url=BASE, raise_server_exceptions=False)
    got, message = refused(client, path, **ASKED[path])
    assert got == status
    assert says in message


@pytest.mark.parametrize("path", ASKED)
def test_a_source_that_has_nothing(path: str) -> None:
    client = TestClient(create_app(OnDemand(Example([])), Settings()), base_url=BASE)
    assert client.get(path, params={"window": THREE_HOURS} | ASKED[path]).status_code == 200


def test_not_ready_until_the_source_can_answer() -> None:
    class Starting(OnDemand):
        def version(self) -> str:
            raise Unreachable("the warehouse is being built")

    client = TestClient(create_app(Starting(Example([])), Settings()), base_url=BASE)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "not ready: the warehouse is being built" in answer.json()["message"]
    assert client.get("/healthz").status_code == 200


def test_a_slow_question_does_not_stop_the_others(source: Example) -> None:
    let_go = threading.Event()

    class Slow(OnDemand):
        def summaries(self, question: Question, sets: Any) -> Any:
            assert let_go.wait(20)
            return super().summaries(question, sets)

    app = create_app(Slow(source), Settings())

    async def both() -> tuple[int, int]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            slow = asyncio.create_task(client.get("/allocation", params={"window": THREE_HOURS}))
            await asyncio.sleep(0)
            quick = await client.get("/assets", params={"window": THREE_HOURS})
            let_go.set()
            return quick.status_code, (await slow).status_code

    assert asyncio.run(both()) == (200, 200)


def test_unknown_paths_and_methods(client: TestClient) -> None:
    lost = client.get("/model/allocations")
    assert lost.status_code == lost.json()["code"] == 404
    assert "/model/allocation, " in lost.json()["message"]
    assert client.request("OPTIONS", "/allocation").status_code == 405


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_every_parameter_is_documented(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    told = {one["name"]: one for one in document["paths"]["/model/allocation"]["get"]["parameters"]}
    assert set(told) == set(ALLOCATION_PARAMETERS)
    assert all(one["description"] for one in told.values())
