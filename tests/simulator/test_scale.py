"""Organisations of any size are as large as they say."""

from __future__ import annotations

import pytest

from farthing.core.errors import BadParameter
from farthing.core.ledger import Span
from farthing.simulator import books, organisation_of
from farthing.simulator.population import population


@pytest.mark.parametrize(("pods", "clusters"), [(40, 2), (400, 1)])
def test_as_many_pods_as_it_says(pods: int, clusters: int) -> None:
    made = organisation_of(pods, clusters=clusters)
    night = made.anchor + 15 * 86400 + 2 * 3600
    there = population(made, Span(night, night + 1)).pods
    served = [p for p in there if p.finished == float("inf") and p.namespace != "kube-system" and p.node and p.node.pool.name != "cards"]
    assert len(served) == pytest.approx(pods, abs=3)  # some may just be replaced
    assert {p.cluster.name for p in there} == {f"cluster-{i + 1}" for i in range(clusters)}


def test_requests_alone_count_where_it_is_said() -> None:
    made = organisation_of(60, requests_only=True)
    start = made.anchor + 15 * 86400
    rows = books(made, Span(start, start + 86400)).rows.filter(role="container")
    assert (rows["cpu_held"] == rows["cpu_requested"]).all()
    assert (rows["ram_held"] == rows["ram_requested"]).all()
    usual = books(organisation_of(60), Span(start, start + 86400)).rows.filter(role="container")
    assert not (usual["cpu_held"] == usual["cpu_requested"]).all()


def test_too_few_are_refused() -> None:
    with pytest.raises(BadParameter, match="20 pods or more"):
        organisation_of(30, clusters=2)
