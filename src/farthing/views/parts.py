"""What the rows of an answer are made of: on which assets they hang, what those cost a unit, and what must be known to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from farthing.core.schema import ASSET, PRICE

from .attachments import attached, attachments_joined
from .confidence import Guess, marks_of
from .measures import MEASURES, finished
from .question import OF_ASSET, OF_KIND

ATTACHED_KEYS = ("special", OF_KIND)
NOTHING_ATTACHED = pl.DataFrame(
    schema=dict.fromkeys(ATTACHED_KEYS, pl.String)
    | {"asset_id": pl.UInt64, "resource": pl.String, "quantity": pl.Float64, "seconds": pl.Float64, "cost": pl.Float64}
)


@dataclass(frozen=True)
class Parts:
    """`totals`: `special` and the columns of `measures.finished`, of all rows that are idle, or are not. `attachments`: special, of_kind,
    asset_id, resource, quantity, seconds, cost: the volumes and load balancers that rows pay for. `assets`: ASSET rows of everything
    that rows hang on, the latest of each; `prices`: PRICE rows of them. `marks`: special → all marks, guesses or not, that rows carry."""

    totals: pl.DataFrame
    attachments: pl.DataFrame
    assets: pl.DataFrame
    prices: pl.DataFrame
    marks: dict[str, tuple[Guess, ...]] = field(default_factory=dict)


class PartSums:
    """What has been seen so far. Rows have OF_ASSET and OF_KIND."""

    def __init__(self) -> None:
        self._attachments = NOTHING_ATTACHED
        self._assets = ASSET.empty()
        self._prices = PRICE.empty()

    def add_attached(self, keyed: pl.DataFrame, share: pl.DataFrame) -> None:
        """See rows with the keys and what `attached` looks at, and the SHARE rows of their pods."""
        found = pl.concat([self._attachments, attached(keyed, share, ATTACHED_KEYS)])
        self._attachments = attachments_joined(found, ATTACHED_KEYS)

    def add_assets(self, assets: pl.DataFrame, prices: pl.DataFrame) -> None:
        """See ASSET and PRICE rows, of what rows hang on and others."""
        self._assets = pl.concat([self._assets, assets]).sort("hour", maintain_order=True).unique("asset_id", keep="last")
        self._prices = pl.concat([self._prices, prices]).unique(PRICE.key, keep="last", maintain_order=True)

    def parts(self, groups: pl.DataFrame, marked: Sequence[pl.DataFrame]) -> Parts:
        """The parts of `groups`, sums of MEASURES by the keys; `marked`: lines of marks as `confidence.marked` makes them."""
        used = pl.concat([groups.select(asset_id=OF_ASSET), self._attachments.select("asset_id")]).unique().drop_nulls()
        of_idle = {"idle": True, "": False}
        return Parts(
            totals=finished(groups.group_by("special").agg(m.of_sums for m in MEASURES)),
            attachments=self._attachments,
            assets=self._assets.join(used, on="asset_id", how="semi"),
            prices=self._prices.join(used, on="asset_id", how="semi"),
            marks={special: marks_of([lines.filter(pl.col("idle") == idle) for lines in marked]) for special, idle in of_idle.items()},
        )
