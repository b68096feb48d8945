"""How an installation spells things: which metrics it has, its cluster label, labels renamed by its scrape configuration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from farthing.core.errors import BadParameter, nearest
from farthing.core.settings import MeteringSettings

from .measurements import TARGET, Exporter, Measurement

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
    """What a look into a back end's index found."""

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

    def cluster(self) -> pl.Expr:
        """`cluster` from the columns of labels."""
        found = pl.col(self.cluster_label).fill_null(self.default_cluster) if self.cluster_label else pl.lit(self.default_cluster)
        return found.alias("cluster")

    def key(self, m: Measurement, key: str, columns: Collection[str]) -> pl.Expr:
        """A key of the measurement from the columns of labels, NULL where no spelling of it is among them."""
        have = [s for s in self.spellings(m.exporter, key) if s in columns]
        value = pl.coalesce(have) if have else pl.lit(None, dtype=pl.String)
        # a container id tells series apart wherever they were scraped
        told = pl.when(self.key(m, "id", columns).is_null()).then(value) if key == TARGET and "id" in m.keys else value
        return told.alias(key)


def cluster_label(settings: MeteringSettings, known: Collection[str]) -> str | None:
    """The label that tells clusters apart, of those `known` to kube-state-metrics' series; None where there is none.

    Raises BadParameter where the one that is set does not exist.
    """
    if settings.cluster_label:
        if settings.cluster_label not in known:
            raise BadParameter(
                f"no series of kube-state-metrics has the label {settings.cluster_label!r} that is set as metering.cluster_label",
                expected=nearest(settings.cluster_label, known),
            )
        return settings.cluster_label
    return next((c for c in CLUSTER_LABELS if c in known), None)
