"""Assets added up by what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from farthing.core.errors import BadField, nearest
from farthing.views import ASSET_LABELS, sanitised

UNDEFINED = "__undefined__"
SERVICE = "Kubernetes"
_UNKNOWN = pl.lit(None, dtype=pl.String)  # what only a bill tells, and no bill has been read
ASSET_GROUPS: dict[str, pl.Expr] = {
    "type": pl.col("type"),
    "category": pl.col("category"),
    "cluster": pl.col("cluster"),
    "asset": pl.col("name"),
    "provider": pl.col("provider"),
    "providerID": pl.col("provider_id"),
    "account": _UNKNOWN,
    "project": _UNKNOWN,
    "service": pl.lit(SERVICE),
    "region": pl.col("region"),
    "zone": pl.col("zone"),
    "instanceType": pl.col("instance_type"),
    "lifecycle": pl.col("lifecycle"),
    "storageClass": pl.col("storage_class"),
    "namespace": pl.col("claim_namespace"),
}
_SPELLINGS = {"name": "asset", "assettype": "type", "accountid": "account", "projectid": "project"}
_BY_LOWER = {name.lower(): name for name in ASSET_GROUPS}
_SUMS = ("seconds", "cpu", "ram", "gpu", "storage")
_NAMES = (
    "kind", "type", "category", "provider", "cluster", "name", "provider_id", "lifecycle", "region", "zone", "instance_type",
    "storage_class", "claim_namespace", "claim_name", "address",
)  # fmt: skip
_COSTS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost", "management_cost", "total_cost")
_EMPTY: dict[str, pl.DataType] = {
    "step": pl.Int32(),
    "key": pl.String(),
    **{name: pl.Float64() for name in ("assets", *_SUMS, *_COSTS, "first_held", "last_held")},
    **{name: pl.String() for name in _NAMES},
    "partial": pl.Boolean(),
}


@dataclass(frozen=True)
class AssetGroup:
    """One part of a key: its name, and its text, NULL where an asset has no such thing."""

    name: str
    value: pl.Expr

    @property
    def key(self) -> pl.Expr:
        """The text, `__undefined__` where there is none."""
        return pl.when(self.value != "").then(self.value).fill_null(UNDEFINED).alias(self.name)


def valid_asset_groups() -> list[str]:
    """Every name that assets can be grouped by."""
    return [*ASSET_GROUPS, "label:KEY", "all"]


def parse_asset_by(by: str) -> tuple[AssetGroup, ...]:
    """The groups of a comma list, in order; `all` is the empty tuple. Raises BadField naming the valid set, also for a name given twice."""
    names = [part.strip() for part in by.split(",") if part.strip()]
    if [name.lower() for name in names] == ["all"]:
        return ()
    groups = tuple(_group(name) for name in names)
    if len({group.name for group in groups}) < len(groups):
        raise BadField(f"a field is given twice in {by[:200]!r}", expected="each field once")
    return groups


def _group(text: str) -> AssetGroup:
    head, _, key = text.partition(":")
    if head.lower() == "label" and key.strip():
        column = ASSET_LABELS.get(sanitised(key.strip()).removeprefix("label_"))
        return AssetGroup(f"label:{key.strip()}", pl.col(column) if column else _UNKNOWN)
    name = _SPELLINGS.get(text.lower(), _BY_LOWER.get(text.lower(), ""))
    if not name:
        raise BadField(f"unknown field {text[:100]!r} to group assets by", expected=nearest(text[:100], valid_asset_groups()))
    return AssetGroup(name, ASSET_GROUPS[name])


def added_up(rows: pl.DataFrame, groups: Sequence[AssetGroup]) -> pl.DataFrame:
    """Rows of an AssetTable → a row per step and group, dearest first within a step.

    `step`; `key`, the values joined by /; a column `by:<name>` per group; `assets`, how many; quantities, costs ($, NULL: nothing in it
    has a price), `partial`, `first_held` and `last_held` as in AssetTable, `seconds` summed over assets; and of its names those that all
    agree on, NULL otherwise.
    """
    if not rows.height:
        return pl.DataFrame(schema=_EMPTY | {f"by:{group.name}": pl.String() for group in groups})
    keys = [f"by:{group.name}" for group in groups]
    keyed = rows.with_columns(group.key.alias(key) for group, key in zip(groups, keys, strict=True))
    told = [pl.when(pl.col(cost).is_not_null().any()).then(pl.col(cost).sum()).alias(cost) for cost in _COSTS]
    agreed = [pl.when(pl.col(name).fill_null("").n_unique() == 1).then(pl.col(name).first()).alias(name) for name in _NAMES]
    sums = keyed.group_by("step", *keys).agg(
        pl.col("asset_id").n_unique().cast(pl.Float64).alias("assets"),
        *(pl.col(name).sum() for name in _SUMS),
        *told,
        *agreed,
        pl.col("partial").any(),
        pl.col("first_held").min(),
        pl.col("last_held").max(),
    )
    joined: pl.Expr = pl.concat_str([pl.col(key) for key in keys], separator="/") if keys else pl.lit("")
    return sums.with_columns(key=joined).sort("step", "total_cost", "key", descending=[False, True, False], nulls_last=True)
