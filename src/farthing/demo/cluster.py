"""A cluster of the demo as kube-state-metrics and the kubelets would tell of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .series import Daily, Series, Value

GIB = 2**30
STATE_PHASE = 7
OLD_SECONDS = 20 * 86400.0  # what is there from the beginning was made so long before
PULL_SECONDS = 4.0  # from binding to the container's start
LINGER_SECONDS = 1800.0  # a finished job's pod is removed so long after its end
GRACE_SECONDS = 90.0  # a deletion is announced so long before it is over


@dataclass(frozen=True)
class Node:
    """A machine. Spot machines come and go between `first` and `last` hour of the day; None: there before and after."""

    name: str
    cores: float
    gib: float
    instance_type: str
    zone: str
    cards: int = 0
    spot: bool = False
    first: float | None = None
    last: float | None = None


@dataclass(frozen=True)
class Load:
    """What one container asks for and uses: shares of its requests, CPU over the day, memory steady."""

    cores: float
    gib: float
    cpu: Daily
    ram: float
    cards: int = 0
    sends: float = 0.0  # bytes a second at the day's peak


@dataclass
class Cluster:
    """Collects the series of one cluster between `start` and `end` (unix s)."""

    name: str
    start: float
    end: float
    _series: list[Series] = field(default_factory=list)
    _phases: dict[str, int] = field(default_factory=dict)
    _addresses: int = 0

    def series(self) -> Iterator[Series]:
        """Everything told so far."""
        return iter(self._series)

    def identifier(self, *parts: object) -> str:
        """A stable uid."""
        digits = hashlib.sha256("/".join(map(str, (self.name, *parts))).encode()).hexdigest()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"

    def state(
        self, metric: str, labels: Mapping[str, str], value: Value = 1.0, first: float | None = None, last: float | None = None
    ) -> None:
        """A series of kube-state-metrics."""
        common = {"cluster": self.name, "job": "kube-state-metrics", "instance": "10.0.0.9:8080"}
        self._add(metric, {**labels, **common}, STATE_PHASE, value, first, last)

    def usage(self, node: str, metric: str, labels: Mapping[str, str], value: Value, first: float, last: float) -> None:
        """A series of a node's kubelet (cAdvisor)."""
        common = {"cluster": self.name, "job": "kubelet", "metrics_path": "/metrics/cadvisor", "instance": node, "node": node}
        self._add(metric, {**labels, **common}, self._phases[node], value, first, last)

    def _add(self, metric: str, labels: Mapping[str, str], phase: int, value: Value, first: float | None, last: float | None) -> None:
        named = tuple(sorted({"__name__": metric, **{name: text for name, text in labels.items() if text}}.items()))
        begin = self.start if first is None else max(first, self.start)
        finish = self.end if last is None else min(last, self.end)
        if begin < finish:
            self._series.append(Series(named, begin, finish, phase, value))

    def node(self, node: Node, midnight: float, region: str) -> None:
        """A node and its kubelet."""
        first = None if node.first is None else midnight + node.first * 3600
        last = None if node.last is None else midnight + node.last * 3600
        self._phases[node.name] = 20 + 5 * len(self._phases)
        born = self.start - OLD_SECONDS if first is None else first
        machine = self.identifier(node.name)
        name = {"node": node.name}
        provider_id = f"aws:///{node.zone}/i-{machine.replace('-', '')[:17]}"
        self.state("kube_node_info", {**name, "provider_id": provider_id, "system_uuid": machine, "os_image": "Linux"}, 1.0, first, last)
        self.state("kube_node_created", name, born, first, last)
        labels = {
            "label_node_kubernetes_io_instance_type": node.instance_type,
            "label_topology_kubernetes_io_region": region,
            "label_topology_kubernetes_io_zone": node.zone,
            "label_eks_amazonaws_com_capacityType": "SPOT" if node.spot else "ON_DEMAND",
        }
        self.state("kube_node_labels", {**name, **labels}, 1.0, first, last)
        sizes = {"cpu": (node.cores, node.cores - 0.1), "memory": (node.gib * GIB, (node.gib - 0.6) * GIB)}
        if node.cards:
            sizes["nvidia_com_gpu"] = (float(node.cards), float(node.cards))
        for resource, (capacity, allocatable) in sizes.items():
            told = {**name, "resource": resource}
            self.state("kube_node_status_capacity", told, capacity, first, last)
            self.state("kube_node_status_allocatable", told, allocatable, first, last)

    def namespace(self, name: str, team: str) -> None:
        """A namespace that belongs to a team."""
        self.state("kube_namespace_created", {"namespace": name}, self.start - OLD_SECONDS)
        self.state("kube_namespace_labels", {"namespace": name, "label_kubernetes_io_metadata_name": name, "label_team": team})

    def deployment(self, namespace: str, name: str, revision: str) -> tuple[str, str]:
        """A deployment's replica set: the owner of its pods."""
        replicaset = f"{name}-{revision}"
        owner = {"owner_kind": "Deployment", "owner_name": name, "owner_is_controller": "true"}
        self.state("kube_replicaset_owner", {"namespace": namespace, "replicaset": replicaset, **owner})
        return "ReplicaSet", replicaset

    def job(self, namespace: str, name: str, cronjob: str, first: float, last: float) -> tuple[str, str]:
        """A job, of a cron job or (empty) of nobody: the owner of its pod."""
        owner = {"owner_kind": "CronJob", "owner_name": cronjob, "owner_is_controller": "true"} if cronjob else {}
        self.state("kube_job_owner", {"namespace": namespace, "job_name": name, **owner}, 1.0, first, last)
        return "Job", name

    def pod(
        self,
        namespace: str,
        name: str,
        node: str,
        load: Load,
        *,
        app: str,
        team: str,
        owner: tuple[str, str],
        bound: float | None = None,
        done: float | None = None,
        removed: float | None = None,
        claim: str = "",
    ) -> str:
        """A pod with one container; gives its address.

        `bound` None: long before the data begins. `done`: its work ended well, and it lingers; `removed`: it was deleted while it ran.
        """
        self._addresses += 1
        address = f"10.1.{self._addresses // 200}.{1 + self._addresses % 200}"
        first = self.start - OLD_SECONDS if bound is None else bound
        last = removed if done is None else done + LINGER_SECONDS
        uid = self.identifier(namespace, name, first)
        pod = {"namespace": namespace, "pod": name, "uid": uid}

        def tell(metric: str, labels: Mapping[str, str], value: Value = 1.0, since: float = first, until: float | None = last) -> None:
            self.state(metric, {**pod, **labels}, value, since, until)

        kind, owner_name = owner
        tell("kube_pod_info", {"node": node, "pod_ip": address, "created_by_kind": kind, "created_by_name": owner_name})
        tell("kube_pod_created", {}, first - 1)
        tell("kube_pod_status_scheduled_time", {}, first)
        tell("kube_pod_start_time", {}, first)
        tell("kube_pod_owner", {"owner_kind": kind, "owner_name": owner_name, "owner_is_controller": "true"})
        tell("kube_pod_labels", {"label_app": app, "label_team": team})
        ended = float("inf") if done is None else done
        tell("kube_pod_status_phase", {"phase": "Running"}, lambda t: float(t < ended))
        tell("kube_pod_status_phase", {"phase": "Succeeded"}, lambda t: float(t >= ended))
        if done is not None:
            tell("kube_pod_completion_time", {}, done, done)
        if removed is not None:
            tell("kube_pod_deletion_timestamp", {}, removed, removed - GRACE_SECONDS)
        if claim:
            tell("kube_pod_spec_volumes_persistentvolumeclaims_info", {"persistentvolumeclaim": claim, "volume": "data"})
        self._container(node, pod, app, load, first + PULL_SECONDS, done if done is not None else removed, tell_until=last)
        return address

    def _container(
        self, node: str, pod: Mapping[str, str], app: str, load: Load, started: float, stopped: float | None, *, tell_until: float | None
    ) -> None:
        bound, finish = started - PULL_SECONDS, self.end if stopped is None else stopped
        requests = {"cpu": (load.cores, "core"), "memory": (load.gib * GIB, "byte"), "nvidia_com_gpu": (float(load.cards), "integer")}
        for resource, (amount, unit) in requests.items():
            if amount:
                told = {**pod, "container": app, "node": node, "resource": resource, "unit": unit}
                self.state("kube_pod_container_resource_requests", told, amount, bound, tell_until)
        self.state("kube_pod_container_state_started", {**pod, "container": app}, started, started, finish)
        slice_name = pod["uid"].replace("-", "_")
        group = f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{slice_name}.slice"
        container = self.identifier(pod["uid"], app).replace("-", "")
        place = {"namespace": pod["namespace"], "pod": pod["pod"]}
        told = {**place, "container": app, "id": f"{group}/cri-containerd-{container}.scope"}

        def cpu(t: float) -> float:
            return round(load.cores * load.cpu.sum(started, t), 2)

        self.usage(node, "container_cpu_usage_seconds_total", {**told, "cpu": "total"}, cpu, started, finish)
        self.usage(node, "container_memory_working_set_bytes", told, float(round(load.gib * load.ram * 1024) * 2**20), started, finish)
        if load.sends:
            net = {**place, "id": group, "interface": "eth0"}

            def sent(t: float) -> float:
                return float(round(load.sends * load.cpu.sum(started, t)))

            self.usage(node, "container_network_transmit_bytes_total", net, sent, started, finish)
            self.usage(node, "container_network_receive_bytes_total", net, lambda t: float(round(sent(t) / 4)), started, finish)

    def volume(self, namespace: str, claim: str, gib: float) -> None:
        """A claim with its volume."""
        name = f"pvc-{self.identifier(namespace, claim)}"
        made = self.start - OLD_SECONDS
        volume = {"persistentvolume": name}
        handle = f"vol-{self.identifier(claim).replace('-', '')[:17]}"
        self.state("kube_persistentvolume_capacity_bytes", volume, gib * GIB)
        self.state("kube_persistentvolume_created", volume, made)
        self.state("kube_persistentvolume_info", {**volume, "storageclass": "gp3", "csi_volume_handle": handle})
        self.state("kube_persistentvolume_claim_ref", {**volume, "claim_namespace": namespace, "name": claim})
        told = {"namespace": namespace, "persistentvolumeclaim": claim, "volumename": name, "storageclass": "gp3"}
        self.state("kube_persistentvolumeclaim_info", told)

    def load_balancer(self, namespace: str, service: str, hostname: str, addresses: list[tuple[str, float | None, float | None]]) -> None:
        """A service with a load balancer, and the addresses ready behind it with the times they were."""
        told = {"namespace": namespace, "service": service}
        self.state("kube_service_info", {**told, "cluster_ip": "10.2.0.20"})
        self.state("kube_service_created", told, self.start - OLD_SECONDS)
        self.state("kube_service_spec_type", {**told, "type": "LoadBalancer"})
        self.state("kube_service_status_load_balancer_ingress", {**told, "hostname": hostname})
        for address, first, last in addresses:
            endpoint = {"namespace": namespace, "endpoint": service, "ip": address, "ready": "true", "port_number": "8080"}
            self.state("kube_endpoint_address", endpoint, 1.0, first, last)
