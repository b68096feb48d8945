"""Pods' lives: rollouts, restarts, jobs that run away."""

from __future__ import annotations

import itertools

from farthing.core.ledger import Span
from farthing.simulator.plan import Container, Kind, Pool, Runaway, Runs
from farthing.simulator.population import population
from tests.simulator.small import DAY, HOUR, MACHINE, MIDNIGHT, at, organisation, workload

CONTAINER = Container("c", "i:1", cpu=0.5, gib=1.0, restart_days=0.5)


def test_a_rollout_replaces_one_after_the_other_in_working_hours() -> None:
    small = organisation([workload("web", CONTAINER, replicas=2, rollout_days=4)])
    pods = population(small, Span(MIDNIGHT, MIDNIGHT + 40 * DAY)).pods
    made = sorted(p.bound for p in pods if p.bound > MIDNIGHT + DAY)
    assert 12 <= len(made) <= 28  # two pods, one rollout in about four days
    firsts = made[::2]
    assert all(8 * HOUR <= t % DAY <= 17 * HOUR and (t // DAY + 3) % 7 < 5 for t in firsts)
    assert all(b - a == 35 for a, b in zip(firsts, made[1::2], strict=True))
    # the old one goes 31 s after the new one is bound
    assert sorted(p.gone - 31 for p in pods if p.gone < MIDNIGHT + 40 * DAY)[: len(made)] == made
    # both pods of a rollout are of one ReplicaSet
    owners = {p.bound: p.owners[0][1] for p in pods}
    assert all(owners[t] == owners[t + 35] for t in firsts)
    assert len(set(owners.values())) == len(firsts) + 1


def test_a_stateful_set_keeps_its_names() -> None:
    small = organisation([workload("db", CONTAINER, kind=Kind.STATEFULSET, replicas=2, rollout_days=5, claim_gib=10, storage_class="ssd")])
    pods = population(small, Span(MIDNIGHT, MIDNIGHT + 20 * DAY)).pods
    assert {p.name for p in pods} == {"db-0", "db-1"}
    assert {p.claims for p in pods} == {("data-db-0",), ("data-db-1",)}
    first = sorted((p.bound, p.gone) for p in pods if p.name == "db-0")
    assert all(new[0] - old[1] == 9 for old, new in itertools.pairwise(first))


def test_restarts_are_the_same_however_far_is_looked() -> None:
    (pod,) = population(organisation([workload("web", CONTAINER)]), Span(MIDNIGHT, at(1))).pods
    near, far = (pod.runs_of(CONTAINER, MIDNIGHT + days * DAY) for days in (3, 6))
    assert 3 <= len(near) - 1 <= 9  # one restart in half a day
    assert far[: len(near) - 1] == near[:-1]
    assert far[0][0] == pod.started
    assert all(a[1] == b[0] for a, b in itertools.pairwise(far))


def test_runs_that_pile_up_until_somebody_ends_them() -> None:
    # one an hour, of ten minutes; from 10:00 each takes an hour more than the one before it, until 16:00
    runaway = Runaway(at(10), at(16), 3600)
    runs = Runs(Kind.CRONJOB, "shop", "job", "main", (CONTAINER,), HOUR, (600, 600), runaway=runaway)
    pods = sorted(population(organisation(runs=[runs]), Span(at(8), at(18))).pods, key=lambda p: p.created)
    lasts = {int((p.created - MIDNIGHT) // HOUR): p.finished - p.started for p in pods if p.created >= at(8)}
    assert [lasts[h] for h in (8, 9, 10, 11)] == [600, 600, 600, 4200]
    assert all(p.finished == at(16) for p in pods if at(13) <= p.created < at(16))
    assert lasts[16] == 600


def test_a_job_waits_for_a_machine_and_goes_with_it() -> None:
    pool = Pool("main", MACHINE, 1, since=at(2), until=at(3))
    runs = Runs(Kind.CRONJOB, "shop", "job", "main", (CONTAINER,), 24 * HOUR, (7200, 7200), offset=HOUR)
    (pod,) = population(organisation(runs=[runs], pools=[pool]), Span(MIDNIGHT, at(12))).pods
    assert pod.created == at(1)
    assert pod.bound == at(2) + 45 + 1  # the machine is ready 45 s after it was made
    assert pod.failed
    assert pod.finished == at(3) - 30


def test_jobs_of_working_hours() -> None:
    runs = Runs(Kind.JOB, "shop", "build", "main", (CONTAINER,), 600, (20, 90), by_day=1, by_night=0)
    small = organisation(runs=[runs])
    week = [p.created - MIDNIGHT for p in population(small, Span(MIDNIGHT, MIDNIGHT + 7 * DAY)).pods]
    assert len(week) > 250
    assert {int(t // DAY) for t in week} == {0, 1, 2, 3, 4}
    assert all(7 <= t % DAY / HOUR < 18 for t in week)
