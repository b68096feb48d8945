"""Who examines the server that is asked for data: in a thread of its own, so that nobody waits for it, and not too often."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from farthing.core.errors import FarthingError
from farthing.doctor import Diagnosis

EVERY_SECONDS = 600.0
PATIENCE_SECONDS = 3.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Examined:
    """The last examination: `diagnosis` and when it was begun, None before the first; `problem` and `cure` where the last one failed.
    `running`: another one is under way."""

    diagnosis: Diagnosis | None = None
    at: datetime | None = None
    problem: str = ""
    cure: str = ""
    running: bool = False


class Examiner:
    """Has `examine` run when it is asked and the last time is long enough ago. Safe among threads."""

    def __init__(
        self,
        examine: Callable[[], Diagnosis],
        *,
        every: float = EVERY_SECONDS,
        patience: float = PATIENCE_SECONDS,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`every`: least s between two beginnings; `patience`: most s that whoever asks waits; `elapsed`: s that only grow."""
        self._examine = examine
        self._every = every
        self.patience = patience
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._state = Examined()
        self._begun: float | None = None
        self._thread = threading.Thread()

    def ask(self, now: datetime) -> Examined:
        """What is known at `now`; an examination that is due begins, and is waited for a moment."""
        with self._lock:
            due = self._begun is None or self._elapsed() - self._begun >= self._every
            if due and not self._state.running:
                self._begun = self._elapsed()
                self._state = replace(self._state, running=True)
                self._thread = threading.Thread(target=self._run, args=(now,), name="examine", daemon=True)
                self._thread.start()
            thread, running = self._thread, self._state.running
        if running:
            thread.join(self.patience)
        with self._lock:
            return self._state

    def _run(self, now: datetime) -> None:
        try:
            found = Examined(self._examine(), now)
        except FarthingError as error:
            found = replace(self._state, problem=error.problem, cure=error.cure, running=False)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave an examination under way for ever: it is told
            _log.exception("the examination failed")
            found = replace(self._state, problem=f"a fault of ours: {type(error).__name__}: {error}", cure="", running=False)
        with self._lock:
            self._state = found
