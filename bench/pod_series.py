"""The series of a pod's life: what kube-state-metrics, its kubelet and OpenCost show of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.curves import bytes_curve, cpu_curve, ram_curve
from bench.organisation import Container, Organisation, Pod
from bench.targets import GIB, OPENCOST, PRICES, STATE, Exporter, Life, Shown, Switch, digits_of, pod_slice, uid_of

MIB = 2**20
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
CONDITIONS = ("true", "false", "unknown")
VOLUME_GIB = 100
START_DELAY_MS = 3000
INIT_EVERY = 5  # pods to one with an init container


class PodSeries:
    """Series of pods, within `always`; `kubelets` by node name."""

    def __init__(self, organisation: Organisation, always: Life, kubelets: Mapping[str, Exporter]) -> None:
        self.organisation, self.always, self.kubelets = organisation, always, kubelets
        self.begin, self.end = always
        self.known_owners: set[tuple[str, str]] = set()

    def pod(self, pod: Pod, i: int) -> Iterator[Shown]:
        bound = round(pod.start * 1000)
        life = (max(self.begin, bound), self.end if pod.end is None else round(pod.end * 1000))
        ran = (max(self.begin, bound + START_DELAY_MS), life[1] if pod.finished is None else round(pod.finished * 1000))
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
        if i % INIT_EVERY == 0:
            yield from self._init_container(pod, life, names)
        if pod.finished is None:
            endpoint = {"endpoint": workload.name, "namespace": pod.namespace, "ip": pod.address, "ready": "true"}
            port = {"port_name": "http", "port_number": "8080", "port_protocol": "TCP"}
            yield STATE.show("kube_endpoint_address", {**endpoint, **port}, ran)
        yield from self._sandbox(pod, ran, i)

    @staticmethod
    def _init_container(pod: Pod, life: Life, names: Mapping[str, str]) -> Iterator[Shown]:
        """One that ran and ended before the data begin, or too quickly to be scraped."""
        image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/schema-migration:2025.41.2"
        own = {**names, "container": "migrate"}
        told = {"image": image, "image_spec": image, "container_id": f"containerd://{digits_of(pod.uid, 'migrate')}"}
        yield STATE.show("kube_pod_init_container_info", {**own, **told}, life)
        yield STATE.show("kube_pod_init_container_status_terminated", own, life)
        for resource, unit, amount in (("cpu", "core", 0.1), ("memory", "byte", 128.0 * MIB)):
            held = {**own, "node": pod.node.name, "resource": resource, "unit": unit}
            yield STATE.show("kube_pod_init_container_resource_requests", held, life, amount)

    def _phase(self, pod: Pod, phase: str) -> float | Switch:
        if pod.finished is None:
            return float(phase == "Running")
        at = round(pod.finished * 1000)
        shape = {"Running": Switch(at, 1, 0), "Succeeded": Switch(at, 0, 1)}
        return shape.get(phase, 0.0)

    def _owners(self, pod: Pod, life: Life) -> Iterator[Shown]:
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

    def _claim(self, pod: Pod, claim: str, life: Life, names: Mapping[str, str]) -> Iterator[Shown]:
        volume = f"pvc-{uid_of('volume', pod.namespace, claim)}"
        wanted = {"namespace": pod.namespace, "persistentvolumeclaim": claim}
        one = {"persistentvolume": volume}
        handle = f"vol-{digits_of(volume)[:17]}"
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

    def _container(self, pod: Pod, container: Container, life: Life, ran: Life) -> Iterator[Shown]:
        names = {"namespace": pod.namespace, "pod": pod.name, "uid": pod.uid, "container": container.name}
        finished = pod.finished is not None
        running = Switch(ran[1], 1, 0) if finished else 1.0
        ended = Switch(ran[1], 0, 1) if finished else 0.0
        again = None if container.restarted is None else round(container.restarted * 1000)
        runs = [(ran[0], ran[1])] if again is None else [(ran[0], again), (again, ran[1])]
        began = [round(pod.start * 1000) + START_DELAY_MS, *([] if again is None else [again])]
        for n, (run, since) in enumerate(zip(runs, began, strict=True)):
            identity = digits_of(pod.uid, container.name, str(n))
            shown = (life[0] if n == 0 else run[0], run[1] if n + 1 < len(runs) else life[1])
            image = {
                "image": container.image,
                "image_spec": container.image,
                "image_id": f"{container.image}@sha256:{digits_of(container.image)}",
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

    def _usage(self, pod: Pod, container: Container, run: Life, identity: str, since: int) -> Iterator[Shown]:
        kubelet = self.kubelets[pod.node.name]
        labels = {
            "namespace": pod.namespace,
            "pod": pod.name,
            "container": container.name,
            "image": container.image,
            "id": f"{pod_slice(pod.uid)}/cri-containerd-{identity}.scope",
            "name": identity,
        }
        born = since if since >= self.begin else None
        used = ram_curve(container.ram_mib * container.uses, born)
        cpu = cpu_curve(container.cpu * container.uses, born)
        yield kubelet.show("container_cpu_usage_seconds_total", {**labels, "cpu": "total"}, run, cpu)
        yield kubelet.show("container_memory_working_set_bytes", labels, run, used)
        yield kubelet.show("container_memory_rss", labels, run, used)
        yield kubelet.show("container_start_time_seconds", labels, run, since / 1000)

    def _sandbox(self, pod: Pod, ran: Life, i: int) -> Iterator[Shown]:
        """The pod's own cgroup and its network, which carry no container label."""
        kubelet = self.kubelets[pod.node.name]
        born = ran[0] if ran[0] > self.begin else None
        labels = {"namespace": pod.namespace, "pod": pod.name, "id": pod_slice(pod.uid)}
        cores, mib = sum(c.cpu * c.uses for c in pod.containers), sum(c.ram_mib * c.uses for c in pod.containers)
        yield kubelet.show("container_cpu_usage_seconds_total", {**labels, "cpu": "total"}, ran, cpu_curve(cores, born))
        yield kubelet.show("container_memory_working_set_bytes", labels, ran, ram_curve(mib, born))
        wire = {**labels, "image": "602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/pause:3.5", "name": digits_of(pod.uid, "pause")}
        for n, direction in enumerate(("receive", "transmit")):
            metric = f"container_network_{direction}_bytes_total"
            yield kubelet.show(metric, {**wire, "interface": "eth0"}, ran, bytes_curve(2 * i + n, born))
