"""One agent for each cluster: a claim that must be renewed, counted by the object store's clock, never by a machine's.

Claims are objects with rising numbers, made only if absent; the one with the highest number holds. So taking, renewing and giving back
are all one kind of write, which every store that can hold a lake has.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from farthing.core import faults
from farthing.core.errors import LakeTaken

from .objects import Objects
from .parquet import damaged

_TRIES = 5

faults.declare("claim-before-put", "claim-put")


@dataclass(frozen=True)
class Claim:
    """What an agent holds: until `held_until` by the store's clock. `clock_ahead` is how far this machine's clock is ahead of it."""

    agent: str
    number: int
    lease: timedelta
    held_until: datetime
    clock_ahead: timedelta


@dataclass(frozen=True)
class _Found:
    number: int
    agent: str
    lease: timedelta
    released: bool
    written: datetime


class Claims:
    """The claims of one cluster, in the folder `_claim`."""

    def __init__(self, objects: Objects, folder: str) -> None:
        self._objects, self._folder = objects, f"{folder}/_claim"

    def take(self, agent: str, *, now: datetime, lease: timedelta) -> Claim:
        """Hold the cluster for `lease`. An agent may take what it held itself. Raises LakeTaken while another holds it."""
        for _ in range(_TRIES):
            last = self._last()
            if last is not None and last.agent != agent and not last.released:
                left = last.written + last.lease - self._objects.clock(self._folder)
                if left > timedelta(0):
                    raise _held(last, left)
            claim = self._put(last.number + 1 if last else 1, agent, now=now, lease=lease)
            if claim is not None:
                return claim
        raise LakeTaken(f"others took {self._folder} {_TRIES} times in a row", cure="see which agents run for this cluster")

    def renew(self, claim: Claim, *, now: datetime) -> Claim:
        """Hold it for another lease. Raises LakeTaken when somebody else has taken it since: this agent must not write any more."""
        self._own(claim)
        renewed = self._put(claim.number + 1, claim.agent, now=now, lease=claim.lease)
        if renewed is None:
            self._own(claim)
            raise _lost(claim, "another agent")
        return renewed

    def release(self, claim: Claim, *, now: datetime) -> None:
        """Give it back, so that another need not wait. Nothing happens where somebody else has taken it since."""
        last = self._last()
        if last is not None and last.number == claim.number:
            self._put(claim.number + 1, claim.agent, now=now, lease=claim.lease, released=True)

    def _own(self, claim: Claim) -> None:
        last = self._last()
        if last is None or last.number != claim.number:
            raise _lost(claim, f"agent {last.agent}" if last else "somebody who deleted it")

    def _put(self, number: int, agent: str, *, now: datetime, lease: timedelta, released: bool = False) -> Claim | None:
        """The claim with this number; None when somebody else has it."""
        told = {"agent": agent, "lease_seconds": lease.total_seconds(), "released": released}
        told |= {"machine_time": now.isoformat(), "id": uuid.uuid4().hex}
        faults.reach("claim-before-put")
        if not self._objects.create(self._path(number), orjson.dumps(told)):
            return None
        faults.reach("claim-put")
        entry = self._objects.entry(self._path(number))
        if entry is None:  # deleted by somebody who took the next one
            return None
        old = [e.path for e in self._objects.entries(self._folder) if (n := _number(e.path)) is not None and n < number - 1]
        self._objects.delete(old)
        return Claim(agent, number, lease, entry.written + lease, now - entry.written)

    def _last(self) -> _Found | None:
        for _ in range(_TRIES):
            entries = {n: e for e in self._objects.entries(self._folder) if (n := _number(e.path)) is not None}
            if not entries:
                return None
            number = max(entries)
            data = self._objects.get(entries[number].path)
            if data is None:
                continue  # the next two were taken meanwhile
            try:
                told = orjson.loads(data)
                lease = timedelta(seconds=told["lease_seconds"])
                return _Found(number, str(told["agent"]), lease, bool(told["released"]), entries[number].written)
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise damaged(self._objects.place.table(entries[number].path), "is no claim") from error
        raise LakeTaken(f"{self._folder} changes all the time", cure="see which agents run for this cluster")

    def _path(self, number: int) -> str:
        return f"{self._folder}/{number:012d}.json"


def _number(path: str) -> int | None:
    stem = path.rpartition("/")[2].removesuffix(".json")
    return int(stem) if stem.isdigit() else None


def _held(last: _Found, left: timedelta) -> LakeTaken:
    return LakeTaken(
        f"agent {last.agent} holds this cluster for another {max(1, round(left.total_seconds()))} s, by the store's clock",
        expected="one agent for each cluster",
        cure="stop the other agent, or give this cluster another id; after a crash wait until the claim has run out",
    )


def _lost(claim: Claim, who: str) -> LakeTaken:
    return LakeTaken(
        f"{who} has taken the cluster from agent {claim.agent}",
        expected="one agent for each cluster, renewing its claim in time",
        cure="stop one of the two agents; raise lake.lease_seconds if this one was only slow",
    )
