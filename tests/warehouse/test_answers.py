"""What the warehouse answers is what the views make of the same ledger's rows."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from farthing.core.ledger import Ledger, Span
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.costing import cut
from farthing.views import Idle, IdleBy, IdleRows, OnDemand, Question, SummaryTable, parse_by, parse_filter, parse_sharing
from farthing.warehouse import Warehouse

from ..costing.facts import NOW, T0, Wishes
from ..views.frames import HOUR, N1, asset, example, identity, ledger, row
from .ledgers import random_ledger, warehouse_of


class Rows:
    """The ledger itself, cut to any window: the reference."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def now(self) -> datetime:
        return NOW

    def pieces(self, window: Window, *, needs: frozenset[str]):  # type: ignore[no-untyped-def]
        piece = cut(self.ledger, Span(*window.unix))
        if piece.allocation.height:
            yield piece


def windows(*edges: float) -> tuple[Window, ...]:
    times = [datetime.fromtimestamp(edge, UTC) for edge in edges]
    return tuple(Window(a, b) for a, b in itertools.pairwise(times))


Answer = tuple[SummaryTable, tuple[Window, ...]]


def rows_of(tables: list[Answer]) -> pl.DataFrame:
    """Rows of all tables, by the start of their step."""
    frames = []
    for table, sets in tables:
        starts = pl.Series([one.start.timestamp() for one in sets])
        frames.append(table.rows.with_columns(starts.gather(table.rows["step"]).alias("start")).drop("step"))
    rows = pl.concat(frames, how="vertical_relaxed") if frames else pl.DataFrame()
    return rows.sort("start", "name", "special")


DETAILS = {"members": ["name", "special", "identity_id"], "attachments": ["name", "special", "asset_id", "resource"]}


def assert_same_details(
    found: list[tuple[SummaryTable, tuple[Window, ...]]], expected: list[tuple[SummaryTable, tuple[Window, ...]]]
) -> None:
    for name, key in DETAILS.items():
        left, right = (pl.concat([getattr(t, name) for t, _ in tables], how="vertical_relaxed") for tables in (found, expected))
        if right.height or left.height:
            sums = [c for c in right.columns if c in ("quantity", "seconds", "cost")]
            left, right = (f.group_by(key).agg(pl.col(sums).sum()).sort(key).select(key + sums) for f in (left, right))
            assert_frame_equal(left, right, rel_tol=1e-9, abs_tol=1e-12, check_dtypes=False)


def assert_same_answer(question: Question, sets: tuple[Window, ...], warehouse: Warehouse, ledger: Ledger) -> None:
    expected = list(OnDemand(Rows(ledger)).summaries(question, sets))
    found = list(warehouse.summaries(question, sets))
    left, right = rows_of(found), rows_of(expected)
    counts = [c for c in left.columns if c.endswith("_rows")]  # how many lines, not how much
    assert_frame_equal(left.drop(counts), right.drop(counts), rel_tol=1e-9, abs_tol=1e-12, check_dtypes=False, check_column_order=False)
    for name in ("hidden", "filtered_out", "total"):
        assert sum(getattr(t, name) for t, _ in found) == pytest.approx(sum(getattr(t, name) for t, _ in expected), rel=1e-9, abs=1e-12)
    assert {(g.mark, round(g.money, 9)) for t, _ in found for g in t.guesses} == {
        (g.mark, round(g.money, 9)) for t, _ in expected for g in t.guesses
    } or len(expected) > 1
    if question.detail:
        assert_same_details(found, expected)
    assert {u.reason for t, _ in found for u in t.unpriced} == {u.reason for t, _ in expected for u in t.unpriced}


FILTERS = ("", 'namespace:"shop"', 'label[team]:"web"+node!:"n2"', 'namespace:"nothing"', 'services:"front"')
BYS = (
    "namespace",
    "node",
    "cluster",
    "pod",
    "controller",
    "label:team",
    "service",
    "cluster,namespace",
    "container",
    "all",
    "kind",
    "team",
)
HOUR_SETS = windows(HOUR, HOUR + HOUR_SECONDS)


WAYS = list(itertools.product(Idle, IdleRows, IdleBy))


@pytest.mark.parametrize("number", range(len(WAYS)))
def test_the_example_in_every_way(number: int) -> None:
    """Every way of showing idle with every filter, and the groups in turn."""
    ledger = example()
    warehouse = warehouse_of(ledger)
    idle, rows, mode = WAYS[number]
    for at, filter in enumerate(FILTERS):
        question = Question(parse_by(BYS[(number + 5 * at) % len(BYS)]), parse_filter(filter), idle, rows, idle_by=mode)
        assert_same_answer(question, HOUR_SETS, warehouse, ledger)


@pytest.mark.parametrize("by", BYS)
def test_the_example_by_everything(by: str) -> None:
    ledger = example()
    warehouse = warehouse_of(ledger)
    assert_same_answer(Question(parse_by(by), None, Idle.SHARE), HOUR_SETS, warehouse, ledger)
    for idle in Idle:
        for filter in ("", 'namespace:"shop"'):
            question = Question(parse_by(by), parse_filter(filter), idle, IdleRows.NODE, detail=True)
            assert_same_answer(question, HOUR_SETS, warehouse, ledger)


@pytest.mark.parametrize("mode", IdleBy)
def test_idle_that_is_free_is_told_with_its_place(mode: IdleBy) -> None:
    """A core that nobody holds and that costs nothing: what is left of it under a filter has no money, and still its cluster and node."""
    pod = row("container", cores=1, gib=4, identity_id=1, container="c", asset_id=N1, node="n1")
    spare = row("idle", cores=1, cpu_cost=0.0, asset_id=N1, node="n1")
    rows = ledger([pod, spare], [asset(N1, "node", "n1", cores=2, gib=4)], [identity(1, "shop", "web")])
    question = Question(parse_by("namespace"), parse_filter('namespace:"shop"'), Idle.SEPARATE, idle_by=mode, detail=True)
    warehouse = warehouse_of(rows)
    assert_same_answer(question, HOUR_SETS, warehouse, rows)
    ((table, _),) = warehouse.summaries(question, HOUR_SETS)
    (idle,) = table.rows.filter(special="idle").to_dicts()
    assert (idle["total_cost"], idle["cpu_held"], idle["property:cluster_min"]) == (0.0, 3600.0, "east")
    assert idle["property:node_min"] == ("n1" if mode is IdleBy.NODE else "")


def test_even_shares_go_by_how_long_the_pod_held() -> None:
    """$2 of a shared namespace, to a pod of which one container ran for the hour and one for a minute: $1 to each."""
    sidecar = row(
        "container", cores=1, identity_id=1, container="sidecar", held_seconds=60.0, last_held=HOUR + 60.0, asset_id=N1, node="n1"
    )
    rows = ledger(
        [
            row("container", cores=1, identity_id=1, container="app", asset_id=N1, node="n1"),
            sidecar,
            row("container", cores=2, identity_id=2, container="dns", asset_id=N1, node="n1"),
        ],
        [asset(N1, "node", "n1", cores=4)],
        [identity(1, "shop", "web"), identity(2, "kube-system", "dns")],
    )
    question = Question(parse_by("container"), sharing=parse_sharing(namespaces="kube-system", split="even"))
    warehouse = warehouse_of(rows)
    assert_same_answer(question, HOUR_SETS, warehouse, rows)
    ((table, _),) = warehouse.summaries(question, HOUR_SETS)
    assert dict(table.rows.select("name", "shared_cost").iter_rows()) == {"app": 1.0, "sidecar": 1.0}


@pytest.mark.parametrize("seed", range(6))
def test_random_ledgers(seed: int) -> None:
    wishes = Wishes(hours=3, crowded=seed % 2 == 0, gap=seed % 3 == 0, unpriced=seed % 2 == 1, empty_node=seed % 3 == 1)
    ledger = random_ledger(seed, wishes)
    warehouse = warehouse_of(ledger)
    end = T0 + 3 * HOUR_SECONDS
    for sets in (windows(T0, end), windows(T0, T0 + 3600, T0 + 7200, end), windows(T0 + 900, T0 + 9000), windows(T0, T0 + 1800, T0 + 5400)):
        for at, by in enumerate(("namespace", "node", "pod", "all")):
            idle, _, mode = WAYS[(at * 7 + seed * 5) % len(WAYS)]
            asked = parse_filter('namespace~:"ns"' if seed % 2 else "")
            question = Question(parse_by(by), asked, idle, idle_by=mode, detail=at % 2 == 0)
            assert_same_answer(question, sets, warehouse, ledger)
