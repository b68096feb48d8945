"""Answers about what works behind the numbers, as models. Answers are written as bytes, not through these."""

from __future__ import annotations

from typing import Literal

from ..documented import Model


class LoopModel(Model):
    """Work that is done again and again."""

    name: str
    """collect, scrape, samples, take in, tidy, prices, …"""
    ok: bool
    """False: it failed the last time, see `problem`; it is tried again."""
    rounds: int
    """Rounds that went well since the start."""
    failures: int
    """Failures since it last went well."""
    succeededAt: str | None  # noqa: N815
    """When it last went well; null before the first time."""
    did: str
    """What it did when it last did anything worth telling."""
    problem: str
    """What is wrong now; empty: nothing."""


class JobModel(Model):
    """Long work, how far it is."""

    job: Literal["collecting", "taking in", "costing again"]
    done: int
    """Hours of clusters that are done."""
    total: int | None
    """Hours of clusters there are; null where nobody knows."""
    reached: str | None
    """The hour it is at."""


class HistoryModel(Model):
    """How far the past is: hours of clusters that can be asked for, since the start."""

    done: int
    total: int | None
    """null while nobody knows how much there is."""


class Status(Model):
    """What the machine behind the server does now."""

    now: str
    dataUntil: str | None  # noqa: N815
    """Until when data are known; null where nothing is known yet, or where the source cannot tell without being asked for costs."""
    ready: bool
    """False: there is nothing to be asked for yet."""
    building: bool
    """True: history is still collected or taken in, so that what is older may be missing."""
    history: HistoryModel
    loops: list[LoopModel]
    """Every loop; empty where nothing works but the questions themselves (`farthing serve`)."""
    jobs: list[JobModel]
    """The latest progress of every long job since the start."""
