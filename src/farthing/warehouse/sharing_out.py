"""Sharing out by rules that no generation keeps: what belongs to whom is found hour by hour while the question is answered.

First the pools and weights of each cluster and hour are added up; then every row takes its part of them, as `views.received` has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import polars as pl

from farthing.core.ledger import Ledger, Span
from farthing.core.schema import COST_COLUMNS, PRICE
from farthing.core.units import MONTH_HOURS
from farthing.views import GIVES, Sharing, Split, is_shared, shared_dimensions, with_dimensions

from .beside import beside
from .cells import Cells
from .days import hour_relation
from .ingest import filled

ALL, BALANCER = (GIVES.categories.to_list().index(name) + 1 for name in ("all", "load_balancer"))
RECEIVERS = ("container", "pod")
NOTHING = "0::DOUBLE"  # 0.0 would be a decimal number


@contextmanager
def sharing_relation(
    cursor: duckdb.DuckDBPyConnection, cells: Cells, schema: str, hours: Sequence[tuple[int, int]], sharing: Sharing, wanted: Sequence[str]
) -> Iterator[tuple[str, float]]:
    """A relation as `days.hour_relation` makes it of `hours` (hour, step), shared out by `sharing`; and the part of the monthly amount that
    found nobody, $.

    `wanted`: columns of `received`; of what shared things pass on, idle costs alone.
    """
    told = filled(cursor, schema)
    costs = [cost for cost in COST_COLUMNS if cost in told]
    passed = {name: _received_as(name) for name in wanted if "_passed_" in name and f"{name.split('_')[0]}_cost" in costs}
    within = [min(hour for hour, _ in hours), max(hour for hour, _ in hours)]
    weight = _weight(sharing, costs)
    taken = [f'coalesce(a.{cost}, 0) * t."{cost}:own" + {weight} * t."{cost}:any"' for cost in costs]
    columns = {
        "gives": f"CASE WHEN a.gives = 1 THEN 1 WHEN p.shared AND t.somebody THEN {ALL} "
        f"WHEN {_gives_balancer(sharing)} AND t.somebody THEN {BALANCER} ELSE 0 END::UTINYINT",
        "shared_own": _if_takes(" + ".join(taken) or NOTHING),
        "overhead": _if_takes(f"{weight} * t.overhead") if sharing.monthly else NOTHING,
        "stayed": f"CASE WHEN t.somebody THEN 0.0 WHEN p.shared THEN {_paid(costs)} "
        f"WHEN {_gives_balancer(sharing)} THEN a.load_balancer_cost ELSE 0.0 END",
    }
    for name in wanted:
        if name in passed:
            own = f"{name.split('_')[0]}_cost"
            columns[name] = _if_takes(f'coalesce(a.{own}, 0) * t."{name}:own" + {weight} * t."{name}:any"')
        elif "_passed_" in name:
            columns[name] = NOTHING
    made = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    base = hour_relation(schema, None, "pod_seconds")
    joins = "JOIN parties p USING (cell) LEFT JOIN rates t ON a.hour = t.hour AND p.number = t.number"
    with beside(cursor, parties=_parties(cells, sharing)):
        rates = _rates(_pools(cursor, schema, within, costs, passed, sharing), costs, passed, sharing)
        with beside(cursor, rates=rates):
            yield f"(SELECT a.* EXCLUDE (gives, pod_seconds), {made} FROM {base} a {joins})", _lost(rates, sharing)


def _received_as(passed: str) -> str:
    """What a shared thing had received of what it passes on: cpu_passed_node → near and far together."""
    resource, _, mode = passed.partition("_passed_")
    return f"(a.{resource}_idle_near + a.{resource}_idle_far)" if mode == "node" else f"a.{resource}_idle_{mode}"


def _parties(cells: Cells, sharing: Sharing) -> pl.DataFrame:
    """cell, number (of its cluster), and whether it is `shared`, or `takes`."""
    dimensions = shared_dimensions(sharing)
    told = with_dimensions(Ledger(Span(0, 0), cells.frame, cells.places, cells.identities, PRICE.empty()), dimensions)
    number = pl.col("cluster").rank("dense").cast(pl.UInt32)
    shared = is_shared(sharing)
    return told.select("cell", number=number, shared=shared, takes=pl.col("kind").is_in(RECEIVERS) & ~shared)


def _weight(sharing: Sharing, costs: Sequence[str]) -> str:
    """What a receiver takes by of what has no receivers of its own."""
    if sharing.split is Split.EVEN:
        return "a.pod_seconds"
    return f"({_paid([c for c in costs if not (sharing.load_balancers and c == 'load_balancer_cost')])})"


def _paid(costs: Sequence[str]) -> str:
    return " + ".join(f"coalesce(a.{cost}, 0)" for cost in costs) or NOTHING


def _if_takes(expression: str) -> str:
    return f"CASE WHEN p.takes AND t.somebody THEN {expression} ELSE 0.0 END"


def _gives_balancer(sharing: Sharing) -> str:
    return "coalesce(a.load_balancer_cost > 0, false)" if sharing.load_balancers else "false"


def _pools(
    cursor: duckdb.DuckDBPyConnection,
    schema: str,
    within: Sequence[int],
    costs: Sequence[str],
    passed: Mapping[str, str],
    sharing: Sharing,
) -> pl.DataFrame:
    """Per hour and cluster: `pool:<cost>` that is shared out, `takers:<cost>` what receivers pay themselves, `takers:any` their weights."""
    sums = []
    for cost in costs:
        every = sharing.load_balancers and cost == "load_balancer_cost"
        sums.append(f'coalesce(sum(a.{cost}){"" if every else " FILTER (p.shared)"}, 0) AS "pool:{cost}"')
        sums.append(f'coalesce(sum(a.{cost}) FILTER (p.takes), 0) AS "takers:{cost}"')
    for name, received in passed.items():
        sums.append(f'coalesce(sum({received}) FILTER (p.shared), 0) AS "pool:{name}"')
    sums.append(f'coalesce(sum({_weight(sharing, costs)}) FILTER (p.takes), 0) AS "takers:any"')
    return cursor.execute(
        f"SELECT a.hour, p.number, {', '.join(sums)} FROM {schema}.allocation a JOIN parties p USING (cell) "
        "WHERE a.hour BETWEEN ? AND ? GROUP BY a.hour, p.number",
        list(within),
    ).pl()


def _rates(pools: pl.DataFrame, costs: Sequence[str], passed: Mapping[str, str], sharing: Sharing) -> pl.DataFrame:
    """hour, number, `somebody` (to receive), `overhead` ($ for a weight of 1), and for each pool what a $ of the receiver's own cost
    of its resource takes (`:own`), and what a weight of 1 takes where nobody pays for that resource (`:any`)."""
    somebody = pl.col("takers:any") > 0
    columns = []
    for name in (*costs, *passed):
        cost = name if name in costs else f"{name.split('_')[0]}_cost"
        whole = sharing.load_balancers and name == "load_balancer_cost"
        own = somebody & (pl.col(f"takers:{cost}") > 0) if sharing.split is Split.WEIGHTED and not whole else pl.lit(value=False)
        pool = pl.col(f"pool:{name}")
        columns.append(pl.when(own).then(pool / pl.col(f"takers:{cost}")).otherwise(0.0).alias(f"{name}:own"))
        columns.append(pl.when(~own & somebody).then(pool / pl.col("takers:any")).otherwise(0.0).alias(f"{name}:any"))
    fleet = pl.col("takers:any").sum().over("hour")
    overhead = pl.when(fleet > 0).then(sharing.monthly / MONTH_HOURS / fleet).otherwise(0.0)
    return pools.select("hour", "number", *columns, somebody=somebody, overhead=overhead, fleet=fleet)


def _lost(rates: pl.DataFrame, sharing: Sharing) -> float:
    return rates.filter(pl.col("fleet") <= 0).get_column("hour").n_unique() * sharing.monthly / MONTH_HOURS
