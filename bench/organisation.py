"""An organisation as it might be: nodes, workloads, pods with lives, volumes, services. Sizes by name, deterministic by seed.

A tenth of the pods come and go each day: short jobs, and pods replaced by a roll-out; one container in a hundred restarts each day.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

START = 1_759_708_800  # 2025-10-06T00:00:00Z, a Monday
DAY = 86400
SEED = 20251006
CONTAINERS_PER_POD = 2.8
JOBS_PER_POD_DAY = 0.06
REPLACED_PER_POD_DAY = 0.04
RESTARTS_PER_CONTAINER_DAY = 0.01
LONG_AGO_DAYS = 20
PODS_PER_NODE = 20
CARDS_PER_NODE = 8
CARDS_IN_USE = 6  # of each node's
NODES_PER_CARD_NODE = 40

INSTANCE_TYPES = (("m6i.4xlarge", 16, 64), ("m6i.8xlarge", 32, 128), ("c6i.8xlarge", 32, 64), ("r6i.4xlarge", 16, 128))
CARD_INSTANCE = ("p4d.24xlarge", 96, 1152)
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
TEAMS = (
    "checkout",
    "payments",
    "search",
    "catalog",
    "identity",
    "logistics",
    "recommendations",
    "observability",
    "data-platform",
    "growth",
)
STAGES = ("prod", "staging", "batch", "dev")
SERVICES = ("api", "worker", "gateway", "indexer", "scheduler", "frontend", "cache-warmer", "event-consumer", "report-builder", "webhook")
SIDECARS = ("istio-proxy", "otel-collector", "vault-agent", "config-reloader")
CPU_REQUESTS = (0.05, 0.1, 0.1, 0.25, 0.25, 0.5, 1.0)
RAM_REQUESTS_MIB = (64, 128, 256, 256, 512, 1024, 2048)


@dataclass(frozen=True)
class Size:
    """How much there is at any moment: pods and their containers."""

    name: str
    pods: int
    containers: int
    days: int


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 20, 56, 2),
        Size("2k-containers", round(2000 / CONTAINERS_PER_POD), 2000, 7),
        Size("2k-pods", 2000, 5600, 1),
        Size("10k-containers", round(10_000 / CONTAINERS_PER_POD), 10_000, 7),
    )
}


@dataclass(frozen=True)
class Node:
    name: str
    instance_type: str
    cores: int
    gib: int
    zone: str
    spot: bool
    provider_id: str
    address: str
    cards: int = 0


@dataclass(frozen=True)
class Container:
    name: str
    image: str
    cpu: float
    ram_mib: int
    uses: float
    """Share of its request that it uses."""
    cards: int = 0
    restarted: float | None = None


@dataclass(frozen=True)
class Workload:
    """What owns pods; `kind` is Deployment, StatefulSet or CronJob."""

    kind: str
    namespace: str
    name: str
    replicas: int
    balanced: bool
    """Stands behind a service of type LoadBalancer."""


@dataclass(frozen=True)
class Pod:
    """A pod's life: bound at `start`, removed at `end` (unix seconds; None: beyond the data); a job's containers finish at `finished`."""

    namespace: str
    name: str
    uid: str
    node: Node
    address: str
    workload: Workload
    owner: tuple[str, str]
    containers: tuple[Container, ...]
    start: float
    end: float | None = None
    finished: float | None = None
    claim: str | None = None


@dataclass(frozen=True)
class Organisation:
    size: Size
    nodes: tuple[Node, ...]
    namespaces: tuple[str, ...]
    workloads: tuple[Workload, ...]
    pods: tuple[Pod, ...]
    start: float = START
    end: float = field(default=START)


def organisation(size: Size, seed: int = SEED) -> Organisation:
    """The organisation of `size`; the same for the same seed."""
    return _Builder(size, random.Random(seed)).build()


class _Builder:
    def __init__(self, size: Size, dice: random.Random) -> None:
        self.size, self.dice = size, dice
        self.end = START + size.days * DAY
        self.nodes = list(self._nodes())
        self.free = {node.name: float(node.cores) * 0.9 for node in self.nodes}
        self.plain = [node for node in self.nodes if not node.cards]
        self.pods: list[Pod] = []
        self.addresses = 0

    def build(self) -> Organisation:
        namespaces = [f"{team}-{stage}" for team in TEAMS for stage in STAGES][: max(4, self.size.pods // 25)]
        workloads = list(self._workloads(namespaces))
        extra = self.size.containers - self.size.pods  # sidecars to hand out
        counts = [1 + extra // self.size.pods + (i < extra % self.size.pods) for i in range(self.size.pods)]
        self.dice.shuffle(counts)
        slots = [workload for workload in workloads for _ in range(workload.replicas)]
        for i, (workload, count) in enumerate(zip(slots, counts, strict=True)):
            self._long_lived(workload, i, count)
        self._jobs(namespaces)
        return Organisation(self.size, tuple(self.nodes), tuple(namespaces), tuple(workloads), tuple(self.pods), START, self.end)

    def _nodes(self) -> Iterator[Node]:
        count = max(3, -(-self.size.pods // PODS_PER_NODE))
        for i in range(count + max(1, count // NODES_PER_CARD_NODE)):
            kind, cores, gib = self.dice.choice(INSTANCE_TYPES) if i < count else CARD_INSTANCE
            address = f"10.0.{i // 250}.{i % 250 + 4}"
            zone = ZONES[i % len(ZONES)]
            yield Node(
                f"ip-{address.replace('.', '-')}.ec2.internal",
                kind,
                cores,
                gib,
                zone,
                spot=i < count and self.dice.random() < 0.2,
                provider_id=f"aws:///{zone}/i-{self._hex(17)}",
                address=address,
                cards=CARDS_PER_NODE if i >= count else 0,
            )

    def _workloads(self, namespaces: list[str]) -> Iterator[Workload]:
        left, i = self.size.pods, 0
        while left:
            replicas = min(left, self.dice.choice((1, 2, 2, 3, 3, 4, 6, 12)))
            kind = "StatefulSet" if self.dice.random() < 0.15 else "Deployment"
            name = f"{SERVICES[i % len(SERVICES)]}-{i // len(SERVICES):03d}"
            yield Workload(
                kind, namespaces[i % len(namespaces)], name, replicas, balanced=kind == "Deployment" and self.dice.random() < 0.05
            )
            left -= replicas
            i += 1

    def _long_lived(self, workload: Workload, index: int, count: int) -> None:
        """One replica over the whole period: a chain of pods, each replacing the one before."""
        containers = self._containers(workload.name, count)
        carded = [node for node in self.nodes if node.cards]
        if index < len(carded) * CARDS_IN_USE:
            node = carded[index % len(carded)]
            containers = (replace(containers[0], cards=1), *containers[1:])
        else:
            node = self._place(sum(c.cpu for c in containers))
        start = START - self.dice.randrange(1, LONG_AGO_DAYS) * DAY + self.dice.randrange(DAY)
        replacements = sorted(
            START + day * DAY + self.dice.randrange(DAY)
            for day in range(self.size.days)
            if workload.kind == "Deployment" and self.dice.random() < REPLACED_PER_POD_DAY
        )
        template = f"{self.dice.randrange(16**9):09x}"
        claim = f"data-{workload.name}-{index}" if workload.kind == "StatefulSet" else None
        for since, until in zip([start, *replacements], [*replacements, None], strict=True):
            name = f"{workload.name}-{index}" if claim else f"{workload.name}-{template}-{self._hex(5)}"
            owner = ("StatefulSet", workload.name) if claim else ("ReplicaSet", f"{workload.name}-{template}")
            self._pod(workload, name, node, owner, self._restarted(containers, since, until), since, until, claim=claim)

    def _jobs(self, namespaces: list[str]) -> None:
        for day in range(self.size.days):
            for i in range(round(self.size.pods * JOBS_PER_POD_DAY)):
                namespace = namespaces[i % len(namespaces)]
                workload = Workload("CronJob", namespace, f"nightly-export-{i % 20:02d}", 0, balanced=False)
                containers = self._containers(workload.name, self.dice.choice((1, 1, 2)))
                start = START + day * DAY + self.dice.randrange(DAY - 4 * 3600)
                finished = start + self.dice.choice((45, 200, 600, 1800, 3600, 7200)) + self.dice.randrange(60)
                job = f"{workload.name}-{start // 60:08d}"
                node = self.dice.choice(self.plain)
                self._pod(workload, f"{job}-{self._hex(5)}", node, ("Job", job), containers, start, finished + 1800, finished=finished)

    def _pod(
        self,
        workload: Workload,
        name: str,
        node: Node,
        owner: tuple[str, str],
        containers: tuple[Container, ...],
        start: float,
        end: float | None,
        *,
        finished: float | None = None,
        claim: str | None = None,
    ) -> None:
        self.addresses += 1
        address = f"10.{100 + self.addresses // 62500}.{self.addresses // 250 % 250}.{self.addresses % 250 + 2}"
        digits = self._hex(32)
        uid = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        self.pods.append(Pod(workload.namespace, name, uid, node, address, workload, owner, containers, start, end, finished, claim))

    def _containers(self, workload: str, count: int) -> tuple[Container, ...]:
        return tuple(self._container(workload if i == 0 else SIDECARS[(i - 1) % len(SIDECARS)]) for i in range(count))

    def _container(self, name: str) -> Container:
        repository = name.rstrip("0123456789-")
        image = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{repository}:2025.{self.dice.randrange(1, 53)}.{self.dice.randrange(9)}"
        return Container(
            name, image, self.dice.choice(CPU_REQUESTS), self.dice.choice(RAM_REQUESTS_MIB), uses=round(self.dice.uniform(0.05, 1.2), 2)
        )

    def _restarted(self, containers: tuple[Container, ...], since: float, until: float | None) -> tuple[Container, ...]:
        """The same containers, a few of them with a restart at some time within the data and this pod's life."""
        low, high = max(since, START), until or self.end
        chance = RESTARTS_PER_CONTAINER_DAY * (high - low) / DAY
        moments = [self.dice.uniform(low + 0.1 * (high - low), high) if self.dice.random() < chance else None for _ in containers]
        return tuple(
            c if moment is None else replace(c, restarted=float(round(moment))) for c, moment in zip(containers, moments, strict=True)
        )

    def _place(self, cores: float) -> Node:
        """The first of a few nodes taken at random that has room; else the one with most of all."""
        some = self.dice.sample(self.plain, min(4, len(self.plain)))
        node = next((n for n in some if self.free[n.name] >= cores), max(self.plain, key=lambda n: self.free[n.name]))
        self.free[node.name] -= cores
        return node

    def _hex(self, digits: int) -> str:
        return f"{self.dice.getrandbits(4 * digits):0{digits}x}"
