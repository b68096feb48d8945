"""Pools of curves that containers use: CPU counters, working sets, bytes on the wire, one value a scrape.

Many series share a curve, so that its chunks are encoded once. A curve of a container from before the data has a history; one that was
born in the data begins at zero.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

SCRAPE_SECONDS = 60
SCRAPES_PER_DAY = 1440
PAGE_BYTES = 4096
MIB = 2**20
SEED = 4
HISTORY_SECONDS = 9 * 86400
POOL = {"cpu": 240, "ram": 240, "bytes": 40}


class CurveRef(NamedTuple):
    """One curve: its pool, its number there, and when it was born (ms; None: long before the data)."""

    kind: str
    number: int
    born: int | None


def cpu_curve(cores: float, born: int | None) -> CurveRef:
    """The counter whose mean rate is nearest to `cores`."""
    return CurveRef("cpu", _nearest("cpu", cores / 0.003), born)


def ram_curve(mib: float, born: int | None) -> CurveRef:
    """The working set whose mean is nearest to `mib`."""
    return CurveRef("ram", _nearest("ram", mib / 4), born)


def bytes_curve(index: int, born: int | None) -> CurveRef:
    """A counter of bytes."""
    return CurveRef("bytes", index % POOL["bytes"], born)


def _nearest(kind: str, ratio: float) -> int:
    """Levels rise by 3 % from number to number."""
    return min(POOL[kind] - 1, max(0, round(math.log(max(ratio, 1)) / math.log(1.03))))


@cache
def values(kind: str, index: int, scrapes: int) -> array[float]:
    """The first `scrapes` values of a curve since its birth."""
    return array("d", _GROWTH[kind](random.Random(f"{SEED}/{kind}/{index}"), 1.03**index, scrapes))


@cache
def old_values(kind: str, index: int, scrapes: int) -> array[float]:
    """The same with a history before it: counters do not begin at zero."""
    young = values(kind, index, scrapes)
    if kind == "ram":
        return young
    base = round(young[-1] / scrapes / SCRAPE_SECONDS * HISTORY_SECONDS, 6)
    return array("d", [round(base + v, 6) for v in young])


def _daily(k: int) -> float:
    return 1 + 0.4 * math.sin(2 * math.pi * k / SCRAPES_PER_DAY)


def _cpu(dice: random.Random, level: float, scrapes: int) -> list[float]:
    total, out = 0.0, []
    for k in range(scrapes):
        out.append(round(total, 6))
        total += 0.003 * level * SCRAPE_SECONDS * _daily(k) * dice.uniform(0.5, 1.5)
    return out


def _ram(dice: random.Random, level: float, scrapes: int) -> list[float]:
    """Drifts by pages, and stands still in half of the scrapes, as working sets do."""
    pages = now = 4 * level * MIB / PAGE_BYTES
    out = []
    for _ in range(scrapes):
        out.append(float(round(now) * PAGE_BYTES))
        if dice.random() < 0.5:
            now += dice.gauss(0, 0.01) * pages + 0.02 * (pages - now)
    return out


def _bytes(dice: random.Random, level: float, scrapes: int) -> list[float]:
    total, out = 0, []
    for k in range(scrapes):
        out.append(float(total))
        total += round(20_000 * level * SCRAPE_SECONDS * _daily(k) * dice.uniform(0.2, 1.8))
    return out


_GROWTH: dict[str, Callable[[random.Random, float, int], list[float]]] = {"cpu": _cpu, "ram": _ram, "bytes": _bytes}
