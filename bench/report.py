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

import orjson

from bench.dataset import FOLDER, Dataset, dataset
from bench.opencost_queries import allocate
from bench.server import peak_bytes, reset_peak, serving_blocks

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

    `own_bytes` is the peak of the asking process (None where it is this one), `server_bytes` the server's (None where the system does not
    tell); `samples` are those that the server read, `bytes` came over the wire.
    """

    side: str
    seconds: float
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
    """Both sides of `case` in turns, `rounds` times each, against one fresh server. Raises CommandFailed where the command fails."""
    data = dataset(case.size, folder=folder)
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="farthing-bench-") as scratch:
        place = Path(scratch)
        with serving_blocks(data.database, place / "server") as (url, pid):
            for _ in range(rounds):
                reset_peak(pid)
                runs.append(_farthing(command, url, data.end - case.days * DAY, data.end, place, pid))
                reset_peak(pid)
                runs.append(_opencost(url, data.end - case.days * DAY, data.end, pid))
    return data, runs


def _farthing(command: Command, url: str, start: int, end: int, place: Path, server: int) -> Run:
    out, words = place / "out", place / "words"
    line = command(url, f"{_utc(start)},{_utc(end)}")
    with out.open("wb") as answer, words.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=answer, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandFailed(f"{' '.join(line)} ended with {process.returncode}\n{words.read_text(errors='replace')[-2000:]}")
    try:
        asked = orjson.loads(out.read_bytes())["asked"]
        counted = [int(asked[name]) for name in ("queries", "series", "samples", "bytes")]
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailed(f"{' '.join(line)} did not say what it asked: {error!r}\n{out.read_text(errors='replace')[:500]}") from error
    return Run("farthing", seconds, used.ru_maxrss * RSS_UNIT, peak_bytes(server), *counted)


def _opencost(url: str, start: int, end: int, server: int) -> Run:
    cost = allocate(url, start, end)
    return Run("opencost", cost.seconds, None, peak_bytes(server), cost.queries, cost.series, cost.samples, cost.bytes)


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


HEAD = ("case", "side", "seconds (all runs)", "median", "ratio", "own peak", "server peak", "queries", "series", "samples", "answered")


def table(measured: Sequence[tuple[Case, list[Run]]]) -> list[tuple[str, ...]]:
    """Rows of text under HEAD: one a side and case. The ratio is farthing's median over OpenCost's."""
    rows: list[tuple[str, ...]] = [HEAD]
    for case, runs in measured:
        medians = {side: statistics.median(run.seconds for run in runs if run.side == side) for side in ("farthing", "opencost")}
        for side, median in medians.items():
            some = [run for run in runs if run.side == side]
            ratio = f"{median / medians['opencost']:.2f}" if side == "farthing" else "1"
            rows.append(
                (
                    case.title,
                    side,
                    " ".join(f"{run.seconds:.2f}" for run in some),
                    f"{median:.2f}",
                    ratio,
                    _mib([run.own_bytes for run in some]),
                    _mib([run.server_bytes for run in some]),
                    _count([run.queries for run in some]),
                    _count([run.series for run in some]),
                    _count([run.samples for run in some]),
                    _mib([run.bytes for run in some]),
                )
            )
    return rows


def _count(numbers: Sequence[int]) -> str:
    return f"{statistics.median(numbers):,.0f}"


def _mib(numbers: Sequence[int | None]) -> str:
    known = [number for number in numbers if number is not None]
    return f"{statistics.median(known) / 2**20:,.1f} MiB" if known else "–"


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
