"""What an organisation pays: the price of each part of each machine, and the same as a price book that Farthing reads."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from farthing.core.units import MONTH_HOURS

from .plan import Machine, Organisation, Pool


@dataclass(frozen=True)
class Parts:
    """$ per core-hour, GiB-hour and card-hour."""

    core: float
    gib: float
    card: float = 0.0


def parts_of(organisation: Organisation, pool: Pool) -> Parts:
    """What the parts of a pool's machines cost: a whole machine's price is split in proportion to the rates of cores and memory."""
    machine, rates = pool.machine, organisation.rates
    if machine.cards:
        return Parts(rates.usd_per_core_hour, rates.usd_per_gib_hour, machine.usd_per_card)
    price = _usd(pool)
    weight = rates.usd_per_core_hour * machine.cores + rates.usd_per_gib_hour * machine.gib
    return Parts(price * (rates.usd_per_core_hour / weight), price * (rates.usd_per_gib_hour / weight))


def usd_per_gib_hour(organisation: Organisation, storage_class: str) -> float:
    """A volume's price. Raises KeyError for a class that the organisation does not have."""
    return organisation.rates.usd_per_gib_month[storage_class] / MONTH_HOURS


def machine_usd(organisation: Organisation, pool: Pool) -> float:
    """$/hour of one machine of a pool."""
    parts = parts_of(organisation, pool)
    return pool.machine.cores * parts.core + pool.machine.gib * parts.gib + pool.machine.cards * parts.card


def price_book_yaml(organisation: Organisation) -> str:
    """The organisation's prices as a price book of Farthing (docs/prices.md)."""
    rates = organisation.rates
    machines: dict[tuple[str, str], tuple[Machine, Pool]] = {}
    for cluster in organisation.clusters:
        for pool in cluster.pools:
            machines[pool.machine.name, "spot" if pool.spot else "on_demand"] = (pool.machine, pool)
    rules: list[dict[str, object]] = []
    for (name, lifecycle), (machine, pool) in sorted(machines.items()):
        match: dict[str, object] = {"instance_type": name, "lifecycle": lifecycle}
        price = {"node": f"{_usd(pool)!r} $/hour"}
        if machine.cards:
            price = {
                "cpu": f"{rates.usd_per_core_hour!r} $/core-hour",
                "ram": f"{rates.usd_per_gib_hour!r} $/GiB-hour",
                "gpu": f"{machine.usd_per_card!r} $/card-hour",
            }
        rules.append({"name": f"{name}, {lifecycle.replace('_', ' ')}", "match": match, "price": price})
    for storage_class, price_of in sorted(rates.usd_per_gib_month.items()):
        rules.append(
            {
                "name": f"volumes of {storage_class}",
                "match": {"storage_class": storage_class},
                "price": {"volume": f"{price_of!r} $/GiB-month"},
            }
        )
    book = {
        "name": f"{organisation.name}'s prices",
        "currency": "USD",
        "defaults": {
            "node": {
                "on_demand": {"cpu": f"{rates.usd_per_core_hour!r} $/core-hour", "ram": f"{rates.usd_per_gib_hour!r} $/GiB-hour"},
            },
            "load_balancer": f"{rates.usd_per_balancer_hour!r} $/hour",
        },
        "rules": rules,
    }
    return yaml.safe_dump(book, sort_keys=False, allow_unicode=True, width=120)


def _usd(pool: Pool) -> float:
    machine = pool.machine
    if pool.spot and machine.spot_usd is None:
        raise ValueError(f"{machine.name} has no spot price, but pool {pool.name} is of spot machines")
    return machine.spot_usd if pool.spot and machine.spot_usd is not None else machine.usd
