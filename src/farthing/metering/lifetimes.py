"""Lives cut into hours: the arithmetic of held seconds (ledger 1)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS


def hour_of(t: pl.Expr) -> pl.Expr:
    """Unix start of the hour that holds `t`, Int64."""
    return (t / HOUR_SECONDS).floor().cast(pl.Int64) * HOUR_SECONDS


def by_hour(lives: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Cut every life into the hours of `span`.

    lives: any columns, with `start` and `end` (unix s; end may be inf). Adds `hour` (Int64), `first_held`, `last_held` and
    `held_seconds`; lives that do not touch the span vanish.
    """
    return (
        lives.with_columns(
            pl.col("start").clip(lower_bound=span.start).alias("_from"),
            pl.col("end").clip(upper_bound=span.end).alias("_to"),
        )
        .filter(pl.col("_to") > pl.col("_from"))
        .with_columns(
            pl.int_ranges(
                hour_of(pl.col("_from")),
                (pl.col("_to") / HOUR_SECONDS).ceil().cast(pl.Int64) * HOUR_SECONDS,
                HOUR_SECONDS,
            ).alias("hour")
        )
        .explode("hour", empty_as_null=False)
        .with_columns(
            pl.max_horizontal("_from", pl.col("hour").cast(pl.Float64)).alias("first_held"),
            pl.min_horizontal("_to", (pl.col("hour") + HOUR_SECONDS).cast(pl.Float64)).alias("last_held"),
        )
        .with_columns((pl.col("last_held") - pl.col("first_held")).alias("held_seconds"))
        .drop("_from", "_to")
    )


def hours_spanned(rows: pl.DataFrame) -> Span:
    """The whole hours from the first to the last `hour` of rows, which must not be empty."""
    hours = rows["hour"].cast(pl.Int64).to_list()
    return Span(float(min(hours)), float(max(hours)) + HOUR_SECONDS)


def overlap(start: pl.Expr, end: pl.Expr, other_start: pl.Expr, other_end: pl.Expr) -> pl.Expr:
    """Seconds that two spans have in common, 0 where none."""
    return (pl.min_horizontal(end, other_end) - pl.max_horizontal(start, other_start)).clip(lower_bound=0.0)
