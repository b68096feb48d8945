"""How far a view can be trusted: which costs rest on something assumed, and what has no price at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from farthing.core.schema import MARKS, Mark

from .measures import shown_cost

GUESSES = {mark: doc for mark, doc in MARKS.items() if doc.guess}


@dataclass(frozen=True)
class Guess:
    """One kind of guess: how many shown rows carry it and how much of their money rests on it, $."""

    mark: Mark
    name: str
    doc: str
    cure: str
    rows: float
    money: float


@dataclass(frozen=True)
class Unpriced:
    """Assets of which something has no price: which resource, why, and what to add to the price book."""

    resource: str
    reason: str
    cure: str
    assets: int


def guessed(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns mark, rows, money ($) of the shown `rows`: one line per mark that is a guess and occurs."""
    present = rows.select(pl.col("marks").bitwise_or().fill_null(0)).item() if rows.height else 0
    found = {mark: doc for mark, doc in GUESSES.items() if present & mark}
    aggregates: list[pl.Expr] = []
    for mark, doc in found.items():
        marked = (pl.col("marks") & int(mark)) != 0
        money = pl.sum_horizontal(shown_cost(cost) for cost in doc.costs)
        aggregates += [
            pl.col("rows").filter(marked).sum().alias(f"rows {int(mark)}"),
            money.filter(marked).sum().alias(f"money {int(mark)}"),
        ]
    sums = rows.select(aggregates).row(0, named=True) if found else {}
    lines = [(int(mark), sums[f"rows {int(mark)}"], sums[f"money {int(mark)}"]) for mark in found]
    types = {"mark": pl.Int64, "rows": pl.Float64, "money": pl.Float64}
    return pl.DataFrame([line for line in lines if line[1]], schema=types, orient="row")


def guesses(parts: Iterable[pl.DataFrame]) -> tuple[Guess, ...]:
    """The sums of `guessed` pieces, most money first."""
    frames = list(parts)
    if not frames:
        return ()
    sums = pl.concat(frames).group_by("mark").sum().sort("money", "mark", descending=[True, False])
    found: list[Guess] = []
    for mark, rows, money in sums.select("mark", "rows", "money").iter_rows():
        doc = MARKS[Mark(mark)]
        found.append(Guess(Mark(mark), doc.name, doc.doc, doc.cure, rows, money))
    return tuple(found)


def without_price(price: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, resource, reason, cure of a PRICE frame's rows that have no price."""
    return price.filter(pl.col("price").is_null()).select("asset_id", "resource", "reason", "cure").unique()


def unpriced(parts: Iterable[pl.DataFrame]) -> tuple[Unpriced, ...]:
    """The reasons of `without_price` pieces, each with how many assets it concerns, most first."""
    frames = list(parts)
    if not frames:
        return ()
    lines = pl.concat(frames).group_by("resource", "reason", "cure").agg(assets=pl.col("asset_id").n_unique())
    lines = lines.sort("assets", "resource", "reason", descending=[True, False, False], nulls_last=True)
    return tuple(Unpriced(resource, reason or "", cure or "", assets) for resource, reason, cure, assets in lines.iter_rows())
