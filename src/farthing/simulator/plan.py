"""An organisation as it is declared: clusters, pools of machines, what runs on them, what it stores. Times are unix seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .rhythm import STEADY, Rhythm

Pairs = tuple[tuple[str, str], ...]
"""Labels or annotations, as Kubernetes spells them."""


class Kind(StrEnum):
    """What owns pods; a bare pod has no owner."""

    DEPLOYMENT = "Deployment"
    STATEFULSET = "StatefulSet"
    DAEMONSET = "DaemonSet"
    REPLICASET = "ReplicaSet"
    ROLLOUT = "Rollout"
    JOB = "Job"
    CRONJOB = "CronJob"
    POD = "Pod"


class Role(StrEnum):
    """What a container is in its pod."""

    CONTAINER = "container"
    SIDECAR = "sidecar"
    INIT = "init"


@dataclass(frozen=True)
class Machine:
    """A type of machine and what it costs.

    `usd` is the price of the whole machine in $/hour, on demand and (where it can be had) as spot. One with cards is priced by its
    parts: `usd_per_card` on top of the rates of the organisation for cores and memory; its `usd` are not used.
    """

    name: str
    cores: int
    gib: float
    usd: float = 0.0
    spot_usd: float | None = None
    cards: int = 0
    card_model: str = ""
    usd_per_card: float = 0.0


@dataclass(frozen=True)
class Hours:
    """The part of the day in which something more is there: from about `up` to about `down` (UTC hours), spread over `spread` hours."""

    up: float = 7.0
    down: float = 19.0
    spread: float = 3.0
    weekend: bool = False


@dataclass(frozen=True)
class Surge:
    """So many machines more for a while."""

    since: float
    until: float
    count: int


@dataclass(frozen=True)
class Pool:
    """Machines of one kind. `base` are always there, `burst` come by day, surges once.

    A machine is replaced by another about every `renew_days` (0: never); of a spot pool it is taken away and another comes.
    """

    name: str
    machine: Machine
    base: int
    burst: int = 0
    hours: Hours = Hours()
    spot: bool = False
    renew_days: float = 0.0
    since: float | None = None
    until: float | None = None
    surges: tuple[Surge, ...] = ()
    reserved_cores: float = 0.2
    reserved_gib: float = 1.5


@dataclass(frozen=True)
class Container:
    """What a container asks for (cores, GiB, cards; None: it asks for none) and what it uses on the average."""

    name: str
    image: str
    cpu: float | None = None
    gib: float | None = None
    cards: int = 0
    uses_cpu: float = 0.0
    uses_gib: float = 0.0
    uses_cards: float = 0.0
    """Mean utilisation of its cards, 0 to 1."""
    role: Role = Role.CONTAINER
    restart_days: float = 0.0
    """It restarts about every so many days (0: never)."""


@dataclass(frozen=True)
class Version:
    """The containers that pods have that are made from `since` on (None: from the beginning). A new version is rolled out at `since`."""

    containers: tuple[Container, ...]
    since: float | None = None


@dataclass(frozen=True)
class Workload:
    """Pods that are there all the time: `replicas` always, `burst` more by day (an autoscaler's).

    rollout_days: all pods are replaced about so often (0: never). claim_gib: each pod has a volume of its own. mounts: names of
    claims of the namespace that all its pods mount. service: ClusterIP or LoadBalancer. stuck: its pods are bound and never start.
    """

    kind: Kind
    namespace: str
    name: str
    pool: str
    versions: tuple[Version, ...]
    replicas: int = 1
    burst: int = 0
    rhythm: Rhythm = STEADY
    hours: Hours = Hours()
    rollout_days: float = 0.0
    since: float | None = None
    until: float | None = None
    claim_gib: float = 0.0
    storage_class: str = ""
    mounts: tuple[str, ...] = ()
    service: str = ""
    sends: float = 0.0
    receives: float = 0.0
    labels: Pairs = ()
    annotations: Pairs = ()
    stuck: bool = False
    unschedulable: bool = False
    overhead: tuple[float, float] = (0.0, 0.0)
    """Cores and GiB of its runtime class."""


@dataclass(frozen=True)
class Runaway:
    """A time in which each run takes `seconds` longer than the one before it, until somebody ends them all at `until`."""

    since: float
    until: float
    seconds: float


@dataclass(frozen=True)
class Runs:
    """Jobs of one kind: one may begin every `period` seconds and takes between `seconds[0]` and `seconds[1]`.

    kind: CronJob, or Job for jobs that somebody starts. by_day, by_night: the chance that one begins, in working hours and outside.
    pods: how many run side by side. linger: seconds that finished pods are kept.
    """

    kind: Kind
    namespace: str
    name: str
    pool: str
    containers: tuple[Container, ...]
    period: float
    seconds: tuple[float, float]
    offset: float = 0.0
    by_day: float = 1.0
    by_night: float = 1.0
    pods: int = 1
    linger: float = 900.0
    since: float | None = None
    until: float | None = None
    runaway: Runaway | None = None
    labels: Pairs = ()
    annotations: Pairs = ()


@dataclass(frozen=True)
class Disk:
    """A volume that is declared by itself. Without a claim nobody can mount it; a claim can be mounted by workloads that name it."""

    name: str
    gib: float
    storage_class: str
    namespace: str = ""
    claim: str = ""
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True)
class Namespace:
    name: str
    labels: Pairs = ()
    annotations: Pairs = ()


@dataclass(frozen=True)
class Cluster:
    """One cluster in one region of a cloud: `cloud` is aws, gcp or azure and decides how nodes are named and labelled."""

    name: str
    cloud: str
    region: str
    zones: tuple[str, ...]
    pools: tuple[Pool, ...]
    namespaces: tuple[Namespace, ...]
    workloads: tuple[Workload, ...]
    runs: tuple[Runs, ...] = ()
    disks: tuple[Disk, ...] = ()


@dataclass(frozen=True)
class Rates:
    """Prices beside those of whole machines: of a core, a GiB, volumes by storage class ($/GiB-month) and load balancers ($/hour)."""

    usd_per_core_hour: float = 0.0336
    usd_per_gib_hour: float = 0.0042
    usd_per_gib_month: Mapping[str, float] = field(default_factory=dict)
    usd_per_balancer_hour: float = 0.0252


@dataclass(frozen=True, eq=False)
class Organisation:
    """Everything, from `founded` (unix seconds, a midnight) on. `anchor`: the moment that its stories are dated from.

    Two organisations made alike with the same seed are alike to the last bit.
    """

    name: str
    seed: int
    founded: float
    anchor: float
    clusters: tuple[Cluster, ...]
    rates: Rates
    scrape_seconds: int = 60

    def cluster(self, name: str) -> Cluster:
        """The cluster of this name. Raises KeyError."""
        return next((one for one in self.clusters if one.name == name), None) or _unknown(name)


def _unknown(name: str) -> Cluster:
    raise KeyError(name)
