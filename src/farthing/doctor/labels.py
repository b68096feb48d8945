"""Labels that are lost on the way: by allow-lists of kube-state-metrics, by relabelling, by honor_labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .examination import MEASURED, Examination
from .findings import Severity, Symptom
from .metrics import metrics_of_usage
from .wording import per, some


@dataclass(frozen=True)
class AllowList:
    """Labels (or annotations) that kube-state-metrics shows only when allowed, and what is lost without them."""

    measurement: str
    prefix: str
    severity: Severity
    loss: str
    cure: str


ALLOW_LISTS: tuple[AllowList, ...] = (
    AllowList(
        "pod labels",
        "label_",
        Severity.WARNING,
        "cost by pod label (team, app, …) is all `__unallocated__`",
        "run kube-state-metrics with --metric-labels-allowlist=pods=[*] (or the labels you group by)",
    ),
    AllowList(
        "node labels",
        "label_",
        Severity.WARNING,
        "region, zone, instance type and spot of nodes are not known: prices by them do not hit",
        "run kube-state-metrics with --metric-labels-allowlist=nodes=[*]",
    ),
    AllowList(
        "pod annotations",
        "annotation_",
        Severity.INFO,
        "cost by pod annotation is all `__unallocated__`",
        "if you group by annotations, run kube-state-metrics with --metric-annotations-allowlist=pods=[…]",
    ),
)

EXPORTED = "exported_"
NO_ID = ('id=""',)


def allow_lists(ex: Examination) -> Iterator[Symptom]:
    """Metrics whose series carry none of the labels they are there for."""
    for allowed in ALLOW_LISTS:
        metric = MEASURED[allowed.measurement].metric
        for cluster in ex.clusters:
            selector = f"{metric}{{{','.join(ex.of(cluster))}}}"
            names = ex.client.label_names(match=[selector], start=ex.span.start, end=ex.span.end) - {"__name__"}
            if any(name.startswith(allowed.prefix) for name in names):
                continue
            found = f"{metric} has only the labels {some(sorted(names))}" if names else f"no series of {metric}"
            yield Symptom(
                f"{allowed.measurement} are not shown",
                (found, f"no label {allowed.prefix}…"),
                allowed.loss,
                allowed.severity,
                allowed.cure,
                cluster,
            )


def namespace_labels(ex: Examination) -> Iterator[Symptom]:
    """Namespaces with pods whose labels are not told."""
    ex.need("pod seen")
    pods = f"count by {ex.by('namespace')} ({ex.vector('pod seen')})"
    untold = pods
    if not ex.lacks("namespace labels"):
        untold = f"{pods} unless on {ex.by('namespace')} {ex.vector('namespace labels')}"
    everything = ex.numbers("namespaces", f"count by {ex.by()} ({pods})")
    for (cluster,), frame in ex.ask("namespaces without labels", untold, ("namespace",)).group_by("cluster", maintain_order=True):
        whole = everything[str(cluster)]
        yield Symptom(
            "namespaces without labels",
            (f"{per(frame.height, whole, 'namespace')} without kube_namespace_labels: {some(frame['namespace'].to_list())}",),
            "cost by namespace label of these namespaces is `__unallocated__`",
            cluster=str(cluster),
            share=frame.height / whole,
        )


def exported_labels(ex: Examination) -> Iterator[Symptom]:
    """The exporter's labels were renamed by Prometheus."""
    for exporter, names in sorted(ex.dialect.labels.items()):
        renamed = sorted(name for name in names if name.startswith(EXPORTED))
        if renamed:
            yield Symptom(
                f"{exporter.value}: labels are renamed",
                (f"series carry {', '.join(renamed)}",),
                "nothing here: both spellings are read; other tools take the exporter's own pod and namespace for the workload's",
            )


def container_ids(ex: Examination) -> Iterator[Symptom]:
    """cAdvisor series whose id label was dropped."""
    metrics_of_usage(ex)
    without = ex.numbers("series without id", f"count by {ex.by()} ({ex.vector('memory used', NO_ID)})")
    every = ex.numbers("usage series", f"count by {ex.by()} ({ex.vector('memory used')})")
    for cluster, n in without.items():
        yield Symptom(
            "container ids are dropped",
            (f"{per(n, every[cluster], 'series')} of container_memory_working_set_bytes without the label id",),
            "CPU usage of restarted containers: a restart is told only by a falling counter, usage before the next scrape is lost; "
            "pods of one name that follow each other are told apart only by time",
            cluster=cluster,
            share=n / every[cluster],
        )
