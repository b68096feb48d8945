"""Amounts as a person reads them: enough digits to tell small from nothing, none beyond."""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 0.0001
SIGN: dict[str, str] = {"USD": "$", "EUR": "€", "GBP": "£", "": "$", "$": "$"}
NOTHING = "0"


def money(amount: float, currency: str = "USD") -> str:
    """`amount` with two decimals from 1 up, else two significant digits: $1,234.57, $0.47, $0.0034, <$0.0001; exactly nothing: 0."""
    sign = SIGN.get(currency, f"{currency} ")
    if amount == 0:
        return NOTHING
    size = abs(amount)
    lead = "-" if amount < 0 else ""
    if size < SMALLEST:
        return f"{lead}<{sign}{SMALLEST:.4f}"
    return f"{lead}{sign}{size:,.{_decimals(size)}f}"


def share(part: float, whole: float) -> str:
    """`part` of `whole` as a percentage: 12.3 %, 0.04 %, <0.01 %; nothing of something is 0 %."""
    if whole <= 0:
        return ""
    return percent(part / whole)


def percent(ratio: float) -> str:
    """A ratio as a percentage of about three digits."""
    if ratio == 0:
        return "0 %"
    value = ratio * 100
    if value < 0.01:
        return "<0.01 %"
    decimals = 0 if value >= 99.95 else 1 if value >= 0.95 else 2
    return f"{value:,.{decimals}f} %"


def on_the_point(texts: Sequence[str]) -> list[str]:
    """Texts of one column padded on the right, so that their decimal points stand under each other when aligned right."""
    tails = [len(text) - _point(text) for text in texts]
    widest = max(tails, default=0)
    return [text + " " * (widest - tail) for text, tail in zip(texts, tails, strict=True)]


def _point(text: str) -> int:
    """Where the whole part of a number ends."""
    for place, sign in enumerate(text):
        if sign == "." and place and text[place - 1].isdigit():
            return place
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    return digits[-1] + 1 if digits else len(text)


def _decimals(size: float) -> int:
    if size >= 0.995:
        return 2
    if size >= 0.0995:
        return 2
    return 3 if size >= 0.00995 else 4
