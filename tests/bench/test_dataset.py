"""A real Prometheus answers from written blocks what the organisation says; OpenCost's queries find what they look for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from bench import curves
from bench.dataset import Dataset, dataset
from bench.opencost_queries import QUERIES, allocate, pieces, promql
from bench.organisation import DAY, SIZES, START, Organisation, Pod, organisation
from bench.server import serving_blocks
from tests.kit.servers import require_server

pytestmark = pytest.mark.real

# What an ordinary installation does not have: see the head of bench/exposition.py.
UNANSWERED = {
    "cpu used, most",
    "cards used",
    "cross-zone egress",
    "cross-zone price",
    "cross-region egress",
    "cross-region price",
    "internet egress",
    "internet price",
    "namespace annotations",
    "pod annotations",
    "daemon set owners",
    "unowned replica sets",
    "roll-outs",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    require_server("prometheus")
    return dataset("tiny", folder=tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def url(written: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_blocks(written.database, tmp_path_factory.mktemp("server")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def said() -> Organisation:
    return organisation(SIZES["tiny"])


def ask(url: str, query: str, at: float) -> list[dict[str, Any]]:
    answer = httpx.get(f"{url}/api/v1/query", params={"query": query, "time": at}, trust_env=False).raise_for_status().json()
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def number(url: str, query: str, at: float) -> float:
    found = ask(url, query, at)
    return float(found[0]["value"][1]) if found else 0.0


def alive(said: Organisation, at: float) -> list[Pod]:
    return [p for p in said.pods if p.start <= at and (p.end is None or at < p.end)]


@pytest.mark.parametrize("hours", [0.5, 12.25, 23.99, 24.01, 47.5])
def test_pods_and_requests_at_a_moment(url: str, said: Organisation, hours: float) -> None:
    # Just after a scrape of kube-state-metrics (13.457 s past the minute), so that what it saw is what there is.
    at = START + hours * 3600 // 60 * 60 + 13.5
    there = alive(said, at)
    assert number(url, "count(kube_pod_info)", at) == len(there)
    cores = sum(c.cpu for p in there for c in p.containers)
    assert number(url, 'sum(kube_pod_container_resource_requests{resource="cpu"})', at) == pytest.approx(cores)
    done = sum(p.finished is not None and p.finished <= at for p in there)
    assert number(url, 'sum(kube_pod_status_phase{phase="Succeeded"})', at) == done


def test_a_counter_runs_on_over_midnight(url: str, said: Organisation) -> None:
    pod = next(p for p in said.pods if p.end is None and p.start < START and all(c.restarted is None for c in p.containers))
    container = pod.containers[0]
    where = f'pod="{pod.name}", container="{container.name}"'
    grown = [number(url, f"last_over_time(container_cpu_usage_seconds_total{{{where}}}[1h])", START + h * 3600) for h in (23, 25)]
    curve = curves.cpu_curve(container.cpu * container.uses, None)
    young = curves.values("cpu", curve.number, 3 * curves.SCRAPES_PER_DAY)
    # Data begin an hour before START: 23:00 is after the 24 · 60th scrape, 01:00 after the 26 · 60th.
    assert grown[1] - grown[0] == pytest.approx(young[26 * 60 - 1] - young[24 * 60 - 1], abs=1e-5)
    # Every scrape of both days is there.
    assert number(url, f"count_over_time(container_cpu_usage_seconds_total{{{where}}}[2d])", START + 2 * DAY) == 2 * 1440


def test_a_job_begins_at_zero_and_goes_stale(url: str, said: Organisation) -> None:
    job = next(p for p in said.pods if p.finished is not None and p.finished - p.start > 300)
    assert job.finished is not None
    counter = f'container_cpu_usage_seconds_total{{pod="{job.name}", container!=""}}[1d]'
    first = ask(url, counter, job.start + 120)[0]["values"]
    assert first[0][0] >= job.start + 3
    assert float(first[0][1]) == 0
    instant = f'container_cpu_usage_seconds_total{{pod="{job.name}", container!=""}}'
    assert ask(url, instant, job.finished - 1)
    assert not ask(url, instant, job.finished + 60)


def test_blocks_count_what_they_say(url: str, written: Dataset) -> None:
    for metric in ("kube_pod_info", "container_memory_working_set_bytes"):
        assert number(url, f"sum(count_over_time({metric}[2d]))", written.end) > 0
    blocks = [orjson.loads(path.read_bytes()) for path in written.database.glob("*/meta.json")]
    assert sum(block["stats"]["numSamples"] for block in blocks) == written.samples
    status = httpx.get(f"{url}/api/v1/status/tsdb", trust_env=False).json()
    assert status["status"] == "success"


def test_opencost_queries_find_their_series(url: str, written: Dataset) -> None:
    cost = allocate(url, START, START + 2 * DAY)
    assert cost.queries == 2 * 46
    found = Counter[str]()
    for one in cost.answers:
        found[one.name] += one.series
    assert {name for name, count in found.items() if not count} == UNANSWERED
    # In the second day's answer every pod that ran in it has its run time.
    second = [a for a in cost.answers if a.name == "pods"][1]
    organised = organisation(SIZES["tiny"])
    ran = {
        p.name
        for p in organised.pods
        if (p.end is None or p.end > START + DAY) and (p.finished or p.end or START + 2 * DAY) > START + DAY + 300
    }
    assert abs(second.series - len(ran)) <= 2  # a job under five minutes may fall between two steps
    assert second.samples > 0


def test_there_are_46_queries_with_nothing_left_open() -> None:
    assert len({name for name, _ in QUERIES}) == len(QUERIES) == 46
    for _, template in QUERIES:
        query = promql(template, DAY)
        assert not any(mark in query for mark in ("{D}", "{R}", "{C}"))
        assert query.count("(") == query.count(")")


def test_windows_are_cut_in_days() -> None:
    assert list(pieces(0, 2 * DAY + 3600)) == [(0, DAY), (DAY, 2 * DAY), (2 * DAY, 2 * DAY + 3600)]
    assert promql("[{D}]", 5400) == "[90m]"
    assert promql("[{D}]", 7200) == "[2h]"


def test_written_once_and_used_again(written: Dataset, tmp_path: Path) -> None:
    folder = written.database.parent.parent
    before = (written.database.parent / "dataset.json").stat().st_mtime_ns
    assert dataset("tiny", folder=folder) == written
    assert (written.database.parent / "dataset.json").stat().st_mtime_ns == before
