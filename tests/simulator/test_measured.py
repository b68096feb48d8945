"""The series of an organisation, in a real Prometheus and measured from there, give the books' dollars."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from bench.server import serving_blocks
from farthing.core.ledger import Facts, Ledger, Span
from farthing.core.settings import MeteringSettings, PrometheusSettings
from farthing.costing import cost
from farthing.metering import measure
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.pricing import load_book, price_assets
from farthing.simulator import Books, Organisation, books, company, facts, organisation_of, price_book_yaml
from farthing.simulator.emit import write_blocks
from farthing.views import check_closes
from tests.kit.servers import require_server

pytestmark = [pytest.mark.real, pytest.mark.slow]

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SCRAPE = 60
AROUND = 5400  # data begin and end so many seconds before and after the hours that are measured
COSTS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost")


def measured(made: Organisation, span: Span, folder: Path) -> Facts:
    """Facts of the organisation's series."""
    write_blocks(made, Span(span.start - AROUND, span.end + AROUND), folder / "tsdb")
    settings = MeteringSettings()
    with serving_blocks(folder / "tsdb", folder / "server") as (url, _), PrometheusClient(PrometheusSettings(url=url)) as client:
        return measure(PrometheusSource(client, settings, span), span, settings, now=NOW)


def costed(made: Organisation, found: Facts, folder: Path) -> Ledger:
    (folder / "prices.yaml").write_text(price_book_yaml(made))
    ledger = cost(found, price_assets(load_book(folder / "prices.yaml"), found.assets(), NOW))
    check_closes(ledger)
    return ledger


def by_namespace(ledger: Ledger, account: Books) -> pl.DataFrame:
    """`cluster`, `namespace`, `cost` measured, `true`, and `scrape`: what the pods of the namespace that come or go in the span cost in
    the time of one scrape."""
    rows = ledger.allocation.drop("namespace").join(ledger.identity.select("identity_id", "namespace"), on="identity_id")
    found = rows.group_by("cluster", "namespace").agg(pl.sum_horizontal(pl.col(COSTS)).sum().alias("cost"))
    pods = account.rows.group_by("cluster", "namespace", "uid").agg(
        pl.col("cost").sum(), pl.col("held_seconds").max(), (pl.col("cost") / pl.col("held_seconds") * SCRAPE).max().alias("scrape")
    )
    true = pods.group_by("cluster", "namespace").agg(pl.col("cost").sum().alias("true"), pl.col("scrape").sum())
    return found.join(true, on=["cluster", "namespace"], how="full", coalesce=True).fill_null(0.0)


def test_use_and_requests_within_a_scrape(tmp_path: Path) -> None:
    require_server("prometheus")
    made = organisation_of(40)
    start = made.anchor + 15 * 86400 + 5 * 3600
    span = Span(start, start + 6 * 3600)
    found = measured(made, span, tmp_path)
    account = books(made, span)
    ledger = costed(made, found, tmp_path)
    assert ledger.asset.select(pl.sum_horizontal(COSTS).sum()).item() == pytest.approx(account.total, rel=1e-6)
    table = by_namespace(ledger, account)
    assert table.height == 5
    for cluster, namespace, cost_of, true, scrape in table.iter_rows():
        assert cost_of == pytest.approx(true, abs=max(0.005 * true, scrape)), (cluster, namespace)
    # what is the same has the same name: history that was made up goes on where measuring begins
    said = facts(made, span, NOW)
    assert set(said.capacity["asset_id"]) == set(found.capacity["asset_id"])
    assert set(said.identity["identity_id"]) == set(found.identity["identity_id"])


def test_requests_alone_to_a_millionth(tmp_path: Path) -> None:
    require_server("prometheus")
    made = organisation_of(40, requests_only=True)
    # in the early morning nobody comes or goes but jobs, whose ends are told
    start = made.anchor + 16 * 86400 + 2 * 3600
    span = Span(start, start + 3 * 3600)
    account = books(made, span)
    ledger = costed(made, measured(made, span, tmp_path), tmp_path)
    for cluster, namespace, cost_of, true, _ in by_namespace(ledger, account).iter_rows():
        assert cost_of == pytest.approx(true, rel=1e-6), (cluster, namespace)
    assert ledger.asset.select(pl.sum_horizontal(COSTS).sum()).item() == pytest.approx(account.total, rel=1e-6)


def test_the_company_in_the_morning(tmp_path: Path) -> None:
    """Machines and replicas come, jobs run away, others take seconds; three clusters in one server."""
    require_server("prometheus")
    made = company()
    start = made.anchor - 6 * 86400 + 6 * 3600
    span = Span(start, start + 3 * 3600)
    account = books(made, span)
    ledger = costed(made, measured(made, span, tmp_path), tmp_path)
    assert ledger.asset.select(pl.sum_horizontal(COSTS).sum()).item() == pytest.approx(account.total, rel=1e-4)
    for cluster, namespace, cost_of, true, scrape in by_namespace(ledger, account).iter_rows():
        assert cost_of == pytest.approx(true, abs=max(0.005 * true, scrape)), (cluster, namespace)
