"""The page: what is served where, to whom, packed how, under which rules; and what is said where it is not built."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import cramjam
import httpx
import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.api.page_policy import policy
from farthing.api.screen import PATHS
from farthing.core.errors import StorageError
from farthing.core.settings import Settings
from farthing.views import OnDemand

from .conftest import BASE, Example
from .test_telemetry import measured

SCRIPT = "\n  document.documentElement.dataset.theme = 1 < 2 && 'dark'\n"
PAGE = f"""<!doctype html><html><head><script>{SCRIPT}</script>
<script type="module" crossorigin src="/_s/index-a1b2.js"></script></head><body><div id="root"></div></body></html>"""
CODE = "console.log('the page')\n" * 100
HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
TOKEN = "a token of some length"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page as a build leaves it."""
    files = {
        "index.html": PAGE,
        "_s/index-a1b2.js": CODE,
        "_s/index-c3d4.css": "body{}",
        "_s/inter-e5f6.woff2": "font",
        "favicon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "THIRD-PARTY.txt": "licences",
    }
    for name, text in files.items():
        path = tmp_path / "_screen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("index.html", "_s/index-a1b2.js"):
        plain = (tmp_path / "_screen" / name).read_bytes()
        (tmp_path / "_screen" / f"{name}.br").write_bytes(bytes(cramjam.brotli.compress(plain, 11)))
        (tmp_path / "_screen" / f"{name}.gz").write_bytes(bytes(cramjam.gzip.compress(plain, 9)))
    (tmp_path / "secret.txt").write_text("beside the page")
    return tmp_path / "_screen"


def client_of(folder: Path, **serve: Any) -> TestClient:
    settings = Settings.model_validate({"serve": serve})
    return TestClient(create_app(OnDemand(Example([])), settings, screen_folder=folder), base_url=BASE, raise_server_exceptions=False)


@pytest.mark.parametrize("path", PATHS)
def test_every_path_of_the_screen_is_the_page(folder: Path, path: str) -> None:
    answer = client_of(folder).get(path, headers={"accept-encoding": "identity"})
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]


def test_the_page_is_asked_about_and_not_sent_again(folder: Path) -> None:
    client = client_of(folder)
    etag = client.get("/").headers["etag"]
    again = client.get("/settings", headers={"if-none-match": f'"other", {etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get("/", headers={"if-none-match": '"other"'}).status_code == 200
    (folder / "index.html").write_text(PAGE + "<!-- another build -->")
    assert client.get("/").headers["etag"] == etag  # of one build, until it is started again
    assert client_of(folder).get("/").headers["etag"] != etag


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/_s/index-a1b2.js", "text/javascript; charset=utf-8"),
        ("/_s/index-c3d4.css", "text/css; charset=utf-8"),
        ("/_s/inter-e5f6.woff2", "font/woff2"),
        ("/favicon.svg", "image/svg+xml"),
        ("/THIRD-PARTY.txt", "text/plain; charset=utf-8"),
    ],
)
def test_files(folder: Path, path: str, media_type: str) -> None:
    answer = client_of(folder).get(path, headers={"accept-encoding": "identity"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.content == (folder / path[1:]).read_bytes()
    lasting = path.startswith("/_s/")
    assert answer.headers["cache-control"] == ("public, max-age=31536000, immutable" if lasting else "no-cache")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("zstd", None), ("", None), ("*", "br")],
)
def test_what_was_packed_when_it_was_built(folder: Path, accepted: str, encoding: str | None) -> None:
    client = client_of(folder)
    for path, text in (("/_s/index-a1b2.js", CODE), ("/", PAGE)):
        answer = client.get(path, headers={"accept-encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        plain = {"br": cramjam.brotli.decompress, "gzip": cramjam.gzip.decompress}
        body = b"".join(httpx_raw(client, path, accepted))
        assert bytes(plain[encoding](body)).decode() == text if encoding else body.decode() == text
        assert int(answer.headers["content-length"]) == len(body)


def httpx_raw(client: TestClient, path: str, accepted: str) -> list[bytes]:
    with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
        assert isinstance(answer, httpx.Response)
        return list(answer.iter_raw())


def test_a_packed_page_of_another_build_is_not_served(folder: Path) -> None:
    (folder / "index.html").write_text(PAGE + "<!-- built by hand, and not packed -->")
    (folder / "index.html.gz").write_bytes(b"no gzip at all")
    answer = client_of(folder).get("/", headers={"accept-encoding": "br, gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.text.endswith("not packed -->")


def test_packed_files_are_no_files_of_their_own(folder: Path) -> None:
    assert client_of(folder).get("/index.html.br").status_code == 404
    assert client_of(folder).get("/_s/index-a1b2.js.gz").status_code == 404


def test_only_the_heads(folder: Path) -> None:
    client = client_of(folder)
    for path in ("/", "/clusters", "/_s/index-a1b2.js", "/favicon.svg", "/nowhere"):
        send = BROWSER | {"accept-encoding": "br"}
        head, get = client.head(path, headers=send), client.get(path, headers=send)
        assert (head.status_code, head.content) == (get.status_code, b"")
        different = {"x-request-id"}
        assert {k: v for k, v in head.headers.items() if k not in different} == {k: v for k, v in get.headers.items() if k not in different}


def test_only_reads(folder: Path) -> None:
    client = client_of(folder, token=TOKEN)
    for path in ("/", "/_s/index-a1b2.js", "/favicon.svg"):
        assert client.post(path).status_code == 401
        answer = client.post(path, headers={"x-api-key": TOKEN})
        assert (answer.status_code, answer.headers["allow"]) == (405, answer.headers["allow"])
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/_s/index-0000.js", "/_s/", "/_s/index.html"])
def test_a_missing_file_is_never_the_page(folder: Path, path: str) -> None:
    answer = client_of(folder).get(path, headers=BROWSER)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (404, "NoSuchPath")
    assert answer.headers["cache-control"] == "no-store"  # it may be there after the next start


def test_paths_that_nobody_knows(folder: Path) -> None:
    client = client_of(folder)
    shown = client.get("/no/such/place", headers=BROWSER)
    assert (shown.status_code, shown.text) == (404, PAGE)
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert shown.headers["vary"] == "Accept, Accept-Encoding"
    assert "etag" not in shown.headers
    assert HASH in shown.headers["content-security-policy"]
    assert client.get("/no/such/place", headers=BROWSER | {"if-none-match": "*"}).status_code == 404
    for accept in ("application/json", "*/*", "text/html;q=0, */*"):
        told = client.get("/allocatio", headers={"accept": accept})
        assert (told.status_code, told.json()["error"]["kind"]) == (404, "NoSuchPath")
        assert "/allocation" in told.json()["message"]
        assert "/allocations" not in told.json()["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/_s/../../secret.txt",
        "/_s/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/_s/..%5c..%5csecret.txt",
        "/%2fsecret.txt",
    ],
)
def test_nothing_beside_the_page_can_be_had(folder: Path, path: str) -> None:
    answer = client_of(folder).get(path)
    assert answer.status_code == 404
    assert "beside the page" not in answer.text


def test_rules_for_browsers(folder: Path) -> None:
    rules = dict(one.strip().split(" ", 1) for one in client_of(folder).get("/").headers["content-security-policy"].split(";"))
    assert rules == {
        "default-src": "'none'",
        "script-src": f"'self' 'sha256-{HASH}'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert client_of(folder).get("/healthz").headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_scripts_in_the_page_are_named_as_a_browser_reads_them() -> None:
    one, other = (base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"a &amp; b\n", b"2"))
    page = "<SCRIPT>a &amp; b\r\n</SCRIPT><!-- <script>no</script> --><script src='/x.js'></script><script type=module>2</script >"
    assert f"script-src 'self' 'sha256-{one}' 'sha256-{other}';" in policy(page)
    assert "script-src 'self';" in policy("<p>none</p>")


def test_the_page_asks_for_no_token(folder: Path) -> None:
    client = client_of(folder, token=TOKEN)
    for path in (*PATHS, "/index.html", "/_s/index-a1b2.js", "/favicon.svg"):
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert client.get("/_s/none.js").status_code == 404
    assert client.get("/mistyped", headers=BROWSER).status_code == 404
    for path in ("/api/v1/meta", "/assets", "/metrics", "/openapi.json", "/api/v1/none"):
        assert client.get(path).status_code == 401
    for path in ("/api/v1/meta", "/assets", "/metrics", "/openapi.json"):
        assert client.get(path, headers=BROWSER).status_code == 401


def test_other_names_get_no_page(folder: Path) -> None:
    for path in ("/", "/_s/index-a1b2.js", "/mistyped"):
        assert client_of(folder).get(path, headers=BROWSER | {"host": "evil.example"}).status_code == 421


def test_few_labels_however_many_files(folder: Path) -> None:
    client = client_of(folder)
    for path in (
        "/",
        "/_s/index-a1b2.js",
        "/_s/index-c3d4.css",
        "/_s/none.js",
        "/favicon.svg",
        "/THIRD-PARTY.txt",
        "/nowhere",
        "/no/where",
    ):
        client.get(path)
    routes = {match[1] for _, labels in measured(client) if (match := re.search(r"route=([^,]+)", labels))}
    assert routes == {"/", "/_s/{name:path}", "/{name:path}", "none"}


def test_without_a_page_all_else_works(tmp_path: Path) -> None:
    client = client_of(tmp_path / "none")
    for path in PATHS:
        answer = client.get(path, headers=BROWSER)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert "make screen" in answer.text
        assert {"/api/v1/meta", "/openapi.json"} == set(re.findall(r'href="([^"]+)"', answer.text))
        assert answer.headers["cache-control"] == "no-store"
    assert "script" not in client.get("/").headers["content-security-policy"]
    for path in ("/nowhere", "/_s/index-a1b2.js", "/favicon.svg"):
        assert client.get(path, headers=BROWSER).json()["error"]["kind"] == "NoSuchPath"
    assert client.get("/api/v1/meta").status_code == client.get("/healthz").status_code == client.get("/openapi.json").status_code == 200
    assert client_of(tmp_path / "none", token=TOKEN).get("/").status_code == 503


def test_a_page_that_cannot_be_read_is_told_at_the_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", unreadable)
    with pytest.raises(StorageError, match=r"(?s)Permission denied.*expected: files.*make screen"):
        client_of(folder)


def test_paths_are_none_of_the_api(folder: Path) -> None:
    app = create_app(OnDemand(Example([])), Settings(), screen_folder=folder)
    of_others = {getattr(route, "path", "") for route in app.routes if getattr(route, "include_in_schema", False)} | {"/openapi.json"}
    assert set(PATHS).isdisjoint(of_others)
    assert [path for path in of_others if path.startswith("/_s/")] == []
    assert set(PATHS).isdisjoint(app.openapi()["paths"])
