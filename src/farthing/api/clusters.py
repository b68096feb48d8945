"""Which clusters there are, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from farthing.core.errors import NoData
from farthing.core.windows import Window
from farthing.views import CostSource

LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True)
class Cluster:
    """A cluster: `first` and `last` second that is known of it (unix time; None where the source cannot tell), and its nodes' provider and
    region where all of them agree."""

    name: str
    first: float | None
    last: float | None
    provider: str
    region: str


def clusters(source: CostSource) -> list[Cluster]:
    """The clusters that the source knows, by name; where it cannot tell, those that had assets in the last day."""
    extents = {extent.cluster: extent for extent in source.extents()}
    last = max((extent.last for extent in extents.values()), default=source.now().timestamp())
    end = source.now().fromtimestamp(min(last, source.now().timestamp()), source.now().tzinfo)
    try:
        assets = [table.rows for table, _ in source.assets(None, (Window(end - LOOK_BACK, end),)) if table.rows.height]
    except NoData:
        assets = []
    places: dict[str, tuple[str, str]] = {}
    if assets:
        nodes = pl.concat(assets).group_by("cluster").agg(*place_of())
        places = {cluster: (provider or "", region or "") for cluster, provider, region in nodes.iter_rows()}
    return [
        Cluster(
            name,
            extents[name].first if name in extents else None,
            extents[name].last if name in extents else None,
            *places.get(name, ("", "")),
        )
        for name in sorted({*extents, *places})
    ]


def place_of() -> tuple[pl.Expr, pl.Expr]:
    """`provider` and `region` of the nodes among some assets, NULL where they do not agree."""
    return _one("provider"), _one("region")


def _one(column: str) -> pl.Expr:
    told = pl.col(column).filter(pl.col("kind") == "node").drop_nulls().unique()
    return pl.when(told.len() == 1).then(told.first()).alias(column)
