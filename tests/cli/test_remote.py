"""A server that is asked: what is no server, what its errors become, pages, tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from farthing.cli.remote import RemoteServer, document, pages
from farthing.cli.remote_report import closing_of
from farthing.core.errors import (
    AccessDenied,
    BadField,
    FarthingError,
    LedgerBroken,
    SettingsError,
    SourceError,
    TimedOut,
    Unreachable,
    Unreadable,
    UsageError,
)
from farthing.core.settings import ServeSettings, Settings

from .conftest import Run, answering


def server(answer: Callable[[httpx.Request], httpx.Response], token: str = "") -> RemoteServer:
    return RemoteServer("http://127.0.0.1:9", token=token, transport=httpx.MockTransport(answer))


def envelope(kind: str) -> dict[str, object]:
    told = {"kind": kind, "problem": "p", "expected": "e", "cure": "c", "position": None, "requestId": "1"}
    return {"code": 400, "status": "error", "data": None, "message": "m", "error": told}


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (400, "BadField", BadField),
        (400, "BadFilter", UsageError),
        (401, "NoToken", AccessDenied),
        (404, "NoSuchPath", UsageError),
        (500, "KeyError", SourceError),
        (504, "TimedOut", TimedOut),
    ],
)
def test_errors_are_what_they_were_there(status: int, kind: str, error: type[FarthingError]) -> None:
    with pytest.raises(error) as told:
        server(lambda _: httpx.Response(status, json=envelope(kind))).get("/meta", {})
    assert type(told.value) is error
    assert "p" in told.value.problem
    assert told.value.expected == "e"


@pytest.mark.parametrize("body", [b"<html>502</html>", b"[]", b'{"status":"error"}', b""])
def test_what_does_not_speak_as_farthing_is_said(body: bytes) -> None:
    with pytest.raises(Unreadable, match="not as farthing does"):
        server(lambda _: httpx.Response(502, content=body)).get("/meta", {})


@pytest.mark.parametrize("body", [b"<html>ok</html>", b"[]", b"7", b'{"a":'])
def test_an_answer_that_is_no_document(body: bytes) -> None:
    with pytest.raises(Unreadable, match="as farthing does"):
        document(body, "x")


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ReadTimeout("slow"), TimedOut),
        (httpx.RemoteProtocolError("cut off"), Unreachable),
    ],
)
def test_what_goes_wrong_on_the_way(raised: Exception, error: type[FarthingError]) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(error) as told:
        server(fail).get("/meta", {})
    assert told.value.cure


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://[::1", "http://x:port", "://"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(SettingsError, match="--server"):
        RemoteServer.of(url, Settings())


def test_the_token_comes_from_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("\n  first-token-of-file \nsecond\n")
    for settings, expected in (
        (ServeSettings(), ""),
        (ServeSettings(token=SecretStr("own-token")), "Bearer own-token"),
        (ServeSettings(token_file=file), "Bearer first-token-of-file"),
    ):
        found = RemoteServer.of("localhost:1", Settings(serve=settings))
        assert found._client.headers.get("authorization", "") == expected
    with pytest.raises(SettingsError, match="cannot be read"):
        RemoteServer.of("localhost:1", Settings(serve=ServeSettings(token_file=tmp_path / "none")))


def test_pages_are_read_to_the_last() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("cursor")
        assert request.url.params["agg"] == "pod"
        return httpx.Response(200, json={"rows": [[cursor]], "nextCursor": {None: "a", "a": "b", "b": None}[cursor]})

    asked = server(page)
    assert [one["rows"] for one in pages(asked, "/allocation/view", {"agg": "pod"})] == [[[None]], [["a"]], [["b"]]]
    assert asked.queries == 3


def test_books_that_do_not_close_are_never_shown() -> None:
    columns = [{"name": name} for name in ("name", "kind", "cluster", "total_cost")]
    rows = [["", "container", "a", 2.0], ["", "pod", "a", 1.0], ["", "__unmounted__", "b", 0.5]]
    kinds = {"columns": columns, "rows": rows, "idleRows": [["", "__idle__", "__idle__", 4.0]]}
    assets = {"columns": [{"name": "total_cost"}], "total": [7.5]}  # 2 + 1 + 0.5 + 4
    closing, clusters = closing_of([kinds], assets)
    assert (closing.allocated, closing.idle, closing.unmounted, clusters) == (3.0, 4.0, 0.5, ("a", "b"))
    with pytest.raises(LedgerBroken, match=r"assets 7\.6, allocations 7\.5"):
        closing_of([kinds], assets | {"total": [7.6]})


def test_no_server_runs_and_another_kind_of_server(run: Run) -> None:
    code, _, complaint = run("query", "--server", "http://127.0.0.1:1")
    assert (code, "no farthing answers" in complaint, "farthing up" in complaint) == (4, True, True)
    with answering(200, {"status": "success", "data": []}) as url:
        code, _, complaint = run("query", "--server", url)
        assert (code, "otherwise than this farthing reads" in complaint) == (4, True)
        code, _, complaint = run("report", "--server", url)
        assert (code, "otherwise than this farthing reads" in complaint) == (4, True)


def test_a_report_has_one_place_to_read_from(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FARTHING_LAKE__URL", raising=False)
    for arguments, told in (
        (("--server", "http://x", "--lake", "y"), "--lake and --server name different places"),
        (("--prometheus", "http://x", "--as-of", "1d"), "--as-of 1d says nothing with --prometheus"),
    ):
        code, _, complaint = run("report", *arguments)
        assert code == 2
        assert told in complaint
    code, _, complaint = run("report", "--lake", str(tmp_path / "none"))
    assert code == 5
    assert "there is no lake at" in complaint


def test_what_is_no_warehouse_is_left_alone(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader, this is no database at all.")
    code, _, complaint = run("query", "--warehouse", str(letter))
    assert (code, "is no warehouse" in complaint) == (6, True)
    assert letter.read_text().startswith("Dear reader")
    code, _, complaint = run("query", "--warehouse", str(tmp_path / "missing.duckdb"))
    assert (code, "cannot be read" in complaint) == (6, True)
    assert list(tmp_path.iterdir()) == [letter]
    code, _, complaint = run("query", "--warehouse", str(letter), "--server", "http://x")
    assert (code, "different places" in complaint) == (2, True)
