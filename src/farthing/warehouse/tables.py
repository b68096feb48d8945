"""The warehouse's tables, made from the ledger's.

Names of a row are kept once, as a *cell*: cluster, kind, pod, container, node or asset. An hour of a cell is a row of `allocation`: its
number, its quantities and its costs. What hangs on prices and rules (`allocation`, `asset`, `share`, `price`) belongs to a
*generation*, a schema of its own (`g1`, `g2`, …), so that another one can be costed while this one answers.
"""

from __future__ import annotations

import pyarrow as pa

from farthing.core.ledger import Ledger, Span
from farthing.core.schema import ALLOCATION, ASSET, IDENTITY, PRICE, SHARE, Column, Table
from farthing.views import Sharing, received

VERSION = 3  # of this layout: a file of another one is built anew from the lake

CELL_NAMES = ("cluster", "kind", "identity_id", "container", "namespace", "asset_id", "node")
TIMES = ("first_held", "last_held")
# Columns of a row whose NULL says something; `nulls` has a bit for each, so that sums can tell what is known from what is 0.
NULLABLE = (
    "cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost", "network_cost", "cpu_used", "ram_used", "gpu_used",
    "bytes_out", "bytes_in",
)  # fmt: skip
NULL_BIT = {name: 1 << position for position, name in enumerate(NULLABLE)}
NUMBERS = tuple(c.name for c in ALLOCATION.columns if c.type == pa.float64() and c.name not in TIMES)
PEAKS = ("cpu_peak", "ram_peak")
# What a day keeps of NUMBERS: what can be added up.
DAY_SUMS = tuple(n for n in NUMBERS if n not in ("running_seconds", "cpu_factor", "ram_factor", "gpu_factor", *PEAKS))
KEY = ("cell", "marks", "nulls", "gives")
KEY_COLUMNS = "cell UINTEGER, marks UINTEGER, nulls USMALLINT, gives UTINYINT"
TYPES = {pa.float64(): "DOUBLE", pa.uint64(): "UBIGINT", pa.uint32(): "UINTEGER", pa.string(): "VARCHAR"}
PAIRS = "STRUCT(key VARCHAR, value VARCHAR)[]"
LISTS = {
    "owners": "STRUCT(kind VARCHAR, name VARCHAR)[]",
    "labels": PAIRS,
    "annotations": PAIRS,
    "namespace_labels": PAIRS,
    "namespace_annotations": PAIRS,
    "services": "VARCHAR[]",
}
# Ways in which idle comes to a row; `nulls` has a bit for each as well, so that a sum tells from when to when rows received.
WAYS = ("near", "far", "cluster", "passed")
WAY_BIT = {way: 1 << position for position, way in enumerate(WAYS, len(NULLABLE))}
_RECEIVED = tuple(
    received(Ledger(Span(0, 0), ALLOCATION.empty(), ASSET.empty(), IDENTITY.empty(), PRICE.empty()), quantities=True).columns[2:]
)
_OF_SHARED = tuple(name for name in _RECEIVED if "_passed_" in name or name in ("shared_own", "overhead", "stayed"))


def received_columns(sharing: Sharing | None) -> tuple[str, ...]:
    """What a row receives from others, as `views.received` has it; without anything shared out that is idle alone."""
    return _RECEIVED if sharing else tuple(name for name in _RECEIVED if name not in _OF_SHARED)


def _type(column: Column) -> str:
    if column.name in LISTS:
        return LISTS[column.name]
    return "TIMESTAMPTZ" if pa.types.is_timestamp(column.type) else TYPES[column.type]


def _columns(table: Table, without: tuple[str, ...] = ()) -> str:
    return ", ".join(f"{c.name} {_type(c)}" for c in table.columns if c.name not in without)


COMMON = (
    "CREATE TABLE state (layout INTEGER, version UBIGINT, generation INTEGER, rules VARCHAR, sharing VARCHAR, "
    "next_generation INTEGER, next_rules VARCHAR, next_sharing VARCHAR)",
    f"CREATE TABLE identity ({_columns(IDENTITY)}, PRIMARY KEY (identity_id))",
    "CREATE TABLE cell (cell UINTEGER PRIMARY KEY, cluster VARCHAR, kind VARCHAR, identity_id UBIGINT, container VARCHAR, "
    "namespace VARCHAR, asset_id UBIGINT, node VARCHAR)",
    "CREATE TABLE place (asset_id UBIGINT PRIMARY KEY, kind VARCHAR, provider_id VARCHAR)",
)


def of_generation(schema: str, sharing: Sharing | None) -> tuple[str, ...]:
    """Statements that make the tables of a generation."""
    numbers = ", ".join(f"{name} DOUBLE" for name in (*TIMES, *NUMBERS, *received_columns(sharing)))
    taken = "cluster VARCHAR, hour INTEGER, run_id VARCHAR, recorded_at TIMESTAMPTZ, PRIMARY KEY (cluster, hour)"
    return (
        f"CREATE SCHEMA {schema}",
        # times are seconds after the hour's start; `pod_seconds` is the row's part of how long its pod held anything
        f"CREATE TABLE {schema}.allocation (hour INTEGER, {KEY_COLUMNS}, pod_seconds DOUBLE, {numbers})",
        f"CREATE TABLE {schema}.asset ({_columns(ASSET, ('hour',))}, hour INTEGER)",
        f"CREATE TABLE {schema}.share ({_columns(SHARE, ('hour',))}, hour INTEGER)",
        f"CREATE TABLE {schema}.price ({_columns(PRICE)}, PRIMARY KEY (asset_id, resource))",
        f"CREATE TABLE {schema}.taken ({taken})",
        f"CREATE TABLE {schema}.note (cluster VARCHAR, first INTEGER, last INTEGER, text VARCHAR, cure VARCHAR, level VARCHAR)",
        # columns of rows in which anything but 0 was ever taken in: the others need not be added up
        f"CREATE TABLE {schema}.filled (name VARCHAR PRIMARY KEY)",
        f"CREATE TABLE {schema}.rolled (shift INTEGER, day INTEGER, PRIMARY KEY (shift, day))",
    )


def day_table(schema: str, shift: int) -> str:
    """Name of the table of days that begin `shift` seconds after midnight UTC."""
    return f"{schema}.day_{shift}"


def of_days(schema: str, shift: int, sharing: Sharing | None) -> str:
    """The statement that makes a table of rolled-up days: rows with the same key added up, times in unix seconds."""
    numbers = ", ".join(f"{name} DOUBLE" for name in ("rows", *TIMES, *DAY_SUMS, *PEAKS, *received_columns(sharing)))
    name = day_table(schema, shift)
    return f"CREATE TABLE IF NOT EXISTS {name} (day INTEGER, {KEY_COLUMNS}, {numbers})"
