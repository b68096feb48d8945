"""`python -m bench [CASE …] [--rounds N]`: measure, print a table, append it to bench/results.md.

CASE is SIZE:DAYS, e.g. 2k-pods:1; without any, all of them. Data are written under build/bench when they are not there (minutes).
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from bench.organisation import SIZES
from bench.report import CASES, Case, machine, markdown, measure, table

RESULTS = Path(__file__).with_name("results.md")
HEADING = "# Measured\n\nEvery run of `python -m bench`, newest last. How each side is measured: the head of `report.py`.\n"


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", type=_case, metavar="SIZE:DAYS", help=f"of {', '.join(SIZES)}")
    parser.add_argument("--rounds", type=int, default=3, help="measured runs of each side (default 3)")
    asked = parser.parse_args()
    about = list(machine())
    measured, told = [], []
    for case in asked.cases or CASES:
        print(f"{case.title} …", flush=True)
        data, runs = measure(case, rounds=asked.rounds)
        measured.append((case, runs))
        told.append(
            f"{data.name}: {data.pods:,} pods, {data.containers:,} containers, {data.nodes} nodes at any moment; "
            f"{data.samples:,} samples, {data.bytes / 2**20:,.0f} MiB in blocks, written in {data.seconds_to_write:.0f} s"
        )
    result = markdown(table(measured))
    print(result)
    now = datetime.now(UTC)
    notes = "\n".join(f"- {line}" for line in [*about, *dict.fromkeys(told)])
    text = RESULTS.read_text() if RESULTS.exists() else HEADING
    RESULTS.write_text(f"{text}\n## {now:%Y-%m-%d %H:%M} UTC\n\n{notes}\n\n{result}\n")


def _case(text: str) -> Case:
    size, _, days = text.partition(":")
    if size not in SIZES or not days.isdigit() or not 1 <= int(days) <= SIZES[size].days:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no SIZE:DAYS; sizes and their days are {', '.join(f'{s}:{z.days}' for s, z in SIZES.items())}"
        )
    return Case(size, int(days))


if __name__ == "__main__":
    main()
