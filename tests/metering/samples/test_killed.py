"""A process that is killed outright loses nothing that it told to be synced, and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from farthing.core.faults import VARIABLE
from farthing.core.settings import SamplesSettings
from farthing.metering.samples import SampleStore
from farthing.metering.samples.store import MERGED, SEALED
from tests.metering.samples.conftest import HOUR, START, read

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
from farthing.core.settings import SamplesSettings
from farthing.metering.samples import SampleStore
from tests.metering.samples.conftest import START, samples

store = SampleStore(Path(sys.argv[1]), SamplesSettings(log_bytes=1 << 16))
count = 0
while count < int(sys.argv[2]):
    count += 1
    t = START + count  # a second apart: the hour ends after 3600 of them
    store.append(samples("a", [t], float(count)), t)
    store.append(samples(f"p{count % 50}", [t], float(count)), t)
    if count % 100 == 0:
        store.sync()
        print(count, flush=True)
        store.tend(t)
store.seal(START)
print("sealed", flush=True)
"""


def writer(folder: Path, count: int, **environment: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", WRITER, str(folder), str(count)]
    return subprocess.Popen(line, cwd=ROOT, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def check(folder: Path, synced: int) -> SampleStore:
    """Everything up to `synced` is there once, and what follows follows without a gap."""
    store = SampleStore(folder, SamplesSettings())
    found = read(store)
    mine = found["a"]
    assert len(mine) >= synced
    assert mine == [(START + i, float(i)) for i in range(1, len(mine) + 1)]
    others = sorted(s for pod, told in found.items() if pod != "a" for s in told)
    assert others[:synced] == mine[:synced]
    assert len(others) in (len(mine), len(mine) - 1)
    return store


@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 8])
def test_killed_while_appending(tmp_path: Path, lines: int) -> None:
    process = writer(tmp_path / "samples", 1_000_000)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    # what it still told between the last line that was read and its end
    told += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    assert process.wait(30) == -signal.SIGKILL
    with check(tmp_path / "samples", told[-1]) as store:
        for hour in store.hours():
            store.seal(hour)
    with check(tmp_path / "samples", told[-1]) as store:
        assert store.notes == []


@pytest.mark.slow
@pytest.mark.parametrize("point", [SEALED, f"{SEALED}:2", MERGED])
def test_killed_while_an_hour_is_put_into_columns(tmp_path: Path, point: str) -> None:
    process = writer(tmp_path / "samples", 900, **{VARIABLE: point})
    out, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert "sealed" not in out
    with check(tmp_path / "samples", int(out.split()[-1])) as store:
        # one second after the other of one hour: what is left of files is put together
        store.tend(START + 2 * HOUR)
        assert [len(files) for files in store.held().values()] == [1]
    with check(tmp_path / "samples", int(out.split()[-1])) as store:
        assert store.notes == []
