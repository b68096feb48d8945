"""The frontend on a real nginx, with a real Farthing behind it and stand-ins for Prometheus and Grafana that echo."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn

from farthing.api import REQUEST_HEAD_BYTES, create_app
from farthing.api.page_policy import policy
from farthing.api.screen import MEDIA_TYPES, PATHS
from farthing.api.writes import MOST_BYTES
from farthing.core.settings import Settings
from farthing.views import OnDemand
from tests.api.conftest import THREE_HOURS, Example
from tests.kit.servers import free_port
from tests.views.frames import HOUR, example

from .frontend import CODE, PAGE, ROOT, echoing, frontend, running

pytestmark = pytest.mark.real

TOKEN = "a token of some length"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OWN_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": policy(PAGE),
}
written: list[int] = []


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """host:port of a Farthing that listens."""

    def receive(body: bytes, _headers: Mapping[str, str]) -> None:
        written.append(len(body))

    settings = Settings.model_validate({"serve": {"token": TOKEN, "hosts": "localhost"}})
    app = create_app(OnDemand(Example([example(HOUR + h * 3600) for h in range(3)])), settings, receive=receive)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", h11_max_incomplete_event_size=REQUEST_HEAD_BYTES, http="h11"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    listening.close()


@pytest.fixture(scope="module")
def base(api: str) -> Iterator[str]:
    with (
        echoing("prometheus") as prometheus,
        echoing("grafana") as grafana,
        running(FARTHING_API=api, PROMETHEUS=prometheus, GRAFANA=grafana) as url,
    ):
        yield url


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, trust_env=False, timeout=30, headers={"authorization": f"Bearer {TOKEN}"}) as one:
        yield one


def envelope(answer: httpx.Response) -> Any:
    """The error that an answer tells, which is Farthing's envelope and no page of nginx."""
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert (told["code"], told["status"], told["data"]) == (answer.status_code, "error", None)
    assert set(told["error"]) == {"kind", "problem", "expected", "cure", "position", "requestId"}
    assert told["error"]["requestId"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    assert {name: answer.headers.get(name) for name in OWN_HEADERS} == OWN_HEADERS
    return told["error"]


def typed(base: str, method: str, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """The answer to a path as it stands here, however long and untidy: other clients tidy it, and know a limit."""
    opened = http.client.HTTPConnection(base.removeprefix("http://"), timeout=30)
    try:
        opened.request(method, path, headers={"authorization": f"Bearer {TOKEN}", **(headers or {})})
        answer = opened.getresponse()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
    finally:
        opened.close()


def test_nginx_takes_it(api: str) -> None:
    with frontend() as one:
        for more in (
            {},
            {"PROMETHEUS": "127.0.0.1:9090"},
            {"GRAFANA": "[::1]:3000", "FRONTEND_WORKERS": "auto"},
            {"FRONTEND_LISTEN": "9090"},
        ):
            assert one.said("check", **{"FARTHING_API": api, **more}) == (0, "")


@pytest.mark.parametrize("path", PATHS)
def test_every_path_of_the_screen_is_the_page(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"accept-encoding": "identity"})
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert {name: answer.headers.get(name) for name in OWN_HEADERS} == OWN_HEADERS
    again = client.get(path, headers={"accept-encoding": "identity", "if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    if path != "/":
        slash = client.get(f"{path}/?window=7d")
        assert (slash.status_code, slash.headers["location"]) == (302, f"{path}?window=7d")


def test_files(client: httpx.Client) -> None:
    for name, media_type, cache in (
        ("/_s/index-a1b2.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/favicon.svg", "image/svg+xml", "no-cache"),
        ("/THIRD-PARTY.txt", "text/plain; charset=utf-8", "no-cache"),
    ):
        answer = client.get(name)
        assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (200, media_type, cache)
        assert client.head(name).headers["content-type"] == media_type
    packed = client.get("/_s/index-a1b2.js", headers={"accept-encoding": "br, gzip"})
    assert (packed.headers["content-encoding"], packed.headers["vary"], packed.text) == ("gzip", "Accept-Encoding", CODE)
    assert int(packed.headers["content-length"]) < len(CODE) / 10
    plain = client.get("/_s/index-a1b2.js", headers={"accept-encoding": "identity"})
    assert (plain.headers.get("content-encoding"), plain.headers["vary"], plain.text) == (None, "Accept-Encoding", CODE)


def test_media_types_are_those_of_the_server() -> None:
    text = (ROOT / "deploy/frontend/nginx.conf.template").read_text()
    types = re.search(r"types \{(.*?)\}", text, re.DOTALL)
    assert types
    rows = re.findall(r'^\s*("?)(.+?)\1 ([a-z0-9 ]+);$', types[1], re.MULTILINE)
    assert {f".{ending}": kind for _, kind, endings in rows for ending in endings.split()} == MEDIA_TYPES


@pytest.mark.parametrize(
    "path", ["/_s/index-0000.js", "/_s/", "/_s", "/.made", "/index.html.gz", "/_s/index-a1b2.js.gz", "/%2e%2e/tmp/nginx.conf"]
)
def test_what_is_no_file(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"accept": "*/*"})
    assert answer.status_code in (400, 404)
    assert envelope(answer)["kind"] == ("NoSuchPath" if answer.status_code == 404 else "HTTP")


def test_paths_that_nobody_knows(client: httpx.Client) -> None:
    shown = client.get("/no/such/place", headers=BROWSER)
    assert (shown.status_code, shown.text, shown.headers["cache-control"]) == (404, PAGE, "no-store")
    assert shown.headers["content-security-policy"] == policy(PAGE)
    assert client.get("/no/such/place", headers=BROWSER | {"if-none-match": "*"}).status_code == 404
    for accept in ("application/json", "*/*", "text/html;q=0, */*"):
        assert envelope(client.get("/no/such/place", headers={"accept": accept}))["kind"] == "NoSuchPath"
    assert envelope(client.get("/_s/index-0000.js", headers=BROWSER))["kind"] == "NoSuchPath"
    assert client.get("/metrics", headers={"accept": "text/plain"}).status_code == 404  # Farthing's own, for those inside


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_files_can_only_be_read(client: httpx.Client, method: str) -> None:
    for path in ("/", "/settings", "/_s/index-a1b2.js", "/favicon.svg"):
        assert envelope(client.request(method, path))["problem"] == "this can only be read"


def test_its_own_health(client: httpx.Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_farthing_is_asked_as_it_was_asked(client: httpx.Client) -> None:
    compatible = client.get("/model/allocation", params={"window": THREE_HOURS, "aggregate": "namespace"})
    assert (compatible.status_code, compatible.json()["status"]) == (200, "success")
    native = client.get("/api/v1/allocation/view", params={"window": THREE_HOURS, "agg": "namespace"})
    assert native.status_code == 200
    assert native.headers["cache-control"] == "private, no-cache"
    assert native.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert [name for name, _ in native.headers.multi_items() if name == "x-content-type-options"] == ["x-content-type-options"]
    assert client.get("/openapi.json").json()["info"]["title"] == "Farthing"
    told = client.get("/api/v1/none", headers=BROWSER)
    assert (told.status_code, told.json()["error"]["kind"] if "json" in told.headers["content-type"] else "page") in (
        (404, "NoSuchPath"),
        (404, "page"),
    )


def test_tokens_and_names_reach_farthing(client: httpx.Client) -> None:
    assert client.get("/api/v1/meta", headers={"authorization": ""}).json()["error"]["kind"] == "NoToken"
    assert client.get("/api/v1/meta", headers={"host": "evil.example"}).json()["error"]["kind"] == "WrongHost"
    assert client.get("/", headers={"authorization": ""}).status_code == 200


def test_an_id_goes_all_the_way(client: httpx.Client) -> None:
    for path in ("/api/v1/meta", "/prometheus/api/v1/query", "/", "/_s/none.js"):
        answer = client.get(path, headers={"x-request-id": "of-the-sender"})
        assert answer.headers.get_list("x-request-id") == ["of-the-sender"]
    assert client.get("/grafana/", headers={"x-request-id": "of-the-sender"}).json()["headers"]["X-Request-Id"] == "of-the-sender"
    made = client.get("/grafana/", headers={"x-request-id": 'no "id"'})
    assert re.fullmatch("[0-9a-f]{32}", made.headers["x-request-id"])
    assert made.json()["headers"]["X-Request-Id"] == made.headers["x-request-id"]


def test_a_long_filter(base: str) -> None:
    names = ",".join(f'"workload-number-{number}"' for number in range(2800))
    asked = urlencode({"window": THREE_HOURS, "agg": "namespace", "filter": f"controllerName:{names}"})
    assert len(asked) > 80_000
    answer = typed(base, "GET", f"/api/v1/allocation/view?{asked}")
    assert answer.status_code == 200, answer.text[:500]
    assert typed(base, "GET", f"/allocations?{asked}").text == PAGE
    too_long = typed(base, "GET", f"/api/v1/allocation/view?{'x' * 270_000}")
    assert (too_long.status_code, envelope(too_long)["kind"]) == (414, "TooLarge")
    assert "256 KiB" in too_long.json()["error"]["cure"]
    headers = typed(base, "GET", "/", {"x-much": "x" * 270_000})
    assert (headers.status_code, envelope(headers)["kind"]) == (431, "TooLarge")


def test_no_request_at_all(base: str) -> None:
    host, port = base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as opened:
        opened.sendall(b"this is no HTTP\r\n\r\n")
        said = b"".join(iter(lambda: opened.recv(65536), b""))
    assert b'"status":"error"' in said
    assert b"<html" not in said


def test_samples_are_passed_on(client: httpx.Client) -> None:
    written.clear()
    assert client.post("/api/v1/write", content=b"x" * 20_000_000).status_code == 204
    assert written == [20_000_000]
    assert envelope(client.post("/api/v1/allocation/view", content=b"x" * 2_000_000))["kind"] == "TooLarge"
    text = (ROOT / "deploy/frontend/nginx.conf.template").read_text()
    assert f"client_max_body_size {MOST_BYTES >> 20}m;  # farthing/api/writes.py" in text


def test_prometheus(client: httpx.Client) -> None:
    asked = client.get("/prometheus/api/v1/query", params={"query": 'up{job="a/b"} > 0'})
    assert asked.json()["name"] == "prometheus"
    assert asked.json()["path"] == "/api/v1/query?query=up%7Bjob%3D%22a%2Fb%22%7D+%3E+0"
    assert asked.headers["x-of-its-own"] == "prometheus"
    assert (asked.headers["x-content-type-options"], asked.headers["x-frame-options"]) == ("nosniff", "DENY")
    assert client.get("/prometheus/").json()["path"] == "/"
    assert client.get("/prometheus/-/healthy").json()["path"] == "/-/healthy"
    assert client.get("/prometheus/classic/static/x.css").json()["path"] == "/classic/static/x.css"
    assert client.get("/prometheus/api/v1/label/a%20b/values").json()["path"] == "/api/v1/label/a%20b/values"
    long = client.post("/prometheus/api/v1/query_range", data={"query": "x" * 500_000})
    assert (long.json()["method"], long.json()["path"]) == ("POST", "/api/v1/query_range")
    assert (client.get("/prometheus").status_code, client.get("/prometheus").headers["location"]) == (301, "/prometheus/")
    missing = client.get("/prometheus/missing", headers=BROWSER)
    assert (missing.status_code, missing.json()["name"]) == (404, "prometheus")  # its own words


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/admin/tsdb/delete_series"),
        ("GET", "/api/v1/admin/tsdb/snapshot"),
        ("PUT", "/api/v1/admin/tsdb/clean_tombstones"),
        ("POST", "/api/v1/%61dmin/tsdb/snapshot"),
        ("POST", "//api/v1//admin/tsdb/snapshot"),
        ("POST", "/x/../api/v1/admin/tsdb/snapshot"),
        ("POST", "/-/reload"),
        ("PUT", "/-/quit"),
        ("POST", "/%2d/reload"),
        ("POST", "/-/healthy/../reload"),
        ("POST", "/api/v1/write"),
        ("POST", "/api/v1/otlp/v1/metrics"),
        ("DELETE", "/api/v1/series"),
        ("POST", "/api/v1/alerts"),
        ("POST", "/"),
        ("POST", "/./-/reload"),
        ("POST", "/../prometheus/-/reload"),
        ("POST", "/%2e%2e/prometheus/-/quit"),
    ],
)
def test_nothing_in_prometheus_can_be_changed(base: str, method: str, path: str) -> None:
    answer = typed(base, method, f"/prometheus{path}")
    assert (answer.status_code, envelope(answer)["kind"]) == (403, "NotAllowed")


def test_grafana(client: httpx.Client) -> None:
    asked = client.get("/grafana/d/abc/costs?orgId=1&var-x=%2F", headers={"host": "costs.example.org"})
    assert (asked.json()["name"], asked.json()["path"]) == ("grafana", "/d/abc/costs?orgId=1&var-x=%2F")
    headers = asked.json()["headers"]
    assert (headers["Host"], headers["X-Forwarded-Proto"]) == ("costs.example.org", "http")
    assert "Upgrade" not in headers
    assert "x-frame-options" not in asked.headers  # whether it may be embedded is a setting of Grafana
    assert client.post("/grafana/api/ds/query", content=b"x" * 2_000_000).json()["bytes"] == 2_000_000
    assert client.delete("/grafana/api/dashboards/uid/abc").json()["method"] == "DELETE"


def test_grafana_live_is_a_web_socket(base: str) -> None:
    host, port = base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as opened:
        opened.sendall(b"GET /grafana/api/live/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        head = opened.recv(65536)
        assert head.startswith(b"HTTP/1.1 101")
        opened.sendall(b"both ways\n")
        assert opened.recv(65536) == b"BOTH WAYS\n"


def test_only_grafana_is_asked_for_web_sockets(client: httpx.Client) -> None:
    answer = client.get("/prometheus/", headers={"connection": "upgrade", "upgrade": "websocket"})
    assert "Upgrade" not in answer.json()["headers"]


def test_what_is_not_there_is_told() -> None:
    down = f"127.0.0.1:{free_port()}"
    with running(FARTHING_API=down, PROMETHEUS=down, GRAFANA=down) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for path, name in (
            ("/model/allocation", "Farthing's API"),
            ("/api/v1/meta", "Farthing's API"),
            ("/openapi.json", "Farthing's API"),
            ("/prometheus/api/v1/query", "Prometheus"),
            ("/prometheus/graph", "Prometheus"),
            ("/grafana/", "Grafana"),
        ):
            answer = client.get(path, headers=BROWSER)
            assert answer.status_code == 502
            told = envelope(answer)
            assert (told["kind"], told["problem"]) == ("Unreachable", f"{name} cannot be reached")
            assert "FARTHING_API" in told["cure"]
            assert down not in answer.text
        assert client.post("/api/v1/write", content=b"x").status_code == 502
        assert client.get("/").status_code == client.get("/healthz").status_code == 200


def test_what_is_not_set_is_no_path(api: str) -> None:
    with running(FARTHING_API=api) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for path in ("/prometheus/api/v1/query", "/prometheus/-/reload", "/grafana/"):
            assert envelope(client.get(path))["kind"] == "NoSuchPath"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FARTHING_API", ""),
        ("FARTHING_API", "farthing"),
        ("FARTHING_API", "http://farthing:9090"),
        ("FARTHING_API", "a:1; } server { listen 1"),
        ("FARTHING_API", "a:1\nb"),
        ("PROMETHEUS", "a:1;"),
        ("GRAFANA", "$host:80"),
        ("FRONTEND_LISTEN", "all"),
        ("FRONTEND_WORKERS", "0"),
        ("FRONTEND_URL_KIB", "1m"),
        ("FRONTEND_TMP", "tmp"),
        ("FRONTEND_PAGE", "/nowhere"),
        ("FRONTEND_POLICY_FILE", "/etc/passwd"),
    ],
)
def test_what_is_set_wrongly_is_told(name: str, value: str) -> None:
    with frontend() as one:
        code, said = one.said("check", **{name: value})
    assert code == 3
    assert re.fullmatch(r"(?s)(cat: .*\n)?frontend: .*\nexpected: .*\n", said)


def test_the_configuration_can_be_seen() -> None:
    with frontend() as one:
        code, shown = one.said("print", GRAFANA="grafana:80")
    assert code == 0
    assert "server grafana:80;" in shown
    assert "/prometheus/" not in shown
    assert "${" not in shown
    assert not re.search(r"^\s*#(if|end)", shown, re.MULTILINE)


def test_the_image_gets_what_it_copies() -> None:
    """No image is built here: what the Dockerfile copies exists and is not ignored, and the mark of the locked packages is theirs."""
    lines = (ROOT / "deploy/frontend/Dockerfile").read_text().splitlines()
    copied = [one for line in lines if line.startswith("COPY ") and "--from" not in line for one in line.split()[1:-1]]
    kept = [line[1:] for line in (ROOT / "deploy/frontend/Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")]
    assert len(copied) > 5
    assert [one for one in copied if not (ROOT / one).exists()] == []
    assert [one for one in copied if not any(one == name or one.startswith(f"{name}/") for name in kept)] == []
    packages = re.search(r"\^\(([a-z|-]+)\)==", "\n".join(lines))
    assert packages
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/dev.txt").read_text(), re.MULTILINE)
    assert set(packages[1].split("|")) <= set(locked)
