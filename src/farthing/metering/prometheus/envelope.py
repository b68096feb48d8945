"""The frame around an answer, and the cutting of a streamed body into whole series.

    {"status": "success", "data": {"resultType": "matrix", "result": [ <series>, <series>, … ], "stats": {…}}, "warnings": […]}

A body may be larger than memory should hold. So the series are cut out as they arrive, in batches, and what remains around them (the
envelope, with an empty list in the series' place) is decoded at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeVar

import msgspec

T = TypeVar("T")

BATCH_BYTES = 1 << 18
# Unescaped, these bytes cannot be part of a JSON string, nor of a series' labels (whose values are strings): they begin a series.
POINTS_BOUNDARY = b'{"metric":{'
LABELS_BOUNDARY = b'{"__name__":"'


class Malformed(ValueError):
    """Bytes that are not the JSON the API promises: cut short, or of another shape."""


class _Samples(msgspec.Struct, rename="camel"):
    total_queryable_samples: int | None = None


class _Stats(msgspec.Struct):
    samples: _Samples | None = None


class _Data(msgspec.Struct, rename="camel"):
    result_type: str | None = None
    result: msgspec.Raw = msgspec.Raw()
    stats: _Stats | None = None


class Envelope(msgspec.Struct, rename="camel"):
    """All of an answer but its series. `data` is decoded later, as its shape depends on the endpoint."""

    status: str
    data: msgspec.Raw = msgspec.Raw()
    error_type: str = ""
    error: str = ""
    warnings: list[str] | None = None
    infos: list[str] | None = None
    is_partial: bool = False

    def said(self) -> list[str]:
        """Everything the server said beside the answer."""
        partial = ["the server marked an answer as partial (isPartial)"] if self.is_partial else []
        return [*(self.warnings or []), *(self.infos or []), *partial]

    def content(self) -> bytes:
        """`data` as it came. Raises Malformed when there is none, or the server calls it a failure."""
        if self.status != "success":
            raise Malformed(f"its status is {self.status!r}: {self.error_type} {self.error}".rstrip(": "))
        if not bytes(self.data):
            raise Malformed("it has no `data`")
        return bytes(self.data)

    def result(self) -> tuple[str, bytes, int | None]:
        """Result type, the series that are left in the envelope (a JSON list), and samples the server read where it tells.

        Raises Malformed when there is no result.
        """
        data = decode(self.content(), _Data)
        if data.result_type is None or not bytes(data.result):
            raise Malformed("its `data` has no `resultType` or no `result`")
        stats = data.stats
        return data.result_type, bytes(data.result), stats.samples.total_queryable_samples if stats and stats.samples else None


def decode(body: bytes | msgspec.Raw, shape: type[T]) -> T:
    """`body` as `shape`. Raises Malformed."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Malformed(f"its JSON cannot be read: {error}") from error


class Cutter:
    """Cuts a streamed body at the beginnings of series. With other white space nothing is cut: the body stays whole."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._head: bytes | None = None
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take a chunk of the body; gives JSON lists of whole series as soon as there are enough."""
        self._buffer += chunk
        if self._head is None:
            begin = self._buffer.find(self._boundary, self._searched)
            if begin < 0:
                self._searched = max(0, len(self._buffer) - len(self._boundary))
                return
            self._head = bytes(self._buffer[:begin])
            del self._buffer[:begin]
            self._searched = 1
        if len(self._buffer) < BATCH_BYTES:
            return
        last = self._buffer.rfind(self._boundary, self._searched)
        if last < 0:
            self._searched = max(1, len(self._buffer) - len(self._boundary))
            return
        whole = bytes(self._buffer[:last]).rstrip()
        del self._buffer[:last]
        self._searched = 1
        if not whole.endswith(b","):
            raise Malformed("two series in it are not parted by a comma")
        yield b"[%b]" % whole[:-1]

    def finish(self) -> tuple[bytes, bytes]:
        """At the body's end: the last series as a JSON list, and the envelope. Raises Malformed when the body is cut short."""
        if self._head is None:
            return b"[]", bytes(self._buffer)
        last = max(0, self._buffer.rfind(self._boundary, 1))
        try:
            text = self._buffer[last:].decode()
            _, end = json.JSONDecoder().raw_decode(text)
        except ValueError as error:
            raise Malformed(f"it ends in the middle of a series ({len(self._buffer) - last} bytes into it)") from error
        series = b"[%b%b]" % (bytes(self._buffer[:last]), text[:end].encode())
        head, tail = self._head.rstrip(), text[end:].encode().lstrip()
        if head.endswith(b",") and tail[:1] in (b",", b"]"):
            head = head[:-1]
        elif head.endswith(b"[") and tail.startswith(b","):
            tail = tail[1:]
        return series, head + tail
