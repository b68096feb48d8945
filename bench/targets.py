"""Scrape targets of the organisation and what a series of theirs is: labels, phase, life, values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from bench.curves import CurveRef
from bench.organisation import Node
from farthing.simulator.emit.blocks import Labels, flat_labels

KUBELET_PHASES = 24  # different offsets within the minute at which kubelets are scraped
PRICES = {"cpu": 0.031611, "ram": 0.004237, "gpu": 0.95, "volume": 0.00005479452, "balancer": 0.025}
GIB = 2**30
LEAD_MS = 3_600_000  # data begin an hour before the first window and end a quarter of an hour after the last
LAG_MS = 900_000
Life = tuple[int, int]
"""[start, end) in ms."""


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


class Exporter(NamedTuple):
    """A scrape target: its labels and phase."""

    labels: Mapping[str, str]
    phase: int

    def show(self, metric: str, own: Mapping[str, str], life: Life, shape: float | Switch | CurveRef = 1.0) -> Shown:
        """A series with the exporter's labels winning over the target's."""
        labels = {**self.labels, **own}
        return Shown(flat_labels(metric, [(k, v) for k, v in labels.items() if v]), self.phase, *life, shape)


STATE = Exporter(
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
OPENCOST = Exporter(
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


def kubelet(node: Node, number: int) -> Exporter:
    """The cAdvisor of the node with this number."""
    labels = {
        "job": "kubelet",
        "instance": f"{node.address}:10250",
        "endpoint": "https-metrics",
        "service": "kube-prometheus-stack-kubelet",
        "namespace": "kube-system",
        "node": node.name,
        "metrics_path": "/metrics/cadvisor",
    }
    return Exporter(labels, number % KUBELET_PHASES * 2503 + 97)


def pod_slice(uid: str) -> str:
    return f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{uid.replace('-', '_')}.slice"


def digits_of(*parts: str) -> str:
    """64 hex digits that stand for `parts`."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def uid_of(*parts: str) -> str:
    digits = digits_of(*parts)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
