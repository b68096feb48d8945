"""Facts of a few hours with every kind of value that the lake must keep."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from farthing.core.ledger import Facts, Note, Span
from farthing.core.schema import CAPACITY, FLOW, IDENTITY, POD_ROW, USAGE
from farthing.core.schema.table import Table

HOUR = 3600
T0 = int(datetime(2026, 3, 30, 20, tzinfo=UTC).timestamp())  # four hours before a day ends, 28 before a month does
NOW = datetime(2026, 4, 2, tzinfo=UTC)
CLUSTER = "arn:aws:eks/prod_1"
# Half a step of what is stored in steps (lake/stored.py): micro-core-seconds, KiB-seconds, micro-cores, KiB, card-microseconds, bytes.
HALF_STEP = {
    "cpu_used": 0.5e-6,
    "cpu_peak": 0.5e-6,
    "ram_used": 512.0,
    "ram_peak": 512.0,
    "gpu_used": 0.5e-6,
    "bytes_out": 0.5,
    "bytes_in": 0.5,
}


def facts(first: int = 0, hours: int = 1, *, pods: int = 6, seed: int = 1, cluster: str = CLUSTER, notes: Sequence[Note] = ()) -> Facts:
    """Hours `first` to `first + hours` after `T0`; the same seed gives the same rows of an hour, whatever the other hours."""
    span = Span(T0 + first * HOUR, T0 + (first + hours) * HOUR)
    usage, capacity, flow = [], [], []
    for hour in range(first, first + hours):
        rnd = random.Random(f"{seed} {hour}")
        when = {"cluster": cluster, "hour": datetime.fromtimestamp(T0 + hour * HOUR, UTC), "source": "prometheus", "recorded_at": NOW}
        for pod in range(pods):
            usage.extend(_usage(rnd, when, pod))
            flow.append(
                {**when, "identity_id": _pod(pod), "class": "all", "bytes_out": rnd.uniform(0, 1e9), "bytes_in": None if pod == 1 else 7.0}
            )
        capacity.extend(_capacity(rnd, when))
    return Facts(span, _frame(USAGE, usage), _frame(CAPACITY, capacity), _frame(FLOW, flow), _names(cluster, pods), tuple(notes))


def without(some: Facts, *, every: int) -> Facts:
    """`some` without each n-th row of usage: another content of the same hours."""
    return replace(some, usage=some.usage.gather([i for i in range(some.usage.height) if i % every]))


def assert_same(read: Facts, told: Facts) -> None:
    """`read` holds the rows of `told`: measured quantities to half a step, held consistent with used, everything else exactly."""
    for table in (USAGE, CAPACITY, FLOW):
        key = list(table.key)
        got, want = getattr(read, table.name).sort(key), getattr(told, table.name).sort(key)
        measured = [c for c in want.columns if c in HALF_STEP or c in ("cpu_held", "ram_held")]
        assert_frame_equal(got.drop(measured), want.drop(measured))
        for column, half in HALF_STEP.items():
            if column in want.columns:
                lost = (got[column] - want[column]).abs().max()
                assert got[column].is_null().equals(want[column].is_null()), column
                assert lost is None or lost <= half * (1 + 1e-6), (column, lost)
    names = told.identity.filter(pl.col("identity_id").is_in(pl.concat([told.usage["identity_id"], told.flow["identity_id"]]).implode()))
    assert_frame_equal(read.identity.sort("identity_id"), names.sort("identity_id"))


def rows_of(some: Facts) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, sorted, to be compared exactly."""
    frames = {"usage": USAGE, "capacity": CAPACITY, "flow": FLOW, "identity": IDENTITY}
    return {name: getattr(some, name).sort(list(table.key)).rows() for name, table in frames.items()}


def _pod(pod: int) -> int:
    return 2**64 - 1 - pod  # ids use all 64 bits


def _usage(rnd: random.Random, when: dict[str, Any], pod: int) -> list[dict[str, Any]]:
    start = when["hour"].timestamp()
    first = start + (rnd.uniform(0, 1000) if pod % 3 == 0 else 0.0)
    last = start + HOUR - (rnd.uniform(0, 1000) if pod % 3 == 1 else 0.0)
    seconds = last - first
    row = {
        **when, "identity_id": _pod(pod), "container": "main", "container_kind": "container", "node": f"n{pod % 2}",
        "node_asset_id": 2**63 + pod % 2, "first_held": first, "last_held": last, "held_seconds": seconds, "time_source": "scheduled",
        "running_seconds": None if pod == 2 else seconds, "marks": 1 << 16 if pod == 3 else 0,
    }  # fmt: skip
    for resource, asked in (("cpu", 0.25), ("ram", 2.0**29), ("gpu", 1.0 if pod == 4 else 0.0)):
        used = asked * seconds * rnd.uniform(0.2, 1.8) if pod != 2 else None
        row |= {f"{resource}_requested": asked * seconds, f"{resource}_used": used}
        row[f"{resource}_held"] = asked * seconds if resource == "gpu" else max(asked * seconds, used or 0.0)
    row |= {"cpu_peak": rnd.uniform(0, 2), "ram_peak": float(rnd.randrange(2**31))}
    if pod == 5:  # a life under two scrapes: held is the maximum over its whole life, split by seconds
        row["cpu_held"] = max(row["cpu_requested"], row["cpu_used"]) * 1.1
    shares = {"volumes": [{"asset_id": 2**64 - 9, "seconds": 1800.5, "byte_seconds": 1e13}], "load_balancers": []}
    zero = {f"{r}_{what}": 0.0 for r in ("cpu", "ram", "gpu") for what in ("requested", "held")}
    nothing = dict.fromkeys(("cpu_used", "ram_used", "gpu_used", "cpu_peak", "ram_peak", "running_seconds"))
    whole = {**row, **zero, **nothing, "container": POD_ROW, "container_kind": "pod", **shares}
    return [row, whole] if pod % 2 else [row]


def _capacity(rnd: random.Random, when: dict[str, Any]) -> list[dict[str, Any]]:
    start = when["hour"].timestamp()
    rows = []
    for node in range(2):
        gone = rnd.uniform(0, 300) if node else 0.0
        seconds = HOUR - gone
        rows.append({
            **when, "asset_id": 2**63 + node, "kind": "node", "name": f"n{node}", "provider_id": "i-1", "first_held": start,
            "last_held": start + seconds, "seconds": seconds, "unobserved_seconds": 3.0 if node else 0.0,
            "unobserved_from": start + 0.125 if node else None, "cpu": 4 * seconds, "ram": 2.0**34 * seconds, "gpu": 0.0, "storage": 0.0,
            "cpu_allocatable": 3.9 * seconds, "pricing": "node", "lifecycle": "spot", "marks": 0,
            "labels": [{"key": "zone", "value": f"z{node}"}] if node else [],
        })  # fmt: skip
    return rows


def _names(cluster: str, pods: int) -> pl.DataFrame:
    lists: dict[str, list[Any]] = {n: [] for n in ("owners", "annotations", "namespace_labels", "namespace_annotations", "services")}
    rows = [
        {
            "identity_id": _pod(pod), "cluster": cluster, "uid": f"u{pod}", "namespace": "shop", "pod": f"p{pod}", "node": f"n{pod % 2}",
            "labels": [{"key": "app", "value": f"a{pod}"}], **lists,
        }
        for pod in range(pods)
    ]  # fmt: skip
    return _frame(IDENTITY, rows)


def _frame(table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return table.conform(pl.DataFrame([{k: r.get(k) for k in table.polars} for r in rows], schema=table.polars))
