"""Processes that do a scenario and may be killed in it: forked from one that has everything imported and no thread yet.

`python -m tests.lake.writers` reads jobs (JSON lines: settings, scenario, fault) and answers each with how its process ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from pydantic import SecretStr

from farthing.core import faults
from farthing.core.settings import LakeSettings
from tests.lake.scenarios import SCENARIOS, opened

ROOT = Path(__file__).parents[2]
FINISHED = 0
KILLED = -signal.SIGKILL


class Writers:
    """Runs scenarios in processes of their own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def run(self, settings: LakeSettings, scenario: str, *, fault: str = "", after: float = 0.0) -> int:
        """Do it; gives `FINISHED`, or `KILLED` where the fault point was reached, or `after` that many seconds. Raises RuntimeError
        for any other end."""
        given = {n: v.get_secret_value() if isinstance(v, SecretStr) else v for n, v in settings.model_dump().items()}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(orjson.dumps({"settings": given, "scenario": scenario, "fault": fault, "after": after}) + b"\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        if code not in (FINISHED, KILLED):
            raise RuntimeError(f"the writer of {scenario} ended with {code}")
        return code


@contextmanager
def writers() -> Iterator[Writers]:
    """Writers that end with the block."""
    process = subprocess.Popen([sys.executable, "-m", "tests.lake.writers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        yield Writers(process)
    finally:
        process.communicate()


def _child(job: dict[str, object]) -> None:
    if job["fault"]:
        faults.arm(str(job["fault"]))
    SCENARIOS[str(job["scenario"])].act(opened(LakeSettings.model_validate(job["settings"])))


def _serve() -> None:
    for line in sys.stdin.buffer:
        pid = os.fork()
        if not pid:
            _child(orjson.loads(line))
            sys.stderr.flush()
            os._exit(0)
        if after := orjson.loads(line)["after"]:
            time.sleep(after)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    _serve()
