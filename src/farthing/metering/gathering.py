"""Everything that a span needs, asked for at once: a server with several cores answers several questions at a time."""

from __future__ import annotations

from collections.abc import Sequence, Set

import polars as pl

from farthing.core.ledger import Note, Span

from . import measurements as m
from .needs import ANNOTATIONS, LABELS, NETWORK, OWNERS, PEAKS, SERVICES
from .source import Of, Source

HOURLY = (
    m.CPU_USED, m.CONTAINER_REQUESTS, m.RAM_USED, m.POD_TERMINAL, m.POD_SCHEDULED, m.POD_COMPLETED, m.POD_DELETION,
    m.NODE_SEEN, m.NODE_CREATED, m.NODE_FIRST_CREATED, m.NODE_CAPACITY, m.NODE_ALLOCATABLE, m.INIT_REQUESTS,
    m.POD_OVERHEAD_CPU, m.POD_OVERHEAD_RAM, m.VOLUME_BYTES, m.VOLUME_CREATED, m.VOLUME_FIRST_CREATED, m.SERVICE_INGRESS, m.SERVICE_CREATED,
)  # fmt: skip
HOURLY_IF = {NETWORK: (m.BYTES_OUT, m.BYTES_IN), PEAKS: (m.RAM_PEAK,)}
INDEX = (m.POD_INFO, m.INIT_INFO, m.VOLUME_INFO, m.VOLUME_CLAIM, m.CLAIM_INFO, m.POD_CLAIMS, m.SERVICE_TYPE)
INDEX_IF = {OWNERS: (m.POD_OWNER, m.REPLICASET_OWNER, m.JOB_OWNER), SERVICES: (m.ENDPOINTS,)}
LABELLED = ((m.NODE_LABELS, "label_"),)
LABELLED_IF = {
    LABELS: ((m.POD_LABELS, "label_"), (m.NAMESPACE_LABELS, "label_")),
    ANNOTATIONS: ((m.POD_ANNOTATIONS, "annotation_"), (m.NAMESPACE_ANNOTATIONS, "annotation_")),
}


class Gathered:
    """A Source that answers from memory what was gathered for its span, and asks the store for anything else."""

    def __init__(self, source: Source, span: Span, needs: Set[str]) -> None:
        self._source = source
        self._span = span
        hourly = (*HOURLY, *(x for need in HOURLY_IF if need in needs for x in HOURLY_IF[need]))
        index = (*INDEX, *(x for need in INDEX_IF if need in needs for x in INDEX_IF[need]))
        labelled = (*LABELLED, *(x for need in LABELLED_IF if need in needs for x in LABELLED_IF[need]))
        self._hourly = dict(zip((x.name for x in hourly), source.hourly(hourly, span), strict=True))
        self._index = {(x.name, ""): frame for x, frame in zip(index, source.index(index, span), strict=True)}
        for prefix in sorted({prefix for _, prefix in labelled}):
            of_prefix = [x for x, its in labelled if its == prefix]
            self._index |= {(x.name, prefix): frame for x, frame in zip(of_prefix, source.index(of_prefix, span, prefix), strict=True)}

    @property
    def name(self) -> str:
        """See Source."""
        return self._source.name

    def hourly(self, measurements: Sequence[m.Measurement], span: Span, of: Of | None = None) -> list[pl.DataFrame]:
        """See Source."""
        if span == self._span and of is None and all(x.name in self._hourly for x in measurements):
            return [self._hourly[x.name] for x in measurements]
        return self._source.hourly(measurements, span, of)

    def index(self, measurements: Sequence[m.Measurement], span: Span, prefix: str = "") -> list[pl.DataFrame]:
        """See Source."""
        if span == self._span and all((x.name, prefix) in self._index for x in measurements):
            return [self._index[x.name, prefix] for x in measurements]
        return self._source.index(measurements, span, prefix)

    def samples(self, measurement: m.Measurement, span: Span, of: Of | None = None, prefix: str = "") -> pl.DataFrame:
        """See Source."""
        return self._source.samples(measurement, span, of, prefix)

    def labelled(self, measurement: m.Measurement, span: Span, prefix: str, of: Of) -> pl.DataFrame:
        """See Source."""
        return self._source.labelled(measurement, span, prefix, of)

    def edges(self, measurement: m.Measurement, span: Span, interval: float, of: Of | None = None) -> pl.DataFrame:
        """See Source."""
        return self._source.edges(measurement, span, interval, of)

    def clusters(self, measurement: m.Measurement, span: Span) -> set[str]:
        """See Source."""
        return self._source.clusters(measurement, span)

    def spacing(self, measurement: m.Measurement, span: Span, apart: int) -> pl.DataFrame:
        """See Source."""
        return self._source.spacing(measurement, span, apart)

    def beats(self, measurement: m.Measurement, span: Span, apart: int, of: Of | None = None) -> pl.DataFrame:
        """See Source."""
        return self._source.beats(measurement, span, apart, of)

    def has(self, measurement: m.Measurement) -> bool:
        """See Source."""
        return self._source.has(measurement)

    @property
    def notes(self) -> list[Note]:
        """See Source."""
        return self._source.notes
