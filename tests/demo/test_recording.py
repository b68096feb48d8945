"""The recording: keys, order, and that it is what a real Prometheus answers today."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from farthing.core.errors import FarthingError, Refused, Unreadable
from farthing.core.settings import PrometheusSettings
from farthing.demo import AROUND, RECORDING, WINDOW, Recording, can_run_prometheus, organisation, playing, record, running_prometheus
from farthing.demo.recording import Answer, request_key, steady
from farthing.metering.prometheus import InstantQuestion, PrometheusClient

STALE = "farthing asks other questions than the demo's recording holds: run make demo-recording"


def test_keys_do_not_depend_on_order_or_place() -> None:
    assert request_key("/q", ("a=1&b=x%20y", "")) == request_key("/q", ("", "b=x+y&a=1")) == request_key("/q", ("b=x+y", "a=1"))
    assert request_key("/q", ("a=1",)) != request_key("/q", ("a=2",))
    assert request_key("/q", ("a=1",)) != request_key("/r", ("a=1",))


def test_answers_lose_what_differs_between_runs() -> None:
    first = {"data": {"result": [{"metric": {"a": "2"}}, {"metric": {"a": "1"}}], "stats": {"timings": {"x": 1}, "samples": {"n": 5}}}}
    second = {"data": {"stats": {"samples": {"n": 5}, "timings": {"x": 9}}, "result": [{"metric": {"a": "1"}}, {"metric": {"a": "2"}}]}}
    assert steady(json.dumps(first).encode()) == steady(json.dumps(second).encode())
    assert b"timings" not in steady(json.dumps(first).encode())
    assert b'"n":5' in steady(json.dumps(first).encode())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    recording = Recording({"/q?a=1": Answer(200, b'{"status":"success"}'), "/r?": Answer(404, b"{}")})
    file = tmp_path / "one.gz"
    recording.write(file)
    assert Recording.read(file) == recording
    again = tmp_path / "two.gz"
    Recording.read(file).write(again)
    assert again.read_bytes() == file.read_bytes()


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken.gz"
    file.write_bytes(b"no gzip")
    with pytest.raises(Unreadable, match="install farthing again"):
        Recording.read(file)


def test_it_is_small_enough_for_a_wheel() -> None:
    assert RECORDING.stat().st_size < 1_000_000


def test_a_question_that_was_not_recorded_is_refused_in_words() -> None:
    with playing(Recording({"/known?": Answer(200, b"{}")})) as url:
        with urlopen(f"{url}/known", timeout=10) as answer:
            assert answer.read() == b"{}"
        with (
            PrometheusClient(PrometheusSettings(url=url)) as client,
            pytest.raises(FarthingError, match="plays its own day only") as refused,
        ):
            client.ask([InstantQuestion("up", "up", (), 0.0)])
    assert isinstance(refused.value, Refused)


@pytest.mark.real
@pytest.mark.slow
def test_the_recording_is_fresh() -> None:
    if not can_run_prometheus():
        pytest.skip("prometheus is not installed (Debian: apt-get install prometheus)")
    with running_prometheus(list(organisation()), (WINDOW.start - AROUND).timestamp(), (WINDOW.end + AROUND).timestamp()) as url:
        now = record(url).answers
    kept = Recording.read().answers
    assert kept.keys() == now.keys(), STALE
    # what a server says of itself differs from version to version
    differing = [key for key in now if "/api/v1/status/" not in key and now[key] != kept[key]]
    assert not differing, STALE
