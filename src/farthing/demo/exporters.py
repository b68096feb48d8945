"""What the company's exporters show, scrape by scrape, as batches for the sample store."""

from __future__ import annotations

from collections.abc import Iterator

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS
from farthing.metering.samples import STALE, WANTED, Batch, Series, series_of
from farthing.simulator import Organisation
from farthing.simulator.emit import Series as Shown
from farthing.simulator.emit import sampled, shown

BEFORE_SCRAPES = 2  # what ended so long before a piece may have the mark of its end in it
PIECE_SECONDS = 600


class Exporters:
    """Everything that is scraped of an organisation. The series of an hour are found once, their samples worked out piece by piece."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._every = organisation.scrape_seconds
        self._early = BEFORE_SCRAPES * self._every
        self._hour = -1
        self._shown: list[tuple[Shown, Series]] = []

    def scraped(self, span: Span) -> Iterator[Batch]:
        """The samples and marks of ended series of all scrapes in `span` (unix s, on multiples of the scrape interval), in order of time:
        a batch for every interval."""
        start = int(span.start)
        while start < span.end:
            hour = start // HOUR_SECONDS * HOUR_SECONDS
            if hour != self._hour:
                self._shown, self._hour = self._found(hour), hour
            end = min(int(span.end), hour + HOUR_SECONDS, start + PIECE_SECONDS)
            yield from self._worked_out(start, end)
            start = end

    def _found(self, hour: int) -> list[tuple[Shown, Series]]:
        there = shown(self._organisation, Span(hour - self._early, hour + HOUR_SECONDS), metrics=WANTED)
        return [(one, series_of(one.metric, one.labels.items())) for one in there]

    def _worked_out(self, start: int, end: int) -> Iterator[Batch]:
        slots = [_Slot() for _ in range((end - start) // self._every)]
        stored = {id(one): series for one, series in self._shown}
        first, step = start * 1000, self._every * 1000
        for samples in sampled([one for one, _ in self._shown], start - self._early, end, self._every):
            series = stored[id(samples.series)]
            for at, value in zip(samples.times, samples.values, strict=True):
                if at >= first:
                    slots[(at - first) // step].add(series, at, value)
            if samples.stale is not None and samples.stale >= first:
                slots[(samples.stale - first) // step].add(series, samples.stale, STALE)
        for slot in slots:
            yield slot.batch()


class _Slot:
    """Samples of one scrape interval."""

    def __init__(self) -> None:
        self._series: dict[int, Series] = {}
        self._batch = Batch([])

    def add(self, series: Series, at: int, value: float) -> None:
        """at: unix ms."""
        self._series[series.id] = series
        self._batch.ids.append(series.id)
        self._batch.t.append(at)
        self._batch.v.append(value)

    def batch(self) -> Batch:
        """All of them."""
        found = self._batch
        return Batch(list(self._series.values()), found.ids, found.t, found.v)
