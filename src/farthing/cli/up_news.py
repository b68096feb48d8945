"""What `farthing up` tells while it works: how far the past is collected, taken in and costed again. Problems are told by the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from rich.console import Console

from farthing.roles import Job, Progress

from .terminal import line

EVERY = timedelta(seconds=10)


class News:
    """Prints a line of each job now and then, and when it is through. Safe among threads."""

    def __init__(self, console: Console, now: Callable[[], datetime] = lambda: datetime.now(UTC), every: timedelta = EVERY) -> None:
        self._console = console
        self._now = now
        self._every = every
        self._told: dict[Job, datetime] = {}
        self._collecting = False
        self._lock = Lock()

    def tell(self, progress: Progress) -> None:
        """One more step of a job is done."""
        now = self._now()
        with self._lock:
            if not progress.done:
                return
            through = progress.done >= progress.total > 0
            if progress.job is Job.COLLECTING:
                self._collecting = not through
            last = self._told.get(progress.job)
            # what is collected is taken in batch by batch: while there is more to come, the end of a batch is no news
            news = through and not (progress.job is Job.TAKING_IN and self._collecting)
            if last is None or now - last >= self._every or news:
                self._told[progress.job] = now
                line(self._console, f"farthing: {words(progress)}")


def words(progress: Progress) -> str:
    """How far a job is, as a person says it."""
    match progress.job:
        case Job.COLLECTING if progress.total:
            return f"all that the server has is collected: {_hours(progress.done)} since the start"
        case Job.COLLECTING:
            at = f", now from {progress.reached:%Y-%m-%d %H:%M} UTC" if progress.reached else ""
            return f"{_hours(progress.done)} collected{at}"
        case Job.TAKING_IN:
            return f"{progress.done:,} of {_hours(progress.total)} that are new can be asked for"
        case Job.COSTING_AGAIN:
            answers = "; until all are, the old answers stay" if progress.done < progress.total else ""
            return f"{progress.done:,} of {_hours(progress.total)} costed again, by the changed prices or rules{answers}"


def _hours(number: int) -> str:
    return f"{number:,} hour{'' if number == 1 else 's'}"
