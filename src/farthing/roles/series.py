"""Where the series come from: a Prometheus-compatible server, or the embedded sample store that scrapes and takes remote write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Protocol

from farthing.core.ledger import Span
from farthing.core.settings import Settings
from farthing.core.units import HOUR_SECONDS
from farthing.metering import RAM_USED, Source
from farthing.metering.prometheus import Asked, Progress, PrometheusClient, PrometheusSource
from farthing.metering.samples import SampleStore, Scraper, check_reach, parse_write_request, read_targets

DIVISORS = (1, 2, 3, 4, 6, 8, 12, 24)
SCRAPE_LOOK_SECONDS = 1.0


class Series(Protocol):
    """Series that can be measured, and work that goes on beside it."""

    def source(self, span: Span) -> Source:
        """The store as asked about a span."""
        ...

    def breadth(self, span: Span) -> int:
        """About how many containers it has in a span."""
        ...

    def tick(self) -> tuple[bool, str]:
        """A moment's work; whether there is more, and what was done."""
        ...

    def close(self) -> None:
        """Let everything go."""
        ...


class PrometheusSeries:
    """A server's series. A client of its own for every span: limits such as `max_queries` are meant for one piece of work."""

    def __init__(self, settings: Settings, progress: Callable[[Progress], None] | None = None) -> None:
        """`progress` hears of every answer."""
        self.asked = Asked()  # what all clients asked that are closed
        self._settings = settings
        self._progress = progress
        self._client: PrometheusClient | None = None

    def source(self, span: Span) -> Source:
        """See Series."""
        return PrometheusSource(self._fresh(), self._settings.metering, span)

    def breadth(self, span: Span) -> int:
        """See Series."""
        return PrometheusSource(self._fresh(), self._settings.metering, span).breadth(RAM_USED, span)

    def tick(self) -> tuple[bool, str]:
        """See Series: the server does its own work."""
        return False, ""

    def close(self) -> None:
        """See Series."""
        if self._client is not None:
            self._client.close()
            for name, tally in self._client.asked.measurements.items():
                self.asked.count(name, **asdict(tally))
            self.asked.warn(self._client.asked.warnings)
            self._client = None

    def _fresh(self) -> PrometheusClient:
        self.close()
        self._client = PrometheusClient(self._settings.prometheus, progress=self._progress)
        return self._client


class StoredSeries:
    """The embedded store's series: scraped from the targets in a file, and whatever is written to `receive`."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        """Raises SettingsError where the settings or the file of targets do not fit together, StorageError for the folder."""
        assert settings.samples.path is not None
        check_reach(settings.samples, settings.metering)
        self._settings = settings
        self._now = now
        self._store = SampleStore(settings.samples.path, settings.samples)
        targets = read_targets(settings.samples.targets) if settings.samples.targets else []
        self._scraper = Scraper(self._store, targets, settings.samples) if targets else None

    def source(self, span: Span) -> Source:
        """See Series."""
        return self._store.source(span, self._settings.metering)

    def breadth(self, span: Span) -> int:
        """See Series."""
        return self._store.source(span, self._settings.metering).breadth(RAM_USED, span)

    def receive(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Take a body of Prometheus' remote write. Raises what `parse_write_request` raises, StorageError."""
        batch = parse_write_request(body, headers, most_bytes=self._settings.samples.most_body_bytes)
        self._store.append(batch, self._now().timestamp())

    def tick(self) -> tuple[bool, str]:
        """See Series: scrape what is due."""
        scraped = self._scraper.tick(self._now().timestamp()) if self._scraper else 0
        return False, f"{scraped} targets scraped" if scraped else ""

    def tend(self) -> tuple[bool, str]:
        """Sync, put whole hours into columns, and drop what is old: seconds of work now and then, which no scrape must wait for."""
        self._store.tend(self._now().timestamp(), self._settings.metering.settle_minutes)
        return False, ""

    def close(self) -> None:
        """See Series."""
        if self._scraper is not None:
            self._scraper.close()
        self._store.close()


def piece_hours(series: Series, rows_at_once: int, span: Span) -> int:
    """Hours of a piece of `span`, a divisor of the day, so that it has about `rows_at_once` rows at most."""
    containers = series.breadth(Span(span.end - HOUR_SECONDS, span.end))
    return max((hours for hours in DIVISORS if hours * containers <= rows_at_once), default=1)
