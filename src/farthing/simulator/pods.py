"""A pod: who it is, where it sits, and the times of its life."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .dice import DAY_SECONDS, renewals, stable_id
from .plan import Cluster, Container, Organisation, Pairs, Role
from .rhythm import Rhythm
from .seats import FOREVER, Node, Window, cluster_number

GRACE_SECONDS = 30.0  # a deletion is announced so long before it is over

Owners = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pod:
    """A pod's life (unix s, whole; inf: never): created, bound, its containers started, `finished` (jobs), object `gone`.

    owners: (kind, name) from the nearest to the top. claims: the claims that it mounts. failed: its node went before it was done.
    """

    cluster: Cluster
    namespace: str
    name: str
    uid: str
    node: Node | None
    address: str
    owners: Owners
    containers: tuple[Container, ...]
    rhythm: Rhythm
    created: float
    bound: float
    started: float
    finished: float
    gone: float
    labels: Pairs
    annotations: Pairs
    claims: tuple[str, ...] = ()
    service: str = ""
    sends: float = 0.0
    receives: float = 0.0
    overhead: tuple[float, float] = (0.0, 0.0)
    failed: bool = False

    @property
    def end(self) -> float:
        """Until when it holds what it asked for."""
        return min(self.finished, self.gone)

    def initialised(self) -> list[tuple[Container, float, float]]:
        """Init containers and when each ran: one after the other, between binding and the start of the others."""
        inits = [c for c in self.containers if c.role is Role.INIT]
        if not inits or self.started == FOREVER:
            return []
        length = (self.started - self.bound - 1) / len(inits)
        return [(c, self.bound + 1 + i * length, self.bound + 1 + (i + 1) * length) for i, c in enumerate(inits)]

    def runs_of(self, container: Container, until: float) -> list[Window]:
        """When a container (no init container) ran, from one restart to the next; restarts from `until` (unix s) on are not looked for."""
        if self.started >= self.end:
            return []
        restarts: list[float] = []
        if container.restart_days:
            every = container.restart_days * DAY_SECONDS
            moments = renewals(every, self.started + 600, min(self.end - 600, until), self.uid, container.name)
            restarts = [float(int(t)) for t in moments]
        return list(pairwise([self.started, *restarts, self.end]))


def address_of(organisation: Organisation, cluster: Cluster, key: tuple[object, ...]) -> str:
    """The address of the pod that `key` stands for."""
    number = stable_id("address", *key)
    return f"10.{16 * cluster_number(organisation, cluster) + number // 65024 % 16}.{number // 254 % 256}.{number % 254 + 1}"
