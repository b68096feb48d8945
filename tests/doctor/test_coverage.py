"""Holes, clusters that fell silent, where the data begins, how long it is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from farthing.core.windows import Window
from farthing.doctor import Severity
from tests.doctor.patient import END, NOW, START, Client, app, diagnose, farm, only
from tests.kit import Cluster
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real
HOUR = 3600


def small(start: float, end: float, name: str) -> Cluster:
    cluster = Cluster(start, end, name=name)
    cluster.node(f"{name}-0", cores=4, gib=16)
    cluster.pod("shop", "one", node=f"{name}-0", containers=[app()])
    return cluster


def test_holes(serve: Serve, backend: str) -> None:
    # No Prometheus from 10:00 to 10:45, in cluster east alone.
    series = [*farm(outages=[(START + HOUR, START + HOUR + 2700)]).series(), *small(START - HOUR, END, "west").series()]
    finding = only(diagnose(serve(backend, series), only="holes"))
    # Scrapes at 7 past the minute: 09:59:07 is the last before, 10:45:07 the first after: 46 minutes of three hours.
    assert finding.evidence == ("no sample 2025-10-09 09:59:07 UTC to 2025-10-09 10:45:07 UTC (46 min)",)
    assert finding.concerns.startswith("46 min of 3 h (26 %)")
    assert finding.share == pytest.approx(46 / 180)
    assert (finding.severity, finding.cluster) == (Severity.WARNING, "east")


def test_a_hole_longer_than_the_setting_is_grave(serve: Serve) -> None:
    series = farm(outages=[(START + HOUR, START + HOUR + 2700)]).series()
    finding = only(diagnose(serve("prometheus", series), only="holes", unobserved_hole_hours=0.5))
    assert finding.severity is Severity.ERROR
    assert finding.concerns.endswith("in 1 longer than 0.5 h idle cost is unobserved")


def test_a_cluster_that_fell_silent(serve: Serve, backend: str) -> None:
    series = [*farm().series(), *small(START - HOUR, START + 2 * HOUR, "west").series()]
    finding = only(diagnose(serve(backend, series), only="silent clusters"))
    assert (finding.severity, finding.cluster) == (Severity.ERROR, "west")
    # Now is 12:15, ten minutes are left for samples to settle: 12:05.
    assert finding.evidence == ("last sample of kube-state-metrics at 2025-10-09 10:59:07 UTC, 1.1 h before 2025-10-09 12:05:00 UTC",)


def test_a_cluster_that_is_silent_for_days_and_a_hole_across_midnight(serve: Serve) -> None:
    three_days = Window(datetime.fromtimestamp(END - 3 * 86400, UTC), NOW)
    begin = END - 4 * 86400
    # The last day looked at begins at 12:00 on the 8th; east had no Prometheus from 11:00 to 13:00 then. West ended a day before.
    east = Cluster(begin, END, name="east", outages=[(START - 22 * HOUR, START - 20 * HOUR)])
    east.node("e0", cores=4, gib=16)
    diagnosis = diagnose(serve("prometheus", [*east.series(), *small(begin, START - 46 * HOUR, "west").series()]), window=three_days)
    (silent,) = [f for f in diagnosis.findings if f.check == "silent clusters"]
    assert silent.cluster == "west"
    # 49 hours and 6 minutes.
    assert silent.evidence == ("last sample of kube-state-metrics at 2025-10-07 10:59:07 UTC, 2.05 days before 2025-10-09 12:05:00 UTC",)
    (hole,) = [f for f in diagnosis.findings if f.check == "holes"]
    # Seen from both days, told once: 10:59:07 to 13:00:07 are 2 h 1 min of 72 h.
    assert hole.evidence == ("no sample 2025-10-08 10:59:07 UTC to 2025-10-08 13:00:07 UTC (2.02 h)",)
    assert hole.share == pytest.approx(121 / 60 / 72)


def test_the_end_of_a_past_window_is_no_silence(serve: Serve) -> None:
    past = Window(datetime.fromtimestamp(START, UTC), datetime.fromtimestamp(START + HOUR, UTC))
    later = datetime.fromtimestamp(END + 30 * 86400, UTC)
    assert diagnose(serve("prometheus", farm().series()), only="silent clusters", window=past, now=later).findings == ()


def test_the_data_begins_inside_the_window(serve: Serve, backend: str) -> None:
    # West came at 10:30; the window is from 09:00 to 12:15.
    series = [*farm().series(), *small(START + 5400, END, "west").series()]
    finding = only(diagnose(serve(backend, series), only="beginning of the data"))
    assert (finding.severity, finding.cluster) == (Severity.INFO, "west")
    assert finding.share == pytest.approx(5407 / 11700, abs=60 / 11700)
    assert finding.concerns.startswith("46 % of the window is absent, not 0")


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ("2h", "retention: 1 finding"),
        ("1d or 2GB", "retention: passed"),
        ("512MB", "retention: not possible: the server keeps samples by size (512MB), not by time"),
        ("", "retention: not possible: the server does not tell its retention"),
    ],
)
def test_retention(serve: Serve, told: str, outcome: str) -> None:
    class Keeping(Client):
        """A server that keeps samples as long as the test says."""

        retention = told

    diagnosis = diagnose(serve("prometheus", farm(nodes=1).series()), client=Keeping, only="retention")
    assert diagnosis.checked == (outcome,)
    for finding in diagnosis.findings:
        # 12:15 less two hours: what is before 10:15 is gone, 75 minutes of the 195 asked for.
        assert finding.evidence == ("what is older than 2025-10-09 10:15:00 UTC is deleted; the window begins at 2025-10-09 09:00:00 UTC",)
        assert finding.share == pytest.approx(75 / 195)
        assert "--storage.tsdb.retention.time" in finding.cure


def test_of_a_long_window_the_last_week_is_looked_at(serve: Serve) -> None:
    month = Window(datetime.fromtimestamp(END - 30 * 86400, UTC), NOW)
    diagnosis = diagnose(serve("prometheus", farm(nodes=1).series()), only="holes", window=month)
    assert diagnosis.looked_at == "2025-10-02 12:00:00 UTC to 2025-10-09 12:00:00 UTC"


def test_a_window_of_the_running_hour_looks_at_the_closed_one_before(serve: Serve) -> None:
    minutes = Window(datetime.fromtimestamp(END - 600, UTC), NOW)
    diagnosis = diagnose(serve("prometheus", farm(nodes=1).series()), only="holes", window=minutes)
    assert diagnosis.looked_at == "2025-10-09 11:00:00 UTC to 2025-10-09 12:00:00 UTC"


def test_a_cluster_in_its_first_hour(serve: Serve, backend: str) -> None:
    # West came at 11:40: its 20 samples of the only closed hour are no scrape interval of three minutes.
    series = [*farm().series(), *small(START + 2 * HOUR + 2400, END, "west").series()]
    diagnosis = diagnose(serve(backend, series), only="scrape interval")
    assert diagnosis.findings == ()
    assert {c.cluster: c.scrape_interval for c in diagnosis.server.clusters} == {"east": 60, "west": 60}
