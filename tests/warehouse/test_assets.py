"""Assets from the warehouse are what the views make of the same ledger's rows."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from farthing.core.units import HOUR_SECONDS
from farthing.views import ASSET_FIELDS, OnDemand, parse_filter

from ..costing.facts import T0, Wishes
from .ledgers import random_ledger, warehouse_of
from .test_answers import Rows, windows

END = T0 + 3 * HOUR_SECONDS
SETS = (windows(T0, END), windows(T0, T0 + 3600, END), windows(T0 + 900, T0 + 5000, T0 + 9000), windows(T0 + 100, T0 + 200))


@pytest.mark.parametrize("filter", ["", 'assetType:"disk"', 'name~:"n"', 'name:"nothing"'])
@pytest.mark.parametrize("seed", range(3))
def test_assets_per_step(seed: int, filter: str) -> None:
    ledger = random_ledger(seed, Wishes(hours=3, unpriced=seed == 1, reused_name=seed == 2))
    warehouse = warehouse_of(ledger)
    asked = parse_filter(filter, ASSET_FIELDS)
    for sets in SETS:
        found, expected = ([table for table, _ in source.assets(asked, sets)] for source in (warehouse, OnDemand(Rows(ledger))))
        left = found[0].rows
        rows = [table.rows for table in expected]
        if len(rows) == 1:
            right = rows[0]
            assert left.height == right.height
            if right.height:
                order = ["step", "asset_id"]
                assert_frame_equal(left.sort(order), right.sort(order), rel_tol=1e-9, abs_tol=1e-12, check_column_order=False)
        else:
            total = sum(float(one.get_column("total_cost").sum()) for one in rows if one.height)
            assert (float(left.get_column("total_cost").sum()) if left.height else 0.0) == pytest.approx(total, rel=1e-9)
        assert {u.reason for u in found[0].unpriced} == {u.reason for table in expected for u in table.unpriced}
