"""The same samples in every form: text at a moment, OpenMetrics, remote write, blocks."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import cramjam
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from farthing.core.ledger import Span
from farthing.metering.measurements import MEASUREMENTS
from farthing.simulator import company, organisation_of
from farthing.simulator.emit import HEADERS, exposition, expositions, openmetrics, remote_write, sampled, shown, targets, write_blocks
from farthing.simulator.emit.chunks import STALE_BITS
from farthing.simulator.emit.tsdb import days_of
from farthing.simulator.plan import Container, Kind, Runs
from tests.kit.servers import prometheus_command, require_server, started
from tests.simulator.small import DAY, HOUR, MIDNIGHT, at, hours, organisation, workload

CONTAINER = Container("c", "i:1", cpu=0.5, gib=1.0, uses_cpu=0.25, uses_gib=0.5)
SMALL = organisation(
    [workload("web", CONTAINER, service="LoadBalancer", since=at(1))],
    [Runs(Kind.CRONJOB, "shop", "job", "main", (CONTAINER,), 1800, (100, 300))],
)


def test_every_metric_that_is_read_is_shown() -> None:
    made = organisation_of(60)
    start = made.anchor + 15 * DAY
    told = {s.metric for s in shown(made, Span(start, start + DAY))}
    assert {m.metric for m in MEASUREMENTS} <= told


def test_a_scrape_of_each_target() -> None:
    moment = at(2.5) + 0.25
    found = expositions(SMALL, moment)
    state, kubelet = targets(SMALL, moment)
    assert set(found) == {("c", ""), ("c", kubelet.node)}
    text = exposition(SMALL, state, moment)
    assert text == found["c", ""]
    assert 'kube_namespace_labels{label_kubernetes_io_metadata_name="shop",label_team="red",namespace="shop"} 1\n' in text
    assert "# TYPE kube_pod_info gauge\n" in text
    # a quarter of a core since the pod started, in 1/1024 s
    (pod,) = (
        s for s in shown(SMALL, Span(moment, moment + 1)) if s.metric == "container_start_time_seconds" and "web" in dict(s.own)["pod"]
    )
    (line,) = [
        x
        for x in found["c", kubelet.node].splitlines()
        if x.startswith('container_cpu_usage_seconds_total{container="c"') and 'pod="web' in x
    ]
    assert float(line.rsplit(" ", 1)[1]) == pytest.approx(0.25 * (moment - pod.start), abs=1 / 1024)
    assert "instance=" not in text  # whoever scrapes puts that on


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.123456, 0.3, 0.999, 0.9996, 59.0004999])
def test_a_scrape_may_come_at_any_moment(fraction: float) -> None:
    found = expositions(SMALL, at(2.5) + fraction)
    assert len(found) == 2
    assert min(text.count("\n") for text in found.values()) >= 8  # five series of a container and its pod, three types


def test_a_pod_that_is_gone_is_not_shown() -> None:
    job = {line for line in expositions(SMALL, at(1) + 20)["c", ""].splitlines() if line.startswith("kube_pod_info") and 'pod="job' in line}
    later = set(expositions(SMALL, at(1.5) - 20)["c", ""].splitlines())
    assert job
    assert not job & later


def test_open_metrics_has_every_sample() -> None:
    lines = "".join(openmetrics(SMALL, hours(1, 2))).splitlines()
    assert lines[-1] == "# EOF"
    count = sum(len(s.times) for s in sampled(list(shown(SMALL, hours(1, 2))), at(1), at(2), 60))
    assert len(lines) - 1 == count > 1000
    metrics = [line.partition("{")[0].partition(" ")[0] for line in lines[:-1]]
    assert metrics == sorted(metrics)


def test_remote_write_has_every_sample_in_order_of_time() -> None:
    span = hours(1, 3)
    expected = {
        (s.series.metric, tuple(sorted(s.series.labels.items())), t)
        for s in sampled(list(shown(SMALL, span)), span.start, span.end, 60)
        for t in ([*s.times, s.stale] if s.stale is not None else s.times)
    }
    found: list[tuple[str, tuple[tuple[str, str], ...], int]] = []
    stale, last = 0, 0
    for body in remote_write(SMALL, span):
        times = []
        for labels, points in written(bytes(cramjam.snappy.decompress_raw(body))):
            name = labels.pop("__name__")
            for value, t in points:
                found.append((name, tuple(sorted(labels.items())), t))
                stale += value == STALE_BITS
                times.append(t)
        assert min(times) >= last
        last = max(times) // 1_800_000 * 1_800_000
    assert len(found) == len(expected)
    assert set(found) == expected
    assert stale > 10  # jobs' pods came and went


def written(body: bytes) -> Iterator[tuple[dict[str, str], list[tuple[int, int]]]]:
    """Labels and (bits of the value, ms) of each series of a WriteRequest, read by hand."""
    for _, series in fields(body):
        assert isinstance(series, bytes)
        labels: dict[str, str] = {}
        points: list[tuple[int, int]] = []
        for number, part in fields(series):
            assert isinstance(part, bytes)
            inner = [value for _, value in fields(part)]
            if number == 1:
                name, text = inner
                assert isinstance(name, bytes)
                assert isinstance(text, bytes)
                labels[name.decode()] = text.decode()
            else:
                bits, t = inner
                assert isinstance(bits, int)
                assert isinstance(t, int)
                points.append((bits, t))
        yield labels, points


def fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    at_byte = 0
    while at_byte < len(data):
        key, at_byte = varint(data, at_byte)
        if key & 7 == 2:
            size, at_byte = varint(data, at_byte)
            yield key >> 3, data[at_byte : at_byte + size]
            at_byte += size
        elif key & 7 == 1:
            yield key >> 3, struct.unpack_from("<Q", data, at_byte)[0]
            at_byte += 8
        else:
            value, at_byte = varint(data, at_byte)
            yield key >> 3, value


def varint(data: bytes, at_byte: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at_byte]
        number |= (byte & 0x7F) << shift
        at_byte += 1
        if byte < 0x80:
            return number, at_byte
        shift += 7


def test_days_are_cut_at_midnight() -> None:
    span = Span(MIDNIGHT - HOUR, MIDNIGHT + DAY + HOUR)
    assert days_of(span) == [Span(MIDNIGHT - HOUR, MIDNIGHT), Span(MIDNIGHT, MIDNIGHT + DAY), Span(MIDNIGHT + DAY, MIDNIGHT + DAY + HOUR)]


@pytest.mark.real
def test_blocks_hold_what_open_metrics_says(tmp_path: Path) -> None:
    require_server("prometheus")
    span = hours(1, 2)
    stats = write_blocks(SMALL, span, tmp_path / "ours")
    (tmp_path / "text.om").write_text("".join(openmetrics(SMALL, span)))
    promtool("create-blocks-from", "--max-block-duration=2400h", "openmetrics", "-q", str(tmp_path / "text.om"), str(tmp_path / "theirs"))
    (tmp_path / "ours" / "wal").mkdir()
    (tmp_path / "theirs" / "wal").mkdir(exist_ok=True)
    ours = promtool("dump", str(tmp_path / "ours")).splitlines()
    plain = [line for line in ours if " NaN " not in line]  # text cannot say that a series is gone
    assert len(ours) == sum(one.samples for one in stats)
    assert len(plain) < len(ours)
    assert plain == promtool("dump", str(tmp_path / "theirs")).splitlines()


@pytest.mark.real
def test_a_prometheus_takes_remote_write(tmp_path: Path) -> None:
    require_server("prometheus")
    span = hours(1, 3)
    (tmp_path / "prometheus.yml").write_text("global: {scrape_interval: 1m}\n")

    def command(port: int) -> list[str]:
        return [*prometheus_command(tmp_path / "prometheus.yml", tmp_path / "tsdb", port), "--web.enable-remote-write-receiver"]

    with started("prometheus", command, tmp_path / "prometheus.log") as (url, _):
        for body in remote_write(SMALL, span):
            assert httpx.post(f"{url}/api/v1/write", content=body, headers=HEADERS, trust_env=False).status_code == 204
        for metric in ("kube_pod_info", "kube_pod_status_phase", "container_cpu_usage_seconds_total", "up"):
            query = f"{url}/api/v1/query?query=sum(count_over_time({metric}[2h]))&time={span.end}"
            answer = httpx.get(query, trust_env=False).json()
            told = [s for s in sampled(list(shown(SMALL, span)), span.start, span.end, 60) if s.series.metric == metric]
            assert int(answer["data"]["result"][0]["value"][1]) == sum(len(s.times) for s in told) > 100


def promtool(*words: str) -> str:
    done = subprocess.run(["promtool", "tsdb", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_company_can_be_scraped() -> None:
    made = company()
    found = expositions(made, made.anchor + 9 * HOUR)
    assert {cluster for cluster, _ in found} == {"shop-prod", "ml-prod", "staging"}
    assert 25 <= len(found) <= 60
    for text in found.values():
        families = {f.name: f for f in text_string_to_metric_families(text)}
        assert families["container_cpu_usage_seconds" if "container_cpu" in text else "kube_pod_info"].samples
        assert sum(len(f.samples) for f in families.values()) == sum(not line.startswith("#") for line in text.splitlines())
