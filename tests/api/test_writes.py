"""POST /api/v1/write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from fastapi.testclient import TestClient

from farthing.api import Receiver, create_app, writes
from farthing.core.errors import BadParameter, Unreachable
from farthing.core.settings import Settings
from farthing.views import OnDemand

from .conftest import BASE, Example

TOKEN = "a token of some length"


def client_of(receive: Receiver | None) -> TestClient:
    settings = Settings.model_validate({"serve": {"token": TOKEN}})
    app = create_app(OnDemand(Example([])), settings, receive=receive)
    return TestClient(app, base_url=BASE, headers={"authorization": f"Bearer {TOKEN}"}, raise_server_exceptions=False)


def test_body_and_headers_arrive_and_counts_go_back() -> None:
    seen: list[tuple[bytes, Mapping[str, str]]] = []

    def receive(body: bytes, headers: Mapping[str, str]) -> Mapping[str, str]:
        seen.append((body, headers))
        return {"X-Prometheus-Remote-Write-Samples-Written": "3"}

    answer = client_of(receive).post("/api/v1/write", content=b"\x00packed", headers={"Content-Encoding": "snappy"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["x-prometheus-remote-write-samples-written"] == "3"
    assert seen[0][0] == b"\x00packed"
    assert seen[0][1]["content-encoding"] == "snappy"


@pytest.mark.parametrize(("error", "status"), [(BadParameter("no samples"), 400), (Unreachable("disk away"), 503), (KeyError("x"), 500)])
def test_errors_tell_the_sender_to_drop_or_to_send_again(error: Exception, status: int) -> None:
    def receive(body: bytes, headers: Mapping[str, str]) -> None:
        raise error

    assert client_of(receive).post("/api/v1/write", content=b"x").status_code == status


def test_bodies_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "MOST_BYTES", 10)
    client = client_of(lambda _body, _headers: None)

    def parts() -> Iterator[bytes]:
        yield from [b"12345"] * 3

    assert client.post("/api/v1/write", content=b"1234567890").status_code == 204
    assert client.post("/api/v1/write", content=b"12345678901").status_code == 413
    assert client.post("/api/v1/write", content=parts()).status_code == 413  # says no length


def test_no_such_path_without_a_receiver() -> None:
    assert client_of(None).post("/api/v1/write", content=b"x").status_code == 404
