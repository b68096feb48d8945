"""Clocks that differ, samples and times that lie in the future."""

from __future__ import annotations

import pytest

from farthing.doctor import Severity
from farthing.metering.prometheus import PrometheusClient
from tests.doctor.patient import END, Client, app, diagnose, farm, only
from tests.kit import Cluster
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real


class Ahead(Client):
    """A server 90 seconds ahead."""

    skew = 90.0


class Behind(Client):
    """A server an hour behind."""

    skew = -3600.0


class Timeless(Client):
    """A server behind a proxy that strips Date."""

    def server_time(self) -> float | None:
        super().server_time()
        return None


def test_clocks_that_differ(serve: Serve) -> None:
    url = serve("prometheus", farm(nodes=1).series())
    ahead = only(diagnose(url, client=Ahead, only="clock skew"))
    assert (ahead.severity, ahead.title) == (Severity.WARNING, "the server's clock is 1.5 min ahead of ours")
    assert ahead.evidence == ("server 2025-10-09 12:16:30 UTC, here 2025-10-09 12:15:00 UTC",)
    assert "NTP" in ahead.cure
    behind = only(diagnose(url, client=Behind, only="clock skew"))
    assert (behind.severity, behind.title) == (Severity.ERROR, "the server's clock is 1 h behind ours")
    assert diagnose(url, client=Timeless, only="clock skew").checked == ("clock skew: not possible: the server sends no Date",)


def test_the_real_servers_clock_is_read(serve: Serve, backend: str) -> None:
    # Without the stand-in the server shows today, years after the test's time.
    finding = only(diagnose(serve(backend, farm(nodes=1).series()), client=PrometheusClient, only="clock skew"))
    assert finding.severity is Severity.ERROR
    assert finding.title.endswith("days ahead of ours")


def test_samples_from_the_future(serve: Serve, backend: str) -> None:
    late = Cluster(END - 7200, END + 1800, name="west")
    late.node("w0", cores=4, gib=16)
    late.pod("shop", "w", node="w0", containers=[app()])
    finding = only(diagnose(serve(backend, [*farm().series(), *late.series()]), only="future samples"))
    assert (finding.severity, finding.cluster) == (Severity.WARNING, "west")
    assert finding.evidence[0].startswith("1 series of kube_node_info with samples later than 2025-10-09 12:16:00 UTC")


def test_times_that_have_not_been(serve: Serve, backend: str) -> None:
    cluster = farm()
    # The control plane's clock is 20 minutes ahead: the pod was bound at 12:34:07 says the sample of 12:14:07.
    names = {"namespace": "shop", "pod": "odd", "uid": "u-odd", "node": "n0"}
    cluster.state("kube_pod_info", names)
    cluster.state("kube_pod_status_scheduled_time", names, None, END - 53 + 1200)
    finding = only(diagnose(serve(backend, cluster.series()), only="future times"))
    assert (finding.title, finding.cluster) == ("kube_pod_status_scheduled_time in the future", "east")
    assert finding.evidence == ("1 series, up to 2025-10-09 12:34:07 UTC, told at 2025-10-09 12:14:07 UTC",)
    assert finding.concerns == "these begin to cost up to 20 min too late"
