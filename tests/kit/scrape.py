"""Scraping: targets with their own labels, and the recorder that turns "was there from a to b" into samples and stale markers."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.kit.curve import Shape, value_at

Interval = tuple[float, float]
FOREVER = math.inf


@dataclass(frozen=True)
class Series:
    """One stored series. Times are unix seconds; `stale` are the instants at which Prometheus wrote a stale marker."""

    metric: str
    labels: dict[str, str]
    times: list[float]
    values: list[float]
    stale: list[float] = field(default_factory=list)

    @property
    def samples(self) -> list[tuple[float, float]]:
        return list(zip(self.times, self.values, strict=True))


@dataclass(frozen=True)
class ScrapeConfig:
    """How one kind of target is scraped, as a scrape job says it.

    `labels` are put on every target of the job; `node_label` is the name under which the node's name is put ("" for not at all);
    `instance` tells whether `instance` is the address or the node's name. Labels in `drop_labels` are lost on the way (labeldrop).
    Without `honor_labels` the exporter's labels that clash with the target's are renamed `exported_…`.
    """

    job: str
    labels: Mapping[str, str] = field(default_factory=dict)
    honor_labels: bool = True
    node_label: str = "node"
    instance: str = "address"
    drop_labels: Sequence[str] = ()

    def stored(self, target: Mapping[str, str], exported: Mapping[str, str]) -> dict[str, str]:
        """Labels under which a series is stored."""
        if self.honor_labels:
            labels = {**target, **exported}
        else:
            labels = {**target, **{f"exported_{k}" if k in target else k: v for k, v in exported.items()}}
        return {k: v for k, v in labels.items() if v and k not in self.drop_labels}


class Target:
    """One scrape target, alive from `start` to `end`, scraped every `every` seconds at `phase` past the full interval.

    `failures`: the target does not answer (its series go stale, `up` is 0). `outages`: Prometheus itself is down (nothing is written).
    """

    def __init__(
        self,
        config: ScrapeConfig,
        labels: Mapping[str, str],
        life: Interval,
        *,
        every: float,
        phase: float,
        failures: Sequence[Interval] = (),
        outages: Sequence[Interval] = (),
        leaves: bool = False,
    ) -> None:
        self.config, self.labels, self.every, self.leaves = config, {"job": config.job, **labels}, every, leaves
        first = math.ceil((life[0] - phase) / every)
        count = max(0, math.ceil((life[1] - phase) / every) - first)
        nominal = [round((first + i) * every + phase, 3) for i in range(count)]
        attempts = [t for t in nominal if not _inside(t, outages)]
        self.times = [t for t in attempts if not _inside(t, failures)]
        self._attempted = set(attempts)
        self._over = self._following(nominal[-1]) if nominal else None  # the scrape that no longer takes place
        scraped = set(self.times)
        self._breaks = [t for t in self.times if self._following(t) not in scraped]

    def _following(self, t: float) -> float:
        return round(t + self.every, 3)

    def between(self, start: float, end: float) -> list[float]:
        """Times of successful scrapes in [start, end)."""
        return self.times[bisect_left(self.times, start) : bisect_left(self.times, end)]

    def markers(self, times: Sequence[float]) -> Iterator[float]:
        """When a series scraped at `times` gets stale markers: at the next attempt that does not find it.

        None is written while Prometheus is down, nor (by a Prometheus started later) for what vanished meanwhile.
        """
        if not times:
            return
        breaks = self._breaks[bisect_left(self._breaks, times[0]) : bisect_left(self._breaks, times[-1])]
        for t in (*breaks, times[-1]):
            following = self._following(t)
            if following in self._attempted or (self.leaves and following == self._over):
                yield following


def _inside(t: float, intervals: Sequence[Interval]) -> bool:
    return any(start <= t < end for start, end in intervals)


@dataclass(frozen=True)
class _Stretch:
    target: Target
    start: float
    end: float
    shape: Shape


class Recorder:
    """Collects what targets showed; the same stored labels from several stretches make one series."""

    def __init__(self, *, cluster: Mapping[str, str], dropped: Sequence[str]) -> None:
        self._cluster, self._dropped = dict(cluster), frozenset(dropped)
        self._stretches: dict[tuple[str, tuple[tuple[str, str], ...]], list[_Stretch]] = {}

    def record(self, target: Target, metric: str, labels: Mapping[str, str], life: Interval, shape: Shape) -> None:
        """`target` exports `metric` with `labels` while `life` lasts; its value follows `shape`."""
        if metric in self._dropped or life[1] <= life[0]:
            return
        stored = {**target.config.stored(target.labels, labels), **self._cluster}
        self._stretches.setdefault((metric, tuple(sorted(stored.items()))), []).append(_Stretch(target, *life, shape))

    def series(self) -> Iterator[Series]:
        """Every series that was scraped at least once."""
        for (metric, labels), stretches in self._stretches.items():
            times: list[float] = []
            values: list[float] = []
            markers: set[float] = set()
            for stretch in stretches:
                scraped = stretch.target.between(stretch.start, stretch.end)
                times += scraped
                values += _values(stretch.shape, scraped)
                markers.update(stretch.target.markers(scraped))
            if not times:
                continue
            if len(stretches) > 1 and any(
                a >= b for a, b in pairwise(times)
            ):  # two targets under one name: in time order, the later written wins
                points = dict(zip(times, values, strict=True))
                times = sorted(points)
                values = [points[t] for t in times]
            yield Series(metric, dict(labels), times, values, sorted(markers.difference(times)) if markers else [])


def _values(shape: Shape, times: Sequence[float]) -> list[float]:
    if isinstance(shape, int | float):
        return [float(shape)] * len(times)
    return [float(value_at(shape, t)) for t in times]
