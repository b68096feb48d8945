"""`python -m bench.books [PODS:DAYS …]`: measured dollars beside the true ones of an organisation whose books are known.

Its series lie in a real Prometheus under build/bench (written when they are not there, minutes); `farthing report` is asked for every
namespace and for every pod. With --samples they go scrape by scrape into a sample store instead, a collector measures each hour as it
closes, and the report reads the lake. Prints a table and appends it to bench/results.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from bench.dataset import FOLDER
from bench.report import Run, machine, markdown, reported
from bench.server import reset_peak, serving_blocks
from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings, MeteringSettings, SamplesSettings
from farthing.demo.exporters import Exporters
from farthing.lake import open_lake
from farthing.metering.samples import SampleStore
from farthing.roles import Collector
from farthing.simulator import Organisation, books, organisation_of, price_book_yaml
from farthing.simulator.emit import write_blocks

RESULTS = Path(__file__).with_name("results.md")
DAY, HOUR, SCRAPE = 86400, 3600, 60
FIRST_DAY = 14  # after the founding: by then pods are of all ages
AROUND = 2 * HOUR  # data begin and end so much before and after
KEPT_HOURS = 2  # of samples beyond what is looked at around an hour
NEAR = 0.005  # a cost is right within this share of it, or what comes or goes in one scrape interval
VERSION = 1  # of the data's contents; raise it when they change
LEVELS: dict[str, tuple[str, ...]] = {"namespace": ("cluster", "namespace"), "pod": ("cluster", "namespace", "pod")}


@dataclass(frozen=True)
class Case:
    """So many pods over so many days."""

    pods: int
    days: int

    @property
    def title(self) -> str:
        return f"{self.pods:,} pods, {self.days} d"

    @property
    def organisation(self) -> Organisation:
        return organisation_of(self.pods)

    @property
    def span(self) -> Span:
        start = self.organisation.founded + FIRST_DAY * DAY
        return Span(start, start + self.days * DAY)


@dataclass(frozen=True)
class Held:
    """Measured costs held against the books': how many there are, which are not near, the largest share that one is off by, and the
    dollars of all."""

    level: str
    count: int
    far: pl.DataFrame
    worst: float
    measured: float
    true: float


def main() -> None:
    """Run the comparison as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.books", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", type=_case, metavar="PODS:DAYS", default=[Case(2000, 7)], help="default 2000:7")
    parser.add_argument("--write-only", action="store_true", help="write the data and ask nothing")
    parser.add_argument("--samples", action="store_true", help="through a sample store and a lake, without a Prometheus")
    asked = parser.parse_args()
    about = list(machine())
    rows: list[tuple[str, ...]] = [HEAD]
    told: list[str] = []
    for case in asked.cases:
        print(f"{case.title} …", flush=True)
        data = collected(case) if asked.samples else dataset(case)
        form = "of them kept at once" if asked.samples else "in blocks"
        told.append(
            f"{case.title}: {data['samples']:,} samples, {data['bytes'] / 2**20:,.0f} MiB {form}, written in {data['seconds']:.0f} s"
        )
        if asked.samples:
            told.append(f"{case.title}: {data['hours']:,} hours measured as they closed, {data['measuring'] / data['hours']:.2f} s each")
        if not asked.write_only:
            measured = measure_lake(case, data["lake"]) if asked.samples else measure(case, Path(data["database"]))
            rows += [_row(case, held, run) for held, run in measured]
            for held, _ in measured:
                told += [f"{case.title}, not near: {' '.join(map(str, row))}" for row in held.far.rows()]
    result = markdown(rows)
    print("\n".join(told), result, sep="\n")
    if len(rows) > 1:
        notes = "\n".join(f"- {line}" for line in [*about, *told])
        RESULTS.write_text(f"{RESULTS.read_text()}\n## Against true books, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{notes}\n\n{result}\n")


def dataset(case: Case, folder: Path = FOLDER) -> dict[str, Any]:
    """Where the case's blocks lie (`database`) and what they hold: `samples`, `bytes`, `seconds` that writing took. Written once."""
    root = folder / f"books-{case.pods}-{case.days}-v{VERSION}"
    described = root / "dataset.json"
    if not described.exists():
        shutil.rmtree(root, ignore_errors=True)
        began = time.perf_counter()
        stats = write_blocks(case.organisation, Span(case.span.start - AROUND, case.span.end + AROUND), root / "tsdb", cgroups=False)
        size = sum(file.stat().st_size for file in (root / "tsdb").rglob("*") if file.is_file())
        data = {"samples": sum(one.samples for one in stats), "bytes": size, "seconds": time.perf_counter() - began}
        described.write_bytes(orjson.dumps(data | {"database": str(root / "tsdb")}))
    found: dict[str, Any] = orjson.loads(described.read_bytes())
    return found


def collected(case: Case, folder: Path = FOLDER) -> dict[str, Any]:
    """Where the lake lies (`lake`) that was filled through a sample store: the series appended scrape by scrape, every hour measured as
    soon as it had closed. With `samples`, `bytes` (the store's most on disk), `seconds`, `hours` and the seconds of `measuring`."""
    root = folder / f"books-{case.pods}-{case.days}-samples-v{VERSION}"
    described = root / "dataset.json"
    if not described.exists():
        shutil.rmtree(root, ignore_errors=True)
        described.parent.mkdir(parents=True)
        described.write_bytes(orjson.dumps(_collect(case, root) | {"lake": str(root / "lake")}))
    found: dict[str, Any] = orjson.loads(described.read_bytes())
    return found


def _collect(case: Case, root: Path) -> dict[str, float]:
    """Fill the sample store and the lake in `root`."""
    clock = case.span.start - AROUND
    metering = MeteringSettings()
    samples = SamplesSettings(path=root / "samples", retention_hours=metering.look_around_hours + KEPT_HOURS)
    exporters = Exporters(case.organisation)
    began, measuring, count, most, hours = time.perf_counter(), 0.0, 0, 0, 0
    with SampleStore(root / "samples", samples) as store:
        collector = Collector(
            open_lake(LakeSettings(url=str(root / "lake"))),
            lambda span: store.source(span, metering),
            metering,
            agent="books",
            now=lambda: datetime.fromtimestamp(clock, UTC),
        )
        for batch in exporters.scraped(Span(clock, case.span.end + AROUND)):
            clock += SCRAPE
            count += store.append(batch, clock).written
            store.tend(clock)
            before = time.perf_counter()
            done = sum(1 for _ in collector.new_hours())
            if done:
                hours += done
                measuring += time.perf_counter() - before
                most = max(most, sum(file.stat().st_size for file in store.path.iterdir()))
                print(f"{hours} hours, {count:,} samples, {time.perf_counter() - began:,.0f} s", flush=True)
        collector.release()
    shutil.rmtree(root / "samples")
    return {"samples": count, "bytes": most, "seconds": time.perf_counter() - began, "hours": hours, "measuring": measuring}


def measure_lake(case: Case, lake: str) -> list[tuple[Held, Run]]:
    """Ask the lake for every namespace, then for every pod, and hold the answers against the books."""
    account = books(case.organisation, case.span)
    found = []
    with tempfile.TemporaryDirectory(prefix="farthing-books-") as scratch:
        place = Path(scratch)
        (place / "prices.yaml").write_text(price_book_yaml(case.organisation))
        for level, keys in LEVELS.items():
            run, printed = reported(_command(["--lake", lake], case.span, keys, place / "prices.yaml"), place, None)
            costs = pl.DataFrame([r for r in printed["rows"] if not r["special"]], infer_schema_length=None)
            found.append((held_against(level, keys, costs, account.rows), run))
    return found


def measure(case: Case, database: Path) -> list[tuple[Held, Run]]:
    """Ask a fresh server for every namespace, then for every pod, and hold the answers against the books."""
    made, span = case.organisation, case.span
    account = books(made, span)
    found = []
    with tempfile.TemporaryDirectory(prefix="farthing-books-") as scratch:
        place = Path(scratch)
        (place / "prices.yaml").write_text(price_book_yaml(made))
        with serving_blocks(database, place / "server") as (url, pid):
            for level, keys in LEVELS.items():
                reset_peak(pid)
                run, printed = reported(_command(["--prometheus", url], span, keys, place / "prices.yaml"), place, pid)
                costs = pl.DataFrame([r for r in printed["rows"] if not r["special"]], infer_schema_length=None)
                found.append((held_against(level, keys, costs, account.rows), run))
    return found


def held_against(level: str, keys: tuple[str, ...], measured: pl.DataFrame, true: pl.DataFrame) -> Held:
    """Costs by keys and kind (`total_cost`) beside the rows of the books; what nobody mounts is no pod's and left out."""
    # with a pod come and go all of its containers, each at its own rate
    containers = true.group_by(*dict.fromkeys((*keys, "uid", "container"))).agg(
        pl.col("cost").sum(), (pl.col("cost") / pl.col("held_seconds") * SCRAPE).max().alias("scrape")
    )
    expected = containers.group_by(keys).agg(pl.col("cost", "scrape").sum())
    named = measured.filter(pl.col("kind").is_in(["container", "pod"])).group_by(keys).agg(pl.col("total_cost").sum().alias("measured"))
    both = expected.join(named, on=keys, how="full", coalesce=True).with_columns(pl.col("cost", "scrape", "measured").fill_null(0.0))
    off = (both["measured"] - both["cost"]).abs()
    near = off <= pl.select(pl.max_horizontal(both["cost"] * NEAR, both["scrape"])).to_series()
    worst = float((off / both["cost"]).max() or 0.0)  # type: ignore[arg-type]
    return Held(level, both.height, both.filter(~near), worst, float(both["measured"].sum()), float(both["cost"].sum()))


def _command(origin: Sequence[str], span: Span, keys: tuple[str, ...], prices: Path) -> list[str]:
    window = ",".join(datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for t in (span.start, span.end))
    line = [sys.executable, "-m", "farthing", "report", *origin, "--window", window, "--by", ",".join((*keys, "kind"))]
    return [*line, "--prices", str(prices), "--output", "json"]


HEAD = (
    "case", "by", "groups", "not near", "worst off", "measured $", "true $", "seconds", "own CPU s", "own peak MiB", "server peak MiB",
    "queries", "samples read",
)  # fmt: skip


def _row(case: Case, held: Held, run: Run) -> tuple[str, ...]:
    mib = [f"{number / 2**20:,.0f}" if number is not None else "–" for number in (run.own_bytes, run.server_bytes)]
    cpu = f"{run.own_cpu:.1f}" if run.own_cpu is not None else "–"
    return (
        case.title, held.level, f"{held.count:,}", f"{held.far.height:,}", f"{held.worst:.4%}", f"{held.measured:,.4f}",
        f"{held.true:,.4f}", f"{run.seconds:.1f}", cpu, *mib, f"{run.queries:,}", f"{run.samples:,}",
    )  # fmt: skip


def _case(text: str) -> Case:
    pods, _, days = text.partition(":")
    if not pods.isdigit() or not days.isdigit() or int(pods) < 20 or int(days) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no PODS:DAYS, such as 2000:7; of pods there are 20 or more")
    return Case(int(pods), int(days))


if __name__ == "__main__":
    main()
