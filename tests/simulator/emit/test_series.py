"""Values of series are those of the books' quantities."""

from __future__ import annotations

import math

import pytest

from farthing.core.ledger import Span
from farthing.simulator import organisation_of
from farthing.simulator.emit import Series, Target, sampled, shown
from farthing.simulator.emit.series import Steps, cpu_counter, working_set
from farthing.simulator.plan import Container
from farthing.simulator.rhythm import FLAT, Rhythm
from farthing.simulator.truth import truth
from tests.simulator.small import DAY, HOUR, MIDNIGHT, at, hours, organisation, workload

TARGET = Target("kubelet", "c", "n", (("job", "kubelet"), ("instance", "n:1")), 7_000)
BUSY = Rhythm("busy", swing=0.5, peak_hour=14, weekend=0.4, noise=0.1, ripple=0.1)


def series(value: float | Steps, start: float = MIDNIGHT, end: float = math.inf) -> Series:
    return Series("m", (("a", "b"), ("empty", "")), TARGET, start, end, value)


def test_scrapes_and_the_stale_marker() -> None:
    # scraped 7 s past each minute; shown from 00:00:30 to 00:03:00: at 1:07 and 2:07, and 3:07 says that it is gone
    one = series(1.5, MIDNIGHT + 30, MIDNIGHT + 180)
    (samples,) = sampled([one], MIDNIGHT, MIDNIGHT + HOUR, 60)
    assert [t / 1000 - MIDNIGHT for t in samples.times] == [67, 127]
    assert samples.values == [1.5, 1.5]
    assert samples.stale == (MIDNIGHT + 187) * 1000
    assert one.labels == {"job": "kubelet", "instance": "n:1", "a": "b"}
    # of one that was never scraped nothing is told
    assert list(sampled([series(1.0, MIDNIGHT + 10, MIDNIGHT + 60)], MIDNIGHT, MIDNIGHT + HOUR, 60)) == []


def test_steps_hold_from_their_moment() -> None:
    steps = Steps(((0.0, 1.0), (MIDNIGHT + 67, 2.0), (MIDNIGHT + 68, 3.0), (MIDNIGHT + 500, 4.0)))
    (samples,) = sampled([series(steps)], MIDNIGHT, MIDNIGHT + 240, 60)
    assert samples.values == [1.0, 2.0, 3.0, 3.0]


def test_a_counter_grows_by_what_is_used_also_over_days() -> None:
    container = Container("c", "i:1", cpu=1.0, gib=1.0, uses_cpu=0.8, uses_gib=0.5)
    small = organisation([workload("web", container, rhythm=BUSY, since=at(5.3))])
    span = hours(5, 5 + 24 * 6)
    counter, whole = (s for s in shown(small, span) if s.metric == "container_cpu_usage_seconds_total")
    assert "container" not in whole.labels  # the pod's cgroup
    moved = [Series(counter.metric, counter.own, Target("j", "c", "n", (), 0), counter.start, counter.end, counter.value)]
    (samples,) = sampled(moved, span.start, span.end + 1, HOUR)
    told = dict(zip((t // 1000 for t in samples.times), samples.values, strict=True))
    used = dict(truth(small, span).containers.select("hour", "cpu_used").iter_rows())
    for hour, amount in used.items():
        if hour in told:
            assert told[hour + HOUR] - told[hour] == pytest.approx(amount, abs=2 / 1024)  # told in 1/1024 s
    assert told[int(at(6))] == pytest.approx(used[int(at(5))], abs=2 / 1024)  # it began at zero
    assert len(used) == 6 * 24


def test_a_working_set_has_the_mean_of_the_books() -> None:
    container = Container("c", "i:1", cpu=1.0, gib=1.0, uses_gib=0.5)
    small = organisation([workload("web", container, rhythm=BUSY)])
    span = hours(30, 31)
    (one,) = (s for s in shown(small, span, cgroups=False) if s.metric == "container_memory_working_set_bytes")
    (samples,) = sampled([one], span.start, span.end, 60)
    assert all(value % 4096 == 0 for value in samples.values)
    mean = sum(samples.values) / len(samples.values)
    (used,) = truth(small, span).containers["ram_used"]
    assert mean * HOUR == pytest.approx(used, rel=1e-3)


def test_plain_counters_and_levels() -> None:
    counter = Series("m", (), TARGET, MIDNIGHT, math.inf, cpu_counter(0.5, FLAT, 0.0, MIDNIGHT))
    level = Series("m", (), TARGET, MIDNIGHT, math.inf, working_set(8192.0, FLAT, 0.0))
    first, second = sampled([counter, level], MIDNIGHT + DAY, MIDNIGHT + DAY + 60, 60)
    assert first.values == [0.5 * (DAY + 7)]
    assert second.values == [8192.0]


def test_a_pod_as_a_whole_is_the_sum_of_its_containers() -> None:
    parts = (Container("a", "i:1", uses_cpu=0.25, uses_gib=0.5), Container("b", "i:1", uses_cpu=0.5, uses_gib=0.25))
    small = organisation([workload("web", *parts, rhythm=BUSY)])
    for metric in ("container_cpu_usage_seconds_total", "container_memory_working_set_bytes"):
        found = [s for s in sampled(list(shown(small, hours(5, 6))), at(5), at(6), 600) if s.series.metric == metric]
        whole = next(s.values for s in found if "container" not in s.series.labels)
        a, b = (s.values for s in found if "container" in s.series.labels)
        assert whole == [x + y for x, y in zip(a, b, strict=True)]


def test_no_series_is_told_twice_at_once() -> None:
    made = organisation_of(60)
    start = made.anchor + 15 * DAY
    seen: set[tuple[str, tuple[tuple[str, str], ...], int]] = set()
    for samples in sampled(list(shown(made, Span(start, start + 2 * HOUR))), start, start + 2 * HOUR, 600):
        key = (samples.series.metric, tuple(sorted(samples.series.labels.items())))
        for t in samples.times:
            assert (*key, t) not in seen
            seen.add((*key, t))
