"""`farthing backfill`: what is planned, done, taken up again after Ctrl-C, and what is no time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farthing.cli.backfill import Bar, span_of
from farthing.core.errors import BadWindow
from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from farthing.roles import Collected
from tests.kit import Cluster, Container
from tests.kit.fixtures import Serve

from .conftest import Run

DAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = datetime(2026, 3, 9, 10, 30, tzinfo=UTC)
SINCE = ("--since", "2026-03-02", "--until", "2026-03-04")


@pytest.fixture(scope="module")
def prometheus(serve_module: Serve) -> str:
    start = DAY.timestamp()
    cluster = Cluster(start - 900, start + 30 * 3600 - 60, name="east", scrape=120)
    cluster.node("n1", cores=4, gib=16)
    cluster.pod("shop", "web-0", node="n1", containers=[Container("web", cpu=1, ram_gib=4, uses_cpu=0.25, uses_ram_gib=2)])
    return serve_module("prometheus", cluster.series())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent's name is kept beside the warehouse."""
    monkeypatch.setenv("FARTHING_WAREHOUSE__PATH", str(tmp_path / "costs.duckdb"))


def hours(folder: Path) -> int:
    return open_lake(LakeSettings(url=str(folder))).cluster("east").hours().height


@pytest.mark.real
def test_planned_done_and_nothing_left(run: Run, prometheus: str, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    asked = ("backfill", "--prometheus", prometheus, "--lake", str(lake), *SINCE)
    code, said, complaint = run(*asked, "--dry-run")
    assert (code, complaint) == (0, "")
    assert [line.split() for line in said.splitlines()[1:3]] == [["2026-03-03", "24"], ["2026-03-02", "24"]]
    assert "48 hours of 2 days are not in" in said
    assert hours(lake) == 0
    code, said, complaint = run(*asked)
    assert (code, complaint) == (0, "")
    # data until 5:59 on the 3rd; one container an hour
    assert said.startswith("30 hours collected into")
    assert "30 rows · the server has nothing of 18 more" in said
    assert "queries" in said
    assert hours(lake) == 30
    code, said, complaint = run(*asked)
    assert (code, complaint) == (0, "")
    assert said.startswith("nothing new")
    assert hours(lake) == 30


@pytest.mark.real
def test_ctrl_c_keeps_what_is_done(run: Run, prometheus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = tmp_path / "lake"
    asked = ("backfill", "--prometheus", prometheus, "--lake", str(lake), *SINCE)

    def interrupted(bar: Bar, found: Collected) -> None:
        bar.done.add(found)
        raise KeyboardInterrupt

    with monkeypatch.context() as pressed:
        pressed.setattr(Bar, "collected", interrupted)
        code, said, complaint = run(*asked)
    assert (code, complaint) == (130, "farthing: interrupted\n")
    assert said.startswith("6 hours collected")  # the newest day comes first: six hours of the 3rd
    assert hours(lake) == 6
    # its claim was given back: another agent need not wait
    claim = open_lake(LakeSettings(url=str(lake))).cluster("east").claim("x", now=datetime.now(UTC), lease=timedelta(milliseconds=1))
    assert claim.agent == "x"
    code, said, _ = run(*asked)
    assert (code, said.startswith("24 hours collected")) == (0, True)
    assert hours(lake) == 30


def test_from_when_to_when() -> None:
    assert span_of("", "", now=NOW) == (None, None)
    assert span_of("2026-03-02", "2d", now=NOW) == (DAY, NOW - timedelta(days=2))
    assert span_of("2026-03-02T12:00:00+02:00", "now", now=NOW) == (DAY + timedelta(hours=10), NOW)
    for since, until, problem in (
        ("2026-03-10", "", "not before 2026-03-09 10:30 UTC"),
        ("1d", "2d", "not before"),
        ("soon", "", "'soon' is no time"),
        ("", "2026-02-30", "not in the calendar"),
    ):
        with pytest.raises(BadWindow, match=problem):
            span_of(since, until, now=NOW)


def test_no_server_is_named(run: Run) -> None:
    code, _, complaint = run("backfill")
    assert (code, "--prometheus" in complaint) == (3, True)


def test_hours_of_which_there_is_nothing_are_counted_apart() -> None:
    ticks = iter([10.0, 20.0, 26.5])
    bar = Bar(None, clock=lambda: next(ticks))
    bar.begin(48)
    bar.collected(Collected(Span(0, 24 * 3600), 6, 60))
    bar.collected(Collected(Span(24 * 3600, 48 * 3600), 24, 240))
    bar.stop()
    assert (bar.done.hours, bar.done.rows, bar.done.nothing, bar.seconds) == (30, 300, 18, 6.5)
