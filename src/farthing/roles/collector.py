"""The collector: measures closed hours of one server and commits them to the lake, newest first, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from farthing.core.errors import LakeTaken, NoData
from farthing.core.ledger import Facts, Span
from farthing.core.settings import MeteringSettings
from farthing.core.units import HOUR_SECONDS
from farthing.lake import Claim, Lake
from farthing.metering import ALL_NEEDS, Source, measure

BLOCK_DAYS = 30  # the past is looked at by as much: where there is nothing, one question tells so


@dataclass(frozen=True)
class Collected:
    """A span that was looked at: hours of it that were committed because the server had something, and their rows of usage."""

    span: Span
    hours: int
    rows: int


@dataclass(frozen=True)
class Planned:
    """A UTC day, or the part of it that was asked for, of which `hours` are to be collected."""

    span: Span
    hours: int


class Collector:
    """One server's facts into the lake. Every step may be repeated: an hour that is there is not asked for again."""

    def __init__(
        self,
        lake: Lake,
        source: Callable[[Span], Source],
        settings: MeteringSettings,
        *,
        agent: str,
        lease: timedelta = timedelta(minutes=5),
        backfill_days: int = 400,
        late_hours: int = 24,
        piece_hours: Callable[[Span], int] = lambda _: 24,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """`source`: the store as asked about a span; `piece_hours`: how many of its hours fit into memory at once; both may raise NoData.
        `agent`: a name that nobody else has, under which clusters are claimed for `lease`. `late_hours`: see `late`; 0: never."""
        self._lake = lake
        self._source = source
        self._settings = settings
        self._piece_hours = piece_hours
        self._agent = agent
        self._lease = lease
        self._backfill_days = backfill_days
        self._late_hours = late_hours
        self._looked_late = -1
        self._claims: dict[str, Claim] = {}
        self._now = now
        self._stopped = stopped
        self._known: set[int] | None = None
        self._empty: set[int] = set()

    @property
    def closed(self) -> int:
        """The hour (since 1970) after the last closed one."""
        return int((self._now().timestamp() - self._settings.settle_minutes * 60) // HOUR_SECONDS)

    def new_hours(self, most: int = 24) -> Iterator[Collected]:
        """Collect hours that have closed since the last one that is in the lake, at most `most` of them, oldest first.

        Without any in the lake it is the last closed hour alone: what is older is a backfill.
        """
        last = self.closed - 1
        known = self._hours()
        newest = max((hour for hour in known | self._empty if hour <= last), default=last - 1)
        first = max(newest + 1, last - most + 1)
        if first <= last:
            yield from self._collect(first, last + 1)

    def late(self) -> Iterator[Collected]:
        """Measure the hour once more that closed `late_hours` ago: samples may have come late. Where nothing changed nothing is written.

        Not where the server may have begun to forget the hour or what lay around it.
        """
        hour = self.closed - 1 - self._late_hours
        if not self._late_hours or hour == self._looked_late or hour not in self._hours():
            return
        self._looked_late = hour
        around = hour - self._settings.look_around_hours
        if self._has_any(_span(around - 1, around)):
            yield self._piece(hour, hour + 1)

    def backfill(self, first: datetime | None = None, last: datetime | None = None) -> Iterator[Collected]:
        """Collect what the server still has of the hours in [first, last) that are not in the lake, newest day first.

        `first`: None goes back as far as the settings say. Resumes where it was stopped.
        """
        for block, end in self._blocks(first, last):
            if self._stopped():
                return
            if missing := self._missing(block, end):
                if self._has_any(_span(block, end)):
                    for start, stop in _days(block, end):
                        yield from self._collect(start, stop)
                else:
                    self._empty |= set(missing)
            yield Collected(_span(block, end), 0, 0)

    def plan(self, first: datetime | None = None, last: datetime | None = None) -> Iterator[Planned]:
        """What `backfill` would collect, newest day first: days with hours that the lake has not, where the server has anything."""
        for block, end in self._blocks(first, last):
            days = [(a, b, len(missing)) for a, b in _days(block, end) if (missing := self._missing(a, b))]
            if days and self._has_any(_span(block, end)):
                yield from (Planned(_span(a, b), hours) for a, b, hours in days if self._has_any(_span(a, b)))

    def carry_out(self, planned: Planned) -> Iterator[Collected]:
        """Collect what is planned, but for hours that are in the lake by now."""
        yield from self._collect(int(planned.span.start // HOUR_SECONDS), int(planned.span.end // HOUR_SECONDS))

    def _blocks(self, first: datetime | None, last: datetime | None) -> Iterator[tuple[int, int]]:
        """[first, last) in whole closed hours, newest BLOCK_DAYS first."""
        end = self.closed if last is None else min(self.closed, int(last.timestamp() // HOUR_SECONDS))
        limit = end - self._backfill_days * 24 if first is None else int(-(-first.timestamp() // HOUR_SECONDS))
        while end > limit:
            block = max(limit, end - BLOCK_DAYS * 24)
            yield block, end
            end = block

    def _missing(self, first: int, end: int) -> list[int]:
        """Hours of [first, end) that are not in the lake, but for those of which the server is known to have nothing."""
        return [hour for hour in range(first, end) if hour not in self._hours() and hour not in self._empty]

    def _has_any(self, span: Span) -> bool:
        """Whether the server has anything of `span`: one look at its index."""
        try:
            self._source(span)
        except NoData:
            return False
        return True

    def release(self) -> None:
        """Give every cluster back, so that another agent need not wait."""
        for name, claim in self._claims.items():
            self._lake.cluster(name).release(claim, now=self._now())
        self._claims.clear()

    def _claim(self, cluster: str) -> None:
        """Be the one agent of `cluster`. Raises LakeTaken while another is."""
        held = self._claims.get(cluster)
        lake = self._lake.cluster(cluster)
        try:
            if held is None:
                self._claims[cluster] = lake.claim(self._agent, now=self._now(), lease=self._lease)
            elif self._now() - held.clock_ahead > held.held_until - self._lease / 2:
                del self._claims[cluster]  # where another has it by now, it must be taken again
                self._claims[cluster] = lake.renew(held, now=self._now())
        except LakeTaken:
            self._known = None  # the other may have written
            raise

    def _hours(self) -> set[int]:
        """Hours that need not be measured again."""
        if self._known is None:
            self._known = settled({name: self._hours_of(name) for name in self._lake.clusters()})
        return self._known

    def _hours_of(self, cluster: str) -> set[int]:
        starts = self._lake.cluster(cluster).hours().get_column("hour").dt.epoch("s")
        return {int(start // HOUR_SECONDS) for start in starts}

    def _collect(self, first: int, end: int) -> Iterator[Collected]:
        """Measure and commit those of [first, end) that are not in the lake."""
        for a, b in _runs(self._missing(first, end)):
            try:
                length = max(1, self._piece_hours(_span(a, b)))
            except NoData:
                self._empty |= set(range(a, b))
                yield Collected(_span(a, b), 0, 0)
                continue
            for start in range(a, b, length):
                if self._stopped():
                    return
                yield self._piece(start, min(start + length, b))

    def _piece(self, first: int, end: int) -> Collected:
        span = _span(first, end)
        try:
            facts = measure(self._source(span), span, self._settings, needs=ALL_NEEDS, now=self._now())
        except NoData:
            self._empty |= set(range(first, end))
            return Collected(span, 0, 0)
        for name, part in by_cluster(facts):
            self._claim(name)
            self._lake.cluster(name).commit(part, now=self._now())
        self._hours().update(range(first, end))
        hours = pl.concat([facts.usage.get_column("hour"), facts.capacity.get_column("hour")]).n_unique()
        return Collected(span, hours, facts.usage.height)


def settled(clusters: dict[str, set[int]]) -> set[int]:
    """Hours (since 1970) that some cluster has and that none may lack because whoever committed them was killed between two clusters.

    Where the hours of a cluster begin or end, the day around may be such a one: it is not settled.
    """
    suspect: set[int] = set()
    for hours in clusters.values():
        edges = [edge for hour in hours for edge in (hour - 1, hour + 1) if edge not in hours]
        suspect.update(hour for edge in edges for hour in range(edge // 24 * 24, edge // 24 * 24 + 24) if hour not in hours)
    return set().union(*clusters.values()) - suspect


def by_cluster(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """Facts of each cluster alone, from the first to the last hour in which it was seen."""
    names = facts.capacity.get_column("cluster").unique().to_list() + facts.usage.get_column("cluster").unique().to_list()
    for name in sorted(set(names)):
        mine = pl.col("cluster") == name
        parts = {table: getattr(facts, table).filter(mine) for table in ("usage", "capacity", "flow", "identity")}
        hours = pl.concat([parts["usage"].get_column("hour"), parts["capacity"].get_column("hour")]).dt.epoch("s")
        starts = sorted(hours.unique())
        notes = tuple(note for note in facts.notes if note.cluster in ("", name))
        yield name, replace(facts, span=Span(float(starts[0]), float(starts[-1] + HOUR_SECONDS)), notes=notes, **parts)


def _span(first: int, end: int) -> Span:
    return Span(float(first * HOUR_SECONDS), float(end * HOUR_SECONDS))


def _runs(hours: list[int]) -> Iterator[tuple[int, int]]:
    """[first, end) of numbers that follow each other, newest run first."""
    runs: list[list[int]] = []
    for hour in hours:
        if runs and runs[-1][1] == hour:
            runs[-1][1] = hour + 1
        else:
            runs.append([hour, hour + 1])
    yield from ((a, b) for a, b in reversed(runs))


def _days(first: int, end: int) -> Iterator[tuple[int, int]]:
    """UTC days of the hours [first, end), newest first, the outer ones cut."""
    while end > first:
        start = max(first, (end - 1) // 24 * 24)
        yield start, end
        end = start
