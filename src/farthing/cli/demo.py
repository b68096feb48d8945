"""`farthing demo`: the report of a small made-up organisation, with nothing of your own needed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Annotated

import typer

from farthing.core.settings import PrometheusSettings, Settings
from farthing.core.settings_loader import LoadedSettings
from farthing.demo import AROUND, WINDOW, Recording, can_run_prometheus, organisation, playing, running_prometheus
from farthing.views import sharing_of

from . import terminal
from .flags import with_settings
from .progress import loading
from .report import (
    By,
    File,
    Filter,
    Form,
    IdlePlace,
    IdleWay,
    Limit,
    NoSharing,
    Output,
    Sort,
    Stats,
    Wish,
    Zone,
    chosen_output,
    parse_asking,
    write_report,
)
from .terminal import line

RECORDED_HELP = "Play recorded answers, also where a Prometheus could be started."
KEEP_HELP = "Keep the demo's server until Ctrl-C, to ask it yourself."
SUGGESTIONS: tuple[tuple[str, str], ...] = (
    ("farthing demo --by cluster,controller --limit 15", "what runs where"),
    ("farthing demo --by team --idle share", "what each team pays when idle nodes are shared out"),
    ("farthing demo --by pod --filter 'namespace:\"ci\"' --sort name", "every build, to the second"),
)


@with_settings("pricing", "sharing")
def demo(
    *,
    by: By = "namespace",
    filter: Filter = "",
    idle: IdleWay = "separate",
    idle_by: IdlePlace = "node",
    no_sharing: NoSharing = False,
    zone: Zone = "UTC",
    output: Form = None,
    output_file: File = None,
    sort: Sort = "total",
    limit: Limit = None,
    stats: Stats = False,
    recorded: Annotated[bool, typer.Option("--recorded", help=RECORDED_HELP)] = False,
    keep: Annotated[bool, typer.Option("--keep", help=KEEP_HELP)] = False,
    loaded: LoadedSettings,
) -> None:
    """The report of a small made-up organisation: two clusters, five teams, one day. Needs nothing of yours."""
    wish = Wish(chosen_output(output, output_file), output_file, sort, limit, stats)
    sharing = None if no_sharing else sharing_of(loaded.settings.sharing)
    asking = parse_asking(str(WINDOW), by, filter, idle, zone, idle_by=idle_by, sharing=sharing, now=WINDOW.end)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)  # the demo's Prometheus must not outlive it
    replayed = recorded or not can_run_prometheus()
    with _server(replayed=replayed) as url:
        settings = Settings(prometheus=PrometheusSettings(url=url), pricing=loaded.settings.pricing)
        write_report(settings, asking, wish)
        if wish.output is Output.TABLE and wish.file is None:
            _afterword(url, replayed=replayed, keep=keep)
        if keep:
            terminal.line(terminal.err(), f"farthing: the demo answers at {url} until Ctrl-C")
            threading.Event().wait()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C."""
    raise KeyboardInterrupt


@contextmanager
def _server(*, replayed: bool) -> Iterator[str]:
    """URL of the organisation's server, on this machine: no proxy of the environment lies before it."""
    for variable in ("no_proxy", "NO_PROXY"):
        os.environ[variable] = ",".join(filter(None, (os.environ.get(variable), "127.0.0.1")))
    if replayed:
        with playing(Recording.read()) as url:
            yield url
        return
    start, end = (WINDOW.start - AROUND).timestamp(), (WINDOW.end + AROUND).timestamp()
    with ExitStack() as running:
        with loading("loading a day into a Prometheus") as written:
            url = running.enter_context(running_prometheus(list(organisation()), start, end, written=written))
        yield url


def _afterword(url: str, *, replayed: bool, keep: bool) -> None:
    console = terminal.out()
    console.print()
    if replayed:
        why = "" if can_run_prometheus() else " (there is no prometheus on the PATH)"
        line(console, ("Recorded", "bold"), f": the answers of a Prometheus were played{why}; everything after them was computed now.")
    else:
        state = f"it answers at {url} until Ctrl-C" if keep else "it is stopped now; --keep leaves it running"
        line(console, ("Live", "bold"), f": a Prometheus of the demo's own held the day; {state}.")
    line(console, ("Try next", "bold"))
    for command, what in SUGGESTIONS:
        line(console, (command, "bold cyan"), f"  {what}", indent=2)
    line(console, "With a Prometheus of yours: farthing report --prometheus http://localhost:9090", indent=2)
