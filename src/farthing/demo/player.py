"""Servers on loopback that play a recording, or make one on the way to a real server."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import orjson

from .recording import Answer, Recording, request_key

HOST = "127.0.0.1"
NOT_RECORDED = {
    "status": "error",
    "errorType": "bad_data",
    "error": "the demo's recording does not hold this question: it plays its own day only; install prometheus to ask freely",
}

Respond = Callable[[str, str, str], Answer]


@contextmanager
def playing(recording: Recording) -> Iterator[str]:
    """URL of a server that answers from `recording`; what is not in it is refused as a bad question."""

    def respond(path: str, query: str, form: str) -> Answer:
        unknown = Answer(http.client.UNPROCESSABLE_ENTITY, orjson.dumps(NOT_RECORDED))
        return recording.answers.get(request_key(path, (query, form)), unknown)

    with responding(respond) as url:
        yield url


@contextmanager
def responding(respond: Respond) -> Iterator[str]:
    """URL of a loopback server; `respond(path, query, form)` gives each answer."""
    server = ThreadingHTTPServer((HOST, 0), _handler(respond))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo-player", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(respond: Respond) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def _answer(self, form: str) -> None:
            url = urlsplit(self.path)
            answer = respond(url.path, url.query, form)
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the terminal is the report's."""

    return Handler
