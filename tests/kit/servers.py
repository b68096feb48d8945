"""Real servers for tests: a Prometheus or a VictoriaMetrics on a free port, loaded with series, stopped by its pid."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest

from tests.kit.remote_write import HEADERS, stale_marker_bodies
from tests.kit.scrape import Series

KINDS = ("prometheus", "victoria")
BINARIES = {"prometheus": ("prometheus", "promtool"), "victoria": ("victoria-metrics",)}
READY_PATH = {"prometheus": "/-/ready", "victoria": "/health"}
READY_SECONDS = 60
IMPORT_BYTES = 8 << 20


class ServerFailed(Exception):
    """A server or its tool did not do what the test needs; the message carries what it said."""


def require_server(kind: str) -> None:
    """Skip the test where the programs of `kind` ("prometheus", "victoria") are not installed."""
    for binary in BINARIES[kind]:
        if shutil.which(binary) is None:
            pytest.skip(f"{binary} is not installed (Debian: apt-get install prometheus victoria-metrics)")


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
def running(kind: str, command: Callable[[int], Sequence[str]], log: Path) -> Iterator[str]:
    """URL of a server process, started by `command(port)` and answering; its output goes to `log`. Stopped by its pid."""
    port = free_port()
    with log.open("wb") as out:
        # Where the test run is killed outright, the kernel takes its servers along.
        guard = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        process = subprocess.Popen([*guard, *command(port)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_ready(process, url + READY_PATH[kind], log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _wait_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(READY_SECONDS * 50):
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        raise ServerFailed(f"{url}: the server ended with {process.returncode}\n{log.read_text(errors='replace')[-2000:]}")
    raise ServerFailed(f"{url}: not ready after {READY_SECONDS} s\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def _prometheus(series: Sequence[Series], folder: Path, external_labels: Mapping[str, str]) -> Iterator[str]:
    database = folder / "tsdb"
    database.mkdir()
    if series:
        _write_blocks(series, folder / "series.om", database)
    # Stale markers come after the blocks and lie before their end: out of order.
    config = {
        "global": {"scrape_interval": "1m", "external_labels": dict(external_labels)},
        "storage": {"tsdb": {"out_of_order_time_window": "36500d"}},
    }
    (folder / "prometheus.yml").write_bytes(orjson.dumps(config))
    with running(
        "prometheus", lambda port: prometheus_command(folder / "prometheus.yml", database, port), folder / "prometheus.log"
    ) as url:
        for body in stale_marker_bodies(series):
            _post(f"{url}/api/v1/write", body, HEADERS)
        yield url


def prometheus_command(config: Path, database: Path, port: int) -> list[str]:
    """Command line of a Prometheus that serves `database` whatever its age and takes remote writes."""
    return [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={database}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
        "--log.level=warn",
    ]


def _write_blocks(series: Sequence[Series], text: Path, database: Path) -> None:
    with text.open("w") as out:
        for piece in openmetrics(series):
            out.write(piece)
    # One block for all of it: promtool otherwise reads the whole text again for every two hours.
    command = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=2400h", "openmetrics", "-q", str(text), str(database)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerFailed(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    text.unlink()


def openmetrics(series: Iterable[Series]) -> Iterator[str]:
    """`series` as OpenMetrics text, metric by metric, ending in # EOF. Stale markers cannot be said in it."""
    by_metric: dict[str, list[Series]] = {}
    for one in series:
        by_metric.setdefault(one.metric, []).append(one)
    for metric, group in by_metric.items():
        for one in group:
            labels = ",".join(f'{name}="{_escape(value)}"' for name, value in sorted(one.labels.items()))
            head = f"{metric}{{{labels}}} "
            yield "".join([f"{head}{v!r} {t!r}\n" for t, v in zip(one.times, one.values, strict=True)])
    yield "# EOF\n"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


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

    with running("victoria", command, folder / "victoria.log") as url:
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
