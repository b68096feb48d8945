"""The harness: both sides in turns, medians and ratios, errors with the command's own words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.report import HEAD, Case, CommandFailed, Run, markdown, measure, report_command, table
from tests.kit.servers import require_server

MIB = 2**20
GOOD = "import json; print(json.dumps({'asked': {'queries': 7, 'series': 8, 'samples': 9, 'bytes': 100}}))"


def run(side: str, seconds: float, own: int | None = None, cpu: float | None = None) -> Run:
    return Run(side, seconds, cpu, 2 * seconds, own, 300 * MIB, 46, 1000, 2_000_000, 3 * MIB)


def test_medians_and_ratios() -> None:
    ours = [run("farthing", 2.0, 10 * MIB, 1.0), run("farthing", 9.0, 30 * MIB, 1.5), run("farthing", 3.0, 20 * MIB, 0.5)]
    theirs = [run("opencost", seconds) for seconds in (4.0, 8.0, 6.0)]
    head, first, second = table([(Case("2k-pods", 1), [one for pair in zip(ours, theirs, strict=True) for one in pair])])
    assert head == HEAD
    # Medians of 2, 9, 3 and of 4, 8, 6; 3 / 6.
    assert first == (
        *("2k-pods, 24 h", "farthing", "0.50", "2.00 9.00 3.00", "3.00", "1.0", "6.0", "20.0", "300.0"),
        *("46", "1,000", "2,000,000", "3.0"),
    )
    assert second[2:9] == ("1.00", "4.00 8.00 6.00", "6.00", "–", "12.0", "–", "300.0")
    assert markdown([("a", "bb"), ("ccc", "d")]) == "| a   | bb |\n|-----|----|\n| ccc | d  |"


def test_the_command_names_server_window_and_statistics() -> None:
    line = report_command("http://127.0.0.1:9090", "A,B")
    assert line[1:4] == ["-m", "farthing", "report"]
    for flag, value in (("--prometheus", "http://127.0.0.1:9090"), ("--window", "A,B"), ("--output", "json")):
        assert line[line.index(flag) + 1] == value


@pytest.mark.real
def test_both_sides_in_turns(tmp_path: Path) -> None:
    require_server("prometheus")
    case = Case("tiny", 1)
    _, runs = measure(case, rounds=2, folder=tmp_path, command=lambda *_: [sys.executable, "-c", GOOD])
    assert [one.side for one in runs] == ["opencost", "farthing", "farthing", "opencost"]
    theirs, ours = runs[:2]
    assert (ours.queries, ours.series, ours.samples, ours.bytes) == (7, 8, 9, 100)
    assert ours.own_bytes is not None
    assert theirs.server_cpu is not None
    assert theirs.server_cpu > 0
    assert ours.own_bytes > MIB
    assert theirs.queries == 46
    assert theirs.samples > 20 * 1440  # at the least every pod's run time over the day
    with pytest.raises(CommandFailed, match="ended with 3\nno such window"):
        measure(case, rounds=1, folder=tmp_path, command=lambda *_: ["sh", "-c", "echo no such window >&2; exit 3"])
    with pytest.raises(CommandFailed, match="did not say what it asked"):
        measure(case, rounds=1, folder=tmp_path, command=lambda *_: ["true"])
