"""OpenCost's allocation queries as data, and a client that sends them as OpenCost does.

The 46 instant queries it always sends for one allocation window, evaluated at the window's end, five at a time; a window longer than
24 hours is cut into pieces of 24 hours, each with all its queries (OpenCost 1.113, pkg/costmodel/allocation.go, default settings).
Its forty-seventh, sent where a recording rule is missing (CPU_MAX_FALLBACK), and the 23 to 29 asset queries for idle are left out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

PIECE_SECONDS = 86400
CONCURRENCY = 5
RESOLUTION = "5m"
CLUSTER = "cluster_id"

# What is left open: {D} the window as a duration, {R} the resolution, {C} the name of the cluster label.
_HELD = "by (container, pod, namespace, node, {C}"
_USED = "by (container_name, container, pod_name, pod, namespace, instance, {C})"
_REAL = 'container!="", container!="POD", node!="", '
_CADVISOR = 'container!="", container_name!="POD", container!="POD", '
_PRICE = "by (node, {C}, instance_type, provider_id)"
_OWNER = "by (pod, owner_name, namespace, {C})"
_GIB = "/ 1024 / 1024 / 1024"

QUERIES: tuple[tuple[str, str], ...] = (
    ("pods", "avg(kube_pod_container_status_running{} != 0) by (pod, namespace, {C})[{D}:{R}]"),
    ("ram allocated", f"avg(avg_over_time(container_memory_allocation_bytes{{{_REAL}}}[{{D}}])) {_HELD}, provider_id)"),
    (
        "ram requested",
        f'avg(avg_over_time(kube_pod_container_resource_requests{{resource="memory", unit="byte", {_REAL}}}[{{D}}])) {_HELD})',
    ),
    ("ram used, mean", f"avg(avg_over_time(container_memory_working_set_bytes{{{_CADVISOR}}}[{{D}}])) {_USED}"),
    ("ram used, most", f"max(max_over_time(container_memory_working_set_bytes{{{_CADVISOR}}}[{{D}}])) {_USED}"),
    ("cpu allocated", f"avg(avg_over_time(container_cpu_allocation{{{_REAL}}}[{{D}}])) {_HELD})"),
    ("cpu requested", f'avg(avg_over_time(kube_pod_container_resource_requests{{resource="cpu", unit="core", {_REAL}}}[{{D}}])) {_HELD})'),
    ("cpu used, mean", f"avg(rate(container_cpu_usage_seconds_total{{{_CADVISOR}}}[{{D}}])) {_USED}"),
    ("cpu used, most", f"max(max_over_time(kubecost_container_cpu_usage_irate{{}}[{{D}}])) {_USED}"),
    ("cards requested", f'avg(avg_over_time(kube_pod_container_resource_requests{{resource="nvidia_com_gpu", {_REAL}}}[{{D}}])) {_HELD})'),
    ("cards used", 'avg(avg_over_time(DCGM_FI_PROF_GR_ENGINE_ACTIVE{container!=""}[{D}])) by (container, pod, namespace, {C})'),
    ("cards allocated", f"avg(avg_over_time(container_gpu_allocation{{{_REAL}}}[{{D}}])) {_HELD})"),
    ("cpu price", f"avg(avg_over_time(node_cpu_hourly_cost{{}}[{{D}}])) {_PRICE}"),
    ("ram price", f"avg(avg_over_time(node_ram_hourly_cost{{}}[{{D}}])) {_PRICE}"),
    ("card price", f"avg(avg_over_time(node_gpu_hourly_cost{{}}[{{D}}])) {_PRICE}"),
    ("spot nodes", "avg_over_time(kubecost_node_is_spot{}[{D}])"),
    (
        "claims",
        'avg(kube_persistentvolumeclaim_info{volumename != ""})'
        " by (persistentvolumeclaim, storageclass, volumename, namespace, {C})[{D}:{R}]",
    ),
    ("claims of pods", "avg(avg_over_time(pod_pvc_allocation{}[{D}])) by (persistentvolume, persistentvolumeclaim, pod, namespace, {C})"),
    (
        "claim size",
        "avg(avg_over_time(kube_persistentvolumeclaim_resource_requests_storage_bytes{}[{D}])) by (persistentvolumeclaim, namespace, {C})",
    ),
    ("volumes", "count(kube_persistentvolume_capacity_bytes{}) by (persistentvolume, {C})[{D}:{R}]"),
    ("volume size", "avg(avg_over_time(kube_persistentvolume_capacity_bytes{}[{D}])) by (persistentvolume, {C})"),
    ("volume price", "avg(avg_over_time(pv_hourly_cost{}[{D}])) by (volumename, {C})"),
    ("volume provider", "avg(avg_over_time(kubecost_pv_info{}[{D}])) by ({C}, persistentvolume, provider_id)"),
    ("bytes sent", 'sum(increase(container_network_transmit_bytes_total{pod!=""}[{D}])) by (pod_name, pod, namespace, {C})'),
    ("bytes received", 'sum(increase(container_network_receive_bytes_total{pod!=""}[{D}])) by (pod_name, pod, namespace, {C})'),
    (
        "cross-zone egress",
        'sum(increase(kubecost_pod_network_egress_bytes_total{internet="false", same_zone="false", same_region="true"}[{D}]))'
        f" by (pod_name, namespace, {{C}}) {_GIB}",
    ),
    ("cross-zone price", "avg(avg_over_time(kubecost_network_zone_egress_cost{}[{D}])) by ({C})"),
    (
        "cross-region egress",
        'sum(increase(kubecost_pod_network_egress_bytes_total{internet="false", same_zone="false", same_region="false"}[{D}]))'
        f" by (pod_name, namespace, {{C}}) {_GIB}",
    ),
    ("cross-region price", "avg(avg_over_time(kubecost_network_region_egress_cost{}[{D}])) by ({C})"),
    (
        "internet egress",
        f'sum(increase(kubecost_pod_network_egress_bytes_total{{internet="true"}}[{{D}}])) by (pod_name, namespace, {{C}}) {_GIB}',
    ),
    ("internet price", "avg(avg_over_time(kubecost_network_internet_egress_cost{}[{D}])) by ({C})"),
    ("node labels", "avg_over_time(kube_node_labels{}[{D}])"),
    ("namespace labels", "avg_over_time(kube_namespace_labels{}[{D}])"),
    ("namespace annotations", "avg_over_time(kube_namespace_annotations{}[{D}])"),
    ("pod labels", "avg_over_time(kube_pod_labels{}[{D}])"),
    ("pod annotations", "avg_over_time(kube_pod_annotations{}[{D}])"),
    ("service selectors", "avg_over_time(service_selector_labels{}[{D}])"),
    ("deployment selectors", "avg_over_time(deployment_match_labels{}[{D}])"),
    ("stateful set selectors", "avg_over_time(statefulSet_match_labels{}[{D}])"),
    ("daemon set owners", f'sum(avg_over_time(kube_pod_owner{{owner_kind="DaemonSet"}}[{{D}}])) {_OWNER}'),
    ("job owners", f'sum(avg_over_time(kube_pod_owner{{owner_kind="Job"}}[{{D}}])) {_OWNER}'),
    ("replica set owners", f'sum(avg_over_time(kube_pod_owner{{owner_kind="ReplicaSet"}}[{{D}}])) {_OWNER}'),
    (
        "unowned replica sets",
        'avg(avg_over_time(kube_replicaset_owner{owner_kind="<none>", owner_name="<none>"}[{D}])) by (replicaset, namespace, {C})',
    ),
    (
        "roll-outs",
        'avg(avg_over_time(kube_replicaset_owner{owner_kind="Rollout"}[{D}])) by (replicaset, namespace, owner_kind, owner_name, {C})',
    ),
    ("balancer price", "avg(avg_over_time(kubecost_load_balancer_cost{}[{D}])) by (namespace, service_name, ingress_ip, {C})"),
    ("balancers", "count(kubecost_load_balancer_cost{}) by (namespace, service_name, {C})[{D}:{R}]"),
)
CPU_MAX_FALLBACK = (
    'max(max_over_time(irate(container_cpu_usage_seconds_total{container!="POD", container!=""}[10m])[{D}:{R}]))'
    " by (container, pod_name, pod, namespace, instance, {C})"
)


@dataclass(frozen=True)
class Answered:
    """What one query cost: seconds until the whole answer was there, its bytes on the wire, its series, and the samples the server read."""

    name: str
    seconds: float
    bytes: int
    series: int
    samples: int


@dataclass(frozen=True)
class Allocation:
    """What one allocation window cost: wall-clock seconds and the sums over its queries."""

    seconds: float
    answers: tuple[Answered, ...]

    @property
    def queries(self) -> int:
        return len(self.answers)

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.answers)

    @property
    def series(self) -> int:
        return sum(one.series for one in self.answers)

    @property
    def samples(self) -> int:
        return sum(one.samples for one in self.answers)


def promql(template: str, seconds: int) -> str:
    """A query over `seconds`, with everything filled in.

    >>> promql("avg_over_time(kube_node_labels{}[{D}])", 86400)
    'avg_over_time(kube_node_labels{}[1d])'
    """
    unit, size = next(((unit, size) for unit, size in (("d", 86400), ("h", 3600), ("m", 60)) if seconds % size == 0), ("s", 1))
    return template.replace("{D}", f"{seconds // size}{unit}").replace("{R}", RESOLUTION).replace("{C}", CLUSTER)


def pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    """[start, end) in consecutive pieces of at most 24 hours."""
    for since in range(start, end, PIECE_SECONDS):
        yield since, min(end, since + PIECE_SECONDS)


def allocate(url: str, start: int, end: int, *, templates: Sequence[tuple[str, str]] = QUERIES) -> Allocation:
    """Send every query of the window [start, end) (unix seconds), piece after piece. Raises httpx.HTTPStatusError where one is refused."""
    began = time.perf_counter()
    answers: list[Answered] = []
    with httpx.Client(timeout=600, trust_env=False) as client, ThreadPoolExecutor(CONCURRENCY) as pool:
        for since, until in pieces(start, end):
            asked = [(name, promql(template, until - since), until) for name, template in templates]
            answers += pool.map(lambda one: _ask(client, url, *one), asked)
    return Allocation(time.perf_counter() - began, tuple(answers))


def _ask(client: httpx.Client, url: str, name: str, query: str, at: int) -> Answered:
    began = time.perf_counter()
    answer = client.post(f"{url}/api/v1/query", data={"query": query, "time": str(at), "stats": "true"})
    answer.raise_for_status()
    seconds = time.perf_counter() - began
    body = answer.content
    told = body.rpartition(b'"totalQueryableSamples":')[2]
    samples = int(told.partition(b",")[0]) if told != body else 0
    return Answered(name, seconds, answer.num_bytes_downloaded, body.count(b'{"metric":'), samples)
