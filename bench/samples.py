"""`python -m bench.samples [SIZE] [--hours N]`: the embedded sample store beside a Prometheus that holds the same series.

Measured: how fast samples go in (append, sync and putting into columns, scrape by scrape), how large they lie on disk, and what it
takes to measure one hour and all hours of both, each in a process of its own. Prints a table and appends it to bench/results.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.__main__ import HEADING, RESULTS
from bench.dataset import FOLDER, SCRAPE_MS, dataset, stored
from bench.exposition import exposition
from bench.organisation import SEED, SIZES, START, organisation
from bench.report import machine, markdown
from bench.server import cpu_seconds, peak_bytes, serving_blocks
from bench.targets import LAG_MS, LEAD_MS, Shown
from farthing.core.ledger import Span
from farthing.core.settings import MeteringSettings, PrometheusSettings, SamplesSettings
from farthing.metering import Source, measure
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.metering.samples import Batch, SampleStore, Series, series_of
from farthing.metering.samples.series import WANTED

HOUR, HOUR_MS = 3600, 3_600_000
SETTINGS = SamplesSettings(retention_hours=24 * 60)
HEAD = ("what", "samples", "prometheus")
Wanted = Sequence[tuple[Series, Shown]]


def main() -> None:
    """Run the benchmark, or (--measure) one part of it in this process."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.samples", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", nargs="?", default="2k-pods", choices=list(SIZES))
    parser.add_argument("--hours", type=int, default=24, help="hours of data (default 24)")
    parser.add_argument("--keep", type=Path, help="keep the store in this folder, and use it if it is there")
    parser.add_argument("--measure", nargs=4, metavar=("BACK_END", "PLACE", "START", "END"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measured(asked.measure[0], asked.measure[1], Span(float(asked.measure[2]), float(asked.measure[3])))))
        return
    about = list(machine())
    with tempfile.TemporaryDirectory(prefix="farthing-bench-") as scratch:
        place = asked.keep or Path(scratch) / "samples"
        rows = [] if (place / "lock").exists() else filled(asked.size, asked.hours, place)
        rows += compared(asked.size, asked.hours, place, Path(scratch))
    table = markdown([HEAD, *rows])
    print(table)
    notes = "\n".join(f"- {line}" for line in about)
    text = RESULTS.read_text() if RESULTS.exists() else HEADING
    RESULTS.write_text(f"{text}\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, sample store, {asked.size}\n\n{notes}\n\n{table}\n")


def filled(size: str, hours: int, place: Path) -> list[tuple[str, ...]]:
    """Fill a store, minute by minute as scrapes do, and tell how that went."""
    shutil.rmtree(place, ignore_errors=True)
    wanted = [(series, one) for one in exposition(organisation(SIZES[size], SEED)) if (series := _series(one))]
    count = log_bytes = 0
    wall = appending = 0.0
    with SampleStore(place, SETTINGS) as store:
        for low, high in _hours(hours):
            for minute, batch in _minutes(wanted, low, high, (SIZES[size].days + 1) * 1440):
                start = time.perf_counter()
                store.append(batch, minute)
                appending += time.perf_counter() - start
                store.tend(minute)
                wall += time.perf_counter() - start
                count += len(batch)
            log_bytes = max(log_bytes, sum(f.stat().st_size for f in place.glob("*.log")))
        start = time.perf_counter()
        for hour in store.hours():
            store.seal(hour)
        wall += time.perf_counter() - start
    on_disk = sum(f.stat().st_size for f in place.glob("*.parquet"))
    return [
        ("series", f"{len(wanted):,}", "–"),
        ("samples that went in", f"{count:,}", "–"),
        ("appended a second", f"{count / appending:,.0f}", "–"),
        ("appended, synced and in columns a second", f"{count / wall:,.0f}", "–"),
        ("bytes a sample, in columns", f"{on_disk / count:.2f}", "–"),
        ("logs at their largest, MiB", f"{log_bytes / 2**20:.0f}", "–"),
        ("peak of the filling process (with what fills it), MiB", f"{(peak_bytes(os.getpid()) or 0) / 2**20:.0f}", "–"),
    ]


def compared(size: str, hours: int, place: Path, scratch: Path) -> list[tuple[str, ...]]:
    """Facts of one hour and of all hours, from the store and from a Prometheus."""
    data = dataset(size, folder=FOLDER)
    middle = START + hours // 2 * HOUR
    rows: list[tuple[str, ...]] = []
    with serving_blocks(data.database, scratch / "server") as (url, pid):
        for name, start, end in (("one hour", middle, middle + HOUR), (f"{hours} hours", START, START + hours * HOUR)):
            ours = _apart("samples", str(place), start, end)
            before = cpu_seconds(pid)
            theirs = _apart("prometheus", url, start, end)
            after = cpu_seconds(pid)
            server = after - before if before is not None and after is not None else float("nan")
            shown: list[tuple[str, Callable[[dict[str, float]], str], str]] = [
                ("seconds", lambda told: f"{told['seconds']:.2f}", ""),
                ("CPU s", lambda told: f"{told['cpu']:.2f}", f" + {server:.2f} of the server"),
                ("peak MiB", lambda told: f"{told['peak'] / 2**20:.0f}", f" + {(peak_bytes(pid) or 0) / 2**20:.0f} of the server"),
                ("rows of usage", lambda told: f"{told['rows']:,.0f}", ""),
                ("core-seconds held", lambda told: f"{told['held']:,.3f}", ""),
            ]
            rows += [(f"{name}: {what}", text(ours), text(theirs) + more) for what, text, more in shown]
    return rows


def measured(back_end: str, place: str, span: Span) -> dict[str, float]:
    """Facts of the span, measured in this process."""
    settings = MeteringSettings()
    began, cpu = time.perf_counter(), time.process_time()
    if back_end == "samples":
        with SampleStore(Path(place), SETTINGS) as store:
            told = _facts(store.source(span, settings), span, settings)
    else:
        with PrometheusClient(PrometheusSettings(url=place)) as client:
            told = _facts(PrometheusSource(client, settings, span), span, settings)
    told |= {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    return told | {"peak": float(peak_bytes(os.getpid()) or 0)}


def _facts(source: Source, span: Span, settings: MeteringSettings) -> dict[str, float]:
    usage = measure(source, span, settings, now=datetime.now(UTC)).usage
    return {"rows": usage.height, "held": float(usage["cpu_held"].sum())}


def _apart(back_end: str, place: str, start: float, end: float) -> dict[str, float]:
    """`measured` in a process of its own."""
    line = [sys.executable, "-m", "bench.samples", "--measure", back_end, place, str(start), str(end)]
    told: dict[str, float] = json.loads(subprocess.run(line, stdout=subprocess.PIPE, check=True).stdout)
    return told


def _series(one: Shown) -> Series | None:
    """The series, if any measurement reads it."""
    labels = dict(zip(one.labels[::2], one.labels[1::2], strict=True))
    metric = labels.pop("__name__")
    return series_of(metric, labels.items()) if metric in WANTED else None


def _hours(hours: int) -> Iterator[tuple[int, int]]:
    """[from, to) in ms of the hours with what lies before and after them."""
    begin, end = START * 1000 - LEAD_MS, START * 1000 + hours * HOUR_MS + LAG_MS
    for low in range(begin, end, HOUR_MS):
        yield low, min(low + HOUR_MS, end)


def _minutes(wanted: Wanted, low: int, high: int, scrapes: int) -> Iterator[tuple[float, Batch]]:
    """The samples of [low, high) (ms) minute by minute, each with the second in which it ends."""
    minutes: dict[int, tuple[dict[int, Series], array[int], array[int], array[int]]] = {}
    for series, one in wanted:
        times, bits = stored(one, low, high, scrapes, marked=True)
        for t, value in zip(times, bits, strict=True):
            if low <= t < high:
                told = minutes.setdefault(t // SCRAPE_MS, ({}, array("Q"), array("q"), array("Q")))
                told[0][series.id] = series
                told[1].append(series.id)
                told[2].append(t)
                told[3].append(value)
    for minute in sorted(minutes):
        known, ids, stamps, values = minutes.pop(minute)
        v = array("d")
        v.frombytes(values.tobytes())
        yield (minute + 1) * 60.0, Batch(list(known.values()), ids, stamps, v)


if __name__ == "__main__":
    main()
