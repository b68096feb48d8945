"""`/status`: what the machine behind the server does, and whether there is something to be seen."""

from __future__ import annotations

from typing import Any

import orjson

from farthing.roles import Counts, Health, History, Progress

from ..calls import Call, Reply
from ..moments import iso

STILL = History(building=False)


def status(call: Call) -> Reply:
    """How every loop and every long job does, now. Never out of a cache."""
    call.refuse_parameters()
    behind = call.house.behind
    health, counts = (behind.machine.health(), behind.machine.counts()) if behind.machine else ((), Counts())
    history = behind.history() if behind.history else STILL
    known = bool(call.source.extents())
    document: dict[str, Any] = {
        "now": iso(call.now),
        "dataUntil": iso(call.as_of) if known else None,
        "ready": known or behind.machine is None,
        "building": history.building,
        "history": {"done": history.done, "total": history.total},
        "loops": [loop_json(one) for one in health],
        "jobs": [job_json(counts.jobs[job]) for job in sorted(counts.jobs)],
    }
    return Reply(orjson.dumps(document))


def loop_json(health: Health) -> dict[str, Any]:
    """How a loop does, as an answer tells it."""
    return {
        "name": health.name,
        "ok": not health.problem,
        "rounds": health.rounds,
        "failures": health.failures,
        "succeededAt": iso(health.succeeded_at) if health.succeeded_at else None,
        "did": health.did,
        "problem": health.problem,
    }


def job_json(progress: Progress) -> dict[str, Any]:
    """How far a job is, as an answer tells it."""
    return {
        "job": progress.job.value,
        "done": progress.done,
        "total": progress.total or None,
        "reached": iso(progress.reached) if progress.reached else None,
    }
