"""Costs per step: of the largest series, and of the rows of a page. Only they are kept, however many groups there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl

from farthing.core.errors import NoData
from farthing.core.windows import Window

ROWS_AT_ONCE = 250_000
Points = list[float | None]
# Asks for some sets: frames with `step` counting from their first set, and how many sets each has.
Ask = Callable[[Sequence[Window]], Iterable[tuple[pl.DataFrame, int]]]


def _total() -> pl.Expr:
    cost = pl.col("total_cost")
    return pl.when(cost.is_not_null().any()).then(cost.sum()).alias("total_cost")


class Stepped:
    """Collects rows per step (step, special, `keys`, total_cost) of the sets of a view.

    `stack`: the column that series are told apart by; `top`: its values that get a series of their own; `page`: rows (their `keys`)
    whose trend is wanted, None for no trend.
    """

    def __init__(self, sets: Sequence[Window], stack: str, top: Sequence[str], keys: Sequence[str], page: pl.DataFrame | None) -> None:
        self._sets = sets
        self._stack = stack
        self._top = list(top)
        self._keys = list(keys)
        self._page = page
        self._known = [False] * len(sets)
        self._series: list[pl.DataFrame] = []
        self._trends: list[pl.DataFrame] = []

    def ask(self, ask: Ask, groups: int, begun: int) -> None:
        """Ask for the first `begun` sets, few at a time where there are many groups. Sets of which nothing is known stay unknown."""
        at_once = max(1, ROWS_AT_ONCE // max(1, groups))
        for first in range(0, begun, at_once):
            at = first
            try:
                for rows, length in ask(self._sets[first : min(first + at_once, begun)]):
                    if rows.height:
                        self.add(rows.with_columns(pl.col("step").cast(pl.Int64) + at))
                    at += length
            except NoData:
                continue

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows in; `step` counts from the first set of all."""
        for step in rows.get_column("step").unique():
            self._known[step] = True
        idle = pl.col("special") == "idle"
        key = pl.when(idle).then(None).when(pl.col(self._stack).is_in(self._top)).then(pl.col(self._stack))
        lane = pl.when(idle).then(pl.lit("idle")).when(pl.col(self._stack).is_in(self._top)).then(pl.lit("top")).otherwise(pl.lit("other"))
        self._series.append(rows.group_by("step", lane.alias("lane"), key.alias("key")).agg(_total()))
        if self._page is not None:
            self._trends.append(rows.join(self._page, on=self._keys, how="semi").select("step", *self._keys, "total_cost"))

    def series(self, others: int) -> dict[str, Any]:
        """`{by, keys, values, other, idle}`: points per step, None where a step is not known or has no price; `others`: how many values
        of `stack` are not told apart."""
        found: dict[tuple[str, str | None], dict[int, float | None]] = {}
        for frame in self._series:
            for step, lane, key, cost in frame.iter_rows():
                found.setdefault((lane, key), {})[step] = cost
        idle = found.get(("idle", None))
        return {
            "by": self._stack,
            "keys": self._top,
            "values": [self._points(found.get(("top", key), {})) for key in self._top],
            "other": self._points(found.get(("other", None), {})) if others else None,
            "idle": None if idle is None else self._points(idle),
        }

    def trends(self) -> list[Points]:
        """Points per row of the page, in its order."""
        if self._page is None:
            return []
        found: dict[tuple[Any, ...], dict[int, float | None]] = {}
        for frame in self._trends:
            for step, *key, cost in frame.iter_rows():
                found.setdefault(tuple(key), {})[step] = cost
        return [self._points(found.get(key, {})) for key in self._page.select(self._keys).iter_rows()]

    def _points(self, found: dict[int, float | None]) -> Points:
        """A step that is known but without such rows had none of it: 0."""
        return [found.get(step, 0.0) if known else None for step, known in enumerate(self._known)]


def largest(rows: pl.DataFrame, stack: str, top: int) -> tuple[list[str], int]:
    """The `top` dearest values of `stack` over the whole window, and how many others there are; idle is not among them."""
    sums = rows.filter(pl.col("special") != "idle").group_by(stack).agg(pl.col("total_cost").sum())
    ranked = sums.sort(pl.col("total_cost").round_sig_figs(9), stack, descending=[True, False])
    return ranked.get_column(stack).head(top).to_list(), max(0, sums.height - top)
