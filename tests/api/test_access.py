"""Who may ask: tokens, and the names that the server goes by."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.errors import SettingsError
from farthing.core.settings import Settings
from farthing.views import OnDemand

from .conftest import THREE_HOURS, Example

TOKEN = "a token of some length"
OTHER = "another token of some length"
ASK = {"params": {"window": THREE_HOURS}}


def client_of(base: str = "http://localhost", **serve: Any) -> TestClient:
    settings = Settings.model_validate({"serve": serve})
    return TestClient(create_app(OnDemand(Example([])), settings, receive=lambda _body, _headers: None), base_url=base)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:9090", "127.0.0.1", "127.0.0.1:80", "127.8.8.8", "[::1]:90", "[::1]", "LOCALHOST"]
)
def test_names_of_this_machine(host: str) -> None:
    assert client_of().get("/allocation", headers={"host": host}, **ASK).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1:90", "[2001:db8::1]:90"])
def test_a_page_that_points_its_own_name_here_is_refused(host: str) -> None:
    for path in ("/allocation", "/api/v1/meta", "/metrics", "/healthz"):
        answer = client_of().get(path, headers={"host": host})
        assert (answer.status_code, answer.json()["error"]["kind"]) == (421, "WrongHost")


def test_names_that_are_set() -> None:
    client = client_of(hosts="costs.example.org, costs")
    assert client.get("/allocation", headers={"host": "Costs.Example.org:443"}, **ASK).status_code == 200
    assert client.get("/allocation", headers={"host": "localhost"}, **ASK).status_code == 200
    assert client.get("/allocation", headers={"host": "evil.example"}, **ASK).status_code == 421


def test_beyond_this_machine_names_count_only_where_they_are_set() -> None:
    send = {"authorization": f"Bearer {TOKEN}"}
    assert client_of(host="0.0.0.0", token=TOKEN).get("/allocation", headers=send | {"host": "10.1.2.3:9090"}, **ASK).status_code == 200
    named = client_of(host="0.0.0.0", token=TOKEN, hosts="costs")
    assert named.get("/allocation", headers=send | {"host": "10.1.2.3"}, **ASK).status_code == 421
    assert named.get("/allocation", headers=send | {"host": "costs"}, **ASK).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": f"Bearer {TOKEN}"}, 200),
        ({"authorization": f"bearer  {TOKEN} "}, 200),
        ({"x-api-key": TOKEN}, 200),
        ({"authorization": f"Basic {TOKEN}"}, 401),
        ({"authorization": f"Bearer {OTHER}"}, 401),
        ({"authorization": f"Bearer {TOKEN}x"}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"authorization": f"Bearer {OTHER}", "x-api-key": TOKEN}, 401),
    ],
)
def test_with_a_token_every_question_needs_it(headers: dict[str, str], status: int) -> None:
    client = client_of(token=TOKEN)
    for path in ("/model/allocation", "/assets"):
        answer = client.get(path, headers=headers, **ASK)
        assert answer.status_code == status
        assert (answer.headers.get("www-authenticate") == "Bearer") == (status == 401)
    for path in ("/api/v1/meta", "/openapi.json", "/metrics"):
        assert client.get(path, headers=headers).status_code == status
    assert client.get("/healthz", headers=headers).status_code == client.get("/readyz", headers=headers).status_code == 200


def test_without_a_token_nothing_is_written() -> None:
    client = client_of()
    assert client.get("/allocation", **ASK).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, "/api/v1/write", content=b"samples")
        assert (answer.status_code, answer.json()["error"]["kind"]) == (403, "NotAllowed")
        assert "serve.token" in answer.json()["error"]["cure"]


def test_writes_with_a_token() -> None:
    client = client_of(token=TOKEN)
    assert client.post("/api/v1/write", content=b"samples").status_code == 401
    assert client.post("/api/v1/write", content=b"samples", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 204


def test_a_file_of_tokens_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"# for the screen\n{TOKEN}\n\n")
    client = client_of(token_file=file)
    assert client.get("/allocation", headers={"x-api-key": TOKEN}, **ASK).status_code == 200
    assert client.get("/allocation", headers={"x-api-key": OTHER}, **ASK).status_code == 401
    file.write_text(f"{OTHER}\n")
    os.utime(file, ns=(1, 1))
    assert client.get("/allocation", headers={"x-api-key": OTHER}, **ASK).status_code == 200
    assert client.get("/allocation", headers={"x-api-key": TOKEN}, **ASK).status_code == 401


def test_a_file_of_tokens_that_vanishes_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"{TOKEN}\n")
    client = client_of(token_file=file)
    file.unlink()
    answer = client.get("/allocation", headers={"x-api-key": TOKEN}, **ASK)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (500, "SettingsError")


def test_bad_tokens_are_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="9 characters"):
        client_of(token="too short")
    with pytest.raises(SettingsError, match="cannot be read"):
        client_of(token_file=tmp_path / "none")
    (tmp_path / "short").write_text("short\n")
    with pytest.raises(SettingsError, match="5 characters"):
        client_of(token_file=tmp_path / "short")


def test_no_message_repeats_a_token() -> None:
    answer = client_of(token=TOKEN).get("/allocation", headers={"authorization": f"Bearer {OTHER}"}, **ASK)
    assert OTHER not in answer.text
    with pytest.raises(SettingsError) as error:
        client_of(token="hunter2")
    assert "hunter2" not in str(error.value)


def test_other_sites_get_no_leave_to_read() -> None:
    client = client_of()
    answer = client.get("/allocation", headers={"origin": "https://evil.example"}, **ASK)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    asked = client.options("/allocation", headers={"origin": "https://evil.example", "access-control-request-method": "GET"})
    assert asked.status_code == 405
