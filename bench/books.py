"""`python -m bench.books [PODS:DAYS …]`: measured dollars beside the true ones of an organisation whose books are known.

Its series lie in a real Prometheus under build/bench (written when they are not there, minutes); `farthing report` is asked for every
namespace and for every pod. Prints a table and appends it to bench/results.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
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
from farthing.simulator import Organisation, books, organisation_of, price_book_yaml
from farthing.simulator.emit import write_blocks

RESULTS = Path(__file__).with_name("results.md")
DAY, HOUR, SCRAPE = 86400, 3600, 60
FIRST_DAY = 14  # after the founding: by then pods are of all ages
AROUND = 2 * HOUR  # data begin and end so much before and after
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
    """Measured costs held against the books': how many there are, how many are not near, the largest share that one is off by, and the
    dollars of all."""

    level: str
    count: int
    far: int
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
    asked = parser.parse_args()
    about = list(machine())
    rows: list[tuple[str, ...]] = [HEAD]
    told: list[str] = []
    for case in asked.cases:
        print(f"{case.title} …", flush=True)
        data = dataset(case)
        told.append(
            f"{case.title}: {data['samples']:,} samples, {data['bytes'] / 2**20:,.0f} MiB in blocks, written in {data['seconds']:.0f} s"
        )
        if not asked.write_only:
            rows += [_row(case, held, run) for held, run in measure(case, Path(data["database"]))]
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
                run, printed = reported(_command(url, span, keys, place / "prices.yaml"), place, pid)
                costs = pl.DataFrame([r for r in printed["rows"] if not r["special"]], infer_schema_length=None)
                found.append((held_against(level, keys, costs, account.rows), run))
    return found


def held_against(level: str, keys: tuple[str, ...], measured: pl.DataFrame, true: pl.DataFrame) -> Held:
    """Costs by keys and kind (`total_cost`) beside the rows of the books; what nobody mounts is no pod's and left out."""
    pods = true.group_by(*dict.fromkeys((*keys, "uid"))).agg(
        pl.col("cost").sum(), (pl.col("cost") / pl.col("held_seconds") * SCRAPE).max().alias("scrape")
    )
    expected = pods.group_by(keys).agg(pl.col("cost", "scrape").sum())
    named = measured.filter(pl.col("kind").is_in(["container", "pod"])).group_by(keys).agg(pl.col("total_cost").sum().alias("measured"))
    both = expected.join(named, on=keys, how="full", coalesce=True).with_columns(pl.col("cost", "scrape", "measured").fill_null(0.0))
    off = (both["measured"] - both["cost"]).abs()
    near = off <= pl.select(pl.max_horizontal(both["cost"] * NEAR, both["scrape"])).to_series()
    worst = float((off / both["cost"]).max() or 0.0)  # type: ignore[arg-type]
    return Held(level, both.height, int((~near).sum()), worst, float(both["measured"].sum()), float(both["cost"].sum()))


def _command(url: str, span: Span, keys: tuple[str, ...], prices: Path) -> list[str]:
    window = ",".join(datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for t in (span.start, span.end))
    line = [sys.executable, "-m", "farthing", "report", "--prometheus", url, "--window", window, "--by", ",".join((*keys, "kind"))]
    return [*line, "--prices", str(prices), "--output", "json"]


HEAD = (
    "case", "by", "groups", "not near", "worst off", "measured $", "true $", "seconds", "own CPU s", "own peak MiB", "server peak MiB",
    "queries", "samples read",
)  # fmt: skip


def _row(case: Case, held: Held, run: Run) -> tuple[str, ...]:
    mib = [f"{number / 2**20:,.0f}" if number is not None else "–" for number in (run.own_bytes, run.server_bytes)]
    cpu = f"{run.own_cpu:.1f}" if run.own_cpu is not None else "–"
    return (
        case.title, held.level, f"{held.count:,}", f"{held.far:,}", f"{held.worst:.4%}", f"{held.measured:,.4f}", f"{held.true:,.4f}",
        f"{run.seconds:.1f}", cpu, *mib, f"{run.queries:,}", f"{run.samples:,}",
    )  # fmt: skip


def _case(text: str) -> Case:
    pods, _, days = text.partition(":")
    if not pods.isdigit() or not days.isdigit() or int(pods) < 20 or int(days) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no PODS:DAYS, such as 2000:7; of pods there are 20 or more")
    return Case(int(pods), int(days))


if __name__ == "__main__":
    main()
