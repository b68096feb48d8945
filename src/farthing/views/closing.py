"""The proof that the books close (ledger 8)."""

from __future__ import annotations

import polars as pl

from farthing.core.errors import LedgerBroken
from farthing.core.ledger import Ledger

TOLERANCE = 1e-9
CLOSING = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost", "management_cost")
KEY = ("cluster", "hour")


def check_closes(ledger: Ledger) -> None:
    """Per cluster, hour and resource: Σ allocations (idle, unmounted, unobserved and management included) = Σ assets.

    Relative to the larger side, 1e-9; costs without a price count on neither side. Nothing may be negative.
    Raises LedgerBroken naming the first place that is off and by how much.
    """
    _check_signs(ledger)
    paid = ledger.allocation.group_by(KEY).agg(pl.col(CLOSING).sum())
    owed = ledger.asset.group_by(KEY).agg(pl.col(CLOSING).sum())
    both = owed.join(paid, on=KEY, how="full", coalesce=True, suffix="_paid").fill_null(0)
    for cost in CLOSING:
        asset, allocated = pl.col(cost), pl.col(f"{cost}_paid")
        off = both.filter((asset - allocated).abs() > TOLERANCE * pl.max_horizontal(asset.abs(), allocated.abs()))
        if off.height:
            cluster, hour, owed_cost, paid_cost = off.sort(KEY).select(*KEY, cost, f"{cost}_paid").row(0)
            raise LedgerBroken(
                f"the books do not close: {cost} of cluster {cluster!r} in the hour {hour:%Y-%m-%dT%H:%MZ}: "
                f"assets {owed_cost!r}, allocations {paid_cost!r}, off by {paid_cost - owed_cost!r} ({off.height} such hours)",
                expected="allocated + idle + unmounted + unobserved + management = assets",
            )


def _check_signs(ledger: Ledger) -> None:
    for frame, table in ((ledger.allocation, "allocation"), (ledger.asset, "asset")):
        numbers = [name for name, kind in frame.schema.items() if kind == pl.Float64]
        lowest = frame.select(pl.col(numbers).min()).row(0, named=True) if frame.height else {}
        for name in (name for name, value in lowest.items() if value is not None and value < 0):
            bad = frame.filter(pl.col(name) < 0)
            cluster, hour, value = bad.select("cluster", "hour", name).row(0)
            where = f"cluster {cluster!r}, hour {hour:%Y-%m-%dT%H:%MZ}"
            raise LedgerBroken(f"{table}.{name} is negative: {value!r} in {where} ({bad.height} rows)")
