"""A cluster as an ordinary kube-prometheus-stack stores it: kube-state-metrics v2 and cAdvisor series, written from plain statements.

    c = Cluster(start, end, name="a")
    c.node("n1", cores=4, gib=16)
    c.pod("shop", "web-0", node="n1", containers=[Container("c", cpu=0.5, ram_gib=1, uses_cpu=0.2, uses_ram_gib=0.5)])
    for series in c.series(): ...

The writer knows when things exist and what a scrape would have seen; it computes no cost. Times are unix seconds; what has no time was
there before the data begin and stays until after they end. A value that changes is a list of (from, value) steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Unpack

from tests.kit.curve import Curve, Shape
from tests.kit.nodes import Labels, prefixed, worn, write_node
from tests.kit.pods import Container, Pod, PodFacts, write_pod
from tests.kit.scrape import FOREVER, Interval, Recorder, ScrapeConfig, Series, Target
from tests.kit.storage import write_claim, write_volume

DAY = 86400
STATE_METRICS = ScrapeConfig("kube-state-metrics", {"namespace": "monitoring", "service": "kps-kube-state-metrics", "endpoint": "http"})
KUBELET = ScrapeConfig(
    "kubelet",
    {"namespace": "kube-system", "service": "kps-kubelet", "endpoint": "https-metrics", "metrics_path": "/metrics/cadvisor"},
)


class Cluster:
    """One cluster from `start` to `end` (the first and last moment that is scraped), scraped every `scrape` seconds.

    `name` is put on every series as `cluster_label` (None: not at all). `outages` are times without Prometheus, `state_failures` times in
    which kube-state-metrics did not answer. Replica i of kube-state-metrics is scraped 7 + 17 i seconds past the interval, node i (from 0)
    20 + 7 i, unless told otherwise. Metrics named in `missing` are not stored. `cgroups` is the driver: "systemd" or "cgroupfs".
    """

    def __init__(
        self,
        start: float,
        end: float,
        *,
        name: str | None = None,
        cluster_label: str = "cluster",
        scrape: float = 60,
        outages: Sequence[Interval] = (),
        state_failures: Sequence[Interval] = (),
        state_replicas: int = 1,
        state_phase: float = 7,
        state_metrics: ScrapeConfig = STATE_METRICS,
        kubelet: ScrapeConfig = KUBELET,
        missing: Iterable[str] = (),
        cgroups: str = "systemd",
    ) -> None:
        self.start, self.end, self.name, self.scrape = start, end, name, scrape
        self.outages, self.kubelet, self.cgroups = tuple(outages), kubelet, cgroups
        self.always: Interval = (start, end)
        self._recorder = Recorder(cluster={cluster_label: name} if name is not None else {}, dropped=tuple(missing))
        self._state = [
            self._state_target(state_metrics, i, (state_phase + 17 * i) % scrape, state_failures) for i in range(max(1, state_replicas))
        ]
        self._kubelets: dict[str, list[tuple[Interval, Target]]] = {}
        self._node_count = self._address_count = 0
        self._namespaces: set[str] = set()

    def _state_target(self, config: ScrapeConfig, i: int, phase: float, failures: Sequence[Interval]) -> Target:
        labels = {**config.labels, "instance": f"10.244.0.{7 + i}:8080", "pod": f"kps-kube-state-metrics-{i}", "container": config.job}
        return self.target(config, labels, self.always, phase=phase, failures=failures)

    def target(
        self, config: ScrapeConfig, labels: Mapping[str, str], life: Interval, *, phase: float, failures: Sequence[Interval] = ()
    ) -> Target:
        """A scrape target that lives for `life`; its `up` series is written along."""
        span = (max(life[0], self.start), min(life[1], self.end))
        leaves = span[1] < self.end
        target = Target(config, labels, span, every=self.scrape, phase=phase, failures=failures, outages=self.outages, leaves=leaves)
        answers = set(target.times)
        heartbeat = Target(config, labels, span, every=self.scrape, phase=phase, outages=self.outages, leaves=leaves)
        self._recorder.record(heartbeat, "up", {}, span, lambda t: float(t in answers))
        return target

    def clip(self, start: float | None, end: float | None) -> Interval:
        """A life within the data; None is before the beginning or after the end."""
        return (self.start if start is None else max(start, self.start), self.end if end is None else min(end, self.end))

    def before(self, days: float) -> float:
        """A moment `days` before the data begin: when old things were made."""
        return self.start - days * DAY

    def identifier(self, *parts: object, dashes: bool = True) -> str:
        """A stable uid for whatever `parts` name in this cluster (32 hex digits without `dashes`)."""
        digits = hashlib.md5("/".join(map(str, (self.name, *parts))).encode(), usedforsecurity=False).hexdigest()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}" if dashes else digits

    def address(self) -> str:
        """The next free pod address."""
        self._address_count += 1
        return f"10.244.{1 + self._address_count // 250}.{1 + self._address_count % 250}"

    def state(self, metric: str, labels: Mapping[str, str], life: Interval | None = None, value: Shape = 1) -> None:
        """A series of kube-state-metrics, shown by each of its replicas."""
        for target in self._state:
            self._recorder.record(target, metric, labels, self.always if life is None else life, value)

    def cadvisor(self, node: str, metric: str, labels: Mapping[str, str], life: Interval, value: Shape) -> None:
        """A series of the kubelet that ran on `node` at the time."""
        for (start, end), target in self._kubelets.get(node, ()):
            self._recorder.record(target, metric, labels, (max(life[0], start), min(life[1], end)), value)

    def raw(self, target: Target | str, metric: str, labels: Mapping[str, str], *, value: Shape = 1, life: Interval | None = None) -> None:
        """Any other series, of a `target` made by `self.target` or of the kubelets of a node named by a string."""
        span = self.always if life is None else life
        if isinstance(target, str):
            self.cadvisor(target, metric, labels, span, value)
        else:
            self._recorder.record(target, metric, labels, span, value)

    def series(self) -> Iterator[Series]:
        """Everything that was stored, in the order in which it was first told."""
        return self._recorder.series()

    def node(
        self,
        name: str,
        *,
        cores: Curve,
        gib: Curve,
        cards: int = 0,
        cards_from: float | None = None,
        created: float | None = None,
        gone: float | None = None,
        labels: Labels | None = None,
        instance_type: str = "m6i.xlarge",
        region: str = "us-east-1",
        zone: str = "us-east-1a",
        provider_id: str | None = None,
        allocatable_cores: Curve | None = None,
        allocatable_gib: Curve | None = None,
        disk_gib: float = 100,
        phase: float | None = None,
        failures: Sequence[Interval] = (),
    ) -> str:
        """A node; gives its name. The same name told again with another life is another node.

        `cards` are NVIDIA devices, shown from `cards_from` on (the device plugin starts late). Spot is told by the clouds' own labels,
        e.g. {"eks.amazonaws.com/capacityType": "SPOT"}; (from, labels) steps relabel it. `phase` and `failures` are those of its
        kubelet's scrape.
        """
        index, self._node_count = self._node_count, self._node_count + 1
        life = self.clip(created, gone)
        born = self.before(30) if created is None else created
        address = f"10.0.1.{10 + index}"
        identity = provider_id or f"aws:///{zone}/i-{self.identifier(name, born, dashes=False)[:17]}"
        at = (20 + 7 * index) % self.scrape if phase is None else phase
        place = {"address": address, "instance": f"{address}:10250" if self.kubelet.instance == "address" else name}
        every_label = {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "node.kubernetes.io/instance-type": instance_type,
            "topology.kubernetes.io/region": region,
            "topology.kubernetes.io/zone": zone,
        }
        target_labels = {**self.kubelet.labels, "instance": place["instance"], self.kubelet.node_label: name}
        target_labels.pop("", None)
        target = self.target(self.kubelet, target_labels, life, phase=at, failures=failures)
        self._kubelets.setdefault(name, []).append((life, target))
        write_node(
            self,
            name,
            life,
            born=born,
            address=address,
            provider_id=identity,
            labels=[(worn_in[0], {**every_label, **more}) for more, worn_in in worn(labels or {}, life)],
            capacity={"cpu": cores, "memory": gib, "ephemeral_storage": disk_gib},
            allocatable={"cpu": allocatable_cores, "memory": allocatable_gib},
            cards=cards,
            cards_from=cards_from,
        )
        return name

    def namespace(
        self,
        name: str,
        *,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        created: float | None = None,
        gone: float | None = None,
    ) -> str:
        """A namespace; gives its name. Told again with other labels and another life it is relabelled. Pods make theirs when nobody did."""
        self._namespaces.add(name)
        life = self.clip(created, gone)
        self.state("kube_namespace_created", {"namespace": name}, life, self.before(40) if created is None else created)
        for phase in ("Active", "Terminating"):
            self.state("kube_namespace_status_phase", {"namespace": name, "phase": phase}, life, float(phase == "Active"))
        every_label = {"kubernetes.io/metadata.name": name, **(labels or {})}
        self.state("kube_namespace_labels", {"namespace": name, **prefixed("label", every_label)}, life)
        if annotations:
            self.state("kube_namespace_annotations", {"namespace": name, **prefixed("annotation", annotations)}, life)
        return name

    def pod(self, namespace: str, name: str, *, node: str | None, containers: Sequence[Container], **facts: Unpack[PodFacts]) -> Pod:
        """A pod and everything the kubelet tells of it; the further arguments are those of `PodFacts`."""
        if namespace not in self._namespaces:
            self.namespace(namespace)
        return write_pod(self, namespace, name, node, containers, facts)

    def replicaset(
        self, namespace: str, name: str, *, owner: tuple[str, str] | None = None, life: Interval | None = None
    ) -> tuple[str, str]:
        """A replica set, owned by (kind, name) or nobody; gives the owner to put on its pods."""
        kind, owner_name = owner or ("", "")
        labels = {"owner_kind": kind, "owner_name": owner_name, "owner_is_controller": "true" if owner else ""}
        self.state("kube_replicaset_created", {"namespace": namespace, "replicaset": name}, life, self.before(20))
        self.state("kube_replicaset_owner", {"namespace": namespace, "replicaset": name, **labels}, life)
        return "ReplicaSet", name

    def deployment(self, namespace: str, name: str, *, template: str = "6c9f7d5b4", life: Interval | None = None) -> tuple[str, str]:
        """A deployment with its replica set `name-template`; gives the owner to put on its pods."""
        self.state("kube_deployment_created", {"namespace": namespace, "deployment": name}, life, self.before(20))
        return self.replicaset(namespace, f"{name}-{template}", owner=("Deployment", name), life=life)

    def job(self, namespace: str, name: str, *, cronjob: str | None = None, life: Interval | None = None) -> tuple[str, str]:
        """A job, of a cron job or of nobody; gives the owner to put on its pods."""
        owner = {"owner_kind": "CronJob" if cronjob else "", "owner_name": cronjob or "", "owner_is_controller": "true" if cronjob else ""}
        self.state("kube_job_info", {"namespace": namespace, "job_name": name}, life)
        self.state("kube_job_owner", {"namespace": namespace, "job_name": name, **owner}, life)
        return "Job", name

    def volume(
        self,
        name: str,
        *,
        gib: Curve,
        claim: tuple[str, str] | None = None,
        storage_class: str = "gp3",
        created: float | None = None,
        gone: float | None = None,
        phase: str = "Bound",
    ) -> str:
        """A persistent volume, bound to claim (namespace, name) or to none; `gib` may change (a resize)."""
        return write_volume(self, name, gib=gib, claim=claim, storage_class=storage_class, created=created, gone=gone, phase=phase)

    def claim(
        self,
        namespace: str,
        name: str,
        *,
        gib: Curve,
        volume: str | None = None,
        volume_gib: Curve | None = None,
        storage_class: str = "gp3",
        created: float | None = None,
        gone: float | None = None,
    ) -> str:
        """A claim and its volume (named `volume`, made along, of `volume_gib`); gives the claim's name for `Pod.claims`."""
        bound = volume or f"pvc-{self.identifier(namespace, name, created)}"
        if namespace not in self._namespaces:
            self.namespace(namespace)
        self.volume(
            bound,
            gib=gib if volume_gib is None else volume_gib,
            claim=(namespace, name),
            storage_class=storage_class,
            created=created,
            gone=gone,
        )
        return write_claim(self, namespace, name, gib=gib, volume=bound, storage_class=storage_class, created=created, gone=gone)

    def service(
        self,
        namespace: str,
        name: str,
        *,
        kind: str = "ClusterIP",
        created: float | None = None,
        gone: float | None = None,
        ingress_ip: str = "",
        ingress_hostname: str = "",
        ingress_from: float | None = None,
        endpoints: Sequence[Pod | tuple[str, float, float]] = (),
        ports: Sequence[tuple[str, int]] = (),
    ) -> str:
        """A service; gives its name.

        `endpoints` are pods (ready while they run) or (address, from, to); newer kube-state-metrics repeat each once per port.
        """
        life = self.clip(created, gone)
        born = self.before(20) if created is None else created
        labels = {"namespace": namespace, "service": name, "uid": self.identifier("service", namespace, name, born)}
        self.state("kube_service_info", {**labels, "cluster_ip": "10.96.0.20"}, life)
        self.state("kube_service_created", labels, life, born)
        self.state("kube_service_spec_type", {**labels, "type": kind}, life)
        if ingress_ip or ingress_hostname:
            since = self.clip(ingress_from, None)[0]
            ingress = {**labels, "ip": ingress_ip, "hostname": ingress_hostname}
            self.state("kube_service_status_load_balancer_ingress", ingress, (max(since, life[0]), life[1]))
        endpoint = {"namespace": namespace, "endpoint": name}
        self.state("kube_endpoint_info", endpoint, life)
        for one in endpoints:
            address, since, until = (one.address, *one.ready) if isinstance(one, Pod) else one
            span = (max(life[0], since), min(life[1], until, FOREVER))
            for port in ports or (None,):
                told = {} if port is None else {"port_name": port[0], "port_number": str(port[1]), "port_protocol": "TCP"}
                self.state("kube_endpoint_address", {**endpoint, "ip": address, "ready": "true", **told}, span)
        return name
