"""An exporter to scrape: a real HTTP server on the loopback interface whose answer the test sets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


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
def exporting() -> Iterator[Exporter]:
    """An exporter on a free port."""

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

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    exporter = Exporter(f"http://127.0.0.1:{server.server_port}/metrics")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield exporter
    finally:
        exporter.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
