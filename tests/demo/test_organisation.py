"""The organisation holds what a demo is to show, and is told without contradictions."""

from __future__ import annotations

from collections import Counter

import pytest

from farthing.demo import AROUND, WINDOW, organisation
from farthing.demo.organisation import NODES, RUNS, TEAMS, WORKLOADS
from farthing.demo.series import Series

SERIES = list(organisation())


def named(metric: str) -> list[dict[str, str]]:
    return [labels for series in SERIES if (labels := dict(series.labels))["__name__"] == metric]


def test_it_is_the_same_every_time() -> None:
    assert [series.labels for series in organisation()] == [series.labels for series in SERIES]


def test_no_series_is_told_twice() -> None:
    assert Counter(series.labels for series in SERIES).most_common(1)[0][1] == 1


def test_what_there_is() -> None:
    assert {labels["cluster"] for labels in named("kube_node_info")} == {"production", "build"}
    assert len(named("kube_node_info")) == 6
    assert [labels["node"] for labels in named("kube_node_labels") if labels["label_eks_amazonaws_com_capacityType"] == "SPOT"] == [
        "burst-1"
    ]
    assert {labels["node"] for labels in named("kube_node_status_capacity") if labels["resource"] == "nvidia_com_gpu"} == {"gpu-1"}
    assert len({labels["label_team"] for labels in named("kube_namespace_labels")}) == 5
    assert {labels["owner_kind"] for labels in named("kube_pod_owner")} == {"ReplicaSet", "StatefulSet", "DaemonSet", "Job"}
    assert len(named("kube_service_status_load_balancer_ingress")) == 1


def test_one_volume_is_mounted_by_nobody() -> None:
    claims = {(labels["namespace"], labels["persistentvolumeclaim"]) for labels in named("kube_persistentvolumeclaim_info")}
    mounted = {
        (labels["namespace"], labels["persistentvolumeclaim"]) for labels in named("kube_pod_spec_volumes_persistentvolumeclaims_info")
    }
    assert claims - mounted == {("analytics", "import-2024")}


def test_everything_runs_on_nodes_and_in_namespaces_that_exist() -> None:
    for cluster, namespace, nodes in [(w.cluster, w.namespace, w.nodes) for w in WORKLOADS] + [
        (r.cluster, r.namespace, (r.node,)) for r in RUNS
    ]:
        assert set(nodes) <= {node.name for node in NODES[cluster]}
        assert namespace in TEAMS[cluster]


def test_jobs_of_the_spot_machine_run_while_it_is_there() -> None:
    (spot,) = (node for node in NODES["build"] if node.spot)
    assert spot.first is not None
    assert spot.last is not None
    for runs in RUNS:
        if runs.node == spot.name:
            assert min(runs.hours) > spot.first
            assert max(runs.hours) + max(runs.seconds) / 3600 < spot.last


@pytest.mark.parametrize("metric", ["container_cpu_usage_seconds_total", "container_network_transmit_bytes_total"])
def test_counters_never_fall(metric: str) -> None:
    start, end = (WINDOW.start - AROUND).timestamp(), (WINDOW.end + AROUND).timestamp()
    counters: list[Series] = [series for series in SERIES if dict(series.labels)["__name__"] == metric]
    assert counters
    for series in counters:
        values = [value for _, value in series.samples(start, end)]
        assert values == sorted(values)
