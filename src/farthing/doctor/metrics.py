"""Metrics that are missing, and metrics of a kube-state-metrics that is too old."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from farthing.core.errors import NoData

from .examination import MEASURED, Examination, NotPossible
from .findings import Severity, Symptom
from .wording import some, span


@dataclass(frozen=True)
class Need:
    """A metric and what is lost without it. `shown_by`: PromQL of series that prove there is something to tell; empty: always is."""

    metric: str
    severity: Severity
    loss: str
    shown_by: str = ""


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
BALANCERS = 'kube_service_spec_type{type="LoadBalancer"}'

NEEDS: tuple[Need, ...] = (
    Need("kube_pod_info", ERROR, "no pod is seen: nothing is allocated, all cost is idle"),
    Need("kube_node_info", ERROR, "nodes are not known: their capacity is taken as what their pods hold, idle cost is not seen"),
    Need("kube_node_status_capacity", ERROR, "what nodes offer is not known: their cost counts as 0"),
    Need("kube_pod_container_resource_requests", ERROR, "requests are not known: pods pay only for what they use"),
    Need("container_cpu_usage_seconds_total", ERROR, "CPU usage is not known: pods pay only for what they request"),
    Need("container_memory_working_set_bytes", ERROR, "memory usage is not known: pods pay only for what they request"),
    Need("kube_node_status_allocatable", WARNING, "idle is not told apart into what the system reserves and what is available"),
    Need("kube_node_created", WARNING, "a node's cost begins with the hour of its first sample, and a reused node name is not told apart"),
    Need("kube_node_labels", WARNING, "region, zone, instance type and spot of nodes are not known: prices by them do not hit"),
    Need("kube_pod_status_phase", WARNING, "finished pods without a completion time (evicted ones) count as held until they are deleted"),
    Need(
        "kube_pod_completion_time",
        WARNING,
        "finished pods count as held until a scrape shows their phase",
        'kube_pod_status_phase{phase="Succeeded"} == 1',
    ),
    Need("kube_pod_owner", WARNING, "controllers are not known: cost by controller, deployment or job is `__unallocated__`"),
    Need("kube_pod_container_state_started", WARNING, "when containers started is known only to the scrape"),
    Need(
        "kube_replicaset_owner",
        WARNING,
        "deployments are not known: their cost stands under their replica sets",
        'kube_pod_owner{owner_kind="ReplicaSet"}',
    ),
    Need("kube_job_owner", WARNING, "cron jobs are not known: their cost stands under their jobs", 'kube_pod_owner{owner_kind="Job"}'),
    Need(
        "kube_pod_init_container_info",
        WARNING,
        "sidecars are not told from init containers: their requests do not count as held for the pod's life",
        "kube_pod_init_container_resource_requests",
    ),
    Need(
        "kube_pod_init_container_resource_requests",
        INFO,
        "if init containers or sidecars request something, that is not charged",
        "kube_pod_init_container_info",
    ),
    Need("kube_persistentvolume_capacity_bytes", ERROR, "volumes cost nothing: none is seen", "kube_persistentvolumeclaim_info"),
    Need(
        "kube_persistentvolume_created",
        WARNING,
        "a volume's cost begins with the hour of its first sample",
        "kube_persistentvolume_capacity_bytes",
    ),
    Need(
        "kube_persistentvolume_info",
        WARNING,
        "the class of volumes is not known: prices by storage class do not hit",
        "kube_persistentvolume_capacity_bytes",
    ),
    Need(
        "kube_persistentvolume_claim_ref",
        WARNING,
        "the namespace of volumes that no pod mounts is not known",
        "kube_persistentvolumeclaim_info",
    ),
    Need(
        "kube_persistentvolumeclaim_info",
        WARNING,
        "the volume of a claim is not known: volumes are `__unmounted__`",
        "kube_pod_spec_volumes_persistentvolumeclaims_info",
    ),
    Need(
        "kube_pod_spec_volumes_persistentvolumeclaims_info",
        WARNING,
        "which pods mount a claim is not known: all volumes are `__unmounted__`",
        "kube_persistentvolumeclaim_info",
    ),
    Need(
        "kube_service_status_load_balancer_ingress",
        WARNING,
        "a load balancer costs from its service's creation on, not from its address on",
        BALANCERS,
    ),
    Need(
        "kube_service_spec_type",
        WARNING,
        "load balancers that have no address yet, or lost it, are not seen",
        "kube_service_status_load_balancer_ingress",
    ),
    Need("kube_service_created", WARNING, "a load balancer's cost begins with the hour of its first sample", BALANCERS),
    Need("kube_endpoint_address", WARNING, "the pods behind services are not known: load balancers are `__unmounted__`", BALANCERS),
    Need("container_network_transmit_bytes_total", INFO, "what pods send is not shown"),
    Need("container_network_receive_bytes_total", INFO, "what pods receive is not shown"),
)

# Metrics whose absence is another check's, or proves nothing.
NEEDED_ELSEWHERE: dict[str, str] = {
    "kube_pod_status_scheduled_time": "scheduled times",
    "kube_pod_start_time": "scheduled times",
    "kube_pod_created": "scheduled times",
    "kube_pod_labels": "label allow-lists",
    "kube_namespace_labels": "namespace labels",
    "kube_pod_annotations": "label allow-lists",
    "kube_namespace_annotations": "shown only when allowed, and wanted by few",
    "kube_pod_deletion_timestamp": "there only while a pod is being deleted",
    "kube_pod_overhead_cpu_cores": "there only for pods of a runtime class with overhead",
    "kube_pod_overhead_memory_bytes": "there only for pods of a runtime class with overhead",
}

# Names of kube-state-metrics v1 and what v2 calls them.
RENAMED: dict[str, str] = {
    "kube_pod_container_resource_requests_cpu_cores": 'kube_pod_container_resource_requests{resource="cpu"}',
    "kube_pod_container_resource_requests_memory_bytes": 'kube_pod_container_resource_requests{resource="memory"}',
    "kube_node_status_capacity_cpu_cores": 'kube_node_status_capacity{resource="cpu"}',
    "kube_node_status_capacity_memory_bytes": 'kube_node_status_capacity{resource="memory"}',
    "kube_node_status_allocatable_cpu_cores": 'kube_node_status_allocatable{resource="cpu"}',
    "kube_node_status_allocatable_memory_bytes": 'kube_node_status_allocatable{resource="memory"}',
}


def missing_metrics(ex: Examination) -> Iterator[Symptom]:
    """Metrics of NEEDS that a cluster does not have though it has what they tell of."""
    try:
        clusters = ex.clusters
    except NoData as error:
        yield Symptom("nothing of kube-state-metrics", (error.problem,), "everything: no pod and no node is seen", ERROR, error.cure)
        return
    for cluster in clusters:
        held = _held(ex, cluster)
        absent = [need for need in NEEDS if need.metric not in held]
        proofs = sorted({need.shown_by for need in absent if need.shown_by})
        shown = {proof: ex.numbers("proof", f"count by {ex.by()} ({proof})").get(cluster, 0) for proof in proofs}
        for need in absent:
            if need.shown_by and not shown[need.shown_by]:
                continue
            proof = (f"{need.shown_by}: {shown[need.shown_by]:,.0f} series",) if need.shown_by else ()
            yield Symptom(
                f"{need.metric} is missing",
                (f"no series of {need.metric} {span(ex.span.start, ex.span.end)}", *proof),
                need.loss,
                need.severity,
                cluster=cluster,
            )


def _held(ex: Examination, cluster: str) -> set[str]:
    """The metrics of NEEDS that one cluster has, from the server's index."""
    matchers = ",".join((f'__name__=~"{"|".join(need.metric for need in NEEDS)}"', *ex.of(cluster)))
    return set(ex.client.label_values("__name__", match=[f"{{{matchers}}}"], start=ex.span.start, end=ex.span.end))


def old_kube_state_metrics(ex: Examination) -> Iterator[Symptom]:
    """Metric names that kube-state-metrics dropped with v2."""
    pattern = '{__name__=~"' + "|".join(RENAMED) + '"}'
    old = ex.client.label_values("__name__", match=[pattern], start=ex.span.start, end=ex.span.end)
    if not old:
        return
    new = {re.sub(r"\{.*", "", RENAMED[name]) for name in old}
    both = set(ex.client.label_values("__name__", match=[f'{{__name__=~"{"|".join(sorted(new))}"}}'], start=ex.span.start, end=ex.span.end))
    lost = sorted(new - both)
    yield Symptom(
        "metrics of kube-state-metrics v1",
        tuple(f"{name}: today {RENAMED[name]}" for name in old),
        f"{some(lost)} cannot be told: what is requested and offered is not known" if lost else "nothing: the names of v2 are there too",
        ERROR if lost else INFO,
    )


def scheduled_times(ex: Examination) -> Iterator[Symptom]:
    """Pods whose binding is not told."""
    ex.need("pod seen")
    pods = ex.numbers("pods", f"count by {ex.by()} ({ex.vector('pod seen')})")
    keys = ex.by("namespace", "pod", "uid")
    untold = pods
    if not ex.lacks("pod scheduled"):
        untold = ex.numbers(
            "pods without a scheduled time", f"count by {ex.by()} ({ex.vector('pod seen')} unless on {keys} {ex.vector('pod scheduled')})"
        )
    stand_ins = [MEASURED[name].metric for name in ("pod started", "pod created") if ex.dialect.has(MEASURED[name])]
    for cluster, n in untold.items():
        yield Symptom(
            "pods without a scheduled time",
            (f"{n:,.0f} of {pods.get(cluster, n):,.0f} bound pods have no {MEASURED['pod scheduled'].metric} at their last sample",),
            f"the begin of these pods' cost: {stand_ins[0]} stands in for the binding (seconds too late)"
            if stand_ins
            else "the begin of these pods' cost: known only to the scrape",
            WARNING if stand_ins else ERROR,
            cluster=cluster,
            share=n / pods.get(cluster, n),
        )


def metrics_of_usage(ex: Examination) -> None:
    """Raises NotPossible where cAdvisor's memory metric is missing."""
    if ex.lacks("memory used"):
        raise NotPossible("the server has no container_memory_working_set_bytes")
