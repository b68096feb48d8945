"""XOR chunks of Prometheus' storage: samples as bits, and runs of chunks that many series share.

Written from the format's description (tsdb/docs/format/chunks.md): two bytes of sample count, first time and value whole, the first
step as a varint, then per sample the change of the step and the XOR with the value before, both in a few bits.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_, xor

from .crc32c import crc32c, joined

SAMPLES_PER_CHUNK = 120
XOR_ENCODING = b"\x01"
STALE_BITS = 0x7FF0000000000002
# Change of step: prefix, bits that follow, smallest, largest.
STEP_CLASSES = (("10", 14), ("110", 17), ("1110", 20))


@dataclass(frozen=True)
class ChunkRun:
    """Consecutive chunks of one series as they lie in a chunk file.

    `first` and `last` are times in ms; `marks` are (first time, last time, offset within `data`) of each chunk.
    """

    data: bytes
    marks: tuple[tuple[int, int, int], ...]
    samples: int

    @property
    def first(self) -> int:
        return self.marks[0][0]

    @property
    def last(self) -> int:
        return self.marks[-1][1]


def float_bits(values: Sequence[float]) -> tuple[int, ...]:
    """The 64 bits of each value."""
    return struct.unpack(f"<{len(values)}Q", struct.pack(f"<{len(values)}d", *values))


def chunk_run(times: Sequence[int], bits: Sequence[int], *, shared: bool = True) -> ChunkRun:
    """Chunks of at most 120 samples from `times` (ms, rising) and value `bits`. shared: other series may have the same values, so that it
    pays to remember how they are encoded."""
    pieces: list[bytes] = []
    marks: list[tuple[int, int, int]] = []
    offset = 0
    for i in range(0, len(times), SAMPLES_PER_CHUNK):
        some, values = times[i : i + SAMPLES_PER_CHUNK], bits[i : i + SAMPLES_PER_CHUNK]
        piece = framed(some, values, shared=shared)
        marks.append((some[0], some[-1], offset))
        pieces.append(piece)
        offset += len(piece)
    return ChunkRun(b"".join(pieces), tuple(marks), len(times))


def framed(times: Sequence[int], bits: Sequence[int], *, shared: bool = True) -> bytes:
    """A chunk as it stands in a chunk file: length, encoding, data, checksum."""
    head, (tail, checksum) = _head(times, bits), _rest(times, bits, shared=shared)
    body = XOR_ENCODING + head
    return uvarint(len(head) + len(tail)) + body + tail + joined(crc32c(body), checksum, len(tail)).to_bytes(4, "big")


def encode(times: Sequence[int], bits: Sequence[int]) -> bytes:
    """Data of one XOR chunk."""
    return _head(times, bits) + _rest(times, bits)[0]


def _head(times: Sequence[int], bits: Sequence[int]) -> bytes:
    """Count, first sample, first step: whole bytes, unlike what follows."""
    head = len(times).to_bytes(2, "big") + varint(times[0]) + bits[0].to_bytes(8, "big")
    return head if len(times) == 1 else head + uvarint(times[1] - times[0])


def _rest(times: Sequence[int], bits: Sequence[int], *, shared: bool = True) -> tuple[bytes, int]:
    if len(times) == 1:
        return b"", 0
    if shared:
        return _tail(_steps(times), tuple(bits))
    tail = _tail_bits(_steps(times), bits)
    return tail, crc32c(tail)


def _steps(times: Sequence[int]) -> tuple[int, ...] | int:
    """Changes of the step from the third sample on; their number where there is no change."""
    step = times[1] - times[0]
    if isinstance(times, range) or list(times) == list(range(times[0], times[-1] + 1, step)):
        return len(times) - 2
    deltas = [b - a for a, b in pairwise(times)]
    return tuple(b - a for a, b in pairwise(deltas))


@lru_cache(maxsize=1 << 14)
def _tail(steps: tuple[int, ...] | int, bits: tuple[int, ...]) -> tuple[bytes, int]:
    """Bits from the second value on, with their checksum: the same for every series with these values, whatever its phase."""
    tail = _tail_bits(steps, bits)
    return tail, crc32c(tail)


def _tail_bits(steps: tuple[int, ...] | int, bits: Sequence[int]) -> bytes:
    """One window of bits that holds every difference of the chunk: its place is told with the first of them, the others are only copied."""
    if isinstance(steps, int):
        steps = (0,) * steps
    differences = list(map(xor, bits, bits[1:]))
    window = reduce(or_, differences, 0)
    if not window and not any(steps):
        return bytes((1 + 2 * len(steps) + 7) // 8)
    leading = min(64 - window.bit_length(), 31)
    trailing = (window & -window).bit_length() - 1 if window else 0
    width = 64 - leading - trailing
    words = [f"10{d >> trailing:0{width}b}" if d else "0" for d in differences]
    if window:
        first = next(i for i, d in enumerate(differences) if d)
        words[first] = f"11{leading:05b}{width & 63:06b}{words[first][2:]}"
    if any(steps):
        text = words[0] + "".join(_step_bits(step) + word if step else "0" + word for step, word in zip(steps, words[1:], strict=True))
    else:
        text = "0".join(words)
    size = (len(text) + 7) // 8
    return int(text.ljust(8 * size, "0"), 2).to_bytes(size, "big")


def _step_bits(change: int) -> str:
    for prefix, width in STEP_CLASSES:
        if -(2 ** (width - 1)) + 1 <= change <= 2 ** (width - 1):
            return f"{prefix}{change & 2**width - 1:0{width}b}"
    return f"1111{change & 2**64 - 1:064b}"


def uvarint(number: int) -> bytes:
    """Base-128 varint of a number that is not negative."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def varint(number: int) -> bytes:
    """Zig-zag varint of a signed number."""
    return uvarint(number << 1 if number >= 0 else (-number << 1) - 1)
