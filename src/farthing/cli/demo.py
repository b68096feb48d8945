"""`farthing demo`: `farthing up`, fed by a company that does not exist."""

from __future__ import annotations

import importlib
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from farthing.core.settings_loader import LoadedSettings
from farthing.demo import Demo, Home
from farthing.roles import History

from . import terminal
from .flags import with_settings
from .serve import address_of
from .telling import Teller
from .up import listening_sockets, path_of

LONGEST_DAYS = 90
FASTEST = 600
OWN = ("serve.", "log_level")  # settings that are the user's, see `Home.settings`
DAYS_HELP = "Days of history, back from the midnight before now."
SPEED_HELP = "How many times as fast as the real time it goes on from its start."
KEEP_HELP = "Folder in which everything stays; named again, it is taken up where it was left. Without it nothing is left behind."
SEED_HELP = "Another company of the same kind: other pods, other nodes, other figures."

Days = Annotated[int, typer.Option("--days", min=1, max=LONGEST_DAYS, help=DAYS_HELP, show_default=True)]
Speed = Annotated[float, typer.Option("--speed", min=1, max=FASTEST, help=SPEED_HELP, show_default=True)]
Keep = Annotated[Path | None, typer.Option("--keep", metavar="FOLDER", help=KEEP_HELP)]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help=SEED_HELP)]


@with_settings("serve", "")
def demo(*, days: Days = 30, speed: Speed = 1.0, keep: Keep = None, seed: Seed = None, loaded: LoadedSettings) -> None:
    """A company that does not exist and breathes: its history in a minute, then its life hour by hour. Ctrl-C ends it.

    Three clusters in two clouds, seven teams; what is served is measured, priced and kept as of clusters of your own.
    """
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _end)
    with ExitStack() as open_things:
        folder = path_of(str(keep)) if keep else Path(open_things.enter_context(tempfile.TemporaryDirectory(prefix="farthing-demo-")))
        home = Home(folder)
        settings = home.settings(loaded.settings.serve, loaded.settings.log_level)
        sockets = [open_things.enter_context(one) for one in listening_sockets(settings)]
        made = Demo(home, settings, days=days, speed=speed, seed=seed)
        where = address_of(sockets[0])
        serving = importlib.import_module("farthing.cli.serving")  # a web framework that no other command waits for
        teller = Teller(made, where)
        try:
            made.start()
            teller.start()
            ready = f"{made.company.name}, a company that does not exist, answers at {where}"
            own = {key: origin for key, origin in loaded.sources.items() if key.startswith(OWN)}
            serving.run_warehouse(settings, made.machine, sockets, ready, simulated=True, history=lambda: _history(made), origins=own)
        finally:
            teller.stop()
            left = made.stop()
            told = f"; {', '.join(left)} left in the middle" if left else ""
            kept = f"; kept in {folder}" if keep else ""
            terminal.line(terminal.err(), f"farthing: stopped{told}{kept}")


def _history(made: Demo) -> History:
    progress = made.progress()
    return History(not progress.whole, progress.answered, progress.total)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C; where the server runs, it has to hear it first."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.raise_signal(signal.SIGINT)
