"""One machine, driven round by round: collecting, taking in, changed and broken price books, a server that fails, metrics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from farthing.core.errors import Unreachable
from farthing.core.ledger import Span
from farthing.core.settings import Settings
from farthing.core.windows import Window
from farthing.lake import open_lake
from farthing.metering import Source
from farthing.roles import History, Job, MachineMetrics, OneMachine, Progress, PrometheusSeries, Series
from farthing.views import Question
from farthing.warehouse import Warehouse
from tests.kit.servers import serving

from .installation import CORE, DAY, GIB, NODE, settings_for, small_cluster

pytestmark = pytest.mark.real
NOON = DAY + timedelta(hours=12, minutes=5)  # hours up to 11:00 are closed: 11:00 and 23:45 of the day before are 11 + 1 hours
DEAR = "name: dear\ndefaults:\n  node:\n    on_demand: {cpu: 1 $/core-hour, ram: 0.5 $/GiB-hour}\n"
WHOLE = Window(DAY, DAY + timedelta(hours=11))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("up")
    with serving("prometheus", small_cluster("east", 30).series(), folder) as address:
        yield address


class Driven:
    """A machine whose loops are turned by hand, and what it told."""

    def __init__(self, settings: Settings, series: Series | None = None, now: datetime = NOON) -> None:
        self.now = now
        self.told: list[Progress] = []
        self.warehouse = Warehouse(None, now=lambda: self.now)
        series = series or PrometheusSeries(settings)
        self.machine = OneMachine(
            open_lake(settings.lake), self.warehouse, settings, agent="me", series=series, now=lambda: self.now, told=self.told.append
        )

    def collect(self) -> None:
        """Until there is nothing more."""
        while True:
            before = self.machine.counts()
            known = len(self.told)
            assert not self.machine.round("collect").problem
            if self.machine.counts() == before and len(self.told) == known and self.told and self.told[-1].total:
                return

    def total(self) -> float:
        """What everything costs by what can be asked."""
        ((table, _),) = self.warehouse.summaries(Question.of("namespace"), (WHOLE,))
        return table.total


def test_what_is_collected_can_be_asked_and_is_told(url: str, tmp_path: Path) -> None:
    driven = Driven(settings_for(url, tmp_path))
    assert driven.machine.history() == History(building=True)
    driven.collect()
    assert driven.machine.history() == History(building=True)  # in the lake, but not yet to be asked for
    driven.machine.round("take in")
    assert driven.machine.history() == History(building=False, done=12, total=12)
    counts = driven.machine.counts()
    # hours from 23:00 the day before to 11:00, one cluster
    assert (counts.hours_collected, counts.hours_taken_in) == (12, 12)
    assert driven.total() == pytest.approx(11 * NODE)
    assert driven.told[0] == Progress(Job.COLLECTING, 1, reached=DAY + timedelta(hours=10))  # the last closed hour comes first
    assert Progress(Job.COLLECTING, 12, 12) in driven.told
    assert driven.told[-1] == Progress(Job.TAKING_IN, 12, 12)


def test_hours_that_a_pause_left_behind_are_collected(url: str, tmp_path: Path) -> None:
    driven = Driven(settings_for(url, tmp_path), now=DAY - timedelta(minutes=-75))
    driven.collect()
    driven.now = DAY + timedelta(hours=30, minutes=15)  # new hours are at most the last day: those between are the past's
    assert not driven.machine.round("collect").problem
    driven.machine.round("take in")
    assert not driven.machine.history().building  # all was there once: what comes later is no history
    driven.collect()
    driven.machine.round("take in")
    assert driven.machine.counts().hours_taken_in == 31


def test_metrics_tell_loops_work_and_lag(url: str, tmp_path: Path) -> None:
    driven = Driven(settings_for(url, tmp_path))
    registry = CollectorRegistry()
    registry.register(MachineMetrics(driven.machine, now=lambda: driven.now))
    assert registry.get_sample_value("farthing_loop_last_success_timestamp_seconds", {"loop": "collect"}) is None
    driven.collect()
    driven.machine.round("take in")
    assert registry.get_sample_value("farthing_loop_last_success_timestamp_seconds", {"loop": "collect"}) == NOON.timestamp()
    assert registry.get_sample_value("farthing_loop_failures", {"loop": "collect"}) == 0
    assert registry.get_sample_value("farthing_hours_collected_total") == 12
    assert registry.get_sample_value("farthing_rows_collected_total") == 12  # one container
    assert registry.get_sample_value("farthing_hours_taken_in_total") == 12
    assert registry.get_sample_value("farthing_job_hours_done", {"job": "taking in"}) == 12
    assert registry.get_sample_value("farthing_lag_seconds", {"cluster": "east"}) == 65 * 60  # 11:00 to 12:05


def test_a_changed_price_book_is_costed_again_while_the_old_answers_stay(url: str, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(DEAR.replace("cpu: 1 $", f"cpu: {CORE} $").replace("ram: 0.5 $", f"ram: {GIB} $"))
    driven = Driven(settings_for(url, tmp_path, book=book))
    driven.collect()
    driven.machine.round("take in")
    assert driven.total() == pytest.approx(11 * NODE)
    book.write_text(DEAR)
    driven.now += timedelta(minutes=1)
    assert driven.machine.round("prices").did == "price book book.yaml changed"
    assert driven.total() == pytest.approx(11 * NODE)
    driven.machine.round("tidy")
    assert driven.total() == pytest.approx(11 * (4 * 1 + 16 * 0.5))
    assert driven.told[-1] == Progress(Job.COSTING_AGAIN, 12, 12)


def test_a_price_book_that_breaks_is_told_and_the_old_rules_stay(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(DEAR)
    driven = Driven(settings_for(url, tmp_path, book=book))
    driven.collect()
    driven.machine.round("take in")
    book.write_text("name: [")
    driven.now += timedelta(minutes=1)
    assert "not YAML" in driven.machine.round("prices").problem
    assert "prices: " in caplog.text
    assert "to do:" in caplog.text
    assert driven.machine.rules.text == DEAR
    assert not driven.machine.round("tidy").problem
    assert driven.total() == pytest.approx(11 * (4 * 1 + 16 * 0.5))
    book.write_text(DEAR.replace("cpu: 1 $", "cpu: 2 $"))
    assert not driven.machine.round("prices").problem
    assert "goes well again" in caplog.text
    driven.machine.round("tidy")
    assert driven.total() == pytest.approx(11 * (4 * 2 + 16 * 0.5))


class Failing(PrometheusSeries):
    """A server that is not there at one question."""

    def __init__(self, settings: Settings, at: int) -> None:
        super().__init__(settings)
        self.left = at

    def source(self, span: Span) -> Source:
        self.left -= 1
        if self.left == 0:
            raise Unreachable("no connection", cure="start it")
        return super().source(span)


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_server_that_fails_in_the_middle_is_asked_again_for_the_rest(url: str, tmp_path: Path, at: int) -> None:
    settings = settings_for(url, tmp_path)
    driven = Driven(settings, Failing(settings, at))
    problems = [driven.machine.round("collect").problem for _ in range(10)]
    assert problems.count("no connection") == 1
    driven.collect()
    driven.machine.round("take in")
    assert driven.machine.counts().hours_taken_in == 12
    assert driven.warehouse.extents()[0].recorded_at == NOON.astimezone(UTC)
