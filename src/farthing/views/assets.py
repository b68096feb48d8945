"""Assets per step: what each one offered and cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from farthing.core.ledger import Ledger, Note, Span

from .confidence import Unpriced, unpriced, without_price
from .filters import ASSET_FIELDS, And, Comparison, Filter, Or
from .matching import condition, sanitised
from .steps import step_of

COSTS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost", "management_cost")
QUANTITIES = ("seconds", "cpu", "ram", "gpu", "storage")
NAMES = (
    "cluster", "kind", "name", "provider_id", "lifecycle", "region", "zone", "instance_type", "storage_class", "claim_namespace",
    "claim_name", "address",
)  # fmt: skip
# The quantity that a cost pays for; a NULL cost of something that is not there is no missing price.
PAYS_FOR = {"cpu_cost": "cpu", "ram_cost": "ram", "gpu_cost": "gpu", "storage_cost": "storage"}


@dataclass(frozen=True)
class AssetKind:
    """A kind of asset in the field's words."""

    type: str
    category: str


ASSET_KINDS: dict[str, AssetKind] = {
    "node": AssetKind("Node", "Compute"),
    "disk": AssetKind("Disk", "Storage"),
    "load_balancer": AssetKind("LoadBalancer", "Network"),
    "management": AssetKind("ClusterManagement", "Management"),
}
# How a provider id of a cloud begins, and the cloud's name.
PROVIDERS: dict[str, str] = {
    "aws://": "AWS",
    "i-": "AWS",
    "vol-": "AWS",
    "gce://": "GCP",
    "projects/": "GCP",
    "azure://": "Azure",
    "/subscriptions/": "Azure",
    "oci://": "Oracle",
    "ocid1.": "Oracle",
    "digitalocean://": "DigitalOcean",
}
# Labels of an asset that the ledger keeps as columns of their own.
ASSET_LABELS: dict[str, str] = {
    "node_kubernetes_io_instance_type": "instance_type",
    "topology_kubernetes_io_region": "region",
    "topology_kubernetes_io_zone": "zone",
}


@dataclass(frozen=True)
class AssetTable:
    """`rows`: step, asset_id, NAMES, type, category, provider, first_held, last_held (unix s), QUANTITIES (as in ASSET), COSTS and
    `total_cost` in $ (NULL: unpriced), `partial`; dearest first within a step."""

    steps: tuple[Span, ...]
    rows: pl.DataFrame
    unpriced: tuple[Unpriced, ...] = ()
    notes: tuple[Note, ...] = field(default=())


def sum_assets(pieces: Iterable[Ledger], steps: Sequence[Span], filter: Filter | None = None) -> AssetTable:
    """Assets of `pieces` per step (steps as in `answer`), each once with its sums; only sums are kept from piece to piece."""
    sums = AssetSums(steps, filter)
    for piece in pieces:
        sums.note(piece.notes, piece.price)
        sums.add(piece.asset.with_columns(step_of(piece.asset, steps)))
    return sums.table()


class AssetSums:
    """Sums of assets so far."""

    def __init__(self, steps: Sequence[Span], filter: Filter | None) -> None:
        self._steps = tuple(steps)
        self._filter = filter
        self._sums: pl.DataFrame | None = None
        self._missing: list[pl.DataFrame] = []
        self._notes: dict[Note, None] = {}

    def add(self, rows: pl.DataFrame) -> None:
        """Add ASSET rows with their `step`, or lines of them: rows added up where they agree on all names and on which costs are NULL."""
        part = _sums(_kept(_marked(rows), self._filter))
        self._sums = part if self._sums is None else _sums(pl.concat([self._sums, part]))

    def note(self, notes: Iterable[Note], price: pl.DataFrame) -> None:
        """What a reader must be told, and the PRICE rows of the assets."""
        self._notes.update(dict.fromkeys(notes))
        self._missing = [pl.concat([*self._missing, without_price(price)]).unique()]

    def table(self) -> AssetTable:
        """The table of everything that was added."""
        rows = self._sums if self._sums is not None else pl.DataFrame()
        if rows.height:
            rows = rows.sort("step", "total_cost", "asset_id", descending=[False, True, False], nulls_last=True)
        return AssetTable(self._steps, rows, unpriced(self._missing), tuple(self._notes))


def asset_condition(tree: Filter) -> pl.Expr:
    """A boolean expression over the columns of AssetTable.rows."""

    def resolve(name: str, key: str | None) -> pl.Expr:
        if name != "label":
            return FILTER_COLUMNS[name]
        if key is None:
            present = [pl.when(pl.col(column).is_not_null()).then(pl.lit(label)) for label, column in ASSET_LABELS.items()]
            return pl.concat_list(present).list.drop_nulls()
        column = ASSET_LABELS.get(sanitised(key).removeprefix("label_"))
        return pl.col(column) if column else pl.lit(None, dtype=pl.String)

    return condition(_lower_types(tree), resolve, ASSET_FIELDS)


FILTER_COLUMNS: dict[str, pl.Expr] = {
    "name": pl.col("name"),
    "assetType": pl.col("type").str.to_lowercase(),
    "category": pl.col("category"),
    "cluster": pl.col("cluster"),
    "project": pl.lit(None, dtype=pl.String),
    "provider": pl.col("provider"),
    "providerID": pl.col("provider_id"),
    "account": pl.lit(None, dtype=pl.String),
    "service": pl.lit("Kubernetes"),
}


def _lower_types(tree: Filter) -> Filter:
    match tree:
        case And(parts=parts):
            return And(tuple(map(_lower_types, parts)))
        case Or(parts=parts):
            return Or(tuple(map(_lower_types, parts)))
        case Comparison(field="assetType", values=values):
            return dataclasses.replace(tree, values=tuple(value.lower() for value in values))
    return tree


def _marked(asset: pl.DataFrame) -> pl.DataFrame:
    types = {kind: words.type for kind, words in ASSET_KINDS.items()}
    categories = {kind: words.category for kind, words in ASSET_KINDS.items()}
    provider: pl.Expr = pl.lit(None, dtype=pl.String)
    for prefix, name in PROVIDERS.items():
        provider = pl.when(pl.col("provider_id").str.starts_with(prefix)).then(pl.lit(name)).otherwise(provider)
    unpriced_costs = [pl.col(cost).is_null() & (pl.col(held) > 0) for cost, held in PAYS_FOR.items()]
    balancer = (pl.col("kind") == "load_balancer") & pl.col("load_balancer_cost").is_null()
    return asset.with_columns(
        type=pl.col("kind").replace_strict(types, return_dtype=pl.String),
        category=pl.col("kind").replace_strict(categories, return_dtype=pl.String),
        provider=provider,
        partial=pl.any_horizontal(*unpriced_costs, balancer),
        # a cost is told where it has a price, or where there is nothing to price
        **{
            cost: pl.when(pl.col(cost).is_not_null() | (pl.col(held) <= 0)).then(pl.col(cost).fill_null(0))
            for cost, held in PAYS_FOR.items()
        },
        load_balancer_cost=pl.when(~balancer).then(pl.col("load_balancer_cost").fill_null(0)),
    )


def _kept(asset: pl.DataFrame, filter: Filter | None) -> pl.DataFrame:
    return asset if filter is None else asset.filter(asset_condition(filter))


def _sums(rows: pl.DataFrame) -> pl.DataFrame:
    costs = [pl.when(pl.col(cost).is_not_null().any()).then(pl.col(cost).sum()).alias(cost) for cost in COSTS]
    sums = rows.group_by("step", "asset_id").agg(
        *(pl.col(name).last() for name in (*NAMES, "type", "category", "provider")),
        pl.col("first_held").min(),
        pl.col("last_held").max(),
        *(pl.col(name).sum() for name in QUANTITIES),
        *costs,
        pl.col("partial").any(),
    )
    told = pl.any_horizontal(pl.col(cost) > 0 for cost in COSTS).fill_null(value=False) | ~pl.col("partial")
    return sums.with_columns(total_cost=pl.when(told).then(pl.sum_horizontal(COSTS)))
