"""Amounts and percentages as people read them."""

from __future__ import annotations

import pytest

from farthing.cli.money import money, on_the_point, percent, share


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1234567.891, "$1,234,567.89"),
        (4.766, "$4.77"),
        (1.0, "$1.00"),
        (0.999, "$1.00"),
        (0.4683, "$0.47"),
        (0.0338, "$0.034"),
        (0.00337, "$0.0034"),
        (0.0001, "$0.0001"),
        (0.00009, "<$0.0001"),
        (0.0, "0"),
        (-12.5, "-$12.50"),
    ],
)
def test_small_amounts_keep_their_digits(amount: float, text: str) -> None:
    assert money(amount) == text


def test_other_currencies() -> None:
    assert money(3, "EUR") == "€3.00"
    assert money(3, "CHF") == "CHF 3.00"


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.0, "0 %"), (1.0, "100 %"), (0.7379, "73.8 %"), (0.0082, "0.82 %"), (0.00004, "<0.01 %"), (12.5, "1,250 %")]
)
def test_percentages(ratio: float, text: str) -> None:
    assert percent(ratio) == text


def test_a_share_of_nothing_is_not_told() -> None:
    assert share(0, 0) == ""
    assert share(1, 4) == "25.0 %"


def test_decimal_points_stand_under_each_other() -> None:
    texts = on_the_point(["$12.50", "$0.0034", "0", "unpriced", "$3.00*", ""])
    widest = max(map(len, texts))
    right = [text.rjust(widest) for text in texts]
    points = {text.rindex(".") for text in right if "." in text}
    assert len(points) == 1
    assert len(right[2].rstrip()) == points.pop()  # the 0 stands where whole numbers end
