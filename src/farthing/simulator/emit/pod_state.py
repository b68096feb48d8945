"""kube-state-metrics of pods: when they are bound and over, what they ask for, whose they are."""

from __future__ import annotations

from collections.abc import Iterator

from farthing.core.units import GIB_BYTES
from farthing.simulator.dice import hexadecimal
from farthing.simulator.plan import Container, Pairs, Role
from farthing.simulator.pods import GRACE_SECONDS, Pod
from farthing.simulator.seats import FOREVER

from .series import Series, Steps, Value
from .state import State, prefixed

PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")


class PodState:
    """Series of the pods of one cluster."""

    def __init__(self, state: State) -> None:
        self.state = state

    def pod(self, pod: Pod, until: float) -> Iterator[Series]:
        """Everything of one pod; `until`: how far restarts are looked for (unix s)."""
        names = (("namespace", pod.namespace), ("pod", pod.name), ("uid", pod.uid))
        life = (pod.created, pod.gone)

        def show(metric: str, own: Pairs = (), start: float = life[0], end: float = life[1], value: Value = 1.0) -> Series:
            return self.state.show(metric, (*names, *own), max(start, life[0]), min(end, life[1]), value)

        kind, owner = pod.owners[0] if pod.owners else ("<none>", "<none>")
        by = (("created_by_kind", kind), ("created_by_name", owner), ("host_network", "false"))
        if pod.bound - pod.created > 5:
            yield show("kube_pod_info", by, end=pod.bound)
        if pod.node is not None:
            place = (("node", pod.node.name), ("pod_ip", pod.address), ("host_ip", pod.node.address))
            yield show("kube_pod_info", (*by, *place), start=pod.bound)
            yield show("kube_pod_status_scheduled_time", start=pod.bound, value=float(pod.bound))
            yield show("kube_pod_start_time", start=pod.bound + 1, value=float(pod.bound + 1))
        yield show("kube_pod_created", value=float(pod.created))
        controls = "true" if pod.owners else "<none>"
        yield show("kube_pod_owner", (("owner_kind", kind), ("owner_name", owner), ("owner_is_controller", controls)))
        yield from (show("kube_pod_status_phase", (("phase", phase),), value=_phase(pod, phase)) for phase in PHASES)
        if pod.finished < pod.gone:
            yield show("kube_pod_completion_time", start=pod.finished, value=float(pod.finished))
        elif pod.gone < FOREVER:
            yield show("kube_pod_deletion_timestamp", start=pod.gone - GRACE_SECONDS, value=float(pod.gone))
        yield show("kube_pod_labels", prefixed("label", pod.labels))
        if pod.annotations:
            yield show("kube_pod_annotations", prefixed("annotation", pod.annotations))
        if pod.overhead != (0.0, 0.0):
            yield show("kube_pod_overhead_cpu_cores", value=pod.overhead[0])
            yield show("kube_pod_overhead_memory_bytes", value=pod.overhead[1] * GIB_BYTES)
        for i, claim in enumerate(dict.fromkeys(pod.claims)):
            mount = (("volume", f"volume-{i}"), ("persistentvolumeclaim", claim))
            yield show("kube_pod_spec_volumes_persistentvolumeclaims_info", mount)
        for container in pod.containers:
            for one in self._container(pod, container, until):
                yield show(*one)

    def _container(self, pod: Pod, container: Container, until: float) -> Iterator[tuple[str, Pairs, float, float, Value]]:
        prefix = "kube_pod_container" if container.role is Role.CONTAINER else "kube_pod_init_container"
        name = ("container", container.name)
        always = (("restart_policy", "Always"),) if container.role is Role.SIDECAR else ()
        runs = [] if container.role is Role.INIT else pod.runs_of(container, until)
        starts = [start for start, _ in runs]
        shown = [pod.bound, *starts[1:], FOREVER]
        for number in range(max(1, len(starts))):
            told = (("image", container.image), ("container_id", f"containerd://{container_id(pod, container, number)}"))
            yield f"{prefix}_info", (name, *told, *always), shown[number], shown[number + 1], 1.0
        if container.role is Role.CONTAINER:
            restarts = Steps(tuple(zip(shown, map(float, range(max(1, len(starts)))), strict=False)))
            yield f"{prefix}_status_restarts_total", (name,), pod.bound, FOREVER, restarts
            if starts:
                yield f"{prefix}_state_started", (name,), starts[0], pod.end, Steps(tuple((t, float(t)) for t in starts))
        held = (("node", pod.node.name),) if pod.node else ()
        asks = (("cpu", "core", container.cpu), ("memory", "byte", container.gib and container.gib * GIB_BYTES))
        for resource, unit, amount in (*asks, ("nvidia_com_gpu", "integer", container.cards or None)):
            if amount is not None:
                yield f"{prefix}_resource_requests", (name, *held, ("resource", resource), ("unit", unit)), 0.0, FOREVER, float(amount)


def container_id(pod: Pod, container: Container, run: int) -> str:
    """The id that the runtime gave a container when it ran for the (run + 1)th time."""
    return hexadecimal(64, pod.uid, container.name, run)


def _phase(pod: Pod, phase: str) -> Value:
    ending = "Failed" if pod.failed else "Succeeded"
    on = {"Pending": (0.0, pod.started), "Running": (pod.started, pod.finished), ending: (pod.finished, FOREVER)}.get(phase)
    if on is None:
        return 0.0
    if on[0] == FOREVER:
        return 0.0
    steps = [(0.0, 0.0)] if on[0] else []
    steps.append((on[0], 1.0))
    if on[1] < FOREVER:
        steps.append((on[1], 0.0))
    return Steps(tuple(steps)) if len(steps) > 1 else steps[0][1]
