"""Assets added up over pieces and steps."""

from __future__ import annotations

import pytest

from farthing.core.ledger import Span
from farthing.views import ASSET_FIELDS, parse_filter, sum_assets

from .frames import CORE_HOUR, GIB_HOUR, HOUR, N1, V1, asset, example, ledger


def test_sums_of_two_hours() -> None:
    table = sum_assets([example(), example(HOUR + 3600)], [Span(HOUR, HOUR + 7200)])
    node = table.rows.filter(asset_id=N1).row(0, named=True)
    assert (node["cpu"], node["ram"], node["seconds"]) == (16 * CORE_HOUR, 64 * GIB_HOUR, 7200)
    assert (node["cpu_cost"], node["ram_cost"], node["total_cost"]) == pytest.approx((16, 6.4, 22.4))
    assert (node["type"], node["category"], node["provider"], node["partial"]) == ("Node", "Compute", "AWS", False)
    assert table.rows["total_cost"].sum() == pytest.approx(2 * 19.7)
    assert table.rows["total_cost"].is_sorted(descending=True)


def test_steps() -> None:
    steps = [Span(HOUR + h * 3600, HOUR + h * 3600 + 3600) for h in range(2)]
    table = sum_assets([example(), example(HOUR + 3600)], steps, parse_filter('name:"v1"', ASSET_FIELDS))
    assert table.rows.select("step", "asset_id", "total_cost").rows() == [(0, V1, 0.4), (1, V1, 0.4)]


def test_what_has_no_price_is_null() -> None:
    rows = [
        asset(1, "node", "a", cores=2, gib=1, cpu_cost=None, gpu_cost=None),  # no cards: nothing to price there
        asset(2, "disk", "b", storage=GIB_HOUR, storage_cost=None),
        asset(3, "load_balancer", "c", load_balancer_cost=None),
    ]
    found = {r["name"]: r for r in sum_assets([ledger([], rows)], [Span(HOUR, HOUR + 3600)]).rows.iter_rows(named=True)}
    assert (found["a"]["cpu_cost"], found["a"]["gpu_cost"], found["a"]["total_cost"], found["a"]["partial"]) == (None, 0, 0.1, True)
    assert (found["b"]["total_cost"], found["c"]["total_cost"]) == (None, None)


@pytest.mark.parametrize(
    ("provider_id", "provider"),
    [("gce://p/z/i", "GCP"), ("azure:///subscriptions/1", "Azure"), ("kind://docker/x", None), ("", None)],
)
def test_providers_by_their_ids(provider_id: str, provider: str | None) -> None:
    piece = ledger([], [asset(1, "node", "a", provider_id=provider_id)])
    assert sum_assets([piece], [Span(HOUR, HOUR + 3600)]).rows["provider"].to_list() == [provider]


def test_no_assets() -> None:
    for pieces in ([], [ledger([])]):
        assert sum_assets(pieces, [Span(HOUR, HOUR + 3600)]).rows.height == 0
