"""Compression of answers, whole or as a stream."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any

import cramjam

LEAST_BYTES = 1000


def _brotli() -> Any:
    return cramjam.brotli.Compressor(4)


def _zstd() -> Any:
    return cramjam.zstd.Compressor(3)


def _gzip() -> Any:
    return cramjam.gzip.Compressor(5)


# Best first.
COMPRESSORS: dict[str, Callable[[], Any]] = {"br": _brotli, "zstd": _zstd, "gzip": _gzip}


def choose(accepted: str, offered: Container[str] = COMPRESSORS) -> str | None:
    """The best encoding of those `offered` that an Accept-Encoding header takes; None for none of ours.

    >>> choose("gzip, deflate, br;q=0")
    'gzip'
    >>> choose("gzip, br", {"gzip"})
    'gzip'
    """
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        name, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=").strip()
        try:
            weights[name.strip().lower()] = float(weight) if weight else 1.0
        except ValueError:
            weights[name.strip().lower()] = 0.0
    found = [name for name in COMPRESSORS if name in offered and weights.get(name, weights.get("*", 0.0)) > 0]
    return found[0] if found else None


def compressed(body: bytes, encoding: str) -> bytes:
    """`body` in one go."""
    compressor = COMPRESSORS[encoding]()
    compressor.compress(body)
    return bytes(compressor.finish())


def compressing(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """A stream, compressed as it comes."""
    compressor = COMPRESSORS[encoding]()
    for part in parts:
        compressor.compress(part)
        if ready := bytes(compressor.flush()):
            yield ready
    yield bytes(compressor.finish())
