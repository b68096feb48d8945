"""Real servers for tests: a Prometheus or a VictoriaMetrics on a free port, loaded with series, stopped by its pid."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx
import orjson
import pytest

from farthing.simulator.emit import HEADERS
from farthing.simulator.emit.blocks import Labels, flat_labels, write_block
from farthing.simulator.emit.chunks import STALE_BITS, ChunkRun, chunk_run, float_bits
from tests.kit.remote_write import stale_marker_bodies
from tests.kit.scrape import Series

KINDS = ("prometheus", "victoria")
BINARIES = {"prometheus": ("prometheus", "promtool"), "victoria": ("victoria-metrics",), "nginx": ("nginx",)}
READY_PATH = {"prometheus": "/-/ready", "victoria": "/health", "nginx": "/healthz", "farthing": "/healthz"}
PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where Debian has web servers, and not everybody looks
READY_SECONDS = 60
PORTS_TRIED = 3
IMPORT_BYTES = 8 << 20


class ServerFailed(Exception):
    """A server or its tool did not do what the test needs; the message carries what it said."""


class ServerEnded(ServerFailed):
    """The server ended before it was ready; most often somebody else took its port."""


def require_server(kind: str) -> None:
    """Skip the test where the programs of `kind` ("prometheus", "victoria", "nginx") are not installed."""
    for binary in BINARIES[kind]:
        if shutil.which(binary, path=PATH) is None:
            pytest.skip(f"{binary} is not installed (Debian: apt-get install prometheus victoria-metrics nginx-light)")


@contextmanager
def serving(kind: str, series: Iterable[Series], folder: Path, *, external_labels: Mapping[str, str] | None = None) -> Iterator[str]:
    """URL of a server of `kind` that holds `series` and keeps its files in `folder`; it is stopped when the block is left.

    `external_labels` are Prometheus' own and stand in its configuration only.
    """
    require_server(kind)
    folder.mkdir(parents=True, exist_ok=True)
    held = list(series)
    if kind == "prometheus":
        with _prometheus(held, folder, external_labels or {}) as url:
            yield url
    else:
        with _victoria(held, folder) as url:
            yield url


@contextmanager
def started(kind: str, command: Callable[[int], Sequence[str]], log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """URL and process of a server, started by `command(port)` and answering; its output goes to `log`. Stopped by its pid."""
    with log.open("wb") as out:
        process, url = _start(kind, command, out, log)
        try:
            yield url, process
        finally:
            _stop(process)


def _start(kind: str, command: Callable[[int], Sequence[str]], out: BinaryIO, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    # Where the test run is killed outright, the kernel takes its servers along.
    guard = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    for attempts_left in reversed(range(PORTS_TRIED)):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen([*guard, *command(port)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            _wait_ready(process, url + READY_PATH[kind], log)
            return process, url
        except BaseException as error:
            _stop(process)
            if not isinstance(error, ServerEnded) or not attempts_left:
                raise
    raise ServerFailed(f"{kind}: no port tried")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if not _ended_within(process, 10):
        process.kill()
        process.wait(10)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _wait_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until the server answers, and go on running: one that lost the race for its port ends while the winner answers."""
    said = ""
    for _ in range(READY_SECONDS * 50):
        ready = False
        try:
            answer = httpx.get(url, timeout=2, trust_env=False)
            ready, said = answer.status_code == 200, f"{answer.status_code} {answer.text[:200]}"
        except httpx.TransportError as error:
            said = str(error)  # not listening yet
        if _ended_within(process, 0.02):
            raise ServerEnded(f"{url}: the server ended with {process.returncode}\n{log.read_text(errors='replace')[-2000:]}")
        if ready:
            return
    raise ServerFailed(f"{url}: not ready after {READY_SECONDS} s: {said}\n{log.read_text(errors='replace')[-2000:]}")


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


@contextmanager
def _prometheus(series: Sequence[Series], folder: Path, external_labels: Mapping[str, str]) -> Iterator[str]:
    database = folder / "tsdb"
    database.mkdir()
    if series:
        write_block(database, (_block_series(one) for one in series))
    config = {"global": {"scrape_interval": "1m", "external_labels": dict(external_labels)}}
    (folder / "prometheus.yml").write_bytes(orjson.dumps(config))
    with started("prometheus", lambda port: prometheus_command(folder / "prometheus.yml", database, port), folder / "prometheus.log") as (
        url,
        _,
    ):
        yield url


def prometheus_command(config: Path, database: Path, port: int) -> list[str]:
    """Command line of a Prometheus that serves `database` whatever its age."""
    return [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={database}",
        "--storage.tsdb.retention.time=100y",
        "--storage.tsdb.min-block-duration=2h",
        "--storage.tsdb.max-block-duration=2h",  # equal: blocks are not compacted under the test
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]


def _block_series(series: Series) -> tuple[Labels, ChunkRun]:
    """A series with its stale markers, for a block."""
    times = [round(t * 1000) for t in series.times]
    bits = list(float_bits(series.values))
    for marker in series.stale:
        at = bisect_left(times, round(marker * 1000))
        times.insert(at, round(marker * 1000))
        bits.insert(at, STALE_BITS)
    return flat_labels(series.metric, series.labels.items()), chunk_run(times, bits)


@contextmanager
def _victoria(series: Sequence[Series], folder: Path) -> Iterator[str]:
    def command(port: int) -> list[str]:
        return [
            "victoria-metrics",
            f"-storageDataPath={folder / 'data'}",
            f"-httpListenAddr=127.0.0.1:{port}",
            "-retentionPeriod=100y",
            "-search.disableCache",
            "-search.latencyOffset=0s",
            "-loggerLevel=WARN",
            "-memory.allowedBytes=256MiB",
        ]

    with started("victoria", command, folder / "victoria.log") as (url, _):
        for lines in _import_lines(series):
            _post(f"{url}/api/v1/import", lines, {})
        for body in stale_marker_bodies(series):
            _post(f"{url}/api/v1/write", body, HEADERS)
        _post(f"{url}/internal/force_flush", b"", {})  # what was just written is asked for at once
        yield url


def _import_lines(series: Iterable[Series]) -> Iterator[bytes]:
    lines: list[bytes] = []
    for one in series:
        stamps = [round(t * 1000) for t in one.times]
        lines.append(orjson.dumps({"metric": {"__name__": one.metric, **one.labels}, "values": one.values, "timestamps": stamps}))
        if sum(map(len, lines)) > IMPORT_BYTES:
            yield b"\n".join(lines) + b"\n"
            lines = []
    if lines:
        yield b"\n".join(lines) + b"\n"


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    answer = httpx.post(url, content=body, headers=dict(headers), timeout=120, trust_env=False)
    if answer.status_code >= 300:
        raise ServerFailed(f"POST {url}: {answer.status_code} {answer.text[:1000]}")
