"""One recent hour, measured and costed: what the guesses in it are worth."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from farthing.core.ledger import Facts, Ledger, Span
from farthing.core.schema import COST_COLUMNS, MARKS, Mark

from .wording import money, percent


@dataclass(frozen=True)
class Weight:
    """How much of an hour something concerns: rows, its $ and the $ of all (None without a price book), its part of all.

    `share` is of money, or without a price book of held core-seconds; None where there is nothing to take a part of.
    """

    rows: int
    money: float | None
    share: float | None
    words: str


@dataclass(frozen=True)
class CostedHour:
    """Quantities of one hour and, with a price book, their ledger."""

    span: Span
    facts: Facts
    ledger: Ledger | None
    currency: str

    def marked(self, mark: Mark, cluster: str) -> Weight | None:
        """What rests on a guess in one cluster; None where no row carries its mark.

        Money: the costs that `core.schema.MARKS` names for it.
        """
        return self.weigh((pl.col("marks") & int(mark)) != 0, MARKS[mark].costs, cluster)

    def weigh(self, rows: pl.Expr, costs: tuple[str, ...], cluster: str) -> Weight | None:
        """What `costs` of the allocation's `rows` make of all costs of the cluster; None where there are no such rows.

        Without a price book (or without `costs`): what the rows hold of all held core-seconds.
        """
        frame = (self.facts.usage if self.ledger is None else self.ledger.allocation).filter(pl.col("cluster") == cluster)
        found = frame.filter(rows)
        if found.height == 0:
            return None
        if self.ledger is None or not costs:
            whole, part = float(frame["cpu_held"].sum()), float(found["cpu_held"].sum())
            share = part / whole if whole else None
            words = f"{percent(share)} of the CPU that is held" if share is not None else f"{found.height} rows that hold no CPU"
            return Weight(found.height, None, share, words)
        whole, part = self.total(cluster), float(found.select(pl.sum_horizontal(pl.col(c).sum() for c in costs)).item())
        share = part / whole if whole else None
        return Weight(found.height, part, share, self.of_all(part, cluster))

    def total(self, cluster: str) -> float:
        """$ of all the cluster's assets that have a price; 0 without a price book."""
        if self.ledger is None:
            return 0.0
        costs = [c for c in COST_COLUMNS if c in self.ledger.asset.columns]
        assets = self.ledger.asset.filter(pl.col("cluster") == cluster)
        return float(assets.select(pl.sum_horizontal(pl.col(c).sum() for c in costs)).item())

    def of_all(self, part: float, cluster: str) -> str:
        """$ as a part of the cluster's hour, in words."""
        whole = self.total(cluster)
        of = f" ({percent(part / whole)})" if whole else ""
        return f"{money(part, self.currency)} of {money(whole, self.currency)} an hour{of}"
