"""Machines come and go, and pods sit on machines that are there and have room."""

from __future__ import annotations

import itertools
from collections import defaultdict

import pytest

from farthing.core.errors import BadParameter
from farthing.core.ledger import Span
from farthing.simulator import Organisation, company, organisation_of
from farthing.simulator.plan import Container, Hours, Kind, Machine, Pool, Surge
from farthing.simulator.population import population
from farthing.simulator.seats import daily_windows, nodes_of, requested_of, seating, seats_of
from tests.simulator.small import DAY, HOUR, MIDNIGHT, at, organisation, workload

CONTAINER = Container("c", "i:1", cpu=1.5, gib=2.0)


def test_a_machine_that_is_replaced_in_peace_has_its_successor_before() -> None:
    small = organisation(pools=[Pool("main", Machine("box", 4, 16), 1, renew_days=3)])
    (cluster,) = small.clusters
    (seat,) = seats_of(cluster.pools[0])
    nodes = nodes_of(small, cluster, seat, MIDNIGHT, MIDNIGHT + 30 * DAY)
    assert 7 <= len(nodes) <= 13  # 30 days, one in about three
    for old, new in itertools.pairwise(nodes):
        assert new.created == old.drained - 180
        assert new.ready == old.drained
        assert old.gone == old.drained + 30
        assert old.name != new.name
    # what is found in a window is the same as in the whole
    assert nodes_of(small, cluster, seat, MIDNIGHT + 10 * DAY, MIDNIGHT + 10 * DAY + HOUR) == [
        n for n in nodes if n.created < MIDNIGHT + 10 * DAY + HOUR and n.gone > MIDNIGHT + 10 * DAY
    ]


def test_a_spot_machine_is_missed_until_another_comes() -> None:
    small = organisation(pools=[Pool("main", Machine("box", 4, 16, spot_usd=0.1), 1, spot=True, renew_days=2)])
    (cluster,) = small.clusters
    nodes = nodes_of(small, cluster, seats_of(cluster.pools[0])[0], MIDNIGHT, MIDNIGHT + 20 * DAY)
    assert all(new.created - old.gone == 70 and old.gone == old.drained for old, new in itertools.pairwise(nodes))


def test_those_that_come_first_go_last() -> None:
    hours = Hours(up=6, down=20, spread=3)
    windows = [list(daily_windows(hours, i, 3, MIDNIGHT, MIDNIGHT + 7 * DAY, "x")) for i in range(3)]
    assert [len(w) for w in windows] == [5, 5, 5]  # not at the weekend
    for one, other in itertools.pairwise(windows):
        assert all(a[0] <= b[0] and b[1] <= a[1] for a, b in zip(one, other, strict=True))
    assert all(a % DAY >= 6 * HOUR and b % DAY <= 20 * HOUR for a, b in windows[0])


def test_a_surge_is_there_for_its_time() -> None:
    pool = Pool("main", Machine("box", 4, 16), 1, surges=(Surge(at(10), at(20), 2),))
    small = organisation(pools=[pool])
    there = [len(population(small, Span(at(h), at(h) + 1)).nodes) for h in (9, 11, 19, 21)]
    assert there == [1, 3, 3, 1]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(BadParameter, match="has room for shop/web, replica 2"):
        seating(organisation([workload("web", CONTAINER, replicas=3)]))


@pytest.mark.parametrize("made", [company(), organisation_of(100)], ids=["company", "scale"])
def test_pods_sit_on_machines_that_are_there_and_have_room(made: Organisation) -> None:
    span = Span(made.anchor + 15 * DAY, made.anchor + 15 * DAY + 36 * HOUR)
    there = population(made, span)
    for pod in there.pods:
        assert pod.created <= pod.bound <= pod.started <= pod.end or pod.node is None or pod.started == float("inf")
        if pod.node is not None:
            assert pod.node.ready <= pod.bound
            assert pod.end <= pod.node.gone
    cores = {(w.namespace, w.name): requested_of(w)[0] for c in made.clusters for w in c.workloads}
    # at some moments: what services and agents ask for fits (jobs and pods that are just replaced come on top)
    for moment in (span.start + 3 * HOUR + 7, span.start + 14 * HOUR + 7):
        asked: dict[str, float] = defaultdict(float)
        for pod in there.pods:
            standing = pod.node is not None and pod.bound <= moment < pod.end and pod.finished == float("inf")
            if standing and pod.gone - moment > 40 and pod.node is not None:
                owner = pod.owners[-1][1] if pod.owners else pod.name
                asked[pod.node.system_uuid] += cores[pod.namespace, owner]
        sizes = {n.system_uuid: n.pool.machine.cores - n.pool.reserved_cores for n in there.nodes}
        assert all(total <= sizes[node] for node, total in asked.items())


def test_names_are_taken_once() -> None:
    made = company()
    there = population(made, Span(made.anchor - 2 * DAY, made.anchor))
    for moment in (made.anchor - DAY, made.anchor - 9 * HOUR):
        pods = [(p.cluster.name, p.namespace, p.name) for p in there.pods if p.created <= moment < p.gone]
        nodes = [(n.cluster.name, n.name) for n in there.nodes if n.created <= moment < n.gone]
        addresses = [(p.cluster.name, p.address) for p in there.pods if p.node and p.created <= moment < p.gone]
        for names in (pods, nodes, addresses):
            assert len(set(names)) == len(names)
    assert len({p.uid for p in there.pods}) == len(there.pods)


def test_kinds_of_all_sorts_are_there() -> None:
    made = organisation_of(200)
    kinds = {p.owners[-1][0] if p.owners else "Pod" for p in population(made, Span(made.anchor + 20 * DAY, made.anchor + 21 * DAY)).pods}
    assert kinds == {kind.value for kind in Kind}
