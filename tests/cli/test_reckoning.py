"""Both sides of the books, what was observed, and what is refused."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from farthing.core.errors import LedgerBroken
from tests.views.frames import HOUR, WHOLE, example

from .reports import report


def test_both_sides_of_the_books() -> None:
    closing = report().closing
    # idle: n1 2 cores + 18 GiB = 3.8, n2 4 cores + 16 GiB = 5.6, west 1 core = 1.0; unmounted 0.1; the rest of 19.70 is allocated
    assert closing.idle == pytest.approx(10.4)
    assert closing.unmounted == pytest.approx(0.1)
    assert closing.allocated == pytest.approx(9.2)
    assert (closing.unobserved, closing.management) == (0, 0)
    assert closing.assets == pytest.approx(WHOLE)
    assert sum(closing.parts.values()) == pytest.approx(closing.assets)


def test_a_filter_moves_nothing_of_the_whole() -> None:
    found = report(filter='namespace:"batch"', idle="hide")
    assert found.closing == report().closing
    assert found.table.total == pytest.approx(2.4)
    assert found.table.whole == pytest.approx(WHOLE)


def test_a_month_at_the_rate_of_the_observed_time() -> None:
    found = report(ledgers=[example(), example(HOUR + 3600)])
    assert found.observed_seconds == 7200
    assert found.monthly_factor == 365  # 730 h in a month, two observed
    assert (found.clusters, found.wall_seconds) == (("east", "west"), 2.5)


def test_money_at_default_prices() -> None:
    assert report().default_money == pytest.approx(3.8)  # web-1/app alone carries the mark: 3 cores, 8 GiB


def test_books_that_do_not_close_are_refused() -> None:
    broken = dataclasses.replace(example(), asset=example().asset.with_columns(cpu_cost=pl.col("cpu_cost") * 1.001))
    with pytest.raises(LedgerBroken, match="cpu_cost"):
        report(ledgers=[broken])
