"""True quantities, by arithmetic."""

from __future__ import annotations

import pytest

from farthing.simulator.plan import Container, Kind, Machine, Pool, Role, Runs, Version, Workload
from farthing.simulator.rhythm import FLAT, Rhythm
from farthing.simulator.truth import truth
from tests.simulator.small import DAY, GIB, HOUR, MIDNIGHT, at, hours, only, organisation, workload

ONE = Container("c", "i:1", cpu=0.5, gib=1.0, uses_cpu=0.25, uses_gib=2.0)


def test_a_pod_that_begins_inside_an_hour() -> None:
    small = organisation([workload("web", ONE, since=at(1.25), until=at(3))])
    found = truth(small, hours(0, 4)).containers
    pod = truth(small, hours(0, 4)).population.pods[0]
    assert found["hour"].to_list() == [int(at(1)), int(at(2))]
    first, second = found.rows(named=True)
    # bound at 01:15: 2700 s of that hour; it runs some seconds later
    assert first["held_seconds"] == 2700
    assert first["cpu_requested"] == 0.5 * 2700
    assert first["cpu_used"] == pytest.approx(0.25 * (at(2) - pod.started))
    assert 2 <= pod.started - pod.bound <= 9
    # CPU: it asks for more than it uses, and holds that; memory: it uses 2 GiB of the 1 that it asked for
    assert first["cpu_held"] == 0.5 * 2700
    assert second["cpu_held"] == 1800
    assert second["ram_requested"] == GIB * HOUR
    assert second["ram_held"] == second["ram_used"] == pytest.approx(2 * GIB * HOUR)


def test_a_life_of_seconds_on_the_edge_of_an_hour() -> None:
    # A job every day, 40 s before 01:00; it takes 60 s. It asks for 1 core and uses 0.2.
    runs = Runs(
        Kind.CRONJOB, "shop", "job", "main", (Container("c", "i:1", 1.0, 0.5, uses_cpu=0.2, uses_gib=1.0),), DAY, (60, 60), HOUR - 41
    )
    true = truth(organisation(runs=[runs]), hours(0, 3))
    (pod,) = true.population.pods
    life = pod.end - pod.bound
    assert pod.bound == at(1) - 40
    assert 60 <= life <= 65
    before, after = true.containers.rows(named=True)
    assert (before["held_seconds"], after["held_seconds"]) == (40, life - 40)
    # all of its use, laid evenly over what it held; memory: 1 GiB while it ran is more than 0.5 GiB while it held
    ran = pod.end - pod.started
    assert before["cpu_used"] == pytest.approx(0.2 * ran * 40 / life)
    assert before["cpu_held"] == pytest.approx(40)
    assert after["ram_held"] == pytest.approx(GIB * ran * (life - 40) / life)
    assert before["short"]
    assert after["short"]
    # the second hour alone is the same
    assert truth(organisation(runs=[runs]), hours(1, 2)).containers.rows(named=True) == [after]


def test_init_containers_sidecars_and_overhead() -> None:
    # E = max(1 + 0.25, 3 + 0.25) + 0.1 overhead = 3.35 cores; containers and sidecar ask for 1.25; 2.1 belong to the pod as a whole
    containers = (
        Container("main", "i:1", 1.0, 1.0, uses_cpu=0.5),
        Container("proxy", "i:1", 0.25, 0.25, role=Role.SIDECAR),
        Container("init", "i:1", 3.0, 0.5, uses_cpu=2.0, uses_gib=0.25, role=Role.INIT),
    )
    true = truth(organisation([workload("web", *containers, since=at(1), overhead=(0.1, 0.0))]), hours(1, 3))
    (pod,) = true.population.pods
    ((_, start, end),) = pod.initialised()
    init = only(true.containers, container="init")
    assert init["cpu_requested"] == 0
    assert init["cpu_held"] == pytest.approx(2.0 * (end - start))
    first = only(true.containers, container="__pod__", hour=int(at(1)))
    assert first["cpu_held"] == pytest.approx(2.1 * HOUR - 2.0 * (end - start))
    assert only(true.containers, container="__pod__", hour=int(at(2)))["cpu_held"] == pytest.approx(2.1 * HOUR)
    # memory: max(1 + 0.25, 0.5 + 0.25) is what they ask for anyway
    assert first["ram_held"] == 0


def test_cards_pay_for_what_they_are_asked_for() -> None:
    card = Container("c", "i:1", 1.0, 1.0, cards=2, uses_cards=0.25)
    small = organisation(
        [workload("train", card, since=at(0.5))], pools=[Pool("main", Machine("gpu", 8, 32, cards=2, card_model="X", usd_per_card=1.0), 1)]
    )
    row = truth(small, hours(1, 2)).containers.row(0, named=True)
    assert (row["gpu_requested"], row["gpu_held"], row["gpu_used"]) == (2 * HOUR, 2 * HOUR, 0.5 * HOUR)


def test_a_new_version_asks_for_less() -> None:
    small_one = Container("c", "i:2", cpu=0.25, gib=0.5)
    app = Workload(Kind.DEPLOYMENT, "shop", "web", "main", (Version((ONE,)), Version((small_one,), at(6))), rhythm=FLAT)
    true = truth(organisation([app]), hours(5, 8))
    old, new = true.population.pods
    assert new.bound == at(6)
    assert old.gone == at(6) + 31  # they overlap
    asked = true.containers.filter(container="c").group_by("hour", maintain_order=True).agg("cpu_requested").rows()
    assert {hour: sorted(amounts) for hour, amounts in asked} == {
        int(at(5)): [0.5 * HOUR],
        int(at(6)): [0.5 * 31, 0.25 * HOUR],
        int(at(7)): [0.25 * HOUR],
    }


def test_use_follows_the_day() -> None:
    # swing 0.5 with its peak at 12:00: from 06:00 to 18:00 is the mean and the upper half of a wave: 12 h + 0.5 · 24 h / π
    rhythm = Rhythm("wave", swing=0.5, peak_hour=12, noise=0.0, ripple=0.0)
    small = organisation([workload("web", ONE, rhythm=rhythm)])
    used = truth(small, hours(24 + 6, 24 + 18)).containers["cpu_used"].sum()
    assert used == pytest.approx(0.25 * HOUR * (12 + 0.5 * 24 / 3.141592653589793))


def test_nothing_is_there_before_the_founding() -> None:
    true = truth(organisation([workload("web", ONE)]), hours(-3, 1))
    assert set(true.containers["hour"]) == {int(MIDNIGHT)}
    assert set(true.nodes["hour"]) == {int(MIDNIGHT)}
