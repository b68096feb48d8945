from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from farthing.metering.prometheus.lanes import run_in_lanes


def test_every_result_comes_with_its_index() -> None:
    jobs: list[Callable[[], int]] = [lambda n=n: n * n for n in range(20)]  # type: ignore[misc]
    for lanes in (1, 3, 50):
        assert sorted(run_in_lanes(jobs, lanes, threading.Event())) == [(n, n * n) for n in range(20)]


def test_no_more_than_the_lanes_run_at_once() -> None:
    gate, lock, now, most = threading.Barrier(3, timeout=10), threading.Lock(), 0, 0

    def job() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        gate.wait()  # opens when three are inside: fewer at once would never end
        with lock:
            now -= 1

    list(run_in_lanes([job] * 9, 3, threading.Event()))
    assert most == 3


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_failure_is_raised_and_what_has_not_begun_never_does(lanes: int) -> None:
    begun = []
    stop = threading.Event()

    def fail() -> None:
        begun.append("fail")
        raise LookupError("no")

    def later() -> None:
        begun.append("later")
        assert stop.wait(10)  # holds its lane until the failure has been raised

    with pytest.raises(LookupError, match="no"):
        list(run_in_lanes([fail, later, later, later], lanes, stop))
    assert stop.is_set()
    for thread in threading.enumerate():
        if thread.name.startswith("prometheus-lane"):
            thread.join(10)
    assert begun.count("later") <= lanes - 1  # those that began beside it


INTERRUPTED = """
import threading
from farthing.metering.prometheus.lanes import run_in_lanes
stop = threading.Event()
begun = threading.Semaphore(0)
def hang():
    begun.release()
    threading.Event().wait()
threading.Thread(target=lambda: (begun.acquire(), begun.acquire(), print("begun", flush=True)), daemon=True).start()
try:
    list(run_in_lanes([hang] * 4, 2, stop))
except KeyboardInterrupt:
    print("stopped", stop.is_set(), flush=True)
"""


def test_ctrl_c_ends_the_process_though_answers_never_come() -> None:
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        os.kill(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        assert said == "stopped True\n"
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
