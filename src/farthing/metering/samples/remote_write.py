"""Bodies of Prometheus' remote write, version 1, as batches of samples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import cramjam
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from farthing.core.errors import BadSamples, TooLarge, UnknownFormat

from .series import WANTED, Batch, Series, series_of

TYPE = "application/x-protobuf"
VERSION_2 = "io.prometheus.write.v2.Request"
NAME = "__name__"
_Field = descriptor_pb2.FieldDescriptorProto


def parse_write_request(body: bytes, headers: Mapping[str, str], *, most_bytes: int) -> Batch:
    """The samples of a request that any measurement reads; `ignored` counts the others.

    headers: of the request, names in any case. most_bytes: longest body, as sent and unpacked. Raises UnknownFormat (415) for another
    version, type or encoding than remote write 1.0 in snappy, TooLarge (413), BadSamples (400) for what cannot be read.
    """
    _check({name.lower(): value for name, value in headers.items()})
    _fits(len(body), most_bytes, "as it was sent")
    try:
        length = cramjam.snappy.decompress_raw_len(body)
        _fits(length, most_bytes, "unpacked")
        message = _request().FromString(bytes(cramjam.snappy.decompress_raw(body)))
    except cramjam.DecompressionError as error:
        raise BadSamples(f"the body is not packed with snappy: {error}", expected="snappy's block format") from error
    except DecodeError as error:
        raise BadSamples("the unpacked body is no remote write request", expected="protobuf prometheus.WriteRequest") from error
    return _batch(message)


def _check(headers: Mapping[str, str]) -> None:
    """Refuse what is not version 1. A header that is missing says nothing against it."""
    kind, _, parameters = headers.get("content-type", TYPE).partition(";")
    version = headers.get("x-prometheus-remote-write-version", "0.1.0").strip()
    if VERSION_2 in parameters or version.startswith("2"):
        raise UnknownFormat(
            "this is remote write 2.0",
            expected="remote write 1.0 (prometheus.WriteRequest)",
            cure="set protobuf_message: prometheus.WriteRequest in the sender's remote_write section",
        )
    if kind.strip().lower() != TYPE:
        raise UnknownFormat(f"the body is of type {kind.strip()[:80]!r}", expected=TYPE)
    encoding = headers.get("content-encoding", "snappy").strip().lower()
    if encoding != "snappy":
        raise UnknownFormat(f"the body is encoded as {encoding[:80]!r}", expected="snappy")


def _fits(length: int, most: int, how: str) -> None:
    if length > most:
        raise TooLarge(
            f"the body has {length:,} bytes {how}",
            expected=f"at most {most:,} (samples.most_body_bytes)",
            cure="let the sender send fewer samples at once (max_samples_per_send)",
        )


def _batch(message: Any) -> Batch:
    series: dict[int, Series] = {}
    batch = Batch([])
    ids, times, values = batch.ids, batch.t, batch.v
    ignored = 0
    for one in message.timeseries:
        labels = {label.name: label.value for label in one.labels}
        metric = labels.pop(NAME, "")
        if metric not in WANTED:
            if not metric:
                raise BadSamples("a series without a name", expected=f"the label {NAME} on every series")
            ignored += len(one.samples)
            continue
        if len(labels) + 1 < len(one.labels):
            raise BadSamples(f"a label of {metric} stands there twice", expected="each label once")
        found = series_of(metric, labels.items())
        series[found.id] = found
        ids.extend([found.id] * len(one.samples))
        times.extend([s.timestamp for s in one.samples])
        values.extend([s.value for s in one.samples])
    return Batch(list(series.values()), ids, times, values, ignored)


@cache
def _request() -> Any:
    """The class of prometheus.WriteRequest, as far as it is read: labels and float samples."""
    file = descriptor_pb2.FileDescriptorProto(name="farthing/remote_write.proto", package="farthing.remote_write", syntax="proto3")
    _message(file, "Label", [("name", 1, _Field.TYPE_STRING), ("value", 2, _Field.TYPE_STRING)])
    _message(file, "Sample", [("value", 1, _Field.TYPE_DOUBLE), ("timestamp", 2, _Field.TYPE_INT64)])
    _message(file, "TimeSeries", [("labels", 1, "Label"), ("samples", 2, "Sample")])
    _message(file, "WriteRequest", [("timeseries", 1, "TimeSeries")])
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("farthing.remote_write.WriteRequest"))


def _message(file: Any, name: str, fields: list[tuple[str, int, Any]]) -> None:
    message = file.message_type.add(name=name)
    for field, number, kind in fields:
        if isinstance(kind, str):
            message.field.add(
                name=field,
                number=number,
                type=_Field.TYPE_MESSAGE,
                label=_Field.LABEL_REPEATED,
                type_name=f".{file.package}.{kind}",
            )
        else:
            message.field.add(name=field, number=number, type=kind, label=_Field.LABEL_OPTIONAL)
