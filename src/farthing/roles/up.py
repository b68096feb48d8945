"""Everything on one machine: collect closed hours into the lake, take them into the warehouse, and keep it in shape."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from farthing.core.settings import Settings
from farthing.lake import Lake
from farthing.warehouse import Warehouse

from .aggregator import Aggregator, Progress
from .collector import Collected, Collector
from .loops import Health, Loop
from .rules import Rules
from .series import SCRAPE_LOOK_SECONDS, Series, StoredSeries, piece_hours

TAKE_IN_SECONDS = 15.0
TIDY_SECONDS = 5.0
PATIENCE_SECONDS = 10.0

Work = Callable[[], tuple[bool, str]]
"""A round of a loop: whether there is more to do at once, and what was done, in words."""


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
        self._backfill: Iterator[Collected] | None = None
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
                piece_hours=lambda span: piece_hours(series, settings.metering.rows_at_once, span),
                now=now,
                stopped=lambda: self._loops["collect"].stopping,
            )
            self._loops["collect"] = Loop("collect", self._collect, settings.collect.every_seconds, now)
            if isinstance(series, StoredSeries):
                self._loops["scrape"] = Loop("scrape", series.tick, SCRAPE_LOOK_SECONDS, now)
        self._aggregator = Aggregator(
            lake, warehouse, lambda: self._rules, now=now, told=told, stopped=lambda: self._loops["take in"].stopping
        )
        self._again = Aggregator(lake, warehouse, lambda: self._rules, now=now, told=told, stopped=lambda: self._loops["tidy"].stopping)
        self._loops["take in"] = Loop("take in", self._take_in, TAKE_IN_SECONDS, now)
        self._loops["tidy"] = Loop("tidy", self._tidy, TIDY_SECONDS, now)
        for name, work in (beside or {}).items():
            self._loops[name] = Loop(name, work, SCRAPE_LOOK_SECONDS, now)

    @property
    def rules(self) -> Rules:
        """What everything is costed by now."""
        return self._rules

    def health(self) -> tuple[Health, ...]:
        """How every loop does."""
        return tuple(loop.health for loop in self._loops.values())

    def committed(self) -> None:
        """Something new is in the lake: take it in without waiting."""
        self._loops["take in"].wake()

    def start(self) -> None:
        """Begin every loop."""
        for loop in self._loops.values():
            loop.start()

    def stop(self) -> Sequence[str]:
        """End every loop; names of those that did not in time. What they were doing is done again the next time."""
        stubborn = [name for name, loop in self._loops.items() if not loop.stop(PATIENCE_SECONDS)]
        if self._collector is not None and "collect" not in stubborn:
            self._collector.release()
        if self._series is not None and not {"collect", "scrape"} & set(stubborn):
            self._series.close()
        return stubborn

    def _collect(self) -> tuple[bool, str]:
        """New hours first; then one step into the past."""
        assert self._collector is not None
        hours = sum(found.hours for found in self._collector.new_hours())
        more = False
        if not hours and self._settings.collect.backfill:
            if self._backfill is None:
                self._backfill = self._collector.backfill()
            step = next(self._backfill, None)
            more, hours = step is not None, step.hours if step else 0
        if hours:
            self._loops["take in"].wake()
        return more or bool(hours), f"{hours} hours collected" if hours else ""

    def _take_in(self) -> tuple[bool, str]:
        hours = self._aggregator.catch_up()
        if hours:
            self._loops["tidy"].wake()
        return False, f"{hours} hours taken in" if hours else ""

    def _tidy(self) -> tuple[bool, str]:
        """Read the price book again, cost everything again when it changed, and roll up a day."""
        self._read_rules()
        if self._again.cost_again():
            return True, "everything costed again"
        days = self.warehouse.roll_up(most=1)
        return bool(days), ""

    def _read_rules(self) -> None:
        found = Rules.read(self._settings.pricing.book)
        if found.written != self._rules.written:
            found.record(self.lake, self._now())
            self._rules = found


def agent_name(folder: Path) -> str:
    """The name under which this installation claims clusters: made up once, kept in `folder`, so that a restart is no other agent."""
    path = folder / "agent"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(f"agent-{uuid.uuid4()}", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
