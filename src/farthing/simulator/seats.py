"""Places for machines in pools, the machines that stand in them one after the other, and which pod sits where."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from farthing.core.errors import BadParameter

from .dice import DAY_SECONDS, between, draw, hexadecimal, renewals, stable_id, uid
from .plan import Cluster, Container, Hours, Kind, Organisation, Pool, Role, Workload

FOREVER = math.inf
ANYWHERE = "*"
FULL = 0.94  # of what can be requested of a machine is handed out to pods that stay
BOOT_SECONDS = 45  # from a node's creation until it takes pods
NOTICE_SECONDS = 30  # a node takes no pods any more so long before it goes
OVERLAP_SECONDS = 180  # a machine that is replaced in peace has its successor before it goes
SPOT_GAP_SECONDS = 70  # one that is taken away has it so long afterwards

Window = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """A machine's life as a node: `created` to `gone`; pods sit on it from `ready` to `drained` (unix s, whole; inf: for good)."""

    cluster: Cluster
    pool: Pool
    name: str
    address: str
    zone: str
    provider_id: str
    system_uuid: str
    created: float
    ready: float
    drained: float
    gone: float

    @property
    def asset_id(self) -> int:
        return stable_id("node", self.cluster.name, self.name, self.provider_id, self.system_uuid, float(self.created))


@dataclass(frozen=True)
class Seat:
    """A place in a pool. `kind` is base, burst or surge; `number` counts within the kind."""

    pool: Pool
    kind: str
    number: int

    @property
    def key(self) -> str:
        return f"{self.pool.name}/{self.kind}/{self.number}"


def seats_of(pool: Pool) -> list[Seat]:
    """All places of a pool, those that are always there first."""
    surges = sum(surge.count for surge in pool.surges)
    return [Seat(pool, kind, i) for kind, count in (("base", pool.base), ("burst", pool.burst), ("surge", surges)) for i in range(count)]


def daily_windows(hours: Hours, number: int, count: int, start: float, end: float, *key: object) -> Iterator[Window]:
    """Of `count` things that come by day, when the one called `number` is there: its windows that touch [start, end).

    Those that come first go last; each day is a little different.
    """
    for day in range(int(start // DAY_SECONDS) - 1, int(end // DAY_SECONDS) + 2):
        if (day + 3) % 7 >= 5 and not hours.weekend:
            continue
        place = hours.spread * (number + draw(*key, number, day, "up")) / count
        until = hours.spread * (number + draw(*key, number, day, "down")) / count
        window = (day * DAY_SECONDS + (hours.up + place) * 3600 // 1, day * DAY_SECONDS + (hours.down - until) * 3600 // 1)
        if window[0] < end and window[1] > start and window[0] < window[1]:
            yield window


def within(window: Window, since: float | None, until: float | None, founded: float) -> Window | None:
    """The part of a window in [since, until); None where there is none."""
    low, high = max(window[0], founded if since is None else since), min(window[1], FOREVER if until is None else until)
    return (low, high) if low < high else None


def nodes_of(organisation: Organisation, cluster: Cluster, seat: Seat, start: float, end: float) -> list[Node]:
    """The machines of a place whose lives touch [start, end)."""
    nodes = [_node(organisation, cluster, seat, life) for life in _lives(organisation, cluster, seat, start - 3600, end + 3600)]
    return [node for node in nodes if node.created < end and node.gone > start]


def _lives(organisation: Organisation, cluster: Cluster, seat: Seat, start: float, end: float) -> Iterator[tuple[float, ...]]:
    """`created`, `ready`, `drained`, `gone` of machines around [start, end)."""
    pool, key = seat.pool, (organisation.seed, cluster.name, seat.key)
    if seat.kind == "burst":
        for window in daily_windows(pool.hours, seat.number, pool.burst, start, end, *key):
            clipped = within(window, pool.since, pool.until, organisation.founded)
            if clipped and clipped[1] - clipped[0] > BOOT_SECONDS + NOTICE_SECONDS:
                yield clipped[0], clipped[0] + BOOT_SECONDS, clipped[1] - NOTICE_SECONDS, clipped[1]
        return
    low, high = pool.since, pool.until
    if seat.kind == "surge":
        surge = [one for one in pool.surges for _ in range(one.count)][seat.number]
        low, high = surge.since + 40 * seat.number, surge.until + 60 * seat.number
    begin, finish = organisation.founded if low is None else low, FOREVER if high is None else high
    if not pool.renew_days:
        yield begin, begin + BOOT_SECONDS, finish - NOTICE_SECONDS, finish
        return
    every = pool.renew_days * DAY_SECONDS
    inner = [float(int(t)) for t in renewals(every, max(begin, start - 2 * every), min(finish, end + 2 * every), *key)]
    inner = [t for t in inner if t - begin > DAY_SECONDS / 4 and finish - t > DAY_SECONDS / 4]
    first = [begin] if start - 2 * every <= begin else []
    last = [finish] if end + 2 * every >= finish else []
    for since, until in pairwise([*first, *inner, *last]):
        before, after = (SPOT_GAP_SECONDS, 0) if pool.spot else (-OVERLAP_SECONDS, NOTICE_SECONDS)
        created = since if since == begin else since + before
        drained = until - NOTICE_SECONDS if until == finish else until
        yield created, max(since, created + BOOT_SECONDS), drained, until if until == finish else until + after


def _node(organisation: Organisation, cluster: Cluster, seat: Seat, life: tuple[float, ...]) -> Node:
    pool = seat.pool
    key = (organisation.seed, cluster.name, seat.key, life[0])
    digits = hexadecimal(32, *key)
    zone = cluster.zones[(seat.number + int(digits[0], 16) * (pool.spot or seat.kind != "base")) % len(cluster.zones)]
    address = f"172.{16 + int(digits[0], 16)}.{int(digits[1:3], 16)}.{1 + int(digits[3:5], 16) % 254}"
    system = uid(*key, "system")
    if cluster.cloud == "aws":
        name = f"ip-{address.replace('.', '-')}.{cluster.region}.compute.internal"
        provider = f"aws:///{zone}/i-{digits[5:22]}"
    elif cluster.cloud == "gcp":
        name = f"gke-{cluster.name}-{pool.name}-{hexadecimal(8, organisation.seed, pool.name)}-{digits[5:9]}"
        provider = f"gce://{slug(organisation.name)}-{cluster.name}/{zone}/{name}"
    else:
        name = f"aks-{pool.name}-{int(digits[5:12], 16) % 10**8:08d}-vmss{digits[12:18]}"
        group = f"{slug(organisation.name)}-{cluster.name}"
        provider = f"azure:///subscriptions/{uid(group)}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{name}"
    return Node(cluster, pool, name, address, zone, provider, system, *life)


def slug(name: str) -> str:
    """A name as it may stand in an address.

    >>> slug("Wren & Co")
    'wren-co'
    """
    return "-".join(re.findall("[a-z0-9]+", name.lower()))


def cluster_number(organisation: Organisation, cluster: Cluster) -> int:
    """Counts clusters from 1."""
    return 1 + organisation.clusters.index(cluster)


def labels_of(node: Node) -> dict[str, str]:
    """A node's labels, as Kubernetes spells them."""
    cluster, pool = node.cluster, node.pool
    labels = {
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": pool.machine.name,
        "topology.kubernetes.io/region": cluster.region,
        "topology.kubernetes.io/zone": node.zone,
    }
    if pool.machine.cards:
        labels["nvidia.com/gpu.product"] = pool.machine.card_model
    if cluster.cloud == "aws":
        return labels | {"eks.amazonaws.com/nodegroup": pool.name, "eks.amazonaws.com/capacityType": "SPOT" if pool.spot else "ON_DEMAND"}
    if cluster.cloud == "gcp":
        return labels | {"cloud.google.com/gke-nodepool": pool.name} | ({"cloud.google.com/gke-spot": "true"} if pool.spot else {})
    return labels | {"kubernetes.azure.com/agentpool": pool.name} | ({"kubernetes.azure.com/scalesetpriority": "spot"} if pool.spot else {})


@cache
def seating(organisation: Organisation) -> dict[tuple[str, str, str, str, bool, int], Seat]:
    """Where each replica sits: by cluster, namespace, workload, pool, whether it is a burst one, and its number.

    Raises BadParameter where a pool has no room for what is declared in it.
    """
    found: dict[tuple[str, str, str, str, bool, int], Seat] = {}
    for cluster in organisation.clusters:
        for pool in cluster.pools:
            mine = [w for w in cluster.workloads if w.pool == pool.name and w.kind is not Kind.DAEMONSET and not w.unschedulable]
            agents = [w for w in cluster.workloads if w.kind is Kind.DAEMONSET and w.pool in (ANYWHERE, pool.name)]
            _seat_pool(cluster, pool, mine, agents, found)
    return found


def requested_of(workload: Workload) -> tuple[float, float, float]:
    """The most cores, GiB and cards that the scheduler reserves for a pod of a workload in any of its versions (ledger 2)."""
    wants = [
        (
            _reserved([(c, c.cpu or 0.0) for c in version.containers]) + workload.overhead[0],
            _reserved([(c, c.gib or 0.0) for c in version.containers]) + workload.overhead[1],
            _reserved([(c, float(c.cards)) for c in version.containers]),
        )
        for version in workload.versions
    ]
    return max(w[0] for w in wants), max(w[1] for w in wants), max(w[2] for w in wants)


def _reserved(requests: list[tuple[Container, float]]) -> float:
    beside = sum(amount for c, amount in requests if c.role is Role.SIDECAR)
    plain = sum(amount for c, amount in requests if c.role is Role.CONTAINER)
    return beside + max(plain, *(amount for c, amount in requests if c.role is Role.INIT), 0.0)


def _seat_pool(
    cluster: Cluster, pool: Pool, workloads: list[Workload], agents: list[Workload], found: dict[tuple[str, str, str, str, bool, int], Seat]
) -> None:
    taken = [sum(part) for part in zip(*(requested_of(w) for w in agents), strict=True)] or [0.0, 0.0, 0.0]
    machine = pool.machine
    room = (
        (machine.cores - pool.reserved_cores) * FULL - taken[0],
        (machine.gib - pool.reserved_gib) * FULL - taken[1],
        float(machine.cards),
    )
    seats = [seat for seat in seats_of(pool) if seat.kind != "surge"]
    free = {seat.key: list(room) for seat in seats}
    several: dict[tuple[str, str], int] = {}
    for workload in sorted(workloads, key=lambda w: (-requested_of(w)[2], -requested_of(w)[0], w.namespace, w.name)):
        wants = requested_of(workload)
        for burst, number in [(False, i) for i in range(workload.replicas)] + [(True, i) for i in range(workload.burst)]:
            kind = "burst" if burst and pool.burst else "base"
            fitting = [s for s in seats if s.kind == kind and all(f >= w for f, w in zip(free[s.key], wants, strict=True))]
            if not fitting:
                raise BadParameter(
                    f"no machine of pool {pool.name} in {cluster.name} has room for {workload.namespace}/{workload.name}, replica {number}",
                    expected=f"{wants[0]:g} cores, {wants[1]:g} GiB and {wants[2]:g} cards free on one of {len(seats)} machines",
                    cure="declare more or larger machines in the pool",
                )
            name = f"{workload.namespace}/{workload.name}"
            seat = min(fitting, key=lambda s: (several.get((s.key, name), 0), -free[s.key][0] / room[0], s.number))
            several[seat.key, name] = several.get((seat.key, name), 0) + 1
            for part, want in enumerate(wants):
                free[seat.key][part] -= want
            found[cluster.name, workload.namespace, workload.name, pool.name, burst, number] = seat


def spread(low: float, high: float, *key: object) -> float:
    """A draw on a scale of factors: as often between 1 and 2 as between 2 and 4."""
    return math.exp(between(math.log(low), math.log(high), *key))
