"""Organisations of any size for tests and benchmarks: everything that a cluster may do, at once."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from farthing.core.errors import BadParameter

from .dice import draw
from .plan import Cluster, Container, Disk, Kind, Machine, Namespace, Organisation, Pool, Rates, Role, Runs, Version, Workload
from .rhythm import STEADY, Rhythm
from .seats import requested_of

FOUNDED = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday
SMALLEST = 20
TEAMS = ("checkout", "payments", "search", "catalog", "identity", "logistics", "growth", "media", "insights", "support")
STAGES = ("prod", "staging")
SERVICES = ("api", "worker", "gateway", "indexer", "scheduler", "frontend", "cache-warmer", "event-consumer", "report-builder", "webhook")
SIDECARS = ("istio-proxy", "otel-collector", "config-reloader")
CPU = (0.05, 0.1, 0.1, 0.25, 0.25, 0.5, 1.0)
GIB = (0.0625, 0.125, 0.25, 0.25, 0.5, 1.0, 2.0)
MACHINES = (
    Machine("m6i.4xlarge", 16, 64, 0.768, spot_usd=0.29),
    Machine("c6i.8xlarge", 32, 64, 1.36, spot_usd=0.51),
    Machine("r6i.4xlarge", 16, 128, 1.008, spot_usd=0.37),
)
CARDS = Machine("p4d.24xlarge", 96, 1152, cards=8, card_model="NVIDIA-A100-SXM4-40GB", usd_per_card=2.9)
RATES = Rates(0.031611, 0.004237, {"gp3": 0.08, "io2": 0.125}, 0.025)
BUSY = Rhythm("busy", swing=0.5, peak_hour=15, weekend=0.6)
PODS_PER_CARD_NODE = 1000
SPARE = 1.15
JOBS_PER_POD_DAY = 0.06
ROLLOUT_DAYS = 18.0  # of each deployment: with several of them a tenth of all pods comes and goes each day


def organisation_of(pods: int, seed: int = 1, *, clusters: int = 1, requests_only: bool = False) -> Organisation:
    """An organisation with about `pods` pods at any moment beside agents and jobs; the same for the same seed.

    requests_only: nothing is used beyond what is requested, so that only requests count. Founded at FOUNDED; ask spans a week or
    more after it where pods shall have a history. Raises BadParameter below 20 pods for each cluster.
    """
    if clusters < 1 or pods < SMALLEST * clusters:
        raise BadParameter(f"{pods} pods in {clusters} clusters", expected=f"{SMALLEST} pods or more in each of one or more clusters")
    founded = FOUNDED.timestamp()
    parts = tuple(_cluster(f"cluster-{i + 1}", i, pods // clusters, seed, requests_only=requests_only) for i in range(clusters))
    return Organisation(f"Scale {pods}", seed, founded, founded, parts, RATES)


def _cluster(name: str, number: int, pods: int, seed: int, *, requests_only: bool) -> Cluster:
    namespaces = [f"{team}-{stage}" for team in TEAMS for stage in STAGES][: max(4, pods // 25)]
    cloud = ("aws", "gcp", "azure")[number % 3]
    region = ("us-east-1", "europe-west1", "westeurope")[number % 3]
    carded = max(1, pods // PODS_PER_CARD_NODE)
    limit = 0.9 if requests_only else 1.3
    services = _services(name, namespaces, pods, seed, limit)
    general = []
    for i, machine in enumerate(MACHINES):
        mine = [w for w in services if w.pool == f"general-{i}"]
        base, burst = (_machines(machine, wanted) for wanted in ([(w, w.replicas) for w in mine], [(w, w.burst) for w in mine]))
        general.append(Pool(f"general-{i}", machine, max(2, base), burst, renew_days=11))
    pools = (*general, Pool("spot", MACHINES[0], max(2, pods // 200), spot=True, renew_days=3), Pool("cards", CARDS, carded))
    workloads = [*services, *_carded(namespaces[0], carded, limit), *_agents(limit)]
    runs = tuple(_runs(name, namespaces, pods, seed, limit))
    spaces = tuple(_space(n) for n in (*namespaces, "kube-system"))
    disks = (
        Disk("shared-assets", 200, "gp3", namespaces[0], "shared-assets"),
        Disk("forgotten", 100, "io2", namespaces[1], "forgotten"),
        Disk("released", 50, "gp3"),
    )
    return Cluster(name, cloud, region, tuple(f"{region}{z}" for z in "abc"), pools, spaces, tuple(workloads), runs, disks)


def _machines(machine: Machine, wanted: list[tuple[Workload, int]]) -> int:
    """How many machines hold so many pods of each workload, with some room to spare."""
    cores = sum(requested_of(w)[0] * count for w, count in wanted) / (machine.cores - 1)
    gib = sum(requested_of(w)[1] * count for w, count in wanted) / (machine.gib - 3)
    count = max(cores, gib) * SPARE
    return math.ceil(count) + 1 if count else 0


def _space(name: str) -> Namespace:
    team, _, stage = name.rpartition("-")
    return Namespace(name, (("team", team), ("env", stage), ("department", "engineering")), (("cost-center", f"cc-{team}"),))


def _container(key: tuple[object, ...], name: str, limit: float, role: Role = Role.CONTAINER, restarts: float = 0.0) -> Container:
    cpu, gib = CPU[int(draw(*key, name, "cpu") * len(CPU))], GIB[int(draw(*key, name, "gib") * len(GIB))]
    uses_cpu, uses_gib = (share * limit / 1.3 for share in (0.05 + 1.15 * draw(*key, name, "uses"), 0.2 + 0.9 * draw(*key, name, "fills")))
    if limit < 1:
        uses_cpu, uses_gib = 0.5 * uses_cpu, 0.7 * uses_gib  # swings stay below the request, too
    image = f"registry.example/{name}:2026.{int(draw(*key, name, 'tag') * 40)}"
    return Container(name, image, cpu, gib, uses_cpu=cpu * uses_cpu, uses_gib=gib * uses_gib, role=role, restart_days=restarts)


def _services(cluster: str, namespaces: list[str], pods: int, seed: int, limit: float) -> list[Workload]:
    """Services that together have `pods` replicas; some have more by day."""
    found: list[Workload] = []
    left, number = pods, 0
    while left > 0:
        key = (seed, cluster, "service", number)
        replicas = min(left, (1, 2, 2, 3, 3, 4, 6, 12)[int(draw(*key, "replicas") * 8)])
        name = f"{SERVICES[number % len(SERVICES)]}-{number // len(SERVICES):03d}"
        kind = _kind(draw(*key, "kind"), replicas)
        beside = [_container(key, s, limit) for s in SIDECARS[: int(draw(*key, "beside") * 4)]]
        containers = (_container(key, name, limit, restarts=30.0 if number % 7 == 0 else 0.0), *beside)
        if number % 5 == 0:
            containers = (
                *containers,
                Container("migrate", "registry.example/migrate:1", 1.5, 0.5, uses_cpu=0.3, uses_gib=0.1, role=Role.INIT),
            )
        if number % 11 == 3:
            containers = (*containers, _container(key, "vault-agent", limit, Role.SIDECAR))
        stateful = kind is Kind.STATEFULSET
        found.append(
            Workload(
                kind,
                namespaces[number % len(namespaces)],
                name,
                f"general-{number % len(MACHINES)}",
                (Version(containers),),
                replicas,
                burst=replicas // 2 if kind is Kind.DEPLOYMENT and number % 4 == 1 else 0,
                rhythm=STEADY if stateful else BUSY,
                rollout_days=0 if kind in (Kind.STATEFULSET, Kind.POD) else ROLLOUT_DAYS,
                claim_gib=20.0 + 10 * (number % 9) if stateful else 0.0,
                storage_class="gp3" if stateful else "",
                mounts=("shared-assets",) if number % len(namespaces) == 0 and kind is Kind.DEPLOYMENT else (),
                service="" if kind is Kind.POD else "LoadBalancer" if number % 17 == 2 and not stateful else "ClusterIP",
                sends=1000.0 * (1 + number % 50),
                receives=400.0 * (1 + number % 30),
                labels=(("app", name), ("version", f"1.{number % 20}")),
                annotations=(("owner", f"{TEAMS[number % len(TEAMS)]}@example.com"),),
                overhead=(0.25, 0.125) if number % 29 == 5 else (0.0, 0.0),
            )
        )
        left -= replicas
        number += 1
    return found


def _kind(chance: float, replicas: int) -> Kind:
    if replicas == 1 and chance < 0.15:
        return Kind.POD
    return Kind.STATEFULSET if chance < 0.2 else Kind.ROLLOUT if chance > 0.93 else Kind.REPLICASET if chance > 0.9 else Kind.DEPLOYMENT


def _carded(namespace: str, nodes: int, limit: float) -> list[Workload]:
    holder = Container("server", "registry.example/server:1", 4.0, 16.0, 2, 4.0 * min(limit, 0.6), 12.0, 0.5)
    waiting = Container("huge", "registry.example/huge:1", 400.0, 10.0)
    return [
        Workload(
            Kind.DEPLOYMENT, namespace, "inference", "cards", (Version((holder,)),), 3 * nodes, rhythm=BUSY, rollout_days=ROLLOUT_DAYS
        ),
        Workload(Kind.DEPLOYMENT, namespace, "waiting", "cards", (Version((waiting,)),), unschedulable=True),
    ]


def _agents(limit: float) -> list[Workload]:
    agents = [("kube-proxy", 0.1, 0.0625), ("node-exporter", 0.05, 0.0625)]
    return [
        Workload(
            Kind.DAEMONSET,
            "kube-system",
            name,
            "*",
            (Version((Container(name, f"registry.example/{name}:1", cpu, gib, uses_cpu=cpu * min(limit, 0.5), uses_gib=gib * 0.6),)),),
            rollout_days=30,
        )
        for name, cpu, gib in agents
    ]


def _runs(cluster: str, namespaces: list[str], pods: int, seed: int, limit: float) -> list[Runs]:
    """Jobs: a few a day of each kind, and in the first namespace one every few minutes that takes seconds."""
    kinds = max(1, round(pods * JOBS_PER_POD_DAY / 12))
    hourly = [
        Runs(
            Kind.CRONJOB,
            namespaces[i % len(namespaces)],
            f"export-{i:02d}",
            "spot",
            (_container((seed, cluster, "job", i), "export", limit),),
            7200,
            (45, 3000),
            offset=60.0 * (i * 7 % 120),
            linger=1800,
            labels=(("app", "export"),),
        )
        for i in range(kinds)
    ]
    brief = Runs(Kind.JOB, namespaces[0], "probe", "spot", (_container((seed, cluster), "probe", limit),), 900, (4, 110), linger=600)
    return [*hourly, brief]
