"""Prices of assets: one row for every resource of every asset, from the first that hits (ledger 3)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from farthing.core.errors import LedgerBroken
from farthing.core.schema import PRICE
from farthing.core.units import BASE_UNIT, Resource

from .book import DISK, LOAD_BALANCER, NODE, NODE_RESOURCES, ON_DEMAND, DefaultRate, PriceBook, Rule
from .cure import looked_up, rule_to_add
from .embedded import embedded_book
from .matching import Attributes, RuleIndex
from .split import split_node_price, weights_for
from .units import PRICED

ASSET_COLUMNS = (
    "asset_id", "cluster", "kind", "name", "provider_id", "pricing", "lifecycle", "region", "zone", "instance_type",
    "gpu_model", "storage_class", "labels", "cores", "gib", "cards",
)  # fmt: skip
KINDS = (NODE, DISK, LOAD_BALANCER, "management")
ROW_COLUMNS = ("asset_id", "resource", "price", "unit", "category", "source", "reason", "cure")
LIFECYCLE_NOTE = "; lifecycle not told, taken as on demand"
POD_PRICED = "pod"

Asset = Mapping[str, Any]
Hit = Rule | DefaultRate | None


@dataclass(frozen=True)
class Quote:
    """The answer for one resource: a price with its source, or a reason and the rule that must come before to cure it."""

    price: float | None
    category: str | None = None
    source: str | None = None
    reason: str | None = None
    before: str = ""


@dataclass(frozen=True)
class Hits:
    """What prices each resource of an asset, and the card rate a rule gives at on demand (a weight for whole-node prices)."""

    of: dict[Resource, Hit]
    card_rate: float | None


def price_assets(book: PriceBook, assets: pl.DataFrame, recorded_at: datetime) -> pl.DataFrame:
    """One row for each resource of each asset: cpu, ram and (with cards) gpu of nodes, storage of disks, load_balancer.

    `assets`: one row an asset, columns `ASSET_COLUMNS`; cores, gib (of disks the provisioned size) and cards are amounts.
    Prices are in the base units of `core.units`. What nothing prices has a NULL price, with reason and cure. The answer has the
    columns of `core.schema.PRICE`, in the order of `assets`. Order of look-up: a rule of the book, then its default rate (ledger 3).
    Raises LedgerBroken when a column is missing, a kind is unknown or an asset is there twice.
    """
    _check(assets)
    rows: dict[str, list[Any]] = {name: [] for name in ROW_COLUMNS}
    index = RuleIndex(book.rules)
    seen: dict[tuple[Any, ...], Hits] = {}
    for asset in assets.iter_rows(named=True):
        for row in _asset_rows(book, index, asset, seen):
            for name, value in zip(ROW_COLUMNS, row, strict=True):
                rows[name].append(value)
    types = PRICE.polars
    frame = pl.DataFrame(rows, schema={name: types[name] for name in ROW_COLUMNS})
    return PRICE.conform(frame.with_columns(currency=pl.lit(book.currency), recorded_at=pl.lit(recorded_at)))


def _check(assets: pl.DataFrame) -> None:
    missing = [name for name in ASSET_COLUMNS if name not in assets.columns]
    if missing:
        raise LedgerBroken(f"assets to price lack columns {', '.join(missing)}", expected=", ".join(ASSET_COLUMNS))
    kinds = set(assets["kind"].unique()) - set(KINDS)
    if kinds:
        raise LedgerBroken(f"assets of unknown kind {', '.join(sorted(map(str, kinds)))}", expected=", ".join(KINDS))
    if assets["asset_id"].n_unique() != assets.height:
        raise LedgerBroken("an asset to price is there twice", expected="one row for each asset_id")


def _asset_rows(book: PriceBook, index: RuleIndex, asset: Asset, seen: dict[tuple[Any, ...], Hits]) -> Iterator[tuple[Any, ...]]:
    resources = _resources(asset)
    if not resources:
        return
    attributes = index.read(asset)
    key = (asset["kind"], asset["pricing"], asset["lifecycle"], resources, *attributes.values())
    hits = seen.get(key)
    if hits is None:
        hits = seen[key] = _look_up(book, index, asset, attributes, resources)
    quotes = _quotes(book, asset, hits)
    note = LIFECYCLE_NOTE if asset["kind"] == NODE and asset["lifecycle"] is None else ""
    unpriced = [resource for resource in resources if quotes[resource].price is None]
    for resource in resources:
        quote = quotes[resource]
        reason = cure = None
        if quote.price is None:
            reason = f"{quote.reason or _no_hit(book, asset, resource)}; looked up: {looked_up(asset, index.labels)}"
            cure = rule_to_add(book, asset, unpriced, quote.before)
        source = quote.source + note if quote.source else None
        yield asset["asset_id"], resource.value, quote.price, BASE_UNIT[resource], quote.category, source, reason, cure


def _resources(asset: Asset) -> tuple[Resource, ...]:
    match asset["kind"]:
        case "node":
            return NODE_RESOURCES if (asset["cards"] or 0) > 0 else (Resource.CPU, Resource.RAM)
        case "disk":
            return (Resource.STORAGE,)
        case "load_balancer":
            return (Resource.LOAD_BALANCER,)
        case _:
            return ()


def _look_up(book: PriceBook, index: RuleIndex, asset: Asset, attributes: Attributes, resources: Sequence[Resource]) -> Hits:
    bits = index.hits(attributes)
    whole = index.whole_node if asset["kind"] == NODE and asset["pricing"] != POD_PRICED else 0
    lifecycle = asset["lifecycle"] or ON_DEMAND
    found: dict[Resource, Hit] = {}
    for resource in resources:
        rule = index.first(bits & (index.parts[resource] | whole))
        found[resource] = rule or book.default_rate(resource, lifecycle)
    on_demand = attributes | {"lifecycle": ON_DEMAND} if "lifecycle" in attributes else attributes
    card = index.first(index.hits(on_demand) & index.parts[Resource.GPU]) if Resource.GPU in resources else None
    return Hits(found, card.prices[Resource.GPU].value if card else None)


def _quotes(book: PriceBook, asset: Asset, hits: Hits) -> dict[Resource, Quote]:
    quotes: dict[Resource, Quote] = {}
    whole: Rule | None = None
    for resource, hit in hits.of.items():
        if hit is None:
            quotes[resource] = Quote(None)
        elif isinstance(hit, DefaultRate):
            quotes[resource] = Quote(hit.price.value, "default" if hit.is_default else "custom", f"{hit.source}, {hit.price.written}")
        elif resource in hit.prices:
            price = hit.prices[resource]
            quotes[resource] = Quote(price.value, "custom", f"{book.name}: rule {hit.name}, {price.written}")
        else:
            whole = hit
    if whole is not None:
        quotes |= _whole_node_quotes(book, asset, hits, whole, quotes)
    return quotes


def _whole_node_quotes(book: PriceBook, asset: Asset, hits: Hits, rule: Rule, earlier: Mapping[Resource, Quote]) -> dict[Resource, Quote]:
    price = rule.prices[None]
    covered = [resource for resource, hit in hits.of.items() if hit is rule]
    amounts = {Resource.CPU: asset["cores"], Resource.RAM: asset["gib"], Resource.GPU: asset["cards"]}
    untold = [PRICED[r] for r in hits.of if amounts[r] is None or not math.isfinite(amounts[r])]
    stated = f"{book.name}: rule {rule.name}, {price.written} for the node"
    if untold:
        reason = f"{stated}, cannot be split: how much {' and '.join(untold)} the node has is not known"
        return {resource: Quote(None, reason=reason, before=rule.name) for resource in covered}
    taken = 0.0 if rule.cards_apart else sum((quote.price or 0.0) * amounts[resource] for resource, quote in earlier.items())
    rest = price.value - taken
    if rest < -1e-9 * price.value or (rest < 0 and price.value == 0):
        reason = f"{stated}, leaves nothing: earlier rules take {taken:.12g} of its {price.value:.12g} an hour"
        return {resource: Quote(None, reason=reason, before=rule.name) for resource in covered}
    has = {resource: float(amounts[resource]) for resource in covered}
    weights = weights_for(book, has, hits.card_rate, embedded_book())
    prices = split_node_price(rest, has, weights.rates)
    if prices is None:
        reason = f"{stated}, cannot be split: the node has no {' and no '.join(PRICED[r] for r in covered)}"
        return {resource: Quote(None, reason=reason, before=rule.name) for resource in covered}
    less = f", less {taken:.12g} that earlier rules price" if taken else ""
    source = f"{stated}{less}, split by the weights {weights}"
    return {resource: Quote(prices[resource], "custom", source) for resource in covered}


def _no_hit(book: PriceBook, asset: Asset, resource: Resource) -> str:
    rules = f"none of the {len(book.rules)} rules" if book.rules else "no rule"
    by_pods = asset["kind"] == NODE and asset["pricing"] == POD_PRICED and any(None in rule.prices for rule in book.rules)
    remark = " (a price of whole nodes does not hold for a node that is paid by its pods)" if by_pods else ""
    return f"{book.name}: {rules} and no default rate prices {PRICED[resource]}{remark}"
