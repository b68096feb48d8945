"""Pods of jobs: every run that is there in some span, found by its number."""

from __future__ import annotations

from collections.abc import Iterator

from .dice import DAY_SECONDS, between, draw, hexadecimal, uid
from .plan import Cluster, Kind, Organisation, Runs
from .pods import Pod, address_of
from .rhythm import FLAT
from .seats import FOREVER, Node, nodes_of, seats_of, spread

WAITS_AT_MOST = 6 * 3600.0  # a job waits so long for a machine


def jobs_of(organisation: Organisation, cluster: Cluster, runs: Runs, start: float, end: float) -> Iterator[Pod]:
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
        address=address_of(organisation, cluster, (*key, part)),
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
