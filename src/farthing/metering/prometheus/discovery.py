"""How this installation spells things, found in the server's index."""

from __future__ import annotations

from datetime import UTC, datetime

from farthing.core.errors import NoData
from farthing.core.ledger import Span
from farthing.core.settings import MeteringSettings
from farthing.metering.dialect import CLUSTER_LABELS, Dialect, cluster_label
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
)

from .client import PrometheusClient

__all__ = ["Dialect", "discover"]


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
    label = cluster_label(settings, labels[Exporter.KUBE_STATE])
    parts = "cpu" in labels[Exporter.CADVISOR] and bool(
        set(client.label_values("cpu", match=[CPU_USED.metric], start=start, end=end)) - {"total"}
    )
    name = settings.cluster_id or next((external[k] for k in CLUSTER_LABELS if external.get(k)), "") or "default"
    return Dialect(metrics, labels, label, name, parts, external)


def _when(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M UTC")
