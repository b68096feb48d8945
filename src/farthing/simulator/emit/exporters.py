"""Everything that the exporters of an organisation show in a span."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from farthing.core.ledger import Span
from farthing.simulator.plan import Organisation
from farthing.simulator.population import Population, population

from .pod_state import PodState
from .series import Series
from .state import State
from .targets import state_target, usage_target
from .usage import cgroup, usage


def shown(organisation: Organisation, span: Span, *, metrics: Collection[str] | None = None, cgroups: bool = True) -> Iterator[Series]:
    """Every series that is shown at some time in `span` (unix s).

    metrics: only of these. cgroups: also what cAdvisor shows of pods as a whole, a sum of their containers.
    """
    there = population(organisation, span)
    for series in _all(organisation, there, cgroups=cgroups):
        there_then = series.start < min(series.end, span.end) and series.end >= span.start
        if there_then and (metrics is None or series.metric in metrics):
            yield series


def _all(organisation: Organisation, there: Population, *, cgroups: bool) -> Iterator[Series]:
    until = there.span.end
    for cluster in organisation.clusters:
        state = State(organisation, cluster, state_target(organisation, cluster))
        mine = [p for p in there.pods if p.cluster is cluster]
        kubelets = {(n.name, n.created): usage_target(organisation, n) for n in there.nodes if n.cluster is cluster}
        yield state.show("up", (), organisation.founded, float("inf"))
        for node in there.nodes:
            if node.cluster is cluster:
                yield from state.node(node)
                yield Series("up", (), kubelets[node.name, node.created], node.created, node.gone, 1.0)
        yield from state.namespaces()
        yield from state.owners(mine)
        for volume in there.volumes:
            if volume.cluster is cluster:
                yield from state.volume(volume)
        yield from state.services([b for b in there.balancers if b.cluster is cluster])
        told = PodState(state)
        for pod in mine:
            yield from told.pod(pod, until)
            yield from state.endpoint(pod)
            target = kubelets.get((pod.node.name, pod.node.created)) if pod.node else None
            if target is not None:
                yield from usage(pod, target, until)
                if cgroups:
                    yield from cgroup(pod, target)
