"""`farthing up`: everything on one machine: collect, keep, serve."""

from __future__ import annotations

import importlib
import socket
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from farthing.core.errors import SettingsError
from farthing.core.settings import Settings, mask
from farthing.core.settings_loader import LoadedSettings
from farthing.lake import open_lake
from farthing.roles import OneMachine, PrometheusSeries, Series, StoredSeries, agent_name
from farthing.views import sharing_of
from farthing.warehouse import Warehouse

from . import terminal
from .flags import with_settings
from .serve import address_of, listen
from .up_news import News

MOST_CLUSTERS = 3
FIELD_PORT = 9003  # where clients of the field expect a cost model


@with_settings("prometheus", "metering", "samples", "pricing", "sharing", "lake", "warehouse", "collect", "serve", "")
def up(*, loaded: LoadedSettings) -> None:
    """Collect closed hours, keep them in a lake, and answer from them. Takes up where it was stopped. Ctrl-C stops it.

    Facts come from --prometheus, or from the embedded sample store (samples.path), or only from what other agents write into the lake.
    """
    settings = loaded.settings
    with ExitStack() as open_things:
        sockets = [open_things.enter_context(one) for one in listening_sockets(settings)]
        warehouse = open_things.enter_context(closing(open_warehouse(settings)))
        series = series_of(settings)
        lake, agent = open_lake(settings.lake), agent_name(path_of(settings.warehouse.path).parent)
        machine = OneMachine(lake, warehouse, settings, agent=agent, series=series, told=News(terminal.err()).tell)
        serving = importlib.import_module("farthing.cli.serving")  # a web framework that no other command waits for
        where = address_of(sockets[0])
        receive = series.receive if isinstance(series, StoredSeries) else None
        machine.start()
        try:
            ready = f"Farthing answers at {where}{ready_words(settings, machine)}"
            serving.run_warehouse(settings, machine, sockets, ready, receive=receive, origins=loaded.sources)
        finally:
            left = machine.stop()
            told = f"; {', '.join(left)} left in the middle, to be taken up again" if left else ""
            terminal.line(terminal.err(), f"farthing: stopped{told}")


def ready_words(settings: Settings, machine: OneMachine) -> str:
    """Where facts come from and are kept, and what is there already."""
    origin = settings.prometheus.url or (f"samples in {settings.samples.path}" if settings.samples.path else "")
    extents = machine.warehouse.extents()
    there = ", ".join(f"{one.cluster} until {datetime.fromtimestamp(one.last, UTC):%Y-%m-%d %H:%M} UTC" for one in extents[:MOST_CLUSTERS])
    more = f" and {len(extents) - MOST_CLUSTERS} more clusters" if len(extents) > MOST_CLUSTERS else ""
    parts = [f"collects from {mask(origin, secret=False)}" if origin else "collects nothing itself", f"lake {machine.lake.url}"]
    return f" · {' · '.join(parts)} · {f'has {there}{more}' if there else 'has no hour yet'}"


def listening_sockets(settings: Settings) -> list[socket.socket]:
    """The port that was asked for, and the field's beside the usual one where it is free. Raises SettingsError for the first."""
    sockets = [listen(settings.serve)]
    if settings.serve.port == type(settings.serve)().port:
        try:
            sockets.append(listen(settings.serve.model_copy(update={"port": FIELD_PORT})))
        except SettingsError as error:
            terminal.line(terminal.err(), ("warning: ", "bold yellow"), f"{error.problem}; clients are answered at the other port alone")
    return sockets


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse that the settings name; what was set aside is told. Raises StorageError, SettingsError."""
    own = settings.warehouse
    path = path_of(own.path)
    warehouse = Warehouse(
        path, sharing=sharing_of(settings.sharing), memory_mib=own.memory_mib, threads=own.threads, now=lambda: datetime.now(UTC)
    )
    for told in warehouse.store.told:
        terminal.line(terminal.err(), ("warning: ", "bold yellow"), told)
    return warehouse


def series_of(settings: Settings) -> Series | None:
    """What is collected from; None where that is nothing. Raises SettingsError where it is two things."""
    if settings.prometheus.url and settings.samples.path:
        raise SettingsError(
            "both a Prometheus (prometheus.url) and the embedded sample store (samples.path) are set",
            expected="one of them",
            cure="leave the other out",
        )
    if settings.prometheus.url:
        return PrometheusSeries(settings)
    return StoredSeries(settings, lambda: datetime.now(UTC)) if settings.samples.path else None


def path_of(text: str) -> Path:
    """A path with ~ as the home it stands for."""
    return Path(text).expanduser()
