"""Bodies of Prometheus' remote write: what they are made of, and stale markers in them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import cramjam

from farthing.simulator.emit.chunks import uvarint as varint
from tests.kit.scrape import Series

STALE_NAN = struct.pack("<Q", 0x7FF0000000000002)  # the one NaN that ends a series
BODY_BYTES = 1 << 20


def stale_marker_bodies(series: Iterable[Series]) -> Iterator[bytes]:
    """Request bodies that write the stale markers of `series`, about a megabyte each; none where there are none."""
    pending: list[bytes] = []
    for one in series:
        if one.stale:
            pending.append(_time_series(one, ((t, STALE_NAN) for t in one.stale)))
        if sum(map(len, pending)) > BODY_BYTES:
            yield snappy(b"".join(pending))
            pending = []
    if pending:
        yield snappy(b"".join(pending))


def snappy(raw: bytes) -> bytes:
    """`raw` in snappy's block format."""
    return bytes(cramjam.snappy.compress_raw(raw))


def field(number: int, payload: bytes) -> bytes:
    """`payload` as protobuf's length-delimited field `number` (1 to 15)."""
    return bytes([number << 3 | 2]) + varint(len(payload)) + payload


def _time_series(series: Series, samples: Iterable[tuple[float, bytes]]) -> bytes:
    names = sorted({"__name__": series.metric, **series.labels}.items())
    labels = b"".join(field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in names)
    points = b"".join(field(2, b"\x09" + value + b"\x10" + varint(round(t * 1000))) for t, value in samples)
    return field(1, labels + points)
