"""Chance without a state: what a draw gives depends on its name alone, so that any moment is found without those before it."""

from __future__ import annotations

import hashlib

DAY_SECONDS = 86400


def draw(*parts: object) -> float:
    """A number in [0, 1) that stands for `parts`: the same on every machine and in every run."""
    return int.from_bytes(_digest(parts, 7), "big") / 2**56


def between(low: float, high: float, *parts: object) -> float:
    """A draw between two numbers."""
    return low + (high - low) * draw(*parts)


def hexadecimal(digits: int, *parts: object) -> str:
    """So many hex digits (at most 64) that stand for `parts`.

    >>> len(hexadecimal(5, "a"))
    5
    """
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:digits]


def uid(*parts: object) -> str:
    """A uid as Kubernetes writes them."""
    text = hexadecimal(32, *parts)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def stable_id(*parts: object) -> int:
    """64 bits that stand for `parts`, as the ids of the ledger's rows are made."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def renewals(every: float, start: float, end: float, *parts: object) -> list[float]:
    """Moments in [start, end), on the average one in `every` seconds, 0.4 to 1.6 of that apart."""
    numbers = range(int(start // every) - 1, int(end // every) + 2)
    moments = [(number + between(0.2, 0.8, *parts, number)) * every for number in numbers]
    return [moment for moment in moments if start <= moment < end]


def _digest(parts: tuple[object, ...], size: int) -> bytes:
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=size).digest()
