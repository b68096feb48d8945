"""cAdvisor of a node: what containers use, and what goes over the wire."""

from __future__ import annotations

import math
from collections.abc import Iterator

from farthing.core.units import GIB_BYTES
from farthing.simulator.dice import draw, hexadecimal
from farthing.simulator.plan import Container, Pairs, Role
from farthing.simulator.pods import Pod
from farthing.simulator.rhythm import FLAT

from .pod_state import container_id
from .series import Series, Target, Together, Wave, cpu_counter, working_set

PAUSE = "registry.example/pause:3.9"


def usage(pod: Pod, target: Target, until: float) -> Iterator[Series]:
    """Series of one pod on its node; `until`: how far restarts are looked for (unix s)."""
    names = (("namespace", pod.namespace), ("pod", pod.name))
    for container in pod.containers:
        if container.role is Role.INIT:
            continue
        phase = 2 * math.pi * draw(pod.uid, container.name)
        for number, life in enumerate(pod.runs_of(container, until)):
            yield from _container(pod, container, number, names, target, life, phase)
    for container, start, end in pod.initialised():
        labels = _labels(pod, container, 0, names)
        yield Series(
            "container_cpu_usage_seconds_total", (*labels, ("cpu", "total")), target, start, end,
            cpu_counter(container.uses_cpu, FLAT, 0.0, start),
        )  # fmt: skip
        yield Series(
            "container_memory_working_set_bytes", labels, target, start, end, working_set(container.uses_gib * GIB_BYTES, FLAT, 0.0)
        )
    if (pod.sends or pod.receives) and pod.started < pod.end:
        pause = hexadecimal(64, pod.uid, "pause")
        wire = (*names, ("id", pod_slice(pod)), ("image", PAUSE), ("name", pause), ("interface", "eth0"))
        for metric, mean in (("transmit", pod.sends), ("receive", pod.receives)):
            counter = Wave(mean, pod.rhythm, 0.0, counter=True, zero=pod.started)
            yield Series(f"container_network_{metric}_bytes_total", wire, target, pod.started, pod.end, counter)


def cgroup(pod: Pod, target: Target) -> Iterator[Series]:
    """A pod as a whole, which has no container label: the sum of its containers."""
    parts = [(c, 2 * math.pi * draw(pod.uid, c.name)) for c in pod.containers if c.role is not Role.INIT]
    if pod.started >= pod.end or not parts:
        return
    labels = (("namespace", pod.namespace), ("pod", pod.name), ("id", pod_slice(pod)))
    cpu = Together(tuple(cpu_counter(c.uses_cpu, pod.rhythm, phase, pod.started) for c, phase in parts))
    ram = Together(tuple(working_set(c.uses_gib * GIB_BYTES, pod.rhythm, phase) for c, phase in parts))
    yield Series("container_cpu_usage_seconds_total", (*labels, ("cpu", "total")), target, pod.started, pod.end, cpu)
    yield Series("container_memory_working_set_bytes", labels, target, pod.started, pod.end, ram)


def _container(
    pod: Pod, container: Container, number: int, names: Pairs, target: Target, life: tuple[float, float], phase: float
) -> Iterator[Series]:
    labels = _labels(pod, container, number, names)
    counter = cpu_counter(container.uses_cpu, pod.rhythm, phase, life[0])
    yield Series("container_cpu_usage_seconds_total", (*labels, ("cpu", "total")), target, *life, counter)
    yield Series(
        "container_memory_working_set_bytes", labels, target, *life, working_set(container.uses_gib * GIB_BYTES, pod.rhythm, phase)
    )
    yield Series("container_start_time_seconds", labels, target, *life, life[0])


def _labels(pod: Pod, container: Container, number: int, names: Pairs) -> Pairs:
    identity = container_id(pod, container, number)
    return (
        *names,
        ("container", container.name),
        ("image", container.image),
        ("id", f"{pod_slice(pod)}/cri-containerd-{identity}.scope"),
        ("name", identity),
    )


def pod_slice(pod: Pod) -> str:
    """The cgroup of a pod."""
    return f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{pod.uid.replace('-', '_')}.slice"
