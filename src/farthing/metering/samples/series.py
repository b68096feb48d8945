"""Series and batches of samples, as they come in from a scrape or by remote write."""

from __future__ import annotations

import hashlib
import struct
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from sys import intern

from farthing.metering.dialect import CLUSTER_LABELS, SPELLINGS
from farthing.metering.measurements import MEASUREMENTS

from .matchers import matcher

STALE_BITS = 0x7FF0000000000002
"""The one NaN that says: this series ends here."""
STALE: float = struct.unpack("<d", struct.pack("<Q", STALE_BITS))[0]
UP = "up"
PARTS_LABEL = "cpu"  # cAdvisor's label of a core, where a counter is told core by core
WANTED = frozenset({m.metric for m in MEASUREMENTS} | {UP})
"""The metrics that are kept: those of the measurements table, and `up`."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """What samples are samples of.

    `labels`: names with values, sorted by name, none of them empty. `id`: 64 bits of a hash of metric and labels, the same whoever
    computes it and whenever; of a million series two share one with a chance of 1 : 37,000,000. `whole`: the same without the label
    `cpu`, shared by the parts of one counter.
    """

    metric: str
    labels: Labels
    id: int
    whole: int


def series_of(metric: str, labels: Iterable[tuple[str, str]]) -> Series:
    """The series of these labels; empty values count as absent, as they do in Prometheus."""
    # the same texts stand in many series
    pairs = tuple(sorted((intern(name), intern(value)) for name, value in labels if value))
    own = _hash(metric, pairs)
    parts = any(name == PARTS_LABEL for name, _ in pairs)
    return Series(metric, pairs, own, _hash(metric, tuple(p for p in pairs if p[0] != PARTS_LABEL)) if parts else own)


def _hash(metric: str, labels: Labels) -> int:
    text = "\xff".join((metric, *(f"{name}\xfe{value}" for name, value in labels)))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class Batch:
    """Samples that arrive together: `ids` (of `series`), `t` (unix ms), `v`; three columns of one length.

    A value whose bits are STALE_BITS ends its series. `ignored`: how many samples were left out because no measurement reads them.
    """

    series: Sequence[Series]
    ids: array[int] = field(default_factory=lambda: array("Q"))
    t: array[int] = field(default_factory=lambda: array("q"))
    v: array[float] = field(default_factory=lambda: array("d"))
    ignored: int = 0

    def __len__(self) -> int:
        return len(self.ids)


def batch_of(samples: Iterable[tuple[Series, Sequence[float], Sequence[float]]], ignored: int = 0) -> Batch:
    """A batch from series with their times (unix s) and values."""
    series: list[Series] = []
    batch = Batch(series, ignored=ignored)
    for one, times, values in samples:
        series.append(one)
        batch.ids.extend([one.id] * len(times))
        batch.t.extend([round(t * 1000) for t in times])
        batch.v.extend(values)
    return batch


def _columns() -> tuple[str, ...]:
    names: set[str] = {PARTS_LABEL, *CLUSTER_LABELS}
    for m in MEASUREMENTS:
        names.update(s for key in m.keys for s in SPELLINGS.get(key, (key,)))
        names.update(matcher(text).label for text in m.where)
    return tuple(sorted(names))


COLUMNS = _columns()
"""Labels that measurements read by name; stored as columns of their own. All others are stored as pairs."""
