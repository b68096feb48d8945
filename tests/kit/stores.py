"""Every kind of place that holds series for metering: real servers, and the sample store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from farthing.core.settings import SamplesSettings
from farthing.metering.samples import STALE, Batch, SampleStore, batch_of, series_of
from tests.kit.scrape import Series
from tests.kit.servers import KINDS, serving

BACK_ENDS = (*KINDS, "samples")
Place = str | SampleStore
"""A server's URL, or a store."""
SERIES_AT_ONCE = 5000


@contextmanager
def holding(kind: str, series: Iterable[Series], folder: Path) -> Iterator[Place]:
    """A place of `kind` that holds `series` and keeps its files in `folder`."""
    if kind == "samples":
        with SampleStore(folder, SamplesSettings(retention_hours=1000)) as store:
            fill(store, list(series))
            yield store
    else:
        with serving(kind, series, folder) as url:
            yield url


def fill(store: SampleStore, series: Sequence[Series]) -> None:
    """Put the series into the store: half of them in columns, the other half in logs, the first of them in both."""
    end = max((s.times[-1] for s in series), default=0.0)
    half = len(series) // 2
    _append(store, series[:half], end)
    for hour in store.hours():
        store.seal(hour)
    _append(store, [*series[:1], *series[half:]], end)


def _append(store: SampleStore, series: Sequence[Series], now: float) -> None:
    for i in range(0, len(series), SERIES_AT_ONCE):
        store.append(as_batch(series[i : i + SERIES_AT_ONCE]), now)


def as_batch(series: Sequence[Series]) -> Batch:
    """Samples and stale markers of series."""
    samples = [(series_of(s.metric, s.labels.items()), s.times, s.values) for s in series]
    markers = [(series_of(s.metric, s.labels.items()), s.stale, [STALE] * len(s.stale)) for s in series if s.stale]
    return batch_of([*samples, *markers])
