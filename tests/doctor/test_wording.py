"""Numbers, times and lists as findings write them."""

from __future__ import annotations

import doctest

import pytest

from farthing.doctor import wording


def test_examples_hold() -> None:
    outcome = doctest.testmod(wording)
    assert (outcome.failed, outcome.attempted > 8) == (0, True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15d", 15 * 86400),
        ("1y2w", 365 * 86400 + 14 * 86400),
        ("90m", 5400),
        ("0s", 0),
        ("500ms", 0.5),
        ("2d or 1GB", 2 * 86400),
        ("1GB", None),
        ("100MiB", None),
        ("forever", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert wording.duration(text) == seconds
