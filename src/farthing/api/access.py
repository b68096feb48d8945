"""Who may ask: tokens, and the names that the server goes by."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from farthing.core.errors import FarthingError, NotAllowed, NoToken, SettingsError, WrongHost
from farthing.core.settings import ServeSettings

from .failures import failure
from .telemetry import Measures, request_id

SHORTEST_TOKEN = 16
READS = ("GET", "HEAD", "OPTIONS")
# Asked by those who start and watch the server, and telling nothing.
OPEN_PATHS = ("/healthz", "/readyz")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


class Tokens:
    """The tokens of the settings: one in them, or one a line in a file, which is read again when it changes."""

    def __init__(self, settings: ServeSettings) -> None:
        token = settings.token.get_secret_value()
        self._fixed = [_digest(_long_enough(token, "serve.token"))] if token else []
        self._file = settings.token_file
        self._stamp: tuple[int, int] | None = None
        self._read: list[bytes] = []
        if self._file:
            self._of_file(self._file)

    @property
    def configured(self) -> bool:
        """Whether there is any token at all."""
        return bool(self._fixed) or self._file is not None

    def accept(self, token: str) -> bool:
        """Whether `token` is one of them; takes as long for a wrong one as for a right one."""
        wanted = _digest(token)
        known = self._fixed + (self._of_file(self._file) if self._file else [])
        found = False
        for one in known:
            found |= hmac.compare_digest(wanted, one)
        return found

    def _of_file(self, path: Path) -> list[bytes]:
        try:
            status = path.stat()
            if self._stamp != (status.st_mtime_ns, status.st_size):
                lines = [line.strip() for line in path.read_text().splitlines()]
                self._read = [_digest(_long_enough(line, str(path))) for line in lines if line and not line.startswith("#")]
                self._stamp = (status.st_mtime_ns, status.st_size)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"serve.token_file {path} cannot be read: {error}", expected="a text file, one token a line") from None
        return self._read


def _long_enough(token: str, where: str) -> str:
    if len(token) < SHORTEST_TOKEN:
        raise SettingsError(
            f"a token in {where} has {len(token)} characters",
            expected=f"at least {SHORTEST_TOKEN}",
            cure="take what `openssl rand -hex 32` gives",
        )
    return token


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class Access:
    """Refuses requests for another host's name (a page that makes a name of its own point at this machine), and those without a token
    where one is needed: for every write, and if one is configured everywhere but at what `is_open` tells to be for all."""

    def __init__(
        self, app: ASGIApp, *, settings: ServeSettings, tokens: Tokens, measures: Measures, is_open: Callable[[Scope], bool]
    ) -> None:
        self._app = app
        self._is_open = is_open
        self._tokens = tokens
        self._measures = measures
        self._names = frozenset(name.strip().lower() for name in settings.hosts.split(",") if name.strip())
        self._local = is_local(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, refused or passed on."""
        if scope["type"] == "http":
            try:
                self._check(scope, Headers(scope=scope))
            except FarthingError as error:
                self._measures.errors.labels(type(error).__name__).inc()
                answer = failure(error.http_status, str(error), error=error, request_id=request_id(scope))
                if isinstance(error, NoToken):
                    answer.headers["www-authenticate"] = "Bearer"
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        self._check_host(headers.get("host", ""))
        method, path = scope["method"], scope["path"]
        if path in OPEN_PATHS or self._is_open(scope):
            return
        writes = method not in READS
        if not self._tokens.configured:
            if writes:
                cure = "set serve.token or serve.token_file, and send it as `Authorization: Bearer TOKEN`"
                raise NotAllowed(f"{method} {path[:200]} needs a token, and none is configured", cure=cure)
            return
        scheme, _, token = headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        if not given or not self._tokens.accept(given):
            problem = "this token is none of ours" if given else "a token is needed"
            raise NoToken(problem, expected="`Authorization: Bearer TOKEN` or `X-API-KEY: TOKEN`")

    def _check_host(self, host: str) -> None:
        name = _without_port(host).lower()
        if not name or name in self._names or (self._local and is_local(name)):
            return
        if self._local or self._names:
            names = ", ".join(sorted(self._names) + (list(LOCAL_NAMES) if self._local else []))
            raise WrongHost(f"this server does not go by the name {name[:200]!r}", expected=names, cure="add the name to serve.hosts")


def is_local(host: str) -> bool:
    """True for a name or address that means this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host
