"""Remote write: what a sender may send, and what is said to the others. Bodies are encoded by the kit's own writer."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import pytest

from farthing.core.errors import BadSamples, FarthingError, TooLarge, UnknownFormat
from farthing.metering.samples import parse_write_request, series_of
from farthing.simulator.emit.chunks import uvarint as varint
from tests.kit.remote_write import STALE_NAN, field, snappy, stale_marker_bodies
from tests.kit.scrape import Series

MOST = 1 << 20
HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


def request(*series: tuple[Mapping[str, str] | list[tuple[str, str]], list[tuple[int, float]]]) -> bytes:
    """A body with series of labels and (unix ms, value) samples."""
    body = b""
    for labels, samples in series:
        pairs = labels if isinstance(labels, list) else list(labels.items())
        told = b"".join(field(1, field(1, n.encode()) + field(2, v.encode())) for n, v in pairs)
        told += b"".join(field(2, b"\x09" + struct.pack("<d", v) + b"\x10" + varint(t)) for t, v in samples)
        body += field(1, told)
    return snappy(body)


def test_samples_of_what_is_measured_are_taken_and_others_counted() -> None:
    body = request(
        ({"__name__": "kube_pod_info", "pod": "p", "node": ""}, [(1000, 1.0), (61_000, 1.0)]),
        ({"__name__": "go_goroutines", "job": "x"}, [(1000, 7.0), (2000, 8.0)]),
    )
    batch = parse_write_request(body, HEADERS, most_bytes=MOST)
    one = series_of("kube_pod_info", [("pod", "p")])
    assert list(batch.series) == [one]
    assert (list(batch.ids), list(batch.t), list(batch.v)) == ([one.id] * 2, [1000, 61_000], [1.0, 1.0])
    assert batch.ignored == 2


def test_stale_markers_keep_their_bits() -> None:
    (body,) = stale_marker_bodies([Series("kube_pod_info", {"pod": "p"}, [], [], [60.0])])
    batch = parse_write_request(body, {}, most_bytes=MOST)
    assert list(batch.t) == [60_000]
    assert struct.pack("<d", batch.v[0]) == STALE_NAN


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request"}, "2.0"),
        ({"X-Prometheus-Remote-Write-Version": "2.0.0"}, "2.0"),
        ({"Content-Type": "application/json"}, "application/json"),
        ({"CONTENT-ENCODING": "gzip"}, "gzip"),
    ],
)
def test_other_formats_are_told_what_is_taken(headers: dict[str, str], said: str) -> None:
    with pytest.raises(UnknownFormat, match=said) as raised:
        parse_write_request(request(), headers, most_bytes=MOST)
    assert raised.value.http_status == 415


def test_version_one_may_be_named() -> None:
    headers = {"content-type": "application/x-protobuf;proto=prometheus.WriteRequest", "x-prometheus-remote-write-version": "0.1.0"}
    assert len(parse_write_request(request(), headers, most_bytes=MOST)) == 0


@pytest.mark.parametrize(
    ("body", "error", "status"),
    [
        (b"", BadSamples, 400),
        (b"\xff\xff\xff\xff\xff\xff garbage", BadSamples, 400),
        (snappy(b"\xff" * 40), BadSamples, 400),
        (snappy(b"x" * 30)[:-4], BadSamples, 400),
        (request(([("pod", "p")], [(1000, 1.0)])), BadSamples, 400),
        (request(([("__name__", "kube_pod_info"), ("pod", "p"), ("pod", "q")], [(1000, 1.0)])), BadSamples, 400),
        (b"x" * (MOST + 1), TooLarge, 413),
        (varint(1 << 31) + b"\x00" * 20, TooLarge, 413),  # a small body that says it would be 2 GiB
    ],
)
def test_bad_bodies(body: bytes, error: type[FarthingError], status: int) -> None:
    with pytest.raises(error) as raised:
        parse_write_request(body, HEADERS, most_bytes=MOST)
    assert raised.value.http_status == status
    assert raised.value.expected
