"""Answers that are kept: not worked out twice while nothing is new, and worked out anew as soon as something is."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from farthing.core.ledger import Ledger
from farthing.core.windows import Window
from farthing.views import Question, SummaryTable
from farthing.warehouse import Warehouse
from farthing.warehouse.answers import summary
from farthing.warehouse.memo import LEAST_BYTES, Memo

from ..costing.facts import Wishes
from .ledgers import random_ledger, take_in, warehouse_of

BY_NAMESPACE = Question.of("namespace")
SECONDS = 30
SUMMARY = "farthing.warehouse.warehouse.summary"  # what works an answer out


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[SummaryTable]:
    """Every answer that was worked out."""
    tables: list[SummaryTable] = []

    def counted(*arguments: object) -> SummaryTable:
        tables.append(summary(*arguments))  # type: ignore[arg-type]
        return tables[-1]

    monkeypatch.setattr(SUMMARY, counted)
    return tables


@pytest.fixture
def ledger() -> Ledger:
    return random_ledger(5, Wishes(hours=2))


def window_of(ledger: Ledger, hours: int = 2) -> Window:
    start = datetime.fromtimestamp(ledger.span.start, UTC)
    return Window(start, start + timedelta(hours=hours))


def told(warehouse: Warehouse, question: Question, window: Window) -> SummaryTable:
    ((table, _),) = warehouse.summaries(question, (window,))
    return table


def test_the_same_question_is_worked_out_once(ledger: Ledger, made: list[SummaryTable]) -> None:
    warehouse, window = warehouse_of(ledger), window_of(ledger)
    first = told(warehouse, BY_NAMESPACE, window)
    assert told(warehouse, Question.of("namespace"), window) is first
    assert made == [first]
    told(warehouse, Question.of("pod"), window)
    told(warehouse, dataclasses.replace(BY_NAMESPACE, peaks=True), window)
    told(warehouse, BY_NAMESPACE, window_of(ledger, hours=1))
    assert len(made) == 4


def test_what_comes_in_changes_the_answer(ledger: Ledger) -> None:
    warehouse, window = warehouse_of(ledger), window_of(ledger)
    before = told(warehouse, BY_NAMESPACE, window).total
    half = dataclasses.replace(ledger, allocation=ledger.allocation.with_columns(pl.col(r"^\w+_cost$") / 2))
    take_in(warehouse, half, "another")
    assert told(warehouse, BY_NAMESPACE, window).total == pytest.approx(before / 2, rel=1e-12)


def test_that_hours_are_missing_is_told_in_time(ledger: Ledger) -> None:
    end = datetime.fromtimestamp(ledger.span.end, UTC)
    clock = [end + timedelta(hours=3)]
    warehouse, window = Warehouse(None, now=lambda: clock[0]), window_of(ledger, hours=24)
    take_in(warehouse, ledger)

    def ends() -> bool:
        return any("the data ends" in note.text for note in told(warehouse, BY_NAMESPACE, window).notes)

    assert not ends()
    clock[0] += timedelta(seconds=1)
    assert ends()


def test_who_asks_meanwhile_waits_for_the_same_answer(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse, window = warehouse_of(ledger), window_of(ledger)
    begun, go_on, calls = threading.Event(), threading.Event(), []

    def slow(*arguments: object) -> SummaryTable:
        calls.append(arguments)
        begun.set()
        assert go_on.wait(SECONDS)
        return summary(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(SUMMARY, slow)
    tables: list[SummaryTable] = []
    threads = [threading.Thread(target=lambda: tables.append(told(warehouse, BY_NAMESPACE, window))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(SECONDS)
    go_on.set()
    for thread in threads:
        thread.join(SECONDS)
    assert len(tables) == 3
    assert len(calls) == 1
    assert tables[0] is tables[1] is tables[2]


def test_a_failure_is_not_kept(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse, window = warehouse_of(ledger), window_of(ledger)

    def failing(*_: object) -> SummaryTable:
        raise RuntimeError("on the way")

    monkeypatch.setattr(SUMMARY, failing)
    with pytest.raises(RuntimeError, match="on the way"):
        told(warehouse, BY_NAMESPACE, window)
    monkeypatch.setattr(SUMMARY, summary)
    assert told(warehouse, BY_NAMESPACE, window).total > 0


def test_no_more_is_kept_than_there_is_room_for() -> None:
    table = SummaryTable((), (), pl.DataFrame({"total_cost": [1.0] * 1000}), 0.0, 0.0)
    memo = Memo(most_bytes=2 * LEAST_BYTES + 2 * 8000)
    made: list[int] = []

    def ask(number: int) -> None:
        memo.answer(BY_NAMESPACE, number, lambda: made.append(number) or table)  # type: ignore[func-returns-value]

    for number in (1, 2, 1, 3, 1, 2):  # the third takes the place of the second, which was asked for longest ago
        ask(number)
    assert made == [1, 2, 3, 2]
    alone = Memo(most_bytes=LEAST_BYTES)  # none fits
    assert alone.answer(BY_NAMESPACE, 0, lambda: table) is table


def test_what_is_asked_of_one_thing_is_not_kept(ledger: Ledger, made: list[SummaryTable]) -> None:
    warehouse, window = warehouse_of(ledger), window_of(ledger)
    for question in (dataclasses.replace(BY_NAMESPACE, detail=True), dataclasses.replace(BY_NAMESPACE, parts=True)):
        told(warehouse, question, window)
        told(warehouse, question, window)
    assert len(made) == 4
