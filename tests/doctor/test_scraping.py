"""Scrape intervals, things told twice, targets that fail, nodes without usage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from farthing.core.schema import MARKS, Mark
from farthing.doctor import Severity
from farthing.metering.prometheus import Target
from tests.doctor.patient import END, Client, app, book, diagnose, farm, only
from tests.kit import KUBELET, STATE_METRICS
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real


def test_a_scrape_every_two_minutes(serve: Serve, backend: str) -> None:
    findings = diagnose(serve(backend, farm(scrape=120).series()), only="scrape interval").findings
    assert [(f.title, f.severity) for f in findings] == [
        ("kube-state-metrics is scraped every 2 min", Severity.WARNING),
        ("cAdvisor is scraped every 2 min", Severity.WARNING),
    ]
    assert findings[0].evidence == ("30 samples an hour of each series",)
    assert "pods that live shorter than 2 min are not seen at all" in findings[0].concerns
    assert "60 s" in findings[0].cure


def test_a_scrape_every_ten_minutes_leaves_gaps_for_others(serve: Serve) -> None:
    diagnosis = diagnose(serve("prometheus", farm(scrape=600).series()))
    grave = [f for f in diagnosis.findings if f.check == "scrape interval"]
    assert [f.severity for f in grave] == [Severity.ERROR, Severity.ERROR]
    assert "other tools' queries look back 5 min only and see gaps" in grave[0].concerns
    # The other checks still see the healthy cluster: they look back as far as the interval needs.
    others = {f.check for f in diagnosis.findings} - {"scrape interval"}
    assert others <= {"guesses"}, diagnosis.findings


def test_a_second_kube_state_metrics(serve: Serve, backend: str) -> None:
    findings = diagnose(serve(backend, farm(state_replicas=2).series()), only="told twice").findings
    assert {f.severity for f in findings} == {Severity.INFO}
    nodes = next(f for f in findings if f.title.startswith("kube_node_info"))
    assert nodes.evidence == (
        "2 objects with several series",
        "from 2 targets: job kube-state-metrics service kps-kube-state-metrics (4)",
    )
    assert nodes.concerns == "nothing here: duplicates are reduced by max; tools that sum show 2 times as much"
    assert nodes.cluster == "east"
    assert [f.title.split()[0] for f in findings] == ["kube_node_info", "kube_pod_container_resource_requests"]


def test_shards_are_no_duplicates(serve: Serve) -> None:
    # Each of two instances tells of another node and its pod.
    series = [
        replace(s, labels={**s.labels, "instance": f"shard-{s.labels.get('node', 'n0')}"}) if s.labels["job"] == STATE_METRICS.job else s
        for s in farm().series()
    ]
    assert diagnose(serve("prometheus", series), only="told twice").findings == ()


def test_the_kubelets_under_a_second_job(serve: Serve) -> None:
    series = list(farm().series())
    again = [replace(s, labels={**s.labels, "job": "cadvisor"}) for s in series if s.metric == "container_memory_working_set_bytes"]
    finding = only(diagnose(serve("prometheus", [*series, *again]), only="told twice"))
    assert finding.evidence[0] == "2 objects with several series"
    assert "job cadvisor" in finding.evidence[1]
    assert "job kubelet" in finding.evidence[1]


def test_a_kubelet_that_does_not_answer(serve: Serve, backend: str) -> None:
    cluster = farm()
    # Down for the last half hour, up before.
    cluster.node("bad", cores=4, gib=16, failures=[(END - 1800, END)])
    finding = only(diagnose(serve(backend, cluster.series()), only="failing targets"))
    assert finding.title == "targets of job kubelet fail"
    assert finding.evidence[0] == "1 of 3 targets (33 %) failed in the hour before 2025-10-09 12:14:07 UTC"
    # Scraped at 34 past the minute: 60 times from 11:14:34 to 12:13:34, of these 31 before 11:45. 31 / 60 = 52 %.
    assert finding.evidence[1] == "10.0.1.12:10250: up 52 % of the time"
    assert finding.cluster == "east"


def test_jobs_of_others_may_fail(serve: Serve) -> None:
    cluster = farm()
    other = replace(KUBELET, job="blackbox")
    cluster.target(other, {"instance": "shop.example"}, cluster.always, phase=0, failures=[cluster.always])
    assert diagnose(serve("prometheus", cluster.series()), only="failing targets").findings == ()


def test_targets_down_now_are_told_with_their_last_error(serve: Serve) -> None:
    class Listing(Client):
        """A server that lists its targets: one kubelet is down."""

        def targets(self) -> list[Target] | None:
            down = Target({"job": "kubelet", "instance": "10.0.1.10:10250"}, "kubelet", "1m", "down", "server returned HTTP status 403")
            other = Target({"job": "blackbox", "instance": "x"}, "blackbox", "1m", "down", "no route to host")
            return [down, other, Target({"job": "kubelet", "instance": "10.0.1.11:10250"}, "kubelet", "1m", "up")]

    finding = only(diagnose(serve("prometheus", farm().series()), client=Listing, only="failing targets"))
    assert finding.title == "targets are down now"
    assert finding.evidence == ("kubelet 10.0.1.10:10250: server returned HTTP status 403",)
    assert finding.concerns.startswith("1 target of 3 targets")


def test_a_server_that_tells_no_targets(serve: Serve) -> None:
    class Closed(Client):
        """A gateway that lets queries through and nothing else."""

        def targets(self) -> list[Target] | None:
            return None

    diagnosis = diagnose(serve("prometheus", farm(missing=["up"]).series()), client=Closed, only="failing targets")
    assert diagnosis.checked == ("failing targets: not possible: the server does not tell its targets and holds no series `up`",)


def test_a_node_without_cadvisor(serve: Serve, backend: str, tmp_path: Path) -> None:
    cluster = farm()
    cluster.node("dark", cores=4, gib=16, failures=[cluster.always])
    for i in range(2):
        cluster.pod("shop", f"dark-{i}", node="dark", containers=[app()])
    cluster.pod("shop", "done", node="dark", containers=[app()], finished=END - 7200)  # used nothing, rightly
    diagnosis = diagnose(serve(backend, cluster.series()), prices=book(tmp_path))
    finding = next(f for f in diagnosis.findings if f.check == "nodes without usage")
    assert finding.evidence == ("1 of 3 nodes (33 %) with running pods have no cAdvisor series: dark",)
    assert finding.concerns == "usage of 2 of 4 running pods (50 %): they pay only for what they request"
    assert "/metrics/cadvisor" in finding.cure
    # The money of it: two pods of half a core and a GiB, 2 · (0.5 · 0.04 + 1 · 0.005) = 0.05 $ an hour, of three nodes of
    # 4 · 0.04 + 16 · 0.005 = 0.24 $ each: 0.05 / 0.72 = 6.9 %.
    guess = next(f for f in diagnosis.findings if f.title == MARKS[Mark.USAGE_UNKNOWN].name)
    assert guess.money == pytest.approx(0.05, rel=1e-6)
    assert guess.concerns == "$0.05 of $0.72 an hour (6.9 %)"
    assert guess.severity is Severity.WARNING


def test_a_node_that_has_just_come_is_waited_for(serve: Serve) -> None:
    cluster = farm()
    cluster.node("new", cores=4, gib=16, created=END - 120, failures=[cluster.always])
    cluster.pod("shop", "early", node="new", containers=[app()], bound=END - 110)
    assert diagnose(serve("prometheus", cluster.series()), only="nodes without usage").findings == ()


def test_pods_that_run_without_a_phase_metric(serve: Serve) -> None:
    cluster = farm(missing=["kube_pod_status_phase"])
    cluster.node("dark", cores=4, gib=16, failures=[cluster.always])
    cluster.pod("shop", "dark-0", node="dark", containers=[app()])
    finding = only(diagnose(serve("prometheus", cluster.series()), only="nodes without usage"))
    assert finding.evidence[0].startswith("1 of 3 nodes")
