"""Groups and steps: sums, quantities, efficiency, what is unknown, and pieces that merge."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farthing.core.errors import LedgerBroken
from farthing.core.ledger import Note, Span
from farthing.core.schema import Mark
from farthing.views import NEEDS, IdleRows, Question, answer, summarise

from .frames import BARE, CORE_HOUR, GIB_HOUR, HOUR, N1, V1, V2, WHOLE, asset, example, identity, ledger, row


def test_quantities_minutes_and_efficiency() -> None:
    rows = {r["name"]: r for r in summarise([example()], "namespace,pod").rows.iter_rows(named=True)}
    job = rows["batch/job-1"]
    assert (job["cpu_held"], job["ram_held"], job["cpu_requested"], job["cpu_used"]) == (
        2 * CORE_HOUR,
        4 * GIB_HOUR,
        2 * CORE_HOUR,
        CORE_HOUR,
    )
    assert job["minutes"] == 50  # from 10 minutes past to the full hour
    assert job["efficiency"] == job["cpu_efficiency"] == 0.5
    web = rows["shop/web-1"]
    assert web["storage_held"] == 10 * GIB_HOUR
    assert (web["bytes_out"], web["bytes_in"]) == (600, 60)
    assert job["bytes_out"] is None
    assert web["network_cost"] is None  # nobody measured flows
    assert rows["__idle__"]["cpu_held"] == 7 * CORE_HOUR
    assert rows["__idle__"]["reserved_cost"] == 0.5


def test_efficiency_is_weighted_by_cost_and_leaves_out_what_was_not_asked_for() -> None:
    rows = [
        # cpu 1 of 4 cores used at $4, ram 4 of 4 GiB used at $0.40: (0.25·4 + 1·0.4) / 4.4
        row("container", cores=4, gib=4, container="a", identity_id=1, asset_id=N1, cpu_used=CORE_HOUR, ram_used=4 * GIB_HOUR),
        # asks for nothing, uses one core: no efficiency
        row("container", cores=1, container="b", identity_id=1, asset_id=N1, cpu_requested=0.0, cpu_used=CORE_HOUR, ram_used=None),
        # usage unknown: not 0
        row("container", cores=2, gib=2, container="c", identity_id=1, asset_id=N1, cpu_used=None, ram_used=None),
    ]
    got = {r["name"]: r for r in summarise([ledger(rows, identities=[identity(1, "ns", "p")])], "container").rows.iter_rows(named=True)}
    assert got["a"]["efficiency"] == pytest.approx(1.4 / 4.4)
    assert (got["b"]["efficiency"], got["b"]["cpu_efficiency"], got["b"]["cpu_used"]) == (None, None, CORE_HOUR)
    assert (got["c"]["efficiency"], got["c"]["cpu_used"], got["c"]["ram_used"]) == (None, None, None)
    together = summarise([ledger(rows, identities=[identity(1, "ns", "p")])], "pod").rows.row(0, named=True)
    assert together["cpu_efficiency"] == pytest.approx(2 / 4)  # a and b are known: 2 of 4 cores


def test_unpriced_is_null_with_quantity_and_hours_beside_it() -> None:
    rows = [
        row("container", cores=4, container="a", identity_id=1, asset_id=N1, cpu_cost=None),
        row("container", cores=1, container="b", identity_id=1, asset_id=N1),
        row("container", cores=2, container="c", identity_id=2, asset_id=N1, cpu_cost=None, gpu_cost=None),
    ]
    prices = [
        {"asset_id": N1, "resource": "cpu", "unit": "$/core-hour", "currency": "USD", "reason": "no rule for r=9", "cure": "add one"},
        {"asset_id": 2, "resource": "cpu", "unit": "$/core-hour", "currency": "USD", "reason": "no rule for r=9", "cure": "add one"},
        {"asset_id": 2, "resource": "ram", "unit": "$/GiB-hour", "currency": "USD", "price": 0.1},
    ]
    prices = [p | {"recorded_at": row("idle")["hour"]} for p in prices]
    piece = ledger(rows, identities=[identity(1, "one", "p"), identity(2, "two", "q")], prices=prices)
    table = summarise([piece, piece], "namespace")
    got = {r["name"]: r for r in table.rows.iter_rows(named=True)}
    one, two = got["one"], got["two"]
    assert (one["cpu_cost"], one["total_cost"], one["partial"]) == (2.0, 2.0, True)
    assert (one["cpu_unpriced"], one["unpriced_hours"]) == (8 * CORE_HOUR, 2)
    assert (two["cpu_cost"], two["total_cost"], two["partial"], two["cpu_unpriced"]) == (None, None, True, 4 * CORE_HOUR)
    assert two["gpu_cost"] == 0  # no card held: nothing that could have had a price
    assert [(u.resource, u.reason, u.cure, u.assets) for u in table.unpriced] == [("cpu", "no rule for r=9", "add one", 2)]


def test_guesses_tell_the_money_that_rests_on_them() -> None:
    table = summarise([example(), example(HOUR + 3600)], "namespace")
    (guess,) = table.guesses
    assert (guess.mark, guess.rows) == (Mark.DEFAULT_NODE_PRICE, 2)
    assert guess.money == pytest.approx(2 * 3.8)
    assert guess.cure
    assert summarise([example()], "namespace", 'pod:"job-1"').guesses == ()
    shared = summarise([example()], "namespace", idle="share").guesses[0]
    assert shared.money == pytest.approx(3.8 + 2 * 3 / 6 + 1.8 * 8 / 14 + 5.6 * 3.8 / 7.8)  # idle received is money of the row


def test_steps_are_filled_from_pieces_in_any_cut() -> None:
    hours = [example(HOUR + h * 3600) for h in range(4)]
    steps = [Span(HOUR, HOUR + 7200), Span(HOUR + 7200, HOUR + 14400)]
    table = summarise(hours, "cluster", steps=steps)
    sums = table.rows.group_by("step").agg(pl.col("total_cost").sum()).sort("step")
    assert sums["total_cost"].to_list() == pytest.approx([2 * WHOLE, 2 * WHOLE])
    assert table.rows.filter(step=1, name="west")["minutes"].to_list() == [120]


def test_a_first_step_may_begin_inside_an_hour() -> None:
    table = summarise([example()], "all", steps=[Span(HOUR + 1800, HOUR + 3600)])
    assert table.total == pytest.approx(WHOLE)  # the source has cut the rows; nothing is cut twice


def test_a_piece_of_which_nothing_is_kept_before_one_of_which_something_is() -> None:
    later = ledger([row("container", hour=HOUR + 3600, cores=1, identity_id=BARE)], identities=[identity(BARE, "late", "bare")])
    steps = [Span(HOUR, HOUR + 7200)]
    assert summarise([example(), later], "all", 'namespace:"late"', steps=steps).total == pytest.approx(1.0)


def test_rows_outside_of_the_steps_are_a_bug() -> None:
    with pytest.raises(LedgerBroken, match="came for a window"):
        summarise([example(HOUR + 3600)], "all", steps=[Span(HOUR, HOUR + 3600)])


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(5)), st.sampled_from(["namespace", "service", "pod,container"]), st.sampled_from(["separate", "share"]))
def test_pieces_merge_in_any_order(order: list[int], by: str, idle: str) -> None:
    pieces = [example(HOUR + h * 3600) for h in order]
    whole = dataclasses.replace(pieces[0], allocation=pl.concat([p.allocation for p in pieces]), asset=pl.concat([p.asset for p in pieces]))
    one, many = summarise([whole], by, idle=idle).rows, summarise(pieces, by, idle=idle).rows
    assert one.sort("name")["name"].to_list() == many.sort("name")["name"].to_list()
    for column in ("total_cost", "cpu_cost_idle", "ram_held", "minutes", "efficiency"):
        for got, wanted in zip(many.sort("name")[column], one.sort("name")[column], strict=True):
            assert got == (wanted if wanted is None else pytest.approx(wanted, rel=1e-9))


def test_nothing_at_all() -> None:
    steps = [Span(HOUR, HOUR + 3600)]
    for pieces in ([], [ledger([])]):
        table = answer(pieces, Question.of("namespace,label:known_priced"), steps=steps)
        assert table.rows.height == 0
        assert {"name", "namespace", "label:known_priced", "total_cost", "efficiency"} <= set(table.rows.columns)
        assert table.whole == 0
        assert table.steps == tuple(steps)


def test_notes_are_told_once() -> None:
    note = Note("no flow data", level="info")
    piece = dataclasses.replace(example(), notes=(note,))
    assert summarise([piece, piece], "all").notes == (note,)


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (IdleRows.TOGETHER, {"__idle__": 10.4}),
        (IdleRows.CLUSTER, {"east/__idle__": 9.4, "west/__idle__": 1.0}),
        (IdleRows.NODE, {"east/n1/__idle__": 3.8, "east/n2/__idle__": 5.6, "west/n1/__idle__": 1.0}),
    ],
)
def test_idle_together_by_cluster_or_by_node(rows: IdleRows, names: dict[str, float]) -> None:
    table = answer([example()], dataclasses.replace(Question.of("cluster,node"), idle_rows=rows))
    idle = table.rows.filter(special="idle")
    assert dict(idle.select("name", "total_cost").iter_rows()) == pytest.approx(names)


def test_detail_tells_what_rows_share() -> None:
    question = dataclasses.replace(Question.of("namespace"), detail=True)
    table = answer([example(), example(HOUR + 3600)], question)
    shop = table.rows.filter(name="shop").row(0, named=True)
    assert shop["property:namespace_min"] == shop["property:namespace_max"] == "shop"
    assert (shop["property:cluster_min"], shop["property:cluster_max"]) == ("east", "west")
    assert table.members.filter(name="shop")["identity_id"].n_unique() == 2
    assert table.identities.height == 3
    assert question.needs == NEEDS - {"asset", "peaks"}  # assets alone, and peaks, are asked for by name
    assert Question.of("namespace").needs == {"allocation"}
    assert Question.of("label:x", 'services:"a"').needs == {"allocation", "labels", "services"}


def test_detail_tells_volumes_and_load_balancers() -> None:
    balancer = row(
        "unmounted", container="__unmounted__", namespace="shop", asset_id=13, load_balancer_held=1800.0, load_balancer_cost=0.01
    )
    first, lost = example(), ledger([balancer], [asset(13, "load_balancer", "shop/front")])
    for by, name in (("namespace", "shop"), ("cluster,namespace", "east/shop")):
        table = answer([first, example(HOUR + 3600), lost], dataclasses.replace(Question.of(by), detail=True))
        got = {r["asset_id"]: r for r in table.attachments.filter(name=name).iter_rows(named=True)}
        assert (got[V1]["resource"], got[V1]["quantity"], got[V1]["cost"]) == ("storage", 20 * GIB_HOUR, 0.8)
        assert (got[V2]["quantity"], got[V2]["cost"]) == (4 * GIB_HOUR, 0.2)
        assert (got[13]["resource"], got[13]["quantity"], got[13]["cost"]) == ("load_balancer", 1800, 0.01)
        assert set(table.assets["name"]) == {"v1", "v2", "shop/front"}
    halves = answer([first], dataclasses.replace(Question.of("service"), detail=True)).attachments
    assert dict(halves.filter(asset_id=V1).select("name", "cost").iter_rows()) == {"front": 0.2, "mesh": 0.2}
    none = answer([first], dataclasses.replace(Question.of("pod", 'pod:"job-1"'), detail=True)).attachments
    assert none.height == 0
