"""Shared namespaces, labels, fees and amounts: who receives them, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from farthing.core.errors import LedgerBroken
from farthing.core.ledger import Ledger, Span
from farthing.views import IdleBy, Question, Sharing, Split, SummaryTable, answer

from .frames import CORE_HOUR, HOUR, N1, V1, V2, WEB, WHOLE, at, example, identity, ledger, row


def table_of(piece: Ledger, sharing: Sharing, by: str = "namespace", filter: str = "", idle: str = "separate", **more: Any) -> SummaryTable:
    return answer([piece], replace(Question.of(by, filter, idle), sharing=sharing, **more))


def rows_of(table: SummaryTable) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in table.rows.iter_rows(named=True)}


def column(table: SummaryTable, name: str) -> dict[str, float]:
    return dict(table.rows.select("name", name).iter_rows())


def fleet() -> Ledger:
    """One hour: shared `tools` and two pods `a` and `b` in the east, another `b` in the west.

    tools: 2 cores $2, 10 GiB $1, volume $0.60. a: two containers of 2 cores, $2 each, 5 GiB $0.50 on the first, a1 held for the hour.
    b: 1 core $1, 15 GiB $1.50, held for half an hour; in the west 5 cores $5, the whole hour. Idle of the east: 1 core $1.
    """
    shared: dict[str, Any] = {"identity_id": 1, "asset_id": N1}
    a: dict[str, Any] = {"identity_id": 2, "asset_id": N1}
    rows = [
        row("container", cores=2, gib=10, container="t", **shared),
        row("pod", container="__pod__", storage_held=1.0, storage_cost=0.6, **shared),
        row("container", cores=2, gib=5, container="a1", **a),
        row("container", cores=2, container="a2", **a, held_seconds=1200.0),
        row("container", cores=1, gib=15, container="b", identity_id=3, asset_id=N1, held_seconds=1800.0),
        row("container", "west", cores=5, container="b", identity_id=4, asset_id=9),
        row("idle", cores=1, container="__idle__", asset_id=N1),
    ]
    names = [
        identity(1, "tools", "tool", labels={"app.io/part": "tool"}),
        identity(2, "a", "a-1"),
        identity(3, "b", "b-1"),
        identity(4, "b", "b-1", "west"),
    ]
    return ledger(rows, identities=names)


WHOLE_FLEET = 2 + 1 + 0.6 + 4 + 0.5 + 1 + 1.5 + 5 + 1
TOOLS = Sharing(namespaces=("tools",))


def test_each_resource_goes_to_who_pays_for_it_and_what_nobody_pays_for_to_anything() -> None:
    table = table_of(fleet(), TOOLS)
    # cpu $2 over a 4 : b 1; memory $1 over .5 : 1.5; the volume's $0.60 has nobody with a volume: over all they pay, 4.5 : 2.5
    shared = {"a": 1.6 + 0.25 + 0.6 * 4.5 / 7, "b": 0.4 + 0.75 + 0.6 * 2.5 / 7}
    assert column(table, "shared_cost") == pytest.approx({**shared, "__idle__": 0.0})
    assert column(table, "total_cost") == pytest.approx({"a": 4.5 + shared["a"], "b": 2.5 + 5 + shared["b"], "__idle__": 1.0})
    assert column(table, "cpu_cost")["a"] == 4  # its own stays apart
    assert table.totals["shared_cost"].item() == pytest.approx(3.6)
    assert (table.shared.given, table.shared.stayed, table.whole) == pytest.approx((3.6, 0.0, WHOLE_FLEET))


@pytest.mark.parametrize(
    "sharing",
    [
        Sharing(namespaces=("too*",)),
        Sharing(labels=(("app.io/part", ("other", "tool")),)),
        Sharing(labels=(("app_io_part", ("tool",)),)),
        Sharing(namespaces=("tools", "nowhere"), labels=(("app.io/part", ("tool",)),)),
    ],
)
def test_a_wildcard_or_a_label_tells_what_is_shared(sharing: Sharing) -> None:
    assert column(table_of(fleet(), sharing), "shared_cost") == pytest.approx(column(table_of(fleet(), TOOLS), "shared_cost"))


def test_a_name_without_a_star_is_the_whole_name() -> None:
    assert set(column(table_of(fleet(), Sharing(namespaces=("too", "*tools", "Tools"))), "total_cost")) == {"tools", "a", "b", "__idle__"}


def test_evenly_by_pod_and_time_held() -> None:
    table = table_of(fleet(), replace(TOOLS, split=Split.EVEN), by="namespace,container")
    # $3.60 over pod a's 3600 s (1800 for each of its two containers, however long they held) : pod b's 1800 s
    assert column(table, "shared_cost") == pytest.approx({"a/a1": 1.2, "a/a2": 1.2, "b/b": 1.2, "__idle__": 0.0})
    assert table.whole == pytest.approx(WHOLE_FLEET)


def test_a_shared_thing_receives_idle_and_passes_it_on() -> None:
    table = table_of(fleet(), TOOLS, idle="share")
    # $1 idle cpu over tools 2 : a 4 : b 1; tools' 2/7 goes on as its cpu does, 4 : 1
    a, b = 1.6 + 0.25 + 0.6 * 4.5 / 7, 0.4 + 0.75 + 0.6 * 2.5 / 7
    assert column(table, "idle_cost") == pytest.approx({"a": 4 / 7, "b": 1 / 7})
    assert column(table, "shared_cost") == pytest.approx({"a": a + 2 / 7 * 0.8, "b": b + 2 / 7 * 0.2})
    assert table.whole == pytest.approx(WHOLE_FLEET)


def test_under_a_filter_separate_idle_holds_what_shared_things_would_pass_on() -> None:
    for by in IdleBy:
        table = table_of(fleet(), TOOLS, filter='namespace:"a"', idle_by=by)
        assert column(table, "total_cost")["__idle__"] == pytest.approx(4 / 7 + 2 / 7 * 0.8)
        assert table.rows.filter(name="__idle__")["cpu_held"].item() == pytest.approx((4 / 7 + 2 / 7 * 0.8) * CORE_HOUR)
        nothing = table_of(fleet(), TOOLS, filter='namespace:"tools"', idle_by=by)
        assert nothing.rows.height == 0
        assert nothing.filtered_out == pytest.approx(WHOLE_FLEET)


def test_what_finds_nobody_stays_and_is_told() -> None:
    # all of the west is the namespace shop: its $1.40 stays. The east's: $5.40 and the unmounted volume's $0.10 go to batch.
    table = table_of(example(), Sharing(namespaces=("shop",)), by="cluster,namespace", idle="hide")
    assert column(table, "total_cost") == pytest.approx({"east/batch": 2.4 + 5.5, "west/shop": 1.4})
    assert (table.shared.given, table.shared.stayed, table.hidden) == pytest.approx((5.5, 1.4, 10.4))
    assert table.whole == pytest.approx(WHOLE)


def test_what_has_no_price_stays_unpriced_and_takes_its_quantity_along() -> None:
    rows = [
        row("container", cores=2, gib=10, container="t", identity_id=1, asset_id=N1, cpu_cost=None, bytes_out=5.0),
        row("container", cores=1, gib=10, container="a", identity_id=2, asset_id=N1),
    ]
    table = table_of(ledger(rows, identities=[identity(1, "tools", "t"), identity(2, "a", "a")]), TOOLS)
    got = rows_of(table)
    assert (got["a"]["shared_cost"], got["a"]["total_cost"]) == pytest.approx((1.0, 3.0))
    tools = got["tools"]
    assert (tools["total_cost"], tools["cpu_unpriced"], tools["partial"]) == (None, 2 * CORE_HOUR, True)
    assert (tools["ram_held"], tools["ram_requested"], tools["ram_used"], tools["bytes_out"]) == (0, 0, None, None)
    assert (tools["cpu_used"], tools["unpriced_hours"]) == (CORE_HOUR, 1)


def test_what_has_no_price_does_not_keep_the_idle_that_was_passed_on() -> None:
    rows = [
        row("container", cores=2, gib=10, container="t", identity_id=1, asset_id=N1, cpu_cost=None),
        row("container", cores=1, gib=10, container="a", identity_id=2, asset_id=N1),
        row("idle", gib=10, container="__idle__", asset_id=N1),
    ]
    table = table_of(ledger(rows, identities=[identity(1, "tools", "t"), identity(2, "a", "a")]), TOOLS, idle="share")
    # $1 idle ram, a half each; tools passes its half on, and its $1 of ram
    assert column(table, "idle_cost") == pytest.approx({"a": 0.5, "tools": 0.0})
    assert column(table, "shared_cost") == pytest.approx({"a": 1.5, "tools": 0.0})
    assert table.whole == pytest.approx(4.0)


def with_fees() -> Ledger:
    """The fleet with a control plane of $0.70 in the east, a load balancer of $0.35 behind a's pod and one of $0.14 without pods."""
    more = [
        row("management", container="__management__", management_cost=0.7),
        row("pod", container="__pod__", identity_id=2, asset_id=N1, load_balancer_held=3600.0, load_balancer_cost=0.35),
        row("unmounted", container="__unmounted__", namespace="b", asset_id=5, load_balancer_held=3600.0, load_balancer_cost=0.14),
    ]
    both = ledger(more)
    return replace(fleet(), allocation=fleet().allocation.vstack(both.allocation))


def test_management_fees_are_shared_over_the_cluster() -> None:
    table = table_of(with_fees(), Sharing(management=True))
    # over what each pays in the east: tools 3.6, a 4.5 + 0.35, b 2.5; unmounted things receive nothing
    paid = {"tools": 3.6, "a": 4.85, "b": 2.5}
    assert column(table, "shared_cost") == pytest.approx({n: 0.7 * p / 10.95 for n, p in paid.items()} | {"__idle__": 0.0})
    assert table.totals["management_cost"].item() == 0
    assert table.whole == pytest.approx(WHOLE_FLEET + 0.7 + 0.49)


def test_load_balancers_are_shared_over_the_cluster_by_everything_else() -> None:
    table = table_of(with_fees(), replace(TOOLS, load_balancers=True))
    # $0.49 over what a and b pay without load balancers, 4.5 : 2.5; and tools as before
    a, b = 1.6 + 0.25 + 0.6 * 4.5 / 7, 0.4 + 0.75 + 0.6 * 2.5 / 7
    assert column(table, "shared_cost") == pytest.approx({"a": a + 0.315, "b": b + 0.175, "__management__": 0.0, "__idle__": 0.0})
    got = rows_of(table)["a"]
    assert (got["load_balancer_cost"], got["load_balancer_held"]) == (0, 3600)  # it still has it
    assert (table.totals["load_balancer_cost"].item(), table.totals["load_balancer_held"].item()) == (0, 3600)
    assert (table.shared.given, table.whole) == pytest.approx((3.6 + 0.49, WHOLE_FLEET + 0.7 + 0.49))


def test_details_tell_volumes_and_load_balancers_without_what_was_given() -> None:
    question = replace(Question.of("namespace"), detail=True)
    share = {
        "cluster": "east",
        "hour": at(HOUR),
        "identity_id": WEB,
        "first_held": float(HOUR),
        "last_held": HOUR + 3600.0,
        "seconds": 3600.0,
    }
    balancer = share | {"asset_id": 13, "resource": "load_balancer", "quantity": 3600.0, "cost": 0.02}
    rows = example().allocation.with_columns(
        load_balancer_held=pl.when(kind="pod").then(3600.0).otherwise(0.0), load_balancer_cost=pl.when(kind="pod").then(0.02).otherwise(0.0)
    )
    piece = replace(example(), allocation=rows, share=example().share.vstack(ledger([], shares=[balancer]).share))

    def attached(sharing: Sharing | None) -> dict[int, float | None]:
        return dict(answer([piece], replace(question, sharing=sharing)).attachments.select("asset_id", "cost").iter_rows())

    assert attached(None) == {V1: 0.4, V2: 0.1, 13: 0.02}
    assert attached(Sharing(load_balancers=True)) == {V1: 0.4, V2: 0.1, 13: 0.0}
    assert attached(Sharing(namespaces=("shop",))) == {}
    unpriced = rows.with_columns(load_balancer_cost=pl.when(kind="pod").then(None).otherwise(0.0))
    piece = replace(piece, allocation=unpriced, share=piece.share.with_columns(cost=pl.when(asset_id=13).then(None).otherwise("cost")))
    assert attached(Sharing(namespaces=("shop",))) == {13: None}


def test_a_monthly_amount_is_shared_over_all_clusters_hour_by_hour() -> None:
    # $730 a month is $1 an hour: over what each pays, a 4.5 : b 2.5 + 5, tools shared itself
    table = table_of(fleet(), replace(TOOLS, monthly=730.0), by="cluster,namespace")
    alone = column(table_of(fleet(), TOOLS, by="cluster,namespace"), "shared_cost")
    gained = {name: amount - alone[name] for name, amount in column(table, "shared_cost").items()}
    assert gained == pytest.approx({"east/a": 4.5 / 12, "east/b": 2.5 / 12, "west/b": 5 / 12, "__idle__": 0.0})
    assert (table.shared.overhead, table.shared.overhead_lost, table.whole) == pytest.approx((1.0, 0.0, WHOLE_FLEET + 1))


def test_a_monthly_amount_evenly() -> None:
    table = table_of(fleet(), Sharing(monthly=730.0, split=Split.EVEN))
    # tools, a and the west's b held 3600 s, the east's b 1800 s
    assert column(table, "shared_cost") == pytest.approx({"tools": 2 / 7, "a": 2 / 7, "b": 3 / 7, "__idle__": 0.0})


def test_of_an_hour_that_is_cut_its_part_of_the_amount() -> None:
    cut = replace(fleet(), span=Span(HOUR + 900, HOUR + 3600))
    assert table_of(cut, Sharing(monthly=730.0)).shared.overhead == pytest.approx(0.75)


def test_an_hour_without_anybody_has_nobody_to_pay_the_amount() -> None:
    empty = ledger([row("idle", cores=1, container="__idle__", asset_id=N1)])
    table = table_of(empty, Sharing(monthly=730.0))
    assert (table.total, table.whole, table.shared.overhead, table.shared.overhead_lost) == pytest.approx((1.0, 1.0, 0.0, 1.0))


def test_rows_outside_of_their_ledger_are_a_bug() -> None:
    with pytest.raises(LedgerBroken, match="outside of their ledger"):
        table_of(replace(fleet(), span=Span(HOUR + 3600, HOUR + 7200)), Sharing(monthly=730.0))


def test_a_service_has_its_part_of_what_is_shared() -> None:
    table = table_of(example(), Sharing(namespaces=("batch",)), by="service", idle="hide")
    # batch: cpu $2 and ram $0.40, all to the two containers of web-1, which stands behind two services: a half each
    assert column(table, "shared_cost") == pytest.approx({"front": 1.2, "mesh": 1.2, "__unallocated__": 0.0})


def test_labels_are_asked_for_where_they_tell_what_is_shared() -> None:
    assert replace(Question.of("namespace"), sharing=Sharing(labels=(("x", ("y",)),))).needs == {"allocation", "labels"}
    assert replace(Question.of("namespace"), sharing=TOOLS).needs == {"allocation"}
