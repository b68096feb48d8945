"""OpenCost's custom pricing JSON (`default.json`, $/hour as text), read into a PriceBook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from farthing.core.errors import BadPriceBook, nearest
from farthing.core.ledger import Note
from farthing.core.units import BASE_UNIT, MONTH_HOURS, Resource

from .book import LABEL, NODE, PRICED_KIND, SPOT, Condition, DefaultRate, PriceBook, Rule
from .opencost_fields import BY_LOWER_CASE, FIELDS, NOT_PRICED_YET, OTHER, RATES, RateField
from .units import DOLLARS, PRICED, Price, read_currency, read_number
from .yaml_book import label_key

DISCOUNTED = (Resource.CPU, Resource.RAM)


@dataclass(frozen=True)
class Field:
    """One key of the file as text, and its line."""

    key: str
    text: str
    line: int


def read_opencost_json(name: str, text: str) -> PriceBook:
    """A book from OpenCost's custom pricing JSON; its rates are default rates of the user's own, nothing is inherited.

    The discounts (`1 − (1 − discount)(1 − negotiatedDiscount)`) lower CPU and RAM, never cards, and not where
    `customPricesEnabled` is true, since the file then holds the prices that are paid. Nodes with `spotLabel` pay the spot rates.
    Raises BadPriceBook with the line for unknown or doubled keys, what is no price, and prices that can only be per month.
    """
    fields = _fields(name, text)
    currency = _currency(name, fields)
    enabled = _is_enabled(name, fields)
    discount = _discount(name, fields)
    rates = tuple(_rates(name, fields, currency, Fraction(0) if enabled else discount))
    if not rates:
        raise BadPriceBook(f"{name} prices nothing", expected=f"one or more of {', '.join(RATES)}")
    rules = tuple(_spot_rule(name, fields, rates))
    return PriceBook(name, currency, rules, rates, tuple(_notes(name, fields, enabled, discount)), takes_rules=False)


def is_opencost_json(text: str) -> bool:
    """Whether `text` is a JSON object with a key of OpenCost's custom pricing."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and any(key.lower() in BY_LOWER_CASE for key in found)


def _fields(name: str, text: str) -> dict[str, Field]:
    try:
        pairs = json.loads(text, object_pairs_hook=list, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise BadPriceBook(f"{name} line {error.lineno}, column {error.colno}: not JSON: {error.msg}", expected="one JSON object") from None
    except RecursionError:
        raise BadPriceBook(f"{name}: not JSON that can be read: nested too deep", expected="one JSON object of texts") from None
    if not isinstance(pairs, list) or not text.lstrip().startswith("{"):
        raise BadPriceBook(f"{name} is JSON, but no object", expected="one JSON object with keys such as CPU and RAM")
    fields: dict[str, Field] = {}
    for given, value in pairs:
        line = _line(text, given)
        key = BY_LOWER_CASE.get(given.lower())
        if key is None:
            raise BadPriceBook(f"{name} line {line}: unknown key {given!r}", expected=nearest(given, FIELDS))
        if key in fields:
            raise BadPriceBook(f"{name}: key {key!r} is there twice, the first is on line {fields[key].line}", expected="every key once")
        fields[key] = Field(key, "" if key in OTHER else _text(name, line, key, value), line)
    return {key: field for key, field in fields.items() if field.text}


def _line(text: str, key: str) -> int:
    found = re.search(rf"{re.escape(json.dumps(key))}\s*:", text) or re.search(
        rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:", text
    )
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _text(name: str, line: int, key: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value.strip()
    raise BadPriceBook(f"{name} line {line}: {key} is a list or an object", expected="a text or a number")


def _currency(name: str, fields: dict[str, Field]) -> str:
    field = fields.get("currencyCode")
    if field is None:
        return "USD"
    try:
        return read_currency(field.text)
    except BadPriceBook as error:
        raise _at(name, field, error) from None


def _is_enabled(name: str, fields: dict[str, Field]) -> bool:
    field = fields.get("customPricesEnabled")
    if field is None:
        return False
    if field.text.lower() not in ("true", "false"):
        raise BadPriceBook(f"{name} line {field.line}: customPricesEnabled is {field.text!r}", expected="true or false")
    return field.text.lower() == "true"


def _discount(name: str, fields: dict[str, Field]) -> Fraction:
    paid = Fraction(1)
    for key in ("discount", "negotiatedDiscount"):
        if key in fields:
            paid *= 1 - _percent(name, fields[key])
    return 1 - paid


def _percent(name: str, field: Field) -> Fraction:
    try:
        number = read_number(field.text.removesuffix("%"))
    except BadPriceBook as error:
        raise _at(name, field, error) from None
    if number > 100 or (number and not field.text.endswith("%")):
        raise BadPriceBook(
            f"{name} line {field.line}: {field.key} is {field.text!r}: a share or a percentage?",
            expected="0% to 100%, with the sign",
            cure=f'write "{float(number):g}%" or "{float(number * 100):g}%"' if number <= 1 else 'write it like "30%"',
        )
    return number / 100


def _rates(name: str, fields: dict[str, Field], currency: str, discount: Fraction) -> Iterator[DefaultRate]:
    sign = "$" if currency in DOLLARS else currency
    for key, meaning in RATES.items():
        field = fields.get(key)
        source = f"{name}: {key}"
        if field is None and key == "spotGPU" and "GPU" in fields:
            field, source = fields["GPU"], f"{name}: GPU, as it has no spotGPU"
        if field is None:
            continue
        try:
            number = read_number(field.text)
        except BadPriceBook as error:
            raise _at(name, field, error) from None
        if number > Fraction(meaning.ceiling):
            raise _monthly(name, field, meaning, float(number), sign)
        unit = f"{sign}/{BASE_UNIT[meaning.resource].removeprefix('$/')}"
        written = f"{field.text} {unit}"
        if discount and meaning.resource in DISCOUNTED:
            number *= 1 - discount
            written += f" less {float(discount * 100):g} %"
        yield DefaultRate(meaning.resource, meaning.lifecycle, Price(float(number), written), source, is_default=False)


def _monthly(name: str, field: Field, meaning: RateField, number: float, sign: str) -> BadPriceBook:
    unit = BASE_UNIT[meaning.resource].removeprefix("$/")
    month = unit.replace("hour", "month")
    of = {"core-hour": "for a core", "GiB-hour": "for a GiB", "card-hour": "for a card"}.get(unit, "for each")
    hourly = f"read as {sign}/{unit} it is {number * MONTH_HOURS:.2f} {sign} a month {of}"
    monthly = f"read as {sign}/{month} it is {number:.2f} {sign} a month"
    return BadPriceBook(
        f"{name} line {field.line}: {field.key} {field.text} looks like {sign}/month: {hourly}, {monthly}",
        expected=f"{sign}/{unit} in this file, at most {meaning.ceiling:g} (OpenCost's Helm values have $/month under the same keys)",
        cure=f'write "{number / MONTH_HOURS:.10g}" if it is per month; if it is per hour, use a YAML price book: '
        f"`{PRICED[meaning.resource]}: {field.text} {sign}/{unit}`",
    )


def _spot_rule(name: str, fields: dict[str, Field], rates: tuple[DefaultRate, ...]) -> Iterator[Rule]:
    label, value = fields.get("spotLabel"), fields.get("spotLabelValue")
    if label is None and value is None:
        return
    if label is None or value is None:
        there, absent = (label, "spotLabelValue") if label else (value, "spotLabel")
        line = there.line if there else 1
        raise BadPriceBook(f"{name} line {line}: {there.key if there else ''} without {absent}", expected="both, or neither")
    prices: dict[Resource | None, Price] = {rate.resource: rate.price for rate in rates if rate.lifecycle == SPOT}
    lacking = [key for key in ("spotCPU", "spotRAM") if RATES[key].resource not in prices]
    if lacking:
        raise BadPriceBook(
            f"{name} line {label.line}: spotLabel without {' and '.join(lacking)}: nodes with that label would have no spot price",
            expected="spotCPU and spotRAM beside spotLabel",
        )
    condition = Condition(LABEL + label_key(label.text), (value.text,), literal=True)
    yield Rule(f"spotLabel {label.text}={value.text}", (condition,), prices, label.line)


def _notes(name: str, fields: dict[str, Field], enabled: bool, discount: Fraction) -> Iterator[Note]:
    percent = f"{float(discount * 100):g} %"
    if discount and enabled:
        yield Note(
            f"{name}: the discount of {percent} is not applied, since customPricesEnabled is true: prices are taken as what is paid",
            cure="set customPricesEnabled to false if the prices are before discount",
            level="info",
        )
    elif discount:
        yield Note(f"{name}: CPU and RAM are lowered by the discount of {percent}, cards, volumes and load balancers are not", level="info")
    unused = [key for key in NOT_PRICED_YET if key in fields and fields[key].text.strip("0.")]
    if unused:
        yield Note(f"{name}: {', '.join(unused)}: prices of network traffic are not used yet")
    if "gpuLabel" in fields:
        yield Note(f"{name}: gpuLabel is not needed: cards are counted on the node, and every card pays the GPU rate", level="info")
    unpriced = sorted({PRICED_KIND[f.resource] for f in RATES.values()} - {PRICED_KIND[RATES[k].resource] for k in RATES if k in fields})
    parts = [key for key in ("CPU", "RAM") if key not in fields] if NODE not in unpriced else []
    if unpriced or parts:
        yield Note(f"{name}: no price for {', '.join([*unpriced, *parts])}: what needs one is unpriced", cure="add the keys")


def _at(name: str, field: Field, error: BadPriceBook) -> BadPriceBook:
    return BadPriceBook(f"{name} line {field.line}, {field.key}: {error.problem}", expected=error.expected, cure=error.cure)
