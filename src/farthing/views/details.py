"""Details of an answer's rows: the names that all of a group share, its pods, the volumes and load balancers it pays for."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from .attachments import attached, attachments_joined
from .measures import described
from .question import PROPERTY_COLUMNS, Question, property_columns


class Details:
    """What has been seen of every group so far."""

    def __init__(self, question: Question) -> None:
        self._keys = question.keys
        self._question = question
        self._measures = described(PROPERTY_COLUMNS)
        self._described: pl.DataFrame | None = None
        self._members: pl.DataFrame | None = None
        self._attachments: pl.DataFrame | None = None
        self._identities: pl.DataFrame | None = None
        self._assets: pl.DataFrame | None = None

    def add(self, keyed: pl.DataFrame, share: pl.DataFrame, identities: pl.DataFrame, assets: pl.DataFrame) -> None:
        """See some rows more.

        `keyed`: rows with the keys, the question's dimensions, `rows`, and what `attached` looks at. `share`: SHARE rows of their pods.
        `identities`, `assets`: IDENTITY and ASSET rows, of these and others.
        """
        part = keyed.with_columns(property_columns()).group_by(self._keys).agg(m.of_rows.alias(m.name) for m in self._measures)
        self._described = part if self._described is None else self._joined([self._described, part])
        members = keyed.filter(pl.col("identity_id").is_not_null()).select(*self._keys, "identity_id").unique()
        self._members = members if self._members is None else pl.concat([self._members, members]).unique()
        self._identities = _either(self._identities, identities, "identity_id")
        found = attached(keyed, share, self._keys)
        self._attachments = found if self._attachments is None else attachments_joined(pl.concat([self._attachments, found]), self._keys)
        self._assets = _either(self._assets, assets.join(found, on="asset_id", how="semi"), "asset_id")

    def described(self, groups: pl.DataFrame) -> pl.DataFrame:
        """`groups`, which have the keys, with `<property>_min` and `_max`."""
        if self._described is None:
            return groups.with_columns(pl.lit(None, dtype=pl.String).alias(m.name) for m in self._measures)
        return groups.join(self._described, on=self._keys, how="left", nulls_equal=True, maintain_order="left")

    @property
    def members(self) -> pl.DataFrame:
        """As SummaryTable has them."""
        return self._named(self._members)

    @property
    def attachments(self) -> pl.DataFrame:
        """As SummaryTable has them."""
        return self._named(self._attachments)

    @property
    def identities(self) -> pl.DataFrame:
        """IDENTITY rows."""
        return pl.DataFrame() if self._identities is None else self._identities

    @property
    def assets(self) -> pl.DataFrame:
        """ASSET rows, one each."""
        return pl.DataFrame() if self._assets is None else self._assets

    def _joined(self, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(parts).group_by(self._keys).agg(m.of_sums for m in self._measures)

    def _named(self, frame: pl.DataFrame | None) -> pl.DataFrame:
        return pl.DataFrame() if frame is None else self._question.named(frame)


def _either(one: pl.DataFrame | None, other: pl.DataFrame, key: str) -> pl.DataFrame:
    return (other if one is None else pl.concat([one, other])).unique(key, keep="any")
