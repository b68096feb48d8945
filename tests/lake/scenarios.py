"""What a writer was doing when it was killed: made ready by `before`, done by `act`, which may be repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import polars as pl

from farthing.core.ledger import Facts, Span
from farthing.core.settings import LakeSettings
from farthing.lake import Lake, open_lake
from tests.lake.facts import CLUSTER, HOUR, NOW, T0, facts, rows_of

FIRST, SECOND, THIRD = NOW, NOW + timedelta(days=1), NOW + timedelta(days=2)
KEEP = timedelta(hours=48)
WHOLE = Span(T0, T0 + 6 * HOUR)


@dataclass(frozen=True)
class Scenario:
    """`places`: prefixes of the fault points that `act` passes."""

    before: Callable[[Lake], None]
    act: Callable[[Lake], None]
    places: tuple[str, ...]


def rewritten() -> Facts:
    """Three hours: the first two hold something else than `facts()`, with another pod, the third is new."""
    told = facts(first=1, hours=3, pods=7, seed=2)
    # Names known with an end before: now they are still so.
    return replace(told, identity=told.identity.with_columns(valid_to=pl.lit(None, pl.Float64)))


def _earlier(lake: Lake) -> None:
    told = facts(hours=3)
    lake.cluster(CLUSTER).commit(replace(told, identity=told.identity.with_columns(valid_to=pl.lit(float(T0 + HOUR)))), now=FIRST)


def _rewrite(lake: Lake) -> None:
    lake.cluster(CLUSTER).commit(rewritten(), now=SECOND)


def _many(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    for hour in range(2):
        cluster.commit(facts(first=hour, pods=3 + hour), now=FIRST)
        cluster.commit(facts(first=hour, pods=5, seed=2), now=SECOND)


def _compact(lake: Lake) -> None:
    for step in lake.cluster(CLUSTER).compaction(now=THIRD, keep=KEEP):
        step.run()


def _compacted(lake: Lake) -> None:
    _many(lake)
    _compact(lake)


def _vacuum(lake: Lake) -> None:
    for step in lake.cluster(CLUSTER).vacuum(keep=timedelta(0)):
        step.run()


def _claim(lake: Lake) -> None:
    lake.cluster(CLUSTER).claim("one", now=SECOND, lease=KEEP)


def _book(lake: Lake) -> None:
    lake.books.append("prices.yaml", "cpu: 2", now=SECOND)


def _first_book(lake: Lake) -> None:
    lake.books.append("prices.yaml", "cpu: 1", now=FIRST)


SCENARIOS: dict[str, Scenario] = {
    "commit": Scenario(_earlier, _rewrite, ("commit-", "retire-", "head-", "manifest-")),
    "compact": Scenario(_many, _compact, ("compact-",)),
    "vacuum": Scenario(_compacted, _vacuum, ("vacuum-", "checkpoint")),
    "claim": Scenario(_earlier, _claim, ("claim-",)),
    "book": Scenario(_first_book, _book, ("book-",)),
}


def opened(settings: LakeSettings) -> Lake:
    return open_lake(settings)


def state(lake: Lake, *, validity: bool = True) -> dict[str, Any]:
    """Everything that can be read, now and as of every time; no run ids, which differ between writers.

    validity: with the time for which names are valid; it is widened before a commit counts, and has no versions.
    """
    cluster = lake.cluster(CLUSTER)
    read = {"now": cluster.read(WHOLE), "second": cluster.read(WHOLE, as_of=SECOND), "first": cluster.read(WHOLE, as_of=FIRST)}
    if not validity:
        unknown = {name: pl.lit(None, pl.Float64) for name in ("valid_from", "valid_to")}
        read = {name: replace(some, identity=some.identity.with_columns(**unknown)) for name, some in read.items()}
    return {
        **{name: rows_of(some) for name, some in read.items()},
        "hours": cluster.hours().drop("run_id").rows(),
        "new": cluster.changed_since(None).hours,
        "books": [(book.number, book.text) for book in lake.books.versions()],
    }


def kept(lake: Lake) -> dict[str, list[str]]:
    """Rows of the tables themselves as another engine sees them, without run ids."""
    tables = lake.cluster(CLUSTER)._tables
    found = {}
    for pair in tables.facts.values():
        for table in (pair.live, pair.superseded):
            rows = pl.DataFrame(table.rows(list(table.newest().files.values())))
            found[table.table.name] = sorted(map(repr, rows.drop("run_id").rows()))
    return found
