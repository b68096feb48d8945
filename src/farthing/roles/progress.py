"""How far long work is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Job(StrEnum):
    """Long work of one machine."""

    COLLECTING = "collecting"
    TAKING_IN = "taking in"
    COSTING_AGAIN = "costing again"


@dataclass(frozen=True)
class Progress:
    """How far a job is: `done` of `total` hours of clusters; `total` is 0 where nobody knows it. `reached`: the hour it is at."""

    job: Job
    done: int
    total: int = 0
    reached: datetime | None = None


@dataclass(frozen=True)
class History:
    """Whether the past is still on its way into what answers: `done` of `total` hours; `total` is None while nobody knows it."""

    building: bool
    done: int = 0
    total: int | None = None
