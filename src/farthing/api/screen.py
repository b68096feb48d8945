"""The screen: the page that is built from ui/, served out of the package.

It tells nothing of anybody's costs (it asks the API for them, with the token that its reader gives), so it is open to all who may reach the
server. Files are read once, at the start: what is served is of one build, whatever is built meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cramjam
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from farthing.core.errors import StorageError

from .encodings import choose
from .page_policy import policy

FOLDER = Path(__file__).parents[1] / "_screen"
# What the page finds its way to by itself. Paths of the API are others: ui/ keeps to this list.
PATHS = ("/", "/allocations", "/infrastructure", "/workload", "/clusters", "/efficiency", "/doctor", "/settings")
# Files below it have their contents' hash in their names.
LASTING = "/_s/"
INDEX = "/index.html"
FOR_EVER, ASKED_ABOUT = "public, max-age=31536000, immutable", "no-cache"
READS = ("GET", "HEAD")
HTML = "text/html; charset=utf-8"
MEDIA_TYPES = {
    ".html": HTML,
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
# Encoding → ending of the file beside the plain one, which scripts/compress_screen.py writes.
SIBLINGS = {"br": ".br", "gzip": ".gz"}
NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Farthing: the page is not built</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { max-width: 36rem; margin: 4rem auto; padding: 0 1rem }
  code { padding: .1em .3em; border-radius: .2em; background: #8883 }
</style>
<h1>Farthing answers, but its page is not built</h1>
<p>In the clone that this runs from, type <code>make screen</code> and start it again.</p>
<p>All else is there: <a href="/api/v1/meta">what there is to ask for</a>, and <a href="/openapi.json">how</a>.</p>
"""
NOT_BUILT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Document:
    """A file as it is answered. `bodies`: encoding → bytes; the plain ones are those of ""."""

    media_type: str
    cache: str
    etag: str
    bodies: Mapping[str, bytes]


class Screen:
    """The built page in `folder`; where there is none, a page that says how to build it. Raises StorageError when it cannot be read."""

    def __init__(self, folder: Path = FOLDER) -> None:
        try:
            read = {f"/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}
        except OSError as error:
            expected = "files that may be read, of a build that is not under way"
            raise StorageError(f"the screen in {folder} cannot be read: {error}", expected=expected, cure="make screen") from None
        self.built = INDEX in read
        self.files = _documents(read) if self.built else {}
        self.policy = policy(read[INDEX].decode("utf-8", "replace")) if self.built else NOT_BUILT_POLICY

    def is_open(self, scope: Scope, routes: Iterable[BaseRoute]) -> bool:
        """Whether a request needs no token: the page's own files, and what the page answers where nothing else of `routes` is."""
        path = scope["path"]
        if scope["method"] not in READS:
            return False
        if path in PATHS or path in self.files or path.startswith(LASTING):
            return True
        return self.built and _takes_html(scope) and all(route.matches(scope)[0] is Match.NONE for route in routes)

    def add_routes(self, app: FastAPI) -> None:
        """Serve the page. Routes are few, whatever the number of files: they are labels of metrics."""

        async def page(request: Request) -> Response:
            return self._page(request)

        async def file(request: Request) -> Response:
            found = self.files.get(request.url.path)
            if found is None:
                raise HTTPException(404, headers={"cache-control": "no-store"})
            return self._answer(request, found)

        app.router.routes.extend(_Told(path, page) for path in PATHS)
        app.router.routes += [_Told(f"{LASTING}{{name:path}}", file), _Told("/{name:path}", file, self.files)]

    def not_found(self, request: Request) -> Response | None:
        """What a browser is shown at a path where nothing is; None where an error is answered as the API does."""
        if not self.built or request.method not in READS or not _takes_html(request.scope) or request.url.path.startswith(LASTING):
            return None
        return self._answer(request, self.files[INDEX], status=404)

    def _page(self, request: Request) -> Response:
        if self.built:
            return self._answer(request, self.files[INDEX])
        return self._send(request, NOT_BUILT.encode(), {"cache-control": "no-store"}, HTML, 503)

    def _answer(self, request: Request, document: Document, *, status: int = 200) -> Response:
        found = status == 200
        headers = {
            "cache-control": document.cache if found else "no-store",
            "vary": "Accept-Encoding" if found else "Accept, Accept-Encoding",
        }
        if found:
            headers["etag"] = document.etag
            known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
            if known & {"*", document.etag, document.etag.removeprefix("W/")}:
                return Response(status_code=304, headers=headers | self._rules())
        encoding = choose(request.headers.get("accept-encoding", ""), document.bodies) or ""
        if encoding:
            headers["content-encoding"] = encoding
        return self._send(request, document.bodies[encoding], headers, document.media_type, status)

    def _send(self, request: Request, body: bytes, headers: Mapping[str, str], media_type: str, status: int) -> Response:
        all_headers = {**headers, **self._rules(), "content-length": str(len(body)), "content-type": media_type}
        return Response(b"" if request.method == "HEAD" else body, status_code=status, headers=all_headers)

    def _rules(self) -> dict[str, str]:
        """What browsers hold the page to. On its files as well: a worker or an SVG goes by the rules that it comes with."""
        return {"content-security-policy": self.policy, "cross-origin-opener-policy": "same-origin"}


class _Told(Route):
    """A route that metrics tell by its path; with `known`, it leaves every other path to others."""

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], known: Container[str] | None = None) -> None:
        super().__init__(path, endpoint, methods=["GET"], include_in_schema=False)
        self._known = known

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route, and says which it was."""
        if self._known is not None and scope["path"] not in self._known:
            return Match.NONE, {}
        match, found = super().matches(scope)
        return match, {**found, "route": self} if found else found


def _documents(read: Mapping[str, bytes]) -> dict[str, Document]:
    plain = {path: body for path, body in read.items() if not path.endswith(tuple(SIBLINGS.values()))}
    return {path: _document(path, body, read) for path, body in plain.items()}


def _document(path: str, body: bytes, read: Mapping[str, bytes]) -> Document:
    lasting = path.startswith(LASTING)
    siblings = {encoding: read[path + end] for encoding, end in SIBLINGS.items() if path + end in read}
    if not lasting:  # its name does not tell whether a sibling is of this build
        siblings = {encoding: packed for encoding, packed in siblings.items() if _unpacked(packed, encoding) == body}
    return Document(
        media_type=MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream"),
        cache=FOR_EVER if lasting else ASKED_ABOUT,
        etag=f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
        bodies={"": body, **siblings},
    )


def _unpacked(packed: bytes, encoding: str) -> bytes:
    try:
        unpack = cramjam.brotli.decompress if encoding == "br" else cramjam.gzip.decompress
        return bytes(unpack(packed))
    except cramjam.DecompressionError:
        return b""


def _takes_html(scope: Scope) -> bool:
    accepted = (part.replace(" ", "").lower().split(";") for part in Headers(scope=scope).get("accept", "").split(","))
    return any(kind == "text/html" and not {"q=0", "q=0.0"} & set(rest) for kind, *rest in accepted)
