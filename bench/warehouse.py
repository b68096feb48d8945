"""`python -m bench.warehouse [CONTAINERS:DAYS …]`: what it takes to keep a fleet's costs ready, and how fast they answer.

Each case in a process of its own: facts go into a lake, from there into a warehouse; days are rolled up in three zones; views are asked
five times each and the median is told; a changed price costs everything again while one view is asked on and on. Appends to
bench/results.md.
The last table follows one closed hour of 2,000 pods from a real Prometheus to the answer (data as `python -m bench 2k-pods:1` writes them).
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import fleet
from bench.dataset import dataset
from bench.report import machine, markdown
from bench.server import serving_blocks
from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings, PrometheusSettings, Settings, SharingSettings
from farthing.core.windows import Window
from farthing.lake import open_lake
from farthing.metering import ALL_NEEDS, measure
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.roles import Aggregator, Rules, by_cluster
from farthing.views import Question, parse_sharing
from farthing.warehouse import Warehouse

RESULTS = Path(__file__).with_name("results.md")
CASES = ("2000:30", "6000:30", "20000:30")
ZONES = {"UTC": 0, "New York": 4 * 3600, "Kolkata": 18 * 3600 + 1800}
VIEWS = ("namespace", "node", "cluster", "controller", "label:team", "pod")
SHARED = parse_sharing("ns-0,ns-1")
TIMES = 5
HOUR = 3600


def main() -> None:
    """Run the cases that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.warehouse", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CONTAINERS:DAYS", default=list(CASES))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        containers, days = map(int, asked.one.split(":"))
        print(json.dumps(case(containers, days)))
        return
    about = list(machine())
    found = {}
    for name in asked.cases:
        print(f"{name} …", flush=True)
        line = [sys.executable, "-m", "bench.warehouse", "--one", name]
        found[name] = json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    names = list(dict.fromkeys(row for one in found.values() for row in one))
    rows = [("what", *(f"{name.split(':')[0]} containers, {name.split(':')[1]} d" for name in found))]
    rows += [(name, *(one.get(name, "–") for one in found.values())) for name in names]
    tables = [markdown(rows), markdown([("one closed hour of 2,000 pods", "seconds"), *closed_hour()])]
    print("\n\n".join(tables))
    notes = "\n".join(f"- {line}" for line in about)
    text = RESULTS.read_text()
    RESULTS.write_text(f"{text}\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, warehouse\n\n{notes}\n\n" + "\n\n".join(tables) + "\n")


def case(containers: int, days: int) -> dict[str, str]:
    """What is measured of a fleet, in words."""
    out: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="farthing-bench-") as folder:
        place = Path(folder)
        lake = open_lake(LakeSettings(url=str(place / "lake")))
        now = datetime.fromtimestamp(fleet.span_of(days).end, UTC) + timedelta(hours=1)
        rows, committed = 0, 0.0
        for facts in fleet.days(containers, days):
            rows += facts.usage.height
            begun = time.perf_counter()
            for name, part in by_cluster(facts):
                lake.cluster(name).commit(part, now=now)
            committed += time.perf_counter() - begun
        out["hourly rows"] = f"{rows:,}"
        out["lake: commit, s"] = f"{committed:.0f}"
        out["lake: bytes a row (a commit a day)"] = f"{_size(place / 'lake') / rows:.1f}"
        rules = [Rules.of("prices.yaml", fleet.BOOK)]
        warehouse = Warehouse(place / "w.duckdb", now=lambda: now)
        aggregator = Aggregator(lake, warehouse, lambda: rules[0], now=lambda: now)
        seconds = _timed(aggregator.catch_up)
        out["taken in from the lake, s"] = f"{seconds:.0f}"
        out["rows a minute"] = f"{rows / seconds * 60:,.0f}"
        for zone, shift in ZONES.items():
            warehouse.wish_for(shift)
            out[f"rolled up, {zone}, s"] = f"{_timed(warehouse.roll_up):.1f}"
        for zone, shift in ZONES.items():
            for idle in ("separate", "share"):
                for by in VIEWS:
                    out[f"{zone}, by {by}, idle {idle}, ms"] = f"{_view(warehouse, Question.of(by, '', idle), days, shift):.0f}"
        filtered = Question.of("namespace", 'label[team]:"team-3"', "separate")
        out["UTC, by namespace, of one team, ms"] = f"{_view(warehouse, filtered, days, 0):.0f}"
        by_day = [_median(lambda: _daily(warehouse, days))]
        out["UTC, by namespace and day, ms"] = f"{by_day[0]:.0f}"
        out["UTC, by namespace and hour of a week, ms"] = f"{_median(lambda: _hourly(warehouse)):.0f}"
        adhoc = replace(Question.of("namespace", "", "share"), sharing=SHARED)
        out["two namespaces shared out ad hoc, ms"] = f"{_view(warehouse, adhoc, days, 0):.0f}"
        out |= _again(warehouse, aggregator, rules, days)
        warehouse.close()
        out["warehouse: bytes a row"] = f"{(place / 'w.duckdb').stat().st_size / rows:.0f}"
    out["peak of the process, MiB"] = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"
    return out


def _again(warehouse: Warehouse, aggregator: Aggregator, rules: list[Rules], days: int) -> dict[str, str]:
    """Everything costed again by other prices, while a view is asked."""
    rules[0] = Rules.of("prices.yaml", fleet.BOOK.replace("0.03 $", "0.04 $"))
    took: list[float] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            took.append(_timed(lambda: list(warehouse.summaries(Question.of("namespace"), _sets(days, 0)))) * 1000)
            done.wait(0.5)

    asking = threading.Thread(target=ask)
    asking.start()
    seconds = _timed(aggregator.cost_again)
    done.set()
    asking.join()
    took.sort()
    return {
        "costed again, s": f"{seconds:.0f}",
        "a view meanwhile: median, worst ms": f"{statistics.median(took):.0f}, {took[-1]:.0f}",
    }


def closed_hour() -> list[tuple[str, str]]:
    """One hour from a Prometheus to the answer."""
    data = dataset("2k-pods")
    hour = int(data.end // HOUR * HOUR) - 3 * HOUR
    span = Span(float(hour), float(hour + HOUR))
    now = datetime.fromtimestamp(data.end, UTC)
    settings = Settings()
    with tempfile.TemporaryDirectory(prefix="farthing-bench-") as folder:
        place = Path(folder)
        with serving_blocks(data.database, place / "server") as (url, _):
            settings = Settings(prometheus=PrometheusSettings(url=url), sharing=SharingSettings())
            lake = open_lake(LakeSettings(url=str(place / "lake")))
            warehouse = Warehouse(place / "w.duckdb", now=lambda: now)
            aggregator = Aggregator(lake, warehouse, lambda: Rules.of("prices.yaml", fleet.BOOK), now=lambda: now)
            took: dict[str, list[float]] = {"asked and measured": [], "committed": [], "taken in": [], "answered": []}
            for back in range(4):  # the first finds nothing in memory
                of = Span(span.start - back * HOUR, span.end - back * HOUR)
                with PrometheusClient(settings.prometheus) as client:
                    begun = time.perf_counter()
                    facts = measure(PrometheusSource(client, settings.metering, of), of, settings.metering, needs=ALL_NEEDS, now=now)
                    took["asked and measured"].append(time.perf_counter() - begun)
                parts = list(by_cluster(facts))
                begun = time.perf_counter()
                for name, part in parts:
                    lake.cluster(name).commit(part, now=now)
                took["committed"].append(time.perf_counter() - begun)
                took["taken in"].append(_timed(aggregator.catch_up))
                window = Window(*(datetime.fromtimestamp(t, UTC) for t in (of.start, of.end)))
                begun = time.perf_counter()
                list(warehouse.summaries(Question.of("namespace"), (window,)))
                took["answered"].append(time.perf_counter() - begun)
            warehouse.close()
    rows = [(name, f"{statistics.median(times[1:]):.2f}") for name, times in took.items()]
    return [*rows, ("together", f"{sum(statistics.median(times[1:]) for times in took.values()):.2f}")]


def _view(warehouse: Warehouse, question: Question, days: int, shift: int) -> float:
    return _median(lambda: list(warehouse.summaries(question, _sets(days - (1 if shift else 0), shift))))


def _sets(days: int, shift: int) -> tuple[Window, ...]:
    start = datetime.fromtimestamp(fleet.START + shift, UTC)
    return (Window(start, start + timedelta(days=days)),)


def _daily(warehouse: Warehouse, days: int) -> None:
    start = datetime.fromtimestamp(fleet.START, UTC)
    sets = tuple(Window(start + timedelta(days=day), start + timedelta(days=day + 1)) for day in range(days))
    list(warehouse.summaries(Question.of("namespace"), sets))


def _hourly(warehouse: Warehouse) -> None:
    start = datetime.fromtimestamp(fleet.START, UTC)
    sets = tuple(Window(start + timedelta(hours=hour), start + timedelta(hours=hour + 1)) for hour in range(24 * 7))
    list(warehouse.summaries(Question.of("namespace"), sets))


def _median(work: Callable[[], Any]) -> float:
    """Milliseconds, the median of TIMES; the very first, which looks at names, is not counted."""
    work()
    return statistics.median(_timed(work) for _ in range(TIMES)) * 1000


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
