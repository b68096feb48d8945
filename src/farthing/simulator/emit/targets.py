"""What a Prometheus scrapes of an organisation: kube-state-metrics of each cluster, and the cAdvisor of each node."""

from __future__ import annotations

from farthing.core.ledger import Span
from farthing.simulator.plan import Cluster, Organisation
from farthing.simulator.population import population
from farthing.simulator.seats import Node

from .series import Target

STATE_JOB, USAGE_JOB = "kube-state-metrics", "kubelet"
STATE_PHASE = 13_457
FIRST_PHASE, PHASE_STEP = 1_097, 2_503


def state_target(organisation: Organisation, cluster: Cluster) -> Target:
    """kube-state-metrics of a cluster."""
    labels = (
        ("cluster", cluster.name),
        ("job", STATE_JOB),
        ("instance", "10.100.0.2:8080"),
        ("endpoint", "http"),
        ("service", "kube-prometheus-stack-kube-state-metrics"),
        ("namespace", "monitoring"),
        ("pod", "kube-prometheus-stack-kube-state-metrics-7d9c6f5b8-x2lqv"),
        ("container", "kube-state-metrics"),
    )
    return Target(STATE_JOB, cluster.name, "", labels, STATE_PHASE % (1000 * organisation.scrape_seconds))


def usage_target(organisation: Organisation, node: Node) -> Target:
    """The cAdvisor of a node."""
    labels = (
        ("cluster", node.cluster.name),
        ("job", USAGE_JOB),
        ("instance", f"{node.address}:10250"),
        ("endpoint", "https-metrics"),
        ("service", "kube-prometheus-stack-kubelet"),
        ("namespace", "kube-system"),
        ("node", node.name),
        ("metrics_path", "/metrics/cadvisor"),
    )
    phase = (FIRST_PHASE + PHASE_STEP * (node.asset_id % 24)) % (1000 * organisation.scrape_seconds)
    return Target(USAGE_JOB, node.cluster.name, node.name, labels, phase)


def targets(organisation: Organisation, at: float) -> list[Target]:
    """What there is to scrape at a moment (unix s)."""
    there = population(organisation, Span(at, at + 1))
    states = [state_target(organisation, cluster) for cluster in organisation.clusters]
    return states + [usage_target(organisation, node) for node in there.nodes if node.created <= at < node.gone]
