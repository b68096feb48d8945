"""`farthing serve`: the HTTP API over a Prometheus, for this machine."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import uvicorn

from farthing.api import REQUEST_HEAD_BYTES, create_app
from farthing.core.errors import SettingsError, SourceError
from farthing.core.ledger import Ledger
from farthing.core.settings import ServeSettings, Settings
from farthing.core.settings_loader import LoadedSettings
from farthing.core.windows import Window
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import PriceBook, load_book
from farthing.roles import LiveLedger, Recent

from . import terminal
from .flags import require_server, with_settings

BACKLOG = 128
GRACE_SECONDS = 3
LOOK_SECONDS = 3.0


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
    source: FreshLedger | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            terminal.line(terminal.out(), self.ready_text, whole=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A question that is cut off here is no error worth a traceback.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        if self.source is not None and self.source.under_way:
            # Threads cannot be stopped, and Python would wait for them: a question that only reads may be left as it is.
            terminal.line(terminal.err(), "farthing: stopped; questions under way were left")
            os._exit(0)


@with_settings("prometheus", "metering", "pricing", "serve", "")
def serve(*, loaded: LoadedSettings) -> None:
    """Answer OpenCost's and Kubecost's allocation and asset API over HTTP, for this machine. Ctrl-C stops it."""
    settings = loaded.settings
    require_server(settings)
    source = FreshLedger(settings, load_book(settings.pricing.book))
    listening = listen(settings.serve)
    with listening:
        _look_for_server(settings)
        level = settings.log_level
        config = uvicorn.Config(
            create_app(source, settings),
            log_config=None,
            log_level=level,
            access_log=level in ("debug", "info"),
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=REQUEST_HEAD_BYTES,
        )
        server = _Server(config)
        server.source = source
        server.ready_text = (
            f"Farthing answers at {address_of(listening)} (try {address_of(listening)}/allocation?window=1d&aggregate=namespace)"
        )
        # uvicorn shuts down in order and then passes the signal on: for a server that is how it ends.
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
        terminal.line(terminal.err(), "farthing: stopped")


def listen(settings: ServeSettings) -> socket.socket:
    """A listening socket. Raises SettingsError for an address that others could reach, or that cannot be had."""
    host = settings.host
    if not is_loopback(host):
        raise SettingsError(
            f"serve.host = {host} could be reached by others, and there are no tokens yet: everybody could read every cost",
            expected="an address of this machine alone: 127.0.0.1, ::1 or localhost",
            cure="leave --host out; let others in through a proxy that asks who they are, or kubectl port-forward",
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        found = socket.socket(family, kind, protocol)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"nothing can listen on {host}:{settings.port}: {error.strerror or error}",
            expected="a free port",
            cure="stop what listens there, or take another with --port",
        ) from None
    return found


def is_loopback(host: str) -> bool:
    """True for an address that only this machine reaches."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def address_of(listening: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _look_for_server(settings: Settings) -> None:
    """Say so when the Prometheus does not answer; it may come later."""
    try:
        patience = {"timeout_seconds": min(LOOK_SECONDS, settings.prometheus.timeout_seconds), "retries": 0}
        with PrometheusClient(settings.prometheus.model_copy(update=patience)) as client:
            client.build_info()
    except SourceError as error:
        console = terminal.err()
        terminal.line(console, ("warning: ", "bold yellow"), f"{error.problem}. Questions will fail until it answers.")
