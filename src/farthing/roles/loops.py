"""Loops: work that is done again and again in a thread of its own, tells how it went, and stops when it is told to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from farthing.core.errors import FarthingError

LONGEST_WAIT_SECONDS = 300.0

Work = Callable[[], tuple[bool, str]]
"""A round of a loop: whether there is more to do at once, and what was done, in words (empty: nothing worth telling)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """How a loop does: when it last went well, what it did then, and what is wrong now (empty: nothing)."""

    name: str
    rounds: int = 0
    failures: int = 0
    succeeded_at: datetime | None = None
    did: str = ""
    problem: str = ""


class Loop:
    """`work` again and again: at once while it says that there is more to do, else after `seconds`; after a failure ever later."""

    def __init__(
        self, name: str, work: Work, seconds: float, now: Callable[[], datetime], *, longest_wait: float = LONGEST_WAIT_SECONDS
    ) -> None:
        """`longest_wait`: s after the last of many failures."""
        self._work = work
        self._longest_wait = longest_wait
        self._seconds = seconds
        self._now = now
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._health = Health(name)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def health(self) -> Health:
        """How it does."""
        with self._lock:
            return self._health

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop: long work looks here between its steps."""
        return self._stop.is_set()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """Do not wait any longer."""
        self._wake.set()

    def stop(self, patience: float) -> bool:
        """Tell it to stop and wait so many seconds; whether it has."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(patience)
        return not self._thread.is_alive()

    def round(self) -> float:
        """Do the work once; how long to wait then, in seconds."""
        try:
            more, did = self._work()
        except FarthingError as error:
            return self._failed(error.problem, error.cure)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the loop: it is told, and tried again
            _log.exception("%s failed", self._health.name)
            return self._failed(f"a fault of ours: {type(error).__name__}: {error}", "")
        with self._lock:
            health = self._health
            if health.problem:
                _log.warning("%s: goes well again", health.name)
            self._health = replace(
                health, rounds=health.rounds + 1, failures=0, succeeded_at=self._now(), did=did or health.did, problem=""
            )
        return 0.0 if more else self._seconds

    def _failed(self, problem: str, cure: str) -> float:
        with self._lock:
            known = self._health.problem
            self._health = replace(self._health, failures=self._health.failures + 1, problem=problem)
            failures = self._health.failures
        if problem != known:
            _log.warning("%s: %s%s", self._health.name, problem, f" (to do: {cure})" if cure else "")
        return min(self._longest_wait, max(1.0, self._seconds) * 2.0 ** min(failures - 1, 10))

    def _run(self) -> None:
        while not self._stop.is_set():
            wait = self.round()
            if wait:
                self._wake.wait(wait)
                self._wake.clear()
