"""What is scraped, piece by piece, is what the organisation's exporters show, with every mark of an end."""

from __future__ import annotations

import math
from collections import Counter

from farthing.core.ledger import Span
from farthing.demo.exporters import Exporters
from farthing.metering.samples import WANTED, series_of
from farthing.simulator.emit import sampled, shown
from farthing.simulator.plan import Container, Kind, Organisation, Runs
from tests.simulator.small import hours, organisation, workload

SPAN = hours(2, 4)


def small() -> Organisation:
    """A service, and jobs that come and go all the time."""
    web = Container("web", "web:1", 0.5, 1.0, uses_cpu=0.25, uses_gib=0.5)
    build = Container("build", "build:1", 0.25, 0.5, uses_cpu=0.2, uses_gib=0.25)
    return organisation([workload("web", web, replicas=2)], [Runs(Kind.JOB, "shop", "build", "main", (build,), 300, (40, 250))])


def samples(step: int) -> Counter[tuple[int, int, float]]:
    """Series, time and value of all samples of SPAN, fetched in pieces of `step` seconds."""
    exporters = Exporters(small())
    found: Counter[tuple[int, int, float]] = Counter()
    for start in range(int(SPAN.start), int(SPAN.end), step):
        for batch in exporters.scraped(Span(start, start + step)):
            told = {one.id for one in batch.series}
            assert set(batch.ids) == told
            found.update((i, t, -1.0 if math.isnan(v) else v) for i, t, v in zip(batch.ids, batch.t, batch.v, strict=True))
    return found


def test_pieces_of_any_length_hold_the_same() -> None:
    by_minute = samples(60)
    assert by_minute == samples(600) == samples(3600)
    assert max(by_minute.values()) == 1
    assert all(SPAN.start * 1000 <= t < SPAN.end * 1000 for _, t, _ in by_minute)


def test_they_are_what_is_shown() -> None:
    organisation = small()
    every = organisation.scrape_seconds
    wide = Span(SPAN.start - 600, SPAN.end)
    values: set[tuple[int, int, float]] = set()
    ends: set[tuple[int, int, float]] = set()
    for one in sampled(list(shown(organisation, wide, metrics=WANTED)), wide.start, wide.end, every):
        own = series_of(one.series.metric, one.series.labels.items()).id
        values |= {(own, t, v) for t, v in zip(one.times, one.values, strict=True) if t >= SPAN.start * 1000}
        if one.stale is not None and one.stale >= SPAN.start * 1000:
            ends.add((own, one.stale, -1.0))
    found = set(samples(60))
    assert values <= found
    assert ends, "something must end in these hours"
    assert ends <= found
    assert len(values | ends) == len(found)
