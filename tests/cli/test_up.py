"""`farthing up` over a real Prometheus: it answers what a report says, survives being killed, and changes prices while it answers."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from tests.kit import Cluster, Container
from tests.kit.fixtures import Serve

from .conftest import Run
from .machine import Machine, start, up

pytestmark = [pytest.mark.real, pytest.mark.slow]
DAY = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW = "2026-03-02T00:00:00Z,2026-03-03T06:00:00Z"
ALL = "2026-03-01T00:00:00Z,2026-03-04T00:00:00Z"
HOURS = 32  # from 23:00 the day before to 7:00 on the 3rd, one cluster
CORE, GIB = 0.031611, 0.004237  # $ an hour, the default book
NODE = 4 * CORE + 16 * GIB
BY = ("--window", WINDOW, "--by", "namespace,pod", "-o", "json")


@pytest.fixture(scope="module")
def prometheus(serve_module: Serve) -> str:
    start_of_data, end = (DAY - timedelta(minutes=15)).timestamp(), (DAY + timedelta(hours=30, minutes=15)).timestamp()
    cluster = Cluster(start_of_data, end, name="east", scrape=120)
    cluster.node("n1", cores=4, gib=16)
    cluster.pod("shop", "web-0", node="n1", containers=[Container("web", cpu=1, ram_gib=4, uses_cpu=0.25, uses_ram_gib=2)])
    cluster.pod("data", "db-0", node="n1", containers=[Container("db", cpu=0.5, ram_gib=1, uses_cpu=0.75, uses_ram_gib=1)])
    return serve_module("prometheus", cluster.series())


@pytest.fixture(scope="module")
def machine(prometheus: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with up(prometheus, tmp_path_factory.mktemp("machine")) as running:
        running.until_hours(HOURS)
        yield running


def rows(said: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(said)["rows"]}


def test_lake_and_server_say_what_a_report_from_the_prometheus_says(run: Run, prometheus: str, machine: Machine) -> None:
    told = {}
    for place, value in (("prometheus", prometheus), ("lake", str(machine.folder / "lake")), ("server", machine.url)):
        code, said, complaint = run("report", f"--{place}", value, *BY)
        assert (code, complaint) == (0, ""), place
        told[place] = json.loads(said)
    live = told["prometheus"]
    assert live["totals"]["total_cost"] == pytest.approx(30 * NODE)
    for place in ("lake", "server"):
        found = told[place]
        assert {key: found[key] for key in ("window", "clusters", "by", "currency")} == {
            key: live[key] for key in ("window", "clusters", "by", "currency")
        }
        assert [row["name"] for row in found["rows"]] == [row["name"] for row in live["rows"]]
        for mine, its in zip(found["rows"], live["rows"], strict=True):
            for name, value in its.items():
                assert mine[name] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value), (place, name)
        assert found["closing"] == pytest.approx(live["closing"])
        assert [guess["cost"] for guess in found["guesses"]] == pytest.approx([guess["cost"] for guess in live["guesses"]])


def test_shared_and_filtered_costs_are_the_same_from_a_server(run: Run, prometheus: str, machine: Machine) -> None:
    asked = ("--window", WINDOW, "--share-namespaces", "data", "--filter", 'namespace:"shop"', "--idle", "share", "-o", "json")
    told = [json.loads(run("report", *place, *asked)[1]) for place in (("--prometheus", prometheus), ("--server", machine.url))]
    assert told[1]["rows"][0]["total_cost"] == pytest.approx(told[0]["rows"][0]["total_cost"]) == pytest.approx(30 * NODE)
    assert told[1]["shown"] == pytest.approx(told[0]["shown"])
    assert {name: told[1]["sharing"][name] for name in ("namespaces", "given")} == {
        "namespaces": ["data"],
        "given": pytest.approx(told[0]["sharing"]["given"]),
    }


def test_a_query_is_a_table_json_or_csv(run: Run, machine: Machine) -> None:
    code, said, complaint = run("query", "--server", machine.url, "--window", WINDOW, "--step", "day", "--top", "1")
    assert (code, complaint) == (0, "")
    # a pod of 1 core and 4 GiB; of the other the half core that it asked for counts less than the 0.75 it used
    shop, data = 30 * (CORE + 4 * GIB), 30 * (0.75 * CORE + GIB)
    assert f"shop       ${shop:.2f}" in said
    assert f"1 others   ${data:.2f}" in said
    assert f"total      ${30 * NODE:.2f}" in said
    assert re.search(rf"^2026-03-02 +\${0.8 * shop:.2f} +\${0.8 * data:.2f} ", said, re.MULTILINE)  # 24 of 30 hours
    document = json.loads(run("query", "--server", machine.url, "--window", WINDOW, "-o", "json")[1])
    assert [row[0] for row in document["rows"]] == ["shop", "data"]
    lines = run("query", "--server", machine.url, "--window", WINDOW, "-o", "csv", "--sort", "name")[1].splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == ["__idle__", "data", "shop"]


def test_wrong_questions_are_answered_in_the_servers_words(run: Run, machine: Machine) -> None:
    code, _, complaint = run("query", "--server", machine.url, "--by", "namspace")
    assert code == 2
    assert "did you mean namespace?" in complaint
    code, _, complaint = run("query", "--server", machine.url, "--filter", "namespace:")
    assert code == 2
    assert "position 10" in complaint


def test_a_second_server_is_refused_the_warehouse(run: Run, machine: Machine) -> None:
    code, _, complaint = run("query", "--warehouse", str(machine.folder / "costs.duckdb"))
    assert code == 6
    assert "in use by another process" in complaint


def test_stopped_it_lets_go_and_its_warehouse_can_be_asked(run: Run, prometheus: str, tmp_path: Path) -> None:
    token = "sixteen letters!"
    with up(prometheus, tmp_path, token=token) as machine:
        machine.until_hours(HOURS)
        code, _, complaint = run("query", "--server", machine.url)
        assert (code, "FARTHING_SERVE__TOKEN" in complaint) == (4, True)
        expected = machine.total(WINDOW)
        said = machine.stop()
    assert machine.process.returncode == 0
    assert said.splitlines()[-1] == "farthing: stopped"
    assert "all that the server has is collected: 32 hours since the start" in said
    code, answer, complaint = run("query", "--warehouse", str(tmp_path / "costs.duckdb"), "--window", WINDOW, "-o", "json")
    assert (code, complaint) == (0, "")
    document = json.loads(answer)
    assert document["total"][[column["name"] for column in document["columns"]].index("total_cost")] == pytest.approx(expected)
    # its claim is given back: another agent takes the cluster at once
    claim = (
        open_lake(LakeSettings(url=str(tmp_path / "lake"))).cluster("east").claim("x", now=datetime.now(UTC), lease=timedelta(minutes=1))
    )
    assert claim.agent == "x"


def committed_hours(folder: Path) -> int:
    """Hours of the cluster that lie in a lake."""
    return open_lake(LakeSettings(url=str(folder / "lake"))).cluster("east").hours().height


def lake_rows(folder: Path) -> dict[str, pl.DataFrame]:
    """Facts of all hours of a lake, without when they were recorded."""
    facts = open_lake(LakeSettings(url=str(folder / "lake"))).cluster("east").read(Span(0, 2e9))
    tables = {name: getattr(facts, name) for name in ("usage", "capacity", "identity")}
    return {name: frame.drop("recorded_at", strict=False).sort(frame.columns[:4]) for name, frame in tables.items()}


@pytest.mark.parametrize("fault", ["manifest-committed:2", "commit-usage-after-log:2", "ingest-written:2"])
def test_killed_in_the_backfill_and_started_again_it_has_the_same(prometheus: str, machine: Machine, tmp_path: Path, fault: str) -> None:
    killed = start(prometheus, tmp_path, fault=fault)
    assert killed.process.wait(60) == -signal.SIGKILL
    with up(prometheus, tmp_path) as again:
        for _ in range(600):  # the lake is whole, and all of it can be asked
            if committed_hours(tmp_path) == HOURS and again.total(ALL) == pytest.approx(machine.total(ALL)):
                break
            again.rest()
        mine, its = (one.view(window=WINDOW, agg="namespace,pod", compare="none") for one in (again, machine))
        assert [row[0] for row in mine["rows"]] == [row[0] for row in its["rows"]] == ["shop/web-0", "data/db-0"]
        for got, wanted in zip([*mine["rows"], *mine["idleRows"]], [*its["rows"], *its["idleRows"]], strict=True):
            assert [cell if isinstance(cell, float) else None for cell in got] == pytest.approx(
                [cell if isinstance(cell, float) else None for cell in wanted], nan_ok=True
            )
    for name, frame in lake_rows(tmp_path).items():
        assert frame.equals(lake_rows(machine.folder)[name]), name


def test_changed_prices_are_taken_up_while_the_old_ones_answer(prometheus: str, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    words = "name: ours\ndefaults:\n  node:\n    on_demand: {{cpu: {} $/core-hour, ram: 0.5 $/GiB-hour}}\n"
    book.write_text(words.format(1))
    old, new = 30 * (4 * 1 + 16 * 0.5), 30 * (4 * 3 + 16 * 0.5)
    with up(prometheus, tmp_path, "--prices", str(book)) as machine:
        machine.until_hours(HOURS)
        assert machine.total(WINDOW) == pytest.approx(old)
        book.write_text(words.format(3))
        seen: list[float] = []
        for _ in range(600):
            seen.append(machine.total(WINDOW) or 0.0)
            if seen[-1] == pytest.approx(new):
                break
            machine.rest()
        assert seen[-1] == pytest.approx(new)
        assert seen[:-1] == pytest.approx([old] * (len(seen) - 1))  # never a mixture
        assert "32 of 32 hours costed again" in machine.stop()
