"""/api/v1/allocation/timeline: one line through time; dollars by hand from the docstring of tests/views/frames.py."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api.native.models_numbers import Timeline

from ..conftest import THREE_HOURS, iso
from .kept import client_of, forget, warehouse
from .views import ask, total

PATH = "/api/v1/allocation/timeline"
SHOP = 'namespace:"shop"'


@pytest.fixture(params=["warehouse", "on demand"])
def either(request: pytest.FixtureRequest, client: TestClient) -> TestClient:
    return client_of(warehouse()) if request.param == "warehouse" else client


def lines(answer: dict[str, Any], which: str = "values") -> list[dict[str, Any]]:
    names = [column["name"] for column in answer["columns"]]
    return [dict(zip(names, line, strict=True)) for line in answer[which]]


def test_hours_of_what_matches_and_their_total(either: TestClient) -> None:
    answer = ask(either, PATH, step="hour", filter=SHOP)
    Timeline.model_validate(answer, strict=True, extra="forbid")
    assert [one["start"] for one in answer["steps"]] == [iso(0), iso(1), iso(2)]
    hour = lines(answer)[1]
    # shop: 4 + 1 core, 10 + 4 GiB, half of it used, and 10 + 2 GiB of volumes, of which v2 is nobody's and stands under its namespace
    assert (hour["total_cost"], hour["cpu_cost"], hour["ram_cost"], hour["storage_cost"]) == pytest.approx((6.9, 5.0, 1.4, 0.5))
    assert (hour["cpu_core_hours_requested"], hour["cpu_core_hours_used"], hour["ram_gib_hours_used"]) == pytest.approx((5, 2.5, 7))
    assert (hour["network_cost"], hour["partial"]) == (None, False)
    assert total(answer)["total_cost"] == pytest.approx(sum(line["total_cost"] for line in lines(answer)))
    assert total(answer)["efficiency"] == pytest.approx(0.5)


@pytest.mark.parametrize("idle", ["separate", "share", "hide"])
@pytest.mark.parametrize("filter", ["", SHOP, 'cluster:"east"+namespace:"batch"'])
@pytest.mark.parametrize("step", ["hour", "all", "30m", "auto"])
def test_it_is_the_view_cut_by_time(either: TestClient, idle: str, filter: str, step: str) -> None:
    window = f"{iso(0.25)},{iso(2.5)}"
    answer = ask(either, PATH, step=step, filter=filter, idle=idle, window=window)
    view = ask(either, agg="all", filter=filter, idle=idle, window=window, compare="none", trend="false")
    parts = total(answer)["total_cost"] + (total(answer, "idleTotal")["total_cost"] if idle == "separate" else 0)
    assert parts == pytest.approx(total(view)["total_cost"], rel=1e-12)
    assert (answer["idleValues"] is None, answer["idleTotal"] is None) == (idle != "separate", idle != "separate")
    for values, whole in (("values", "total"), ("idleValues", "idleTotal")):
        # idle is given out within the part of an hour that a step has, so that halves of hours do not give what the hour gives
        exact = step != "30m" or (values == "values" and idle != "share")
        if exact and answer[values] is not None:
            assert sum(line["total_cost"] for line in lines(answer, values)) == pytest.approx(total(answer, whole)["total_cost"])


def test_what_is_not_known_is_null_and_what_was_not_there_is_nothing() -> None:
    client = client_of(warehouse((0, 2)))
    answer = ask(client, PATH, step="hour", window=f"{iso(-1)},{iso(4)}", filter='pod:"nobody"', columns="total,cpu_core_hours_used")
    assert [column["name"] for column in answer["columns"]] == ["total_cost", "cpu_core_hours_used"]
    assert answer["values"] == [[None, None], [0.0, None], [None, None], [0.0, None], [None, None]]
    assert answer["idleValues"] == answer["values"]
    assert (answer["total"], answer["idleTotal"]) == ([0.0, None], [0.0, None])
    assert [one["partial"] for one in answer["steps"]] == [False, False, False, False, True]
    assert (answer["partial"], answer["asOf"]) == (True, iso(3))


def test_a_step_of_another_cluster_alone_is_not_known() -> None:
    kept = warehouse((0, 1))
    forget(kept, "west", 1)
    two_hours = f"{iso(0)},{iso(2)}"
    answer = ask(
        client_of(kept), PATH, step="hour", window=two_hours, filter='cluster:"west"+pod!:"bare"', columns="total_cost", idle="hide"
    )
    assert answer["values"] == [[0.0], [None]]
    either = ask(client_of(kept), PATH, step="hour", window=two_hours, filter='cluster:"west"|pod:"x"', columns="total_cost", idle="hide")
    assert either["values"] == [[pytest.approx(1.4)], [0.0]]


def test_a_month_of_hours_and_windows_ahead() -> None:
    client = client_of(warehouse())
    answer = ask(client, PATH, step="hour", window=f"{iso(-741)},{iso(3)}", columns="total_cost")
    assert (len(answer["values"]), answer["values"][0], answer["values"][-1]) == (744, [None], [pytest.approx(9.3)])
    ahead = ask(client, PATH, step="hour", window=f"{iso(100)},{iso(102)}", columns="total_cost")
    assert ahead["values"] == [[None], [None]]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"agg": "namespace"}, "unknown parameter 'agg'"),
        ({"idleRows": "node"}, "unknown parameter 'idleRows'"),
        ({"columns": "total_cost,cpu_kost"}, "unknown column 'cpu_kost'"),
        ({"columns": "name"}, "unknown column 'name'"),
        ({"columns": "cpu,cpu_cost"}, "cpu_cost is given twice"),
        ({"step": "fortnight"}, "step='fortnight' is unknown"),
        ({"filter": "pod:"}, ""),
        ({"window": "sevenish"}, "sevenish"),
    ],
)
def test_bad_questions(client: TestClient, parameters: dict[str, str], says: str) -> None:
    answer = client.get(PATH, params={"window": THREE_HOURS} | parameters)
    assert (answer.status_code, says in answer.json()["message"]) == (400, True), answer.text


def test_an_answer_that_the_client_has_is_not_made_again() -> None:
    kept = warehouse()
    client = client_of(kept)
    first = client.get(PATH, params={"window": THREE_HOURS})
    same = {"if-none-match": first.headers["etag"]}
    assert client.get(PATH, params={"window": THREE_HOURS}, headers=same).status_code == 304
    assert client.get(PATH, params={"window": THREE_HOURS, "step": "hour"}, headers=same).status_code == 200
