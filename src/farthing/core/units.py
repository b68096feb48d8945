"""Units of quantity and of price. Conversion happens where a number is read; inside, one unit each.

Quantities inside: core-seconds, byte-seconds, card-seconds, bytes, seconds.
Prices inside: $ per core-hour, per GiB-hour (2^30), per card-hour, per hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

HOUR_SECONDS = 3600
DAY_SECONDS = 86400
MONTH_HOURS = 730  # the field's month: 365 · 24 / 12
YEAR_HOURS = 8760
GIB_BYTES = 2**30
GB_BYTES = 10**9
GIB_SECONDS_PER_GIB_HOUR = GIB_BYTES * HOUR_SECONDS


class Resource(StrEnum):
    """What is held, offered and paid for."""

    CPU = "cpu"
    RAM = "ram"
    GPU = "gpu"
    STORAGE = "storage"
    LOAD_BALANCER = "load_balancer"


@dataclass(frozen=True)
class PriceUnit:
    """One way to write a price. `to_base × price` is the price in the base unit of `resource`; exact, so that it rounds once."""

    resource: Resource | None  # None: a whole node per hour
    to_base: Fraction


BASE_UNIT: dict[Resource | None, str] = {
    Resource.CPU: "$/core-hour",
    Resource.RAM: "$/GiB-hour",
    Resource.GPU: "$/card-hour",
    Resource.STORAGE: "$/GiB-hour",
    Resource.LOAD_BALANCER: "$/hour",
    None: "$/node-hour",
}

# 1 unit of a resource held for one hour, in the ledger's quantity (core-seconds, byte-seconds, card-seconds, seconds).
QUANTITY_PER_BASE: dict[Resource, float] = {
    Resource.CPU: HOUR_SECONDS,
    Resource.RAM: GIB_SECONDS_PER_GIB_HOUR,
    Resource.GPU: HOUR_SECONDS,
    Resource.STORAGE: GIB_SECONDS_PER_GIB_HOUR,
    Resource.LOAD_BALANCER: HOUR_SECONDS,
}
