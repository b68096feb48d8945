"""How far a view can be trusted: which costs rest on something assumed, and what has no price at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from farthing.core.schema import COST_COLUMNS, MARKS, Mark

from .measures import shown_cost

MARKED_TYPES = {"mark": pl.Int64, "idle": pl.Boolean, "rows": pl.Float64, "money": pl.Float64}


@dataclass(frozen=True)
class Guess:
    """One kind of guess, or another mark: how many shown rows carry it and how much of their money rests on it, $."""

    mark: Mark
    name: str
    doc: str
    cure: str
    rows: float
    money: float
    guess: bool = True


@dataclass(frozen=True)
class Unpriced:
    """Assets of which something has no price: which resource, why, and what to add to the price book."""

    resource: str
    reason: str
    cure: str
    assets: int


def marked(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns mark, idle (whether of idle rows), rows, money ($) of the shown `rows`: lines of every mark that occurs.

    `money`: the costs that rest on a guess; of other marks all costs of the rows.
    """
    present = rows.select(pl.col("marks").bitwise_or().fill_null(0)).item() if rows.height else 0
    found = {mark: doc for mark, doc in MARKS.items() if present & mark}
    if not found:
        return pl.DataFrame(schema=MARKED_TYPES)
    every = [*map(shown_cost, COST_COLUMNS), pl.col("shared_cost")]
    aggregates: list[pl.Expr] = []
    for mark, doc in found.items():
        has = (pl.col("marks") & int(mark)) != 0
        money = pl.sum_horizontal([shown_cost(cost) for cost in doc.costs] or every)
        aggregates += [pl.col("rows").filter(has).sum().alias(f"rows {int(mark)}"), money.filter(has).sum().alias(f"money {int(mark)}")]
    sums = rows.group_by((pl.col("kind") == "idle").alias("idle")).agg(aggregates)
    lines = [
        (int(mark), one["idle"], one[f"rows {int(mark)}"], one[f"money {int(mark)}"])
        for one in sums.iter_rows(named=True)
        for mark in found
        if one[f"rows {int(mark)}"]
    ]
    return pl.DataFrame(lines, schema=MARKED_TYPES, orient="row")


def marks_of(parts: Iterable[pl.DataFrame]) -> tuple[Guess, ...]:
    """The sums of `marked` pieces, most money first."""
    frames = list(parts)
    if not frames:
        return ()
    sums = pl.concat(frames).group_by("mark").agg(pl.col("rows", "money").sum()).sort("money", "mark", descending=[True, False])
    found: list[Guess] = []
    for mark, rows, money in sums.select("mark", "rows", "money").iter_rows():
        doc = MARKS[Mark(mark)]
        found.append(Guess(Mark(mark), doc.name, doc.doc, doc.cure, rows, money, doc.guess))
    return tuple(found)


def guesses(parts: Iterable[pl.DataFrame]) -> tuple[Guess, ...]:
    """Of `marks_of` those that are guesses."""
    return tuple(one for one in marks_of(parts) if one.guess)


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
