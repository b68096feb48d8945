"""CRC-32C (Castagnoli), the checksum of Prometheus' block files, four bytes a step; the standard library has only the other polynomial."""

from __future__ import annotations

from array import array
from functools import lru_cache

POLYNOMIAL = 0x82F63B78  # 0x1EDC6F41, bits reversed
ALL_ONES = 0xFFFFFFFF


def _after(crc: int, bytes_of_zeros: int) -> int:
    for _ in range(8 * bytes_of_zeros):
        crc = crc >> 1 ^ POLYNOMIAL if crc & 1 else crc >> 1
    return crc


@lru_cache(maxsize=1)
def _tables() -> tuple[array[int], array[int], array[int]]:
    """Effect of one byte followed by nothing; of a 16-bit word followed by nothing; of a 16-bit word followed by two bytes."""
    byte = [_after(i, 1) for i in range(256)]
    near = [(lambda c: c >> 8 ^ byte[c & 0xFF])(i >> 8 ^ byte[i & 0xFF]) for i in range(65536)]
    far = [c >> 16 ^ near[c & 0xFFFF] for c in near]
    return array("I", byte), array("I", near), array("I", far)  # packed: lists of these would not fit a core's cache


def crc32c(data: bytes, crc: int = 0) -> int:
    """Checksum of `data`; `crc` is that of what came before it.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    byte, near, far = _tables()
    crc ^= ALL_ONES
    whole = len(data) & ~3
    words = array("I")
    words.frombytes(data[:whole])
    for word in words:
        crc ^= word
        crc = far[crc & 0xFFFF] ^ near[crc >> 16]
    for value in data[whole:]:
        crc = crc >> 8 ^ byte[(crc ^ value) & 0xFF]
    return crc ^ ALL_ONES


def joined(first: int, second: int, length: int) -> int:
    """Checksum of two pieces in a row from theirs; `length` is the second's in bytes.

    >>> joined(crc32c(b"1234"), crc32c(b"56789"), 5) == crc32c(b"123456789")
    True
    """
    a, b, c, d = _shift(length)
    return a[first & 0xFF] ^ b[first >> 8 & 0xFF] ^ c[first >> 16 & 0xFF] ^ d[first >> 24] ^ second


@lru_cache(maxsize=1 << 12)
def _shift(length: int) -> tuple[list[int], ...]:
    """What `length` zero bytes make of a checksum, for each value of each of its four bytes (it is linear in its bits)."""
    images = [1 << bit for bit in range(32)]
    for doubling in range(length.bit_length()):
        if length >> doubling & 1:
            images = [_image(_zeros(doubling), image) for image in images]
    tables: list[list[int]] = []
    for byte in range(4):
        table = [0]
        for image in images[8 * byte : 8 * byte + 8]:
            table += [image ^ value for value in table]
        tables.append(table)
    return tuple(tables)


@lru_cache(maxsize=32)
def _zeros(doubling: int) -> list[int]:
    """What 2^doubling zero bytes make of each bit."""
    if not doubling:
        return [_after(1 << bit, 1) for bit in range(32)]
    half = _zeros(doubling - 1)
    return [_image(half, image) for image in half]


def _image(images: list[int], value: int) -> int:
    out, bit = 0, 0
    while value:
        if value & 1:
            out ^= images[bit]
        value >>= 1
        bit += 1
    return out
