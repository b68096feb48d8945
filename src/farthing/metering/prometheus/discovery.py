"""How this installation spells things: which metrics it has, its cluster label, labels renamed by its scrape configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from farthing.core.errors import BadParameter, NoData, nearest
from farthing.core.ledger import Span
from farthing.core.settings import MeteringSettings
from farthing.metering.measurements import (
    CONTAINER_REQUESTS,
    CPU_USED,
    ENDPOINTS,
    MEASUREMENTS,
    NODE_SEEN,
    POD_INFO,
    RAM_USED,
    SERVICE_TYPE,
    VOLUME_INFO,
    Exporter,
    Measurement,
)

from .client import PrometheusClient

CLUSTER_LABELS = ("cluster", "cluster_id", "cluster_name", "kubernetes_cluster", "k8s_cluster", "k8s_cluster_name")

# Other spellings of an exporter's label, best first. `exported_x` is what Prometheus makes of an exporter's x when the target has
# a label x of its own and honor_labels is off; then the plain x names the exporter's pod, not ours.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "namespace": ("exported_namespace", "namespace"),
    "pod": ("exported_pod", "pod", "pod_name"),
    "container": ("exported_container", "container", "container_name"),
    "node": ("exported_node", "node", "kubernetes_node"),
    "service": ("exported_service", "service"),
    "endpoint": ("exported_endpoint", "endpoint"),
    "uid": ("exported_uid", "uid"),
    "id": ("id", "name"),
    "name": ("exported_name", "name"),
    "type": ("exported_type", "type"),
    "ip": ("exported_ip", "ip"),
    "resource": ("exported_resource", "resource"),
    "phase": ("exported_phase", "phase"),
}


@dataclass(frozen=True)
class Dialect:
    """What discovery found."""

    metrics: frozenset[str]
    labels: Mapping[Exporter, frozenset[str]]
    cluster_label: str | None
    default_cluster: str
    cpu_parts: bool = False
    external_labels: Mapping[str, str] = field(default_factory=dict)

    def has(self, m: Measurement) -> bool:
        return m.metric in self.metrics

    def spellings(self, exporter: Exporter, key: str) -> tuple[str, ...]:
        """The labels that may hold `key`, best first; `key` itself where none is known."""
        known = self.labels[exporter]
        found = tuple(s for s in SPELLINGS.get(key, (key,)) if s in known)
        if key == "id" and "id" in found:
            return ("id",)
        return found or (key,)

    def columns(self, m: Measurement) -> tuple[str, ...]:
        """Every label to keep for a measurement, the cluster's first."""
        keys = [s for key in m.keys for s in self.spellings(m.exporter, key)]
        return tuple(dict.fromkeys(([self.cluster_label] if self.cluster_label else []) + keys))


def discover(client: PrometheusClient, span: Span, settings: MeteringSettings) -> Dialect:
    """Look into the server's index, cheap everywhere.

    Raises NoData when there is nothing of kube-state-metrics in the span, with what was found instead.
    """
    start, end = span.start, span.end
    wanted = sorted({m.metric for m in MEASUREMENTS})
    pattern = '{__name__=~"' + "|".join(wanted) + '"}'
    metrics = frozenset(client.label_values("__name__", match=[pattern], start=start, end=end))
    if not {NODE_SEEN.metric, POD_INFO.metric} & metrics:
        raise NoData(
            f"no series of kube-state-metrics between {_when(start)} and {_when(end)}"
            f", which is the window and {settings.look_around_hours} h around it"
            + (f" (found only {', '.join(sorted(metrics)[:5])})" if metrics else " (none of the metrics that are needed is there)"),
            expected=f"{POD_INFO.metric}, {NODE_SEEN.metric} and others of kube-state-metrics v2, and cAdvisor's container metrics",
            cure="ask another window or server, or let Prometheus scrape kube-state-metrics and the kubelets' /metrics/cadvisor",
        )
    speakers = (POD_INFO, NODE_SEEN, CONTAINER_REQUESTS, SERVICE_TYPE, ENDPOINTS, VOLUME_INFO)
    state = [m.metric for m in speakers if m.metric in metrics]
    usage = [m for m in (CPU_USED.metric, RAM_USED.metric) if m in metrics]
    labels = {
        Exporter.KUBE_STATE: frozenset(client.label_names(match=state, start=start, end=end)),
        Exporter.CADVISOR: frozenset(client.label_names(match=usage, start=start, end=end)) if usage else frozenset(),
    }
    external = client.external_labels()
    label = _cluster_label(settings, labels)
    parts = "cpu" in labels[Exporter.CADVISOR] and bool(
        set(client.label_values("cpu", match=[CPU_USED.metric], start=start, end=end)) - {"total"}
    )
    name = settings.cluster_id or next((external[k] for k in CLUSTER_LABELS if external.get(k)), "") or "default"
    return Dialect(metrics, labels, label, name, parts, external)


def _cluster_label(settings: MeteringSettings, labels: Mapping[Exporter, frozenset[str]]) -> str | None:
    known = labels[Exporter.KUBE_STATE]
    if settings.cluster_label:
        if settings.cluster_label not in known:
            raise BadParameter(
                f"no series of kube-state-metrics has the label {settings.cluster_label!r} that is set as metering.cluster_label",
                expected=nearest(settings.cluster_label, known),
            )
        return settings.cluster_label
    return next((c for c in CLUSTER_LABELS if c in known), None)


def _when(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M UTC")
