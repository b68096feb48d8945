"""Over HTTP: what was known before an hour was measured anew and a price changed, and what is known since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from farthing.core.ledger import Span
from farthing.roles import Rules
from farthing.simulator import organisation_of, price_book_yaml
from farthing.simulator.plan import Machine

from .installation import FIRST, RECORDED, Bill, close, column, installation

pytestmark = pytest.mark.slow
WINDOW = {"window": "2026-10-31T02:30:00Z,2026-10-31T07:10:00Z", "agg": "namespace,pod", "idle": "share"}
HOUR = 3600


def test_before_and_after(tmp_path: Path) -> None:
    organisation = organisation_of(40, 3, requests_only=True)
    span = Span(FIRST.timestamp(), FIRST.timestamp() + 8 * HOUR)
    made = installation(tmp_path, organisation, span)
    before = made.view(**WINDOW)
    soon = {"asOf": (RECORDED + timedelta(minutes=1)).isoformat()}
    from_the_lake = made.view(**WINDOW, **soon)

    # the hour of 4:00 is measured anew: all pods asked for half as much; later every node costs twice
    four = Span(span.start + 4 * HOUR, span.start + 5 * HOUR)
    cluster = made.lake.cluster("cluster-1")
    facts = cluster.read(four)
    half = facts.usage.with_columns(pl.col("^(cpu|ram)_(requested|held|used)$") / 2)
    cluster.commit(replace(facts, usage=half), now=RECORDED + timedelta(hours=1))
    book = made.settings.pricing.book
    assert book is not None
    twice = tuple(replace(one, pools=tuple(replace(p, machine=_dearer(p.machine)) for p in one.pools)) for one in organisation.clusters)
    rates = organisation.rates
    dear = replace(
        organisation,
        clusters=twice,
        rates=replace(rates, usd_per_core_hour=2 * rates.usd_per_core_hour, usd_per_gib_hour=2 * rates.usd_per_gib_hour),
    )
    book.write_text(price_book_yaml(dear))
    Rules.read(book).record(made.lake, RECORDED + timedelta(hours=2))
    assert made.aggregator.catch_up() == 1
    assert made.aggregator.cost_again()

    after = made.view(**WINDOW)
    assert after["whole"] == close(Bill(dear, span).owed(span.start + 2.5 * HOUR, span.start + 7 * HOUR + 600))
    then = made.view(**WINDOW, **soon)
    assert then["rows"] == from_the_lake["rows"]  # to the last digit
    for name in ("name", "total_cost", "cpu_cost", "ram_cost", "idle_cost"):
        known = dict(zip(column(then, "name"), column(then, name), strict=True))
        assert known == {
            pod: value if isinstance(value, str) else close(value)
            for pod, value in zip(column(before, "name"), column(before, name), strict=True)
        }
    # between the two changes the hour is new and the prices are old: the whole is what it was, its parts are not
    between = made.view(**WINDOW, asOf=(RECORDED + timedelta(minutes=90)).isoformat())
    assert between["whole"] == close(before["whole"])
    assert sum(column(between, "idle_cost")) > sum(column(before, "idle_cost")) * 1.01
    made.warehouse.close()


def _dearer(machine: Machine) -> Machine:
    return replace(machine, usd=2 * machine.usd, spot_usd=machine.spot_usd and 2 * machine.spot_usd, usd_per_card=2 * machine.usd_per_card)
