"""Missing metrics, kube-state-metrics v1, scheduled times."""

from __future__ import annotations

import pytest

from farthing.doctor import Severity
from farthing.doctor.metrics import NEEDED_ELSEWHERE, NEEDS
from farthing.metering import MEASUREMENTS
from tests.doctor.patient import START, app, diagnose, farm, only
from tests.kit import Cluster
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real
HOUR = 3600


def furnished(**more: object) -> Cluster:
    """The farm with a claim that a pod mounts, a load balancer, and a pod with an init container; the pods are of replica sets."""
    cluster = farm(**more)  # type: ignore[arg-type]
    claim = cluster.claim("shop", "data", gib=10)
    db = cluster.pod(
        "shop", "db", node="n0", containers=[app()], inits=[app("init", uses_cpu=0)], claims=[claim], owner=("ReplicaSet", "db-1")
    )
    cluster.service("shop", "front", kind="LoadBalancer", ingress_ip="1.2.3.4", endpoints=[db])
    return cluster


def test_every_measured_metric_has_its_place() -> None:
    measured = {m.metric for m in MEASUREMENTS}
    needed = [need.metric for need in NEEDS]
    assert len(needed) == len(set(needed))
    assert set(needed).isdisjoint(NEEDED_ELSEWHERE)
    assert set(needed) | set(NEEDED_ELSEWHERE) == measured


def test_nothing_is_missing_of_what_there_is(serve: Serve, backend: str) -> None:
    assert diagnose(serve(backend, furnished().series()), only="missing metrics").findings == ()


def test_what_a_cluster_has_is_missed_when_it_is_not_told(serve: Serve, backend: str) -> None:
    gone = [
        "kube_pod_container_resource_requests",
        "container_cpu_usage_seconds_total",
        "kube_node_created",
        "kube_replicaset_owner",
        "kube_job_owner",
        "kube_persistentvolume_capacity_bytes",
        "kube_endpoint_address",
    ]
    findings = diagnose(serve(backend, furnished(missing=gone).series()), only="missing metrics").findings
    told = {f.title.split()[0]: f for f in findings}
    # There are no jobs, so nobody misses their owners.
    assert set(told) == set(gone) - {"kube_job_owner"}
    assert told["kube_node_created"].severity is Severity.WARNING
    requests = told["kube_pod_container_resource_requests"]
    assert (requests.severity, requests.cluster) == (Severity.ERROR, "east")
    assert requests.concerns == "requests are not known: pods pay only for what they use"
    assert "2025-10-09 09:00:00 UTC to 2025-10-09 12:00:00 UTC" in requests.evidence[0]
    assert "--metric-allowlist" in requests.cure
    # Three pods are owned by replica sets.
    assert told["kube_replicaset_owner"].evidence[1] == 'kube_pod_owner{owner_kind="ReplicaSet"}: 3 series'
    assert [f.severity for f in findings] == sorted((f.severity for f in findings), key=lambda s: s.order)


def test_each_cluster_is_looked_at_by_itself(serve: Serve) -> None:
    whole, poor = farm(name="east"), farm(name="west", missing=["kube_node_status_capacity"])
    finding = only(diagnose(serve("prometheus", [*whole.series(), *poor.series()]), only="missing metrics"))
    assert (finding.title, finding.cluster) == ("kube_node_status_capacity is missing", "west")


def test_names_of_version_1(serve: Serve) -> None:
    cluster = farm(missing=["kube_pod_container_resource_requests"])
    names = {"namespace": "shop", "pod": "web-0", "container": "app", "node": "n0"}
    cluster.state("kube_pod_container_resource_requests_cpu_cores", names, None, 0.5)
    cluster.state("kube_node_status_capacity_cpu_cores", {"node": "n0"}, None, 4)
    finding = only(diagnose(serve("prometheus", cluster.series()), only="old kube-state-metrics"))
    assert finding.severity is Severity.ERROR
    assert finding.evidence == (
        'kube_node_status_capacity_cpu_cores: today kube_node_status_capacity{resource="cpu"}',
        'kube_pod_container_resource_requests_cpu_cores: today kube_pod_container_resource_requests{resource="cpu"}',
    )
    # The capacity is told under its new name too.
    assert finding.concerns == "kube_pod_container_resource_requests cannot be told: what is requested and offered is not known"
    assert finding.cure == "run kube-state-metrics v2 (since 2021)"


def test_old_names_beside_new_ones_are_harmless(serve: Serve) -> None:
    cluster = farm()
    cluster.state("kube_node_status_capacity_cpu_cores", {"node": "n0"}, None, 4)
    assert only(diagnose(serve("prometheus", cluster.series()), only="old kube-state-metrics")).severity is Severity.INFO


def test_no_scheduled_times_at_all(serve: Serve, backend: str) -> None:
    finding = only(diagnose(serve(backend, farm(missing=["kube_pod_status_scheduled_time"]).series()), only="scheduled times"))
    assert finding.severity is Severity.WARNING
    assert finding.evidence == ("2 of 2 bound pods have no kube_pod_status_scheduled_time at their last sample",)
    assert "kube_pod_start_time stands in" in finding.concerns
    assert finding.share == 1


def test_neither_scheduled_times_nor_a_stand_in(serve: Serve) -> None:
    gone = ["kube_pod_status_scheduled_time", "kube_pod_start_time", "kube_pod_created"]
    finding = only(diagnose(serve("prometheus", farm(missing=gone).series()), only="scheduled times"))
    assert finding.severity is Severity.ERROR
    assert finding.concerns == "the begin of these pods' cost: known only to the scrape"


def test_some_pods_without_scheduled_times(serve: Serve) -> None:
    cluster = farm(nodes=3)
    # A pod that only kube_pod_info tells of; the three others have their times.
    cluster.state("kube_pod_info", {"namespace": "shop", "pod": "odd", "uid": "u-odd", "node": "n0"}, (START, START + 9 * HOUR))
    finding = only(diagnose(serve("prometheus", cluster.series()), only="scheduled times"))
    assert finding.evidence[0].startswith("1 of 4 bound pods")
    assert finding.share == 0.25
