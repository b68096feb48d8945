"""The demo's organisation: who runs what on which machines, in tables, over one day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from farthing.core.windows import Window

from .cluster import Cluster, Load, Node
from .series import Daily, Series

MIDNIGHT = datetime(2026, 10, 6, tzinfo=UTC)  # a Tuesday
WINDOW = Window(MIDNIGHT, MIDNIGHT + timedelta(days=1))
AROUND = timedelta(minutes=30)  # the data begins before the day and ends after it

PRODUCTION, BUILD = "production", "build"
REGION = "eu-central-1"
ZONES = ("eu-central-1a", "eu-central-1b")

NODES: dict[str, tuple[Node, ...]] = {
    PRODUCTION: (
        Node("app-1", 4, 16, "m6i.xlarge", ZONES[0]),
        Node("app-2", 4, 16, "m6i.xlarge", ZONES[1]),
        Node("gpu-1", 4, 16, "g5.xlarge", ZONES[0], cards=1),
        Node("spare-1", 8, 32, "m6i.2xlarge", ZONES[1]),  # a pool that nobody uses any more
    ),
    BUILD: (
        Node("base-1", 2, 8, "m6i.large", ZONES[0]),
        Node("burst-1", 8, 16, "c6i.2xlarge", ZONES[1], spot=True, first=7.5, last=19.25),
    ),
}

TEAMS: dict[str, dict[str, str]] = {
    PRODUCTION: {
        "shop": "storefront",
        "payments": "payments",
        "analytics": "data",
        "recommendations": "machine-learning",
        "monitoring": "platform",
        "kube-system": "platform",
    },
    BUILD: {"ci": "platform", "preview": "storefront", "kube-system": "platform"},
}

BUSY = Daily(0.15, 0.80)
STEADY = Daily(0.30, 0.45)
LAZY = Daily(0.02, 0.08)
FULL = Daily(0.95, 0.95)


@dataclass(frozen=True)
class Workload:
    """A deployment, stateful set or daemon set that runs all day, one pod on each of `nodes`.

    `claims`: GiB of the volume of each pod. `rollout`: the hour at which all its pods are replaced. `exposed`: behind a load balancer.
    """

    cluster: str
    namespace: str
    kind: str
    name: str
    nodes: tuple[str, ...]
    load: Load
    claims: float = 0
    rollout: float | None = None
    exposed: str = ""


@dataclass(frozen=True)
class Runs:
    """Jobs of one kind: each begins at one of `hours` and takes its number of `seconds`."""

    cluster: str
    namespace: str
    name: str
    node: str
    load: Load
    hours: tuple[float, ...]
    seconds: tuple[float, ...]
    scheduled: bool = True


WORKLOADS: tuple[Workload, ...] = (
    Workload(
        PRODUCTION, "shop", "Deployment", "web", ("app-1", "app-2", "app-2"), Load(0.5, 1, BUSY, 0.7, sends=400_000),
        rollout=10.7, exposed="shop.example.com",
    ),
    Workload(PRODUCTION, "shop", "Deployment", "search", ("app-1", "app-2"), Load(0.6, 2, BUSY, 0.8, sends=90_000)),
    Workload(PRODUCTION, "payments", "Deployment", "api", ("app-1", "app-2"), Load(0.4, 1, STEADY, 0.5, sends=60_000)),
    Workload(PRODUCTION, "payments", "StatefulSet", "ledger-db", ("app-1",), Load(0.5, 4, STEADY, 0.9), claims=200),
    Workload(PRODUCTION, "analytics", "StatefulSet", "warehouse", ("app-2",), Load(0.5, 6, LAZY, 0.35), claims=500),
    Workload(PRODUCTION, "recommendations", "Deployment", "inference", ("gpu-1", "gpu-1"), Load(0.7, 3, BUSY, 0.6, sends=30_000)),
    Workload(PRODUCTION, "monitoring", "StatefulSet", "prometheus", ("app-1",), Load(0.3, 3, STEADY, 0.8), claims=80),
    Workload(PRODUCTION, "monitoring", "Deployment", "grafana", ("app-2",), Load(0.2, 0.5, LAZY, 0.4)),
    Workload(PRODUCTION, "kube-system", "Deployment", "coredns", ("app-1", "app-2"), Load(0.1, 0.125, STEADY, 0.4)),
    Workload(PRODUCTION, "kube-system", "DaemonSet", "node-agent", ("app-1", "app-2", "gpu-1", "spare-1"), Load(0.1, 0.25, STEADY, 0.5)),
    Workload(BUILD, "kube-system", "Deployment", "coredns", ("base-1",), Load(0.1, 0.125, STEADY, 0.4)),
    Workload(BUILD, "kube-system", "DaemonSet", "node-agent", ("base-1", "burst-1"), Load(0.1, 0.25, STEADY, 0.5)),
    Workload(BUILD, "preview", "Deployment", "web", ("base-1", "base-1"), Load(0.4, 1, LAZY, 0.3)),
)  # fmt: skip

RUNS: tuple[Runs, ...] = (
    Runs(PRODUCTION, "recommendations", "training", "gpu-1", Load(2, 8, FULL, 0.9, cards=1), (1.0,), (6.2 * 3600,), scheduled=False),
    Runs(PRODUCTION, "analytics", "nightly-report", "app-2", Load(1, 2, FULL, 0.6), (2.0,), (2700,)),
    Runs(PRODUCTION, "payments", "settle", "app-1", Load(0.25, 0.5, FULL, 0.5), tuple(h + 0.25 for h in range(24)), (40, 25, 95)),
    Runs(
        BUILD, "ci", "build", "burst-1", Load(3, 5, FULL, 0.7),
        (8.1, 8.4, 8.9, 9.3, 9.8, 10.2, 10.6, 11.1, 11.5, 13.0, 13.4, 13.9, 14.2, 14.8, 15.3, 15.9, 16.4, 17.2),
        (1220, 1810, 395, 980, 1500, 640), scheduled=False,
    ),
    Runs(BUILD, "ci", "lint", "burst-1", Load(0.5, 0.5, FULL, 0.4), tuple(8.05 + 0.75 * i for i in range(14)), (18, 31, 12),
        scheduled=False),
)  # fmt: skip

# (cluster, namespace, claim, GiB): volumes that no pod mounts.
FORGOTTEN: tuple[tuple[str, str, str, float], ...] = ((PRODUCTION, "analytics", "import-2024", 300),)


def organisation() -> Iterator[Series]:
    """Every series of the organisation's day."""
    start, end = (WINDOW.start - AROUND).timestamp(), (WINDOW.end + AROUND).timestamp()
    midnight = MIDNIGHT.timestamp()
    for name, nodes in NODES.items():
        cluster = Cluster(name, start, end)
        for node in nodes:
            cluster.node(node, midnight, REGION)
        for namespace, team in TEAMS[name].items():
            cluster.namespace(namespace, team)
        for workload in WORKLOADS:
            if workload.cluster == name:
                _all_day(cluster, workload, midnight)
        for runs in RUNS:
            if runs.cluster == name:
                _now_and_then(cluster, runs, midnight)
        for place, namespace, claim, gib in FORGOTTEN:
            if place == name:
                cluster.volume(namespace, claim, gib)
        yield from cluster.series()


def _all_day(cluster: Cluster, workload: Workload, midnight: float) -> None:
    team = TEAMS[workload.cluster][workload.namespace]
    lives: list[tuple[str, float | None, float | None]] = [("6d9c5f7b8", None, None)]
    if workload.rollout is not None:
        change = midnight + workload.rollout * 3600
        lives = [("6d9c5f7b8", None, change + 45), ("7f4b8d6c5", change, None)]
    hours = {node.name: (node.first, node.last) for node in NODES[workload.cluster]}
    ready: list[tuple[str, float | None, float | None]] = []
    for revision, born, gone in lives:
        owner = (workload.kind, workload.name)
        if workload.kind == "Deployment":
            owner = cluster.deployment(workload.namespace, workload.name, revision)
        for index, node in enumerate(workload.nodes):
            name = f"{workload.name}-{index}" if workload.kind == "StatefulSet" else f"{owner[1]}-{cluster.identifier(owner[1], index)[:5]}"
            claim = f"data-{name}" if workload.claims else ""
            if claim:
                cluster.volume(workload.namespace, claim, workload.claims)
            # A daemon set's pod comes and goes with its node.
            came, went = (None if hour is None else midnight + hour * 3600 for hour in hours[node])
            bound, removed = born if came is None else came + 15, gone if went is None else went - 5
            address = cluster.pod(
                workload.namespace,
                name,
                node,
                workload.load,
                app=workload.name,
                team=team,
                owner=owner,
                bound=bound,
                removed=removed,
                claim=claim,
            )
            ready.append((address, bound, removed))
    if workload.exposed:
        cluster.load_balancer(workload.namespace, workload.name, workload.exposed, ready)


def _now_and_then(cluster: Cluster, runs: Runs, midnight: float) -> None:
    team = TEAMS[runs.cluster][runs.namespace]
    for index, hour in enumerate(runs.hours):
        bound = midnight + round(hour * 3600) + 1.5
        done = bound + runs.seconds[index % len(runs.seconds)]
        number = f"{runs.name}-{29_000_000 + round(bound / 60) % 1_000_000}"
        owner = cluster.job(runs.namespace, number, runs.name if runs.scheduled else "", bound, done + 1800)
        name = f"{number}-{cluster.identifier(number)[:5]}"
        cluster.pod(runs.namespace, name, runs.node, runs.load, app=runs.name, team=team, owner=owner, bound=bound, done=done)
