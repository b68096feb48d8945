"""Fault points: known by name, free when nothing is armed, deadly when one is."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from farthing.core import faults

PROGRAM = """
from farthing.core import faults
faults.declare("one", "two")
for n in range(5):
    faults.reach("one")
    print(n, flush=True)
faults.reach("two")
"""


def run(armed: str) -> tuple[int, str, str]:
    environment = {"FARTHING_FAULT_AT": armed} if armed else {}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("armed", "code", "passed"),
    [("", 0, 5), ("one", -signal.SIGKILL, 0), ("one:3", -signal.SIGKILL, 2), ("two", -signal.SIGKILL, 5), ("one:6", 0, 5)],
)
def test_the_process_dies_at_the_nth_passage(armed: str, code: int, passed: int) -> None:
    ended, said, _ = run(armed)
    assert (ended, len(said.split())) == (code, passed)


@pytest.mark.parametrize("armed", [":2", "one:0", "one:x"])
def test_what_names_no_place_is_refused(armed: str) -> None:
    code, _, said = run(armed)
    assert code == 1
    assert "expected NAME or NAME:n" in said


def test_names_are_unique() -> None:
    import farthing.lake  # noqa: F401 - declares its places

    names = faults.declared()
    assert len(names) == len(set(names)) > 30
    with pytest.raises(ValueError, match="declared twice"):
        faults.declare(names[0])
