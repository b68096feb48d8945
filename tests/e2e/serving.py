"""A Farthing of its own process, and the demo that all workers of a run share."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import orjson

from farthing.api.screen import FOLDER
from scripts.screen.pages import CHROMIUM
from tests.kit.servers import started

HISTORY_DAYS = 30
LOOKS, LOOK_SECONDS = 900, 0.2


@dataclass(frozen=True)
class Farthing:
    """A server that answers."""

    url: str
    token: str = ""

    def ask(self, path: str, **parameters: Any) -> Any:
        """What the API answers below /api/v1, as JSON."""
        got = self._get(path, parameters)
        assert got.status_code == 200, got.text[:500]
        return orjson.loads(got.content)

    def refused(self, path: str, **parameters: Any) -> Any:
        """The error that the API answers with."""
        got = self._get(path, parameters)
        assert got.status_code == 400, got.text[:500]
        return orjson.loads(got.content)

    def _get(self, path: str, parameters: dict[str, Any]) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return httpx.get(f"{self.url}/api/v1{path}", params=parameters, headers=headers, timeout=60, trust_env=False)


@contextmanager
def farthing(folder: Path, *arguments: str, token: str = "") -> Iterator[tuple[Farthing, subprocess.Popen[bytes]]]:
    """`farthing …` as a process that lasts as long as the block; stopped by its pid. What it says goes to a file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "farthing.log"
    more = []
    if token:
        (folder / "token").write_text(token)
        more = ["--token-file", str(folder / "token")]

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "farthing", *arguments, *more, "--port", str(port)]

    with started("farthing", command, log) as (url, process):
        yield Farthing(url, token), process
        assert process.poll() is None, f"it ended by itself: {log.read_text()[-2000:]}"


@contextmanager
def shared_demo(folder: Path) -> Iterator[Farthing]:
    """A demo with its whole history. `folder` is that of the run: the first worker that comes starts one, and stops it when the others
    have gone. The locks are the kernel's: a worker that is killed holds nobody up."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "url"
    with ExitStack() as stack, (folder / "users").open("w") as users:
        with _locked(folder / "door"):
            # who goes holds the lock of the users alone
            mine = not (told.exists() and _shared(users))
            if mine:
                place = folder / str(sum(1 for _ in folder.iterdir()))
                demo, process = stack.enter_context(farthing(place, "demo", "--days", str(HISTORY_DAYS), "--keep", str(place / "kept")))
                _until_whole(demo, process)
                told.write_text(demo.url)
            else:
                demo = Farthing(told.read_text())
        yield demo
        if mine:
            fcntl.flock(users, fcntl.LOCK_EX)
            with _locked(folder / "door"):
                if told.read_text() == demo.url:
                    told.unlink()


def why_not() -> str:
    """What is missing for tests in a browser; empty where nothing is."""
    if not (FOLDER / "index.html").is_file():
        return "the page is not built (make screen)"
    return "" if CHROMIUM.is_file() else f"{CHROMIUM} is not installed (Debian: apt-get install chromium)"


def _until_whole(demo: Farthing, process: subprocess.Popen[bytes]) -> None:
    status: dict[str, Any] = {}
    for _ in range(LOOKS):
        status = demo.ask("/status")
        if status["ready"] and not status["building"]:
            return
        try:
            process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"the demo ended with {process.returncode}")
    raise AssertionError(f"its history is not whole: {status}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _shared(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
