"""Prices and guesses: what has no price, what rests on default rates, what rests on something assumed; each with its money."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from farthing.core.ledger import Ledger
from farthing.core.schema import MARKS, Mark
from farthing.core.units import BASE_UNIT, QUANTITY_PER_BASE, Resource

from .costed_hour import CostedHour
from .examination import Examination, NotPossible
from .findings import Severity, Symptom
from .wording import count, some

DEFAULTS = (Mark.DEFAULT_NODE_PRICE, Mark.DEFAULT_STORAGE_PRICE, Mark.DEFAULT_LOAD_BALANCER_PRICE)
ELSEWHERE = (*DEFAULTS, Mark.NODE_INFERRED, Mark.COUNTER_WITHOUT_ID)  # marks that other checks tell of
MATTERS = 0.05  # guesses under this part of an hour's cost are told as info
# The quantity of an asset that a resource's price is paid for, and its unit in words.
PAID_BY: dict[Resource, tuple[str, str]] = {
    Resource.CPU: ("cpu", "core-hours"),
    Resource.RAM: ("ram", "GiB-hours"),
    Resource.GPU: ("gpu", "card-hours"),
    Resource.STORAGE: ("storage", "GiB-hours"),
    Resource.LOAD_BALANCER: ("seconds", "hours"),
}


def unpriced(ex: Examination) -> Iterator[Symptom]:
    """Assets of which something has no price."""
    hour, ledger = _priced(ex)
    lost = ledger.price.filter(pl.col("price").is_null()).join(
        hour.facts.assets().select("asset_id", "cluster", "name"), on="asset_id", how="left"
    )
    groups = ["cluster", "resource", "cure"]  # one rule cures them all
    for (cluster, resource, cure), frame in lost.sort("cluster", "resource", "name").group_by(groups, maintain_order=True):
        what = Resource(str(resource))
        column, unit = PAID_BY[what]
        held = hour.facts.capacity.join(frame.select("asset_id"), on="asset_id", how="semi")
        of_first = f" of {frame['name'][0]}" if frame.height > 1 else ""
        amount = float(held[column].sum()) / QUANTITY_PER_BASE[what]
        yield Symptom(
            f"{what} without a price",
            (
                f"{count(frame.height, 'asset')}: {some(frame['name'].to_list())}",
                f"reason{of_first}: {frame['reason'][0]}",
                f"wanted in {BASE_UNIT[what]}",
            ),
            f"{amount:,.4g} {unit} an hour cost nothing known: NULL, not 0; sums over them are partial",
            cure=str(cure or ""),
            cluster=str(cluster or ""),
        )


def default_prices(ex: Examination) -> Iterator[Symptom]:
    """Money that rests on default rates."""
    hour, _ = _priced(ex)
    for cluster in ex.clusters:
        for mark in DEFAULTS:
            weight = hour.marked(mark, cluster)
            if weight is None or not weight.money:
                continue
            yield Symptom(
                f"{MARKS[mark].name}s",
                (f"{count(weight.rows, 'row')} of the hour rest on a default rate: {MARKS[mark].doc}",),
                f"{weight.words}: list-like, not what you pay",
                cure=MARKS[mark].cure,
                cluster=cluster,
                money=weight.money,
                share=weight.share,
            )


def guesses(ex: Examination) -> Iterator[Symptom]:
    """Everything else in the costed hour that rests on something assumed."""
    hour = ex.costed_hour
    for cluster in ex.clusters:
        for mark, doc in MARKS.items():
            weight = hour.marked(mark, cluster) if doc.guess and mark not in ELSEWHERE else None
            if weight is None:
                continue
            yield Symptom(
                doc.name,
                (f"{count(weight.rows, 'row')} of the hour: {doc.doc}",),
                weight.words,
                Severity.WARNING if weight.share is not None and weight.share >= MATTERS else Severity.INFO,
                doc.cure,
                cluster,
                weight.money,
                weight.share,
            )


def _priced(ex: Examination) -> tuple[CostedHour, Ledger]:
    hour = ex.costed_hour if ex.book is not None else None
    if hour is None or hour.ledger is None:
        raise NotPossible("no price book was given")
    return hour, hour.ledger
