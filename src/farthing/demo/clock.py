"""The demo's clock: as fast as one likes, but never ahead of what has been done for the time that it shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

BEHIND_SECONDS = 60.0  # of real time, that it may be behind and still catches up
BORDER_SECONDS = 0.001  # it stands so far before a limit, for what happens at the limit has not been done


class Clock:
    """Shows `start` when it is made and goes `speed` times as fast as `elapsed`, up to the limit that `let` sets.

    Where the limit holds it up it stands, and catches up afterwards; what it is behind by more than BEHIND_SECONDS of real time is
    given up, and counted in `lost`. It never goes back. May be used by several threads.
    """

    def __init__(self, start: datetime, speed: float = 1.0, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        """elapsed: seconds that only grow."""
        self.speed = speed
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._wanted = self._limit = start.timestamp()
        self._read_at = elapsed()
        self._shown = start.timestamp()
        self.lost = 0.0
        """Seconds of its own that were given up, because what was to be done for them took longer."""

    def now(self) -> datetime:
        """What it shows."""
        return datetime.fromtimestamp(self.unix(), UTC)

    def unix(self) -> float:
        """What it shows, in unix seconds."""
        with self._lock:
            self._go()
            return self._shown

    def wanted(self) -> float:
        """What it would show if nothing held it up (unix s): until then things may be done."""
        with self._lock:
            self._go()
            return self._wanted

    def let(self, limit: float) -> None:
        """Let it go on up to `limit` (unix s). An earlier one than before changes nothing."""
        with self._lock:
            self._go()
            self._limit = max(self._limit, limit)

    def _go(self) -> None:
        read_at = self._elapsed()
        self._wanted += max(0.0, read_at - self._read_at) * self.speed
        self._read_at = read_at
        self._shown = max(self._shown, min(self._wanted, self._limit - BORDER_SECONDS))
        given_up = self._wanted - self._shown - BEHIND_SECONDS * self.speed
        if given_up > 0:
            self._wanted -= given_up
            self.lost += given_up
