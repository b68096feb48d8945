"""The demo as a whole: what it answers is what the company's books say, of its past and of hours that it lived while one looked on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.ledger import Span
from farthing.core.settings import ServeSettings
from farthing.demo import Demo, Home, tellings
from farthing.simulator import books

PRESENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FIRST = datetime(2026, 10, 25, tzinfo=UTC)  # 30 days before the midnight before
HOUR = 3600
SPEED = 300
LOOPS = ("scrape", "collect", "take in", "history")

pytestmark = pytest.mark.slow


class Real:
    """The real seconds that have passed."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Lived:
    """A demo whose loops are gone round by hand, and what is asked of it."""

    demo: Demo
    real: Real

    def round(self) -> None:
        """Every loop once."""
        for name in LOOPS:
            self.demo.machine._loops[name].round()
        problems = [health.problem for health in self.demo.machine.health() if health.problem]
        assert problems == []

    def live_until(self, moment: datetime) -> None:
        """Let time go on, and do what is due, until all hours before `moment` can be asked for."""
        for _ in range(60):
            if self.demo.clock.wanted() < moment.timestamp() + 120:
                self.real.seconds += 1
            if self.demo.reached() >= moment.timestamp() and self.demo.progress().whole:
                return
            self.round()
        raise AssertionError(f"at {self.demo.clock.now()} there are answers until {self.demo.reached()}")

    def ask(self, path: str, **parameters: str) -> dict[str, Any]:
        """An answer of the API."""
        client = TestClient(create_app(self.demo.warehouse, self.demo.settings, simulated=True), base_url="http://localhost")
        answer = client.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def costs(self, start: datetime, end: datetime) -> dict[tuple[str, str], float]:
        """$ of containers and pods, by cluster and namespace."""
        window = f"{start:%Y-%m-%dT%H:%M:%SZ},{end:%Y-%m-%dT%H:%M:%SZ}"
        answer = self.ask("/api/v1/allocation/view", window=window, agg="cluster,namespace,kind", compare="none", step="all")
        columns = [column["name"] for column in answer["columns"]]
        found: dict[tuple[str, str], float] = {}
        for row in (dict(zip(columns, row, strict=True)) for row in answer["rows"]):
            if row["kind"] in ("container", "pod"):
                name = row["cluster"], row["namespace"]
                found[name] = found.get(name, 0.0) + row["total_cost"]
        return found

    def true_costs(self, start: datetime, end: datetime) -> dict[tuple[str, str], float]:
        """The same by the company's books."""
        account = books(self.demo.company, Span(start.timestamp(), end.timestamp())).rows
        return {(c, n): cost for c, n, cost in account.group_by("cluster", "namespace").agg(pl.col("cost").sum()).iter_rows()}


def lived(folder: Path, present: datetime, days: int = 30) -> Lived:
    home, real = Home(folder), Real()
    settings = home.settings(ServeSettings(), "warning")
    return Lived(Demo(home, settings, days=days, speed=SPEED, present=lambda: present, elapsed=real), real)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def month(folder: Path) -> Iterator[Lived]:
    """A month of history, and the hours from nine to eleven lived."""
    made = lived(folder, PRESENT)
    made.live_until(datetime(2026, 11, 24, 11, tzinfo=UTC))
    yield made
    made.demo.stop()


def test_history_is_what_the_books_say(month: Lived) -> None:
    end = PRESENT.replace(minute=0)
    found, true = month.costs(FIRST, end), month.true_costs(FIRST, end)
    assert found.keys() == true.keys()
    assert len(true) == 20
    for name, cost in true.items():
        assert found[name] == pytest.approx(cost, rel=1e-9), name


@pytest.mark.parametrize("hour", [9, 10])
def test_a_lived_hour_is_measured(month: Lived, hour: int) -> None:
    start = PRESENT.replace(hour=hour, minute=0)
    end = start + timedelta(hours=1)
    found, true = month.costs(start, end), month.true_costs(start, end)
    assert found.keys() == true.keys()
    for name, cost in true.items():
        # a life is known to a scrape, here one of 60 in the hour
        assert found[name] == pytest.approx(cost, rel=0.005, abs=cost / 60), name
    assert sum(found.values()) == pytest.approx(sum(true.values()), rel=0.005)


def test_where_history_ends_and_life_begins_nothing_is_doubled_or_missing(month: Lived) -> None:
    taken = month.demo.warehouse.taken()
    assert taken.select("cluster", "hour").is_duplicated().sum() == 0
    hours = range(int(FIRST.timestamp()) // HOUR, int(datetime(2026, 11, 24, 11, tzinfo=UTC).timestamp()) // HOUR)
    for _, mine in taken.group_by("cluster"):
        assert sorted(mine["hour"]) == list(hours)
    # what machines, volumes and load balancers cost over the seam, hour by hour
    for hour in (7, 8, 9, 10):
        start = PRESENT.replace(hour=hour, minute=0)
        window = f"{start:%Y-%m-%dT%H:%M:%SZ},{start + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        answer = month.ask("/api/v1/assets/view", window=window, agg="type", compare="none", step="all")
        columns = [column["name"] for column in answer["columns"]]
        total = dict(zip(columns, answer["total"], strict=True))["total_cost"]
        true = books(month.demo.company, Span(start.timestamp(), start.timestamp() + HOUR)).total
        assert total == pytest.approx(true, rel=0.005), hour


def test_every_story_is_found_by_its_question(month: Lived) -> None:
    told = list(tellings(month.demo.company, month.demo.history.first, PRESENT))
    assert len(told) == 6
    for telling in told:
        for shown in filter(None, (telling.shown, telling.before)):
            assert shown.figure > 1
            assert shown.found(month.ask(shown.url(""))) == pytest.approx(shown.figure, rel=1e-9), telling.title


def test_it_says_that_it_is_made_up(month: Lived) -> None:
    meta = month.ask("/api/v1/meta")
    assert meta["simulated"] is True
    assert {one["name"] for one in meta["clusters"]} == {"shop-prod", "ml-prod", "staging"}


def test_taken_up_again_it_doubles_nothing(month: Lived, folder: Path) -> None:
    """The last test: it ends the demo of the others."""
    company, before = month.demo.company, month.demo.warehouse.taken()
    nine = datetime(2026, 11, 24, 9, tzinfo=UTC)
    eleven, twelve = nine + timedelta(hours=2), nine + timedelta(hours=3)
    costs = month.costs(nine, eleven)
    month.demo.stop()
    # stopped a few minutes after eleven, and gone on with at 12:40
    again = lived(folder, PRESENT + timedelta(hours=3, minutes=10))
    try:
        assert again.demo.company.anchor == company.anchor
        for _ in range(20):
            again.round()
            if again.demo.reached() >= twelve.timestamp() and again.demo.progress().whole:
                break
        after = again.demo.warehouse.taken()
        assert after.select("cluster", "hour").is_duplicated().sum() == 0
        assert after.height == before.height + 3  # the hour of eleven, of three clusters
        assert after.join(before, on=["cluster", "hour", "run_id"], how="semi").height == before.height
        assert again.costs(nine, eleven) == costs
        # the hour in which it was stopped is filled from the books
        found, true = again.costs(eleven, twelve), again.true_costs(eleven, twelve)
        assert found == pytest.approx(true, rel=1e-9)
    finally:
        again.demo.stop()
