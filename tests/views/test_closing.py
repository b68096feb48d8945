"""The books close, or it is said where they do not."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from farthing.core.errors import LedgerBroken
from farthing.views import check_closes

from .frames import example


def test_the_example_closes() -> None:
    check_closes(example())


def test_a_lost_row_is_found() -> None:
    broken = dataclasses.replace(example(), allocation=example().allocation.filter(pl.col("kind") != "unmounted"))
    with pytest.raises(LedgerBroken, match=r"storage_cost of cluster 'east' in the hour 1970-02-11T16:00Z: assets 0.5, allocations 0.4"):
        check_closes(broken)


def test_money_without_an_asset_is_found() -> None:
    broken = dataclasses.replace(example(), asset=example().asset.filter(pl.col("cluster") == "east"))
    with pytest.raises(LedgerBroken, match="cluster 'west'"):
        check_closes(broken)


@pytest.mark.parametrize("relative", [2e-9, -2e-9])
def test_to_a_billionth(relative: float) -> None:
    def off(by: float) -> pl.DataFrame:
        return example().allocation.with_columns(cpu_cost=pl.col("cpu_cost") * (1 + by))

    with pytest.raises(LedgerBroken, match="cpu_cost"):
        check_closes(dataclasses.replace(example(), allocation=off(relative)))
    check_closes(dataclasses.replace(example(), allocation=off(relative / 10)))


def test_nothing_is_negative() -> None:
    rows = example().allocation.with_columns(cpu_held=pl.when(pl.col("kind") == "idle").then(-1.0).otherwise(pl.col("cpu_held")))
    with pytest.raises(LedgerBroken, match=r"allocation.cpu_held is negative: -1.0 in cluster 'east'.*\(3 rows\)"):
        check_closes(dataclasses.replace(example(), allocation=rows))


def test_what_has_no_price_counts_on_neither_side() -> None:
    unpriced = pl.when(pl.col("cluster") == "west").then(None).otherwise(pl.col("cpu_cost")).alias("cpu_cost")
    check_closes(
        dataclasses.replace(example(), allocation=example().allocation.with_columns(unpriced), asset=example().asset.with_columns(unpriced))
    )
