"""What the company is put together from: machines, containers, kinds of workloads, the rhythms of its customers and its office."""

from __future__ import annotations

from farthing.simulator.dice import DAY_SECONDS
from farthing.simulator.plan import Container, Hours, Kind, Machine, Namespace, Pairs, Role, Version, Workload
from farthing.simulator.rhythm import STEADY, Rhythm

# When things happened: (days before the midnight that stories are dated from, hour of that day).
MIGRATED, RIGHT_SIZED, NOTEBOOK, RAN_AWAY, STOPPED, LAUNCHED = (19, 9), (14, 11), (14, 15), (9, 1), (5, 10), (7, 8)
SHOP, LABORATORY, STAGING = "shop-prod", "ml-prod", "staging"

SHOPPERS = Rhythm("shoppers", swing=0.55, peak_hour=18, weekend=1.2, noise=0.06)
OFFICE = Rhythm("office", swing=0.6, peak_hour=13, weekend=0.25, noise=0.08)
OPENING = Hours(up=6.5, down=22.5, spread=5, weekend=True)
WORKING = Hours(up=6, down=19, spread=3)

GENERAL = Machine("m6i.4xlarge", 16, 64, 0.856)
OLD = Machine("m5.4xlarge", 16, 64, 0.856)
MEMORY = Machine("r6i.4xlarge", 16, 128, 1.128)
COMPUTE = Machine("c6i.4xlarge", 16, 32, 0.76, spot_usd=0.268)
SMALL = Machine("m6i.2xlarge", 8, 32, 0.428)
BUILD = Machine("c6i.2xlarge", 8, 16, 0.38, spot_usd=0.137)
STANDARD = Machine("n2-standard-16", 16, 64, 0.855)
INFERENCE = Machine("g2-standard-8", 8, 32, cards=1, card_model="NVIDIA-L4", usd_per_card=0.56)
TRAINING = Machine("a2-highgpu-2g", 24, 170, cards=2, card_model="NVIDIA-A100-SXM4-40GB", usd_per_card=2.93)

GP3, IO2, PD = "gp3", "io2", "premium-rwo"
REGISTRY = "registry.wren.example"
PROXY = Container("istio-proxy", f"{REGISTRY}/istio/proxyv2:1.23.2", 0.1, 0.125, uses_cpu=0.04, uses_gib=0.09)
VAULT = Container("vault-agent", f"{REGISTRY}/vault:1.17.6", 0.05, 0.064, uses_cpu=0.01, uses_gib=0.05, role=Role.SIDECAR)
MIGRATE = Container("migrate", f"{REGISTRY}/schema-migration:2026.46.1", 0.5, 0.5, uses_cpu=0.4, uses_gib=0.2, role=Role.INIT)


def ago(anchor: float, when: tuple[float, float]) -> float:
    """The moment at an hour of the day so many days before the anchor's."""
    return anchor - when[0] * DAY_SECONDS + when[1] * 3600


def space(name: str, team: str, department: str, product: str, env: str, owner: str) -> Namespace:
    """A namespace that belongs to a team."""
    labels = (("team", team), ("department", department), ("app", product), ("env", env))
    return Namespace(name, labels, (("owner", f"{owner}@wren.example"), ("cost-center", f"CC-{4000 + sum(map(ord, team)) % 90 * 10}")))


def one(
    name: str, cpu: float, gib: float, uses_cpu: float, uses_gib: float, cards: int = 0, uses_cards: float = 0.0, restarts: float = 0.0
) -> Container:
    """A container; what it uses is told as shares of what it asks for. restarts: it restarts about every so many days."""
    image = f"{REGISTRY}/{name}:2026.46.1"
    return Container(name, image, cpu, gib, cards, cpu * uses_cpu, gib * uses_gib, uses_cards, restart_days=restarts)


def app(
    namespace: str,
    name: str,
    replicas: int,
    container: Container,
    *beside: Container,
    kind: Kind = Kind.DEPLOYMENT,
    pool: str = "general",
    burst: int = 0,
    rhythm: Rhythm = SHOPPERS,
    hours: Hours = OPENING,
    rollouts: float = 6.0,
    later: tuple[float, tuple[Container, ...]] | None = None,
    since: float | None = None,
    until: float | None = None,
    mounts: tuple[str, ...] = (),
    service: str = "ClusterIP",
    sends: float = 20_000.0,
    labels: Pairs = (),
    stuck: bool = False,
) -> Workload:
    """A service that keeps no state. later: other containers from a moment on; service: empty for one that nobody calls."""
    versions = (Version((container, *beside)), *((Version(later[1], later[0]),) if later else ()))
    return Workload(
        kind,
        namespace,
        name,
        pool,
        versions,
        replicas,
        burst,
        rhythm,
        hours,
        rollouts,
        since,
        until,
        mounts=mounts,
        service=service,
        sends=sends,
        receives=sends / 3,
        labels=labels,
        stuck=stuck,
    )


def stateful(
    namespace: str,
    name: str,
    replicas: int,
    container: Container,
    *beside: Container,
    gib: float,
    pool: str = "general",
    storage: str = GP3,
    rhythm: Rhythm = STEADY,
    since: float | None = None,
    service: str = "ClusterIP",
    sends: float = 20_000.0,
) -> Workload:
    """A stateful set whose pods have a volume of their own each."""
    versions = (Version((container, *beside)),)
    return Workload(
        Kind.STATEFULSET,
        namespace,
        name,
        pool,
        versions,
        replicas,
        rhythm=rhythm,
        since=since,
        claim_gib=gib,
        storage_class=storage,
        service=service,
        sends=sends,
        receives=sends / 3,
    )


def agents(cloud: str) -> tuple[Workload, ...]:
    """What runs on every machine."""
    network, storage = ("aws-node", "ebs-csi-node") if cloud == "aws" else ("anetd", "pdcsi-node")
    containers = (
        ("kube-system", one(network, 0.05, 0.1, 0.3, 0.7)),
        ("kube-system", one("kube-proxy", 0.1, 0.064, 0.1, 0.6)),
        ("kube-system", one(storage, 0.03, 0.06, 0.1, 0.7)),
        ("monitoring", one("node-exporter", 0.05, 0.064, 0.4, 0.5)),
        ("monitoring", one("fluent-bit", 0.1, 0.1, 0.6, 0.8)),
    )
    return tuple(
        Workload(Kind.DAEMONSET, namespace, container.name, "*", (Version((container,)),), rhythm=STEADY, rollout_days=16)
        for namespace, container in containers
    )
