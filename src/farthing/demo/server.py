"""A Prometheus of the demo's own: on a free loopback port, in a temporary folder, ended by its pid."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from farthing.core.errors import Unreachable

from .remote_write import HEADERS, bodies
from .series import Series

PROGRAM = "prometheus"
READY_SECONDS = 30.0
LOOK_SECONDS = 0.05
STOP_SECONDS = 10.0
WRITE_SECONDS = 60.0
HOST = "127.0.0.1"


def can_run_prometheus() -> bool:
    """True where the program `prometheus` is on the PATH."""
    return shutil.which(PROGRAM) is not None


@contextmanager
def running_prometheus(
    series: Sequence[Series], start: float, end: float, *, written: Callable[[float], None] = lambda _: None
) -> Iterator[str]:
    """URL of a Prometheus that holds the samples of `series` in [start, end); stopped when the block is left.

    `written` hears the part that is loaded, 0 to 1. Raises Unreachable when it does not start or does not take the samples.
    """
    with tempfile.TemporaryDirectory(prefix="farthing-demo-") as folder:
        port = _free_port()
        log = Path(folder) / "prometheus.log"
        config = Path(folder) / "prometheus.yml"
        config.write_text("global: {scrape_interval: 1m}\n")
        command = [
            PROGRAM,
            f"--config.file={config}",
            f"--storage.tsdb.path={folder}/data",
            "--storage.tsdb.retention.time=100y",
            "--web.enable-remote-write-receiver",
            f"--web.listen-address={HOST}:{port}",
            "--log.level=warn",
        ]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        try:
            _wait_ready(process, port, log)
            _load(port, series, start, end, written)
            yield f"http://{HOST}:{port}"
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _answers(port):
            return
        time.sleep(LOOK_SECONDS)
    said = log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing"]
    raise Unreachable(
        f"the demo's own Prometheus did not start; it said: {said[0]}", cure="play the recorded form instead: farthing demo --recorded"
    )


def _answers(port: int) -> bool:
    try:
        return _request(port, "GET", "/-/ready", b"", {}, 2.0)[0] == http.client.OK
    except OSError:
        return False


def _request(port: int, method: str, path: str, body: bytes, headers: dict[str, str], seconds: float) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _load(port: int, series: Sequence[Series], start: float, end: float, written: Callable[[float], None]) -> None:
    total = max(1, sum(1 for _ in range(int(start), int(end), 1800)))
    for done, body in enumerate(bodies(series, start, end), 1):
        status, said = _request(port, "POST", "/api/v1/write", body, HEADERS, WRITE_SECONDS)
        if status >= http.client.MULTIPLE_CHOICES:
            raise Unreachable(f"the demo's own Prometheus did not take its data: {status} {said[:200].decode(errors='replace')}")
        written(min(1.0, done / total))


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
