"""Batches by the hours they belong to: (start, end], so that a sample on the full hour is the last of the hour before."""

from __future__ import annotations

from dataclasses import replace

from farthing.core.units import HOUR_SECONDS

from .series import Batch

HOUR_MS = HOUR_SECONDS * 1000


def hours_within(start: int, end: int) -> range:
    """Starts (unix s) of the hours that have anything of (start, end], in unix ms."""
    return range(start // HOUR_MS * HOUR_SECONDS, -(-end // HOUR_MS) * HOUR_SECONDS, HOUR_SECONDS)


def by_hour(batch: Batch) -> list[tuple[int, Batch]]:
    """The batch by hours (start, end], each with the series that it has there."""
    low, high = ((t - 1) // HOUR_MS for t in (min(batch.t), max(batch.t)))
    if low == high:
        return [(low * HOUR_SECONDS, batch)]
    shares: dict[int, Batch] = {}
    for one, t, v in zip(batch.ids, batch.t, batch.v, strict=True):
        hour = (t - 1) // HOUR_MS
        share = shares.get(hour)
        if share is None:
            share = shares[hour] = Batch([])
        share.ids.append(one)
        share.t.append(t)
        share.v.append(v)
    return [(hour * HOUR_SECONDS, _with_series(share, batch)) for hour, share in sorted(shares.items())]


def not_after(batch: Batch, latest: int) -> tuple[Batch, int]:
    """The samples up to `latest` (unix ms), and how many came after."""
    kept = Batch([])
    for one, t, v in zip(batch.ids, batch.t, batch.v, strict=True):
        if t <= latest:
            kept.ids.append(one)
            kept.t.append(t)
            kept.v.append(v)
    return _with_series(kept, batch), len(batch) - len(kept)


def _with_series(share: Batch, batch: Batch) -> Batch:
    there = set(share.ids)
    return replace(share, series=[s for s in batch.series if s.id in there])
