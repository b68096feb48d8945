"""The price book that is written says what the books reckon with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from farthing.core.ledger import Span
from farthing.pricing import load_book, price_assets
from farthing.simulator import Organisation, company, facts, organisation_of, price_book_yaml
from farthing.simulator.plan import Machine, Pool
from farthing.simulator.prices import machine_usd, parts_of
from tests.simulator.small import organisation

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("made", [company(), organisation_of(40)], ids=["company", "scale"])
def test_every_asset_is_priced_as_in_the_books(made: Organisation, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(price_book_yaml(made))
    start = made.anchor + 10 * 3600
    facts_of_an_hour = facts(made, Span(start, start + 3600), NOW)
    quotes = price_assets(load_book(tmp_path / "prices.yaml"), facts_of_an_hour.assets(), NOW)
    assert quotes["price"].null_count() == 0
    # built-in rates are nowhere needed; load balancers have the book's default
    assert set(quotes["category"]) == {"custom"}
    pools = {(cluster.name, pool.machine.name, pool.spot): pool for cluster in made.clusters for pool in cluster.pools}
    nodes = facts_of_an_hour.capacity.filter(kind="node")
    for asset_id, cluster, kind, lifecycle in nodes.select("asset_id", "cluster", "instance_type", "lifecycle").iter_rows():
        parts = parts_of(made, pools[cluster, kind, lifecycle == "spot"])
        mine = dict(quotes.filter(asset_id=asset_id).select("resource", "price").iter_rows())
        assert mine["cpu"] == pytest.approx(parts.core, rel=1e-12)
        assert mine["ram"] == pytest.approx(parts.gib, rel=1e-12)
        assert mine.get("gpu", 0) == pytest.approx(parts.card)


def test_the_parts_make_the_machine() -> None:
    pool = Pool("main", Machine("odd", 6, 10, 0.77), 1)
    small = organisation(pools=[pool])
    parts = parts_of(small, pool)
    assert machine_usd(small, pool) == pytest.approx(0.77)
    # weights 0.03 and 0.005: a core costs six times a GiB
    assert parts.core / parts.gib == pytest.approx(6)


def test_spot_machines_need_a_spot_price() -> None:
    pool = Pool("main", Machine("odd", 6, 10, 0.77), 1, spot=True)
    with pytest.raises(ValueError, match="no spot price"):
        parts_of(organisation(pools=[pool]), pool)
