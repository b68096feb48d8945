"""Lines: rows of hours and days added up per group, so that a question about millions of rows becomes one about some thousand lines.

A line looks like a row of the ledger: what is NULL in a row is NULL in its line, because rows add up only with those that know, and do not
know, the same. So whatever a view makes of rows it makes of lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb
import polars as pl

from .beside import beside, steps_table
from .ingest import filled, gives_name
from .keys import Keys
from .plan import Plan
from .tables import DAY_SUMS, NULL_BIT, PEAKS, day_table, received_columns

LINE_KEY = ("grp", "step", "marks", "nulls", "gives")


def lines(cursor: duckdb.DuckDBPyConnection, schema: str, plan: Plan, keys: Keys, wanted: Collection[str], hours: str) -> pl.DataFrame:
    """Lines of the days and whole hours of `plan`, as `views.Sums.add_lines` takes them: LINE_KEY, the columns of the keys' groups, rows,
    first_held, last_held (unix s), DAY_SUMS, PEAKS and those of `received` that are `wanted`.

    `hours`: a relation of hours as `hour_relation` makes it.
    """
    told = filled(cursor, schema)
    empty = [name for name in (*DAY_SUMS, *PEAKS, *received_columns(None)) if name not in told]
    parts = []
    with beside(cursor, keys=keys.lines):
        for shift, days in plan.days.items():
            parts.append(_added_up(cursor, f"{day_table(schema, shift)}", "day", days, keys, wanted, empty))
        if plan.hours:
            parts.append(_added_up(cursor, hours, "hour", plan.hours, keys, wanted, empty))
    return _joined(parts, wanted).join(keys.groups, on="grp", how="left").with_columns(gives_name("gives"))


def _added_up(
    cursor: duckdb.DuckDBPyConnection,
    relation: str,
    time: str,
    steps: Sequence[tuple[int, int]],
    keys: Keys,
    wanted: Collection[str],
    empty: Collection[str],
) -> pl.DataFrame:
    """Lines of the rows whose `time` is one of `steps` (time, step). `empty`: columns that have nothing but 0 and NULL."""
    share = " * k.share" if keys.split else ""
    columns = ("rows", *DAY_SUMS, *wanted)
    sums = [f"sum(r.{name}{share}) AS {name}" for name in columns if name not in empty]
    peaks = [f"max(r.{name}) AS {name}" for name in PEAKS if name not in empty]
    one_step = len({step for _, step in steps}) == 1
    first, last = min(at for at, _ in steps), max(at for at, _ in steps)
    whole = one_step and last - first + 1 == len(steps)
    step, join = ("s.step", f"JOIN steps s ON r.{time} = s.at") if not whole else (f"{steps[0][1]}::INTEGER", "")
    with beside(cursor, **({} if whole else {"steps": steps_table(list(steps))})):
        found = cursor.execute(
            f"SELECT k.grp, {step} AS step, r.marks, r.nulls, r.gives, min(r.first_held) AS first_held, max(r.last_held) AS last_held, "
            f"{', '.join(sums + peaks)} FROM {relation} r JOIN keys k USING (cell) {join} WHERE r.{time} BETWEEN ? AND ? GROUP BY ALL",
            [first, last],
        ).pl()
    return found.with_columns(_nothing(name).alias(name) for name in empty if name in columns or name in PEAKS).select(
        *LINE_KEY, "first_held", "last_held", *columns, *PEAKS
    )


def _nothing(name: str) -> pl.Expr:
    """An empty column: NULL where the key says so."""
    if name in PEAKS:
        return pl.lit(None, dtype=pl.Float64)
    zero = pl.lit(0.0)
    return pl.when((pl.col("nulls") & NULL_BIT[name]) == 0).then(zero) if name in NULL_BIT else zero


def _joined(parts: Sequence[pl.DataFrame], wanted: Collection[str]) -> pl.DataFrame:
    """Lines of the same key added up. NULL stays NULL: it is in the key."""
    if len(parts) == 1:
        return parts[0]
    sums = ("rows", *DAY_SUMS, *wanted)
    if not parts:
        types: dict[str, pl.DataType] = {
            "grp": pl.UInt32(),
            "step": pl.Int32(),
            "marks": pl.UInt32(),
            "nulls": pl.UInt16(),
            "gives": pl.UInt8(),
        }
        return pl.DataFrame(schema=types | dict.fromkeys(("first_held", "last_held", *sums, *PEAKS), pl.Float64()))
    known = [pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in sums]
    return (
        pl.concat(parts, how="vertical_relaxed")
        .group_by(LINE_KEY)
        .agg(pl.col("first_held").min(), pl.col("last_held").max(), *known, *(pl.col(name).max() for name in PEAKS))
    )
