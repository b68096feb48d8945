"""Costed hours of random clusters, and warehouses that took them in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import polars as pl

from farthing.core.ledger import Ledger, Span
from farthing.core.units import HOUR_SECONDS
from farthing.costing import cost
from farthing.views import Sharing
from farthing.warehouse import Taken, Warehouse

from ..costing.facts import NOW, Wishes, build


def random_ledger(seed: int, wishes: Wishes = Wishes()) -> Ledger:  # noqa: B008 - frozen
    facts, prices = build(seed, wishes)
    return cost(facts, prices)


def hours_of(ledger: Ledger) -> list[int]:
    """Hours since 1970 of its span."""
    return list(range(int(ledger.span.start // HOUR_SECONDS), int(ledger.span.end // HOUR_SECONDS)))


def part(ledger: Ledger, cluster: str, hours: Iterable[int]) -> Ledger:
    """Rows of one cluster and some hours that follow each other."""
    wanted = list(hours)
    mine = (pl.col("cluster") == cluster) & (pl.col("hour").dt.epoch("s") // HOUR_SECONDS).is_in(wanted)
    return dataclasses.replace(
        ledger,
        span=Span(float(wanted[0] * HOUR_SECONDS), float((wanted[-1] + 1) * HOUR_SECONDS)),
        allocation=ledger.allocation.filter(mine),
        asset=ledger.asset.filter(mine),
        share=ledger.share.filter(mine),
        notes=tuple(note for note in ledger.notes if note.cluster in ("", cluster)),
    )


def take_in(warehouse: Warehouse, ledger: Ledger, run: str = "run", hours: Iterable[int] | None = None) -> None:
    """All clusters of `ledger`, one after the other."""
    wanted = list(hours_of(ledger) if hours is None else hours)
    clusters = pl.concat([ledger.asset.get_column("cluster"), ledger.allocation.get_column("cluster")]).unique().sort()
    for cluster in clusters:
        warehouse.take_in(part(ledger, cluster, wanted), [Taken(cluster, hour, run, NOW) for hour in wanted])


def warehouse_of(ledger: Ledger, sharing: Sharing | None = None) -> Warehouse:
    """A warehouse in memory that has `ledger`."""
    warehouse = Warehouse(None, now=lambda: NOW, sharing=sharing)
    take_in(warehouse, ledger)
    return warehouse
