"""What happened at the company is found by the question that its story names, with the figure of the books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from farthing.core.ledger import Ledger, Span
from farthing.costing import cost, cut
from farthing.pricing import load_book, price_assets
from farthing.simulator import Query, Story, company, facts, price_book_yaml, stories
from farthing.views import IdleRows, Question, answer, check_closes, parse_by, parse_filter

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told() -> dict[str, Story]:
    return {story.title: story for story in stories(company(NOW), NOW)}


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    made = company(NOW)
    path = tmp_path_factory.mktemp("prices") / "prices.yaml"
    path.write_text(price_book_yaml(made))
    end = NOW.replace(minute=0).timestamp()
    found = facts(made, Span(made.anchor - 30 * 86400, end), NOW)
    ledger = cost(found, price_assets(load_book(path), found.assets(), NOW))
    check_closes(ledger)
    return ledger


def asked(month: Ledger, query: Query) -> float:
    """The query's answer, as the report gives it."""
    start, end = query.window.unix
    question = Question(parse_by(query.by), parse_filter(query.filter), idle_rows=IdleRows(query.idle_rows))
    table = answer([cut(month, Span(start, end))], question)
    column = "total_cost" if query.measure == "cost" else query.measure
    rows = table.rows
    if query.idle_rows == "node":
        wanted = [node for _, node in query.rows]
        rows = rows.filter((pl.col("special") != "") & pl.any_horizontal(pl.col("name").str.contains(n, literal=True) for n in wanted))
        assert rows.height == len(wanted)
    elif query.rows:
        rows = rows.filter(pl.concat_list(query.by).is_in([list(row) for row in query.rows]))
        assert rows.height == len(query.rows)
    else:
        rows = rows.filter(pl.col("special") == "")
    return float(rows[column].sum())


def test_there_are_six(told: dict[str, Story]) -> None:
    assert list(told) == [
        "A job that ran away",
        "Two cards that nobody uses",
        "A team that halved its costs",
        "A pool that was left behind",
        "A volume that nobody mounts",
        "A new service",
    ]


def test_each_question_answers_what_the_books_say(told: dict[str, Story], month: Ledger) -> None:
    for story in told.values():
        assert asked(month, story.query) == pytest.approx(story.figure, rel=1e-9), story.title
        if story.compared is not None:
            assert asked(month, story.compared) == pytest.approx(story.before, rel=1e-9), story.title


def test_the_figures_tell_the_stories(told: dict[str, Story]) -> None:
    away = told["A job that ran away"]
    assert away.before is not None
    assert away.figure > 50 * away.before
    # two cards at 2.93 $ an hour since the notebook runs, 2026-11-10 15:00 (it begins a little later)
    hours = (NOW.replace(minute=0) - datetime(2026, 11, 10, 15, tzinfo=UTC)) / timedelta(hours=1)
    assert told["Two cards that nobody uses"].figure == pytest.approx(2 * 2.93 * hours, rel=1e-4)
    halved = told["A team that halved its costs"]
    assert halved.before is not None
    assert 0.4 < halved.figure / halved.before < 0.55
    # four machines at 0.856 $ an hour since 2026-11-05 10:00, nearly all of it idle
    idle = told["A pool that was left behind"].figure
    whole = 4 * 0.856 * ((NOW.replace(minute=0) - datetime(2026, 11, 5, 10, tzinfo=UTC)) / timedelta(hours=1))
    assert 0.9 * whole < idle < whole
    # 4000 GiB at 0.138 $ a month of 730 hours, for 30 days and 9 hours
    assert told["A volume that nobody mounts"].figure == pytest.approx(4000 * 0.138 * (30 * 24 + 9) / 730, rel=1e-6)
    assert told["A new service"].figure > 10


def test_a_month_costs_what_such_a_company_pays(month: Ledger) -> None:
    costs = pl.sum_horizontal("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost")
    assert 20_000 < month.asset.select(costs.sum()).item() < 40_000
    hourly = sorted(month.allocation.filter(pl.col("kind") == "container").group_by("hour").len()["len"].to_list())
    assert 300 <= hourly[len(hourly) // 2] <= 450
    teams = month.identity.select(
        pl.col("namespace_labels").list.eval(pl.element().filter(pl.element().struct["key"] == "team").struct["value"])
    )
    assert len({t[0] for t in teams.to_series().to_list()}) == 7


def test_stories_keep_their_dates_while_time_goes_on(told: dict[str, Story]) -> None:
    made = company(NOW)
    later = {story.title: story for story in stories(made, NOW + timedelta(hours=5))}
    away = "A job that ran away"
    assert later[away] == told[away]
    assert later["A new service"].figure > told["A new service"].figure
