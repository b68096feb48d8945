"""How the screen is to write a number, said once more in Python: money to the cent, shares to a tenth of a percent, half away from 0."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

UNKNOWN, NOTHING = "—", "–"
CENT = Decimal("0.01")
MONTH_HOURS = 730
BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def money(value: float | None) -> str:
    """In a table.

    >>> [money(x) for x in (None, 0.0, 0.001, -0.001, 0.005, 1234.5, -3.2)]
    ['—', '–', '<$0.01', '>-$0.01', '$0.01', '$1,234.50', '-$3.20']
    """
    if value is None:
        return UNKNOWN
    if value == 0:
        return NOTHING
    if abs(value) < 0.005:
        return "<$0.01" if value > 0 else ">-$0.01"
    return _dollars(cents(value))


def headline(value: float | None) -> str:
    """Where a figure stands alone."""
    return "$0.00" if value == 0 else money(value)


def difference(amount: Decimal) -> str:
    """With its sign.

    >>> difference(Decimal("-0.02")), difference(Decimal("1200"))
    ('-$0.02', '+$1,200.00')
    """
    return ("+" if amount > 0 else "") + _dollars(amount)


def share(value: float | None) -> str:
    """A part of a whole: a decimal, none from 100 % on.

    >>> [share(x) for x in (None, 0.3969, 0.99949, 0.9995, 1.234, 0.0)]
    ['—', '39.7%', '99.9%', '100%', '123%', '0.0%']
    """
    if value is None:
        return UNKNOWN
    whole = abs(value) >= 0.9995
    return f"{_rounded(decimal(value) * 100, 0 if whole else 1):,}%"


def change(now: float | None, before: float | None) -> str:
    """Since the period before, with the arrow that says what the colour says.

    >>> [change(*x) for x in ((1, None), (1, 0), (0, 1), (1.054, 1), (0.9, 1), (100, 1), (1, 1))]
    ['—', '▲ new', '▼ ended', '▲ +5.4%', '▼ -10.0%', '▲ >+999%', '0.0%']
    """
    if now is None or before is None:
        return UNKNOWN
    if before == 0:
        return "▲ new" if now > 0 else NOTHING
    if now == 0:
        return "▼ ended"
    by = now / before - 1
    if abs(by) < 0.0005:
        return "0.0%"
    if by > 9.99:
        return "▲ >+999%"
    return f"{'▲' if by > 0 else '▼'} {_rounded(decimal(by) * 100, 1):+,}%"


def efficiency(value: float | None) -> str:
    """Of what was requested."""
    return "n/a" if value is None else share(value)


def quantity(value: float | None, unit: str) -> str:
    """With its unit.

    >>> [quantity(*x) for x in ((None, "h"), (0, "h"), (12.345, "h"), (1234.5, "GiB·h"), (123456, "core·h"), (1536, "B"), (7, ""))]
    ['—', '–', '12.3 h', '1,235 GiB·h', '123K core·h', '1.5 KiB', '7']
    """
    if value is None:
        return UNKNOWN
    if value == 0:
        return NOTHING
    if unit == "B":
        return _bytes(value)
    return f"{count(value)} {unit}" if unit else count(value)


def count(value: float) -> str:
    """Three digits that mean something; whole from a hundred on, thousands in words from a hundred thousand."""
    size = abs(value)
    if size >= 100_000:
        for letter, power in (("K", 3), ("M", 6), ("B", 9), ("T", 12)):
            shown = _significant(decimal(value) / 10**power)
            if abs(shown) < 1000:
                return f"{_plain(shown)}{letter}"
    if float(value).is_integer() or size >= 100:
        return f"{_rounded(decimal(value), 0):,}"
    return _plain(_significant(decimal(value)))


def decimal(value: float) -> Decimal:
    """A float as it is written, which is what browsers round: the shortest decimal that is that float.

    >>> decimal(1.005), cents(1.005)
    (Decimal('1.005'), Decimal('1.01'))
    """
    return Decimal(repr(value))


def cents(value: float) -> Decimal:
    """Rounded to the cent, half away from 0."""
    return decimal(value).quantize(CENT, ROUND_HALF_UP)


def amount(text: str) -> Decimal:
    """What stands in a cell of money, as it counts in a sum: dust and nothing are 0.

    >>> [amount(x) for x in ('–', '<$0.01', '$1,234.50', '-$3.20', '+$0.02')]
    [Decimal('0'), Decimal('0'), Decimal('1234.50'), Decimal('-3.20'), Decimal('0.02')]
    """
    if text in (NOTHING, UNKNOWN) or text.startswith(("<", ">")):
        return Decimal(0)
    return Decimal(text.replace("$", "").replace(",", "").replace("+", ""))


def _dollars(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _significant(value: Decimal, digits: int = 3) -> Decimal:
    return value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1), ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bytes(value: float) -> str:
    unit = 0
    while abs(value) >= 1024 and unit < len(BINARY) - 1:
        value, unit = value / 1024, unit + 1
    shown = _rounded(decimal(value), 2 if value < 10 else 1 if value < 100 else 0)
    return f"{_plain(shown)} {BINARY[unit]}"
