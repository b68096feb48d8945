"""Everything on one machine: collect closed hours into the lake, take them into the warehouse, and keep it in shape."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from farthing.core.settings import Settings
from farthing.lake import Lake
from farthing.warehouse import Warehouse

from .aggregator import Aggregator
from .collector import Collected, Collector
from .loops import Health, Loop, Work
from .progress import History, Job, Progress
from .rules import Rules
from .series import SCRAPE_LOOK_SECONDS, Series, StoredSeries, piece_hours

TAKE_IN_SECONDS = 15.0
TIDY_SECONDS = 5.0
PATIENCE_SECONDS = 10.0
PRICES_SECONDS = 5.0
PRICES_LONGEST_SECONDS = 15.0  # somebody who mends a price book waits for it


@dataclass(frozen=True)
class Counts:
    """What was done since the start; `jobs`: the latest progress of each long job."""

    hours_collected: int = 0
    rows_collected: int = 0
    hours_taken_in: int = 0
    jobs: Mapping[Job, Progress] = field(default_factory=dict)


class OneMachine:
    """The loops of `farthing up` over one lake and one warehouse. Each may be killed at any moment and goes on where it stopped."""

    def __init__(
        self,
        lake: Lake,
        warehouse: Warehouse,
        settings: Settings,
        *,
        agent: str,
        series: Series | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        told: Callable[[Progress], None] = lambda _: None,
        beside: Mapping[str, Work] | None = None,
    ) -> None:
        """`series`: what is collected from; None only serves what others write into the lake. `beside`: more work, each in a loop of its
        own that looks every second; one named "scrape" writes what `series` is asked for. Raises BadPriceBook."""
        self.lake, self.warehouse = lake, warehouse
        self._settings = settings
        self._now = now
        self._rules = Rules.read(settings.pricing.book)
        self._rules.record(lake, now())
        self._told = told
        self._counts = Counts()
        self._counting = Lock()
        self._backfill: Iterator[Collected] | None = None
        self._past_is_whole = False
        self._past_was_whole = False
        self._loops: dict[str, Loop] = {}
        self._collector: Collector | None = None
        self._series = series
        if series is not None:
            self._collector = Collector(
                lake,
                series.source,
                settings.metering,
                agent=agent,
                lease=timedelta(seconds=settings.lake.lease_seconds),
                backfill_days=settings.collect.backfill_days,
                late_hours=settings.collect.late_hours,
                piece_hours=lambda span: piece_hours(series, settings.metering.rows_at_once, span),
                now=now,
                stopped=lambda: self._loops["collect"].stopping,
            )
            self._loops["collect"] = Loop("collect", self._collect, settings.collect.every_seconds, now)
            if isinstance(series, StoredSeries):
                self._loops["scrape"] = Loop("scrape", series.tick, SCRAPE_LOOK_SECONDS, now)
                self._loops["samples"] = Loop("samples", series.tend, SCRAPE_LOOK_SECONDS, now)
        self._aggregator = Aggregator(
            lake, warehouse, lambda: self._rules, now=now, told=self._tell, stopped=lambda: self._loops["take in"].stopping
        )
        self._again = Aggregator(
            lake, warehouse, lambda: self._rules, now=now, told=self._tell, stopped=lambda: self._loops["tidy"].stopping
        )
        self._loops["take in"] = Loop("take in", self._take_in, TAKE_IN_SECONDS, now)
        self._loops["tidy"] = Loop("tidy", self._tidy, TIDY_SECONDS, now)
        self._loops["prices"] = Loop("prices", self._read_rules, PRICES_SECONDS, now, longest_wait=PRICES_LONGEST_SECONDS)
        for name, work in (beside or {}).items():
            self._loops[name] = Loop(name, work, SCRAPE_LOOK_SECONDS, now)

    @property
    def rules(self) -> Rules:
        """What everything is costed by now."""
        return self._rules

    def health(self) -> tuple[Health, ...]:
        """How every loop does."""
        return tuple(loop.health for loop in self._loops.values())

    def counts(self) -> Counts:
        """What was done since it began."""
        return self._counts

    def history(self) -> History:
        """Whether the past is still collected or taken in; hours are those of clusters, since the start.

        Once all of it was there, hours that come later are no history. Where nobody collects the past, it is what the lake has.
        """
        counts, took_in = self._counts, self._loops["take in"].health.rounds > 0
        taking_in = counts.jobs.get(Job.TAKING_IN, Progress(Job.TAKING_IN, 0))
        collecting = self._collector is not None and self._settings.collect.backfill and not self._past_was_whole
        if not collecting and took_in and taking_in.done >= taking_in.total:
            return History(building=False, done=counts.hours_taken_in, total=counts.hours_taken_in)
        if collecting:
            return History(building=True, done=counts.hours_taken_in)
        return History(building=True, done=taking_in.done, total=taking_in.total or None)

    def committed(self) -> None:
        """Something new is in the lake: take it in without waiting."""
        self._loops["take in"].wake()

    def start(self) -> None:
        """Begin every loop."""
        for loop in self._loops.values():
            loop.start()

    def round(self, name: str) -> Health:
        """One round of a loop here and now, for whoever goes on without threads; how it does then."""
        self._loops[name].round()
        return self._loops[name].health

    def stop(self) -> Sequence[str]:
        """End every loop; names of those that did not in time. What they were doing is done again the next time."""
        stubborn = [name for name, loop in self._loops.items() if not loop.stop(PATIENCE_SECONDS)]
        if self._collector is not None and "collect" not in stubborn:
            self._collector.release()
        if self._series is not None and not {"collect", "scrape", "samples"} & set(stubborn):
            self._series.close()
        return stubborn

    def _collect(self) -> tuple[bool, str]:
        """New hours first; then one step into the past."""
        assert self._collector is not None
        found = [*self._collector.new_hours(), *self._collector.late()]
        more = False
        if any(one.hours for one in found):
            self._backfill, self._past_is_whole = None, False  # a pause may have left hours behind: it is looked through again
        elif self._settings.collect.backfill:
            step = self._step_back(self._collector)
            more, found = step is not None, [step] if step else []
        hours = sum(one.hours for one in found)
        if hours:
            self._count_collected(found)
            self._loops["take in"].wake()
        return more or bool(hours), f"{hours} hours collected" if hours else ""

    def _step_back(self, collector: Collector) -> Collected | None:
        """One more step of the backfill; None at its end. One that failed begins again: what is in the lake is passed over."""
        if self._past_is_whole:
            return None
        steps = self._backfill = self._backfill or collector.backfill()
        try:
            step = next(steps, None)
        except BaseException:
            self._backfill = None
            raise
        if step is None:
            self._backfill, self._past_is_whole, self._past_was_whole = None, True, True
            done = self._counts.hours_collected
            self._tell(Progress(Job.COLLECTING, done, done))
        return step

    def _count_collected(self, found: Sequence[Collected]) -> None:
        counts = self._count(hours_collected=sum(one.hours for one in found), rows_collected=sum(one.rows for one in found))
        self._tell(Progress(Job.COLLECTING, counts.hours_collected, reached=datetime.fromtimestamp(found[-1].span.start, UTC)))

    def _count(self, **more: int) -> Counts:
        with self._counting:
            self._counts = replace(self._counts, **{name: getattr(self._counts, name) + amount for name, amount in more.items()})
            return self._counts

    def _tell(self, progress: Progress) -> None:
        with self._counting:
            self._counts = replace(self._counts, jobs={**self._counts.jobs, progress.job: progress})
        self._told(progress)

    def _take_in(self) -> tuple[bool, str]:
        hours = self._aggregator.catch_up()
        if hours:
            self._count(hours_taken_in=hours)
            self._loops["tidy"].wake()
        return False, f"{hours} hours taken in" if hours else ""

    def _tidy(self) -> tuple[bool, str]:
        """Cost everything again when the rules changed, and roll up a day."""
        if self._again.cost_again():
            return True, "everything costed again"
        days = self.warehouse.roll_up(most=1)
        return bool(days), ""

    def _read_rules(self) -> tuple[bool, str]:
        """Read the price book again; one that cannot be read leaves the rules as they are."""
        found = Rules.read(self._settings.pricing.book)
        if found.written == self._rules.written:
            return False, ""
        found.record(self.lake, self._now())
        self._rules = found
        self._loops["tidy"].wake()
        return False, f"price book {found.name} changed"


def agent_name(folder: Path) -> str:
    """The name under which this installation claims clusters: made up once, kept in `folder`, so that a restart is no other agent."""
    path = folder / "agent"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(f"agent-{uuid.uuid4()}", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
