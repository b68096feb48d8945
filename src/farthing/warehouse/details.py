"""Details of groups, from the cells that have any row in a window: see `views.Details`."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import ASSET, SHARE
from farthing.core.units import DAY_SECONDS, HOUR_SECONDS
from farthing.views import PROPERTIES, Idle, IdleBy, Question, Sums

from .assets import part
from .beside import beside, steps_table
from .cells import Cells
from .ingest import gives_name
from .keys import names_of
from .pieces import whole
from .plan import Plan, hours_of
from .tables import WAY_BIT, day_table

# What `views.attached` looks at in a row that nobody mounts.
NUMBERS = ("storage_held", "load_balancer_held", "held_seconds", "storage_cost", "load_balancer_cost")
RECEIVERS = ("container", "pod")


def add_details(
    cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, plan: Plan, hours: str, question: Question, sums: Sums
) -> None:
    """Tell `sums` of every cell in the whole hours of `plan`. `hours`: a relation of hours as `hour_relation` makes it."""
    there = present(cursor, schema, plan, hours)
    if not there.height:
        return
    names = names_of(cells, cells.frame, question, every=True).filter("keep")
    rows = there.join(names, on="cell").join(cells.frame.drop("kind"), on="cell").with_columns(gives_name("gives"))
    if not question.sharing:
        rows = rows.with_columns(gives=pl.when(pl.col("kind") == "idle").then("gives"))
    # a line takes its part of shares that are added up over the step: not once for every hour
    rows = after_giving(rows.with_columns(*(pl.col(name) * pl.col("share") for name in NUMBERS), rows=pl.col("share")))
    if question.filter is not None and question.idle is not Idle.SHARE:
        rows = pl.concat([rows, _as_idle(rows, question)])
    # a step stands for the hour: shares are added up by step as well
    rows = rows.with_columns(hour=pl.col("step"))
    used = rows.select("identity_id").unique()
    assets = whole(ASSET, cursor.execute(last_assets(schema), list(hours_of(plan))).pl())
    sums.add_details(rows, _shares(cursor, schema, plan), cells.identities.join(used, on="identity_id", how="semi"), assets)


def present(cursor: duckdb.DuckDBPyConnection, schema: str, plan: Plan, hours: str, *, of: pl.DataFrame | None = None) -> pl.DataFrame:
    """step, cell, gives, the `ways` in which it receives idle, and NUMBERS of all rows, as days and hours have them.

    `of`: the cells that are looked at, None: all.
    """
    parts = []
    numbers = ", ".join(f"sum({name}) AS {name}" for name in NUMBERS)
    tables = [(day_table(schema, shift), "day", days) for shift, days in plan.days.items()]
    if plan.hours:
        tables.append((hours, "hour", plan.hours))
    for table, time, steps in tables:
        within = [min(at for at, _ in steps), max(at for at, _ in steps)]
        with beside(cursor, steps=steps_table(list(steps)), **({} if of is None else {"looked_at": of})):
            parts.append(
                cursor.execute(
                    f"SELECT s.step, r.cell, r.gives, bit_or(r.nulls) AS ways, {numbers} FROM {table} r JOIN steps s ON r.{time} = s.at "
                    f"{'' if of is None else 'JOIN looked_at USING (cell) '}WHERE r.{time} BETWEEN ? AND ? GROUP BY ALL",
                    within,
                ).pl()
            )
    return _together(pl.concat(parts)) if parts else pl.DataFrame()


def _together(present: pl.DataFrame) -> pl.DataFrame:
    """A line for each step, cell and way of giving, whichever tables told of it: days of several shifts, and hours beside them."""
    sums = [pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in NUMBERS]
    return present.group_by("step", "cell", "gives", maintain_order=True).agg(pl.col("ways").bitwise_or(), *sums)


def _shares(cursor: duckdb.DuckDBPyConnection, schema: str, plan: Plan) -> pl.DataFrame:
    """SHARE rows added up by step, which stands in for the hour."""
    with beside(cursor, steps=steps_table(_hour_steps(plan))):
        found = cursor.execute(
            "SELECT s.step AS hour, r.cluster, r.identity_id, r.asset_id, r.resource, min(r.first_held) AS first_held, "
            "max(r.last_held) AS last_held, sum(r.seconds) AS seconds, sum(r.quantity) AS quantity, sum(r.cost) AS cost "
            f"FROM {schema}.share r JOIN steps s ON r.hour = s.at GROUP BY ALL"
        ).pl()
    parts = [part(cursor, schema, span).share.with_columns(hour=pl.lit(step)) for span, step in _parts(plan)]
    return pl.concat([_by_step(found), *map(_by_step, parts)])


def _by_step(found: pl.DataFrame) -> pl.DataFrame:
    types = {name: kind for name, kind in SHARE.polars.items() if name != "hour"}
    return found.select(pl.col("hour").cast(pl.Int32), *(pl.col(name).cast(kind) for name, kind in types.items()))


def _hour_steps(plan: Plan) -> list[tuple[int, int]]:
    """(hour, step) of every whole hour that a plan reads, also as a part of a day."""
    out = list(plan.hours)
    for shift, days in plan.days.items():
        for day, step in days:
            start, end = day * DAY_SECONDS + shift, (day + 1) * DAY_SECONDS + shift
            out += [(hour, step) for hour in range(-(-start // HOUR_SECONDS), end // HOUR_SECONDS)]
    return out


def _parts(plan: Plan) -> Iterator[tuple[Span, int]]:
    """Parts of hours in which rolled-up days begin and end, each with its step."""
    for shift, days in plan.days.items():
        cut_off = shift % HOUR_SECONDS
        if cut_off:
            for day, step in days:
                start, end = day * DAY_SECONDS + shift, (day + 1) * DAY_SECONDS + shift
                yield Span(start, start - cut_off + HOUR_SECONDS), step
                yield Span(end - cut_off, end), step


def _as_idle(rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    """Rows that receive idle as the idle lines they stand for, of no pod: at their node, or, where it comes from afar, at their cluster."""
    at_node = ("node", "asset_id", PROPERTIES["node"].column, PROPERTIES["providerID"].column)
    kept = (PROPERTIES["cluster"].column, *at_node, "cell", "step", "cluster", "gives", "share", "keep", "ways")
    emptied = [_null(name, kind) for name, kind in rows.schema.items() if name not in (*kept, *NUMBERS, "kind")]
    zero = [pl.lit(0.0).alias(name) for name in NUMBERS]
    idle = rows.filter(pl.col("kind").is_in(RECEIVERS)).with_columns(*emptied, *zero, kind=pl.lit("idle"))
    afar = WAY_BIT["passed"] | WAY_BIT["far" if question.idle_by is IdleBy.NODE else "cluster"]
    far = idle.filter((pl.col("ways") & afar) != 0).with_columns(_null(name, idle.schema[name]) for name in at_node)
    near = idle.filter((pl.col("ways") & WAY_BIT["near"]) != 0)
    return pl.concat([near, far]) if question.idle_by is IdleBy.NODE else far


def _null(name: str, kind: pl.DataType) -> pl.Expr:
    return pl.lit(None, dtype=kind).alias(name)


def after_giving(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (kind, gives and NUMBERS) where what nobody mounts has nothing left of what it gave, as `views` shows it."""
    everything, balancer = ((pl.col("gives") == what).fill_null(value=False) for what in ("all", "load_balancer"))
    unmounted = pl.col("kind") == "unmounted"
    gave = {"storage": everything, "load_balancer": everything | balancer}
    gone = {resource: unmounted & given & pl.col(f"{resource}_cost").is_not_null() for resource, given in gave.items()}
    return rows.with_columns(
        pl.when(gone[resource]).then(0.0).otherwise(f"{resource}_{what}").alias(f"{resource}_{what}")
        for resource in gone
        for what in ("held", "cost")
    )


def last_assets(schema: str) -> str:
    """The statement for the latest row of every asset that was there between two hours."""
    return f"SELECT DISTINCT ON (asset_id) * FROM {schema}.asset WHERE hour BETWEEN ? AND ? ORDER BY asset_id, hour DESC"
