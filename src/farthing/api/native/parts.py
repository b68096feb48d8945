"""Parts of a cost: quantities at a price, and what was received, from the rows of an answer that are told apart by asset and kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from farthing.core.units import GIB_SECONDS_PER_GIB_HOUR, HOUR_SECONDS
from farthing.views import OF_ASSET, OF_KIND, IdleBy, Question, Sharing, SummaryTable

TOLERANCE = 1e-9
NOTHING = 1e-12  # what is left of a difference of equal sums
Row = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """A resource as it is told: what one unit of its quantity is, in the ledger's."""

    unit: str
    per: float


ON_NODES = {
    "cpu": Measured("core·h", HOUR_SECONDS),
    "ram": Measured("GiB·h", GIB_SECONDS_PER_GIB_HOUR),
    "gpu": Measured("card·h", HOUR_SECONDS),
}
ATTACHED = {"storage": Measured("GiB·h", GIB_SECONDS_PER_GIB_HOUR), "load_balancer": Measured("h", HOUR_SECONDS)}
MEASURED = ON_NODES | ATTACHED
HOLDS = {"container": "held", "pod": "held"}
UNTOLD = "not told which volumes or load balancers"
OF_THE_CLUSTER = "idle of the cluster, of no node in particular"
RECEIVED = {
    IdleBy.NODE: "idle received: of the nodes it ran on, and its part of nodes on which nobody pays",
    IdleBy.CLUSTER: "idle received: its part of all nodes of the cluster",
}
WITHOUT_PRICE = {"network": "by its traffic", "management": "control-plane and licence fees"}
NOT_KEPT = "the price is not told"


@dataclass(frozen=True)
class Line:
    """What an asset adds by one resource: its `cost` ($, None: no price) and quantities in the ledger's unit, None where not known."""

    resource: str
    kind: str
    asset: int | None
    cost: float | None
    held: float | None = None
    requested: float | None = None
    used: float | None = None
    reason: str = ""
    """Where it has no price of its own."""


def lines_of(table: SummaryTable, special: str, question: Question) -> Iterator[Line]:
    """Every line of the rows that are `special`, from the answer to a question with parts; their costs are the rows'."""
    assert table.parts is not None
    rows = table.rows.filter(pl.col("special") == special)
    for row in rows.iter_rows(named=True):
        for resource in ON_NODES:
            yield from _on_node(row, resource)
        for name in ("network", "management"):
            if row[f"{name}_cost"]:
                yield Line(name, "management" if name == "management" else "held", None, row[f"{name}_cost"], reason=WITHOUT_PRICE[name])
    yield from _idle_received(rows, question.idle_by)
    attachments = table.parts.attachments.filter(pl.col("special") == special)
    for resource in ATTACHED:
        yield from _attached(rows, attachments.filter(pl.col("resource") == resource), resource)
    yield from _shared(rows, question.sharing)


def _kind(row_kind: str) -> str:
    return HOLDS.get(row_kind, row_kind)


def _on_node(row: Row, resource: str) -> Iterator[Line]:
    """What rows of one asset and kind pay for themselves."""
    whole, received = row[f"{resource}_cost"], row[f"{resource}_cost_idle"]
    held, requested = row[f"{resource}_held"], row[f"{resource}_requested"]
    own = None if whole is None else whole - received
    if not held and (own is None or abs(own) <= NOTHING * received):
        return
    reason = OF_THE_CLUSTER if row[OF_ASSET] is None else ""
    speaks = row[OF_KIND] in HOLDS
    yield Line(
        resource, _kind(row[OF_KIND]), row[OF_ASSET], own, held, requested if speaks else None,
        row[f"{resource}_used"] if speaks else None, reason,
    )  # fmt: skip


def _idle_received(rows: pl.DataFrame, by: IdleBy) -> Iterator[Line]:
    """Idle that was given to the rows; as its assets, the nodes that they ran on."""
    for resource in ON_NODES:
        given = rows.filter(pl.col(f"{resource}_cost_idle") > 0)
        for asset, cost in given.select(OF_ASSET, f"{resource}_cost_idle").iter_rows():
            yield Line(resource, "idle", asset, cost, reason=RECEIVED[by])


def _attached(rows: pl.DataFrame, attachments: pl.DataFrame, resource: str) -> Iterator[Line]:
    """Volumes or load balancers, and what rows pay for beside those that are told."""
    for kind, asset, quantity, cost in attachments.select(OF_KIND, "asset_id", "quantity", "cost").iter_rows():
        if quantity or cost:
            yield Line(resource, _kind(kind), asset, cost, quantity)
    paid = rows.group_by(OF_KIND).agg(cost=pl.col(f"{resource}_cost").sum(), held=pl.col(f"{resource}_held").sum())
    told = attachments.group_by(OF_KIND).agg(told=pl.col("cost").sum(), told_held=pl.col("quantity").sum())
    for kind, cost, held, told_cost, told_held in paid.join(told, on=OF_KIND, how="left").fill_null(0).iter_rows():
        left, rest = cost - told_cost, held - told_held
        if abs(left) > TOLERANCE * cost or (abs(rest) > TOLERANCE * held and not told_held):
            unpriced = not cost and bool(held)
            yield Line(resource, _kind(kind), None, None if unpriced else left, max(rest, 0.0), reason=UNTOLD)


def _shared(rows: pl.DataFrame, sharing: Sharing | None) -> Iterator[Line]:
    """What was received of shared things, of the monthly amount, and of idle that shared things had received."""
    if not rows.height:
        return
    whole, overhead, idle = rows.select(pl.col("shared_cost", "shared_overhead", "shared_idle").sum()).row(0)
    if own := whole - overhead - idle:
        yield Line("shared", "shared", None, own, reason=f"received of what is shared out: {shared_names(sharing)}")
    if overhead:
        yield Line("shared", "overhead", None, overhead, reason="received of the monthly amount that is shared out")
    if idle:
        yield Line("shared", "idle", None, idle, reason="idle that shared things had received and pass on")


def shared_names(sharing: Sharing | None) -> str:
    """What is shared out, in words."""
    if sharing is None:
        return "nothing"
    names = [f"namespace {name}" for name in sharing.namespaces]
    names += [f"label {key}={'|'.join(values)}" for key, values in sharing.labels]
    names += ["management fees"] if sharing.management else []
    names += ["load balancers"] if sharing.load_balancers else []
    return ", ".join(names) or "the monthly amount"


@dataclass(frozen=True)
class Priced:
    """What is known of the price of an asset's resource, and of the asset."""

    price: Row | None
    asset: Row | None

    def key(self) -> tuple[Any, ...]:
        """What tells prices apart."""
        one = self.price
        return () if one is None else (one["price"], one["unit"], one["currency"], one["source"], one["reason"])


class PriceList:
    """The PRICE and ASSET rows of an answer, to be looked up."""

    def __init__(self, table: SummaryTable) -> None:
        assert table.parts is not None
        self._prices = {(one["asset_id"], one["resource"]): one for one in table.parts.prices.iter_rows(named=True)}
        self._assets = {one["asset_id"]: one for one in table.parts.assets.iter_rows(named=True)}

    def of(self, line: Line) -> Priced:
        """Of the asset of a line that has a price of its own."""
        if line.reason or line.asset is None:
            return Priced(None, None)
        return Priced(self._prices.get((line.asset, line.resource)), self._assets.get(line.asset))


def joined(lines: Iterable[Line], prices: PriceList) -> list[Row]:
    """Lines of the same resource, kind and price added up, as an answer tells them, dearest first."""
    found: dict[tuple[Any, ...], list[tuple[Line, Priced]]] = {}
    for line in lines:
        priced = prices.of(line)
        found.setdefault((line.resource, line.kind, line.cost is None, line.reason, priced.key()), []).append((line, priced))
    parts = [_part([line for line, _ in group], [priced for _, priced in group]) for group in found.values()]
    return sorted(parts, key=lambda part: (part["cost"] is None, -(part["cost"] or 0.0), part["resource"], part["kind"]))


def _part(lines: list[Line], priced: list[Priced]) -> Row:
    first, price = lines[0], priced[0].price
    cost = None if first.cost is None else sum(line.cost or 0.0 for line in lines)
    value = price["price"] if price else None
    quantity = _quantity(lines)
    reason = first.reason or ("" if value is not None else (price and price["reason"]) or NOT_KEPT)
    return {
        "resource": first.resource,
        "kind": first.kind,
        "cost": cost,
        "quantity": quantity,
        "price": None if price is None or value is None else _price(price, [one.asset for one in priced]),
        "reason": reason,
        "cure": (price and cost is None and price["cure"]) or "",
        "factorNote": "" if value is None or quantity is None or cost is None else factor_note(quantity, value, cost),
        "assets": len({line.asset for line in lines} - {None}),
    }


def _quantity(lines: list[Line]) -> Row | None:
    measured = MEASURED.get(lines[0].resource)
    if measured is None or all(line.held is None for line in lines):
        return None
    told: Row = {}
    for name in ("held", "requested", "used"):
        values = [value for line in lines if (value := getattr(line, name)) is not None]
        told[name] = sum(values) / measured.per if values else None
    return told | {"unit": measured.unit}


def _price(price: Row, assets: list[Row | None]) -> Row:
    def agreed(name: str) -> str | None:
        values = {asset[name] if asset else None for asset in assets}
        return values.pop() if len(values) == 1 else None

    return {
        "value": price["price"],
        "unit": price["unit"],
        "currency": price["currency"],
        "source": price["source"] or "",
        "category": price["category"] or "",
        "assetKind": agreed("kind"),
        "lifecycle": agreed("lifecycle"),
        "instanceType": agreed("instance_type"),
        "region": agreed("region"),
        "storageClass": agreed("storage_class"),
    }


def factor_note(quantity: Row, price: float, cost: float) -> str:
    """Why `cost` is not the held quantity × price; empty where it is."""
    held, unit = quantity["held"] or 0.0, quantity["unit"]
    whole = held * price
    if abs(cost - whole) <= TOLERANCE * max(abs(cost), abs(whole)):
        return ""
    if price and cost < whole:
        return (
            f"{cost / price:.6g} of {held:.6g} {unit} held are paid: in some hours more was held on a node than it has, so that shares "
            "shrink to fit, or there was no price"
        )
    return "in some hours another price held than the one told here, which is the latest"
