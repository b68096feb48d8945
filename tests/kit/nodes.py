"""What kube-state-metrics and cAdvisor tell of a node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tests.kit.curve import Curve, Shape, value_at
from tests.kit.scrape import Interval

if TYPE_CHECKING:
    from tests.kit.cluster import Cluster

Labels = Mapping[str, str] | Sequence[tuple[float, Mapping[str, str]]]
"""Labels, or (from, labels) steps of an object that is relabelled."""
GIB = 2**30
SYSTEM_CORES = 0.08  # what the kubelet keeps from pods when a test does not say
SYSTEM_GIB = 0.5
UNITS = {"cpu": ("core", 1), "memory": ("byte", GIB), "ephemeral_storage": ("byte", GIB)}


def write_node(
    cluster: Cluster,
    name: str,
    life: Interval,
    *,
    born: float,
    address: str,
    provider_id: str,
    labels: Labels,
    capacity: Mapping[str, Curve],
    allocatable: Mapping[str, Curve | None],
    cards: int,
    cards_from: float | None,
) -> None:
    """Series of one node's life. `capacity` and `allocatable` by resource: cores, GiB; what is not told of allocatable follows capacity."""
    info = {
        "node": name,
        "kernel_version": "6.1.90",
        "os_image": "Debian GNU/Linux 12",
        "container_runtime_version": "containerd://1.7.13",
        "kubelet_version": "v1.29.4",
        "provider_id": provider_id,
        "internal_ip": address,
        "system_uuid": cluster.identifier(provider_id),
    }
    cluster.state("kube_node_info", info, life)
    cluster.state("kube_node_created", {"node": name}, life, born)
    for one, while_worn in worn(labels, life):
        cluster.state("kube_node_labels", {"node": name, **prefixed("label", one)}, while_worn)
    cluster.state("kube_node_spec_unschedulable", {"node": name}, life, 0)
    for status in ("true", "false", "unknown"):
        cluster.state("kube_node_status_condition", {"node": name, "condition": "Ready", "status": status}, life, float(status == "true"))
    reserve = {"cpu": SYSTEM_CORES, "memory": SYSTEM_GIB, "ephemeral_storage": 0.0}
    for resource, amount in capacity.items():
        unit, scale = UNITS[resource]
        offered = allocatable.get(resource)
        part = {"node": name, "resource": resource, "unit": unit}
        cluster.state("kube_node_status_capacity", part, life, _scaled(amount, scale))
        kept = 0.0 if offered is not None else reserve[resource]
        cluster.state("kube_node_status_allocatable", part, life, _scaled(amount if offered is None else offered, scale, kept))
    if cards:
        part = {"node": name, "resource": "nvidia_com_gpu", "unit": "integer"}
        shown = (life[0] if cards_from is None else max(life[0], cards_from), life[1])
        cluster.state("kube_node_status_capacity", part, shown, cards)
        cluster.state("kube_node_status_allocatable", part, shown, cards)
    filesystem = {"id": "/", "device": "/dev/nvme0n1p1"}
    disk = capacity["ephemeral_storage"]
    cluster.cadvisor(name, "container_fs_limit_bytes", filesystem, life, _scaled(disk, GIB))
    cluster.cadvisor(name, "machine_cpu_cores", {"machine_id": cluster.identifier(provider_id, dashes=False)}, life, capacity["cpu"])


def _scaled(curve: Curve, scale: float, less: float = 0.0) -> Shape:
    if isinstance(curve, int | float):
        return (curve - less) * scale
    return lambda t: (value_at(curve, t) - less) * scale


def worn(labels: Labels, life: Interval) -> Iterator[tuple[Mapping[str, str], Interval]]:
    """Each set of labels and when it was worn; the first was worn before its own time, too."""
    steps = [(life[0], labels)] if isinstance(labels, Mapping) else list(labels)
    edges = [life[0], *(since for since, _ in steps[1:]), life[1]]
    for (_, one), start, end in zip(steps, edges, edges[1:], strict=False):
        yield one, (max(start, life[0]), min(end, life[1]))


def prefixed(prefix: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Kubernetes labels as kube-state-metrics names them: `prefix_` and every other character than [a-zA-Z0-9_] as an underscore."""
    return {f"{prefix}_{''.join(c if c.isascii() and (c.isalnum() or c == '_') else '_' for c in k)}": v for k, v in labels.items()}
