"""Prometheus' remote-write body, as much of it as samples need: protobuf by hand, snappy with literals only."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from tests.kit.scrape import Series

STALE_NAN = struct.pack("<Q", 0x7FF0000000000002)  # the one NaN that ends a series
HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
BODY_BYTES = 1 << 20
LITERAL_BYTES = 1 << 16


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


def _time_series(series: Series, samples: Iterable[tuple[float, bytes]]) -> bytes:
    names = sorted({"__name__": series.metric, **series.labels}.items())
    labels = b"".join(_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in names)
    points = b"".join(_field(2, b"\x09" + value + b"\x10" + varint(round(t * 1000))) for t, value in samples)
    return _field(1, labels + points)


def _field(number: int, payload: bytes) -> bytes:
    return bytes([number << 3 | 2]) + varint(len(payload)) + payload


def varint(number: int) -> bytes:
    """Base-128 varint of a number that is not negative."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def snappy(raw: bytes) -> bytes:
    """`raw` in snappy's block format without compression: its length, then literals."""
    pieces = (raw[i : i + LITERAL_BYTES] for i in range(0, len(raw), LITERAL_BYTES))
    return varint(len(raw)) + b"".join(b"\xf4" + struct.pack("<H", len(piece) - 1) + piece for piece in pieces)
