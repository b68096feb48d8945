from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus import PrometheusClient
from tests.metering.prometheus.server import Server, serve


@pytest.fixture(autouse=True)
def _no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def naps() -> list[float]:
    """Seconds that clients of `connect` wanted to sleep between attempts; they did not."""
    return []


@pytest.fixture
def connect(server: Server, naps: list[float]) -> Iterator[Callable[..., PrometheusClient]]:
    """Makes clients of `server` by settings; closed in the end."""
    clients: list[PrometheusClient] = []

    def make(**settings: Any) -> PrometheusClient:
        client = PrometheusClient(PrometheusSettings(**{"url": server.url, "timeout_seconds": 20, **settings}), sleep=naps.append)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
