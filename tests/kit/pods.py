"""What kube-state-metrics and cAdvisor tell of a pod."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict

from tests.kit.curve import Curve, integral, value_at
from tests.kit.nodes import Labels, prefixed, worn
from tests.kit.scrape import FOREVER, Interval
from tests.kit.storage import in_bytes

if TYPE_CHECKING:
    from tests.kit.cluster import Cluster

START_DELAY = 2  # seconds from binding to running when a test does not say
GRACE = 30  # a graceful deletion is stamped this far ahead
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")


@dataclass(frozen=True)
class Container:
    """A container: requests and what it uses (cores, GiB, cards), constant or in steps.

    It has a start and finish of its own where they are not the pod's. A restart (at each of `restarts`) makes a new container id; with
    `same_id`, or where ids are not stored, it is a reset within one series. `resets` are counters that fall to zero though nothing
    restarted. `sidecar`: among a pod's init containers, one that goes on running.
    """

    name: str
    cpu: Curve | None = None
    ram_gib: Curve | None = None
    cards: int | None = None
    uses_cpu: Curve = 0.0
    uses_ram_gib: Curve = 0.0
    limit_cpu: float | None = None
    started: float | None = None
    finished: float | None = None
    restarts: Sequence[float] = ()
    resets: Sequence[float] = ()
    same_id: bool = False
    sidecar: bool = False
    image: str = "registry.example/app:1.4.2"


class PodFacts(TypedDict, total=False):
    """What may be told of a pod. Left out: it was bound before the data begin and runs until after they end.

    `bound`: PodScheduled became true; `started`: the containers run (2 s after binding); `finished`: they all ended (phase `end_phase`);
    `deleting`: deletion was asked for; `gone`: the object was removed. `stuck`: it never starts, waiting for this reason.
    `evicted`: ends Failed, its container statuses vanish and no completion time is told. `static`: a node's static pod, whose cgroup
    carries a hash instead of the uid. `network`: bytes a second (received, sent). `overhead`: (cores, GiB) of its runtime class.
    `claims`: names of persistent volume claims it mounts (a name twice: mounted twice). `pause`: cAdvisor shows the pause container.
    """

    uid: str
    owner: tuple[str, str]
    inits: Sequence[Container]
    created: float
    bound: float
    started: float
    finished: float
    deleting: float
    gone: float
    end_phase: str
    stuck: str
    evicted: bool
    static: bool
    host_network: bool
    address: str
    labels: Labels
    annotations: Labels
    claims: Sequence[str]
    network: tuple[float, float]
    overhead: tuple[float, float]
    pause: bool


@dataclass(frozen=True)
class Pod:
    """A pod as it was written: names, times (unix seconds, FOREVER where it never came), its address and its cgroup."""

    namespace: str
    name: str
    uid: str
    node: str | None
    address: str
    created: float
    bound: float
    started: float
    finished: float
    gone: float
    cgroup: str
    ids: dict[str, list[str]] = field(default_factory=dict)
    """Container ids by container, in order of restarts."""

    @property
    def ready(self) -> Interval:
        return self.started, min(self.finished, self.gone)


def write_pod(cluster: Cluster, namespace: str, name: str, node: str | None, containers: Sequence[Container], facts: PodFacts) -> Pod:
    """Series of one pod's life."""
    pod = _pod(cluster, namespace, name, node, containers, facts)
    writer = _PodWriter(cluster, pod, facts)
    writer.object()
    writer.phases()
    for container in facts.get("inits", ()):
        writer.container(container, "kube_pod_init_container")
    for container in containers:
        writer.container(container, "kube_pod_container")
    writer.completion(containers)
    writer.sandbox()
    return pod


def _pod(cluster: Cluster, namespace: str, name: str, node: str | None, containers: Sequence[Container], facts: PodFacts) -> Pod:
    bound = FOREVER if node is None else facts.get("bound", facts.get("created", cluster.before(1)))
    created = facts.get("created", cluster.before(1) if node is None else bound)
    started = FOREVER if "stuck" in facts else facts.get("started", bound + START_DELAY)
    uid = facts.get("uid", cluster.identifier("pod", namespace, name, created))
    requested = any(c.cpu is not None or c.ram_gib is not None for c in (*containers, *facts.get("inits", ())))
    marked = cluster.identifier("static", namespace, name, dashes=False) if facts.get("static") else uid
    return Pod(
        namespace=namespace,
        name=name,
        uid=uid,
        node=node,
        address=facts.get("address", "") or cluster.address(),
        created=created,
        bound=bound,
        started=started,
        finished=facts.get("finished", FOREVER),
        gone=facts.get("gone", FOREVER),
        cgroup=_cgroup(cluster.cgroups, "burstable" if requested else "besteffort", marked),
    )


def _cgroup(driver: str, quality: str, uid: str) -> str:
    if driver == "cgroupfs":
        return f"/kubepods/{quality}/pod{uid}"
    return f"/kubepods.slice/kubepods-{quality}.slice/kubepods-{quality}-pod{uid.replace('-', '_')}.slice"


class _PodWriter:
    def __init__(self, cluster: Cluster, pod: Pod, facts: PodFacts) -> None:
        self.cluster, self.pod, self.facts = cluster, pod, facts
        self.life = cluster.clip(pod.created, None if pod.gone == FOREVER else pod.gone)
        self.names = {"namespace": pod.namespace, "pod": pod.name, "uid": pod.uid}
        self.runs: list[tuple[Interval, Container]] = []  # every time a container ran

    def tell(self, metric: str, labels: Mapping[str, str], life: Interval | None = None, value: Curve = 1) -> None:
        start, end = self.life if life is None else (max(life[0], self.life[0]), min(life[1], self.life[1]))
        self.cluster.state(metric, {**self.names, **labels}, (start, end), value)

    def switch(self, metric: str, labels: Mapping[str, str], on: Interval) -> None:
        """A 0/1 series that is 1 during `on`."""
        if on[0] >= on[1]:
            self.tell(metric, labels, None, 0)
            return
        self.tell(metric, labels, (self.life[0], on[0]), 0)
        self.tell(metric, labels, on, 1)
        self.tell(metric, labels, (on[1], self.life[1]), 0)

    def object(self) -> None:
        """What the object says of itself: names, node, owner, times, labels, volumes."""
        pod, facts = self.pod, self.facts
        held = (pod.bound, FOREVER)
        kind, owner = facts.get("owner", ("", ""))
        network = "true" if facts.get("host_network") else "false"
        info = {"created_by_kind": kind, "created_by_name": owner, "host_network": network}
        self.tell("kube_pod_info", info, (0, pod.bound))
        self.tell("kube_pod_info", {**info, "node": pod.node or "", "pod_ip": pod.address, "host_ip": "10.0.1.10"}, held)
        self.tell("kube_pod_created", {}, None, pod.created)
        self.tell("kube_pod_owner", {"owner_kind": kind, "owner_name": owner, "owner_is_controller": "true" if owner else ""})
        if pod.bound < FOREVER:
            self.tell("kube_pod_status_scheduled_time", {}, held, pod.bound)
            self.tell("kube_pod_start_time", {}, held, pod.bound)
        if "deleting" in facts:
            self.tell("kube_pod_deletion_timestamp", {}, (facts["deleting"], FOREVER), facts["deleting"] + GRACE)
        if "overhead" in facts:
            self.tell("kube_pod_overhead_cpu_cores", {}, None, facts["overhead"][0])
            self.tell("kube_pod_overhead_memory_bytes", {}, None, facts["overhead"][1] * 2**30)
        for labels, life in worn(facts.get("labels", {}), self.life):
            self.tell("kube_pod_labels", prefixed("label", labels), life)
        for notes, life in worn(facts["annotations"], self.life) if "annotations" in facts else ():
            self.tell("kube_pod_annotations", prefixed("annotation", notes), life)
        for i, claim in enumerate(facts.get("claims", ())):
            self.tell("kube_pod_spec_volumes_persistentvolumeclaims_info", {"volume": f"volume-{i}", "persistentvolumeclaim": claim})

    def phases(self) -> None:
        """The pod's phase and conditions over its life."""
        pod = self.pod
        ending = "Failed" if self.facts.get("evicted") else self.facts.get("end_phase", "Succeeded")
        spans = {"Pending": (0.0, pod.started), "Running": (pod.started, pod.finished), ending: (pod.finished, FOREVER)}
        for phase in PHASES:
            self.switch("kube_pod_status_phase", {"phase": phase}, spans.get(phase, (FOREVER, FOREVER)))
        self.switch("kube_pod_status_scheduled", {"condition": "true"}, (pod.bound, FOREVER))
        self.switch("kube_pod_status_scheduled", {"condition": "false"}, (0, pod.bound))
        self.switch("kube_pod_status_ready", {"condition": "true"}, pod.ready)
        if self.facts.get("evicted"):
            self.tell("kube_pod_status_reason", {"reason": "Evicted"}, (pod.finished, FOREVER))

    def container(self, container: Container, prefix: str) -> None:
        """One container: what is requested, its states, and what it uses."""
        pod = self.pod
        name = {"container": container.name}
        init_once = prefix == "kube_pod_init_container" and not container.sidecar
        started = container.started if container.started is not None else (pod.bound if prefix != "kube_pod_container" else pod.started)
        finished = container.finished if container.finished is not None else (pod.started if init_once else pod.finished)
        starts = [started, *container.restarts]
        ids = [
            self.cluster.identifier(pod.uid, container.name, 0 if container.same_id else i, dashes=False) * 2 for i in range(len(starts))
        ]
        pod.ids[container.name] = ids
        known = pod.finished if self.facts.get("evicted") else FOREVER  # an evicted pod's statuses vanish
        for i, (since, until) in enumerate(pairwise([*starts, FOREVER])):
            shown = (0 if i == 0 else since, min(until, known))
            info = {"image": container.image, "image_spec": container.image, "container_id": f"containerd://{ids[i]}"}
            if container.sidecar:
                info["restart_policy"] = "Always"
            self.tell(f"{prefix}_info", {**name, **info}, (max(pod.bound, shown[0]), shown[1]))
            self.tell(f"{prefix}_status_restarts_total", name, shown, i)
            if since < FOREVER:
                self.tell(f"{prefix}_state_started", name, (since, min(until, finished, known)), since)
            if i:
                self.tell(f"{prefix}_status_last_terminated_timestamp", name, shown, since)
            if since < min(until, finished, pod.gone):
                self.usage(container, ids[i], (since, min(until, finished, pod.gone)))
        self.tell(f"{prefix}_status_running", name, (0, min(started, known)), 0)
        self.tell(f"{prefix}_status_running", name, (started, min(finished, known)), 1)
        self.tell(f"{prefix}_status_running", name, (finished, known), 0)
        self.tell(f"{prefix}_status_terminated", name, (0, min(finished, known)), 0)
        self.tell(f"{prefix}_status_terminated", name, (finished, known), 1)
        reason = self.facts.get("stuck", "ContainerCreating")
        self.tell(f"{prefix}_status_waiting_reason", {**name, "reason": reason}, (max(pod.created, pod.bound), min(started, known)))
        self.requests(container, prefix)

    def requests(self, container: Container, prefix: str) -> None:
        """Requests and limits, without node before binding, with it afterwards (also after the end)."""
        wishes = (("cpu", "core", container.cpu), ("memory", "byte", container.ram_gib), ("nvidia_com_gpu", "integer", container.cards))
        for resource, unit, curve in wishes:
            if curve is None:
                continue
            labels = {"container": container.name, "resource": resource, "unit": unit}
            amount = _bytes(curve) if resource == "memory" else curve
            for life, node in (((0.0, self.pod.bound), ""), ((self.pod.bound, FOREVER), self.pod.node or "")):
                self.tell(f"{prefix}_resource_requests", {**labels, "node": node}, life, amount)
                if resource == "nvidia_com_gpu":
                    self.tell(f"{prefix}_resource_limits", {**labels, "node": node}, life, amount)
                elif resource == "cpu" and container.limit_cpu is not None:
                    self.tell(f"{prefix}_resource_limits", {**labels, "node": node}, life, container.limit_cpu)

    def usage(self, container: Container, identity: str, run: Interval) -> None:
        """cAdvisor's series of one run of a container: its counter starts at 0 with it, and vanishes with it."""
        node = self.pod.node
        if node is None:
            return
        self.runs.append((run, container))
        path = (
            f"{self.pod.cgroup}/{identity}" if self.cluster.cgroups == "cgroupfs" else f"{self.pod.cgroup}/cri-containerd-{identity}.scope"
        )
        labels = {**self.place, "container": container.name, "image": container.image, "id": path, "name": identity}
        zeros = [run[0], *(t for t in container.resets if run[0] < t < run[1])]

        def counter(t: float) -> float:
            return round(integral(container.uses_cpu, max(z for z in zeros if z <= t), t), 6)

        self.cluster.cadvisor(node, "container_cpu_usage_seconds_total", {**labels, "cpu": "total"}, run, counter)
        self.cluster.cadvisor(node, "container_memory_working_set_bytes", labels, run, in_bytes(container.uses_ram_gib))
        self.cluster.cadvisor(node, "container_start_time_seconds", labels, run, run[0])

    @property
    def place(self) -> dict[str, str]:
        return {"namespace": self.pod.namespace, "pod": self.pod.name}

    def completion(self, containers: Sequence[Container]) -> None:
        """`kube_pod_completion_time`: the latest end among the containers that have ended, from the first end on; not for evicted pods."""
        ends = sorted({c.finished if c.finished is not None else self.pod.finished for c in containers} - {FOREVER})
        if self.facts.get("evicted"):
            return
        for end, following in pairwise([*ends, FOREVER]):
            self.tell("kube_pod_completion_time", {}, (end, following), end)

    def sandbox(self) -> None:
        """The pod's own cgroup (no container label): sums over its containers, network, the pause container."""
        node, runs = self.pod.node, self.runs
        if node is None or not runs:
            return
        life = (min(run[0] for run, _ in runs), max(run[1] for run, _ in runs))
        labels = {**self.place, "id": self.pod.cgroup}

        def cpu(t: float) -> float:
            return round(sum(integral(c.uses_cpu, start, min(t, end)) for (start, end), c in runs), 6)

        def ram(t: float) -> float:
            return float(round(sum(value_at(c.uses_ram_gib, t) * 2**30 for (start, end), c in runs if start <= t < end)))

        self.cluster.cadvisor(node, "container_cpu_usage_seconds_total", {**labels, "cpu": "total"}, life, cpu)
        self.cluster.cadvisor(node, "container_memory_working_set_bytes", labels, life, ram)
        pause = self.cluster.identifier(self.pod.uid, "pause", dashes=False) * 2
        paused = {**labels, "image": "registry.k8s.io/pause:3.9", "name": pause}
        if self.facts.get("pause"):
            box = {**paused, "container": "POD", "id": f"{self.pod.cgroup}/cri-containerd-{pause}.scope"}
            self.cluster.cadvisor(
                node, "container_cpu_usage_seconds_total", {**box, "cpu": "total"}, life, lambda t: round((t - life[0]) * 0.001, 6)
            )
            self.cluster.cadvisor(node, "container_memory_working_set_bytes", box, life, 40 * 2**20)
        if "network" in self.facts:
            received, sent = self.facts["network"]
            wire = {**paused, "interface": "eth0"}
            self.cluster.cadvisor(node, "container_network_receive_bytes_total", wire, life, lambda t: round((t - life[0]) * received))
            self.cluster.cadvisor(node, "container_network_transmit_bytes_total", wire, life, lambda t: round((t - life[0]) * sent))


def _bytes(gib: Curve) -> Curve:
    if isinstance(gib, int | float):
        return round(gib * 2**30)
    return [(since, round(amount * 2**30)) for since, amount in gib]
