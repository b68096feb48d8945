"""Rows of the summary table → Allocations in the field's JSON."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.views import PROPERTIES, SummaryTable

from ..moments import iso_unix, window_json
from .metadata import Attachments, Metadata
from .requests import AllocationRequest

_SPAN = pl.col("minutes") * 60


def _hours(quantity: str) -> pl.Expr:
    return pl.col(quantity) / HOUR_SECONDS


def _mean(quantity: str) -> pl.Expr:
    return pl.when(_SPAN > 0).then(pl.col(quantity) / _SPAN)


def _efficiency(resource: str) -> pl.Expr:
    # The field's convention where nothing was requested: 1 when something was used all the same, else 0.
    used = (pl.col(f"{resource}_requested") <= 0) & (pl.col(f"{resource}_used").fill_null(0) > 0)
    return pl.coalesce(pl.col(f"{resource}_efficiency"), pl.when(used).then(pl.lit(1.0)))


ZERO = pl.lit(0.0)
_GPU_EFFICIENCY = pl.when(pl.col("gpu_requested") > 0).then(pl.col("gpu_used") / pl.col("gpu_requested"))

# Every number of an Allocation in the field's order and spelling: hours, bytes, $. What is not known is 0 here, and a warning says so.
NUMBERS: dict[str, pl.Expr] = {
    "minutes": pl.col("minutes"),
    "cpuCores": _mean("cpu_held"),
    "cpuCoreRequestAverage": _mean("cpu_requested"),
    "cpuCoreUsageAverage": _mean("cpu_used"),
    "cpuCoreHours": _hours("cpu_held"),
    "cpuCost": pl.col("cpu_cost"),
    "cpuCostAdjustment": ZERO,
    "cpuCostIdle": pl.col("cpu_cost_idle"),
    "cpuEfficiency": _efficiency("cpu"),
    "gpuCount": _mean("gpu_held"),
    "gpuHours": _hours("gpu_held"),
    "gpuCost": pl.col("gpu_cost"),
    "gpuCostAdjustment": ZERO,
    "gpuCostIdle": pl.col("gpu_cost_idle"),
    "gpuEfficiency": _GPU_EFFICIENCY,
    "networkTransferBytes": pl.col("bytes_out"),
    "networkReceiveBytes": pl.col("bytes_in"),
    "networkCost": pl.col("network_cost"),
    "networkCrossZoneCost": ZERO,
    "networkCrossRegionCost": ZERO,
    "networkInternetCost": ZERO,
    "networkCostAdjustment": ZERO,
    "loadBalancerCost": pl.col("load_balancer_cost"),
    "loadBalancerCostAdjustment": ZERO,
    "pvBytes": _mean("storage_held"),
    "pvByteHours": _hours("storage_held"),
    "pvCost": pl.col("storage_cost"),
    "pvCostAdjustment": ZERO,
    "ramBytes": _mean("ram_held"),
    "ramByteRequestAverage": _mean("ram_requested"),
    "ramByteUsageAverage": _mean("ram_used"),
    "ramByteHours": _hours("ram_held"),
    "ramCost": pl.col("ram_cost"),
    "ramCostAdjustment": ZERO,
    "ramCostIdle": pl.col("ram_cost_idle"),
    "ramEfficiency": _efficiency("ram"),
    "externalCost": ZERO,
    # Control planes and licences belong to a cluster as a whole: the field has no other place for them.
    "sharedCost": pl.col("management_cost").fill_null(0) + pl.col("shared_cost").fill_null(0),
    "totalCost": pl.col("total_cost"),
    "totalEfficiency": pl.coalesce(pl.col("efficiency"), pl.max_horizontal(_efficiency("cpu"), _efficiency("ram"))),
}
# Numbers that the field's clients take as null.
NULLABLE: dict[str, pl.Expr] = {"gpuRequestAverage": _mean("gpu_requested"), "gpuUsageAverage": _mean("gpu_used")}
PEAKS: dict[str, str] = {"cpuCoreUsageMax": "cpu_peak", "ramByteUsageMax": "ram_peak"}


def allocation_sets(table: SummaryTable, sets: tuple[Window, ...], request: AllocationRequest) -> Iterator[dict[str, dict[str, Any]]]:
    """One map name → Allocation per set, in the order asked for; a set without rows is an empty map."""
    metadata = Metadata(table, shared=request.shared_metadata)
    attachments = Attachments(table)
    for step, window in enumerate(sets):
        rows = table.rows.filter(pl.col("step") == step)
        rows = rows.sort(request.sort, "name", descending=[request.descending, False], nulls_last=True, maintain_order=True)
        rows = at_rate(rows.slice(request.offset, request.limit), request.factor(window))
        yield _map(rows, step, window, request, metadata, attachments)


def at_rate(rows: pl.DataFrame, factor: float) -> pl.DataFrame:
    """Rows with every cost times `factor`."""
    return rows if factor == 1.0 else rows.with_columns(pl.col("^.*_cost(_idle)?$") * factor)


def spelled_name(by: Sequence[str]) -> pl.Expr:
    """The name of a row as clients take it apart from the left: as many parts as it was grouped by, so in all but the last a value's own
    slashes become underscores."""
    last = len(by) - 1
    parts = [pl.col(name) if at == last else pl.col(name).str.replace_all("/", "_", literal=True) for at, name in enumerate(by)]
    return pl.when(pl.col("special") == "").then(pl.concat_str(parts, separator="/") if parts else pl.lit("")).otherwise(pl.col("name"))


def _map(
    rows: pl.DataFrame, step: int, window: Window, request: AllocationRequest, metadata: Metadata, attachments: Attachments
) -> dict[str, dict[str, Any]]:
    numbers = rows.select(
        *(expr.cast(pl.Float64).fill_null(0).fill_nan(0).alias(name) for name, expr in NUMBERS.items()),
        *(expr.fill_nan(None).alias(name) for name, expr in NULLABLE.items()),
    )
    peaks = rows.select(pl.col(column).alias(name) for name, column in PEAKS.items())
    ends = [f"property:{name}_{end}" for name in PROPERTIES for end in ("min", "max")]
    labels = rows.select("name", spelled_name(table_by(request)).alias("spelled"), "special", "first_held", "last_held", *ends)
    factor = request.factor(window)
    period = window_json(window)
    out: dict[str, dict[str, Any]] = {}
    for row, number, peak in zip(labels.iter_rows(named=True), numbers.iter_rows(named=True), peaks.iter_rows(named=True), strict=True):
        key = (step, row["name"], row["special"])
        volumes, balancers = (_priced(found, factor) for found in attachments.of(key))
        # Values with a slash can spell two groups alike; none may overwrite the other.
        spelled = next(one for one in _spellings(row["spelled"]) if one not in out)
        out[spelled] = {
            "name": spelled,
            "properties": _properties(row) | metadata.of(key, row),
            "window": period,
            "start": iso_unix(row["first_held"]),
            "end": iso_unix(row["last_held"]),
            **number,
            "pvs": volumes,
            "rawAllocationOnly": None if request.aggregated else peak,
            "proportionalAssetResourceCosts": {},
            "lbAllocations": balancers,
            "sharedCostBreakdown": {},
        }
    return out


def table_by(request: AllocationRequest) -> list[str]:
    """The columns that rows are grouped by."""
    return [group.name for group in request.question.by]


def _priced(things: dict[str, Any] | None, factor: float) -> dict[str, Any] | None:
    if things is None or factor == 1.0:
        return things
    return {name: one | {"cost": None if one["cost"] is None else one["cost"] * factor} for name, one in things.items()}


def _spellings(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}#{number}" for number in itertools.count(2))


def _properties(row: Mapping[str, Any]) -> dict[str, Any]:
    """What all rows of the group share; the rest is left out."""
    common = {name: row[f"property:{name}_min"] for name in PROPERTIES if row[f"property:{name}_min"] == row[f"property:{name}_max"]}
    return {name: value for name, value in common.items() if value and name != "kind"}
