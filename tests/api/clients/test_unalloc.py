"""The program unalloc itself, against a server that listens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import uvicorn

from farthing.api import create_app
from farthing.core.settings import Settings
from farthing.views import OnDemand

from ..conftest import Example

unalloc = pytest.importorskip("unalloc.sources.opencost")


@pytest.fixture
def address(source: Example) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(OnDemand(source), Settings()), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    listening.close()


@pytest.mark.parametrize("prefix", ["", "/model"])
def test_its_rows(address: str, prefix: str) -> None:
    rows = unalloc.OpenCostSource(base_url=address + prefix).fetch(datetime(1970, 2, 11, tzinfo=UTC), datetime(1970, 2, 12, tzinfo=UTC))
    amounts = {row.name: row.amount_usd for row in rows}
    # What no pod holds (the volume v2) and a pod without a controller or a team are alike here: unallocated.
    unallocated = "shop/__unallocated__/__unallocated__"
    assert set(amounts) == {"shop/deployment:web/growth", "batch/cronjob:nightly/risk", unallocated, "__idle__"}
    assert sum(amounts.values()) == pytest.approx(Decimal("59.1"))
    web = next(row for row in rows if "web" in row.name)
    assert (web.amount_usd, web.labels["namespace"], web.labels["team"]) == (pytest.approx(Decimal("16.2")), "shop", "growth")
