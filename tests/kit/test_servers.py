"""What was written is what real servers answer: hourly last values, raw samples, staleness, memory of stopping."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit import KINDS, Cluster, Container, Series, serving
from tests.kit.servers import started

pytestmark = pytest.mark.real
START = 1_760_000_400  # 2025-10-09T09:00:00Z
HOUR = 3600


def small() -> Cluster:
    """Three hours: one pod throughout, one from 09:30 to 10:10, stored with quotes and non-ASCII in a label."""
    cluster = Cluster(START, START + 3 * HOUR, name='a "quoted" \\ café')
    cluster.node("n1", cores=4, gib=16)
    cluster.pod("shop", "web", node="n1", containers=[Container("app", cpu=0.5, uses_cpu=0.25, uses_ram_gib=0.5)], bound=START - 2)
    short = Container("app", cpu=1, uses_cpu=0.5)
    cluster.pod("shop", "job", node="n1", containers=[short], bound=START + 1798, finished=START + 4200, gone=START + 4200)
    return cluster


@pytest.fixture(scope="module", params=KINDS)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Series]]]:
    series = list(small().series())
    with serving(request.param, series, tmp_path_factory.mktemp("loaded")) as url:
        yield url, series


def ask(url: str, query: str, at: float) -> list[dict[str, Any]]:
    answer = httpx.get(f"{url}/api/v1/query", params={"query": query, "time": at}, trust_env=False).raise_for_status().json()
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def by_pod(found: list[dict[str, Any]]) -> dict[str, float]:
    return {one["metric"]["pod"]: float(one["value"][1]) for one in found}


def test_last_values_at_the_hours(loaded: tuple[str, list[Series]]) -> None:
    url, _ = loaded
    query = 'last_over_time(container_cpu_usage_seconds_total{container="app"}[1h])'
    # The kubelet is scraped 20 s past the minute; the last scrape before an hour is 40 s earlier. Counters start at 09:00 and 09:30.
    assert by_pod(ask(url, query, START + HOUR)) == {"web": 0.25 * 3560, "job": 0.5 * 1760}
    assert by_pod(ask(url, query, START + 2 * HOUR)) == {"web": 0.25 * 7160, "job": 0.5 * 2360}  # the job's last scrape: 10:09:20
    assert by_pod(ask(url, query, START + 3 * HOUR)) == {"web": 0.25 * 10760}


def test_every_raw_sample_comes_back(loaded: tuple[str, list[Series]]) -> None:
    url, series = loaded
    written = {(one.metric, *sorted(one.labels.items())): one.samples for one in series}
    read = {}
    for metric in {one.metric for one in series}:
        for found in ask(url, f"{metric}[3h]", START + 3 * HOUR):
            labels = {k: v for k, v in found["metric"].items() if k != "__name__"}
            values = [(t, float(v)) for t, v in found["values"]]
            # VictoriaMetrics shows stale markers as NaN here, Prometheus hides them.
            read[metric, *sorted(labels.items())] = [(t, v) for t, v in values if not math.isnan(v)]
    assert read == written


def test_a_marked_series_is_over_at_its_marker(loaded: tuple[str, list[Series]]) -> None:
    url, _ = loaded
    # The job's pod was last shown at 10:09:07 and marked at 10:10:07; without the marker it would be found until 10:14.
    assert by_pod(ask(url, 'kube_pod_created{pod="job"}', START + 4206)) == {"job": START + 1798}
    assert ask(url, 'kube_pod_created{pod="job"}', START + 4208) == []


def test_external_labels_stand_in_the_configuration(tmp_path: Path) -> None:
    with serving("prometheus", [], tmp_path, external_labels={"cluster": "outside"}) as url:
        config = httpx.get(f"{url}/api/v1/status/config", trust_env=False).json()["data"]["yaml"]
    assert "cluster: outside" in config


def test_a_server_is_stopped_when_its_test_fails(tmp_path: Path) -> None:
    addresses = []

    def failing() -> None:
        with serving("prometheus", [], tmp_path) as url:
            addresses.append(url)
            raise KeyError("the test fails")

    with pytest.raises(KeyError):
        failing()
    with pytest.raises(httpx.ConnectError):
        httpx.get(addresses[0], trust_env=False)


def test_a_server_that_ends_is_told_with_its_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        pytest.raises(Exception, match="the server ended with 3\nno disk"),
        started("prometheus", lambda _: ["sh", "-c", "echo no disk; exit 3"], log),
    ):
        pass
