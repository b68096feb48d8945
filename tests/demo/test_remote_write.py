"""Bodies of remote write, byte by byte and over the day."""

from __future__ import annotations

import struct

from farthing.demo.remote_write import bodies, snappy, varint
from farthing.demo.series import Series


def test_numbers_in_base_128() -> None:
    assert varint(0) == b"\x00"
    assert varint(127) == b"\x7f"
    assert varint(300) == b"\xac\x02"  # 300 = 2 · 128 + 44; 44 + 128 = 0xac


def test_snappy_is_a_length_and_literals() -> None:
    assert snappy(b"abc") == b"\x03" + b"\xf4" + struct.pack("<H", 2) + b"abc"
    long = snappy(b"x" * 70_000)
    assert long.startswith(varint(70_000))
    assert len(long) == 70_000 + len(varint(70_000)) + 2 * 3  # two literals, each led by three bytes


def test_one_series_in_protobuf() -> None:
    series = Series((("__name__", "up"),), first=0, last=100, phase=7, value=2.0)
    (body,) = bodies([series], 0, 60)
    label = b"\x0a\x08__name__\x12\x02up"
    sample = b"\x09" + struct.pack("<d", 2.0) + b"\x10" + varint(7000)
    message = b"\x0a" + bytes([len(label)]) + label + b"\x12" + bytes([len(sample)]) + sample
    assert body == snappy(b"\x0a" + bytes([len(message)]) + message)


def test_half_an_hour_at_a_time_and_nothing_where_nothing_is() -> None:
    series = Series((("__name__", "up"),), first=0, last=3600, phase=7, value=1.0)
    assert len(list(bodies([series], 0, 3600))) == 2
    assert list(bodies([series], 3600, 9000)) == []
