"""`farthing up` as a process of its own, on a free port, and what it answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import orjson

from tests.kit.servers import free_port

ARMED = "import sys; from farthing.core import faults; from farthing.cli import main; faults.arm(sys.argv[1]); sys.exit(main(sys.argv[2:]))"
PATIENCE = 1200  # looks, 50 ms apart


@dataclass
class Machine:
    """A running `farthing up`. Its files lie in `folder`."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    token: str = ""
    said: list[str] = field(default_factory=list)

    def get(self, path: str, **parameters: str) -> bytes:
        """The body that it answers with."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        with urlopen(Request(f"{self.url}{path}?{urlencode(parameters)}", headers=headers), timeout=60) as answer:
            found: bytes = answer.read()
            return found

    def total(self, window: str) -> float | None:
        """What everything costs in `window`."""
        view = self.view(window=window, agg="all", compare="none")
        found: float | None = view["total"][[column["name"] for column in view["columns"]].index("total_cost")]
        return found

    def view(self, **parameters: str) -> dict[str, Any]:
        """The answer of `/allocation/view`."""
        found: dict[str, Any] = orjson.loads(self.get("/api/v1/allocation/view", **parameters))
        return found

    def metric(self, name: str) -> float:
        """A metric without labels; 0 before there is one."""
        lines = self.get("/metrics").decode().splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def until_hours(self, hours: int) -> None:
        """Wait until so many hours of clusters were taken in since it began."""
        for _ in range(PATIENCE):
            if self.metric("farthing_hours_taken_in_total") >= hours:
                return
            self.rest()
        raise AssertionError(f"{self.metric('farthing_hours_taken_in_total')} of {hours} hours were taken in")

    def rest(self) -> None:
        """A moment; it must not end meanwhile."""
        try:
            self.process.wait(0.05)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"farthing up ended with {self.process.returncode}: {(self.folder / 'up.log').read_text()[-2000:]}")

    def stop(self) -> str:
        """End it as a service manager does; everything that it said."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return (self.folder / "up.log").read_text()


def start(prometheus: str, folder: Path, *more: str, fault: str = "", token: str = "") -> Machine:
    """Start one over `prometheus`; it need not answer yet."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    # a fault is armed in the process: the command itself knows no such setting
    program = ["-c", ARMED, fault] if fault else ["-m", "farthing"]
    command = [sys.executable, *program, "up", "--prometheus", prometheus, "--port", str(port)]
    command += ["--lake", str(folder / "lake"), "--warehouse", str(folder / "costs.duckdb"), *more]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FARTHING_")}
    env = kept | ({"FARTHING_SERVE__TOKEN": token} if token else {})
    with (folder / "up.log").open("ab") as log:
        return Machine(subprocess.Popen(command, stdout=log, stderr=log, env=env), f"http://127.0.0.1:{port}", folder, token)


@contextmanager
def up(prometheus: str, folder: Path, *more: str, token: str = "") -> Iterator[Machine]:
    """One that answers, ended with the block."""
    machine = start(prometheus, folder, *more, token=token)
    try:
        for _ in range(PATIENCE):
            try:
                machine.get("/healthz")
                break
            except (URLError, ConnectionError):
                machine.rest()
        yield machine
    finally:
        machine.process.kill()
        machine.process.wait()
