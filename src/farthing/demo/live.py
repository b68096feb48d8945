"""The company's life while one looks on: what its exporters show goes into a sample store, and time goes on as far as it is there."""

from __future__ import annotations

import math
from collections.abc import Callable

from farthing.core.ledger import Span
from farthing.core.settings import Settings
from farthing.core.units import HOUR_SECONDS
from farthing.metering import RAM_USED, Source
from farthing.metering.samples import SampleStore, check_reach
from farthing.simulator import Organisation

from .clock import Clock
from .exporters import PIECE_SECONDS, Exporters

OPEN_HOURS = 3  # so far the clock may be ahead of what can be asked for: the hour that goes on, and two that are being measured


class LiveSeries:
    """The series of a company, from an hour before `since` on; `tick` keeps up with the clock, and the clock waits for it.

    Implements `roles.Series`. The exporters' values come from the simulator, so what was not stored before an end is simply written
    again: the folder of samples must be empty.
    """

    def __init__(self, organisation: Organisation, settings: Settings, clock: Clock, *, since: int, reached: Callable[[], float]) -> None:
        """since: start (unix s) of the first hour that is to be measured. reached: up to when (unix s) there are answers; NaN where there
        are none yet: then time stands still. Raises SettingsError where the settings do not fit together, StorageError for the folder."""
        assert settings.samples.path is not None
        check_reach(settings.samples, settings.metering)
        self._settings = settings
        self._clock = clock
        self._reached = reached
        self._exporters = Exporters(organisation)
        self._every = organisation.scrape_seconds
        self._stored = float(since - HOUR_SECONDS)
        self._store = SampleStore(settings.samples.path, settings.samples)

    def source(self, span: Span) -> Source:
        """See Series."""
        return self._store.source(span, self._settings.metering)

    def breadth(self, span: Span) -> int:
        """See Series."""
        return self._store.source(span, self._settings.metering).breadth(RAM_USED, span)

    def tick(self) -> tuple[bool, str]:
        """Store the scrapes that are due, a piece of some minutes at most, and let the clock go on as far."""
        reached = self._reached()
        if math.isnan(reached):
            return False, ""  # what was before is to be seen first
        due = self._clock.wanted() // self._every * self._every
        end = min(due, self._stored + PIECE_SECONDS)
        written = 0
        if end > self._stored:
            for batch in self._exporters.scraped(Span(self._stored, end)):
                written += self._store.append(batch, end).written
            self._stored = end
        # whatever the clock shows, the scrapes before it are in the store, and what can be asked for is not far behind
        self._clock.let(min(self._stored + self._every, reached + OPEN_HOURS * HOUR_SECONDS))
        self._store.tend(self._clock.unix(), self._settings.metering.settle_minutes)
        return end < due, f"{written:,} samples stored" if written else ""

    def close(self) -> None:
        """See Series."""
        self._store.close()
