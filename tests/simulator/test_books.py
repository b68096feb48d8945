"""The books' own arithmetic, by hand."""

from __future__ import annotations

import polars as pl
import pytest

from farthing.simulator import books
from farthing.simulator.plan import Container, Disk, Kind, Machine, Pool
from tests.simulator.small import RATES, at, hours, only, organisation, workload

CONTAINER = Container("c", "i:1", cpu=1.0, gib=4.0)


def test_held_and_idle_make_the_machine() -> None:
    account = books(organisation([workload("web", CONTAINER)]), hours(1, 2))
    row = only(account.rows, pod=account.rows["pod"][0])
    # the box costs 0.2 $/h: 0.03 a core, 0.005 a GiB. Held: 1 core and 4 GiB
    assert row["cpu_cost"] == pytest.approx(0.03)
    assert row["ram_cost"] == pytest.approx(0.02)
    node = account.nodes.row(0, named=True)
    assert node["cost"] == pytest.approx(0.2)
    assert node["cpu_idle_cost"] == pytest.approx(3 * 0.03)
    assert node["ram_idle_cost"] == pytest.approx(12 * 0.005)
    assert account.total == pytest.approx(0.2)


def test_more_is_held_than_there_is() -> None:
    # one asks for 2 cores and uses none, the other asks for none and uses 3: 5 are held of 4, each pays 4/5 of what it holds
    asks = workload("asks", Container("c", "i:1", cpu=2.0, gib=1.0))
    uses = workload("uses", Container("c", "i:1", uses_cpu=3.0, uses_gib=1.0))
    account = books(organisation([asks, uses]), hours(1, 2))
    rows = account.rows.sort("controller")
    assert rows["cpu_factor"].to_list() == pytest.approx([0.8, 0.8])
    assert rows["cpu_cost"].to_list() == pytest.approx([2 * 0.8 * 0.03, 3 * 0.8 * 0.03])
    assert rows["ram_factor"].to_list() == [1, 1]
    assert account.nodes["cpu_idle_cost"][0] == pytest.approx(0, abs=1e-12)


def test_a_volume_two_share_and_one_nobody_mounts() -> None:
    # 100 GiB at 0.0001 $/GiB-hour is 0.01 $ an hour; two mount it from 01:30 on, nobody before
    mounts = workload("web", CONTAINER, replicas=2, mounts=("shared",), since=at(1.5))
    disks = [Disk("v", 100, "ssd", "shop", "shared"), Disk("lost", 50, "ssd", "shop", "lost")]
    account = books(organisation([mounts], disks=disks), hours(1, 2))
    shared, lost = (only(account.volumes, name=name) for name in ("v", "lost"))
    assert (shared["cost"], shared["unmounted_cost"]) == pytest.approx((0.01, 0.005))
    assert (lost["cost"], lost["unmounted_cost"]) == pytest.approx((0.005, 0.005))
    paid = account.rows.filter(pl.col("container") == "__pod__")["storage_cost"].to_list()
    assert paid == pytest.approx([0.0025, 0.0025])


def test_a_load_balancer_falls_to_the_ready_ones() -> None:
    served = workload("web", CONTAINER, service="LoadBalancer", since=at(1))
    account = books(organisation([served]), hours(1, 3))
    first, second = account.balancers.sort("hour").rows(named=True)
    # with its address 75 s after it was made; the pod was ready before that
    assert first["seconds"] == 3600 - 75
    assert first["unmounted_cost"] == pytest.approx(0, abs=1e-12)
    assert second["cost"] == pytest.approx(0.025)
    assert account.rows["load_balancer_cost"].sum() == pytest.approx(0.025 * (3525 + 3600) / 3600)


def test_cards_are_priced_by_part_and_spot_by_its_own_price() -> None:
    gpu = Machine("gpu", 8, 32, cards=2, card_model="X", usd_per_card=1.5)
    small = organisation(
        [workload("train", Container("c", "i:1", 2.0, 8.0, cards=1), pool="gpu")],
        pools=[Pool("gpu", gpu, 1), Pool("spot", Machine("box", 4, 16, 0.2, spot_usd=0.05), 1, spot=True)],
    )
    account = books(small, hours(1, 2))
    row = account.rows.row(0, named=True)
    assert row["gpu_cost"] == pytest.approx(1.5)
    assert row["cpu_cost"] == pytest.approx(2 * RATES.usd_per_core_hour)
    # 8 cores, 32 GiB, 2 cards
    assert only(account.nodes, pool="gpu")["cost"] == pytest.approx(8 * 0.03 + 32 * 0.005 + 3.0)
    assert only(account.nodes, pool="spot")["cost"] == pytest.approx(0.05)


def test_a_bare_pod_and_one_that_waits_for_ever() -> None:
    bare = workload("tool", CONTAINER, kind=Kind.POD)
    waits = workload("huge", Container("c", "i:1", cpu=400.0), unschedulable=True)
    account = books(organisation([bare, waits]), hours(1, 2))
    assert account.rows.select("pod", "controller_kind").rows() == [("tool", None)]
