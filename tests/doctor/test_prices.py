"""Unpriced assets, default rates and guesses, with the money worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.core.schema import MARKS, Mark
from farthing.doctor import Severity
from farthing.pricing import load_book
from tests.doctor.patient import START, app, book, diagnose, farm, only
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real
HOUR = 3600

NO_MEMORY = """
name: no memory
currency: EUR
rules:
  - name: nodes
    price: {cpu: 0.04 EUR/core-hour}
"""


def test_memory_without_a_price(serve: Serve, backend: str, tmp_path: Path) -> None:
    finding = only(diagnose(serve(backend, farm().series()), only="unpriced", prices=book(tmp_path, NO_MEMORY)))
    assert (finding.severity, finding.title, finding.cluster) == (Severity.ERROR, "ram without a price", "east")
    assert finding.evidence[0] == "2 assets: n0, n1"
    assert finding.evidence[1].startswith("reason of n0: no memory: none of the 1 rules")
    # Two nodes of 16 GiB for an hour.
    assert finding.concerns == "32 GiB-hours an hour cost nothing known: NULL, not 0; sums over them are partial"
    assert "price: {ram: NUMBER EUR/GiB-hour}" in finding.cure


def test_default_prices(serve: Serve, backend: str) -> None:
    cluster = farm()
    claim = cluster.claim("shop", "data", gib=100)
    cluster.pod("shop", "db", node="n0", containers=[app()], claims=[claim])
    findings = diagnose(serve(backend, cluster.series()), only="default prices", prices=load_book(None)).findings
    nodes, disks = findings
    # Nodes: 2 · (4 · 0.031611 + 16 · 0.004237) = 0.388472 $. Volume: 100 GiB · 0.00005479452 = 0.005479452 $.
    assert nodes.title == "default node prices"
    assert nodes.money == pytest.approx(0.388472, rel=1e-6)
    assert disks.money == pytest.approx(0.005479452, rel=1e-6)
    assert nodes.share == pytest.approx(0.388472 / 0.393951452, rel=1e-6)
    assert nodes.concerns == "$0.3885 of $0.394 an hour (99 %): list-like, not what you pay"
    assert nodes.cure == "give your prices with --prices"


def test_own_prices_are_no_finding(serve: Serve, tmp_path: Path) -> None:
    url = serve("prometheus", farm().series())
    assert diagnose(url, only="default prices", prices=book(tmp_path)).findings == ()
    assert diagnose(url, only="unpriced", prices=book(tmp_path)).findings == ()


def test_prices_without_a_book_are_not_checked(serve: Serve) -> None:
    diagnosis = diagnose(serve("prometheus", farm(nodes=1).series()), only="unpriced")
    assert diagnosis.checked == ("unpriced: not possible: no price book was given",)


def test_large_guesses_warn_and_small_ones_inform(serve: Serve, tmp_path: Path) -> None:
    # No samples from 11:20 to 11:40 of the costed hour: both pods are held across the gap. A tiny pod was evicted at 11:10.
    cluster = farm(outages=[(START + 2 * HOUR + 1200, START + 2 * HOUR + 2400)])
    tiny = app(cpu=0.02, ram_gib=0.05, uses_cpu=0.01, uses_ram_gib=0.01)
    cluster.pod("shop", "tiny", node="n0", containers=[tiny], finished=START + 2 * HOUR + 600, evicted=True)
    large, small = diagnose(serve("prometheus", cluster.series()), only="guesses", prices=book(tmp_path)).findings
    # Two pods of 0.5 · 0.04 + 1 · 0.005 = 0.025 $ an hour, of two nodes of 0.24 $.
    assert (large.title, large.severity) == (MARKS[Mark.BRIDGED].name, Severity.WARNING)
    assert large.money == pytest.approx(0.05, rel=1e-6)
    # Running at 11:09:07, failed at 11:10:07: held until 11:09:37, 577 s of 0.02 · 0.04 + 0.05 · 0.005 = 0.00105 $ an hour.
    assert (small.title, small.severity) == (MARKS[Mark.TIME_FROM_SAMPLES].name, Severity.INFO)
    assert small.money == pytest.approx(577 / 3600 * 0.00105, rel=1e-6)
    assert small.concerns == "$0.0001683 of $0.48 an hour (under 0.1 %)"
    for finding in (large, small):
        assert finding.cure == next(d.cure for d in MARKS.values() if d.name == finding.title)


def test_times_from_starts_with_their_money(serve: Serve, tmp_path: Path) -> None:
    cluster = farm(missing=["kube_pod_status_scheduled_time"])
    finding = only(diagnose(serve("prometheus", cluster.series()), only="guesses", prices=book(tmp_path)))
    assert finding.title == MARKS[Mark.TIME_FROM_START].name
    # Two pods of 0.5 · 0.04 + 1 · 0.005 = 0.025 $ each, of two nodes of 0.24 $: 0.05 / 0.48 = 10.4 %.
    assert finding.money == pytest.approx(0.05, rel=1e-6)
    assert finding.concerns == "$0.05 of $0.48 an hour (10 %)"
    assert finding.severity is Severity.WARNING
    assert "kube_pod_status_scheduled_time" in finding.cure
