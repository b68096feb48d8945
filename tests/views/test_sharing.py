"""Who receives idle, and that nothing is lost or made whatever is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farthing.core.errors import BadParameter
from farthing.core.ledger import Ledger
from farthing.views import parse_idle, summarise

from .frames import CORE_HOUR, HOUR, N1, WHOLE, example, identity, ledger, row


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


def test_unknown_way_to_show_idle() -> None:
    with pytest.raises(BadParameter, match="did you mean separate"):
        parse_idle("seperate")


MONEY = st.sampled_from([0.0, 0.25, 1.0, 3.5]) | st.none()
CLUSTERS = st.sampled_from(["east", "west"])
HOURS = st.sampled_from([HOUR, HOUR + 3600])


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(["container", "container", "pod", "idle", "unmounted", "unobserved", "management"]))
        costs: dict[str, Any] = {f"{r}_cost": draw(MONEY) for r in ("cpu", "ram", "gpu", "storage")}
        held: dict[str, Any] = {f"{r}_held": 1.0 for r in ("cpu", "ram", "gpu", "storage")}
        node = draw(st.integers(1, 3))
        pod: dict[str, Any] = {"identity_id": draw(st.integers(1, 4))} if kind in ("container", "pod") else {}
        rows.append(row(kind, draw(CLUSTERS), draw(HOURS), container=f"c{number}", asset_id=node, node=f"n{node}", **pod, **costs, **held))
    services = [[], ["s1"], ["s1", "s2"], ["s2", "s3", "s4"]]
    identities = [identity(i, f"ns{i % 2}", f"p{i}", services=services[i - 1], labels={"team": f"t{i % 3}"}) for i in range(1, 5)]
    return ledger(rows, identities=identities)


FILTERS = st.sampled_from(
    [
        "",
        'cluster:"east"',
        'namespace:"ns1"',
        'namespace!:"ns1"',
        'services:"s2"',
        'label[team]:"t1"|node:"n1"',
        'pod:"nobody"',
        'node!:"n2"',
    ]
)
BYS = st.sampled_from(["all", "namespace", "service", "label:team,service", "node,pod", "cluster,controller"])


def money_of(piece: Ledger) -> float:
    costs = [c for c in piece.allocation.columns if c.endswith("_cost") and c != "reserved_cost"]
    return float(sum(v for column in costs for v in piece.allocation[column] if v is not None))


@settings(deadline=None, max_examples=60)
@given(ledgers(), BYS, FILTERS, st.sampled_from(["separate", "share", "hide"]))
def test_the_whole_never_moves(piece: Ledger, by: str, filter: str, idle: str) -> None:
    table = summarise([piece], by, filter, idle)
    assert table.whole == pytest.approx(money_of(piece), rel=1e-9, abs=1e-9)
    assert min(table.hidden, table.filtered_out, *table.rows["total_cost"].fill_null(0), 0) > -1e-9


@settings(deadline=None, max_examples=40)
@given(ledgers(), BYS, FILTERS)
def test_separate_and_shared_show_the_same_money(piece: Ledger, by: str, filter: str) -> None:
    separate, shared = summarise([piece], by, filter), summarise([piece], by, filter, "share")
    assert separate.total == pytest.approx(shared.total, rel=1e-9, abs=1e-9)
    assert separate.filtered_out == pytest.approx(shared.filtered_out, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(
    ledgers(),
    st.sampled_from(['namespace:"ns1"', 'services:"s2"', 'label[team]~:"1"']),
    st.sampled_from(["separate", "share"]),
)
def test_a_filter_and_its_opposite_make_everything(piece: Ledger, filter: str, idle: str) -> None:
    field, value = filter.split('"', 1)
    opposite = field.replace("~:", "!~:") if "~" in field else field.replace(":", "!:")
    a, b = summarise([piece], "pod", filter, idle), summarise([piece], "pod", f'{opposite}"{value}', idle)
    assert a.total + b.total == pytest.approx(money_of(piece), rel=1e-9, abs=1e-9)
