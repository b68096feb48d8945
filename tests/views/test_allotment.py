"""The columns of `received`: every view is a plain sum of them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farthing.core.ledger import Ledger
from farthing.core.schema import COST_COLUMNS
from farthing.views import GIVES, IDLE_COSTS, Idle, IdleBy, Question, Sharing, answer, parse_filter, received

from .frames import CORE_HOUR, example
from .random_ledgers import SHARINGS, ledgers

WAYS = {"node": ("near", "far"), "cluster": ("cluster",)}


def test_a_line_per_row_in_its_order() -> None:
    got = received(example(), Sharing(namespaces=("batch",)))
    assert got["row"].to_list() == list(range(9))
    # app, sidecar, __pod__, run, idle of n1, idle of n2, unmounted, the west's c, its idle
    assert got["gives"].to_list() == [None, None, None, "all", "idle", "idle", None, None, "idle"]
    assert got.schema["gives"] == GIVES
    assert got["cpu_idle_near"].to_list() == pytest.approx([1, 1 / 3, 0, 2 / 3, 0, 0, 0, 1, 0])  # n1's $2 over 3 : 1 : 2
    paid = [3.8, 1.2, 0.4, 2.4]
    assert got["cpu_idle_far"].to_list() == pytest.approx([*(4 * p / 7.8 for p in paid), 0, 0, 0, 0, 0])  # n2's $4 over 7.8
    assert got["cpu_idle_cluster"].to_list() == pytest.approx([3, 1, 0, 2, 0, 0, 0, 1, 0])  # $6 over 3 : 1 : 2
    run = 2 / 3 + 4 * 2.4 / 7.8
    assert got["cpu_passed_node"].to_list() == pytest.approx([run * 3 / 4, run / 4, 0, 0, 0, 0, 0, 0, 0])
    assert got["cpu_passed_cluster"].to_list() == pytest.approx([1.5, 0.5, 0, 0, 0, 0, 0, 0, 0])
    assert got["shared_own"].to_list() == pytest.approx([1.5 + 0.32, 0.5 + 0.08, 0, 0, 0, 0, 0, 0, 0])


def test_without_sharing_nothing_is_passed_on() -> None:
    got = received(example())
    assert set(got["gives"].drop_nulls()) == {"idle"}
    assert got.select(pl.sum_horizontal("^.*passed.*$", "shared_own", "overhead", "stayed").sum()).item() == 0


def test_quantities_and_the_reserve_go_with_the_money() -> None:
    got = received(example(), quantities=True)
    assert got["cpu_spare_near"].to_list()[:4] == pytest.approx([CORE_HOUR, CORE_HOUR / 3, 0, CORE_HOUR * 2 / 3])
    assert got["cpu_spare_cluster"].sum() == pytest.approx(7 * CORE_HOUR)  # 2 + 4 + 1 cores that nobody held
    assert got.select(pl.sum("reserve_near") + pl.sum("reserve_far")).item() == pytest.approx(0.5)
    assert got["reserve_cluster"].sum() == pytest.approx(0.5)
    assert not [name for name in received(example()).columns if "spare" in name or "reserve" in name]


FILTERS = st.sampled_from(['namespace:"ns1"', 'label[team]:"t1"', 'node:"n1"', 'cluster:"west"', 'pod!:"p2"'])
KEEPS = {
    'namespace:"ns1"': pl.coalesce("of_pod", "namespace") == "ns1",
    'label[team]:"t1"': pl.col("identity_id").is_in([1, 4]),
    'node:"n1"': pl.col("node") == "n1",
    'cluster:"west"': pl.col("cluster") == "west",
    'pod!:"p2"': pl.col("identity_id").ne_missing(2),
}


@settings(deadline=None, max_examples=40)
@given(ledgers(), SHARINGS, FILTERS, st.sampled_from(IdleBy), st.booleans())
def test_every_view_is_a_sum_of_its_columns(piece: Ledger, saved: Sharing | None, filter: str, by: IdleBy, on: bool) -> None:
    """The sums of the docstring, reckoned here from the columns alone, are what the views show: with the saved sharing on or off."""
    rows = piece.allocation.hstack(received(piece, saved))
    rows = rows.with_columns(of_pod=pl.when(pl.col("identity_id").is_not_null()).then(pl.format("ns{}", pl.col("identity_id") % 2)))
    kept = rows.filter(KEEPS[filter].fill_null(value=False))
    sharing = saved if on else None
    gives = pl.col("gives").cast(pl.String).fill_null("")
    gone = {cost: (gives == "idle") & pl.lit(cost in IDLE_COSTS) for cost in COST_COLUMNS}
    if sharing:
        gone = {cost: where | (gives == "all") for cost, where in gone.items()}
        gone["load_balancer_cost"] |= gives == "load_balancer"
    own = sum(float(kept.filter(~where)[cost].sum()) for cost, where in gone.items())
    idle_rows = kept.filter(pl.col("kind") == "idle")
    idle_left = sum(float(idle_rows.filter(~where)[cost].sum()) for cost, where in gone.items())
    direct = kept.filter(gives != "all") if sharing else kept
    received_idle = sum(float(direct[f"{r}_idle_{way}"].sum()) for r in ("cpu", "ram", "gpu") for way in WAYS[by])
    passed = sum(float(kept[f"{r}_passed_{by}"].sum()) for r in ("cpu", "ram", "gpu")) if sharing else 0.0
    shared = float(kept["shared_own"].sum()) + float(kept["overhead"].sum()) if sharing else 0.0

    question = Question(by=(), filter=parse_filter(filter), idle_by=by, sharing=sharing)
    got = {idle: answer([piece], replace(question, idle=idle)) for idle in Idle}
    everything = pytest.approx(own + received_idle + passed + shared, rel=1e-9, abs=1e-9)
    assert got[Idle.SHARE].total == everything
    assert got[Idle.SEPARATE].total == everything
    assert got[Idle.SHARE].totals["idle_cost"].item() == pytest.approx(received_idle)
    assert got[Idle.SHARE].totals["shared_cost"].item() == pytest.approx(shared + passed)
    assert got[Idle.SEPARATE].totals["shared_cost"].item() == pytest.approx(shared)
    apart = got[Idle.SEPARATE].rows.filter(special="idle")["total_cost"].sum()
    assert apart == pytest.approx(idle_left + received_idle + passed, rel=1e-9, abs=1e-9)
    assert got[Idle.HIDE].hidden == pytest.approx(apart)


@settings(deadline=None, max_examples=40)
@given(ledgers(), SHARINGS)
def test_nothing_is_negative_and_nothing_is_lost(piece: Ledger, sharing: Sharing | None) -> None:
    got = received(piece, sharing, quantities=True)
    numbers = [name for name, kind in got.schema.items() if kind == pl.Float64]
    assert got.select(pl.min_horizontal(pl.col(numbers).min())).item() >= 0
    rows = piece.allocation.hstack(got)
    given = rows.filter(pl.col("gives") == "idle").select(pl.sum_horizontal(IDLE_COSTS).sum()).item()
    for ways in WAYS.values():
        assert sum(float(got[f"{r}_idle_{way}"].sum()) for r in ("cpu", "ram", "gpu") for way in ways) == pytest.approx(given)
    shared = rows.filter(pl.col("gives") == "all").select(pl.sum_horizontal(COST_COLUMNS).sum()).item()
    balancers = rows.filter(pl.col("gives") == "load_balancer")["load_balancer_cost"].sum()
    assert got["shared_own"].sum() == pytest.approx(shared + balancers)
    through = rows.filter(pl.col("gives") == "all").select(pl.sum_horizontal("^.*_idle_(near|far)$").sum()).item()
    assert got.select(pl.sum_horizontal("^(cpu|ram|gpu)_passed_node$").sum()).item() == pytest.approx(through)
