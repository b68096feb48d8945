"""A Prometheus of the demo's own: it holds what it was given, and is gone afterwards."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import orjson
import pytest

from farthing.core.errors import Unreachable
from farthing.demo import can_run_prometheus, running_prometheus
from farthing.demo.series import Series


@pytest.mark.real
def test_it_holds_the_samples_and_ends() -> None:
    if not can_run_prometheus():
        pytest.skip("prometheus is not installed (Debian: apt-get install prometheus)")
    series = Series((("__name__", "level"), ("of", "a")), first=1_790_000_000, last=1_790_007_200, phase=7, value=float)
    parts: list[float] = []
    query = "/api/v1/query?query=count_over_time(level[2h])&time=1790007200"
    running = running_prometheus([series], 1_790_000_000, 1_790_007_200, written=parts.append)
    with running as url, urlopen(url + query, timeout=20) as answer:
        (found,) = orjson.loads(answer.read())["data"]["result"]
    # two hours, every full minute and 7 s
    assert (found["metric"], found["value"][1]) == ({"of": "a"}, str(len(list(series.samples(1_790_000_000, 1_790_007_200)))))
    assert parts == [0.25, 0.5, 0.75, 1.0]
    with pytest.raises(URLError):
        urlopen(url, timeout=5)


def test_a_program_that_does_not_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\necho out of memory >&2\nexit 3\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert can_run_prometheus()
    before = threading.active_count()
    with pytest.raises(Unreachable, match="out of memory"), running_prometheus([], 0, 60):
        pass
    assert threading.active_count() == before


def test_without_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not can_run_prometheus()
