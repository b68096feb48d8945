"""`/assets/view`: assets as the subject of a view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import polars as pl

from farthing.core.windows import Window
from farthing.views import ASSET_FIELDS, AssetTable, CostSource

from ..asset_groups import AssetGroup, added_up
from ..comparison import period_before
from .columns import ASSET_COLUMNS, NAME
from .requests import AssetViewRequest, group_columns
from .view import Found, Frame, Subject, begins, document, unpriced_json


def asset_view(source: CostSource, asked: AssetViewRequest) -> bytes:
    """The answer to `/assets/view` as JSON (`native.models.View`). Raises StaleCursor, and what the source raises."""
    before = period_before(asked.window, asked.as_of, asked.zone) if asked.page.compare else None
    frame = Frame(asked.window, asked.sets, asked.as_of, before, asked.zone_name)
    return orjson.dumps(document(asset_subject(source, asked), frame, asked.page, asked.stack, source.version()))


def asset_subject(source: CostSource, asked: AssetViewRequest) -> Subject:
    """Assets as the subject of a view."""

    def find(window: Window) -> Found:
        ((table, _),) = source.assets(asked.filter, (window,))
        rows, totals = shown(table, asked.groups), added_up(table.rows, ()).drop("step")
        if not totals.height:
            totals = pl.DataFrame({column: [None] for column in totals.columns}, schema=totals.schema).with_columns(_nothing())
        return Found(rows, totals, table.notes, _trust(table), table.rows.height)

    def ask(sets: Sequence[Window]) -> Iterable[tuple[pl.DataFrame, int]]:
        return ((shown(table, asked.groups), len(windows)) for table, windows in source.assets(asked.filter, sets))

    groups = group_columns([group.name for group in asked.groups])
    return Subject(groups, ASSET_COLUMNS, find, ask, ask, begins(source, asked.filter, ASSET_FIELDS))


def shown(table: AssetTable, groups: Sequence[AssetGroup]) -> pl.DataFrame:
    """Rows per step and group under the names that a view has for them."""
    sums = added_up(table.rows, groups)
    names = {f"by:{group.name}": group.name for group in groups}
    measured = dict.fromkeys(column.source or column.name for column in ASSET_COLUMNS)
    return sums.select(
        "step",
        pl.col("key").alias(NAME.name),
        pl.lit("").alias("special"),
        *(pl.col(column).alias(name) for column, name in names.items()),
        *measured,
    )


def _nothing() -> list[pl.Expr]:
    """Where there is no asset there is no cost: 0, and nothing without a price."""
    numbers = [pl.col(pl.Float64).fill_null(0.0)]
    return [*numbers, pl.col("partial").fill_null(value=False)]


def _trust(table: AssetTable) -> dict[str, Any]:
    return {"unpriced": [unpriced_json(thing) for thing in table.unpriced], "guesses": []}
