"""A farthing that runs, asked over HTTP by its native API. The only file of the command line that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import httpx
import orjson

from farthing.core import errors
from farthing.core.errors import (
    AccessDenied,
    BadFilter,
    FarthingError,
    SettingsError,
    SourceError,
    TimedOut,
    Unreachable,
    Unreadable,
    UsageError,
)
from farthing.core.settings import Settings

from .serve import is_loopback

PREFIX = "/api/v1"
SECONDS = 120.0
START = "farthing up --prometheus http://localhost:9090 starts one; --server names another; farthing query --warehouse FILE needs none"
Parameters = Mapping[str, str]


class Answerer(Protocol):
    """Whoever answers native questions."""

    name: str

    def get(self, path: str, parameters: Parameters) -> bytes:
        """The body of the answer to `path`, e.g. `/allocation/view`. Raises FarthingError."""
        ...


class RemoteServer:
    """A server by its URL. Counts what it was asked, and the bytes of its answers as they came over the wire."""

    def __init__(self, url: str, *, token: str = "", seconds: float = SECONDS, transport: httpx.BaseTransport | None = None) -> None:
        """Raises SettingsError for what is no URL of a server."""
        base = httpx.URL(url.strip().rstrip("/") if "://" in url else f"http://{url.strip().rstrip('/')}")
        if base.scheme not in ("http", "https") or not base.host:
            raise SettingsError(f"--server {url[:200]!r} is no URL of a server", expected="e.g. http://127.0.0.1:9090")
        self.name = str(base)
        self.queries = self.bytes = 0
        headers = {"authorization": f"Bearer {token}"} if token else {}
        # this machine is never asked through a proxy
        self._client = httpx.Client(
            base_url=base, headers=headers, timeout=seconds, transport=transport, trust_env=not is_loopback(base.host)
        )

    @classmethod
    def of(cls, url: str, settings: Settings) -> RemoteServer:
        """The server at `url`, with the token that the settings have: `serve.token`, else the first of `serve.token_file`.

        Raises SettingsError.
        """
        try:
            return cls(url, token=_token(settings))
        except httpx.InvalidURL as error:
            raise SettingsError(f"--server {url[:200]!r} is no URL: {error}", expected="e.g. http://127.0.0.1:9090") from None

    def get(self, path: str, parameters: Parameters) -> bytes:
        """See Answerer. An error of the server is raised as what it was there."""
        self.queries += 1
        try:
            with self._client.stream("GET", PREFIX + path, params=dict(parameters)) as answer:
                body = answer.read()
                self.bytes += answer.num_bytes_downloaded
        except httpx.TimeoutException as error:
            raise TimedOut(f"{self.name} did not answer in {self._client.timeout.read:g} s", cure="ask for a shorter window") from error
        except httpx.ConnectError as error:
            raise Unreachable(f"no farthing answers at {self.name}: {error}", expected="a farthing that runs", cure=START) from error
        except httpx.HTTPError as error:
            raise Unreachable(
                f"{self.name} broke off: {str(error) or type(error).__name__}", cure="ask again; its log may say why"
            ) from error
        if answer.status_code == 200:
            return body
        raise _failure(self.name, answer.status_code, body)


def document(answer: bytes, name: str) -> dict[str, Any]:
    """An answer as JSON. Raises Unreadable."""
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Unreadable(f"{name} does not answer as farthing does", expected="JSON of the native API", cure=START)
    return found


def pages(server: Answerer, path: str, parameters: Parameters) -> Iterator[dict[str, Any]]:
    """All pages of a view. Raises StaleCursor where the data changed between two of them."""
    page = document(server.get(path, parameters), server.name)
    yield page
    while page.get("nextCursor"):
        page = document(server.get(path, {**parameters, "cursor": page["nextCursor"]}), server.name)
        yield page


def _failure(name: str, status: int, body: bytes) -> FarthingError:
    """The error that an answer stands for."""
    try:
        told = orjson.loads(body)["error"]
        kind, problem, expected, cure = (str(told[key]) for key in ("kind", "problem", "expected", "cure"))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Unreadable(f"{name} answered {status}, and not as farthing does", expected="a farthing that runs", cure=START)
    if status == 401:
        return AccessDenied(f"{name}: {problem}", expected=expected, cure="set FARTHING_SERVE__TOKEN to the server's token (serve.token)")
    known = getattr(errors, kind, None)
    other: Callable[..., FarthingError] = UsageError if status < 500 else SourceError
    made = known if isinstance(known, type) and issubclass(known, FarthingError) and known is not BadFilter else other
    return made(problem, expected=expected, cure=cure)


def _token(settings: Settings) -> str:
    own = settings.serve.token.get_secret_value()
    file = settings.serve.token_file
    if own or file is None:
        return own
    try:
        return next((line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()), "")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"serve.token_file {file} cannot be read: {error}", expected="a file with one token a line") from None
