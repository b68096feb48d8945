"""Clusters without an id, and two under one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farthing.doctor import Severity
from tests.doctor.patient import START, app, diagnose, farm, only
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real
HOUR = 3600


def test_no_cluster_label_anywhere(serve: Serve, backend: str) -> None:
    finding = only(diagnose(serve(backend, farm(name=None).series()), only="cluster ids"))
    assert (finding.severity, finding.cluster) == (Severity.INFO, "default")
    assert "the cluster is called 'default'" in finding.evidence[0]
    assert "external_labels" in finding.cure


def test_the_external_label_names_the_cluster(serve: Serve) -> None:
    url = serve("prometheus", farm(name=None).series(), external_labels={"cluster": "prod-7"})
    finding = only(diagnose(url, only="cluster ids"))
    assert (finding.cluster, finding.severity) == ("prod-7", Severity.INFO)
    assert finding.concerns == "nothing: the name is the one you set, or the server's external label"


def test_a_cluster_without_id_beside_others(serve: Serve, backend: str) -> None:
    series = [*farm(name="east").series(), *farm(name=None, nodes=3).series()]
    finding = only(diagnose(serve(backend, series), only="cluster ids"))
    assert (finding.severity, finding.cluster) == (Severity.WARNING, "default")
    assert finding.evidence == ("3 nodes without the label cluster, beside east (2)",)


def test_a_cluster_without_id_mixed_with_a_named_one(serve: Serve) -> None:
    series = [*farm(name="east").series(), *farm(name=None, nodes=3).series()]
    finding = only(diagnose(serve("prometheus", series), only="cluster ids", cluster_id="east"))
    assert finding.severity is Severity.ERROR
    assert finding.concerns == "their cost stands under the cluster 'east', mixed with the one of that name (2)"
    assert finding.share == 0.6  # three nodes of five


def test_usage_without_the_cluster_label(serve: Serve) -> None:
    series = [
        replace(s, labels={k: v for k, v in s.labels.items() if k != "cluster"}) if s.metric.startswith("container_") else s
        for s in farm().series()
    ]
    finding = only(diagnose(serve("prometheus", series), only="cluster ids"))
    assert (finding.title, finding.severity) == ("usage without cluster id", Severity.ERROR)
    assert finding.concerns == "usage is not matched to pods: they pay only for what they request"


def test_two_clusters_under_one_id(serve: Serve, backend: str) -> None:
    one, other = farm(), farm()
    # The second cluster was made an hour before the data, its nodes have other provider ids under the same names.
    series = list(one.series())
    for s in other.series():
        labels = {**s.labels, "instance": "other"}
        if "provider_id" in labels:
            labels["provider_id"] += "-other"
        values = [float(START - HOUR)] * len(s.values) if s.metric == "kube_namespace_created" else s.values
        series.append(replace(s, labels=labels, values=values))
    finding = only(diagnose(serve(backend, series), only="two clusters in one"))
    assert (finding.severity, finding.cluster) == (Severity.ERROR, "east")
    births, nodes = finding.evidence
    # 40 days before the data begin at 07:00 on the 9th of October, and 08:00.
    assert births == (
        'kube_namespace_created{namespace="kube-system"} has 2 values at once: 2025-08-30 07:00:00 UTC, 2025-10-09 08:00:00 UTC'
    )
    assert nodes == "2 nodes with more than one provider_id at once, ten minutes apart: n0 (2), n1 (2)"
    assert "its own value of the cluster label" in finding.cure


def test_a_pod_on_two_nodes(serve: Serve) -> None:
    cluster = farm()
    for node in ("n0", "n1"):
        cluster.pod("shop", "same", node=node, containers=[app()], uid="u-1")
    finding = only(diagnose(serve("prometheus", cluster.series()), only="two clusters in one"))
    assert finding.evidence == ("1 uid with more than one node at once, ten minutes apart: u-1 (2)",)


def test_a_node_that_is_replaced_is_no_second_cluster(serve: Serve) -> None:
    cluster = farm()
    # Replaced under its name eight minutes before the end: ten minutes ago there was only the old one.
    cluster.node("spare", cores=4, gib=16, gone=START + 3 * HOUR + 420)
    cluster.node("spare", cores=4, gib=16, created=START + 3 * HOUR + 420)
    assert diagnose(serve("prometheus", cluster.series()), only="two clusters in one").findings == ()
