"""Who receives idle, and that nothing is lost or made whatever is asked."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farthing.core.ledger import Ledger, Span
from farthing.views import Idle, IdleBy, IdleRows, Question, Sharing, answer, parse_filter, received, summarise, with_dimensions
from farthing.views.showing import Way, cut_to_share, money, show

from .frames import CORE_HOUR, HOUR, N1, N2, WHOLE, example, identity, ledger, row
from .random_ledgers import BYS, FILTERS, SHARINGS, ledgers, money_of


def shown(pieces: Ledger, by: str, filter: str = "", idle: str = "separate") -> dict[str, float]:
    return dict(summarise([pieces], by, filter, idle).rows.select("name", "total_cost").iter_rows())


def test_the_same_resource_on_the_same_node_first() -> None:
    table = summarise([example()], "cluster,pod,container", idle="share")
    got = {r["name"]: r for r in table.rows.iter_rows(named=True)}
    # n1: $2.00 idle cpu over cpu costs 3 : 1 : 2. n2's $4.00 cpu has nobody there: over the cluster's costs app 3.8, sidecar 1.2,
    # __pod__ 0.4, run 2.4 of 7.8.
    assert got["east/web-1/app"]["cpu_cost_idle"] == pytest.approx(2 * 3 / 6 + 4 * 3.8 / 7.8)
    assert got["east/web-1/app"]["ram_cost_idle"] == pytest.approx(1.8 * 8 / 14 + 1.6 * 3.8 / 7.8)
    assert got["east/job-1/run"]["cpu_cost_idle"] == pytest.approx(2 * 2 / 6 + 4 * 2.4 / 7.8)
    assert got["east/web-1/__pod__"]["cpu_cost_idle"] == pytest.approx(4 * 0.4 / 7.8)
    assert got["east/web-1/app"]["cpu_cost"] == pytest.approx(3 + 2 * 3 / 6 + 4 * 3.8 / 7.8)
    assert got["west/bare/c"]["cpu_cost_idle"] == pytest.approx(1)
    assert got["east/__unmounted__/__unmounted__"]["idle_cost"] == 0
    assert "__idle__" not in got
    assert table.whole == pytest.approx(WHOLE)


def test_what_nobody_pays_for_on_the_node_goes_to_anything_there() -> None:
    rows = [
        row("container", cores=3, container="a", identity_id=1, asset_id=N1),
        row("container", cores=1, container="b", identity_id=1, asset_id=N1),
        row("idle", cores=0, gpu_held=CORE_HOUR, gpu_cost=8.0, container="__idle__", asset_id=N1),
    ]
    table = summarise([ledger(rows, identities=[identity(1, "ns", "p")])], "container", idle="share")
    got = {r["name"]: r["gpu_cost"] for r in table.rows.iter_rows(named=True)}
    assert got == pytest.approx({"a": 6.0, "b": 2.0})  # $8 card over 3 : 1


def test_without_anybody_in_the_cluster_idle_stays() -> None:
    piece = ledger([row("idle", cores=4, container="__idle__", asset_id=N1), row("unmounted", storage_held=1.0, storage_cost=1.0)])
    assert shown(piece, "namespace", idle="share") == pytest.approx({"__idle__": 4.0, "__unmounted__": 1.0})
    assert shown(piece, "namespace", 'cluster:"east"', "share") == pytest.approx({"__idle__": 4.0, "__unmounted__": 1.0})
    assert shown(piece, "namespace", 'cluster:"west"', "share") == {}
    assert shown(piece, "namespace", 'cluster:"west"') == {}


def test_receivers_of_another_hour_are_no_receivers() -> None:
    rows = [
        row("container", cores=1, container="a", identity_id=1, asset_id=N1),
        row("idle", hour=HOUR + 3600, cores=4, container="__idle__", asset_id=N1),
    ]
    got = shown(ledger(rows, identities=[identity(1, "ns", "p")]), "namespace", idle="share")
    assert got == pytest.approx({"ns": 1.0, "__idle__": 4.0})


def test_idle_without_a_price_stays_idle_and_partial() -> None:
    rows = [
        row("container", cores=1, gib=1, container="a", identity_id=1, asset_id=N1, cpu_cost=None),
        row("idle", cores=3, gib=1, container="__idle__", asset_id=N1, cpu_cost=None),
    ]
    table = summarise([ledger(rows, identities=[identity(1, "ns", "p")])], "namespace", idle="share")
    got = {r["name"]: r for r in table.rows.iter_rows(named=True)}
    assert got["ns"]["ram_cost"] == pytest.approx(0.2)
    assert got["ns"]["cpu_cost"] is None
    assert got["__idle__"]["cpu_cost"] is None
    assert got["__idle__"]["total_cost"] is None
    assert got["__idle__"]["cpu_unpriced"] == 3 * CORE_HOUR
    assert got["__idle__"]["partial"]


def test_under_a_filter_separate_idle_is_what_sharing_would_give() -> None:
    web = summarise([example()], "namespace", 'team:"growth"', "share").rows.row(0, named=True)
    separate = shown(example(), "namespace", 'team:"growth"')
    assert separate["shop"] == pytest.approx(5.4)
    assert separate["__idle__"] == pytest.approx(web["idle_cost"])
    # 2·4/6 + 1.8·10/14 of n1, (4 + 1.6)·5.4/7.8 of n2
    assert separate["__idle__"] == pytest.approx(2 * 4 / 6 + 1.8 * 10 / 14 + 5.6 * 5.4 / 7.8)


def test_filtered_idle_carries_its_part_of_quantities_and_reserve() -> None:
    table = summarise([example()], "namespace", 'cluster:"east"+node:"n1"+pod:"job-1"')
    idle = table.rows.filter(name="__idle__").row(0, named=True)
    assert idle["cpu_held"] == pytest.approx((2 * 2 / 6 + 4 * 2.4 / 7.8) * CORE_HOUR)
    # reserved $0.50 of n1's $3.80 idle; shown of it 2·2/6 + 1.8·4/14
    assert idle["reserved_cost"] == pytest.approx(0.5 * (2 * 2 / 6 + 1.8 * 4 / 14) / 3.8)


def test_hidden_idle_is_told() -> None:
    table = summarise([example()], "namespace", 'cluster:"west"', "hide")
    assert dict(table.rows.select("name", "total_cost").iter_rows()) == pytest.approx({"shop": 1.4})
    assert table.hidden == pytest.approx(1.0)
    assert table.filtered_out == pytest.approx(WHOLE - 2.4)


def test_a_filter_on_services_keeps_the_matching_share() -> None:
    assert shown(example(), "namespace", 'services:"front"', "hide") == pytest.approx({"shop": 2.7})
    assert shown(example(), "namespace", 'services!:"front"', "hide") == pytest.approx({"shop": 2.7 + 1.4 + 0.1, "batch": 2.4})


def test_by_cluster_all_idle_goes_to_who_pays_for_that_resource() -> None:
    table = answer([example()], replace(Question.of("cluster,pod,container", idle="share"), idle_by=IdleBy.CLUSTER))
    got = {r["name"]: r for r in table.rows.iter_rows(named=True)}
    # east: $6.00 idle cpu (2 of n1, 4 of n2) over cpu costs 3 : 1 : 2; $3.40 idle ram over .8 : .2 : .4
    assert [got[f"east/{name}"]["cpu_cost_idle"] for name in ("web-1/app", "web-1/sidecar", "job-1/run")] == pytest.approx([3, 1, 2])
    assert got["east/web-1/app"]["ram_cost_idle"] == pytest.approx(3.4 * 0.8 / 1.4)
    assert got["east/web-1/__pod__"]["idle_cost"] == 0  # pays for a volume alone
    assert got["west/bare/c"]["cpu_cost_idle"] == pytest.approx(1)
    assert "__idle__" not in got
    assert table.whole == pytest.approx(WHOLE)


def test_by_cluster_what_nobody_pays_for_goes_to_anything_else_it_stays() -> None:
    rows = [
        row("container", cores=3, container="a", identity_id=1, asset_id=N1),
        row("pod", container="__pod__", identity_id=1, asset_id=N1, storage_held=1.0, storage_cost=1.0),
        row("idle", gpu_held=CORE_HOUR, gpu_cost=8.0, container="__idle__", asset_id=N2),
        row("idle", "west", cores=1, container="__idle__", asset_id=9),
    ]
    table = answer(
        [ledger(rows, identities=[identity(1, "ns", "p")])], replace(Question.of("container", idle="share"), idle_by=IdleBy.CLUSTER)
    )
    got = {r["name"]: r["total_cost"] for r in table.rows.iter_rows(named=True)}
    assert got == pytest.approx({"a": 3 + 6.0, "__pod__": 1 + 2.0, "__idle__": 1.0})  # $8 card over 3 : 1


def test_by_cluster_separate_idle_under_a_filter_is_what_sharing_would_give() -> None:
    question = replace(Question.of("namespace", 'pod:"job-1"'), idle_by=IdleBy.CLUSTER)
    idle = answer([example()], question).rows.filter(name="__idle__").row(0, named=True)
    # $6.00 cpu over 3 : 1 : 2, $3.40 ram over .8 : .2 : .4, and the cores and the reserve that go with them
    assert (idle["cpu_cost"], idle["ram_cost"]) == pytest.approx((2, 3.4 * 0.4 / 1.4))
    assert idle["cpu_held"] == pytest.approx(2 * CORE_HOUR)
    # reserved $0.50 of n1's $3.80: in its $2.00 cpu 0.5·2/3.8, of which 2 of 6; in its $1.80 ram 0.5·1.8/3.8, of which .4 of 1.4
    assert idle["reserved_cost"] == pytest.approx(0.5 * 2 / 3.8 / 3 + 0.5 * 1.8 / 3.8 * 0.4 / 1.4)
    assert idle["minutes"] == 50  # as long as the job, which would receive it


def test_columns_that_were_saved_with_sharing_answer_without_it() -> None:
    saved = example().allocation.hstack(received(example(), Sharing(namespaces=("shop",)), quantities=True))
    rows = cut_to_share(with_dimensions(replace(example(), allocation=saved), ()))
    for idle, by in ((Idle.SHARE, IdleBy.NODE), (Idle.SEPARATE, IdleBy.CLUSTER)):
        got = show(rows, pl.col("node") == "n1", Way(idle, by, None, filtered=True)).rows
        wanted = answer([example()], replace(Question.of("all", 'node:"n1"', idle), idle_by=by))
        assert money(got) == pytest.approx(wanted.total)
        assert got["shared_cost"].sum() == 0


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        # n1's own: 2·2/6 + 1.8·4/14; n2, on which nobody pays: 5.6·2.4/7.8, which is the cluster's and no node's
        (IdleBy.NODE, {"east/n1/__idle__": 2 * 2 / 6 + 1.8 * 4 / 14, "east/__idle__": 5.6 * 2.4 / 7.8}),
        (IdleBy.CLUSTER, {"east/__idle__": 2 + 3.4 * 0.4 / 1.4}),
    ],
)
def test_idle_rows_by_node_under_a_filter(by: IdleBy, rows: dict[str, float]) -> None:
    question = replace(Question.of("cluster,node", 'pod:"job-1"'), idle_by=by, idle_rows=IdleRows.NODE)
    idle = answer([example()], question).rows.filter(special="idle")
    assert dict(idle.select("name", "total_cost").iter_rows()) == pytest.approx(rows)
    assert set(idle["cluster"]) == {"east"}
    assert set(idle["node"]) == ({"n1", "__idle__"} if by is IdleBy.NODE else {"__idle__"})


EVERYTHING = st.builds(
    lambda by, filter, idle, **more: replace(Question.of(by, filter, idle), **more),
    by=BYS,
    filter=FILTERS,
    idle=st.sampled_from(Idle),
    idle_by=st.sampled_from(IdleBy),
    idle_rows=st.sampled_from(IdleRows),
    detail=st.booleans(),
    sharing=SHARINGS,
)


@settings(deadline=None, max_examples=80)
@given(ledgers(), EVERYTHING)
def test_the_whole_never_moves(piece: Ledger, question: Question) -> None:
    table = answer([piece], question)
    assert table.whole == pytest.approx(money_of(piece) + table.shared.overhead, rel=1e-9, abs=1e-9)
    assert min(table.hidden, table.filtered_out, *table.rows["total_cost"].fill_null(0), *table.rows["shared_cost"], 0) >= 0
    if question.sharing:
        asked = question.sharing.monthly / 730 * piece.allocation["hour"].n_unique()
        assert table.shared.overhead + table.shared.overhead_lost == pytest.approx(asked)


@settings(deadline=None, max_examples=30)
@given(ledgers(), EVERYTHING)
def test_separate_and_shared_show_the_same_money(piece: Ledger, question: Question) -> None:
    separate, shared, hidden = (answer([piece], replace(question, idle=idle)) for idle in (Idle.SEPARATE, Idle.SHARE, Idle.HIDE))
    assert separate.total == pytest.approx(shared.total, rel=1e-9, abs=1e-9)
    assert hidden.total + hidden.hidden == pytest.approx(shared.total, rel=1e-9, abs=1e-9)
    assert separate.filtered_out == pytest.approx(shared.filtered_out, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(ledgers(), EVERYTHING, st.sampled_from(['namespace:"ns1"', 'services:"s2"', 'label[team]~:"1"']))
def test_a_filter_and_its_opposite_make_everything(piece: Ledger, question: Question, filter: str) -> None:
    opposite = filter.replace("~:", "!~:") if "~" in filter else filter.replace(":", "!:")
    a, b = (answer([piece], replace(question, filter=parse_filter(text))) for text in (filter, opposite))
    every = money_of(piece) + a.shared.overhead
    assert a.total + a.hidden + b.total + b.hidden == pytest.approx(every, rel=1e-9, abs=1e-9)
    assert a.filtered_out == pytest.approx(b.total + b.hidden, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(ledgers(), st.sampled_from(IdleBy), SHARINGS, st.sampled_from(["separate", "share"]))
def test_what_a_pod_pays_does_not_depend_on_who_looks(piece: Ledger, by: IdleBy, sharing: Sharing | None, idle: str) -> None:
    question = replace(Question.of("namespace,pod", idle=idle), idle_by=by, sharing=sharing)
    filtered = answer([piece], replace(question, filter=parse_filter('pod:"p1","p2"'))).rows.filter(special="")
    whole = answer([piece], question).rows.filter(pl.col("pod").is_in(["p1", "p2"]))
    for column in ("total_cost", "shared_cost", "idle_cost", "cpu_held"):
        assert dict(filtered.select("name", column).iter_rows()) == pytest.approx(dict(whole.select("name", column).iter_rows()))


@settings(deadline=None, max_examples=25)
@given(ledgers(), EVERYTHING)
def test_hours_sum_to_the_whole(piece: Ledger, question: Question) -> None:
    """Whatever is asked, hour after hour adds up to all hours at once: sharing never crosses an hour."""
    hours = piece.allocation["hour"].unique().sort()
    parts = [
        replace(piece, span=Span(hour.timestamp(), hour.timestamp() + 3600), allocation=piece.allocation.filter(pl.col("hour") == hour))
        for hour in hours
    ]
    whole, summed = answer([piece], question), answer(parts, question)
    columns = ["total_cost", "cpu_cost", "shared_cost", "cpu_held", "minutes"]
    for a, b in zip(whole.rows.sort("name").iter_rows(named=True), summed.rows.sort("name").iter_rows(named=True), strict=True):
        assert [a[c] for c in columns] == [None if a[c] is None else pytest.approx(b[c]) for c in columns]
    assert whole.filtered_out == pytest.approx(summed.filtered_out)
    assert whole.shared.overhead == pytest.approx(summed.shared.overhead)
