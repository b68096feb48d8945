"""A proxy before an S3 server that misbehaves as told: 503, slow, or connections cut in the middle."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: 60\r\n\r\n"
    b"<Error><Code>SlowDown</Code><Message>later</Message></Error>"
)
_CHUNK = 65536


@dataclass
class Manners:
    """What happens to the next requests of a method whose first line holds `path`: at most `times` of them."""

    how: str = ""
    times: int = 0
    method: bytes = b""
    path: bytes = b""
    seen: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, line: bytes) -> str:
        with self.lock:
            if not self.how or self.seen >= self.times or not line.startswith(self.method) or self.path not in line:
                return ""
            self.seen += 1
            return self.how


class Proxy:
    """`misbehave` says how; `endpoint` is where to ask."""

    def __init__(self, listening: socket.socket, upstream: str) -> None:
        self._listening, self._upstream = listening, urlsplit(upstream)
        self.manners = Manners()
        self.stopped = threading.Event()
        self.endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def misbehave(self, how: str, *, times: int = 10**9, method: bytes = b"", path: bytes = b"") -> None:
        """how: "503"; "slow" (no answer); "cut" (the connection ends before the answer); "lost" (the server does it, the answer is cut);
        "pass" (nothing: only counted); "" (behave again)."""
        self.manners = Manners(how, times, method, path)

    def accept(self) -> None:
        while not self.stopped.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                self._requests(client)
            except OSError:
                return  # one of the two ends has gone

    def _requests(self, client: socket.socket) -> None:
        while request := _message(client):
            how = self.manners.next(request.partition(b"\r\n")[0])
            if how == "503":
                client.sendall(UNAVAILABLE)
                return
            if how == "slow":
                self.stopped.wait(30)
                return
            if how == "cut":
                return
            assert self._upstream.hostname is not None
            with socket.create_connection((self._upstream.hostname, self._upstream.port or 80)) as server:
                server.sendall(_closing(request))
                answer = _until_closed(server)
            client.sendall(answer[: len(answer) // 2] if how == "lost" else answer)
            return  # one request a connection keeps it simple


@contextmanager
def proxy(upstream: str) -> Iterator[Proxy]:
    """A proxy before `upstream`, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Proxy(listening, upstream)
        thread = threading.Thread(target=found.accept, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            found.stopped.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _message(client: socket.socket) -> bytes:
    """One whole HTTP request; empty when the client has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(_CHUNK)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    length = int(lengths[0]) if lengths else 0
    while len(body) < length:
        part = client.recv(_CHUNK)
        if not part:
            return b""
        body += part
    return head + b"\r\n\r\n" + body


def _closing(request: bytes) -> bytes:
    """The request, asking the server to end the connection after its answer. The Host stays: the signature covers it."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


def _until_closed(server: socket.socket) -> bytes:
    parts = []
    while part := server.recv(_CHUNK):
        parts.append(part)
    return b"".join(parts)
