"""What `farthing demo` tells while it runs: how far the history is, its stories with the questions that show them, whether it keeps up."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from farthing.core.units import HOUR_SECONDS
from farthing.demo import Demo, Progress, Shown, Telling, tellings
from farthing.roles.loops import Loop

from . import terminal
from .money import money
from .terminal import line

LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 5.0
DAY_HOURS = 24
TOLD_EVERY_DAYS = 5  # where there is no terminal whose line could be written anew
LOST_SECONDS = HOUR_SECONDS


class Teller:
    """Tells what happens with a demo that is served at the URL `server`, in a thread of its own."""

    def __init__(self, demo: Demo, server: str) -> None:
        self._demo = demo
        self._server = server
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._told_days = 0
        self._told_stories = False
        self._told_lost = 0.0
        self._loop = Loop("tell", self.tick, LOOK_SECONDS, demo.clock.now)

    def start(self) -> None:
        """Begin."""
        self._loop.start()

    def stop(self) -> None:
        """Tell no more."""
        self._loop.stop(PATIENCE_SECONDS)
        self._end_bar()

    def tick(self) -> tuple[bool, str]:
        """Tell what is new since the last time."""
        if not self._told_stories:
            progress = self._demo.progress()
            self._show(progress)
            if progress.whole:
                self._end_bar()
                told = list(tellings(self._demo.company, self._demo.history.first, self._demo.clock.now()))
                for paragraph in told:
                    tell(paragraph, self._server)
                self._told_stories = True
        lost = self._demo.clock.lost
        if lost - self._told_lost >= LOST_SECONDS:
            self._told_lost = lost
            fast = f"this machine cannot follow at {self._demo.clock.speed:g} times the real time"
            stood = f"the demo's clock has stood still for {lost / HOUR_SECONDS:.1f} of its hours"
            line(terminal.err(), ("warning: ", "bold yellow"), f"{fast}: {stood}")
        return False, ""

    def _show(self, progress: Progress) -> None:
        console = terminal.err()
        if not progress.answered:
            return
        days, total = progress.answered // DAY_HOURS, -(-progress.total // DAY_HOURS)
        if not console.is_terminal:
            if progress.whole or days >= self._told_days + TOLD_EVERY_DAYS:
                self._told_days = days
                line(console, f"farthing: {total if progress.whole else days} of {total} days of history can be asked for")
            return
        if self._bar is None:
            columns = (TextColumn("history"), BarColumn(24), MofNCompleteColumn(), TextColumn("days"), TimeElapsedColumn())
            self._bar = Bar(*columns, console=console, transient=True)
            self._task = self._bar.add_task("history", total=total)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, completed=days)

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def tell(telling: Telling, server: str) -> None:
    """Print a story with what to type and what to expect."""
    console = terminal.out()
    console.print()
    line(console, (telling.title, "bold"))
    line(console, telling.sentence, indent=2)
    for shown, when in questions(telling):
        line(console, f"  {when}: ", (money(shown.figure), "bold"), f" ({shown.what()})")
        line(console, "    ", (shown.command(server), "cyan"), whole=True)
        line(console, "    ", (f"curl -s {shlex.quote(shown.url(server))}", "cyan"), whole=True)


def questions(telling: Telling) -> Sequence[tuple[Shown, str]]:
    """The questions of a story, with words for when they are about."""
    if telling.before is None:
        return ((telling.shown, "expected"),)
    return ((telling.shown, "expected"), (telling.before, "and before"))
