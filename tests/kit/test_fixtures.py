"""The fixtures hand out servers that hold what they are given, and stop them when their scope is over."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.kit import Cluster
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real
START = 1_760_000_400


def count(url: str, query: str) -> int:
    answer = httpx.get(f"{url}/api/v1/query", params={"query": query, "time": START + 590}, trust_env=False).raise_for_status()
    found = answer.json()["data"]["result"]
    return int(found[0]["value"][1]) if found else 0


def nodes(number: int) -> Cluster:
    cluster = Cluster(START, START + 600)
    for i in range(number):
        cluster.node(f"n{i}", cores=4, gib=16)
    return cluster


def test_each_backend_in_turn(backend: str, serve: Serve) -> None:
    first, second = serve(backend, nodes(2).series()), serve(backend, nodes(3).series())
    assert (count(first, "count(kube_node_info)"), count(second, "count(kube_node_info)")) == (2, 3)


def test_one_of_each(prometheus: Callable[..., str], victoria: Callable[..., str]) -> None:
    for url in (prometheus(nodes(1).series(), external_labels={"cluster": "a"}), victoria(nodes(1).series())):
        assert count(url, "count(kube_node_info)") == 1


@pytest.fixture(scope="module")
def shared(serve_module: Serve) -> str:
    return serve_module("prometheus", nodes(4).series())


@pytest.mark.parametrize("_", range(2))
def test_one_for_a_module(shared: str, _: int) -> None:
    assert count(shared, "count(kube_node_info)") == 4
