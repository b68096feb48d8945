"""`farthing backfill`: the past that a Prometheus still has, into the lake, in the foreground."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from farthing.core.errors import BadWindow
from farthing.core.ledger import Span
from farthing.core.settings import Settings
from farthing.core.settings_loader import LoadedSettings
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import parse_moment
from farthing.lake import Lake, open_lake
from farthing.metering.prometheus import Asked
from farthing.metering.prometheus import Progress as Answered
from farthing.roles import Collected, Collector, Planned, PrometheusSeries, agent_name, piece_hours

from . import terminal
from .flags import require_server, with_settings
from .terminal import line
from .up import path_of

SINCE_HELP = (
    "Go back to then: 2026-11-01, 2026-11-01T12:00:00Z, or 30d for that long ago. Without it: as far as collect.backfill_days says."
)
UNTIL_HELP = "Begin before then; forms as of --since. Without it: with the last closed hour."
DRY_RUN_HELP = "Say which hours would be collected, and collect nothing."


@dataclass
class Done:
    """What was collected so far. `nothing`: hours of which the server turned out to have nothing."""

    hours: int = 0
    rows: int = 0
    nothing: int = 0

    def add(self, found: Collected) -> None:
        """Count a piece that was looked at."""
        self.hours += found.hours
        self.rows += found.rows
        self.nothing += round(found.span.seconds / HOUR_SECONDS) - found.hours


@with_settings("prometheus", "metering", "lake", "")
def backfill(
    *,
    since: Annotated[str, typer.Option("--since", help=SINCE_HELP, metavar="TIME", show_default=False)] = "",
    until: Annotated[str, typer.Option("--until", help=UNTIL_HELP, metavar="TIME", show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN_HELP)] = False,
    loaded: LoadedSettings,
) -> None:
    """Take the past that a Prometheus still has into the lake, newest day first. Hours that are there are not asked for again.

    May be stopped (Ctrl-C) and started again: what is done is kept. `farthing up` does the same in the background.
    """
    settings, console = loaded.settings, terminal.err()
    require_server(settings)
    now = datetime.now(UTC)
    first, last = span_of(since, until, now=now)
    lake = open_lake(settings.lake)
    with telling(console) as bar:
        series = PrometheusSeries(settings, bar.answered)
        collector = collector_of(lake, series, settings)
        try:
            plan = list(bar.planning(collector.plan(first, last)))
            if not dry_run and plan:
                collect(collector, plan, bar)
        finally:
            collector.release()
            series.close()
            bar.stop()
            if bar.collecting:
                print_done(terminal.out(), bar.done, series.asked, bar.seconds, lake.url)
    if dry_run or not plan:
        print_plan(terminal.out(), plan, lake.url)


def span_of(since: str, until: str, *, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when to when is collected; None: as far as the settings say, and with the last closed hour. Raises BadWindow."""
    first = parse_moment(since, now=now) if since.strip() else None
    last = parse_moment(until, now=now) if until.strip() else None
    if first is not None and first >= (last or now):
        raise BadWindow(
            f"--since {since} is {first:%Y-%m-%d %H:%M} UTC, not before {(last or now):%Y-%m-%d %H:%M} UTC",
            expected="a time before --until, or before now",
        )
    return first, last


def collector_of(lake: Lake, series: PrometheusSeries, settings: Settings) -> Collector:
    """A collector of its own name: another agent that collects the same cluster, such as `farthing up`, is not pushed aside."""
    return Collector(
        lake,
        series.source,
        settings.metering,
        agent=f"{agent_name(path_of(settings.warehouse.path).parent)}-backfill",
        lease=timedelta(seconds=settings.lake.lease_seconds),
        backfill_days=settings.collect.backfill_days,
        piece_hours=lambda span: piece_hours(series, settings.metering.rows_at_once, span),
    )


def collect(collector: Collector, plan: Sequence[Planned], bar: Bar) -> None:
    """Do what is planned, telling `bar` of every piece. Raises what asking and committing raise."""
    bar.begin(sum(day.hours for day in plan))
    for day in plan:
        for found in collector.carry_out(day):
            bar.collected(found)


class Bar:
    """Hears how far it is; shows it where there is a progress to draw on."""

    def __init__(self, drawn: Progress | None, clock: Callable[[], float] = time.perf_counter) -> None:
        self.done = Done()
        self.collecting = False
        self._drawn = drawn
        self._task = drawn.add_task("planning", total=None, told="") if drawn else None
        self._queries = 0
        self._clock = clock
        self._begun = clock()
        self._ended: float | None = None

    @property
    def seconds(self) -> float:
        """How long the collecting took."""
        return (self._ended or self._clock()) - self._begun

    def answered(self, progress: Answered) -> None:
        """The server answered a question."""
        self._queries += 1
        self._tell(told=f"{self._queries:,} queries · {progress.name}")

    def planning(self, plan: Iterator[Planned]) -> Iterator[Planned]:
        """The plan, told while it is made."""
        hours = 0
        for day in plan:
            hours += day.hours
            self._tell(told=f"{hours:,} hours to collect, back to {_day(day.span)}")
            yield day

    def begin(self, hours: int) -> None:
        """Collecting of so many hours begins."""
        self.collecting, self._begun = True, self._clock()
        if self._drawn is not None and self._task is not None:
            self._drawn.reset(self._task, total=hours, description="collecting", told="")

    def collected(self, found: Collected) -> None:
        """A piece is in the lake."""
        self.done.add(found)
        if self._drawn is not None and self._task is not None:
            self._drawn.advance(self._task, round(found.span.seconds / HOUR_SECONDS))

    def stop(self) -> None:
        """Show nothing more."""
        self._ended = self._clock()
        if self._drawn is not None:
            self._drawn.stop()

    def _tell(self, **what: str) -> None:
        if self._drawn is not None and self._task is not None:
            self._drawn.update(self._task, **what)  # type: ignore[arg-type]  # a column reads it


@contextmanager
def telling(console: Console) -> Iterator[Bar]:
    """A bar while the block runs, drawn on a terminal only."""
    if not console.is_terminal:
        yield Bar(None)
        return
    parts = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TextColumn("hours · {task.fields[told]}"))
    with Progress(*parts, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True) as drawn:
        yield Bar(drawn)


def print_plan(console: Console, plan: Sequence[Planned], url: str) -> None:
    """The days of which hours would be collected."""
    if not plan:
        line(console, f"nothing to collect: {url} has every hour that the server has")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("day (UTC)", no_wrap=True)
    table.add_column("missing hours", justify="right", no_wrap=True)
    for day in plan:
        table.add_row(_day(day.span), f"{day.hours:,}")
    console.print(table)
    line(console, f"{sum(day.hours for day in plan):,} hours of {len(plan):,} days are not in {url} yet; nothing was collected")


def print_done(console: Console, done: Done, asked: Asked, seconds: float, url: str) -> None:
    """What was done and what it took."""
    if not done.hours and done.nothing:
        line(console, f"nothing new: {url} has every hour that the server has something of")
        return
    nothing = f" · the server has nothing of {done.nothing:,} more" if done.nothing else ""
    line(console, (f"{done.hours:,} hours", "bold"), f" collected into {url}: {done.rows:,} rows{nothing}")
    again = f" ({asked.retries:,} again)" if asked.retries else ""
    line(console, f"{asked.queries:,} queries{again}, {asked.bytes / 1e6:,.1f} MB of answers, {seconds:,.1f} s", indent=2)


def _day(span: Span) -> str:
    return f"{datetime.fromtimestamp(span.start, UTC):%Y-%m-%d}"
