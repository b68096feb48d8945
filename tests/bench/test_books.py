"""Measured costs are held against the books as it is said."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from bench.books import LEVELS, Case, dataset, held_against, measure
from tests.kit.servers import require_server


def test_near_is_half_a_percent_or_one_scrape() -> None:
    # a: 100 $ held for 36,000 s: half a percent is 0.5 $; b: two containers, each 0.3 $ held for 60 s: one scrape of 60 s is all of it
    true = pl.DataFrame(
        {
            "cluster": "c",
            "namespace": ["a", "b", "b", "x"],
            "uid": ["1", "2", "2", "3"],
            "container": ["c", "c", "d", "c"],
            "cost": [100.0, 0.3, 0.3, 1.0],
            "held_seconds": [36_000.0, 60.0, 60.0, 6000.0],
        }
    )
    kinds = ["container", "pod", "container", "unmounted", "container"]
    costs = {"namespace": ["a", "a", "b", "a", "x"], "total_cost": [99.0, 0.6, 0.1, 7.0, 1.02], "kind": kinds}
    found = held_against("namespace", LEVELS["namespace"], pl.DataFrame({"cluster": "c", **costs}), true)
    # a is 0.4 % off, b within a scrape, x 2 % off while a scrape is 1 %
    assert (found.count, found.far["namespace"].to_list()) == (3, ["x"])
    assert found.worst == pytest.approx(0.5 / 0.6)
    assert (found.measured, found.true) == pytest.approx((99.6 + 0.1 + 1.02, 101.6))
    # what the books do not have is never near, nor are a and x when nothing is measured of them; b is a scrape only
    strange = pl.DataFrame({"cluster": "c", "namespace": ["y"], "total_cost": [5.0], "kind": ["container"]})
    assert held_against("namespace", LEVELS["namespace"], strange, true).far.height == 3


@pytest.mark.real
@pytest.mark.slow
def test_a_small_case(tmp_path: Path) -> None:
    require_server("prometheus")
    case = Case(20, 1)
    data = dataset(case, tmp_path)
    assert data["samples"] > 1_000_000
    assert dataset(case, tmp_path) == data  # written once
    for held, run in measure(case, Path(data["database"])):
        assert held.count >= 4
        assert held.far.is_empty()
        assert held.measured == pytest.approx(held.true, rel=1e-3)
        assert run.queries > 0
