"""The demo, put together: a company that lives in a folder, and everything that `farthing up` does, fed by it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from farthing.core.settings import Settings
from farthing.core.units import HOUR_SECONDS
from farthing.lake import Lake, open_lake
from farthing.roles import OneMachine
from farthing.simulator import Organisation
from farthing.warehouse import Warehouse

from .clock import Clock
from .folder import Home
from .history import History
from .live import LiveSeries

DAY_SECONDS = 24 * HOUR_SECONDS
AGENT = "demo"


@dataclass(frozen=True)
class Progress:
    """How much of the history there is, in hours: in all, `written` into the lake, `answered` by the warehouse."""

    total: int
    written: int
    answered: int

    @property
    def whole(self) -> bool:
        """Whether questions about all of it are answered."""
        return self.answered >= self.total


class Demo:
    """A company in `home`, `days` back from the midnight before now, and from now on `speed` times as fast as the real time.

    The first day is there when it is made; `start` begins everything else, and `stop` ends it.
    """

    def __init__(
        self,
        home: Home,
        settings: Settings,
        *,
        days: int,
        speed: float,
        seed: int | None = None,
        present: Callable[[], datetime] = lambda: datetime.now(UTC),
        elapsed: Callable[[], float] | None = None,
    ) -> None:
        """settings: of `home`. present: the real time, asked once. elapsed: see Clock.

        Raises SettingsError for a folder that is no demo's, StorageError where it cannot be written or is in use.
        """
        self.settings = settings
        self.company: Organisation = home.found(present(), seed)
        lake = open_lake(settings.lake)
        start = max(present(), _known_until(lake))
        self.clock = Clock(start, speed, **({"elapsed": elapsed} if elapsed else {}))
        own = settings.warehouse
        self.warehouse = Warehouse(home.warehouse, memory_mib=own.memory_mib, threads=own.threads, now=self.clock.now)
        try:
            home.forget_samples()
            end = int(start.timestamp() // HOUR_SECONDS) * HOUR_SECONDS
            self.history = History(self.company, lake, end // DAY_SECONDS * DAY_SECONDS - days * DAY_SECONDS, end, self.clock.now)
            self.history.tick()  # the collector goes on from what it finds, and there is something to be seen
            series = LiveSeries(self.company, settings, self.clock, since=end, reached=self.reached)
            work = {"scrape": series.tick, "history": self._history}
            self.machine = OneMachine(lake, self.warehouse, settings, agent=AGENT, series=series, now=self.clock.now, beside=work)
        except BaseException:
            self.warehouse.close()
            raise

    def start(self) -> None:
        """Begin every loop."""
        self.machine.start()

    def stop(self) -> Sequence[str]:
        """End every loop and close everything; names of loops that did not end in time."""
        left = self.machine.stop()
        self.warehouse.close()
        return left

    def progress(self) -> Progress:
        """How far the history is."""
        total = self.history.end - self.history.first
        begins = [one.first for one in self.warehouse.extents()]
        all_there = len(begins) == len(self.company.clusters)
        answered = min(total, max(0, self.history.end - int(max(begins)))) if all_there else 0
        return Progress(*(seconds // HOUR_SECONDS for seconds in (total, self.history.end - self.history.reached, answered)))

    def reached(self) -> float:
        """Until when (unix s) all clusters can be asked about; NaN before the first hour."""
        return min((one.last for one in self.warehouse.extents()), default=math.nan)

    def _history(self) -> tuple[bool, str]:
        if math.isnan(self.reached()):
            return False, ""  # the first day is to be seen first
        more, did = self.history.tick()
        if did:
            self.machine.committed()
        return more, did


def _known_until(lake: Lake) -> datetime:
    """The latest time that the lake tells of: the clock of a demo that is taken up again does not go back behind it."""
    last = datetime.fromtimestamp(0, UTC)
    book = lake.books.latest()
    if book is not None:
        last = book.recorded_at
    for name in lake.clusters():
        hours = lake.cluster(name).hours()
        if hours.height:
            ends = hours["hour"].max(), hours["recorded_at"].max()
            assert isinstance(ends[0], datetime)
            assert isinstance(ends[1], datetime)
            last = max(last, datetime.fromtimestamp(ends[0].timestamp() + HOUR_SECONDS, UTC), ends[1])
    return last
