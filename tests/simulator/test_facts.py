"""Facts close through costing and say the books' dollars; an hour is the same in every span."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from farthing.core.ledger import Facts, Ledger, Span
from farthing.core.schema import CAPACITY, FLOW, IDENTITY, USAGE
from farthing.costing import cost
from farthing.pricing import load_book, price_assets
from farthing.simulator import Organisation, books, company, facts, organisation_of, price_book_yaml
from farthing.views import check_closes

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COSTS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost")
# with days after the anchor: one on which a job runs away; one two weeks after the founding
DAYS = {"company": (company(), -7), "scale": (organisation_of(60, clusters=2), 14)}


def day(name: str, hours: int = 24) -> tuple[Organisation, Span]:
    made, days = DAYS[name]
    start = made.anchor + days * 86400 + 5 * 3600
    return made, Span(start, start + hours * 3600)


def costed(made: Organisation, measured: Facts, folder: Path) -> Ledger:
    (folder / "prices.yaml").write_text(price_book_yaml(made))
    return cost(measured, price_assets(load_book(folder / "prices.yaml"), measured.assets(), NOW))


@pytest.mark.parametrize("name", DAYS)
def test_facts_close_and_equal_the_books(name: str, tmp_path: Path) -> None:
    made, span = day(name)
    ledger = costed(made, facts(made, span, NOW), tmp_path)
    check_closes(ledger)
    account = books(made, span)
    pods = ledger.allocation.join(ledger.identity.select("identity_id", "uid"), on="identity_id").select(
        "hour", "uid", "container", *COSTS, "cpu_held", "cpu_used"
    )
    pods = pods.with_columns(pl.col("hour").dt.epoch("s"))
    both = account.rows.join(pods, on=["hour", "uid", "container"], how="full", suffix="_costed")
    assert both.height == account.rows.height == pods.height
    for column in (*COSTS, "cpu_held"):
        off = (both[column] - both[f"{column}_costed"]).abs().max()
        assert off is not None
        assert off <= 1e-9 * both[column].max()  # type: ignore[operator]
    kinds = dict(ledger.allocation.with_columns(c=pl.sum_horizontal(COSTS)).group_by("kind").agg(pl.col("c").sum()).iter_rows())
    assert kinds["idle"] == pytest.approx(account.nodes["idle_cost"].sum(), rel=1e-9)
    unmounted = float(account.volumes["unmounted_cost"].sum()) + float(account.balancers["unmounted_cost"].sum())
    assert kinds["unmounted"] == pytest.approx(unmounted, rel=1e-9)
    assert sum(kinds.values()) == pytest.approx(account.total, rel=1e-9)


@pytest.mark.parametrize("name", DAYS)
def test_facts_have_the_tables_schema(name: str) -> None:
    made, span = day(name, 3)
    found = facts(made, span, NOW)
    for frame, table in ((found.usage, USAGE), (found.capacity, CAPACITY), (found.flow, FLOW), (found.identity, IDENTITY)):
        assert frame.schema == pl.Schema(table.polars)
        assert frame.select(table.key).is_duplicated().sum() == 0
    assert set(found.usage["node_asset_id"]) <= set(found.capacity["asset_id"])
    assert set(found.usage["identity_id"]) == set(found.identity["identity_id"])
    assert set(found.flow["identity_id"]) <= set(found.identity["identity_id"])


@pytest.mark.parametrize("name", DAYS)
def test_an_hour_alone_is_that_of_a_long_run(name: str) -> None:
    made, span = day(name)
    whole = facts(made, span, NOW)
    for hour in (0, 3, 11, 23):
        start = span.start + hour * 3600
        alone = facts(made, Span(start, start + 3600), NOW)
        here = pl.col("hour").dt.epoch("s") == int(start)
        for part in ("usage", "capacity", "flow"):
            expected = getattr(whole, part).filter(here)
            assert expected.height > 20
            order = [c for c in ("asset_id", "identity_id", "container", "class") if c in expected.columns]
            assert getattr(alone, part).sort(order).equals(expected.sort(order)), (part, hour)
        expected = whole.identity.join(alone.identity.select("identity_id"), on="identity_id", how="semi")
        assert alone.identity.sort("identity_id").equals(expected.sort("identity_id"))


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (facts(made, day("scale", 2)[1], NOW) for made in (organisation_of(60, clusters=2), organisation_of(60, clusters=2)))
    assert first.usage.equals(second.usage)
    assert first.usage.write_ipc(None).getvalue() == second.usage.write_ipc(None).getvalue()
    assert first.capacity.equals(second.capacity)
    other = facts(organisation_of(60, seed=2, clusters=2), day("scale", 2)[1], NOW)
    assert not set(other.identity["uid"]) & set(first.identity["uid"])


def test_recorded_when_it_is_said() -> None:
    made, span = day("scale", 1)
    assert set(facts(made, span, NOW).usage["recorded_at"]) == {NOW}


HASHED = """
import hashlib
from datetime import UTC, datetime
from farthing.core.ledger import Span
from farthing.simulator import facts, organisation_of
made = organisation_of(40)
start = made.anchor + 14 * 86400
found = facts(made, Span(start, start + 7200), datetime(2026, 11, 24, tzinfo=UTC))
frames = (found.usage, found.capacity, found.flow, found.identity)
print(hashlib.sha256(b"".join(frame.write_ipc(None).getvalue() for frame in frames)).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", HASHED], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert len(said.pop()) == 65
