"""Everything that is there in a span: machines, pods, volumes, load balancers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from farthing.core.ledger import Span

from .dice import hexadecimal, stable_id, uid
from .jobs import jobs_of
from .plan import Cluster, Organisation, Workload
from .pods import Pod
from .replicas import replicas_of
from .seats import FOREVER, Node, nodes_of, seats_of

ADDRESS_SECONDS = 75.0  # a load balancer has its address so long after its service was made
READY_SECONDS = 4.0  # a pod stands ready behind its service so long after it started


@dataclass(frozen=True)
class Volume:
    """A volume from `created` to `gone`; `claim` is empty where nobody claims it."""

    cluster: Cluster
    name: str
    handle: str
    storage_class: str
    gib: float
    namespace: str
    claim: str
    created: float
    gone: float

    @property
    def asset_id(self) -> int:
        return stable_id("disk", self.cluster.name, self.name, self.handle, float(self.created))


@dataclass(frozen=True)
class Balancer:
    """A service of type LoadBalancer: made at `created`, with an address from `addressed` to `gone`."""

    cluster: Cluster
    namespace: str
    service: str
    uid: str
    hostname: str
    created: float
    addressed: float
    gone: float

    @property
    def name(self) -> str:
        return f"{self.namespace}/{self.service}"

    @property
    def asset_id(self) -> int:
        return stable_id("load_balancer", self.cluster.name, self.hostname)


@dataclass(frozen=True)
class Population:
    """What is there at some time in `span`."""

    span: Span
    nodes: tuple[Node, ...]
    pods: tuple[Pod, ...]
    volumes: tuple[Volume, ...]
    balancers: tuple[Balancer, ...]


def population(organisation: Organisation, span: Span) -> Population:
    """Everything whose life touches `span`; nothing is there before the organisation was founded."""
    start, end = max(span.start, organisation.founded), span.end
    nodes: list[Node] = []
    pods: list[Pod] = []
    volumes: list[Volume] = []
    balancers: list[Balancer] = []
    if start < end:
        for cluster in organisation.clusters:
            nodes += [n for pool in cluster.pools for seat in seats_of(pool) for n in nodes_of(organisation, cluster, seat, start, end)]
            pods += pods_of(organisation, cluster, start, end)
            volumes += [v for v in volumes_of(organisation, cluster) if v.created < end and v.gone > start]
            balancers += [b for b in balancers_of(organisation, cluster) if b.created < end and b.gone > start]
    return Population(span, tuple(nodes), tuple(pods), tuple(volumes), tuple(balancers))


def pods_of(organisation: Organisation, cluster: Cluster, start: float, end: float) -> Iterator[Pod]:
    """Every pod of a cluster whose object is there at some time in [start, end)."""
    for workload in cluster.workloads:
        for pod in replicas_of(organisation, cluster, workload, start, end):
            if pod.created < end and pod.gone > start:
                yield pod
    for runs in cluster.runs:
        yield from jobs_of(organisation, cluster, runs, start, end)


def volumes_of(organisation: Organisation, cluster: Cluster) -> list[Volume]:
    """All volumes that a cluster ever has."""
    found = []
    for workload in cluster.workloads:
        if workload.claim_gib:
            for replica in range(workload.replicas):
                claim = f"data-{workload.name}-{replica}"
                name = f"pvc-{uid(organisation.seed, cluster.name, workload.namespace, claim, workload.pool)}"
                life = _life(organisation, workload)
                found.append(
                    _volume(organisation, cluster, name, workload.claim_gib, workload.storage_class, workload.namespace, claim, *life)
                )
    for disk in cluster.disks:
        since = organisation.founded if disk.since is None else disk.since
        gone = FOREVER if disk.until is None else disk.until
        found.append(_volume(organisation, cluster, disk.name, disk.gib, disk.storage_class, disk.namespace, disk.claim, since, gone))
    return found


def balancers_of(organisation: Organisation, cluster: Cluster) -> list[Balancer]:
    """All load balancers that a cluster ever has."""
    found = []
    for workload in cluster.workloads:
        if workload.service != "LoadBalancer":
            continue
        created, gone = _life(organisation, workload)
        key = (organisation.seed, cluster.name, workload.namespace, workload.name, "service")
        digits = hexadecimal(32, *key)
        host = {
            "aws": f"{digits}-{int(digits[:8], 16) % 10**10:010d}.elb.{cluster.region}.amazonaws.com",
            "gcp": f"34.{int(digits[:2], 16)}.{int(digits[2:4], 16)}.{int(digits[4:6], 16)}",
            "azure": f"20.{int(digits[:2], 16)}.{int(digits[2:4], 16)}.{int(digits[4:6], 16)}",
        }[cluster.cloud]
        found.append(
            Balancer(cluster, workload.namespace, workload.name, uid(*key), host, created, min(created + ADDRESS_SECONDS, gone), gone)
        )
    return found


def _life(organisation: Organisation, workload: Workload) -> tuple[float, float]:
    since = organisation.founded if workload.since is None else workload.since
    return since, FOREVER if workload.until is None else workload.until


def _volume(
    organisation: Organisation,
    cluster: Cluster,
    name: str,
    gib: float,
    storage_class: str,
    namespace: str,
    claim: str,
    created: float,
    gone: float,
) -> Volume:
    digits = hexadecimal(17, organisation.seed, cluster.name, name, created)
    handle = f"vol-{digits}" if cluster.cloud == "aws" else f"projects/{cluster.name}/zones/{cluster.zones[0]}/disks/{name}"
    return Volume(cluster, name, handle, storage_class, gib, namespace, claim, created, gone)
