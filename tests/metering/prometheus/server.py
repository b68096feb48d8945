"""A small HTTP server on the loopback interface that answers as it is told, however badly."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Received:
    """A request as it came: `form` is of the query string or of the body, `params` of the query string alone."""

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    form: Mapping[str, list[str]]
    params: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        (value,) = self.form[name]
        return value


@dataclass(frozen=True)
class Answer:
    """What to send. `promised` is the Content-Length where it shall not be the body's; `hang` waits for the server's end instead."""

    body: bytes | Iterator[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    hang: bool = False
    vanish: bool = False


Behaviour = Answer | Callable[[Received], Answer]


class Server(ThreadingHTTPServer):
    """`requests` are those received, in order; `answer(path, …)` sets what comes, one after another, the last one for ever."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Received] = []
        self.over = threading.Event()
        self.context = context
        self._lock = threading.Lock()
        self._behaviours: dict[str, list[Behaviour]] = {}

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.context is not None:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str, *behaviours: Behaviour) -> None:
        self._behaviours[path] = list(behaviours)

    def received(self, path: str) -> list[Received]:
        return [request for request in self.requests if request.path == path]

    def take(self, request: Received) -> Answer:
        with self._lock:
            self.requests.append(request)
            behaviours = self._behaviours.get(request.path) or self._behaviours.get("*")
            if not behaviours:
                return Answer(b"404 page not found", 404, {"Content-Type": "text/plain"})
            behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        return behaviour if isinstance(behaviour, Answer) else behaviour(request)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        params = parse_qs(parts.query, keep_blank_values=True)
        form = parse_qs(body, keep_blank_values=True) if self.command == "POST" else params
        answer = self.server.take(Received(self.command, parts.path, self.path, dict(self.headers.items()), form, params))
        if answer.hang:
            self.server.over.wait(60)
        if answer.hang or answer.vanish:
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if isinstance(answer.body, bytes):
            promised = len(answer.body) if answer.promised is None else answer.promised
            self.send_header("Content-Length", str(promised))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = promised != len(answer.body)
        else:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for chunk in answer.body:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_CONNECT = _serve  # noqa: N815 - named by http.server


@contextmanager
def serve(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that runs until the block is left."""
    server = Server(context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def result(*series: tuple[Mapping[str, str], Sequence[tuple[float, str]]], kind: str = "matrix", **more: Any) -> bytes:
    """The body of a right answer."""
    key = "values" if kind == "matrix" else "value"
    found = [
        {"metric": dict(metric), key: [list(point) for point in points] if kind == "matrix" else list(points[0])}
        for metric, points in series
    ]
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": found}, **more}, separators=(",", ":")).encode()


def data(content: Any, **more: Any) -> Answer:
    """A right answer with any `data`."""
    return Answer(json.dumps({"status": "success", "data": content, **more}).encode(), headers={"Content-Type": "application/json"})


def error(status: int, kind: str, words: str, **headers: str) -> Answer:
    """An error as Prometheus writes it."""
    body = json.dumps({"status": "error", "errorType": kind, "error": words}).encode()
    return Answer(body, status, {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}})


def evaluated(request: Received) -> Answer:
    """A range answered as asked: one series whose value is its time divided by 100."""
    times = range(int(request.one("start")), int(request.one("end")) + 1, int(request.one("step")))
    return Answer(result(({"pod": "a"}, [(t, str(t / 100)) for t in times])))


def at_most(points: int, refusal: Answer) -> Callable[[Received], Answer]:
    """Ranges of more than so many points are refused, others answered."""

    def behave(request: Received) -> Answer:
        asked = (int(request.one("end")) - int(request.one("start"))) // int(request.one("step")) + 1
        return refusal if asked > points else evaluated(request)

    return behave
