"""ETags, 304, compression."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import MutableMapping
from typing import Any

import cramjam
import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.api.encodings import choose
from farthing.core.settings import Settings
from farthing.views import Extent, OnDemand

from .conftest import BASE, THREE_HOURS, Example, iso

ASK = {"window": THREE_HOURS}
PATHS = [
    "/allocation", "/allocation/summary", "/allocation/summary/topline", "/assets", "/assets/topline", "/assets/graph",
    "/api/v1/allocation/view", "/api/v1/assets/view", "/api/v1/allocation/export",
]  # fmt: skip


class Versioned(OnDemand):
    """Tells a version, and until when it has data."""

    name = "1"
    asked = 0

    def version(self) -> str:
        return self.name

    def extents(self) -> tuple[Extent, ...]:
        return (Extent("east", self.now().timestamp() - 18000, self.now().timestamp() - 7200),)

    def summaries(self, question: Any, sets: Any) -> Any:
        self.asked += 1
        return super().summaries(question, sets)

    def assets(self, filter: Any, sets: Any) -> Any:
        self.asked += 1
        return super().assets(filter, sets)


@pytest.fixture
def versioned(source: Example) -> Versioned:
    return Versioned(source)


@pytest.fixture
def reader(versioned: Versioned) -> TestClient:
    return TestClient(create_app(versioned, Settings()), base_url=BASE)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_the_client_has_is_not_made_again(reader: TestClient, versioned: Versioned, path: str) -> None:
    first = reader.get(path, params=ASK)
    asked = versioned.asked
    again = reader.get(path, params=ASK, headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert versioned.asked == asked
    assert first.headers["cache-control"] == "private, no-cache"
    versioned.name = "2"
    changed = reader.get(path, params=ASK, headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_other_questions_have_other_tags(reader: TestClient, source: Example) -> None:
    def tag(path: str = "/allocation", **parameters: str) -> str:
        return str(reader.get(path, params=ASK | parameters).headers["etag"])

    base = tag()
    assert base == tag()
    different = {tag(aggregate="pod"), tag(aggregate="node"), tag("/assets"), tag(window=f"{iso(0)},{iso(2)}"), tag(filter='pod:"x"')}
    assert len(different | {base}) == 6
    # The same words mean another window tomorrow.
    today = reader.get("/allocation", params={"window": "today"}).headers["etag"]
    now = source.now()
    source.now = lambda: now.replace(day=now.day + 1)  # type: ignore[method-assign]
    assert reader.get("/allocation", params={"window": "today"}).headers["etag"] != today


def test_a_source_without_a_version_gives_no_tag(client: TestClient) -> None:
    answer = client.get("/allocation", params=ASK)
    assert "etag" not in answer.headers
    assert client.get("/allocation", params=ASK, headers={"if-none-match": "*"}).status_code == 200


def test_data_are_known_until_the_source_says(reader: TestClient) -> None:
    view = reader.get("/api/v1/allocation/view", params={"window": f"{iso(1)},{iso(5)}"}).json()
    assert (view["asOf"], view["version"]) == (iso(3), "1")  # now is 5 h
    assert view["previous"] == {"start": iso(-3), "end": iso(-1)}


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", None), ("identity", None), ("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0, gzip;q=0.5", "gzip"), ("zstd", "zstd"),
        ("*", "br"), ("*;q=0", None), ("br;q=0, *", "zstd"), ("GZIP", "gzip"), ("gzip;q=high", None), ("deflate", None),
    ],
)  # fmt: skip
def test_which_compression(accepted: str, chosen: str | None) -> None:
    assert choose(accepted) == chosen


def raw(client: TestClient, url: str, encoding: str) -> tuple[dict[str, str], bytes]:
    """Headers and body as they are sent."""
    path, _, query = url.partition("?")
    headers = [(b"host", b"localhost"), (b"accept-encoding", encoding.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
    sent: list[MutableMapping[str, Any]] = []

    bodies = iter([{"type": "http.request", "body": b""}])

    async def receive() -> dict[str, Any]:
        if (body := next(bodies, None)) is None:
            await asyncio.Event().wait()  # a client that goes on listening
            raise AssertionError
        return body

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(client.app(scope, receive, send))  # type: ignore[arg-type]
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}, b"".join(m.get("body", b"") for m in sent[1:])


@pytest.mark.parametrize(
    ("encoding", "unpack"),
    [
        ("gzip", gzip.decompress),
        ("br", lambda data: bytes(cramjam.brotli.decompress(data))),
        ("zstd", lambda data: bytes(cramjam.zstd.decompress(data))),
    ],
)
@pytest.mark.parametrize("path", ["/allocation", "/api/v1/allocation/export?format=json&step=hour"])
def test_compressed_bodies_are_the_same(client: TestClient, encoding: str, unpack: Any, path: str) -> None:
    url = f"{path}{'&' if '?' in path else '?'}window={THREE_HOURS}"
    plain, body = raw(client, url, "identity")
    headers, packed = raw(client, url, encoding)
    assert "content-encoding" not in plain
    assert headers["content-encoding"] == encoding
    assert "Accept-Encoding" in headers["vary"]
    assert json.loads(unpack(packed)) == json.loads(body)
    assert len(packed) < len(body) / 2


def test_what_is_small_or_packed_is_left_alone(client: TestClient) -> None:
    assert "content-encoding" not in client.get("/getConfigs").headers
    assert "content-encoding" not in client.get("/api/v1/allocation/export", params=ASK | {"format": "parquet"}).headers
