"""The series of a span as blocks of a Prometheus' storage, a block a day, written directly."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from farthing.core.ledger import Span
from farthing.simulator.dice import DAY_SECONDS
from farthing.simulator.plan import Organisation

from .blocks import BlockStats, Labels, flat_labels, write_block
from .chunks import STALE_BITS, ChunkRun, chunk_run, float_bits
from .exporters import shown
from .series import Samples, Series, sampled, waves_of


def write_blocks(
    organisation: Organisation, span: Span, database: Path, *, metrics: Collection[str] | None = None, cgroups: bool = True
) -> list[BlockStats]:
    """Write every sample and stale marker in `span` (unix s) into the folder `database`, which a Prometheus can be started on.

    A block for each UTC day. metrics, cgroups: as `shown` takes them.
    """
    database.mkdir(parents=True, exist_ok=True)
    series = list(shown(organisation, span, metrics=metrics, cgroups=cgroups))
    labels = {id(one): flat_labels(one.metric, one.labels.items()) for one in series}
    series.sort(key=lambda one: (labels[id(one)], one.start))
    written = []
    for serial, day in enumerate(days_of(span)):
        written.append(write_block(database, _runs(organisation, series, labels, day), serial=serial))
    return written


def days_of(span: Span) -> list[Span]:
    """The span cut at every midnight (UTC)."""
    edges = [span.start]
    while edges[-1] < span.end:
        edges.append(min(span.end, (edges[-1] // DAY_SECONDS + 1) * DAY_SECONDS))
    return [Span(a, b) for a, b in pairwise(edges)]


def _runs(organisation: Organisation, series: Sequence[Series], labels: dict[int, Labels], span: Span) -> Iterator[tuple[Labels, ChunkRun]]:
    """Series in order of their labels; what is told in several parts under the same labels is one."""
    constant: dict[tuple[range, int | None, float], ChunkRun] = {}
    parts: list[Samples] = []
    for samples in sampled(series, span.start, span.end, organisation.scrape_seconds):
        if parts and labels[id(samples.series)] != labels[id(parts[0].series)]:
            yield labels[id(parts[0].series)], _run(parts, constant)
            parts = []
        parts.append(samples)
    if parts:
        yield labels[id(parts[0].series)], _run(parts, constant)


def _run(parts: list[Samples], constant: dict[tuple[range, int | None, float], ChunkRun]) -> ChunkRun:
    if len(parts) > 1:
        return _joined(parts)
    (samples,) = parts
    moves = bool(waves_of(samples.series.value))
    if not moves and samples.values and samples.values.count(samples.values[0]) == len(samples.values):
        key = (samples.times, samples.stale, samples.values[0])
        run = constant.get(key)
        if run is None:
            run = constant[key] = chunk_run(*_points(samples))
        return run
    return chunk_run(*_points(samples), shared=not moves)


def _joined(parts: list[Samples]) -> ChunkRun:
    """Parts that follow each other; where one begins before another's marker, the sample counts."""
    found: dict[int, int] = {}
    for samples in parts:
        times, bits = _points(samples)
        for at, value in zip(times, bits, strict=True):
            if value != STALE_BITS or at not in found:
                found[at] = value
    times = sorted(found)
    return chunk_run(times, [found[at] for at in times])


def _points(samples: Samples) -> tuple[Sequence[int], Sequence[int]]:
    bits = float_bits(samples.values)
    if samples.stale is None:
        return samples.times, bits
    return [*samples.times, samples.stale], [*bits, STALE_BITS]
