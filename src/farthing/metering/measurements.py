"""What is measured, written once: a metric, a function over the hour, the labels kept and the unit.

Every back end reads this table: PromQL for Prometheus-compatible servers, SQL for a sample store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Exporter(StrEnum):
    """Who exposes a metric; decides how its labels may be spelled."""

    KUBE_STATE = "kube-state-metrics"
    CADVISOR = "cAdvisor"


class Over(StrEnum):
    """The function over the hour's samples (start, end].

    Of a value that never changes (a creation time) any function tells it: HIGHEST is the one that servers compute fastest.
    """

    LAST = "last_over_time"
    MEAN = "avg_over_time"
    HIGHEST = "max_over_time"
    LOWEST = "min_over_time"
    COUNT = "count_over_time"
    RESETS = "resets"


@dataclass(frozen=True)
class Measurement:
    """One row of the table.

    `keys` are the labels that name the object, in the exporter's own spelling; `where` are further matchers in PromQL's
    notation; `equals` keeps only values equal to it. `over` is None for information metrics, whose value is always 1 and
    whose labels are read from the server's index.
    """

    name: str
    metric: str
    exporter: Exporter
    keys: tuple[str, ...]
    doc: str
    over: Over | None = None
    unit: str = ""
    where: tuple[str, ...] = ()
    equals: float | None = None


POD = ("namespace", "pod", "uid")
POD_CONTAINER = (*POD, "container")
TARGET = "instance"  # kept apart only where series carry no container id
CGROUP = ("namespace", "pod", "container", "id", TARGET)
RUNNING_CONTAINER = ('container!=""', 'container!="POD"')

# Extended resources that count cards, as kube-state-metrics spells them.
CARD_RESOURCES = (
    "nvidia_com_gpu",
    "amd_com_gpu",
    "gpu_intel_com_i915",
    "gpu_intel_com_xe",
    "habana_ai_gaudi",
    "aws_amazon_com_neuron",
    "google_com_tpu",
)
NODE_RESOURCES = f'resource=~"cpu|memory|{"|".join(CARD_RESOURCES)}"'


def _state(
    name: str, metric: str, keys: tuple[str, ...], doc: str, over: Over | None = None, unit: str = "", **more: object
) -> Measurement:
    return Measurement(name, metric, Exporter.KUBE_STATE, keys, doc, over, unit, **more)  # type: ignore[arg-type]


def _usage(name: str, metric: str, keys: tuple[str, ...], doc: str, over: Over, unit: str, **more: object) -> Measurement:
    return Measurement(name, metric, Exporter.CADVISOR, keys, doc, over, unit, **more)  # type: ignore[arg-type]


# Pods: when they are bound and released
POD_SCHEDULED = _state("pod scheduled", "kube_pod_status_scheduled_time", POD, "when the pod was bound to its node", Over.HIGHEST, "s")
POD_STARTED = _state(
    "pod started", "kube_pod_start_time", POD, "when the kubelet took the pod; stands in for the binding", Over.HIGHEST, "s"
)
POD_CREATED = _state("pod created", "kube_pod_created", POD, "when the object was made; stands in for the binding", Over.HIGHEST, "s")
POD_SEEN = _state("pod seen", "kube_pod_info", POD, "the pod, bound to a node, was there", Over.HIGHEST, where=('node!=""',))
POD_COMPLETED = _state(
    "pod completed", "kube_pod_completion_time", POD, "latest finish of a container that has ended so far", Over.HIGHEST, "s"
)
POD_DELETION = _state("pod deletion", "kube_pod_deletion_timestamp", POD, "when a graceful deletion will be over", Over.HIGHEST, "s")
POD_TERMINAL = _state(
    "pod terminal",
    "kube_pod_status_phase",
    POD,
    "the pod's phase is Succeeded or Failed",
    Over.HIGHEST,
    where=('phase=~"Succeeded|Failed"',),
    equals=1,
)
POD_INFO = _state("pod info", "kube_pod_info", (*POD, "node", "pod_ip", "host_network"), "node and address of a pod", where=('node!=""',))
POD_OWNER = _state("pod owner", "kube_pod_owner", (*POD, "owner_kind", "owner_name", "owner_is_controller"), "a pod's owner")
POD_LABELS = _state("pod labels", "kube_pod_labels", POD, "a pod's labels")
POD_ANNOTATIONS = _state("pod annotations", "kube_pod_annotations", POD, "a pod's annotations")
POD_OVERHEAD_CPU = _state("pod overhead cpu", "kube_pod_overhead_cpu_cores", POD, "runtime class overhead", Over.HIGHEST, "core")
POD_OVERHEAD_RAM = _state("pod overhead memory", "kube_pod_overhead_memory_bytes", POD, "runtime class overhead", Over.HIGHEST, "B")

# Containers: what they request and use
CONTAINER_REQUESTS = _state(
    "container requests",
    "kube_pod_container_resource_requests",
    (*POD_CONTAINER, "resource"),
    "time-average of what is requested",
    Over.MEAN,
    "core, B or card",
    where=(NODE_RESOURCES,),
)
INIT_REQUESTS = _state(
    "init container requests",
    "kube_pod_init_container_resource_requests",
    (*POD_CONTAINER, "resource"),
    "time-average of what init containers and sidecars request",
    Over.MEAN,
    "core, B or card",
    where=(NODE_RESOURCES,),
)
INIT_INFO = _state(
    "init container info",
    "kube_pod_init_container_info",
    (*POD_CONTAINER, "restart_policy"),
    "init containers; restart policy Always: a sidecar",
)
CONTAINER_STARTED = _state(
    "container started", "kube_pod_container_state_started", POD_CONTAINER, "when the running container started", Over.LOWEST, "s"
)
CPU_USED = _usage(
    "cpu used", "container_cpu_usage_seconds_total", CGROUP, "usage counter at the hour's end", Over.LAST, "core·s", where=RUNNING_CONTAINER
)
CPU_FIRST = _usage(
    "cpu first",
    "container_cpu_usage_seconds_total",
    CGROUP,
    "usage counter where the data begins",
    Over.LOWEST,
    "core·s",
    where=RUNNING_CONTAINER,
)
CPU_RESETS = _usage(
    "cpu resets",
    "container_cpu_usage_seconds_total",
    CGROUP,
    "falls of the usage counter inside the hour",
    Over.RESETS,
    "",
    where=RUNNING_CONTAINER,
)
RAM_USED = _usage("memory used", "container_memory_working_set_bytes", CGROUP, "mean working set", Over.MEAN, "B", where=RUNNING_CONTAINER)
RAM_PEAK = _usage(
    "memory peak", "container_memory_working_set_bytes", CGROUP, "highest working set", Over.HIGHEST, "B", where=RUNNING_CONTAINER
)
RAM_COUNT = _usage(
    "memory samples", "container_memory_working_set_bytes", CGROUP, "samples while it ran", Over.COUNT, "", where=RUNNING_CONTAINER
)
BYTES_OUT = _usage(
    "bytes out",
    "container_network_transmit_bytes_total",
    ("namespace", "pod", "interface", "id", TARGET),
    "bytes sent at the hour's end",
    Over.LAST,
    "B",
    where=('pod!=""',),
)
BYTES_IN = _usage(
    "bytes in",
    "container_network_receive_bytes_total",
    ("namespace", "pod", "interface", "id", TARGET),
    "bytes received at the hour's end",
    Over.LAST,
    "B",
    where=('pod!=""',),
)

BYTES_OUT_FIRST = replace(BYTES_OUT, name="bytes out first", over=Over.LOWEST, doc="bytes sent where the data begins")
BYTES_IN_FIRST = replace(BYTES_IN, name="bytes in first", over=Over.LOWEST, doc="bytes received where the data begins")

# Nodes
NODE_KEYS = ("node", "provider_id", "system_uuid")
NODE_SEEN = _state("node seen", "kube_node_info", NODE_KEYS, "the node was there", Over.HIGHEST)
NODE_CREATED = _state("node created", "kube_node_created", ("node",), "when the node object was made", Over.HIGHEST, "s")
NODE_FIRST_CREATED = _state(
    "node first created", "kube_node_created", ("node",), "the earliest creation seen in the hour", Over.LOWEST, "s"
)
NODE_CAPACITY = _state(
    "node capacity",
    "kube_node_status_capacity",
    ("node", "resource"),
    "what the node has",
    Over.MEAN,
    "core, B or card",
    where=(NODE_RESOURCES,),
)
NODE_CARDS = replace(NODE_CAPACITY, name="node cards", over=Over.HIGHEST, where=(f'resource=~"{"|".join(CARD_RESOURCES)}"',))
NODE_ALLOCATABLE = _state(
    "node allocatable",
    "kube_node_status_allocatable",
    ("node", "resource"),
    "what pods may request of it",
    Over.MEAN,
    "core or B",
    where=('resource=~"cpu|memory"',),
)
NODE_LABELS = _state("node labels", "kube_node_labels", ("node",), "a node's labels")

# Owners, namespaces
REPLICASET_OWNER = _state(
    "replicaset owner", "kube_replicaset_owner", ("namespace", "replicaset", "owner_kind", "owner_name"), "a ReplicaSet's owner"
)
JOB_OWNER = _state("job owner", "kube_job_owner", ("namespace", "job_name", "owner_kind", "owner_name"), "a Job's owner")
NAMESPACE_LABELS = _state("namespace labels", "kube_namespace_labels", ("namespace",), "a namespace's labels")
NAMESPACE_ANNOTATIONS = _state("namespace annotations", "kube_namespace_annotations", ("namespace",), "a namespace's annotations")

# Volumes
VOLUME_BYTES = _state("volume capacity", "kube_persistentvolume_capacity_bytes", ("persistentvolume",), "provisioned size", Over.MEAN, "B")
VOLUME_CREATED = _state(
    "volume created", "kube_persistentvolume_created", ("persistentvolume",), "when the volume was made", Over.HIGHEST, "s"
)
VOLUME_FIRST_CREATED = replace(VOLUME_CREATED, name="volume first created", over=Over.LOWEST, doc="the earliest creation seen in the hour")
VOLUME_INFO = _state(
    "volume info",
    "kube_persistentvolume_info",
    ("persistentvolume", "storageclass", "csi_volume_handle"),
    "class and provider's id of a volume",
)
VOLUME_CLAIM = _state(
    "volume claim",
    "kube_persistentvolume_claim_ref",
    ("persistentvolume", "claim_namespace", "name"),
    "the claim that a volume is bound to",
)
CLAIM_INFO = _state(
    "claim info",
    "kube_persistentvolumeclaim_info",
    ("namespace", "persistentvolumeclaim", "volumename", "storageclass"),
    "the volume of a claim",
)
POD_CLAIMS = _state(
    "pod claims", "kube_pod_spec_volumes_persistentvolumeclaims_info", (*POD, "persistentvolumeclaim"), "claims that a pod mounts"
)

# Load balancers and services
SERVICE_INGRESS = _state(
    "load balancer ingress",
    "kube_service_status_load_balancer_ingress",
    ("namespace", "service", "uid", "ip", "hostname"),
    "the address of a load balancer",
    Over.HIGHEST,
)
SERVICE_TYPE = _state(
    "service type", "kube_service_spec_type", ("namespace", "service", "uid", "type"), "a service's type", where=('type="LoadBalancer"',)
)
SERVICE_CREATED = _state(
    "service created", "kube_service_created", ("namespace", "service", "uid"), "when the service was made", Over.HIGHEST, "s"
)
ENDPOINTS = _state(
    "endpoints",
    "kube_endpoint_address",
    ("namespace", "endpoint", "ip"),
    "samples of a ready address behind a service",
    Over.COUNT,
    where=('ready="true"',),
)

MEASUREMENTS: tuple[Measurement, ...] = tuple(m for m in globals().copy().values() if isinstance(m, Measurement))
