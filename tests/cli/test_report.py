"""The whole chain: a real Prometheus with a small cluster, its report by hand."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from farthing.cli.report import Output, chosen_output, parse_asking
from farthing.core.errors import BadParameter, BadWindow
from farthing.views import IdleBy, Sharing
from tests.kit import Cluster, Container
from tests.kit.fixtures import Serve

from .conftest import Run

MIDNIGHT = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
WINDOW = "2026-11-02T00:00:00Z,2026-11-02T02:00:00Z"
CORE, GIB = 0.031611, 0.004237  # $ an hour, the default book
# Two hours: a node of 4 cores and 16 GiB; a pod of 1 core and 4 GiB in shop, one of 0.5 cores and 1 GiB in data.
NODE = 2 * (4 * CORE + 16 * GIB)
SHOP = 2 * (1 * CORE + 4 * GIB)
DATA = 2 * (0.5 * CORE + 1 * GIB)


@pytest.fixture(scope="module")
def server(serve_module: Serve) -> str:
    cluster = Cluster(MIDNIGHT - 3600, MIDNIGHT + 3 * 3600, name="east")
    cluster.node("n1", cores=4, gib=16)
    web = Container("web", cpu=1, ram_gib=4, uses_cpu=0.25, uses_ram_gib=2)
    cluster.pod("shop", "web-0", node="n1", containers=[web], owner=cluster.deployment("shop", "web"))
    cluster.pod("data", "db-0", node="n1", containers=[Container("db", cpu=0.5, ram_gib=1, uses_cpu=0.5, uses_ram_gib=1)])
    return serve_module("prometheus", cluster.series())


@pytest.mark.real
def test_the_table(run: Run, server: str) -> None:
    code, said, complaint = run("report", "--prometheus", server, "--window", WINDOW)
    assert (code, complaint) == (0, "")
    amounts = dict(re.findall(r"^(\w+) +\$([\d.]+)", said, re.MULTILINE))
    assert float(amounts["shop"]) == pytest.approx(SHOP, abs=0.0006)
    assert float(amounts["data"]) == pytest.approx(DATA, abs=0.0006)
    assert float(amounts["__idle__"]) == pytest.approx(NODE - SHOP - DATA, abs=0.006)
    assert f"= ${NODE:.4f} assets" in said
    assert "\x1b" not in said


@pytest.mark.real
def test_a_file_that_cannot_be_written(run: Run, server: str, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "costs.csv"
    code, _, complaint = run("report", "--prometheus", server, "--window", WINDOW, "--output-file", str(path))
    assert code == 2
    assert "costs.csv" in complaint


@pytest.mark.real
def test_the_document_and_what_it_took(run: Run, server: str) -> None:
    code, said, _ = run("report", "--prometheus", server, "--window", WINDOW, "-o", "json", "--by", "controller")
    found = json.loads(said)
    assert code == 0
    rows = {row["name"]: row for row in found["rows"]}
    assert rows["deployment:web"]["total_cost"] == pytest.approx(SHOP)
    assert rows["__unallocated__"]["total_cost"] == pytest.approx(DATA)
    assert rows["deployment:web"]["cpu_core_hours_used"] == pytest.approx(0.5, rel=0.02)
    assert found["closing"]["assets"] == pytest.approx(NODE)
    assert found["asked"]["queries"] == sum(tally["queries"] for tally in found["asked"]["measurements"].values()) > 0
    assert found["window"]["observed_hours"] == pytest.approx(2)


@pytest.mark.real
def test_owners_are_asked_for_only_where_a_question_looks_at_them(run: Run, server: str) -> None:
    def measurements(*more: str) -> set[str]:
        _, said, _ = run("report", "--prometheus", server, "--window", WINDOW, "-o", "json", *more)
        return set(json.loads(said)["asked"]["measurements"])

    assert "pod owner" not in measurements()
    assert "pod owner" in measurements("--by", "deployment")
    assert "pod owner" in measurements("--filter", 'controllerName:"web"')


@pytest.mark.real
def test_files_take_their_form_from_their_suffix(run: Run, server: str, tmp_path: Path) -> None:
    for suffix in ("csv", "parquet", "json", "txt"):
        file = tmp_path / f"costs.{suffix}"
        code, said, complaint = run("report", "--prometheus", server, "--window", WINDOW, "--output-file", str(file))
        assert (code, said) == (0, "")
        assert ("default rates" in complaint) == (suffix in ("csv", "parquet"))
    assert pl.read_parquet(tmp_path / "costs.parquet").equals(pl.read_csv(tmp_path / "costs.csv", schema=schema_of(tmp_path)))
    assert json.loads((tmp_path / "costs.json").read_text())["kind"] == "farthing.report"
    assert (tmp_path / "costs.txt").read_text().startswith("Cost by namespace")


def schema_of(folder: Path) -> pl.Schema:
    return pl.read_parquet_schema(folder / "costs.parquet")  # type: ignore[return-value]


@pytest.mark.real
def test_a_price_book_of_ones_own(run: Run, server: str, tmp_path: Path) -> None:
    book = tmp_path / "ours.yaml"
    book.write_text("name: ours\ndefaults:\n  node:\n    on_demand: {cpu: 1 $/core-hour, ram: 0.5 $/GiB-hour}\n")
    _, said, _ = run("report", "--prometheus", server, "--window", WINDOW, "--prices", str(book))
    assert "east · prices: ours" in said
    assert re.search(r"^shop +\$6\.00 ", said, re.MULTILINE)  # 2 h × (1 core × $1 + 4 GiB × $0.50)
    assert "default rates" not in said


def test_windows_end_now_at_most() -> None:
    now = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
    asking = parse_asking("7d", "namespace", "", "separate", "Asia/Kolkata", now=now)
    assert asking.window.end == now
    assert asking.window.start == datetime(2026, 10, 26, 18, 30, tzinfo=UTC)  # midnight of the 27th in India, the 2nd included
    with pytest.raises(BadWindow, match="future"):
        parse_asking("2026-12-01,2026-12-02", "namespace", "", "separate", "UTC", now=now)


def test_idle_by_cluster_and_sharing_are_part_of_what_is_asked() -> None:
    now = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
    asking = parse_asking("7d", "namespace", "", "share", "UTC", idle_by="cluster", sharing=Sharing(namespaces=("x",)), now=now)
    assert (asking.question.idle_by, asking.question.sharing) == (IdleBy.CLUSTER, Sharing(namespaces=("x",)))
    with pytest.raises(BadParameter, match="cluster, node"):
        parse_asking("7d", "namespace", "", "share", "UTC", idle_by="pod", now=now)


def test_parquet_is_not_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(BadParameter, match="--output-file"):
        chosen_output(Output.PARQUET, None)
    assert chosen_output(None, None) is Output.TABLE
    assert chosen_output(Output.CSV, Path("x.json")) is Output.CSV
