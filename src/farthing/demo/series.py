"""Series of the demo: labels, a life, and a value that may change with time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SCRAPE_SECONDS = 60
DAY_SECONDS = 86400
HALF_TURN = math.pi

Value = float | Callable[[float], float]


@dataclass(frozen=True)
class Series:
    """One series. It has a sample `phase` seconds past every full minute of [first, last)."""

    labels: tuple[tuple[str, str], ...]
    first: float
    last: float
    phase: int
    value: Value

    def samples(self, start: float, end: float) -> Iterator[tuple[int, float]]:
        """(unix s, value) of the scrapes in [start, end) that see it."""
        begin, finish = max(start, self.first), min(end, self.last)
        at = math.ceil((begin - self.phase) / SCRAPE_SECONDS) * SCRAPE_SECONDS + self.phase
        while at < finish:
            yield at, self.value(at) if callable(self.value) else self.value
            at += SCRAPE_SECONDS


@dataclass(frozen=True)
class Daily:
    """A level that swings between `low` at night and `high` at `peak_hour` (UTC), every day alike."""

    low: float
    high: float
    peak_hour: float = 14

    def at(self, t: float) -> float:
        """The level at `t`."""
        return self._middle + self._swing * math.cos(self._angle(t))

    def sum(self, start: float, end: float) -> float:
        """The level's integral from `start` to `end`, in level × seconds."""
        wave = self._swing * DAY_SECONDS / (2 * HALF_TURN)
        return self._middle * (end - start) + wave * (math.sin(self._angle(end)) - math.sin(self._angle(start)))

    @property
    def _middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def _swing(self) -> float:
        return (self.high - self.low) / 2

    def _angle(self, t: float) -> float:
        return 2 * HALF_TURN * (t - self.peak_hour * 3600) / DAY_SECONDS
