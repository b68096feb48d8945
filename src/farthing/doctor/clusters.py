"""Which cluster a series belongs to: clusters without an id, and two under one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from farthing.metering.prometheus import InstantQuestion

from .examination import Examination
from .findings import Severity, Symptom
from .wording import count, some, when

APART_SECONDS = 600  # two that are seen now and were seen this long ago do not follow each other
BORN_ONCE: dict[str, str] = {
    "kube_namespace_created": 'namespace="kube-system"',
    "kube_service_created": 'namespace="default",service="kubernetes"',
}
"""Objects that a cluster has exactly one of, from its first minute on: two creation times are two clusters."""


def cluster_ids(ex: Examination) -> Iterator[Symptom]:
    """Series without a cluster label."""
    label, name = ex.dialect.cluster_label, ex.dialect.default_cluster
    if label is None:
        stand_in = name == "default"
        yield Symptom(
            "no cluster label",
            (f"no series of kube-state-metrics has a label that tells clusters apart; the cluster is called {name!r}",),
            "nothing while there is one cluster; a second one on this server would be added up with it"
            if stand_in
            else "nothing: the name is the one you set, or the server's external label",
            Severity.INFO,
            cluster=name,
        )
        return
    seen = ex.beat
    noun = seen.split()[0]
    question = InstantQuestion("clusters", f"count by ({label}) ({ex.vector(seen)})", (label,), ex.at)
    found = dict(ex.client.ask([question])[0].select(label, "v").iter_rows())
    bare = found.pop(None, 0)
    if bare:
        mixed = found.get(name)
        yield Symptom(
            "a cluster without id",
            (f"{count(bare, noun)} without the label {label}, beside {', '.join(f'{c} ({n:,.0f})' for c, n in sorted(found.items()))}",),
            f"their cost stands under the cluster {name!r}" + (f", mixed with the one of that name ({mixed:,.0f})" if mixed else ""),
            Severity.ERROR if mixed else Severity.WARNING,
            cluster=name,
            share=bare / (bare + mixed) if mixed else None,
        )
    with_label = f'{label}!=""'
    usage = [m for m in ("memory used", "cpu used") if not ex.lacks(m)]
    if usage and not ex.ask("usage by cluster", f"count({ex.vector(usage[0], (with_label,))})").height:
        yield Symptom(
            "usage without cluster id",
            (f"no cAdvisor series has the label {label}; those of kube-state-metrics have",),
            "usage is not matched to pods: they pay only for what they request",
            Severity.ERROR,
        )


def two_in_one(ex: Examination) -> Iterator[Symptom]:
    """Two clusters whose series bear one id."""
    evidence: dict[str, list[str]] = {}
    for found in (_born_twice(ex), _under_two(ex, "node", "provider_id"), _under_two(ex, "uid", "node")):
        for cluster, text in found:
            evidence.setdefault(cluster, []).append(text)
    for cluster, texts in sorted(evidence.items()):
        yield Symptom(
            f"two clusters under the id {cluster!r}",
            tuple(texts),
            "both are added up as one; nodes, namespaces and pods of the same name are taken for one object: "
            "their cost is too low or stands under the wrong owner",
            cluster=cluster,
        )


def _born_twice(ex: Examination) -> Iterator[tuple[str, str]]:
    for metric, which in BORN_ONCE.items():
        promql = f'count_values by {ex.by()} ("created", {metric}{{{which}}})'
        for (cluster,), births in ex.ask(f"births by {metric}", promql, ("created",)).group_by("cluster", maintain_order=True):
            if births.height > 1:
                times = sorted(map(float, births["created"].to_list()))
                yield str(cluster), f"{metric}{{{which}}} has {len(times)} values at once: {some(when(t) for t in times)}"


def _under_two(ex: Examination, one: str, two: str) -> Iterator[tuple[str, str]]:
    """Objects (`one`) that show two values of the label `two`, now and some minutes ago."""
    name = "node seen" if one == "node" else "pod info"
    if ex.lacks(name):
        return
    vector = ex.vector(name, (f'{two}!=""',))
    promql = f"count by {ex.by(one)} (count by {ex.by(one, two)} ({vector})) > 1"
    now, before = (ex.ask(f"{one} with two of {two}", promql, (one,), at=t) for t in (ex.at, ex.at - APART_SECONDS))
    both = now.join(before, on=["cluster", one], how="semi").drop_nulls(one)
    for (cluster,), frame in both.group_by("cluster", maintain_order=True):
        shown = some(f"{o} ({n:.0f})" for o, n in frame.select(one, pl.col("v")).iter_rows())
        yield str(cluster), f"{count(frame.height, one)} with more than one {two} at once, ten minutes apart: {shown}"
