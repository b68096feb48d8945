"""An exporter to scrape: a real HTTP server on the loopback interface whose answer the test sets."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Exporter:
    """`text` is what it shows; `status`, `kind` (content type); `hang`: it waits until `let_go`; `drip`: it never ends."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.text = ""
        self.status = 200
        self.kind = "text/plain; version=0.0.4"
        self.hang = False
        self.drip = False
        self.let_go = threading.Event()
        self.headers: list[dict[str, str]] = []


@contextmanager
def exporting(context: ssl.SSLContext | None = None) -> Iterator[Exporter]:
    """An exporter on a free port; by TLS with a context."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            exporter.headers.append(dict(self.headers))
            if exporter.hang:
                exporter.let_go.wait(30)
            self.send_response(exporter.status)
            self.send_header("Content-Type", exporter.kind)
            self.end_headers()
            try:
                while exporter.drip and not exporter.let_go.wait(0.02):
                    self.wfile.write(b"# still there\n")
                self.wfile.write(exporter.text.encode())
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """The test's output is not the server's."""

    class Server(ThreadingHTTPServer):
        def finish_request(self, request: Any, client_address: Any) -> None:
            super().finish_request(context.wrap_socket(request, server_side=True) if context else request, client_address)

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    exporter = Exporter(f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}/metrics")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield exporter
    finally:
        exporter.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
