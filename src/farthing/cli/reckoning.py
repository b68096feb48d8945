"""One report's work: the ledger of a window asked, proved and added up. No printing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from farthing.core.ledger import Ledger, Note
from farthing.core.schema import Mark, RowKind
from farthing.core.units import HOUR_SECONDS, MONTH_HOURS
from farthing.core.windows import Window
from farthing.metering.prometheus import Asked
from farthing.views import Question, SummaryTable, answer, check_closes

ASSET_COSTS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost", "management_cost")
ALLOCATED = (RowKind.CONTAINER, RowKind.POD)
DEFAULT_PRICES = (Mark.DEFAULT_NODE_PRICE, Mark.DEFAULT_STORAGE_PRICE, Mark.DEFAULT_LOAD_BALANCER_PRICE)


@dataclass(frozen=True)
class Asking:
    """A report as it was asked for: the parsed question and the user's own words."""

    window: Window
    question: Question
    by: tuple[str, ...]
    filter: str
    idle: str
    zone: str


@dataclass(frozen=True)
class Closing:
    """Both sides of the books of everything read, $: `allocated + idle + unmounted + unobserved + management = assets`."""

    allocated: float = 0.0
    idle: float = 0.0
    unmounted: float = 0.0
    unobserved: float = 0.0
    management: float = 0.0
    assets: float = 0.0

    @property
    def parts(self) -> dict[str, float]:
        """Word → $ of the left side."""
        return {name: getattr(self, name) for name in ("allocated", "idle", "unmounted", "unobserved", "management")}


class Prices(Protocol):
    """What a report tells of the prices it is in."""

    @property
    def name(self) -> str:
        """How whoever keeps them calls them."""
        ...

    @property
    def currency(self) -> str:
        """What amounts are in."""
        ...

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader must know of them."""
        ...

    @property
    def is_default(self) -> bool:
        """Whether they are the default rates and nothing else."""
        ...


@dataclass(frozen=True)
class Report:
    """A question with its answer, the proof, and what it took to get it."""

    asking: Asking
    table: SummaryTable
    closing: Closing
    clusters: tuple[str, ...]
    observed_seconds: float
    book: Prices
    asked: Asked
    wall_seconds: float

    @property
    def default_money(self) -> float:
        """How much of what is shown rests on default prices, $."""
        return sum(guess.money for guess in self.table.guesses if guess.mark in DEFAULT_PRICES)

    @property
    def monthly_factor(self) -> float | None:
        """From the window's costs to a month at the same rate; None where nothing was observed."""
        return MONTH_HOURS * HOUR_SECONDS / self.observed_seconds if self.observed_seconds > 0 else None


class Clock(Protocol):
    """Seconds that only grow."""

    def __call__(self) -> float: ...


def reckon(
    pieces: Iterator[Ledger],
    asking: Asking,
    *,
    book: Prices,
    asked: Asked,
    read: Callable[[Ledger], None],
    clock: Clock = time.perf_counter,
) -> Report:
    """Take the `pieces` of the window, prove that each closes, and answer the question from them.

    `asked`: the statistics of whoever gives the pieces; `read` hears of each piece. Raises NoData, LedgerBroken and what asking raises.
    """
    begun = clock()
    proof = _Proof()
    table = answer(proof.of(pieces, read), asking.question)
    return Report(
        asking=asking,
        table=table,
        closing=Closing(**proof.sums),
        clusters=tuple(sorted(proof.clusters)),
        observed_seconds=proof.observed_seconds,
        book=book,
        asked=asked,
        wall_seconds=clock() - begun,
    )


class _Proof:
    """Passes pieces on that close, and keeps both sides' sums."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.clusters: set[str] = set()
        self.observed_seconds = 0.0

    def of(self, pieces: Iterator[Ledger], read: Callable[[Ledger], None]) -> Iterator[Ledger]:
        for piece in pieces:
            check_closes(piece)
            cost = pl.sum_horizontal(ASSET_COSTS)
            by_kind = piece.allocation.group_by("kind").agg(cost.sum())
            for kind, amount in by_kind.iter_rows():
                self._add("allocated" if kind in ALLOCATED else kind, amount)
            self._add("assets", piece.asset.select(cost.sum()).item())
            self.clusters.update(piece.asset.get_column("cluster").unique())
            # An hour was observed as long as the longest life in it.
            self.observed_seconds += float(piece.asset.group_by("hour").agg(pl.col("seconds").max()).select(pl.col("seconds").sum()).item())
            read(piece)
            yield piece

    def _add(self, name: str, amount: float) -> None:
        self.sums[name] = self.sums.get(name, 0.0) + amount
