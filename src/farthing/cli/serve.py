"""`farthing serve`: the HTTP API over a Prometheus, for this machine."""

from __future__ import annotations

import importlib
import ipaddress
import socket

from farthing.core.errors import SettingsError, SourceError
from farthing.core.settings import ServeSettings, Settings
from farthing.core.settings_loader import LoadedSettings
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import load_book

from . import terminal
from .flags import require_server, with_settings

BACKLOG = 128
LOOK_SECONDS = 3.0


@with_settings("prometheus", "metering", "pricing", "serve", "")
def serve(*, loaded: LoadedSettings) -> None:
    """Answer OpenCost's and Kubecost's allocation and asset API over HTTP, for this machine. Ctrl-C stops it."""
    settings = loaded.settings
    require_server(settings)
    book = load_book(settings.pricing.book)
    with listen(settings.serve) as listening:
        _look_for_server(settings)
        where = address_of(listening)
        serving = importlib.import_module("farthing.cli.serving")  # a web framework that no other command waits for
        serving.run(loaded, book, listening, f"Farthing answers at {where} (try {where}/allocation?window=1d&aggregate=namespace)")
        terminal.line(terminal.err(), "farthing: stopped")


def listen(settings: ServeSettings) -> socket.socket:
    """A listening socket. Raises SettingsError for an address that others could reach, or that cannot be had."""
    host = settings.host
    if not is_loopback(host) and not settings.token.get_secret_value() and settings.token_file is None:
        raise SettingsError(
            f"serve.host = {host} could be reached by others, and there are no tokens set: everybody could read every cost",
            expected="serve.token or serve.token_file, or an address of this machine alone: 127.0.0.1, ::1 or localhost",
            cure="set a token, or leave --host out and let others in through a proxy that asks who they are, or kubectl port-forward",
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
