"""Bodies of Prometheus' remote write, in order of time, with stale markers."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import cramjam

from farthing.core.ledger import Span
from farthing.simulator.plan import Organisation

from .chunks import STALE_BITS, uvarint
from .exporters import shown
from .series import Samples, Series, sampled

HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
SLICE_SECONDS = 1800.0  # a server takes samples in order of time: half an hour of everything, then the next
BODY_BYTES = 8 << 20


def remote_write(organisation: Organisation, span: Span) -> Iterator[bytes]:
    """Every sample and stale marker in `span` as request bodies, to be sent with HEADERS one after the other."""
    series = list(shown(organisation, span))
    heads = {id(one): _labels(one) for one in series}
    at = span.start
    while at < span.end:
        until = min(at + SLICE_SECONDS, span.end)
        parts: list[bytes] = []
        size = 0
        for samples in sampled(series, at, until, organisation.scrape_seconds):
            part = _field(1, heads[id(samples.series)] + _points(samples))
            parts.append(part)
            size += len(part)
            if size > BODY_BYTES:
                yield bytes(cramjam.snappy.compress_raw(b"".join(parts)))
                parts, size = [], 0
        if parts:
            yield bytes(cramjam.snappy.compress_raw(b"".join(parts)))
        at = until


def _labels(series: Series) -> bytes:
    named = sorted({"__name__": series.metric, **series.labels}.items())
    return b"".join(_field(1, _field(1, name.encode()) + _field(2, text.encode())) for name, text in named)


def _points(samples: Samples) -> bytes:
    points = [_point(struct.pack("<d", value), at) for at, value in zip(samples.times, samples.values, strict=True)]
    if samples.stale is not None:
        points.append(_point(STALE_BITS.to_bytes(8, "little"), samples.stale))
    return b"".join(points)


def _point(value: bytes, at: int) -> bytes:
    return _field(2, b"\x09" + value + b"\x10" + uvarint(at))


def _field(number: int, payload: bytes) -> bytes:
    return bytes([number << 3 | 2]) + uvarint(len(payload)) + payload
