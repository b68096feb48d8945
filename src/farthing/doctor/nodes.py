"""Nodes: unknown ones, ones without capacity, shared cards, nodes priced by pod."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from farthing.core.schema import Mark

from .costed_hour import CostedHour
from .examination import MEASURED, Examination, NotPossible
from .findings import Severity, Symptom
from .wording import count, per, percent, some

REPLICAS = "label_nvidia_com_gpu_replicas"
OTHER_CARDS = re.compile(r".*(gpu|mig|vgpu|tpu|neuron|gaudi).*", re.IGNORECASE)


def unknown_nodes(ex: Examination) -> Iterator[Symptom]:
    """Pods on nodes that kube-state-metrics does not tell of."""
    ex.need("pod info", "node seen")
    promql = f"count by {ex.by('node')} ({ex.vector('pod info')} unless on {ex.by('node')} {ex.vector('node seen')})"
    for (cluster,), frame in ex.ask("pods on unknown nodes", promql, ("node",)).group_by("cluster", maintain_order=True):
        weight = ex.costed_hour.marked(Mark.NODE_INFERRED, str(cluster))
        yield Symptom(
            "pods on unknown nodes",
            (f"{count(sum(frame['v']), 'pod')} on {count(frame.height, 'node')} without kube_node_info: {some(frame['node'].to_list())}",),
            "their capacity is taken as what their pods hold: idle cost of these nodes is not seen, and no price by instance type hits"
            + (f"; {weight.words} rest on it" if weight else ""),
            cluster=str(cluster),
            money=weight.money if weight else None,
            share=weight.share if weight else None,
        )


def nodes_without_capacity(ex: Examination) -> Iterator[Symptom]:
    """Nodes that are known but not their size."""
    ex.need("node seen", "node capacity")
    for resource, unit in (("cpu", "CPU"), ("memory", "memory")):
        sized = ex.vector("node capacity", (f'resource="{resource}"',))
        promql = f"count by {ex.by('node')} ({ex.vector('node seen')} unless on {ex.by('node')} {sized})"
        for (cluster,), frame in ex.ask(f"nodes without {resource}", promql, ("node",)).group_by("cluster", maintain_order=True):
            yield Symptom(
                f"nodes without {unit} capacity",
                (
                    f'{count(frame.height, "node")} without kube_node_status_capacity{{resource="{resource}"}}: '
                    + some(frame["node"].to_list()),
                ),
                f"{unit} of these nodes counts as 0: it costs nothing, and neither do the pods on it",
                cluster=str(cluster),
            )


def shared_cards(ex: Examination) -> Iterator[Symptom]:
    """Cards that are told several times (time-slicing), or under names that are not counted."""
    ex.need("node capacity")
    if not ex.lacks("node labels"):
        yield from _time_sliced(ex)
    metric = MEASURED["node capacity"].metric
    counted = MEASURED["node capacity"].where[0]
    known = set(re.findall(r"\w+", counted))
    names = ex.client.label_values("resource", match=[metric], start=ex.span.start, end=ex.span.end)
    other = [name for name in names if name not in known and OTHER_CARDS.fullmatch(name)]
    if other:
        amounts = ex.ask("cards by other names", f'sum by {ex.by("resource")} ({metric}{{resource=~"{"|".join(other)}"}})', ("resource",))
        for (cluster,), frame in amounts.group_by("cluster", maintain_order=True):
            shown = some(f"{resource} ({n:,.0f})" for resource, n in frame.select("resource", "v").iter_rows())
            yield Symptom(
                "card resources that are not counted",
                (f"{metric} has the resources {shown}",),
                "slices and partitions of cards: they cost nothing, the pods that hold them pay for CPU and memory only",
                cluster=str(cluster),
            )


def _time_sliced(ex: Examination) -> Iterator[Symptom]:
    nodes = ex.ask("shared cards", f'count by {ex.by("node", REPLICAS)} (kube_node_labels{{{REPLICAS}=~".+"}})', ("node", REPLICAS))
    sliced = nodes.with_columns(pl.col(REPLICAS).cast(pl.Float64, strict=False).alias("replicas")).filter(pl.col("replicas") > 1)
    for (cluster,), frame in sliced.group_by("cluster", maintain_order=True):
        hour = ex.costed_hour
        over = _overstated(hour, str(cluster), frame)
        yield Symptom(
            "cards are time-sliced",
            (
                f"{REPLICAS} above 1 on {count(frame.height, 'node')}: "
                + some(f"{node} ({n:.0f})" for node, n in frame.select("node", "replicas").iter_rows()),
            ),
            "each replica counts as a whole card: GPU cost is as many times too high"
            + (f", {hour.of_all(over, str(cluster))} too much" if over is not None else ""),
            cluster=str(cluster),
            money=over,
            share=over / hour.total(str(cluster)) if over is not None and hour.total(str(cluster)) else None,
        )


def _overstated(hour: CostedHour, cluster: str, nodes: pl.DataFrame) -> float | None:
    """$ of GPU cost that would not be there if `replicas` slices made one card; None without prices."""
    if hour.ledger is None:
        return None
    costs = hour.ledger.asset.filter((pl.col("cluster") == cluster) & (pl.col("kind") == "node")).select(node="name", gpu_cost="gpu_cost")
    joined = costs.join(nodes.select("node", "replicas"), on="node").drop_nulls("gpu_cost")
    if joined.height == 0:
        return None
    return float(joined.select((pl.col("gpu_cost") * (1 - 1 / pl.col("replicas"))).sum()).item())


def pod_priced_nodes(ex: Examination) -> Iterator[Symptom]:
    """Nodes that are priced by pod: Fargate, virtual kubelets."""
    if ex.lacks("node labels"):
        raise NotPossible("the server has no kube_node_labels")
    hour = ex.costed_hour
    nodes = hour.facts.capacity.filter(pl.col("kind") == "node")
    for (cluster,), frame in nodes.group_by("cluster", maintain_order=True):
        by_pod = frame.filter(pl.col("pricing") == "pod").sort("name")
        if by_pod.height == 0:
            continue
        cores = float(by_pod["cpu"].sum()) / float(frame["cpu"].sum()) if float(frame["cpu"].sum()) else 0.0
        yield Symptom(
            "nodes priced by pod",
            (f"{per(by_pod.height, frame.height, 'node')} are Fargate or virtual: {some(by_pod['name'].to_list())}",),
            f"nothing: their capacity is what their pods request ({percent(cores)} of all core-hours), they have no idle; "
            "the provider's rounding up to its pod sizes is not in the price",
            Severity.INFO,
            cluster=str(cluster),
        )
