"""A real nginx under the frontend's configuration, as in its container: unprivileged, from a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson

from tests.kit.servers import PATH, require_server, started

ROOT = Path(__file__).parents[2]
PAGE = """<!doctype html><html><head><title>Farthing</title><script>document.title += '!'</script>
<script type="module" src="/_s/index-a1b2.js"></script></head><body></body></html>
"""
CODE = "console.log('the page')\n" * 100
NOBODY = 65534


class Frontend:
    """The files of one: `deploy/frontend` and a page, in a folder that an unprivileged user may read and where `tmp` is theirs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.log = folder / "log"
        self.log.touch()
        self.log.chmod(0o666)
        shutil.copytree(ROOT / "deploy/frontend", folder / "frontend")
        page = folder / "frontend/page"
        for name, text in (("index.html", PAGE), ("_s/index-a1b2.js", CODE), ("favicon.svg", "<svg/>"), ("THIRD-PARTY.txt", "licences")):
            (page / name).parent.mkdir(parents=True, exist_ok=True)
            (page / name).write_text(text)
        (page / ".made").touch()
        for name in ("index.html", "_s/index-a1b2.js"):
            subprocess.run(["gzip", "-9kn", str(page / name)], check=True)
        with (folder / "frontend/policy.txt").open("wb") as out:
            subprocess.run([sys.executable, ROOT / "deploy/frontend/policy.py", page / "index.html"], stdout=out, check=True)
        (folder / "tmp").mkdir()
        if os.geteuid() == 0:
            os.chown(folder / "tmp", NOBODY, NOBODY)

    def command(self, *arguments: str, **environment: str) -> list[str]:
        """`start` with these variables and nothing else, as nobody."""
        told = {"PATH": PATH, "FRONTEND_TMP": str(self.folder / "tmp"), "FARTHING_API": "127.0.0.1:1", **environment}
        unprivileged = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        variables = [f"{name}={value}" for name, value in told.items()]
        return [*unprivileged, "env", "-i", *variables, str(self.folder / "frontend/start"), *arguments]

    def said(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """How `start` ends, and what it says."""
        # A file that it may write to: nginx opens what it is given once more.
        with self.log.open("w") as out:
            done = subprocess.run(self.command(*arguments, **environment), cwd="/", stdout=out, stderr=subprocess.STDOUT, check=False)
        return done.returncode, self.log.read_text()


@contextmanager
def frontend() -> Iterator[Frontend]:
    """The files of a frontend. Not below pytest's folder, which is for its user alone."""
    require_server("nginx")
    with tempfile.TemporaryDirectory(prefix="farthing-frontend-") as folder:
        yield Frontend(Path(folder))


@contextmanager
def running(**environment: str) -> Iterator[str]:
    """URL of a frontend with these variables; it is stopped, by its pid, when the block is left."""
    with frontend() as one:

        def command(port: int) -> list[str]:
            return one.command(FRONTEND_LISTEN=f"127.0.0.1:{port}", FRONTEND_WORKERS="1", **environment)

        with started("nginx", command, one.log) as (url, _process):
            yield url
        errors = [line for line in one.log.read_text().splitlines() if "[emerg]" in line or "[alert]" in line or "[crit]" in line]
        assert errors == []


@contextmanager
def echoing(name: str) -> Iterator[str]:
    """host:port of a server that answers with what it was asked; it takes to web sockets, and sends back one line."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _echo(name))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _echo(name: str) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            if self.headers.get("Upgrade") == "websocket":
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.end_headers()
                self.wfile.write(self.rfile.readline().upper())
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = {"name": name, "method": self.command, "path": self.path, "bytes": len(body), "headers": dict(self.headers.items())}
            answer = orjson.dumps(told)
            self.send_response(404 if "missing" in self.path else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("X-Of-Its-Own", name)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    return Handler
