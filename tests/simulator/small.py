"""An organisation of one small cluster, put together by a test; and what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from farthing.core.ledger import Span
from farthing.simulator.plan import Cluster, Container, Disk, Kind, Machine, Namespace, Organisation, Pool, Rates, Runs, Version, Workload
from farthing.simulator.rhythm import FLAT

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC).timestamp()  # a Monday
HOUR, DAY, GIB = 3600, 86400, 2**30
MACHINE = Machine("box", 4, 16, 0.2)  # 0.2 $/h; rates 0.03 and 0.005: weights 4 · 0.03 + 16 · 0.005 = 0.2, so its parts cost the rates
RATES = Rates(0.03, 0.005, {"ssd": 0.073}, 0.025)  # 0.073 $/GiB-month is 0.0001 $/GiB-hour
POOL = Pool("main", MACHINE, 1, reserved_cores=0.2, reserved_gib=1.0)


def organisation(
    workloads: Sequence[Workload] = (), runs: Sequence[Runs] = (), pools: Sequence[Pool] = (POOL,), disks: Sequence[Disk] = ()
) -> Organisation:
    """One cluster `c` with a namespace `shop`, founded at MIDNIGHT."""
    spaces = (Namespace("shop", (("team", "red"),), (("owner", "ann"),)),)
    cluster = Cluster(
        "c", "aws", "eu-west-1", ("eu-west-1a", "eu-west-1b"), tuple(pools), spaces, tuple(workloads), tuple(runs), tuple(disks)
    )
    return Organisation("Small", 3, MIDNIGHT, MIDNIGHT, (cluster,), RATES)


def workload(name: str, *containers: Container, kind: Kind = Kind.DEPLOYMENT, pool: str = "main", **more: object) -> Workload:
    """A workload of the namespace `shop` whose use does not swing, unless told otherwise."""
    return Workload(kind, "shop", name, pool, (Version(containers),), **{"rhythm": FLAT, **more})  # type: ignore[arg-type]


def hours(first: float, last: float) -> Span:
    """From hour `first` to hour `last` after MIDNIGHT."""
    return Span(MIDNIGHT + first * HOUR, MIDNIGHT + last * HOUR)


def at(hour: float) -> float:
    """The moment so many hours after MIDNIGHT."""
    return MIDNIGHT + hour * HOUR


def only(frame: pl.DataFrame, **equal: object) -> dict[str, object]:
    """The one row with these values."""
    return frame.filter(pl.col(name) == value for name, value in equal.items()).row(0, named=True)
