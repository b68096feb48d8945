"""Progress on standard error, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from farthing.core.ledger import Ledger
from farthing.core.units import HOUR_SECONDS
from farthing.metering.prometheus import Progress as Answered

from . import terminal


@dataclass
class Watch:
    """Hears what is asked and read."""

    bar: Progress | None = None
    task: TaskID | None = None
    queries: int = 0

    def answered(self, progress: Answered) -> None:
        """One more question is answered."""
        self.queries += 1
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, asked=f"{self.queries:,} queries · {progress.name}")

    def read(self, piece: Ledger) -> None:
        """One more piece of the ledger is costed."""
        if self.bar is not None and self.task is not None:
            self.bar.advance(self.task, round(piece.span.seconds / HOUR_SECONDS))


@contextmanager
def watching(hours: float) -> Iterator[Watch]:
    """A bar over `hours` while the block runs; nothing at all where standard error is no terminal."""
    console = terminal.err()
    if not console.is_terminal:
        yield Watch()
        return
    columns = (TextColumn("reading"), BarColumn(24), MofNCompleteColumn(), TextColumn("hours · {task.fields[asked]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield Watch(bar, bar.add_task("reading", total=max(1, round(hours)), asked="asking"))


@contextmanager
def asking() -> Iterator[Callable[[Answered], None]]:
    """A line that counts questions while the block runs, for work of unknown length; nothing where standard error is no terminal."""
    console = terminal.err()
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(TextColumn("asking"), TextColumn("{task.fields[asked]}"), TimeElapsedColumn(), console=console, transient=True) as bar:
        watch = Watch(bar, bar.add_task("asking", total=None, asked=""))
        yield watch.answered


@contextmanager
def loading(what: str) -> Iterator[Callable[[float], None]]:
    """A bar that is told the part done, 0 to 1; nothing where standard error is no terminal."""
    console = terminal.err()
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(TextColumn(what), BarColumn(24), TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda part: bar.update(task, completed=part)
