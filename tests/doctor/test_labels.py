"""Labels that are lost by allow-lists, relabelling or honor_labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farthing.doctor import Severity
from tests.doctor.patient import app, diagnose, farm, only
from tests.kit import KUBELET, STATE_METRICS, Series
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real


def without(series: list[Series], metric: str, prefix: str) -> list[Series]:
    """The series, those of `metric` without their labels that begin with `prefix`."""
    return [replace(s, labels={k: v for k, v in s.labels.items() if not k.startswith(prefix)}) if s.metric == metric else s for s in series]


def test_labels_that_are_not_allowed(serve: Serve, backend: str) -> None:
    east = without(list(farm(name="east").series()), "kube_pod_labels", "label_")
    west = without(list(farm(name="west", missing=["kube_pod_annotations"]).series()), "kube_node_labels", "label_")
    findings = diagnose(serve(backend, [*east, *west]), only="label allow-lists").findings
    told = {(f.cluster, f.title): f for f in findings}
    assert set(told) == {
        ("east", "pod labels are not shown"),
        ("west", "node labels are not shown"),
        ("west", "pod annotations are not shown"),
    }
    pods = told["east", "pod labels are not shown"]
    assert pods.severity is Severity.WARNING
    assert pods.evidence[0].startswith("kube_pod_labels has only the labels ")
    assert "`__unallocated__`" in pods.concerns
    assert pods.cure.startswith("run kube-state-metrics with --metric-labels-allowlist=pods=[*]")
    annotations = told["west", "pod annotations are not shown"]
    assert (annotations.severity, annotations.evidence[0]) == (Severity.INFO, "no series of kube_pod_annotations")


def test_namespaces_without_labels(serve: Serve, backend: str) -> None:
    cluster = farm()
    for i in range(7):
        cluster.pod(f"team-{i}", "job", node="n0", containers=[app()])
    series = [s for s in cluster.series() if s.metric != "kube_namespace_labels" or not s.labels["namespace"].startswith("team-")]
    finding = only(diagnose(serve(backend, series), only="namespace labels"))
    # Seven namespaces of eight with pods (shop has its labels).
    assert finding.evidence == (
        "7 of 8 namespaces (88 %) without kube_namespace_labels: team-0, team-1, team-2, team-3, team-4 and 2 more",
    )
    assert finding.share == 7 / 8
    assert (finding.severity, finding.cluster) == (Severity.INFO, "east")


def test_namespace_labels_are_missing_altogether(serve: Serve) -> None:
    finding = only(diagnose(serve("prometheus", farm(missing=["kube_namespace_labels"]).series()), only="namespace labels"))
    assert finding.evidence[0].startswith("1 of 1 namespace (100 %)")


def test_renamed_labels_are_read_and_told(serve: Serve, backend: str) -> None:
    cluster = farm(state_metrics=replace(STATE_METRICS, honor_labels=False))
    diagnosis = diagnose(serve(backend, cluster.series()))
    # The other checks see the same healthy cluster through the renamed labels.
    finding = only(diagnosis)
    assert (finding.check, finding.severity) == ("renamed labels", Severity.INFO)
    assert finding.title == "kube-state-metrics: labels are renamed"
    assert "exported_namespace" in finding.evidence[0]
    assert "honor_labels: true" in finding.cure


def test_dropped_container_ids(serve: Serve, backend: str) -> None:
    cluster = farm(kubelet=replace(KUBELET, drop_labels=("id",)))
    finding = only(diagnose(serve(backend, cluster.series()), only="container ids"))
    assert finding.severity is Severity.WARNING
    assert finding.evidence == ("2 of 2 series (100 %) of container_memory_working_set_bytes without the label id",)
    assert "labeldrop" in finding.cure


def test_container_ids_dropped_in_one_cluster(serve: Serve) -> None:
    west = farm(name="west", kubelet=replace(KUBELET, drop_labels=("id",)))
    finding = only(diagnose(serve("prometheus", [*farm().series(), *west.series()]), only="container ids"))
    assert (finding.cluster, finding.share) == ("west", 1)
