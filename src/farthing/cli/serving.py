"""The HTTP server behind `farthing serve`: a module of its own, so that other commands start without a web framework."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import uvicorn
from prometheus_client import CollectorRegistry

from farthing.api import REQUEST_HEAD_BYTES, Behind, Examiner, Receiver, create_app
from farthing.core.ledger import Ledger
from farthing.core.settings import Settings
from farthing.core.settings_loader import LoadedSettings
from farthing.core.windows import Window
from farthing.doctor import Diagnosis, examine
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import PriceBook
from farthing.roles import History, LiveLedger, MachineMetrics, OneMachine, Recent, as_of_source
from farthing.views import OnDemand

from . import terminal

GRACE_SECONDS = 3
EXAMINED = timedelta(hours=24)


class FreshLedger:
    """A LiveLedger with a client of its own for every question: `max_queries` and its like limit one question, not a server's life."""

    def __init__(self, settings: Settings, book: PriceBook) -> None:
        self._settings = settings
        self._book = book
        self._recent = Recent()
        self._lock = threading.Lock()
        self.under_way = 0  # questions that are being asked now

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)

    def pieces(self, window: Window, *, needs: frozenset[str]) -> Iterator[Ledger]:
        """As `LiveLedger.pieces`."""
        self._count(1)
        try:
            with PrometheusClient(self._settings.prometheus) as client:
                yield from LiveLedger(client, self._book, self._settings, now=self.now, recent=self._recent).pieces(window, needs=needs)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            self.under_way += more


class _Server(uvicorn.Server):
    """Says when it is ready."""

    ready_text = ""
    under_way: Callable[[], int] = staticmethod(lambda: 0)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            terminal.line(terminal.out(), self.ready_text, whole=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A question that is cut off here is no error worth a traceback.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        if self.under_way():
            # Threads cannot be stopped, and Python would wait for them: a question that only reads may be left as it is.
            terminal.line(terminal.err(), "farthing: stopped; questions under way were left")
            os._exit(0)


def examiner_of(settings: Settings, book: Callable[[], PriceBook]) -> Examiner | None:
    """Who examines the server that the settings name, as `farthing doctor` does; None where they name none."""
    if not settings.prometheus.url:
        return None

    def look() -> Diagnosis:
        now = datetime.now(UTC)
        with PrometheusClient(settings.prometheus) as client:
            return examine(client, settings, book(), window=Window(now - EXAMINED, now), now=now)

    return Examiner(look)


def run(loaded: LoadedSettings, book: PriceBook, listening: socket.socket, ready: str) -> None:
    """Serve until a signal ends it; `ready` is said when it answers."""
    settings = loaded.settings
    source = FreshLedger(settings, book)
    behind = Behind(book=lambda: book, origins=loaded.sources, examiner=examiner_of(settings, lambda: book))
    app = create_app(OnDemand(source), settings, currency=book.currency, behind=behind)
    _run(app, settings, [listening], ready, lambda: source.under_way)


def run_warehouse(
    settings: Settings,
    machine: OneMachine,
    sockets: Sequence[socket.socket],
    ready: str,
    *,
    receive: Receiver | None = None,
    simulated: bool = False,
    history: Callable[[], History] | None = None,
    origins: Mapping[str, str],
) -> None:
    """Serve what `machine` keeps until a signal ends it; `ready` is said when it answers. `simulated`: it is made up; `history`: how far
    its past is, where the machine itself does not know; `origins`: key → where a setting came from."""
    registry = CollectorRegistry()
    registry.register(MachineMetrics(machine))
    currency = machine.rules.book.currency
    app = create_app(
        machine.warehouse,
        settings,
        receive=receive,
        registry=registry,
        currency=currency,
        simulated=simulated,
        behind=Behind(
            machine, history or machine.history, lambda: machine.rules.book, origins, examiner_of(settings, lambda: machine.rules.book)
        ),
        as_of=lambda when: as_of_source(machine.lake, settings, when, now=machine.warehouse.now),
    )
    _run(app, settings, sockets, ready, lambda: 0)


def _run(app: Callable[..., Any], settings: Settings, sockets: Sequence[socket.socket], ready: str, under_way: Callable[[], int]) -> None:
    level = settings.log_level
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level=level,
        access_log=level in ("debug", "info"),
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=REQUEST_HEAD_BYTES,
    )
    server = _Server(config)
    server.under_way = under_way
    server.ready_text = ready
    # uvicorn shuts down in order and then passes the signal on: for a server that is how it ends. SIGTERM must end it as Ctrl-C does:
    # what lies behind (claims on clusters, the warehouse's file) is to be let go.
    with contextlib.suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, _interrupt)
        server.run(sockets=list(sockets))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
