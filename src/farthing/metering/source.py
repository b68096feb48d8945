"""What every back end of the measurements table can be asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from farthing.core.ledger import Note, Span

from .measurements import Measurement

CLUSTER = "cluster"


@dataclass(frozen=True)
class Of:
    """Only objects whose `key` (a key of the measurement, or CLUSTER) is one of `values`."""

    key: str
    values: Collection[str]


class Source(Protocol):
    """A store of samples. Frames carry `cluster`, the measurement's keys (String, NULL where absent) and:

    - `hourly`: `hour` (Int64, unix start of the hour (start, end]) and `v` (Float64), one row per object and hour;
    - `samples`: `t` and `v` (Float64), every sample in (start, end], sorted by t within the object;
    - `index`: nothing more, one row per distinct label set seen in the span.

    With `prefix`, labels that begin with it come along in a column `labels` (list of key/value pairs sorted by key, prefix removed).

    Duplicates (two exporters, a renamed job) are reduced by max, never summed.
    """

    @property
    def name(self) -> str:
        """What rows of facts tell as their `source`: prometheus or samples."""
        ...

    def hourly(self, measurements: Sequence[Measurement], span: Span, of: Of | None = None) -> list[pl.DataFrame]: ...

    def samples(self, measurement: Measurement, span: Span, of: Of | None = None, prefix: str = "") -> pl.DataFrame: ...

    def index(self, measurements: Sequence[Measurement], span: Span, prefix: str = "") -> list[pl.DataFrame]: ...

    def labelled(self, measurement: Measurement, span: Span, prefix: str, of: Of) -> pl.DataFrame:
        """How long each object had which labels: `labels`, `hour`, and `v`, the samples with these labels in the hour (start, end].

        The one frame in which duplicates are summed: of two exporters both count every label set.
        """
        ...

    def edges(self, measurement: Measurement, span: Span, interval: float, of: Of | None = None) -> pl.DataFrame:
        """Around every full hour of the span: `hour` (Int64, the one that begins), `t_before` (time of the last sample before it)
        and `v_after` (value of the first sample in the `interval` after it); rows where both are known.
        """
        ...

    def clusters(self, measurement: Measurement, span: Span) -> set[str]:
        """Clusters that have the measurement at some full hour of the span."""
        ...

    def spacing(self, measurement: Measurement, span: Span, apart: int) -> pl.DataFrame:
        """`cluster`, `interval`: seconds between samples, from the series that has most of them in the ten minutes before some
        moment; the moments lie `apart` seconds from each other."""
        ...

    def beats(self, measurement: Measurement, span: Span, apart: int, of: Of | None = None) -> pl.DataFrame:
        """Times (`t`) at which each cluster was seen: its latest sample at every full `apart` seconds, if within five minutes."""
        ...

    def has(self, measurement: Measurement) -> bool:
        """Does the store hold the metric at all?"""
        ...

    @property
    def notes(self) -> list[Note]: ...
