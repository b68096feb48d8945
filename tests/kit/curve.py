"""What a value does over time: a constant, steps, or (for raw series) any function of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

Steps = Sequence[tuple[float, float]]
"""(from, value) pairs in time order; the first value also holds before its own time."""
Curve = float | Steps
Shape = Curve | Callable[[float], float]


def value_at(shape: Shape, t: float) -> float:
    """The value of `shape` at unix second `t`."""
    if callable(shape):
        return shape(t)
    if isinstance(shape, int | float):
        return shape
    value = shape[0][1]
    for since, step in shape:
        if since > t:
            break
        value = step
    return value


def integral(curve: Curve, start: float, end: float) -> float:
    """∫ of `curve` from `start` to `end`, in value-seconds; 0 where `end` is not after `start`.

    >>> integral([(0, 1.0), (10, 3.0)], 5, 12)
    11.0
    """
    if end <= start:
        return 0.0
    if isinstance(curve, int | float):
        return curve * (end - start)
    edges = [start, *(since for since, _ in curve[1:] if start < since < end), end]
    return sum(value_at(curve, a) * (b - a) for a, b in pairwise(edges))
