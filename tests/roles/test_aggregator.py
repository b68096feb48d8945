"""What is in the lake comes into the warehouse once, is costed again when prices change, and old answers are served meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from farthing.core.ledger import Span
from farthing.core.windows import Window
from farthing.lake import Lake
from farthing.roles import Aggregator, Progress, Rules
from farthing.views import Question, SummaryTable
from farthing.warehouse import Warehouse

from ..costing.facts import T0
from .lakes import NOW, book, filled_lake, some_facts

WINDOW = (Window(datetime.fromtimestamp(T0, UTC), datetime.fromtimestamp(T0 + 3 * 3600, UTC)),)


def answer(warehouse: Warehouse, by: str = "namespace") -> SummaryTable:
    ((table, _),) = warehouse.summaries(Question.of(by), WINDOW)
    return table


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return filled_lake(tmp_path / "lake")


def made(lake: Lake, path: Path | None, rules: Rules) -> tuple[Warehouse, Aggregator]:
    warehouse = Warehouse(path, now=lambda: NOW)
    return warehouse, Aggregator(lake, warehouse, lambda: rules, now=lambda: NOW)


def test_what_is_new_is_taken_in_once(lake: Lake, tmp_path: Path) -> None:
    warehouse, aggregator = made(lake, None, Rules.read(book(tmp_path / "prices.yaml", 0.03)))
    assert aggregator.catch_up() == 3
    version = warehouse.version()
    assert aggregator.catch_up() == 0
    assert warehouse.version() == version
    again = some_facts(7, "east", 1)
    lake.cluster("east").commit(again, now=NOW + timedelta(hours=1))
    before = answer(warehouse).whole
    assert aggregator.catch_up() == 1
    assert answer(warehouse).whole != before


def test_a_deleted_warehouse_is_built_again_to_the_same_answers(lake: Lake, tmp_path: Path) -> None:
    rules = Rules.read(book(tmp_path / "prices.yaml", 0.03))
    tables = []
    for name in ("first.duckdb", "second.duckdb"):
        warehouse, aggregator = made(lake, tmp_path / name, rules)
        aggregator.catch_up()
        tables.append(answer(warehouse, "pod").rows)
        warehouse.close()
    # two threads add up in the order in which they come: the last bits of a sum may differ
    assert_frame_equal(tables[0], tables[1], check_row_order=False, rel_tol=1e-12, abs_tol=1e-15)


def test_a_changed_price_costs_everything_again_while_old_answers_are_served(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    rules = [Rules.read(book(path, 0.03))]
    seen: list[float] = []
    warehouse = Warehouse(None, now=lambda: NOW)

    def told(progress: Progress) -> None:
        if progress.job == "costing again":
            seen.append(answer(warehouse).whole)

    aggregator = Aggregator(lake, warehouse, lambda: rules[0], now=lambda: NOW, told=told)
    aggregator.catch_up()
    old = answer(warehouse).whole
    cpu = float(answer(warehouse).totals["cpu_cost"][0])
    assert not aggregator.cost_again()
    rules[0] = Rules.read(book(path, 0.06))
    # what is new meanwhile joins by the old prices
    assert aggregator.catch_up() == 0
    assert aggregator.cost_again()
    assert seen
    assert set(seen) == {old}
    assert float(answer(warehouse).totals["cpu_cost"][0]) == pytest.approx(2 * cpu, rel=1e-12)
    assert not aggregator.cost_again()


def test_costing_again_goes_on_where_it_was_stopped(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    rules = [Rules.read(book(path, 0.03))]
    warehouse = Warehouse(None, now=lambda: NOW)
    stop = [False]
    aggregator = Aggregator(lake, warehouse, lambda: rules[0], now=lambda: NOW, stopped=lambda: stop[0])
    aggregator.catch_up()
    old = answer(warehouse).whole
    rules[0] = Rules.read(book(path, 0.06))
    stop[0] = True
    assert not aggregator.cost_again()
    assert answer(warehouse).whole == old
    generation = warehouse.store.state().next_generation
    stop[0] = False
    assert aggregator.cost_again()
    state = warehouse.store.state()
    assert (state.generation, state.next_generation) == (generation, None)


def test_hours_are_rolled_up_and_answer_the_same(tmp_path: Path) -> None:
    lake = filled_lake(tmp_path / "lake", hours=30)
    warehouse, aggregator = made(lake, None, Rules.read(book(tmp_path / "prices.yaml", 0.03)))
    aggregator.catch_up()
    span = Span(float(T0), float(T0 + 86400))
    day = (Window(datetime.fromtimestamp(span.start, UTC), datetime.fromtimestamp(span.end, UTC)),)
    ((before, _),) = warehouse.summaries(Question.of("namespace", "", "share"), day)
    assert warehouse.roll_up() == 1
    warehouse.wish_for(5400)  # days that begin at half past one
    assert warehouse.roll_up() == 2  # also the one that ends an hour and a half after the data begin
    for start in (0, 5400):
        sets = (Window(*(datetime.fromtimestamp(t + start, UTC) for t in (span.start, span.end))),)
        ((rolled, _),) = warehouse.summaries(Question.of("namespace", "", "share"), sets)
        whole = sum(
            table.whole
            for edge in (Window(sets[0].start, sets[0].start + timedelta(hours=7)), Window(sets[0].start + timedelta(hours=7), sets[0].end))
            for table, _ in warehouse.summaries(Question.of("namespace"), (edge,))
        )
        assert rolled.whole == pytest.approx(whole, rel=1e-9)
        if not start:
            assert rolled.rows["total_cost"].to_list() == pytest.approx(before.rows["total_cost"].to_list(), rel=1e-9)
