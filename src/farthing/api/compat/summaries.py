"""Short forms of allocations: summary, topline and trends."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import polars as pl

from farthing.core.errors import NoData
from farthing.core.windows import Window
from farthing.views import CostSource, SummaryTable

from ..comparison import period_before
from ..moments import iso_unix, window_json
from .allocations import NULLABLE, NUMBERS, at_rate, spelled_name, table_by
from .requests import AllocationRequest, TrendsRequest

SUMMARY_NUMBERS = (
    "cpuCoreRequestAverage", "cpuCoreUsageAverage", "cpuCost", "cpuCostIdle", "gpuCost", "gpuCostIdle", "networkCost", "loadBalancerCost",
    "pvCost", "ramByteRequestAverage", "ramByteUsageAverage", "ramCost", "ramCostIdle", "sharedCost", "externalCost", "totalCost",
    "totalEfficiency",
)  # fmt: skip
TOPLINE_NUMBERS = tuple(name for name in SUMMARY_NUMBERS if name != "totalEfficiency")
NANOSECONDS = 10**9
TOTAL = "total"


def summary(tables: list[tuple[SummaryTable, tuple[Window, ...]]], request: AllocationRequest) -> dict[str, Any]:
    """`{step, sets:[{allocations:{name → SummaryAllocation}, window}], window}`; `step` in nanoseconds."""
    sets = [one for table, windows in tables for one in _sets(table, windows, request)]
    return {
        "step": int(request.sets[0].seconds * NANOSECONDS),
        "sets": sets,
        "window": window_json(request.window),
    }


def _sets(table: SummaryTable, windows: tuple[Window, ...], request: AllocationRequest) -> Iterator[dict[str, Any]]:
    for step, window in enumerate(windows):
        rows = table.rows.filter(pl.col("step") == step)
        rows = rows.sort(request.sort, "name", descending=[request.descending, False], nulls_last=True, maintain_order=True)
        rows = at_rate(rows.slice(request.offset, request.limit), request.factor(window))
        yield {"allocations": {line["name"]: line for line in _lines(rows, request)}, "window": window_json(window)}


def _lines(rows: pl.DataFrame, request: AllocationRequest) -> Iterator[dict[str, Any]]:
    shown = rows.select(
        spelled_name(table_by(request)).alias("name"),
        "first_held",
        "last_held",
        *(NUMBERS[name].cast(pl.Float64).fill_null(0).fill_nan(0).alias(name) for name in SUMMARY_NUMBERS),
        *(expr.fill_nan(None).alias(name) for name, expr in NULLABLE.items()),
    )
    for row in shown.iter_rows(named=True):
        period = {"start": iso_unix(row.pop("first_held")), "end": iso_unix(row.pop("last_held"))}
        # Both names of one number: the first in OpenCost, the second in Kubecost.
        yield {"name": row.pop("name"), **period, **row, "efficiency": row["totalEfficiency"]}


def topline(table: SummaryTable, request: AllocationRequest) -> dict[str, Any]:
    """`{numResults, combined:{allocations:{total:…}, window}}`: everything but idle as one row, and how many rows that was."""
    rows = at_rate(table.rows.filter(pl.col("special") == ""), request.factor(request.window))
    held = [pl.col("first_held").min(), pl.col("last_held").max()]
    # What an average is told of: sums over the span from the first to the last held second.
    sums = rows.select(
        pl.col(pl.Float64).exclude("first_held", "last_held", "minutes", "^.*efficiency$", "^.*_peak$").sum(),
        *held,
        minutes=(pl.col("last_held").max() - pl.col("first_held").min()) / 60,
    )
    numbers = sums.select(NUMBERS[name].cast(pl.Float64).fill_null(0).fill_nan(0).alias(name) for name in TOPLINE_NUMBERS)
    first, last = sums.select("first_held", "last_held").row(0)
    start, end = request.window.unix
    period = {"start": iso_unix(start if first is None else first), "end": iso_unix(end if last is None else last)}
    total = {"name": TOTAL, **period, **numbers.row(0, named=True)}
    return {"numResults": rows.height, "combined": {"allocations": {TOTAL: total}, "window": window_json(request.window)}}


def trends(source: CostSource, tables: list[tuple[SummaryTable, tuple[Window, ...]]], request: TrendsRequest) -> dict[str, Any]:
    """`{step, sets:[{allocationTrends:{name:{trends:{costs:{totalCost:{relativeChange}}}}}, window}]}`.

    A change is cost / cost of the period before − 1, of a set as long and as much of it gone by.
    """
    asked = request.allocation
    sets: list[dict[str, Any]] = []
    for table, windows in tables:
        for step, window in enumerate(windows):
            now = _totals(table.rows.filter(pl.col("step") == step), asked)
            before = _before(source, asked, window)
            told = {name: _trend(now.get(name), before.get(name)) for name in request.names}
            sets.append({"allocationTrends": told, "window": window_json(window)})
    return {"step": int(asked.sets[0].seconds * NANOSECONDS), "sets": sets}


def _before(source: CostSource, asked: AllocationRequest, window: Window) -> dict[str, float]:
    earlier = period_before(window, asked.as_of, asked.zone)
    if earlier is None:
        return {}
    question = dataclasses.replace(asked.question, detail=False, peaks=False)
    try:
        ((table, _),) = source.summaries(question, (earlier,))
    except NoData:
        return {}
    return _totals(table.rows, asked)


def _totals(rows: pl.DataFrame, asked: AllocationRequest) -> dict[str, float]:
    names = rows.select(spelled_name(table_by(asked)).alias("name"), pl.col("total_cost").fill_null(0))
    return dict(names.group_by("name").sum().iter_rows())


def _trend(now: float | None, before: float | None) -> dict[str, Any]:
    nothing = not before and not now
    change = {"isInfinite": not nothing and not before, "isNaN": nothing, "value": (now or 0.0) / before - 1 if before else 0.0}
    return {"trends": {"costs": {"totalCost": {"relativeChange": change}}}}
