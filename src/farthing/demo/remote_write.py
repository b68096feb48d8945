"""Samples as bodies of Prometheus' remote write: protobuf by hand, in snappy's format without compression."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from .series import Series

HEADERS: dict[str, str] = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
SPAN_SECONDS = 1800.0  # a server takes samples in order of time: half an hour of everything, then the next
LITERAL_BYTES = 1 << 16


def bodies(series: Sequence[Series], start: float, end: float) -> Iterator[bytes]:
    """Request bodies that hold every sample in [start, end), in order of time."""
    heads = [b"".join(field(1, field(1, name.encode()) + field(2, text.encode())) for name, text in one.labels) for one in series]
    at = start
    while at < end:
        until = min(at + SPAN_SECONDS, end)
        parts = (field(1, head + points) for head, one in zip(heads, series, strict=True) if (points := _points(one.samples(at, until))))
        body = b"".join(parts)
        if body:
            yield snappy(body)
        at = until


def snappy(raw: bytes) -> bytes:
    """`raw` in snappy's block format: its length, then literals."""
    pieces = (raw[i : i + LITERAL_BYTES] for i in range(0, len(raw), LITERAL_BYTES))
    return varint(len(raw)) + b"".join(b"\xf4" + struct.pack("<H", len(piece) - 1) + piece for piece in pieces)


def varint(number: int) -> bytes:
    """Base-128 varint of a number that is not negative."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, payload: bytes) -> bytes:
    """`payload` as protobuf's length-delimited field `number` (1 to 15)."""
    return bytes([number << 3 | 2]) + varint(len(payload)) + payload


def _points(samples: Iterable[tuple[int, float]]) -> bytes:
    return b"".join(field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(at * 1000)) for at, value in samples)
