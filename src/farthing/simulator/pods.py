"""Pods: every pod that is there in some span, with the times of its life, found without those before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .dice import DAY_SECONDS, between, draw, hexadecimal, renewals, stable_id, uid
from .plan import Cluster, Container, Kind, Organisation, Pairs, Role, Runs, Workload
from .rhythm import FLAT, Rhythm
from .seats import ANYWHERE, FOREVER, Node, Seat, Window, cluster_number, daily_windows, nodes_of, seating, seats_of, spread, within

OPEN_HOURS = (8 * 3600, 17 * 3600)  # new versions are rolled out in working hours
STAGGER_SECONDS = 35.0  # one replica after the other
OVERLAP_SECONDS = 31.0  # a deployment's new pod is there so long before the old one is gone
GAP_SECONDS = 9.0  # a stateful set's comes so long after
SHORTEST = 150.0  # replicas that would live shorter are not rolled out
GRACE_SECONDS = 30.0
WAITS_AT_MOST = 6 * 3600.0  # a job waits so long for a machine

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


def pods_of(organisation: Organisation, cluster: Cluster, start: float, end: float) -> Iterator[Pod]:
    """Every pod of a cluster whose object is there at some time in [start, end)."""
    for workload in cluster.workloads:
        for pod in _standing(organisation, cluster, workload, start, end):
            if pod.created < end and pod.gone > start:
                yield pod
    for runs in cluster.runs:
        yield from _running(organisation, cluster, runs, start, end)


def _standing(organisation: Organisation, cluster: Cluster, workload: Workload, start: float, end: float) -> Iterator[Pod]:
    if workload.unschedulable:
        yield from _waiting(organisation, cluster, workload)
        return
    if workload.kind is Kind.DAEMONSET:
        for pool in cluster.pools:
            if workload.pool in (ANYWHERE, pool.name):
                for seat in seats_of(pool):
                    window = (organisation.founded, FOREVER)
                    yield from _on_seat(organisation, cluster, workload, seat, [window], seat.key, start, end)
        return
    places = seating(organisation)
    for burst, count in ((False, workload.replicas), (True, workload.burst)):
        for number in range(count):
            seat = places[cluster.name, workload.namespace, workload.name, workload.pool, burst, number]
            windows = [(organisation.founded, FOREVER)]
            if burst:
                key = (organisation.seed, cluster.name, workload.namespace, workload.name)
                windows = list(daily_windows(workload.hours, number, count, start - DAY_SECONDS, end + DAY_SECONDS, *key))
            replica = number + workload.replicas if burst else number
            yield from _on_seat(organisation, cluster, workload, seat, windows, replica, start, end)


def _on_seat(
    organisation: Organisation,
    cluster: Cluster,
    workload: Workload,
    seat: Seat,
    windows: list[Window],
    replica: int | str,
    start: float,
    end: float,
) -> Iterator[Pod]:
    """Pods of one replica around [start, end): cut where its machine, or the version, changes."""
    nodes = nodes_of(organisation, cluster, seat, start - 3600, end + 3600)
    order = replica if isinstance(replica, int) else seat.number
    for window in windows:
        wanted = within(window, workload.since, workload.until, organisation.founded)
        if wanted is None:
            continue
        for node in nodes:
            low, high = max(wanted[0], node.ready), min(wanted[1], node.drained)
            if high - low < SHORTEST:
                continue
            cuts = [(t + STAGGER_SECONDS * order, t) for t in _rollouts(organisation, cluster, workload, low, high, start, end)]
            cuts = [(t, of) for t, of in cuts if t - low > SHORTEST and high - t > SHORTEST]
            edges = [(low, _revision_at(organisation, cluster, workload, low)), *cuts, (high, high)]
            for (since, revision), (until, _) in pairwise(edges):
                last = until == high
                more = OVERLAP_SECONDS if workload.kind in (Kind.DEPLOYMENT, Kind.ROLLOUT, Kind.REPLICASET) else -GAP_SECONDS
                gone = until if last else until + more
                if since < end + 3600 and gone > start - 3600:
                    yield _pod(organisation, cluster, workload, node, replica, revision, since, gone)


def _rollouts(
    organisation: Organisation, cluster: Cluster, workload: Workload, low: float, high: float, start: float, end: float
) -> list[float]:
    """Moments in [low, high) at which a new version is rolled out, as far as they matter for [start, end)."""
    told = [v.since for v in workload.versions if v.since is not None and low <= v.since < high]
    if not workload.rollout_days:
        return sorted(told)
    every = workload.rollout_days * DAY_SECONDS
    key = (organisation.seed, cluster.name, workload.namespace, workload.name, "rollout")
    reach = 2 * every + 4 * DAY_SECONDS
    moments = [_in_working_hours(t, key) for t in renewals(every, max(low, start - reach), min(high, end + reach), *key)]
    own = sorted({*told, *(t for t in moments if low <= t < high)})
    return [t for i, t in enumerate(own) if i == 0 or t - own[i - 1] > 3600]


def _revision_at(organisation: Organisation, cluster: Cluster, workload: Workload, moment: float) -> float:
    """When the version was rolled out that was the newest at a moment; the founding where there was none."""
    if not workload.rollout_days:
        return max((v.since for v in workload.versions if v.since is not None and v.since <= moment), default=organisation.founded)
    reach = 2 * workload.rollout_days * DAY_SECONDS + 4 * DAY_SECONDS
    earlier = _rollouts(organisation, cluster, workload, moment - reach, moment, moment - reach, moment)
    return earlier[-1] if earlier and earlier[-1] > organisation.founded else organisation.founded


def _in_working_hours(moment: float, key: tuple[object, ...]) -> float:
    day = int(moment // DAY_SECONDS)
    day += max(0, (day + 3) % 7 - 4) and 7 - (day + 3) % 7  # from Saturday and Sunday to Monday
    return day * DAY_SECONDS + float(int(between(*OPEN_HOURS, *key, day)))


def _pod(
    organisation: Organisation,
    cluster: Cluster,
    workload: Workload,
    node: Node,
    replica: int | str,
    revision: float,
    bound: float,
    gone: float,
) -> Pod:
    key = (organisation.seed, cluster.name, workload.namespace, workload.name, workload.pool, replica, bound)
    template = hexadecimal(9, organisation.seed, cluster.name, workload.namespace, workload.name, revision)
    tail = hexadecimal(5, *key)
    names: dict[Kind, tuple[str, Owners]] = {
        Kind.DEPLOYMENT: (
            f"{workload.name}-{template}-{tail}",
            (("ReplicaSet", f"{workload.name}-{template}"), ("Deployment", workload.name)),
        ),
        Kind.ROLLOUT: (f"{workload.name}-{template}-{tail}", (("ReplicaSet", f"{workload.name}-{template}"), ("Rollout", workload.name))),
        Kind.REPLICASET: (f"{workload.name}-{tail}", (("ReplicaSet", workload.name),)),
        Kind.STATEFULSET: (f"{workload.name}-{replica}", (("StatefulSet", workload.name),)),
        Kind.DAEMONSET: (f"{workload.name}-{tail}", (("DaemonSet", workload.name),)),
        Kind.POD: (workload.name, ()),
    }
    name, owners = names[workload.kind]
    containers = max((v for v in workload.versions if v.since is None or v.since <= bound), key=lambda v: v.since or 0.0).containers
    inits = sum(c.role is Role.INIT for c in containers)
    delay = float(int(between(2, 9, *key, "pull"))) + 8 * inits
    own = (f"data-{workload.name}-{replica}",) if workload.claim_gib else ()
    labels = (("app.kubernetes.io/name", workload.name), ("app.kubernetes.io/managed-by", "Helm"), *workload.labels)
    if workload.kind in (Kind.DEPLOYMENT, Kind.ROLLOUT):
        labels = (*labels, ("pod-template-hash", template))
    return Pod(
        cluster=cluster,
        namespace=workload.namespace,
        name=name,
        uid=uid(*key),
        node=node,
        address=_address(organisation, cluster, key),
        owners=owners,
        containers=containers,
        rhythm=workload.rhythm,
        created=bound - (1.0 if draw(*key, "queue") < 0.9 else 25.0),
        bound=bound,
        started=FOREVER if workload.stuck else bound + delay,
        finished=FOREVER,
        gone=gone,
        labels=labels,
        annotations=workload.annotations,
        claims=(*own, *workload.mounts),
        service=workload.name if workload.service else "",
        sends=workload.sends,
        receives=workload.receives,
        overhead=workload.overhead,
    )


def _waiting(organisation: Organisation, cluster: Cluster, workload: Workload) -> Iterator[Pod]:
    """Pods for which there is no machine: they stay pending and hold nothing."""
    since = organisation.founded if workload.since is None else workload.since
    gone = FOREVER if workload.until is None else workload.until
    for replica in range(workload.replicas):
        key = (organisation.seed, cluster.name, workload.namespace, workload.name, replica)
        template = hexadecimal(9, *key[:-1])
        yield Pod(
            cluster=cluster,
            namespace=workload.namespace,
            name=f"{workload.name}-{template}-{hexadecimal(5, *key)}",
            uid=uid(*key),
            node=None,
            address="",
            owners=(("ReplicaSet", f"{workload.name}-{template}"), ("Deployment", workload.name)),
            containers=workload.versions[0].containers,
            rhythm=workload.rhythm,
            created=since,
            bound=FOREVER,
            started=FOREVER,
            finished=FOREVER,
            gone=gone,
            labels=(("app.kubernetes.io/name", workload.name), *workload.labels),
            annotations=workload.annotations,
        )


def _running(organisation: Organisation, cluster: Cluster, runs: Runs, start: float, end: float) -> Iterator[Pod]:
    """Pods of jobs that are there in [start, end)."""
    longest = runs.seconds[1] + runs.linger + WAITS_AT_MOST
    if runs.runaway and start < runs.runaway.until + longest and end > runs.runaway.since:
        longest += runs.runaway.until - runs.runaway.since
    low = max(start - longest, organisation.founded if runs.since is None else runs.since)
    high = min(end, FOREVER if runs.until is None else runs.until)
    first, last = int((low - runs.offset) // runs.period), int((high - runs.offset) // runs.period)
    pool = next(pool for pool in cluster.pools if pool.name == runs.pool)
    seats = seats_of(pool)
    by_seat = {seat.key: nodes_of(organisation, cluster, seat, low - 3600, high + WAITS_AT_MOST) for seat in seats}
    for number in range(first, last + 1):
        key = (organisation.seed, cluster.name, runs.namespace, runs.name, number)
        moment = number * runs.period + runs.offset
        if runs.kind is Kind.JOB:
            moment += float(int(0.8 * runs.period * draw(*key, "when")))
        if not (low <= moment < high) or draw(*key, "takes place") >= _chance(runs, moment):
            continue
        for part in range(runs.pods):
            pod = _job_pod(organisation, cluster, runs, [by_seat[seat.key] for seat in seats], number, part, moment, key)
            if pod is not None and pod.created < end and pod.gone > start:
                yield pod


def _chance(runs: Runs, moment: float) -> float:
    day, second = divmod(moment, DAY_SECONDS)
    working = (int(day) + 3) % 7 < 5 and 7 * 3600 <= second < 18 * 3600
    return runs.by_day if working else runs.by_night


def _job_pod(
    organisation: Organisation,
    cluster: Cluster,
    runs: Runs,
    places: list[list[Node]],
    number: int,
    part: int,
    moment: float,
    key: tuple[object, ...],
) -> Pod | None:
    turn = number * runs.pods + part
    bound = moment + 1
    there = [n for nodes in places for n in nodes if n.ready <= bound < n.drained]
    if there:
        node = there[turn % len(there)]
    else:
        later = [n for nodes in places for n in nodes if bound < n.ready <= bound + WAITS_AT_MOST]
        if not later:
            return None
        node = min(later, key=lambda n: n.ready)
        bound = node.ready + 1
    started = bound + float(int(between(1, 4, *key, part, "pull")))
    takes = spread(*runs.seconds, *key, part, "takes")
    finished = started + max(1.0, float(int(takes)))
    away = runs.runaway
    if away and away.since <= moment < away.until:
        finished = min(finished + away.seconds * ((moment - away.since) // runs.period), max(away.until, started + 1))
    failed = finished > node.drained
    finished = min(finished, node.drained)
    job = f"{runs.name}-{int(moment) // 60:08d}" if runs.kind is Kind.CRONJOB else f"{runs.name}-{hexadecimal(8, *key)}"
    above = (("CronJob", runs.name),) if runs.kind is Kind.CRONJOB else ()
    return Pod(
        cluster=cluster,
        namespace=runs.namespace,
        name=f"{job}-{hexadecimal(5, *key, part)}",
        uid=uid(*key, part),
        node=node,
        address=_address(organisation, cluster, (*key, part)),
        owners=(("Job", job), *above),
        containers=runs.containers,
        rhythm=FLAT,
        created=moment,
        bound=bound,
        started=started,
        finished=finished,
        gone=min(finished + runs.linger, node.gone),
        labels=(("app.kubernetes.io/name", runs.name), ("batch.kubernetes.io/job-name", job), *runs.labels),
        annotations=runs.annotations,
        failed=failed,
    )


def _address(organisation: Organisation, cluster: Cluster, key: tuple[object, ...]) -> str:
    number = stable_id("address", *key)
    return f"10.{16 * cluster_number(organisation, cluster) + number // 65024 % 16}.{number // 254 % 256}.{number % 254 + 1}"
