"""Killed anywhere while it takes in, rolls up or costs again, a warehouse ends as one that nobody disturbed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from farthing.core import faults
from farthing.warehouse import Warehouse

from ..roles.lakes import NOW, book, filled_lake

ROOT = Path(__file__).parents[2]
HOURS = 30
TAKING_IN = ("ingest-begun", "ingest-written", "ingest-committed", "day-rolled")
AGAIN = ("generation-made", "ingest-written", "generation-whole", "generation-taken-over")
TABLES = ("allocation", "asset", "share", "price", "taken", "rolled", "day_0")


def run(lake: Path, warehouse: Path, prices: Path, act: str, fault: str = "") -> int:
    environment = os.environ | ({"FARTHING_FAULT_AT": fault} if fault else {})
    command = [sys.executable, "-m", "tests.warehouse.killed", str(lake), str(warehouse), str(prices), act]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, timeout=120).returncode


def contents(path: Path) -> dict[str, pl.DataFrame]:
    """Every table of the generation that answers, cells by their names, sorted."""
    warehouse = Warehouse(path, now=lambda: NOW)
    out = {}
    with warehouse.store.reading() as (cursor, state):
        names = "c.cluster, c.kind, c.identity_id, c.container, c.namespace, c.asset_id, c.node"
        for table in TABLES:
            celled = table in ("allocation", "day_0")
            rest = f"{names}, t.* EXCLUDE (cell)" if celled else "*"
            joined = "t JOIN cell c USING (cell)" if celled else "t"
            out[table] = cursor.execute(f"SELECT {rest} FROM {state.schema}.{table} {joined} ORDER BY ALL").pl()
        assert state.next_generation is None
        left = cursor.execute("SELECT count(*) FROM information_schema.schemata WHERE regexp_matches(schema_name, '^g[0-9]+$')").fetchone()
        assert left == (1,)
    warehouse.close()
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake, two books, and what undisturbed processes make of them: `taken.duckdb`, `again.duckdb`."""
    folder = tmp_path_factory.mktemp("killed")
    filled_lake(folder / "lake", HOURS)
    book(folder / "old.yaml", 0.03)
    book(folder / "new.yaml", 0.06)
    assert run(folder / "lake", folder / "taken.duckdb", folder / "old.yaml", "") == 0
    shutil.copy(folder / "taken.duckdb", folder / "again.duckdb")
    assert run(folder / "lake", folder / "again.duckdb", folder / "new.yaml", "again") == 0
    return folder


def test_every_place_is_tried() -> None:
    own = {name for name in faults.declared() if name.startswith(("ingest", "day-", "generation"))}
    assert own == {*TAKING_IN, *AGAIN}


@pytest.mark.slow
@pytest.mark.parametrize(("act", "place"), [("", place) for place in TAKING_IN] + [("again", place) for place in AGAIN])
def test_killed_and_repeated(folder: Path, tmp_path: Path, act: str, place: str) -> None:
    path = tmp_path / "w.duckdb"
    if act:
        shutil.copy(folder / "taken.duckdb", path)
    prices = folder / ("new.yaml" if act else "old.yaml")
    assert run(folder / "lake", path, prices, act, place) == -signal.SIGKILL
    assert run(folder / "lake", path, prices, act) == 0
    undisturbed = contents(folder / ("again.duckdb" if act else "taken.duckdb"))
    for table, found in contents(path).items():
        assert_frame_equal(found, undisturbed[table], rel_tol=1e-12, abs_tol=1e-12)  # sums of floats in another order
