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
def _tables() -> tuple[list[int], list[int], list[int]]:
    """Effect of one byte followed by nothing; of a 16-bit word followed by nothing; of a 16-bit word followed by two bytes."""
    byte = [_after(i, 1) for i in range(256)]
    near = [(lambda c: c >> 8 ^ byte[c & 0xFF])(i >> 8 ^ byte[i & 0xFF]) for i in range(65536)]
    far = [c >> 16 ^ near[c & 0xFFFF] for c in near]
    return byte, near, far


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
