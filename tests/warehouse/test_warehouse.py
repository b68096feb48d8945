"""Hours go in and come out as they were; what is replaced is gone; nothing is doubled."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from farthing.core.ledger import Ledger
from farthing.core.schema import ALLOCATION, ASSET, SHARE
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.views import NEEDS
from farthing.warehouse import Taken, Warehouse

from ..costing.facts import NOW, T0, Wishes
from ..views.frames import HOUR, example
from .ledgers import hours_of, random_ledger, take_in, warehouse_of

KEYS = {"allocation": ALLOCATION.key, "asset": ASSET.key, "share": SHARE.key}


def window(first: float, last: float) -> Window:
    return Window(datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))


def all_of(warehouse: Warehouse, ledger: Ledger) -> Ledger:
    (piece,) = warehouse.pieces(window(ledger.span.start, ledger.span.end), needs=NEEDS)
    return piece


def assert_same(one: Ledger, other: Ledger) -> None:
    for table, key in KEYS.items():
        left, right = (getattr(ledger, table).sort(key) for ledger in (one, other))
        assert_frame_equal(left, right.select(left.columns), check_exact=True)
    ids = "identity_id"
    used = one.allocation.select(ids).unique()
    assert_frame_equal(one.identity.join(used, on=ids, how="semi").sort(ids), other.identity.join(used, on=ids, how="semi").sort(ids))


@pytest.mark.parametrize("seed", range(4))
def test_hours_come_out_as_they_went_in(seed: int) -> None:
    ledger = random_ledger(seed, Wishes(hours=3, gap=seed % 2 == 0, unpriced=seed > 1, crowded=True))
    # what is held of nothing costs nothing, priced or not
    assert_same(ledger, all_of(warehouse_of(ledger), ledger))


def test_an_hour_that_comes_again_replaces_itself() -> None:
    ledger = random_ledger(7, Wishes(hours=2))
    warehouse = warehouse_of(ledger)
    before = warehouse.version()
    half = dataclasses.replace(ledger, allocation=ledger.allocation.with_columns(pl.col("cpu_cost") / 2))
    take_in(warehouse, half, "another", hours_of(ledger)[1:])
    found = all_of(warehouse, ledger).allocation.group_by("hour").agg(pl.col("cpu_cost").sum()).sort("hour")
    expected = ledger.allocation.group_by("hour").agg(pl.col("cpu_cost").sum()).sort("hour")
    assert found.get_column("cpu_cost").to_list() == pytest.approx([expected["cpu_cost"][0], expected["cpu_cost"][1] / 2], rel=1e-12)
    assert warehouse.version() != before
    assert warehouse.taken().select("hour", "run_id").rows() == [(hours_of(ledger)[0], "run"), (hours_of(ledger)[1], "another")]


def test_clusters_do_not_touch_each_other() -> None:
    ledger = example()
    warehouse = warehouse_of(ledger)
    take_in(warehouse, ledger, "again")
    assert_same(ledger, all_of(warehouse, ledger))
    assert [(e.cluster, e.first, e.last) for e in warehouse.extents()] == [("east", HOUR, HOUR + 3600), ("west", HOUR, HOUR + 3600)]


def test_what_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = random_ledger(3, Wishes(hours=1))
    warehouse = Warehouse(None, now=lambda: NOW)

    def broken(_name: str) -> None:
        raise RuntimeError("on the way")

    monkeypatch.setattr("farthing.warehouse.warehouse.reach", broken)
    with pytest.raises(RuntimeError):
        take_in(warehouse, ledger)
    monkeypatch.undo()
    assert warehouse.taken().height == 0
    take_in(warehouse, ledger)
    assert_same(ledger, all_of(warehouse, ledger))


def test_a_file_is_opened_again(tmp_path: Path) -> None:
    ledger = random_ledger(5, Wishes(hours=1))
    warehouse = Warehouse(tmp_path / "w.duckdb", now=lambda: NOW)
    take_in(warehouse, ledger)
    warehouse.close()
    again = Warehouse(tmp_path / "w.duckdb", now=lambda: NOW)
    assert_same(ledger, all_of(again, ledger))
    again.close()


@pytest.mark.parametrize("garbage", [b"not a database at all" * 1000, b"cut off"])
def test_a_file_that_cannot_be_read_is_set_aside(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(garbage)
    warehouse = Warehouse(path, now=lambda: NOW)
    take_in(warehouse, random_ledger(1, Wishes(hours=1)))
    warehouse.close()
    aside = [p for p in tmp_path.iterdir() if "aside" in p.name]
    assert [p.read_bytes() for p in aside] == [garbage]
    assert "a new one is built from the lake" in warehouse.store.told[0]


def test_a_file_of_another_layout_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    first = Warehouse(path, now=lambda: NOW)
    with first.store.writing() as cursor:
        cursor.execute("UPDATE state SET layout = 99")
    first.close()
    again = Warehouse(path, now=lambda: NOW)
    assert "layout 99" in again.store.told[0]
    assert again.taken().height == 0
    again.close()


def test_hours_that_are_cut() -> None:
    ledger = random_ledger(11, Wishes(hours=2))
    warehouse = warehouse_of(ledger)
    pieces = [list(warehouse.pieces(window(a, b), needs=NEEDS)) for a, b in ((T0, T0 + 1234.5), (T0 + 1234.5, T0 + 2 * HOUR_SECONDS))]
    total = sum(piece.allocation.select(pl.col("ram_cost").sum()).item() for found in pieces for piece in found)
    assert total == pytest.approx(ledger.allocation["ram_cost"].sum(), rel=1e-9)


def test_no_question_makes_the_file_grow_without_end(tmp_path: Path) -> None:
    """Days are rolled up for beginnings that zones have, and for some of them; a file that is opened again goes on with its own."""
    ledger = random_ledger(2, Wishes(hours=26))
    warehouse = Warehouse(tmp_path / "w.duckdb", now=lambda: NOW)
    take_in(warehouse, ledger)
    for shift in (1, 17, 3601, *range(900, 900 * 40, 900)):
        warehouse.wish_for(shift)
    warehouse.roll_up()
    with warehouse.store.reading() as (cursor, state):
        rolled = {shift for (shift,) in cursor.execute(f"SELECT DISTINCT shift FROM {state.schema}.rolled").fetchall()}
    assert rolled == {0, *range(900, 900 * 8, 900)}
    warehouse.close()
    again = Warehouse(tmp_path / "w.duckdb", now=lambda: NOW)
    take_in(again, ledger, "once more")
    assert again.roll_up() == 2 * len(rolled) - 1  # of UTC one day, of the others also the one that ends after the data begin
    again.close()


def test_another_generation_changes_no_answer_while_it_is_filled() -> None:
    ledger = random_ledger(4, Wishes(hours=1))
    warehouse = warehouse_of(ledger)
    warehouse.begin("old prices")
    number = warehouse.begin_again("new prices")
    assert number is not None
    before = warehouse.version()
    (hour,) = hours_of(ledger)
    (cluster,) = ledger.asset.get_column("cluster").unique()
    warehouse.take_in(ledger, [Taken(cluster, hour, "run", NOW)], generation=number)
    assert warehouse.version() == before
    warehouse.take_over(number)
    assert warehouse.version() != before
