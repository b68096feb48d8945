"""Written prices become base prices, or errors that say what is valid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.errors import BadPriceBook
from farthing.core.units import Resource
from farthing.pricing.units import PRICE_UNITS, read_currency, read_price


@pytest.mark.parametrize(
    ("text", "resource", "expected"),
    [
        ("0.031611 $/core-hour", Resource.CPU, 0.031611),
        ("23.07603 $/core-month", Resource.CPU, 0.031611),  # 0.031611 · 730
        ("276.91236 $/core-year", Resource.CPU, 0.031611),  # 0.031611 · 8760
        ("0.0000087808333333333333 $/core-second", Resource.CPU, 0.031611),  # 0.031611 / 3600
        ("0.758664 $/core-day", Resource.CPU, 0.031611),  # 0.031611 · 24
        ("2.92 $/GiB-month", Resource.RAM, 0.004),  # 0.004 · 730
        ("1 $/GB-hour", Resource.RAM, 1.073741824),  # a GiB is 1.073741824 GB
        ("730 $/GB-month", Resource.STORAGE, 1.073741824),
        ("1024 $/TiB-hour", Resource.STORAGE, 1.0),
        ("1000 $/TB-hour", Resource.STORAGE, 1.073741824),  # 1 $/GB-hour
        ("0.00005479452 $/GiB-hour", Resource.STORAGE, 0.00005479452),
        ("693.5 $/card-month", Resource.GPU, 0.95),  # 0.95 · 730
        ("1.006 $/hour", None, 1.006),
        ("1.006 $/node-hour", None, 1.006),
        ("734.38 $/month", None, 1.006),  # 1.006 · 730
        ("18.25 $/month", Resource.LOAD_BALANCER, 0.025),  # 0.025 · 730
        ("0 $/hour", Resource.LOAD_BALANCER, 0.0),
        ("  5e-1   USD / hour ", Resource.LOAD_BALANCER, 0.5),
        (".5$/hour", Resource.LOAD_BALANCER, 0.5),
    ],
)
def test_every_kind_of_unit_comes_to_the_base_unit(text: str, resource: Resource | None, expected: float) -> None:
    price = read_price(text, resource, "USD")
    assert price.value == expected  # exact: converted as fractions, rounded once
    assert price.written == text.strip()


@pytest.mark.parametrize(
    ("text", "problem", "expected"),
    [
        ("0.03", "0.03 has no unit", "$/core-hour"),
        ("3e-2", "3e-2 has no unit", "$/core-month"),
        ("0.03 $", "not a price of cpu", "$/core-hour"),
        ("0.03 $/GiB-hour", "a price of ram or volume, not of cpu", "$/core-month"),
        ("0.03 $/hour", "a price of load_balancer or node, not of cpu", "$/core-hour"),
        ("0.03 $/core-hours", "unknown unit 'core-hours'", "did you mean core-hour? One of $/core-second"),
        ("0.03 $/core", "unknown unit 'core'", "$/core-hour"),
        ("-0.03 $/core-hour", "negative", "0 (free) or more"),
        ("nan $/core-hour", "not a price of cpu", "NUMBER $/UNIT"),
        ("inf $/core-hour", "not a price of cpu", "NUMBER $/UNIT"),
        ("1e999 $/core-hour", "beyond what a price can be", "1e300"),
        ("1e-99999999 $/core-hour", "beyond what a price can be", "1e-300"),
        ("0,03 $/core-hour", "not a price of cpu", "NUMBER $/UNIT"),
        ("NUMBER $/core-hour", "placeholder NUMBER", "$/core-hour"),
        ("0.03 EUR/core-hour", "is in EUR, the book is in USD", "$ or USD"),
        ("0.03 €/core-hour", "not a price of cpu", "NUMBER $/UNIT"),
    ],
)
def test_what_is_no_price_is_told_with_the_valid_set(text: str, problem: str, expected: str) -> None:
    with pytest.raises(BadPriceBook) as raised:
        read_price(text, Resource.CPU, "USD")
    assert problem in raised.value.problem
    assert expected in raised.value.expected


def test_a_currency_code_stands_in_place_of_the_dollar_only_where_it_is_the_books() -> None:
    assert read_price("0.03 EUR/core-hour", Resource.CPU, "EUR").value == 0.03
    assert read_price("0.03 $/core-hour", Resource.CPU, "CAD").value == 0.03
    with pytest.raises(BadPriceBook, match=r"is in \$, the book is in EUR"):
        read_price("0.03 $/core-hour", Resource.CPU, "EUR")


@pytest.mark.parametrize("text", ["usd", "EURO", "", "$"])
def test_a_currency_is_three_capital_letters(text: str) -> None:
    with pytest.raises(BadPriceBook, match="not a currency code"):
        read_currency(text)


@given(
    st.sampled_from([(resource, unit) for resource, units in PRICE_UNITS.items() for unit in units]),
    st.decimals(0, 10_000, places=6),
)
def test_a_price_in_any_unit_buys_the_same_as_its_base_price(pair: tuple[Resource | None, str], number: object) -> None:
    """A price per U, and its base price times the base units in a U, are the same money; sizes here are written out by hand."""
    resource, unit = pair
    amount, _, time = unit.rpartition("-")
    hours = {"second": 1 / 3600, "hour": 1, "day": 24, "month": 730, "year": 8760}[time]
    size = {"GB": 1e9 / 2**30, "TB": 1e12 / 2**30, "TiB": 1024}.get(amount, 1)
    price = read_price(f"{number} $/{unit}", resource, "USD")
    assert price.value * size * hours == pytest.approx(float(str(number)), rel=1e-12)
