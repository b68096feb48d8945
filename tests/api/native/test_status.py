"""/api/v1/status: loops, long jobs, how far the past is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from farthing.api import Behind
from farthing.api.native.models_machine import Status
from farthing.roles import Counts, Health, History, Job, Progress

from ..conftest import iso
from .kept import client_of, warehouse

PATH = "/api/v1/status"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass
class Told:
    """A machine that does what it is told to have done."""

    loops: Sequence[Health] = ()
    done: Counts = field(default_factory=Counts)

    def health(self) -> Sequence[Health]:
        return self.loops

    def counts(self) -> Counts:
        return self.done


def test_loops_and_jobs_as_they_are_now() -> None:
    machine = Told(
        [Health("collect", 3, 0, NOON, "24 hours collected"), Health("prices", 0, 2, None, "", "the price book x.yaml is not there")],
        Counts(24, 100, 12, {Job.TAKING_IN: Progress(Job.TAKING_IN, 12, 24), Job.COLLECTING: Progress(Job.COLLECTING, 24, 0, NOON)}),
    )
    told = [History(building=True, done=12)]
    client = client_of(warehouse(), behind=Behind(machine, lambda: told[-1]))
    answer = client.get(PATH)
    assert "etag" not in answer.headers
    found = answer.json()
    Status.model_validate(found, strict=True, extra="forbid")
    assert found == {
        "now": iso(5), "dataUntil": iso(3), "ready": True, "building": True, "history": {"done": 12, "total": None},
        "loops": [
            {"name": "collect", "ok": True, "rounds": 3, "failures": 0, "succeededAt": "2026-11-01T12:00:00Z",
             "did": "24 hours collected", "problem": ""},
            {"name": "prices", "ok": False, "rounds": 0, "failures": 2, "succeededAt": None, "did": "",
             "problem": "the price book x.yaml is not there"},
        ],
        "jobs": [
            {"job": "collecting", "done": 24, "total": None, "reached": "2026-11-01T12:00:00Z"},
            {"job": "taking in", "done": 12, "total": 24, "reached": None},
        ],
    }  # fmt: skip
    told.append(History(building=False, done=24, total=24))
    machine.loops = ()
    again = client.get(PATH).json()
    assert (again["building"], again["history"], again["loops"]) == (False, {"done": 24, "total": 24}, [])


def test_nothing_to_be_asked_for_yet() -> None:
    found = client_of(warehouse(()), behind=Behind(Told(), lambda: History(building=True))).get(PATH).json()
    assert (found["ready"], found["dataUntil"], found["building"]) == (False, None, True)


def test_where_nothing_works_but_questions(client: TestClient) -> None:
    found = client.get(PATH).json()
    Status.model_validate(found, strict=True, extra="forbid")
    assert (found["ready"], found["building"], found["loops"], found["jobs"]) == (True, False, [], [])
    assert (found["dataUntil"], found["history"]) == (None, {"done": 0, "total": None})


@pytest.mark.parametrize("parameters", [{"window": "7d"}, {"asof": "1970-02-11"}])
def test_it_takes_no_parameters(client: TestClient, parameters: dict[str, str]) -> None:
    assert client.get(PATH, params=parameters).status_code == 400
