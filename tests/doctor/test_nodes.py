"""Unknown nodes, nodes without capacity, shared cards, nodes priced by pod."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.doctor import Severity
from tests.doctor.patient import app, book, diagnose, farm, only
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real


def test_pods_on_a_node_that_is_not_told(serve: Serve, backend: str, tmp_path: Path) -> None:
    cluster = farm()
    for i in range(3):
        cluster.pod("shop", f"lost-{i}", node="ghost", containers=[app()])
    finding = only(diagnose(serve(backend, cluster.series()), only="unknown nodes", prices=book(tmp_path)))
    assert finding.evidence == ("3 pods on 1 node without kube_node_info: ghost",)
    # Each holds 0.5 core and 1 GiB: 0.5 · 0.04 + 1 · 0.005 = 0.025 $; three of them 0.075 $, which is also the inferred node's cost.
    # The two known nodes cost 4 · 0.04 + 16 · 0.005 = 0.24 $ each: 0.075 / (0.48 + 0.075) = 13.5 %.
    assert finding.money == pytest.approx(0.075, rel=1e-6)
    assert finding.share == pytest.approx(0.075 / 0.555, rel=1e-6)
    assert finding.concerns.endswith("; $0.075 of $0.555 an hour (14 %) rest on it")
    assert (finding.severity, finding.cluster) == (Severity.WARNING, "east")


def test_a_node_of_unknown_size(serve: Serve, backend: str) -> None:
    cluster = farm()
    cluster.node("small", cores=1, gib=2)
    series = [
        s
        for s in cluster.series()
        if not (s.metric == "kube_node_status_capacity" and s.labels["node"] == "small" and s.labels["resource"] == "memory")
    ]
    finding = only(diagnose(serve(backend, series), only="nodes without capacity"))
    assert (finding.severity, finding.title) == (Severity.ERROR, "nodes without memory capacity")
    assert finding.evidence == ('1 node without kube_node_status_capacity{resource="memory"}: small',)


def test_time_sliced_cards(serve: Serve, backend: str, tmp_path: Path) -> None:
    cluster = farm()
    # One card told as four.
    cluster.node("gpu", cores=4, gib=16, cards=4, labels={"nvidia.com/gpu.replicas": "4", "nvidia.com/gpu.product": "Tesla-T4-SHARED"})
    cluster.pod("ml", "train", node="gpu", containers=[app(cards=1)])
    finding = only(diagnose(serve(backend, cluster.series()), only="shared cards", prices=book(tmp_path)))
    assert finding.evidence == ("label_nvidia_com_gpu_replicas above 1 on 1 node: gpu (4)",)
    # Four card-hours at 2 $ are 8 $, one card is 2 $: 6 $ too much of 8 + 3 · 0.24 = 8.72 $.
    assert finding.money == pytest.approx(6)
    assert finding.share == pytest.approx(6 / 8.72)
    assert (
        finding.concerns
        == "each replica counts as a whole card: GPU cost is as many times too high, $6.00 of $8.72 an hour (69 %) too much"
    )


def test_one_replica_is_a_card(serve: Serve) -> None:
    cluster = farm()
    cluster.node("gpu", cores=4, gib=16, cards=4, labels={"nvidia.com/gpu.replicas": "1"})
    assert diagnose(serve("prometheus", cluster.series()), only="shared cards").findings == ()


def test_slices_under_other_names(serve: Serve) -> None:
    cluster = farm()
    cluster.state("kube_node_status_capacity", {"node": "n0", "resource": "nvidia_com_mig_1g_5gb", "unit": "integer"}, None, 7)
    finding = only(diagnose(serve("prometheus", cluster.series()), only="shared cards"))
    assert finding.title == "card resources that are not counted"
    assert finding.evidence == ("kube_node_status_capacity has the resources nvidia_com_mig_1g_5gb (7)",)


def test_fargate(serve: Serve, backend: str) -> None:
    cluster = farm()
    # A Fargate node: no kubelet that can be scraped.
    cluster.node("fargate-1", cores=2, gib=4, labels={"eks.amazonaws.com/compute-type": "fargate"}, failures=[cluster.always])
    cluster.pod("shop", "small", node="fargate-1", containers=[app()])
    diagnosis = diagnose(serve(backend, cluster.series()))
    finding = next(f for f in diagnosis.findings if f.check == "nodes priced by pod")
    assert (finding.severity, finding.cluster) == (Severity.INFO, "east")
    assert finding.evidence == ("1 of 3 nodes (33 %) are Fargate or virtual: fargate-1",)
    # Its capacity is the half core that its pod requests, of 8.5.
    assert "(5.9 % of all core-hours)" in finding.concerns
    assert "nodes without usage: passed" in diagnosis.checked
