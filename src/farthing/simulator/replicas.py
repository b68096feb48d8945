"""Pods of workloads that are always there: replicas that follow each other where a machine, or the version, changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from .dice import DAY_SECONDS, between, draw, hexadecimal, renewals, uid
from .plan import Cluster, Kind, Organisation, Role, Workload
from .pods import Owners, Pod, address_of
from .seats import ANYWHERE, FOREVER, Node, Seat, Window, daily_windows, nodes_of, seating, seats_of, within

OPEN_HOURS = (8 * 3600, 17 * 3600)  # new versions are rolled out in working hours
STAGGER_SECONDS = 35.0  # one replica after the other
OVERLAP_SECONDS = 31.0  # a deployment's new pod is there so long before the old one is gone
GAP_SECONDS = 9.0  # a stateful set's comes so long after
SHORTEST = 150.0  # replicas that would live shorter are not rolled out


def replicas_of(organisation: Organisation, cluster: Cluster, workload: Workload, start: float, end: float) -> Iterator[Pod]:
    """Pods of one workload around [start, end), found without those before."""
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
        address=address_of(organisation, cluster, key),
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
