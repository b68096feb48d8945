"""A report for machines: a versioned JSON document, or its rows as CSV or Parquet."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

import farthing
from farthing.core.units import GIB_SECONDS_PER_GIB_HOUR, HOUR_SECONDS
from farthing.metering.prometheus import Asked

from .reckoning import Report
from .rows import Choice

DOCUMENT_VERSION = 1
TALLY = ("queries", "retries", "splits", "series", "points", "samples", "bytes", "seconds")


@dataclass(frozen=True)
class Field:
    """A field of a row: its name with the unit, the column of the answer it comes from, and what one unit of it is there."""

    name: str
    column: str
    doc: str
    per: float | None = None


FIELDS: tuple[Field, ...] = (
    Field("total_cost", "total_cost", "all costs with a price, $; null: nothing in the group has one"),
    Field("cpu_cost", "cpu_cost", "CPU, $; null: no price"),
    Field("ram_cost", "ram_cost", "memory, $; null: no price"),
    Field("gpu_cost", "gpu_cost", "cards, $; null: no price"),
    Field("storage_cost", "storage_cost", "volumes, $; null: no price"),
    Field("load_balancer_cost", "load_balancer_cost", "load balancers, $; null: no price"),
    Field("network_cost", "network_cost", "network, $; null: no flow data"),
    Field("management_cost", "management_cost", "control plane and licence fees, $"),
    Field("shared_cost", "shared_cost", "of the total, received of shared namespaces, labels, fees and overheads, $"),
    Field("idle_cost", "idle_cost", "of the total, idle received with --idle share, $"),
    Field("reserved_cost", "reserved_cost", "idle rows: of the total, what the system reserves on nodes, $"),
    Field("partial", "partial", "true: something in the group has no price and is not in the total"),
    Field("unpriced_hours", "unpriced_hours", "hours held by rows of which something has no price", 1),
    Field("efficiency", "efficiency", "used / requested of CPU and memory, weighted by cost; null: nothing requested or use unknown"),
    Field("cpu_efficiency", "cpu_efficiency", "used / requested CPU"),
    Field("ram_efficiency", "ram_efficiency", "used / requested memory"),
    Field("cpu_core_hours_requested", "cpu_requested", "CPU requested", HOUR_SECONDS),
    Field("cpu_core_hours_used", "cpu_used", "CPU used; null: not known", HOUR_SECONDS),
    Field("cpu_core_hours_held", "cpu_held", "CPU held: the larger of both, hour by hour", HOUR_SECONDS),
    Field("ram_gib_hours_requested", "ram_requested", "memory requested", GIB_SECONDS_PER_GIB_HOUR),
    Field("ram_gib_hours_used", "ram_used", "memory used; null: not known", GIB_SECONDS_PER_GIB_HOUR),
    Field("ram_gib_hours_held", "ram_held", "memory held", GIB_SECONDS_PER_GIB_HOUR),
    Field("gpu_card_hours_held", "gpu_held", "cards held", HOUR_SECONDS),
    Field("storage_gib_hours_held", "storage_held", "volumes held", GIB_SECONDS_PER_GIB_HOUR),
    Field("load_balancer_hours_held", "load_balancer_held", "load balancers held", HOUR_SECONDS),
    Field("bytes_out", "bytes_out", "bytes sent; null: not known"),
    Field("bytes_in", "bytes_in", "bytes received; null: not known"),
    Field("minutes", "minutes", "from the first to the last held second"),
)


def frame(report: Report, choice: Choice) -> pl.DataFrame:
    """The chosen rows, idle last: `name`, `special` (idle or empty), a column per group, FIELDS and `monthly_cost`."""
    rows = pl.concat([choice.groups, choice.idle])
    factor = report.monthly_factor
    monthly = pl.lit(None, dtype=pl.Float64) if factor is None else pl.col("total_cost") * factor
    # A group named like a field (`--by kind` is none, a label may be) would hide it.
    groups = [pl.col(name).alias(name if name not in {f.name for f in FIELDS} else f"by:{name}") for name in report.asking.by]
    return rows.select("name", "special", *groups, *map(_expression, FIELDS), monthly.alias("monthly_cost"))


def _expression(field: Field) -> pl.Expr:
    column = pl.col(field.column)
    return (column if field.per in (None, 1) else column / field.per).alias(field.name)


def document(report: Report, choice: Choice) -> dict[str, Any]:
    """The report as one JSON-ready document. Doubles are whole, unknown is null. Fields are only ever added within a version."""
    asking, table = report.asking, report.table
    totals = table.totals.select(*map(_expression, FIELDS)).row(0, named=True)
    factor = report.monthly_factor
    monthly = None if factor is None or totals["total_cost"] is None else totals["total_cost"] * factor
    return {
        "kind": "farthing.report",
        "version": DOCUMENT_VERSION,
        "farthing": farthing.__version__,
        "window": {
            "start": asking.window.start.isoformat().replace("+00:00", "Z"),
            "end": asking.window.end.isoformat().replace("+00:00", "Z"),
            "zone": asking.zone,
            "hours": asking.window.hours,
            "observed_hours": report.observed_seconds / HOUR_SECONDS,
        },
        "by": list(asking.by),
        "filter": asking.filter,
        "idle": asking.idle,
        "idle_by": asking.question.idle_by.value,
        "sharing": _sharing(report),
        "clusters": list(report.clusters),
        "currency": report.book.currency,
        "prices": {"book": report.book.name, "only_defaults": report.book.is_default, "cost_at_default_rates": report.default_money},
        "rows": frame(report, choice).to_dicts(),
        "left_out": {"rows": choice.others, **(choice.others_cost if choice.others else {})},
        "totals": {**totals, "monthly_cost": monthly},
        "shown": {"total": table.total, "hidden": table.hidden, "filtered_out": table.filtered_out, "whole": table.whole},
        "closing": {**dataclasses.asdict(report.closing), "closes": True},  # reckon() refuses what does not
        "guesses": [{"name": g.name, "doc": g.doc, "cure": g.cure, "rows": g.rows, "cost": g.money} for g in table.guesses],
        "unpriced": [dataclasses.asdict(u) for u in table.unpriced],
        "notes": [dataclasses.asdict(note) for note in (*report.book.notes, *table.notes)],
        "asked": {**tallies(report.asked), "wall_seconds": report.wall_seconds},
    }


def _sharing(report: Report) -> dict[str, Any] | None:
    """What was shared out, as it was asked for, and what came of it in $; null: nothing."""
    sharing = report.asking.question.sharing
    if not sharing:
        return None
    labels = {key: list(values) for key, values in sharing.labels}
    return {**dataclasses.asdict(sharing), "labels": labels, **dataclasses.asdict(report.table.shared)}


def tallies(asked: Asked) -> dict[str, Any]:
    """What the server was asked: sums, the same by measurement, and what it said beside its answers."""
    return {
        **{name: getattr(asked, name) for name in TALLY},
        "warnings": list(asked.warnings),
        "measurements": {name: {key: getattr(tally, key) for key in TALLY} for name, tally in sorted(asked.measurements.items())},
    }


def as_json(report: Report, choice: Choice) -> bytes:
    """`document` as indented JSON with a line break at its end."""
    return orjson.dumps(document(report, choice), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_csv(report: Report, choice: Choice) -> bytes:
    """`frame` as CSV with a heading; unknown is an empty field."""
    return frame(report, choice).write_csv().encode()


def as_parquet(report: Report, choice: Choice) -> bytes:
    """`frame` as Parquet."""
    file = io.BytesIO()
    frame(report, choice).write_parquet(file)
    return file.getvalue()


WRITERS: dict[str, Callable[[Report, Choice], bytes]] = {"json": as_json, "csv": as_csv, "parquet": as_parquet}
