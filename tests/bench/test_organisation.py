"""The organisation is as large as it says, and the same each time."""

from __future__ import annotations

import itertools

import pytest

from bench.organisation import DAY, JOBS_PER_POD_DAY, SIZES, START, Organisation, organisation


@pytest.fixture(scope="module")
def two_thousand() -> Organisation:
    return organisation(SIZES["2k-pods"])


def test_as_many_as_it_says_at_any_moment(two_thousand: Organisation) -> None:
    for moment in (START, START + DAY / 2, START + DAY - 1):
        served = [p for p in two_thousand.pods if p.finished is None and p.start <= moment and (p.end is None or moment < p.end)]
        assert len(served) == 2000
        assert sum(len(p.containers) for p in served) == 5600


def test_a_tenth_comes_and_goes(two_thousand: Organisation) -> None:
    jobs = [p for p in two_thousand.pods if p.finished is not None]
    assert len(jobs) == 2000 * JOBS_PER_POD_DAY
    assert all(p.start < p.finished < p.end for p in jobs if p.finished and p.end)
    replaced = [p for p in two_thousand.pods if p.finished is None and p.end is not None]
    assert 40 <= len(replaced) <= 120  # 4 % of those that deployments own
    assert any(c.restarted for p in two_thousand.pods for c in p.containers)


def test_nothing_has_another_things_name(two_thousand: Organisation) -> None:
    for names in (
        [p.uid for p in two_thousand.pods],
        [n.name for n in two_thousand.nodes],
        [(p.namespace, p.name) for p in two_thousand.pods],
    ):
        assert len(set(names)) == len(names)
    for pod in two_thousand.pods:
        assert len({c.name for c in pod.containers}) == len(pod.containers)


def test_nodes_hold_what_is_requested_of_them(two_thousand: Organisation) -> None:
    served = sorted((p for p in two_thousand.pods if p.end is None), key=lambda p: p.node.name)
    for node, pods in itertools.groupby(served, key=lambda p: p.node):
        assert sum(c.cpu for p in pods for c in p.containers) <= node.cores


def test_the_same_for_the_same_seed() -> None:
    assert organisation(SIZES["tiny"], 1) == organisation(SIZES["tiny"], 1)
    assert organisation(SIZES["tiny"], 1) != organisation(SIZES["tiny"], 2)
