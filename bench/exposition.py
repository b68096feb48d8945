"""The series that exporters show of an organisation: kube-state-metrics, the kubelets' cAdvisor, and OpenCost's own exporter.

Everything that OpenCost's allocation queries and Farthing's measurements read, with labels as long as they are in practice, and the
usual company (conditions, states) that makes an index as large as it is. Not written, though OpenCost can use them: the network-costs
daemon's egress counters, recording rules, opt-in annotations, and OpenCost's copies of kube-state-metrics series.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bench.blocks import Labels, flat_labels
from bench.curves import CurveRef, bytes_curve, cpu_curve, ram_curve
from bench.organisation import Container, Node, Organisation, Pod, Workload

GIB = 2**30
MIB = 2**20
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
CONDITIONS = ("true", "false", "unknown")
KUBELET_PHASES = 24  # different offsets within the minute at which kubelets are scraped
PRICES = {"cpu": 0.031611, "ram": 0.004237, "gpu": 0.95, "volume": 0.00005479452, "balancer": 0.025}
VOLUME_GIB = 100


class Switch(NamedTuple):
    """A value that changes once, at `at` (ms)."""

    at: int
    before: float
    after: float


class Shown(NamedTuple):
    """A series: labels, the phase (ms past the minute) of its scrapes, its life [start, end) in ms, and its values."""

    labels: Labels
    phase: int
    start: int
    end: int
    shape: float | Switch | CurveRef


class _Exporter(NamedTuple):
    """A scrape target: its labels and phase."""

    labels: Mapping[str, str]
    phase: int

    def show(self, metric: str, own: Mapping[str, str], life: tuple[int, int], shape: float | Switch | CurveRef = 1.0) -> Shown:
        """A series with the exporter's labels winning over the target's."""
        labels = {**self.labels, **own}
        return Shown(flat_labels(metric, [(k, v) for k, v in labels.items() if v]), self.phase, *life, shape)


STATE = _Exporter(
    {
        "job": "kube-state-metrics",
        "instance": "10.100.0.2:8080",
        "endpoint": "http",
        "service": "kube-prometheus-stack-kube-state-metrics",
        "namespace": "monitoring",
        "pod": "kube-prometheus-stack-kube-state-metrics-7d9c6f5b8-x2lqv",
        "container": "kube-state-metrics",
    },
    13_457,
)
OPENCOST = _Exporter(
    {
        "job": "opencost",
        "instance": "10.100.0.3:9003",
        "endpoint": "http",
        "service": "opencost",
        "namespace": "opencost",
        "pod": "opencost-6b8d4c7f9d-q7rtz",
        "container": "opencost",
    },
    41_203,
)


def exposition(organisation: Organisation) -> Iterator[Shown]:
    """Every series of `organisation` over its whole time."""
    everything = _Everything(organisation)
    yield from everything.namespaces()
    for i, node in enumerate(organisation.nodes):
        yield from everything.node(node, i)
    for workload in organisation.workloads:
        yield from everything.workload(workload)
    for i, pod in enumerate(organisation.pods):
        yield from everything.pod(pod, i)


class _Everything:
    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.begin, self.end = round(organisation.start * 1000) - 3_600_000, round(organisation.end * 1000) + 900_000
        self.always = (self.begin, self.end)
        self.kubelets = {node.name: self._kubelet(node, i) for i, node in enumerate(organisation.nodes)}
        self.known_owners: set[tuple[str, str]] = set()

    @staticmethod
    def _kubelet(node: Node, i: int) -> _Exporter:
        labels = {
            "job": "kubelet",
            "instance": f"{node.address}:10250",
            "endpoint": "https-metrics",
            "service": "kube-prometheus-stack-kubelet",
            "namespace": "kube-system",
            "node": node.name,
            "metrics_path": "/metrics/cadvisor",
        }
        return _Exporter(labels, i % KUBELET_PHASES * 2503 + 97)

    def namespaces(self) -> Iterator[Shown]:
        for name in self.organisation.namespaces:
            team, _, stage = name.rpartition("-")
            yield STATE.show("kube_namespace_created", {"namespace": name}, self.always, self.organisation.start - 4e6)
            for phase in ("Active", "Terminating"):
                yield STATE.show("kube_namespace_status_phase", {"namespace": name, "phase": phase}, self.always, float(phase == "Active"))
            labels = {
                "label_team": team,
                "label_stage": stage,
                "label_kubernetes_io_metadata_name": name,
                "label_cost_center": f"cc-{team}",
            }
            yield STATE.show("kube_namespace_labels", {"namespace": name, **labels}, self.always)

    def node(self, node: Node, i: int) -> Iterator[Shown]:
        def state(metric: str, own: Mapping[str, str], shape: float = 1.0) -> Shown:
            return STATE.show(metric, {"node": node.name, **own}, self.always, shape)

        capacity = {
            ("cpu", "core"): (node.cores, node.cores - 0.08),
            ("memory", "byte"): (node.gib * GIB, (node.gib - 1.5) * GIB),
            ("pods", "integer"): (110, 110),
            ("ephemeral_storage", "byte"): (200 * GIB, 180 * GIB),
        }
        if node.cards:
            capacity["nvidia_com_gpu", "integer"] = (node.cards, node.cards)
        info = {
            "kernel_version": "6.1.109-118.189.amzn2023.x86_64",
            "os_image": "Amazon Linux 2023.5.20240916",
            "container_runtime_version": "containerd://1.7.22",
            "kubelet_version": "v1.30.4-eks-a737599",
            "provider_id": node.provider_id,
            "internal_ip": node.address,
            "system_uuid": _digits("system", node.name)[:32],
        }
        yield state("kube_node_info", info)
        yield state("kube_node_created", {}, self.organisation.start - 3e6 - i)
        yield state("kube_node_spec_unschedulable", {}, 0.0)
        for (resource, unit), (has, gives) in capacity.items():
            yield state("kube_node_status_capacity", {"resource": resource, "unit": unit}, float(has))
            yield state("kube_node_status_allocatable", {"resource": resource, "unit": unit}, float(gives))
        for condition in ("Ready", "DiskPressure", "MemoryPressure", "PIDPressure"):
            for status in CONDITIONS:
                on = (status == "true") == (condition == "Ready") and status != "unknown"
                yield state("kube_node_status_condition", {"condition": condition, "status": status}, float(on))
        labels = {
            "label_kubernetes_io_hostname": node.name,
            "label_kubernetes_io_os": "linux",
            "label_kubernetes_io_arch": "amd64",
            "label_node_kubernetes_io_instance_type": node.instance_type,
            "label_topology_kubernetes_io_region": "us-east-1",
            "label_topology_kubernetes_io_zone": node.zone,
            "label_eks_amazonaws_com_nodegroup": f"general-{node.zone}",
            "label_eks_amazonaws_com_capacityType": "SPOT" if node.spot else "ON_DEMAND",
        }
        yield state("kube_node_labels", labels)
        kubelet = self.kubelets[node.name]
        yield kubelet.show("container_fs_limit_bytes", {"id": "/", "device": "/dev/nvme0n1p1"}, self.always, 200.0 * GIB)
        yield kubelet.show("container_cpu_usage_seconds_total", {"id": "/", "cpu": "total"}, self.always, cpu_curve(node.cores * 0.4, None))
        yield kubelet.show("container_memory_working_set_bytes", {"id": "/"}, self.always, ram_curve(node.gib * 500, None))
        yield kubelet.show("machine_cpu_cores", {"machine_id": _digits("machine", node.name)[:32]}, self.always, float(node.cores))
        yield from self._node_prices(node)

    def _node_prices(self, node: Node) -> Iterator[Shown]:
        priced = {
            "node": node.name,
            "instance": node.name,
            "instance_type": node.instance_type,
            "region": "us-east-1",
            "provider_id": node.provider_id.rpartition("/")[2],
            "arch": "amd64",
        }
        total = node.cores * PRICES["cpu"] + node.gib * PRICES["ram"] + node.cards * PRICES["gpu"]
        prices = {
            "node_cpu_hourly_cost": PRICES["cpu"],
            "node_ram_hourly_cost": PRICES["ram"],
            "node_gpu_hourly_cost": PRICES["gpu"] if node.cards else 0.0,
            "node_gpu_count": float(node.cards),
            "node_total_hourly_cost": total,
            "kubecost_node_is_spot": float(node.spot),
        }
        for metric, price in prices.items():
            yield OPENCOST.show(metric, priced, self.always, price)
        for metric, scale, amount in (("cpu_cores", 1, node.cores), ("memory_bytes", GIB, node.gib)):
            yield OPENCOST.show(f"kube_node_status_capacity_{metric}", {"node": node.name}, self.always, float(amount * scale))

    def workload(self, workload: Workload) -> Iterator[Shown]:
        where = {"namespace": workload.namespace}
        selector = {
            "label_app_kubernetes_io_name": workload.name,
            "label_app_kubernetes_io_instance": f"{workload.namespace}-{workload.name}",
        }
        service = {**where, "service": workload.name, "uid": _uid("service", workload.namespace, workload.name)}
        made = self.organisation.start - 2e6
        if workload.kind == "Deployment":
            yield STATE.show("kube_deployment_created", {**where, "deployment": workload.name}, self.always, made)
            yield STATE.show("kube_deployment_spec_replicas", {**where, "deployment": workload.name}, self.always, float(workload.replicas))
            yield OPENCOST.show("deployment_match_labels", {**where, "deployment": workload.name, **selector}, self.always)
        else:
            yield STATE.show("kube_statefulset_created", {**where, "statefulset": workload.name}, self.always, made)
            yield OPENCOST.show("statefulSet_match_labels", {**where, "statefulSet": workload.name, **selector}, self.always)
        yield OPENCOST.show("service_selector_labels", {**where, "service": workload.name, **selector}, self.always)
        yield STATE.show("kube_service_info", {**service, "cluster_ip": "172.20.14.7"}, self.always)
        yield STATE.show("kube_service_created", service, self.always, made)
        kind = "LoadBalancer" if workload.balanced else "ClusterIP"
        yield STATE.show("kube_service_spec_type", {**service, "type": kind}, self.always)
        if workload.balanced:
            host = f"{_digits(workload.namespace, workload.name)[:32]}-1234567890.us-east-1.elb.amazonaws.com"
            yield STATE.show("kube_service_status_load_balancer_ingress", {**service, "hostname": host}, self.always)
            price = {**where, "service_name": workload.name, "ingress_ip": host}
            yield OPENCOST.show("kubecost_load_balancer_cost", price, self.always, PRICES["balancer"])

    def pod(self, pod: Pod, i: int) -> Iterator[Shown]:
        bound = round(pod.start * 1000)
        life = (max(self.begin, bound), self.end if pod.end is None else round(pod.end * 1000))
        ran = (max(self.begin, bound + 3000), life[1] if pod.finished is None else round(pod.finished * 1000))
        names = {"namespace": pod.namespace, "pod": pod.name, "uid": pod.uid}

        def state(metric: str, own: Mapping[str, str], shape: float | Switch = 1.0) -> Shown:
            return STATE.show(metric, {**names, **own}, life, shape)

        kind, owner = pod.owner
        place = {"node": pod.node.name, "pod_ip": pod.address, "host_ip": pod.node.address, "host_network": "false"}
        yield state("kube_pod_info", {"created_by_kind": kind, "created_by_name": owner, "priority_class": "default", **place})
        yield state("kube_pod_owner", {"owner_kind": kind, "owner_name": owner, "owner_is_controller": "true"})
        yield state("kube_pod_created", {}, pod.start - 1)
        yield state("kube_pod_start_time", {}, pod.start + 1)
        yield state("kube_pod_status_scheduled_time", {}, pod.start)
        yield state("kube_pod_restart_policy", {"type": "Never" if kind == "Job" else "Always"})
        for phase in PHASES:
            yield state("kube_pod_status_phase", {"phase": phase}, self._phase(pod, phase))
        for condition in CONDITIONS:
            yield state("kube_pod_status_scheduled", {"condition": condition}, float(condition == "true"))
            yield state("kube_pod_status_ready", {"condition": condition}, float(condition == "true"))
        if pod.finished is not None:
            done = (ran[1], life[1])
            yield STATE.show("kube_pod_completion_time", names, done, pod.finished)
        workload = pod.workload
        yield state(
            "kube_pod_labels",
            {
                "label_app_kubernetes_io_name": workload.name,
                "label_app_kubernetes_io_instance": f"{pod.namespace}-{workload.name}",
                "label_app_kubernetes_io_version": "2025.41.2",
                "label_app_kubernetes_io_managed_by": "Helm",
                "label_helm_sh_chart": "service-3.14.1",
                "label_team": pod.namespace.rpartition("-")[0],
                "label_pod_template_hash": owner.rpartition("-")[2],
            },
        )
        yield from self._owners(pod, life)
        if pod.claim:
            yield from self._claim(pod, pod.claim, life, names)
        for container in pod.containers:
            yield from self._container(pod, container, life, ran)
        yield from self._sandbox(pod, ran, i)

    def _phase(self, pod: Pod, phase: str) -> float | Switch:
        if pod.finished is None:
            return float(phase == "Running")
        at = round(pod.finished * 1000)
        shape = {"Running": Switch(at, 1, 0), "Succeeded": Switch(at, 0, 1)}
        return shape.get(phase, 0.0)

    def _owners(self, pod: Pod, life: tuple[int, int]) -> Iterator[Shown]:
        kind, owner = pod.owner
        if (pod.namespace, owner) in self.known_owners:
            return
        self.known_owners.add((pod.namespace, owner))
        where = {"namespace": pod.namespace}
        if kind == "ReplicaSet":
            by = {"owner_kind": "Deployment", "owner_name": pod.workload.name, "owner_is_controller": "true"}
            yield STATE.show("kube_replicaset_owner", {**where, "replicaset": owner, **by}, self.always)
            yield STATE.show("kube_replicaset_created", {**where, "replicaset": owner}, self.always, self.organisation.start - 2e6)
        elif kind == "Job":
            by = {"owner_kind": "CronJob", "owner_name": pod.workload.name, "owner_is_controller": "true"}
            yield STATE.show("kube_job_owner", {**where, "job_name": owner, **by}, life)
            yield STATE.show("kube_job_info", {**where, "job_name": owner}, life)

    def _claim(self, pod: Pod, claim: str, life: tuple[int, int], names: Mapping[str, str]) -> Iterator[Shown]:
        volume = f"pvc-{_uid('volume', pod.namespace, claim)}"
        wanted = {"namespace": pod.namespace, "persistentvolumeclaim": claim}
        one = {"persistentvolume": volume}
        handle = f"vol-{_digits(volume)[:17]}"
        size = float(VOLUME_GIB * GIB)
        bound = {"storageclass": "gp3", "volumename": volume, "volumemode": "Filesystem"}
        yield STATE.show(
            "kube_pod_spec_volumes_persistentvolumeclaims_info", {**names, "volume": "data", "persistentvolumeclaim": claim}, life
        )
        yield STATE.show("kube_persistentvolumeclaim_info", {**wanted, **bound}, self.always)
        yield STATE.show("kube_persistentvolumeclaim_resource_requests_storage_bytes", wanted, self.always, size)
        for phase in ("Bound", "Lost", "Pending"):
            yield STATE.show("kube_persistentvolumeclaim_status_phase", {**wanted, "phase": phase}, self.always, float(phase == "Bound"))
        driver = {"storageclass": "gp3", "csi_driver": "ebs.csi.aws.com", "csi_volume_handle": handle}
        yield STATE.show("kube_persistentvolume_info", {**one, **driver}, self.always)
        yield STATE.show("kube_persistentvolume_created", one, self.always, self.organisation.start - 1e6)
        yield STATE.show("kube_persistentvolume_capacity_bytes", one, self.always, size)
        yield STATE.show("kube_persistentvolume_claim_ref", {**one, "claim_namespace": pod.namespace, "name": claim}, self.always)
        for phase in ("Available", "Bound", "Failed", "Pending", "Released"):
            yield STATE.show("kube_persistentvolume_status_phase", {**one, "phase": phase}, self.always, float(phase == "Bound"))
        yield OPENCOST.show("pv_hourly_cost", {**one, "volumename": volume, "provider_id": handle}, self.always, PRICES["volume"])
        yield OPENCOST.show("kubecost_pv_info", {**one, "storageclass": "gp3", "provider_id": handle}, self.always)
        yield OPENCOST.show(
            "pod_pvc_allocation", {"namespace": pod.namespace, "pod": pod.name, **one, "persistentvolumeclaim": claim}, life, size
        )

    def _container(self, pod: Pod, container: Container, life: tuple[int, int], ran: tuple[int, int]) -> Iterator[Shown]:
        names = {"namespace": pod.namespace, "pod": pod.name, "uid": pod.uid, "container": container.name}
        finished = pod.finished is not None
        running = Switch(ran[1], 1, 0) if finished else 1.0
        ended = Switch(ran[1], 0, 1) if finished else 0.0
        again = None if container.restarted is None else round(container.restarted * 1000)
        runs = [(ran[0], ran[1])] if again is None else [(ran[0], again), (again, ran[1])]
        began = [round(pod.start * 1000) + 3000, *([] if again is None else [again])]
        for n, (run, since) in enumerate(zip(runs, began, strict=True)):
            identity = _digits(pod.uid, container.name, str(n))
            shown = (life[0] if n == 0 else run[0], run[1] if n + 1 < len(runs) else life[1])
            image = {
                "image": container.image,
                "image_spec": container.image,
                "image_id": f"{container.image}@sha256:{_digits(container.image)}",
            }
            yield STATE.show("kube_pod_container_info", {**names, **image, "container_id": f"containerd://{identity}"}, shown)
            yield STATE.show("kube_pod_container_status_restarts_total", names, shown, float(n))
            yield STATE.show("kube_pod_container_state_started", names, run, since / 1000)
            yield from self._usage(pod, container, run, identity, since)
        for metric, shape in (("running", running), ("terminated", ended), ("waiting", 0.0), ("ready", running)):
            yield STATE.show(f"kube_pod_container_status_{metric}", names, life, shape)
        held = {**names, "node": pod.node.name}
        for resource, unit, amount in (("cpu", "core", container.cpu), ("memory", "byte", float(container.ram_mib * MIB))):
            yield STATE.show("kube_pod_container_resource_requests", {**held, "resource": resource, "unit": unit}, life, amount)
            yield STATE.show("kube_pod_container_resource_limits", {**held, "resource": resource, "unit": unit}, life, 2 * amount)
        if container.cards:
            card = {**held, "resource": "nvidia_com_gpu", "unit": "integer"}
            yield STATE.show("kube_pod_container_resource_requests", card, life, float(container.cards))
        allocated = {k: held[k] for k in ("namespace", "pod", "container", "node")} | {"instance": pod.node.name}
        yield OPENCOST.show("container_cpu_allocation", allocated, ran, max(container.cpu, container.cpu * container.uses))
        yield OPENCOST.show("container_memory_allocation_bytes", allocated, ran, float(container.ram_mib * MIB))
        yield OPENCOST.show("container_gpu_allocation", allocated, ran, float(container.cards))

    def _usage(self, pod: Pod, container: Container, run: tuple[int, int], identity: str, since: int) -> Iterator[Shown]:
        kubelet = self.kubelets[pod.node.name]
        labels = {
            "namespace": pod.namespace,
            "pod": pod.name,
            "container": container.name,
            "image": container.image,
            "id": f"{_slice(pod.uid)}/cri-containerd-{identity}.scope",
            "name": identity,
        }
        born = since if since >= self.begin else None
        used = ram_curve(container.ram_mib * container.uses, born)
        cpu = cpu_curve(container.cpu * container.uses, born)
        yield kubelet.show("container_cpu_usage_seconds_total", {**labels, "cpu": "total"}, run, cpu)
        yield kubelet.show("container_memory_working_set_bytes", labels, run, used)
        yield kubelet.show("container_memory_rss", labels, run, used)
        yield kubelet.show("container_start_time_seconds", labels, run, since / 1000)

    def _sandbox(self, pod: Pod, ran: tuple[int, int], i: int) -> Iterator[Shown]:
        """The pod's own cgroup and its network, which carry no container label."""
        kubelet = self.kubelets[pod.node.name]
        born = ran[0] if ran[0] > self.begin else None
        labels = {"namespace": pod.namespace, "pod": pod.name, "id": _slice(pod.uid)}
        cores, mib = sum(c.cpu * c.uses for c in pod.containers), sum(c.ram_mib * c.uses for c in pod.containers)
        yield kubelet.show("container_cpu_usage_seconds_total", {**labels, "cpu": "total"}, ran, cpu_curve(cores, born))
        yield kubelet.show("container_memory_working_set_bytes", labels, ran, ram_curve(mib, born))
        wire = {**labels, "image": "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/pause:3.5", "name": _digits(pod.uid, "pause")}
        for n, direction in enumerate(("receive", "transmit")):
            metric = f"container_network_{direction}_bytes_total"
            yield kubelet.show(metric, {**wire, "interface": "eth0"}, ran, bytes_curve(2 * i + n, born))


def _slice(uid: str) -> str:
    return f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{uid.replace('-', '_')}.slice"


def _digits(*parts: str) -> str:
    """64 hex digits that stand for `parts`."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def _uid(*parts: str) -> str:
    digits = _digits(*parts)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
