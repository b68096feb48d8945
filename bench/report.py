"""Farthing's report beside OpenCost's 46 queries: the same window of the same Prometheus, in turns.

Farthing's side is the whole command as a user starts it: process start, questions, costing, output. OpenCost's side is only the sending
of its queries and the reading of the bytes; decoding and costing are not counted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.dataset import FOLDER, Dataset, dataset
from bench.opencost_queries import allocate
from bench.server import cpu_seconds, peak_bytes, reset_peak, serving_blocks

Command = Callable[[str, str], Sequence[str]]
"""From the server's URL and the window to a command line."""
DAY = 86400
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Case:
    """A data set and how many of its last days are asked for."""

    size: str
    days: int

    @property
    def title(self) -> str:
        return f"{self.size}, {'24 h' if self.days == 1 else f'{self.days} d'}"


CASES = (
    Case("2k-containers", 1),
    Case("2k-pods", 1),
    Case("10k-containers", 1),
    Case("2k-containers", 7),
    Case("10k-containers", 7),
)


@dataclass(frozen=True)
class Run:
    """One measured run.

    `own_…` is of the asking process (None where it is this one), `server_…` of the server (None where the system does not tell): CPU
    seconds used, and the peak of resident memory. `samples` are those that the server read, `bytes` came over the wire.
    """

    side: str
    seconds: float
    own_cpu: float | None
    server_cpu: float | None
    own_bytes: int | None
    server_bytes: int | None
    queries: int
    series: int
    samples: int
    bytes: int


class CommandFailed(Exception):
    """The measured command ended with an error; the message carries its words."""


def report_command(url: str, window: str) -> list[str]:
    """The command that is measured. It prints a JSON object in which `asked` tells what the server was asked."""
    return [sys.executable, "-m", "farthing", "report", "--prometheus", url, "--window", window, "--by", "namespace", "--output", "json"]


def measure(case: Case, *, rounds: int, command: Command = report_command, folder: Path = FOLDER) -> tuple[Dataset, list[Run]]:
    """Both sides of `case` in turns, `rounds` times each, against one fresh server. Raises CommandFailed where the command fails.

    The very first run, OpenCost's, finds nothing in memory; with three rounds or more its median does not show it.
    """
    data = dataset(case.size, folder=folder)
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="farthing-bench-") as scratch:
        place = Path(scratch)
        with serving_blocks(data.database, place / "server") as (url, pid):
            start = data.end - case.days * DAY
            sides: list[Callable[[], Run]] = [
                lambda: _opencost(url, start, data.end, pid),
                lambda: _farthing(command, url, start, data.end, place, pid),
            ]
            for _ in range(rounds):
                for side in sides:
                    reset_peak(pid)
                    runs.append(side())
                sides.reverse()  # each goes first in turn, as the first one finds cold caches
    return data, runs


def _farthing(command: Command, url: str, start: int, end: int, place: Path, server: int) -> Run:
    run, _ = reported(command(url, f"{_utc(start)},{_utc(end)}"), place, server)
    return run


def reported(line: Sequence[str], place: Path, server: int | None) -> tuple[Run, dict[str, Any]]:
    """Run a report that prints JSON, in the folder `place`, against the server with the pid `server` if one is asked: the run and what it
    printed.

    Raises CommandFailed where it ends with an error or does not say what it asked.
    """
    out, words = place / "out", place / "words"
    before = cpu_seconds(server) if server else None
    with out.open("wb") as answer, words.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=answer, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandFailed(f"{' '.join(line)} ended with {process.returncode}\n{words.read_text(errors='replace')[-2000:]}")
    try:
        printed: dict[str, Any] = orjson.loads(out.read_bytes())
        counted = [int(printed["asked"][name]) for name in ("queries", "series", "samples", "bytes")]
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailed(f"{' '.join(line)} did not say what it asked: {error!r}\n{out.read_text(errors='replace')[:500]}") from error
    own_cpu = used.ru_utime + used.ru_stime
    of_server = (_since(before, server), peak_bytes(server)) if server else (None, None)
    run = Run("farthing", seconds, own_cpu, of_server[0], used.ru_maxrss * RSS_UNIT, of_server[1], *counted)
    return run, printed


def _opencost(url: str, start: int, end: int, server: int) -> Run:
    before = cpu_seconds(server)
    cost = allocate(url, start, end)
    counted = (cost.queries, cost.series, cost.samples, cost.bytes)
    return Run("opencost", cost.seconds, None, _since(before, server), None, peak_bytes(server), *counted)


def _since(before: float | None, server: int) -> float | None:
    now = cpu_seconds(server)
    return None if before is None or now is None else now - before


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


COLUMNS: tuple[tuple[str, Callable[[list[Run]], str]], ...] = (
    ("seconds of each run", lambda runs: " ".join(f"{run.seconds:.2f}" for run in runs)),
    ("median", lambda runs: f"{_seconds(runs):.2f}"),
    ("own CPU s", lambda runs: _decimal([run.own_cpu for run in runs])),
    ("server CPU s", lambda runs: _decimal([run.server_cpu for run in runs])),
    ("own peak MiB", lambda runs: _decimal([_mib(run.own_bytes) for run in runs])),
    ("server peak MiB", lambda runs: _decimal([_mib(run.server_bytes) for run in runs])),
    ("queries", lambda runs: _count([run.queries for run in runs])),
    ("series", lambda runs: _count([run.series for run in runs])),
    ("samples read", lambda runs: _count([run.samples for run in runs])),
    ("MiB answered", lambda runs: _decimal([_mib(run.bytes) for run in runs])),
)
"""Heading of a column and its text from the runs of one side; medians."""
HEAD = ("case", "side", "ratio", *(heading for heading, _ in COLUMNS))


def table(measured: Sequence[tuple[Case, list[Run]]]) -> list[tuple[str, ...]]:
    """Rows of text under HEAD: one a side and case. The ratio is farthing's median of seconds over OpenCost's."""
    rows: list[tuple[str, ...]] = [HEAD]
    for case, runs in measured:
        sides = {side: [run for run in runs if run.side == side] for side in ("farthing", "opencost")}
        for side, some in sides.items():
            ratio = f"{_seconds(some) / _seconds(sides['opencost']):.2f}"
            rows.append((case.title, side, ratio, *(text(some) for _, text in COLUMNS)))
    return rows


def _seconds(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def _count(numbers: Sequence[int]) -> str:
    return f"{statistics.median(numbers):,.0f}"


def _decimal(numbers: Sequence[float | None]) -> str:
    known = [number for number in numbers if number is not None]
    return f"{statistics.median(known):,.1f}" if known else "–"


def _mib(number: int | None) -> float | None:
    return None if number is None else number / 2**20


def markdown(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as a Markdown table, columns aligned."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def machine() -> Iterator[str]:
    """The machine and the versions that were measured, a line each."""
    with suppress(OSError):
        model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
        yield f"{os.cpu_count()} cores {model.partition(':')[2].strip()}, load before {os.getloadavg()[0]:.1f}"
    with suppress(OSError, ValueError):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        yield f"{memory / 2**30:.0f} GiB memory, {os.uname().sysname} {os.uname().release}"
    told = subprocess.run(["prometheus", "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    yield (told.stdout or told.stderr).partition("(")[0].strip()
    yield f"Python {sys.version.partition(' ')[0]}, farthing {_revision()}"


def _revision() -> str:
    told = subprocess.run(["git", "describe", "--always", "--dirty"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "of an unknown revision"
