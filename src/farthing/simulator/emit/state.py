"""kube-state-metrics of a cluster: nodes, namespaces, owners, volumes, services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from farthing.core.units import GIB_BYTES
from farthing.simulator.dice import DAY_SECONDS, uid
from farthing.simulator.facts import SPELLED
from farthing.simulator.plan import Cluster, Organisation, Pairs
from farthing.simulator.pods import Pod
from farthing.simulator.population import READY_SECONDS, Balancer, Volume
from farthing.simulator.seats import FOREVER, Node, labels_of

from .series import Series, Target, Value

VOLUME_PHASES = ("Available", "Bound", "Failed", "Pending", "Released")


def prefixed(prefix: str, pairs: Pairs) -> Pairs:
    """Labels or annotations as kube-state-metrics shows them."""
    return tuple((f"{prefix}_{key.translate(SPELLED)}", value) for key, value in pairs)


class State:
    """Series of one cluster's kube-state-metrics."""

    def __init__(self, organisation: Organisation, cluster: Cluster, target: Target) -> None:
        self.organisation, self.cluster, self.target = organisation, cluster, target

    def show(self, metric: str, own: Mapping[str, str] | Pairs, start: float, end: float, value: Value = 1.0) -> Series:
        """One series of it."""
        pairs = tuple(own.items()) if isinstance(own, Mapping) else own
        return Series(metric, pairs, self.target, start, end, value)

    def node(self, node: Node) -> Iterator[Series]:
        """What is told of a node."""
        name, life, machine = ("node", node.name), (node.created, node.gone), node.pool.machine
        info = {
            "node": node.name,
            "kernel_version": "6.1.109-118.189.amzn2023.x86_64",
            "os_image": "Linux",
            "container_runtime_version": "containerd://1.7.22",
            "kubelet_version": "v1.30.4",
            "provider_id": node.provider_id,
            "internal_ip": node.address,
            "system_uuid": node.system_uuid,
        }
        yield self.show("kube_node_info", info, *life)
        yield self.show("kube_node_created", (name,), *life, float(node.created))
        yield self.show("kube_node_labels", (name, *prefixed("label", tuple(labels_of(node).items()))), *life)
        yield self.show("kube_node_spec_unschedulable", (name,), *life, 0.0)
        ready = (name, ("condition", "Ready"), ("status", "true"))
        yield self.show("kube_node_status_condition", ready, *life)
        sizes = {
            ("cpu", "core"): (float(machine.cores), machine.cores - node.pool.reserved_cores),
            ("memory", "byte"): (machine.gib * GIB_BYTES, (machine.gib - node.pool.reserved_gib) * GIB_BYTES),
            ("pods", "integer"): (110.0, 110.0),
        }
        if machine.cards:
            sizes["nvidia_com_gpu", "integer"] = (float(machine.cards), float(machine.cards))
        for (resource, unit), (capacity, allocatable) in sizes.items():
            told = (name, ("resource", resource), ("unit", unit))
            yield self.show("kube_node_status_capacity", told, *life, capacity)
            yield self.show("kube_node_status_allocatable", told, *life, allocatable)

    def namespaces(self) -> Iterator[Series]:
        """Namespaces with their labels and annotations."""
        start = self.organisation.founded
        for namespace in self.cluster.namespaces:
            name = ("namespace", namespace.name)
            yield self.show("kube_namespace_created", (name,), start, FOREVER, start - 30 * DAY_SECONDS)
            yield self.show("kube_namespace_status_phase", (name, ("phase", "Active")), start, FOREVER)
            labels = prefixed("label", (("kubernetes.io/metadata.name", namespace.name), *namespace.labels))
            yield self.show("kube_namespace_labels", (name, *labels), start, FOREVER)
            if namespace.annotations:
                yield self.show("kube_namespace_annotations", (name, *prefixed("annotation", namespace.annotations)), start, FOREVER)

    def owners(self, pods: list[Pod]) -> Iterator[Series]:
        """ReplicaSets and Jobs with what owns them, as long as they have pods."""
        lives: dict[tuple[str, str, str, str, str], tuple[float, float]] = {}
        for pod in pods:
            if pod.owners and pod.owners[0][0] in ("ReplicaSet", "Job"):
                above = pod.owners[1] if len(pod.owners) > 1 else ("", "")
                key = (pod.owners[0][0], pod.namespace, pod.owners[0][1], *above)
                start, end = lives.get(key, (FOREVER, 0.0))
                lives[key] = (min(start, pod.created), max(end, pod.gone))
        for (kind, namespace, name, owner_kind, owner), life in lives.items():
            metric, label = ("kube_replicaset_owner", "replicaset") if kind == "ReplicaSet" else ("kube_job_owner", "job_name")
            told = {
                "namespace": namespace,
                label: name,
                "owner_kind": owner_kind or "<none>",
                "owner_name": owner or "<none>",
                "owner_is_controller": "true" if owner else "<none>",
            }
            yield self.show(metric, told, *life)

    def volume(self, volume: Volume) -> Iterator[Series]:
        """A volume and its claim."""
        one, life = ("persistentvolume", volume.name), (volume.created, volume.gone)
        driver = "ebs.csi.aws.com" if self.cluster.cloud == "aws" else "pd.csi.storage.gke.io"
        info = (one, ("storageclass", volume.storage_class), ("csi_driver", driver), ("csi_volume_handle", volume.handle))
        yield self.show("kube_persistentvolume_info", info, *life)
        yield self.show("kube_persistentvolume_created", (one,), *life, float(volume.created))
        yield self.show("kube_persistentvolume_capacity_bytes", (one,), *life, volume.gib * GIB_BYTES)
        phase = "Bound" if volume.claim else "Released"
        for other in VOLUME_PHASES:
            yield self.show("kube_persistentvolume_status_phase", (one, ("phase", other)), *life, float(other == phase))
        if not volume.claim:
            return
        yield self.show("kube_persistentvolume_claim_ref", (one, ("claim_namespace", volume.namespace), ("name", volume.claim)), *life)
        claim = (("namespace", volume.namespace), ("persistentvolumeclaim", volume.claim))
        bound = (*claim, ("storageclass", volume.storage_class), ("volumename", volume.name), ("volumemode", "Filesystem"))
        yield self.show("kube_persistentvolumeclaim_info", bound, *life)
        yield self.show("kube_persistentvolumeclaim_resource_requests_storage_bytes", claim, *life, volume.gib * GIB_BYTES)

    def services(self, balancers: list[Balancer]) -> Iterator[Series]:
        """Services; those of type LoadBalancer with their address."""
        addressed = {(b.namespace, b.service): b for b in balancers}
        for (namespace, name), (start, end) in self._service_lives().items():
            balancer = addressed.get((namespace, name))
            number = balancer.uid if balancer else uid(self.organisation.seed, self.cluster.name, namespace, name, "service")
            one = (("namespace", namespace), ("service", name), ("uid", number))
            yield self.show("kube_service_info", (*one, ("cluster_ip", "172.20.14.7")), start, end)
            yield self.show("kube_service_created", one, start, end, float(start))
            kind = "LoadBalancer" if balancer else "ClusterIP"
            yield self.show("kube_service_spec_type", (*one, ("type", kind)), start, end)
            if balancer:
                told = "ip" if balancer.hostname[0].isdigit() and balancer.hostname.count(".") == 3 else "hostname"
                ingress = (*one, (told, balancer.hostname))
                yield self.show("kube_service_status_load_balancer_ingress", ingress, balancer.addressed, end)

    def _service_lives(self) -> dict[tuple[str, str], tuple[float, float]]:
        lives: dict[tuple[str, str], tuple[float, float]] = {}
        for workload in self.cluster.workloads:
            if workload.service:
                since = self.organisation.founded if workload.since is None else workload.since
                until = FOREVER if workload.until is None else workload.until
                start, end = lives.get((workload.namespace, workload.name), (since, until))
                lives[workload.namespace, workload.name] = (min(start, since), max(end, until))
        return lives

    def endpoint(self, pod: Pod) -> Iterator[Series]:
        """A pod that stands ready behind its service."""
        start = pod.started + READY_SECONDS
        if pod.service and start < pod.end:
            told = (("namespace", pod.namespace), ("endpoint", pod.service), ("ip", pod.address), ("ready", "true"))
            port = (("port_name", "http"), ("port_number", "8080"), ("port_protocol", "TCP"))
            yield self.show("kube_endpoint_address", (*told, *port), start, pod.end)
