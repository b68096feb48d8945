"""A whole node's price, split over what it has by fixed fractions (ledger 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from farthing.core.units import Resource

from .book import ON_DEMAND, PriceBook
from .units import PRICED


@dataclass(frozen=True)
class Weights:
    """What one core, GiB and card count for when a price is split; `origin` names the book they come from."""

    rates: dict[Resource, float]
    origin: str

    def __str__(self) -> str:
        return ", ".join(f"{PRICED[resource]} {rate:.12g}" for resource, rate in self.rates.items()) + f" of {self.origin}"


def split_node_price(price: float, amounts: Mapping[Resource, float], rates: Mapping[Resource, float]) -> dict[Resource, float] | None:
    """`p_k = P · w_k / Σ w_j c_j`, so that `Σ p_k c_k = P` and the fractions do not move with P (ledger 3).

    `price` in $/hour; `amounts` c in cores, GiB and cards; `rates` w per core, GiB and card. The answer is in $/core-hour,
    $/GiB-hour and $/card-hour. None: nothing of what the node has weighs anything.
    """
    total = sum(rates[resource] * amount for resource, amount in amounts.items())
    if total <= 0:
        return None
    return {resource: price * (rates[resource] / total) for resource in amounts}


def weights_for(book: PriceBook, amounts: Mapping[Resource, float], card_rate: float | None, fallback: PriceBook) -> Weights:
    """The weights for a node that has `amounts`: the book's on-demand default rates, `card_rate` before them for cards.

    What the book has no rate for weighs as in `fallback`, the embedded book; in another currency all of it does, since rates of two
    currencies make no fractions. The same if the book's own rates are all 0. They are weights only: no price is taken from there.
    """
    own = {resource: _rate(book, resource) for resource in amounts}
    if Resource.GPU in own and card_rate is not None:
        own[Resource.GPU] = card_rate
    borrowed = {resource: _rate(fallback, resource) or 0.0 for resource in amounts}
    missing = [resource for resource, rate in own.items() if rate is None]
    inherited = all(_is_default(book, resource) for resource in amounts)
    if missing and book.currency == fallback.currency:
        mixed = {resource: borrowed[resource] if rate is None else rate for resource, rate in own.items()}
        if len(missing) == len(own):
            return Weights(mixed, f"the {fallback.name}, as {book.name} has no such rates")
        words = ", ".join(PRICED[resource] for resource in missing)
        return Weights(mixed, f"{book.name}, for {words} of the {fallback.name}, as {book.name} has no such rate")
    told = {resource: rate for resource, rate in own.items() if rate is not None}
    if missing or sum(told[resource] * amount for resource, amount in amounts.items()) <= 0:
        return Weights(borrowed, f"the {fallback.name}, as {book.name} has no rates to weigh them all")
    return Weights(told, f"the {fallback.name}" if inherited else book.name)


def _rate(book: PriceBook, resource: Resource) -> float | None:
    rate = book.default_rate(resource, ON_DEMAND)
    return rate.price.value if rate else None


def _is_default(book: PriceBook, resource: Resource) -> bool:
    rate = book.default_rate(resource, ON_DEMAND)
    return rate is not None and rate.is_default
