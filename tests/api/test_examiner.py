"""Who examines the server that is asked for data: in the background, seldom, and whatever becomes of it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from farthing.api import Examiner
from farthing.core.errors import Unreachable
from farthing.doctor import Diagnosis, ServerFacts
from farthing.metering.prometheus import Asked

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
FOUND = Diagnosis((), (), ServerFacts(version="3.0"), Asked(), "some hours")
LATER = Diagnosis((), (), ServerFacts(version="3.1"), Asked(), "later hours")


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def examiner(examine: Callable[[], Diagnosis], clock: Clock, patience: float = 10.0) -> Examiner:
    return Examiner(examine, every=600, patience=patience, elapsed=clock)


def test_it_is_examined_once_in_a_while() -> None:
    clock, answers = Clock(), [FOUND, LATER]
    asked = examiner(lambda: answers.pop(0), clock)
    first = asked.ask(NOON)
    assert (first.diagnosis, first.at, first.running, first.problem) == (FOUND, NOON, False, "")
    clock.at = 599
    assert asked.ask(NOON + timedelta(minutes=9)) == first
    clock.at = 600
    again = asked.ask(NOON + timedelta(minutes=10))
    assert (again.diagnosis, again.at) == (LATER, NOON + timedelta(minutes=10))


def test_nobody_waits_for_a_long_one_and_nobody_begins_another() -> None:
    clock, go = Clock(), threading.Event()
    begun: list[int] = []

    def slow() -> Diagnosis:
        begun.append(1)
        assert go.wait(30)
        return FOUND

    asked = examiner(slow, clock, patience=0.01)
    assert (asked.ask(NOON).diagnosis, asked.ask(NOON).running) == (None, True)
    clock.at = 5000
    assert asked.ask(NOON).running  # it still is under way, however long ago it began
    asked.patience = 10.0
    go.set()
    found = asked.ask(NOON)
    assert (found.diagnosis, found.running, found.at) == (FOUND, False, NOON)
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("error", "problem", "cure"),
    [
        (Unreachable("no server at x", cure="start it"), "no server at x", "start it"),
        (ZeroDivisionError("zero"), "a fault of ours: ZeroDivisionError: zero", ""),
    ],
)
def test_what_failed_is_told_beside_what_was_found_before(error: Exception, problem: str, cure: str) -> None:
    clock, fails = Clock(), [False, True]

    def examine() -> Diagnosis:
        if fails.pop(0):
            raise error
        return FOUND

    asked = examiner(examine, clock)
    asked.ask(NOON)
    clock.at = 700
    found = asked.ask(NOON + timedelta(hours=1))
    assert (found.problem, found.cure, found.running, found.diagnosis, found.at) == (problem, cure, False, FOUND, NOON)
