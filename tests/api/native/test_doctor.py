"""/api/v1/doctor: what the server itself sees, and what an examination of another found; dollars by hand from tests/views/frames.py."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import Behind, Examiner
from farthing.api.native.models_machine import Doctor
from farthing.core.errors import Unreachable
from farthing.core.ledger import Ledger
from farthing.core.settings import Settings
from farthing.doctor import Diagnosis, Finding, ServerFacts, Severity, Verdict
from farthing.metering.prometheus import Asked
from farthing.pricing import PriceBook, load_book
from farthing.roles import Health

from ...views.frames import HOUR, N1, at, example, ledger
from ..conftest import iso
from .kept import client_of, forget, warehouse
from .test_status import Told

PATH = "/api/v1/doctor"
SERVED = Settings.model_validate({"prometheus": {"url": "http://ann:hush@prom:9090"}})
OURS = PriceBook("ours.yaml", "USD")


def told(client: TestClient) -> dict[str, Any]:
    answer = client.get(PATH)
    assert (answer.status_code, "etag" in answer.headers) == (200, False), answer.text
    found: dict[str, Any] = answer.json()
    Doctor.model_validate(found, strict=True, extra="forbid")
    return found


def of(found: dict[str, Any], check: str) -> list[dict[str, Any]]:
    return [one for one in found["findings"] if one["check"] == check]


def verdicts(found: dict[str, Any]) -> dict[str, Any]:
    return {one["check"]: one["notPossible"] or one["findings"] for one in found["verdicts"]}


def test_all_is_well_but_for_a_guess() -> None:
    found = told(client_of(warehouse(), behind=Behind(Told(), book=lambda: OURS)))
    assert verdicts(found) == {
        "failing loops": 0, "late clusters": 0, "gaps": 0, "unpriced assets": 0, "guesses": 1, "default price book": 0,
    }  # fmt: skip
    (guess,) = found["findings"]
    # web's app has the mark: $3.80 of $19.70 an hour
    assert guess | {"layer": "own", "title": "default node price", "severity": "warning", "moneyOf": "the last 7 days"} == guess
    assert (guess["money"], guess["share"]) == pytest.approx((11.4, 11.4 / 59.1))
    assert guess["cure"] == "give your prices with --prices"
    assert (found["running"], found["examinedAt"], found["source"], found["server"]) == (False, None, None, None)


def test_loops_that_fail() -> None:
    machine = Told([Health("collect", 2, 0, at(HOUR)), Health("prices", 4, 3, at(HOUR), "", "price book x.yaml is not text")])
    found = told(client_of(warehouse(), behind=Behind(machine)))
    (loop,) = of(found, "failing loops")
    assert (loop["severity"], loop["title"]) == ("error", "prices fails")
    assert loop["evidence"] == ["price book x.yaml is not text", f"last went well: {iso(0)}; failed 3 times since"]
    assert "the rules before it hold" in loop["concerns"]
    assert found["findings"][0] == loop  # the gravest first
    assert verdicts(found)["default price book"] == "the price book is not told"


def test_hours_that_are_missing() -> None:
    kept = warehouse(range(8), hours_ago=6)
    forget(kept, "west", 1, 2, 4)
    found = told(client_of(kept))
    assert of(found, "late clusters") == []
    (gap,) = of(found, "gaps")
    assert (gap["cluster"], gap["severity"], gap["title"]) == ("west", "warning", "3 hours of west are missing in the last 30 days")
    assert gap["evidence"] == [f"{iso(1)} to {iso(3)}: 2 hours", f"{iso(4)} to {iso(5)}: 1 hours"]
    assert gap["money"] == pytest.approx(3 * 2.4)  # what an hour of west costs, idle as well


@pytest.mark.parametrize(("ago", "severity", "state"), [(4, "warning", "behind"), (48, "error", "silent")])
def test_a_cluster_whose_data_end(ago: float, severity: str, state: str) -> None:
    found = told(client_of(warehouse(hours_ago=ago)))
    late = {one["cluster"]: one for one in of(found, "late clusters")}
    assert set(late) == {"east", "west"}
    assert (late["west"]["severity"], late["west"]["title"]) == (severity, f"west is {state}: its data end {ago} hours ago")
    assert late["west"]["evidence"] == [f"the last hour known of it ended at {iso(3)}"]
    assert late["west"]["money"] == pytest.approx(ago * 2.4)
    assert [one["cluster"] for one in of(found, "late clusters")] == ["east", "west"]  # the dearer first


def test_what_has_no_price() -> None:
    price = {"asset_id": N1, "resource": "gpu", "price": None, "unit": "$/card-hour", "currency": "USD", "recorded_at": at(HOUR)}

    def unpriced(hour: int) -> Ledger:
        return dataclasses.replace(example(hour), price=ledger([], prices=[price | {"reason": "no rule", "cure": "add this"}]).price)

    (one,) = of(told(client_of(warehouse(of=unpriced))), "unpriced assets")
    assert (one["title"], one["evidence"], one["cure"], one["money"]) == ("gpu of 1 asset has no price", ["no rule"], "add this", None)


def test_the_default_price_book_is_told_once() -> None:
    found = told(client_of(warehouse(), behind=Behind(book=lambda: load_book(None))))
    (book,) = of(found, "default price book")
    assert (book["money"], book["share"]) == pytest.approx((59.1, 1.0))
    assert of(found, "guesses") == []


def test_nothing_is_kept_and_nothing_is_there(client: TestClient) -> None:
    found = told(client)
    assert found["findings"] == []
    assert all("nothing is kept here" in verdicts(found)[check] for check in ("late clusters", "gaps", "unpriced assets", "guesses"))
    assert verdicts(found)["failing loops"] == "no loop runs here"
    empty = told(client_of(warehouse(()), behind=Behind(Told())))
    assert (empty["findings"], empty["dataUntil"]) == ([], None)


def test_the_examination_of_a_server() -> None:
    finding = Finding("holes", Severity.ERROR, "a hole", ("from 1 to 2",), "costs of it", "mend it", "east", 1.5, 0.2)
    diagnosis = Diagnosis(
        (finding,), (Verdict("holes", 1), Verdict("retention", not_possible="not told")), ServerFacts("3.0", "15d", "cluster"), Asked(),
        "the last day", "of noon", ("version: not told",),
    )  # fmt: skip
    found = told(client_of(warehouse(), SERVED, behind=Behind(examiner=Examiner(lambda: diagnosis))))
    assert found["findings"][0] == {
        "layer": "source", "check": "holes", "severity": "error", "title": "a hole", "evidence": ["from 1 to 2"], "concerns": "costs of it",
        "cure": "mend it", "cluster": "east", "money": 1.5, "moneyOf": "the hour of noon", "share": 0.2,
    }  # fmt: skip
    assert {"layer": "source", "check": "retention", "findings": 0, "notPossible": "not told"} in found["verdicts"]
    assert found["server"] == {"version": "3.0", "retention": "15d", "clusterLabel": "cluster"}
    assert (found["source"], found["examinedAt"], found["lookedAt"]) == ("http://**********@prom:9090", iso(5), "the last day")
    assert (found["running"], found["problem"], found["notes"]) == (False, "", ["version: not told"])


def test_a_server_that_cannot_be_examined() -> None:
    def fails() -> Diagnosis:
        raise Unreachable("no server at prom:9090", cure="start it")

    found = told(client_of(warehouse(), SERVED, behind=Behind(examiner=Examiner(fails))))
    assert (found["problem"], found["cure"], found["examinedAt"]) == ("no server at prom:9090", "start it", None)


def test_it_takes_no_parameters(client: TestClient) -> None:
    assert client.get(PATH, params={"window": "7d"}).status_code == 400
