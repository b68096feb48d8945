"""The price book: ordered rules, then default rates. Plain data; readers make it, `quote` asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from farthing.core.ledger import Note
from farthing.core.units import BASE_UNIT, Resource

from .units import PRICED, Price

ON_DEMAND = "on_demand"
SPOT = "spot"
LIFECYCLES = (ON_DEMAND, SPOT)

NODE, DISK, LOAD_BALANCER = "node", "disk", "load_balancer"
NODE_RESOURCES = (Resource.CPU, Resource.RAM, Resource.GPU)

PRICED_KIND: dict[Resource | None, str] = {
    Resource.CPU: NODE,
    Resource.RAM: NODE,
    Resource.GPU: NODE,
    None: NODE,
    Resource.STORAGE: DISK,
    Resource.LOAD_BALANCER: LOAD_BALANCER,
}
"""The kind of asset that has what is priced (None: a whole node)."""


@dataclass(frozen=True)
class MatchKey:
    """A key of a rule's `match`: the column of an asset it looks at, and the kinds of assets that have it."""

    column: str
    kinds: tuple[str, ...]
    doc: str


ALL_KINDS = (NODE, DISK, LOAD_BALANCER)

MATCH_KEYS: dict[str, MatchKey] = {
    "cluster": MatchKey("cluster", ALL_KINDS, "cluster id"),
    "region": MatchKey("region", ALL_KINDS, "region"),
    "zone": MatchKey("zone", ALL_KINDS, "zone"),
    "provider_id": MatchKey("provider_id", (NODE, DISK), "the cloud's id: whole, or without its `aws://…/` or `azure://` lead"),
    "node": MatchKey("name", (NODE,), "node name"),
    "instance_type": MatchKey("instance_type", (NODE,), "instance type"),
    "lifecycle": MatchKey("lifecycle", (NODE,), "on_demand or spot; a node that tells neither counts as on_demand"),
    "gpu_model": MatchKey("gpu_model", (NODE,), "card model"),
    "node_label": MatchKey("labels", (NODE,), "labels of the node, key: value"),
    "volume": MatchKey("name", (DISK,), "volume name"),
    "storage_class": MatchKey("storage_class", (DISK,), "storage class of a volume"),
    "service": MatchKey("name", (LOAD_BALANCER,), "namespace/name of a load balancer's service"),
}
"""What a rule may look at, in the order reasons list it."""

LABEL = "node_label."


@dataclass(frozen=True)
class Condition:
    """One attribute and the values that hit: any of `patterns`.

    `attribute` is a key of `MATCH_KEYS`, for labels `node_label.KEY` as kube-state-metrics spells KEY. In a pattern `*` stands for
    any characters; with `literal` it does not, and capitals do not count either.
    """

    attribute: str
    patterns: tuple[str, ...]
    literal: bool = False

    def __str__(self) -> str:
        return f"{self.attribute}={'|'.join(self.patterns)}"


@dataclass(frozen=True)
class Rule:
    """Prices for the assets that meet all conditions.

    `prices` is keyed by what is priced, None for a whole node ($/node-hour, cards included). With `cards_apart` the price of a
    whole node leaves out cards that another rule prices, and they come on top.
    """

    name: str
    conditions: tuple[Condition, ...]
    prices: dict[Resource | None, Price]
    line: int
    cards_apart: bool = False

    @property
    def resources(self) -> frozenset[Resource]:
        """What gets its price here; a whole node is all of its resources."""
        return frozenset(r for key in self.prices for r in (NODE_RESOURCES if key is None else (key,)))


@dataclass(frozen=True)
class DefaultRate:
    """The price of what no rule prices. `lifecycle` is None for volumes and load balancers; `is_default`: from the embedded book."""

    resource: Resource
    lifecycle: str | None
    price: Price
    source: str
    is_default: bool


@dataclass(frozen=True)
class BookLine:
    """One price of a book, for listings. `price` is in `unit`; `written` as the book has it."""

    name: str
    match: str
    priced: str
    lifecycle: str | None
    price: float
    unit: str
    written: str
    is_rule: bool
    is_default: bool


@dataclass(frozen=True, repr=False)
class PriceBook:
    """Rules in order, then default rates. `takes_rules`: the file is of our own form, so a rule can be added to it."""

    name: str
    currency: str
    rules: tuple[Rule, ...] = ()
    defaults: tuple[DefaultRate, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    takes_rules: bool = True

    @property
    def is_default(self) -> bool:
        """Nothing in it is the user's own: it is the embedded book, or inherits all of it."""
        return not self.rules and bool(self.defaults) and all(rate.is_default for rate in self.defaults)

    def default_rate(self, resource: Resource, lifecycle: str | None) -> DefaultRate | None:
        """The default rate of `resource`; `lifecycle` counts for nodes' resources only. None: there is none."""
        wanted = lifecycle if PRICED_KIND[resource] == NODE else None
        return next((rate for rate in self.defaults if rate.resource == resource and rate.lifecycle == wanted), None)

    def describe(self) -> tuple[BookLine, ...]:
        """Every price in the order it is looked up: rules, then default rates."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[BookLine]:
        for rule in self.rules:
            match = ", ".join(map(str, rule.conditions)) or "everything"
            for key, price in rule.prices.items():
                yield BookLine(
                    rule.name, match, PRICED[key], None, price.value, BASE_UNIT[key], price.written, is_rule=True, is_default=False
                )
        for rate in self.defaults:
            priced, unit, price = PRICED[rate.resource], BASE_UNIT[rate.resource], rate.price
            yield BookLine(
                rate.source, "", priced, rate.lifecycle, price.value, unit, price.written, is_rule=False, is_default=rate.is_default
            )

    def __repr__(self) -> str:
        inherited = sum(rate.is_default for rate in self.defaults)
        return (
            f"<PriceBook {self.name!r} in {self.currency}: {len(self.rules)} rules, "
            f"{len(self.defaults)} default rates ({inherited} of the embedded book)>"
        )
