"""A lake with some random hours of a cluster, and price books to cost them by."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from farthing.core.ledger import Facts
from farthing.core.settings import LakeSettings
from farthing.lake import Lake, open_lake
from farthing.roles import by_cluster

from ..costing.facts import Wishes, build

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BOOK = """currency: USD
defaults:
  node:
    on_demand: {{cpu: {cpu} $/core-hour, ram: 0.004 $/GiB-hour, gpu: 0.95 $/card-hour}}
    spot: {{cpu: {cpu} $/core-hour, ram: 0.004 $/GiB-hour, gpu: 0.95 $/card-hour}}
  volume: 0.00005 $/GiB-hour
  load_balancer: 0.025 $/hour
"""


def book(path: Path, cpu: float) -> Path:
    """A price book with that price of a core-hour."""
    path.write_text(BOOK.format(cpu=cpu))
    return path


def some_facts(seed: int, cluster: str, hours: int = 3) -> Facts:
    facts, _ = build(seed, Wishes(hours=hours, pods=24))
    renamed = {table: getattr(facts, table).with_columns(cluster=pl.lit(cluster)) for table in ("usage", "capacity", "flow", "identity")}
    return dataclasses.replace(facts, **renamed)


def filled_lake(folder: Path, hours: int = 3) -> Lake:
    """Some hours of the cluster east."""
    lake = open_lake(LakeSettings(url=str(folder)))
    for name, part in by_cluster(some_facts(1, "east", hours)):
        lake.cluster(name).commit(part, now=NOW)
    return lake
