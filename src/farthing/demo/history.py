"""The company's past as facts in the lake: the newest days first, each once, taken up again where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS
from farthing.lake import Lake
from farthing.roles import by_cluster
from farthing.simulator import Organisation, facts

DAY_HOURS = 24
MOST_DAYS = 4  # at once: the first days are there soon, and the others take less time each


class History:
    """Whole hours [first, end) (unix s) of an organisation's facts, as far as the lake does not have them."""

    def __init__(self, organisation: Organisation, lake: Lake, first: int, end: int, now: Callable[[], datetime]) -> None:
        self._organisation = organisation
        self._lake = lake
        self._now = now
        self._pieces = _pieces(first, end)
        self.first, self.end = first, end
        self.reached = end
        """Start (unix s) of the oldest hour that is in the lake, with all after it."""

    @property
    def whole(self) -> bool:
        """Whether all of it is in the lake."""
        return self.reached <= self.first

    def tick(self) -> tuple[bool, str]:
        """Write one piece that is missing; whether there is more to do."""
        for span in self._pieces:
            written = self._write(span)
            self.reached = int(span.start)
            if written:
                return not self.whole, f"{written} hours of history written"
        return False, ""

    def _write(self, span: Span) -> int:
        """Hours of clusters that were missing in `span`. They are not measured: they are what the company's books are made of."""
        written = 0
        for run, clusters in self._missing(span).items():
            for name, part in by_cluster(facts(self._organisation, run, self._now())):
                if name in clusters:
                    written += len(self._lake.cluster(name).commit(part, now=self._now()).hours)
        return written

    def _missing(self, span: Span) -> dict[Span, set[str]]:
        """Runs of hours of `span` that the lake lacks, and of which clusters."""
        found: dict[Span, set[str]] = {}
        for cluster in self._organisation.clusters:
            there = set(self._lake.cluster(cluster.name).hours(span)["hour"].dt.epoch("s"))
            lacking = [hour for hour in range(int(span.start), int(span.end), HOUR_SECONDS) if hour not in there]
            for run in _runs(lacking):
                found.setdefault(run, set()).add(cluster.name)
        return found


def _runs(hours: Sequence[int]) -> Iterator[Span]:
    """Hours (unix s of their starts, in order) as spans without holes."""
    start = 0
    for i, hour in enumerate(hours):
        if i + 1 == len(hours) or hours[i + 1] != hour + HOUR_SECONDS:
            yield Span(float(hours[start]), float(hour + HOUR_SECONDS))
            start = i + 1


def _pieces(first: int, end: int) -> Iterator[Span]:
    """[first, end) in pieces of whole days but for the oldest, newest first: one day, one, two, four, four, …"""
    days = 1
    begun = False
    while end > first:
        start = max(first, end - days * DAY_HOURS * HOUR_SECONDS)
        yield Span(float(start), float(end))
        end = start
        days = min(days * 2, MOST_DAYS) if begun else 1
        begun = True
