"""Prices as people write them, `NUMBER $/UNIT`, read into the base units of `core.units`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from farthing.core.errors import BadPriceBook, nearest
from farthing.core.units import BASE_UNIT, DAY_SECONDS, GB_BYTES, GIB_BYTES, HOUR_SECONDS, MONTH_HOURS, YEAR_HOURS, PriceUnit, Resource

HOURS = {
    "second": Fraction(1, HOUR_SECONDS),
    "hour": Fraction(1),
    "day": Fraction(DAY_SECONDS, HOUR_SECONDS),
    "month": Fraction(MONTH_HOURS),
    "year": Fraction(YEAR_HOURS),
}
"""Time words of a unit, in hours."""

GIB = Fraction(1)
GB = Fraction(GB_BYTES, GIB_BYTES)

AMOUNTS: dict[Resource | None, dict[str, Fraction]] = {
    Resource.CPU: {"core": Fraction(1)},
    Resource.RAM: {"GiB": GIB, "GB": GB, "TiB": 1024 * GIB, "TB": 1000 * GB},
    Resource.GPU: {"card": Fraction(1)},
    Resource.STORAGE: {"GiB": GIB, "GB": GB, "TiB": 1024 * GIB, "TB": 1000 * GB},
    Resource.LOAD_BALANCER: {"": Fraction(1)},
    None: {"": Fraction(1), "node": Fraction(1)},
}
"""Amount words of a unit by what is priced (None: a whole node), in base amounts: core, GiB, card, the thing itself."""

PRICE_UNITS: dict[Resource | None, dict[str, PriceUnit]] = {
    resource: {
        f"{amount}-{time}" if amount else time: PriceUnit(resource, 1 / (size * hours))
        for amount, size in amounts.items()
        for time, hours in HOURS.items()
    }
    for resource, amounts in AMOUNTS.items()
}
"""Every unit a price may have, by what is priced."""

PRICED = {
    Resource.CPU: "cpu",
    Resource.RAM: "ram",
    Resource.GPU: "gpu",
    Resource.STORAGE: "volume",
    Resource.LOAD_BALANCER: "load_balancer",
    None: "node",
}
"""How a price book spells what it prices."""

DOLLARS = frozenset({"USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "HKD", "JMD", "KYD", "NAD", "NZD", "SGD", "TTD", "TWD"})
"""Currencies whose own sign is $."""

NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_PRICE = re.compile(rf"(?P<number>{NUMBER})\s*(?P<currency>\$|[A-Za-z]{{3}})\s*/\s*(?P<unit>\S+)")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Price:
    """A price in the base unit of what it prices, and how it was written."""

    value: float
    written: str


def valid_units(resource: Resource | None) -> str:
    """The units a price of `resource` (None: a whole node) may have, as a readable list."""
    return ", ".join(f"$/{unit}" for unit in PRICE_UNITS[resource])


def read_number(text: str) -> Fraction:
    """A price's number, exactly as written.

    Raises BadPriceBook when it is no number, negative, not finite, or smaller than a 64-bit float can hold.
    """
    stripped = text.strip()
    if not re.fullmatch(NUMBER, stripped):
        raise BadPriceBook(f"{text!r} is not a number", expected="a finite decimal number, 0 or more, with a point: 0.031611 or 3.1e-2")
    value = float(stripped)
    too_small = value == 0 and re.search(r"[1-9]", re.split("[eE]", stripped)[0])
    if not math.isfinite(value) or too_small:
        raise BadPriceBook(f"{text!r} is beyond what a price can be", expected="0, or a number from 1e-300 to 1e300")
    if value < 0:
        raise BadPriceBook(
            f"{text!r} is negative", expected="a price of 0 (free) or more", cure="credits are part of the bill, not of a price book"
        )
    return Fraction(stripped)


def read_price(text: str, resource: Resource | None, currency: str) -> Price:
    """A written price as the price of one base unit of `resource` (None: a whole node, $/node-hour).

    A month is 730 hours, a year 8760; GB is 10^9 bytes, GiB 2^30. `currency` is the book's: its code may stand in place of `$`.
    Raises BadPriceBook for a bare number, an unknown unit, a unit of another kind, another currency, a bad number.

    >>> read_price("29.2 $/GiB-month", Resource.RAM, "USD").value
    0.04
    """
    name, base = PRICED[resource], BASE_UNIT[resource].removeprefix("$/")
    sign = "$" if currency in DOLLARS else currency
    found = _PRICE.fullmatch(text.strip())
    if not found:
        raise _unreadable(text, name, resource, sign)
    number = read_number(found["number"])
    _check_currency(found["currency"], currency, text)
    unit = PRICE_UNITS[resource].get(found["unit"])
    if unit is None:
        kinds = [PRICED[other] for other, units in PRICE_UNITS.items() if found["unit"] in units]
        problem = f"{text!r} is a price of {' or '.join(kinds)}, not of {name}" if kinds else f"unknown unit {found['unit']!r} in {text!r}"
        closest = "" if kinds else nearest(found["unit"], PRICE_UNITS[resource]).partition("? ")[0]
        hint = f"{closest}? One of " if closest.startswith("did you mean") else "one of "
        raise BadPriceBook(
            problem, expected=f"{hint}{valid_units(resource)}", cure=f"write {name} as {found['number']} {sign}/{base}, if that is meant"
        )
    return Price(float(number * unit.to_base), text.strip())


def read_currency(text: str) -> str:
    """An ISO 4217 currency code. Raises BadPriceBook when it is not three capital letters."""
    if not _CURRENCY.fullmatch(text):
        raise BadPriceBook(f"{text!r} is not a currency code", expected="three capital letters of ISO 4217, such as USD or EUR")
    return text


def _unreadable(text: str, name: str, resource: Resource | None, sign: str) -> BadPriceBook:
    base = BASE_UNIT[resource].removeprefix("$/")
    expected = f"NUMBER {sign}/UNIT, one of {valid_units(resource)}"
    stripped = text.strip()
    if re.fullmatch(NUMBER, stripped):
        problem = f"{stripped} has no unit: per hour and per month differ by 730"
        return BadPriceBook(problem, expected=expected, cure=f"write {name}: {stripped} {sign}/{base}, if it is {sign}/{base}")
    if stripped.startswith("NUMBER"):
        return BadPriceBook(f"{text!r} still has the placeholder NUMBER", expected=expected, cure="put your own price in its place")
    return BadPriceBook(f"{text!r} is not a price of {name}", expected=expected, cure=f"write it like {name}: 0.25 {sign}/{base}")


def _check_currency(written: str, currency: str, text: str) -> None:
    if written == currency or (written == "$" and currency in DOLLARS):
        return
    allowed = f"$ or {currency}" if currency in DOLLARS else currency
    raise BadPriceBook(
        f"{text!r} is in {written}, the book is in {currency}",
        expected=f"{allowed} before the slash",
        cure=f"convert the price, or set `currency: {written}`"
        if _CURRENCY.fullmatch(written)
        else f"write {currency} instead of {written}",
    )
