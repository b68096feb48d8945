"""A healthy cluster, servers that tell little, and servers that hold nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from farthing.core.errors import BadParameter, Refused, Unreachable
from farthing.core.settings import PrometheusSettings, Settings
from farthing.doctor import CHECKS, Severity, examine
from farthing.metering.prometheus import PrometheusClient
from tests.doctor.patient import NOW, START, WINDOW, Client, book, diagnose, farm
from tests.kit.fixtures import Serve
from tests.kit.servers import free_port

HOUR = 3600


@pytest.mark.real
def test_a_healthy_cluster_has_no_findings(serve: Serve, backend: str, tmp_path: Path) -> None:
    diagnosis = diagnose(serve(backend, farm().series()), prices=book(tmp_path))
    assert diagnosis.findings == ()
    assert diagnosis.worst is None
    assert [v.check for v in diagnosis.verdicts] == [check.name for check in CHECKS]
    told_by_prometheus_only = {"retention": "the server does not tell its retention"} if backend == "victoria" else {}
    assert {v.check: v.not_possible for v in diagnosis.verdicts if v.not_possible} == told_by_prometheus_only
    assert diagnosis.checked[0] == "missing metrics: passed"
    # 09:00 to 12:15 asked: three closed hours; the last of them is costed.
    assert diagnosis.looked_at == "2025-10-09 09:00:00 UTC to 2025-10-09 12:00:00 UTC"
    assert diagnosis.costed_hour == "2025-10-09 11:00:00 UTC to 2025-10-09 12:00:00 UTC"


@pytest.mark.real
def test_facts_about_the_server(serve: Serve, backend: str) -> None:
    diagnosis = diagnose(serve(backend, farm().series()), only="holes")
    server = diagnosis.server
    (east,) = server.clusters
    assert (server.cluster_label, east.cluster, east.scrape_interval, east.usage_interval) == ("cluster", "east", 60, 60)
    # kube-state-metrics is scraped at 7 past the minute: 07:00:07 is the first sample, 12:14:07 the last.
    assert east.last_sample == datetime(2025, 10, 9, 12, 14, 7, tzinfo=UTC)
    assert server.oldest_sample is not None
    assert 0 <= server.oldest_sample.timestamp() - (START - 2 * HOUR + 7) <= 60
    assert (server.version is not None, server.retention) == ((True, "90d") if backend == "prometheus" else (False, None))
    assert diagnosis.asked.queries > 5


@pytest.mark.real
def test_it_asks_little(serve: Serve, tmp_path: Path) -> None:
    few = diagnose(serve("prometheus", farm(nodes=1).series()), prices=book(tmp_path)).asked
    many = diagnose(serve("prometheus", farm(nodes=8).series()), prices=book(tmp_path)).asked
    # Answers to the checks' own questions do not grow with pods but with nodes at most; the hour is read as a report reads it.
    assert many.queries == few.queries
    own = [name for name in many.measurements if name.startswith(("pods", "duplicates", "future", "births", "namespaces", "clusters"))]
    assert len(own) > 8
    assert {name: many.measurements[name].series for name in own} == {name: few.measurements[name].series for name in own}


@pytest.mark.real
def test_a_server_without_kubernetes(serve: Serve) -> None:
    diagnosis = diagnose(serve("prometheus", []))
    (finding,) = diagnosis.findings
    assert (finding.check, finding.severity) == ("missing metrics", Severity.ERROR)
    assert "no series of kube-state-metrics" in finding.evidence[0]
    assert "scrape kube-state-metrics" in finding.cure
    outcome = {v.check: v for v in diagnosis.verdicts}
    assert outcome["unknown nodes"].not_possible.startswith("no series of kube-state-metrics")
    assert str(outcome["clock skew"]) == "clock skew: passed"
    assert diagnosis.server.clusters == ()


def test_no_server_is_an_error() -> None:
    settings = Settings(prometheus=PrometheusSettings(url=f"http://127.0.0.1:{free_port()}", retries=0))
    with PrometheusClient(settings.prometheus) as client, pytest.raises(Unreachable):
        examine(client, settings, None, window=WINDOW, now=NOW)


@pytest.mark.real
def test_a_refused_question_leaves_the_other_checks_going(serve: Serve) -> None:
    class Forgetful(Client):
        """A server that refuses to tell label names once discovery is over."""

        asked_for = 0

        def label_names(self, match, start, end):  # type: ignore[no-untyped-def]
            self.asked_for += 1
            if self.asked_for > 2:
                raise Refused("label names: 422 too many series")
            return super().label_names(match, start, end)

    diagnosis = diagnose(serve("prometheus", farm().series()), client=Forgetful)
    refused = [v for v in diagnosis.verdicts if v.not_possible == "label names: 422 too many series"]
    assert [v.check for v in refused] == ["label allow-lists"]
    assert not [f for f in diagnosis.findings if f.check == "label allow-lists"]
    assert "unknown nodes: passed" in diagnosis.checked


@pytest.mark.real
def test_without_a_price_book_shares_are_of_what_is_held(serve: Serve) -> None:
    cluster = farm(missing=["kube_pod_status_scheduled_time"])
    diagnosis = diagnose(serve("prometheus", cluster.series()))
    (guess,) = [f for f in diagnosis.findings if f.check == "guesses"]
    # Both pods' times rest on their start: all CPU that is held.
    assert (guess.title, guess.share, guess.money) == ("time from pod start", 1.0, None)
    assert guess.concerns == "100 % of the CPU that is held"
    assert "default prices: not possible: no price book was given" in diagnosis.checked


@pytest.mark.real
def test_a_cluster_label_that_no_series_has_is_told(serve: Serve) -> None:
    with pytest.raises(BadParameter, match="region_id"):
        diagnose(serve("prometheus", farm().series()), cluster_label="region_id")
