"""What groups are made of, from the cells that have any row in a window: see `views.Parts`."""

from __future__ import annotations

import duckdb
import polars as pl

from farthing.core.schema import ASSET, PRICE, SHARE
from farthing.core.units import DAY_SECONDS, HOUR_SECONDS
from farthing.views import Question, Sums

from .beside import beside, steps_table
from .cells import Cells
from .details import NUMBERS, after_giving, last_assets, present
from .ingest import gives_name
from .keys import names_of
from .pieces import whole
from .plan import Plan, hours_of

# Rows that pay for volumes and load balancers.
PAYING = ("pod", "unmounted")
LINE = ("step", "cell", "gives")


def add_parts(cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, plan: Plan, hours: str, question: Question, sums: Sums) -> None:
    """Tell `sums` what the rows in the whole hours of `plan`, whose days are of whole hours, pay for.

    `hours`: a relation of hours as `hour_relation` makes it.
    """
    assets = whole(ASSET, cursor.execute(last_assets(schema), list(hours_of(plan))).pl())
    prices = cursor.execute(f"SELECT * FROM {schema}.price").pl().cast({"recorded_at": PRICE.polars["recorded_at"]})
    sums.add_assets(assets, PRICE.conform(prices.join(assets, on="asset_id", how="semi")))
    names = names_of(cells, cells.frame.filter(pl.col("kind").is_in(PAYING)), question).filter("keep")
    found = present(cursor, schema, plan, hours, of=names.select("cell").unique())
    if not found.height:
        return
    # Lines are told apart by a number that stands in for the hour, so that shares find the line of the cell and of what it gave then.
    found = found.with_row_index("hour")
    share = _shares(cursor, cells, schema, plan, hours, found)
    rows = found.join(names, on="cell").join(cells.frame.drop("kind"), on="cell").with_columns(gives_name("gives"))
    if not question.sharing:
        rows = rows.with_columns(gives=pl.lit(None, dtype=rows.schema["gives"]))
    rows = rows.with_columns(*(pl.col(name) * pl.col("share") for name in NUMBERS), rows=pl.col("share"))
    sums.add_attached(after_giving(rows), share)


def _shares(cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, plan: Plan, hours: str, lines: pl.DataFrame) -> pl.DataFrame:
    """SHARE rows added up by line, whose number stands in for the hour. `lines`: LINE and `hour`."""
    within = hours_of(plan)
    paying = lines.select("cell").unique().join(cells.frame.select("cell", "cluster", "identity_id"), on="cell")
    with beside(cursor, steps=steps_table(hour_steps(plan)), paying=paying):
        found = cursor.execute(
            "SELECT s.step, r.cell, r.gives, h.cluster, h.identity_id, h.asset_id, h.resource, min(h.first_held) AS first_held, "
            "max(h.last_held) AS last_held, sum(h.seconds) AS seconds, sum(h.quantity) AS quantity, sum(h.cost) AS cost "
            f"FROM {schema}.share h JOIN steps s ON h.hour = s.at JOIN paying p USING (cluster, identity_id) "
            f"JOIN {hours} r ON r.hour = h.hour AND r.cell = p.cell WHERE h.hour BETWEEN ? AND ? AND r.hour BETWEEN ? AND ? GROUP BY ALL",
            [*within, *within],
        ).pl()
    types = {name: kind for name, kind in SHARE.polars.items() if name != "hour"}
    return found.join(lines.select(*LINE, "hour"), on=LINE).select("hour", *(pl.col(name).cast(kind) for name, kind in types.items()))


def hour_steps(plan: Plan) -> list[tuple[int, int]]:
    """(hour, step) of every hour that a plan of whole hours reads, also as a part of a day."""
    out = list(plan.hours)
    for shift, days in plan.days.items():
        for day, step in days:
            first = (day * DAY_SECONDS + shift) // HOUR_SECONDS
            out += [(hour, step) for hour in range(first, first + DAY_SECONDS // HOUR_SECONDS)]
    return out
