"""Where the server is and how we prove who we are: address, credentials, TLS. Nothing here shows a secret."""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus
from urllib.request import getproxies

import httpx

from farthing.core.errors import SettingsError
from farthing.core.settings import PrometheusSettings

HIDDEN = "***"
SHORTEST_SECRET = 6  # hiding shorter header and parameter values would blot out ordinary words
_USERINFO = re.compile(r"//[^/@\s]*@")

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def without_credentials(url: str) -> str:
    """`url` as it may be shown: no user, password or query."""
    return _USERINFO.sub("//", url).split("?", 1)[0].split("#", 1)[0]


@dataclass(frozen=True)
class Address:
    """Base URL without credentials, the credentials that were in it, and the query parameters that were in it."""

    base: str
    username: str = ""
    password: str = field(default="", repr=False)
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.base


def address(settings: PrometheusSettings) -> Address:
    """The server's address from `settings.url`; a path prefix is kept, a trailing /api/v1 dropped. Raises SettingsError."""
    text = settings.url.strip()
    wanted = "http://host:port or https://host/prefix, the base URL of a server that speaks Prometheus' HTTP API"
    if not text:
        raise SettingsError(
            "prometheus.url is not set", expected=wanted, cure="set it with FARTHING_PROMETHEUS__URL or in the settings file"
        )
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise SettingsError(f"prometheus.url {without_credentials(text)} is no URL", expected=wanted) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(f"prometheus.url {without_credentials(text)} has no scheme or no host", expected=wanted)
    path = url.raw_path.decode().split("?", 1)[0].rstrip("/").removesuffix("/api/v1")
    return Address(f"{url.scheme}://{url.netloc.decode()}{path}".rstrip("/"), url.username, url.password, tuple(url.params.multi_items()))


class Credentials(httpx.Auth):
    """Signs requests. `kind` says in words what is sent, for messages; `secrets` are the texts that must never be shown."""

    kind = "no credentials"

    def secrets(self) -> list[str]:
        return []

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        yield request

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.kind}>"


class BasicCredentials(Credentials):
    """User name and password."""

    def __init__(self, username: str, password: str, source: str) -> None:
        self.kind = f"basic auth ({source})"
        self._password = password
        self._encoded = _basic(username, password)

    def secrets(self) -> list[str]:
        return [self._password, self._encoded]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Basic {self._encoded}"
        yield request


class BearerCredentials(Credentials):
    """A token, given as text or in a file that is read again when it changes (Kubernetes rotates service account tokens)."""

    def __init__(self, token: str = "", file: Path | None = None) -> None:
        self._file = file
        self._token = printable(token, "prometheus.bearer_token")
        self._seen: tuple[int, int, int] | None = None
        self.kind = "a bearer token (prometheus.bearer_token)" if file is None else f"a bearer token (file {file})"
        self.current()

    def secrets(self) -> list[str]:
        return [self._token]

    def current(self) -> str:
        """The token as it is now. Raises SettingsError when the file is missing or empty."""
        if self._file is None:
            return self._token
        try:
            now = self._file.stat()
            seen = (now.st_ino, now.st_mtime_ns, now.st_size)
            if seen != self._seen:
                self._token = printable(self._file.read_text(encoding="utf-8", errors="replace").strip(), f"the token in {self._file}")
                self._seen = seen
        except OSError as error:
            raise SettingsError(
                f"prometheus.bearer_token_file {self._file} cannot be read: {error.strerror}",
                expected="a file that holds a bearer token",
                cure="mount the token, or unset prometheus.bearer_token_file",
            ) from error
        if not self._token:
            raise SettingsError(f"prometheus.bearer_token_file {self._file} is empty", expected="a file that holds a bearer token")
        return self._token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.current()}"
        yield request


def credentials(settings: PrometheusSettings, where: Address) -> Credentials:
    """The one kind of credentials that is set. Raises SettingsError when two contradict."""
    has_header = any(name.lower() == "authorization" for name in settings.headers)
    kinds = {
        "prometheus.username": bool(settings.username or settings.password.get_secret_value()),
        "prometheus.bearer_token": bool(settings.bearer_token.get_secret_value()),
        "prometheus.bearer_token_file": settings.bearer_token_file is not None,
        "user:password@ in prometheus.url": bool(where.username or where.password),
        "an Authorization header in prometheus.headers": has_header,
    }
    given = [kind for kind, is_set in kinds.items() if is_set]
    if len(given) > 1:
        raise SettingsError(
            f"several kinds of credentials are set: {' and '.join(given)}",
            expected=f"at most one of {', '.join(kinds)}",
            cure="unset the others",
        )
    if settings.username or settings.password.get_secret_value():
        return BasicCredentials(settings.username, settings.password.get_secret_value(), "prometheus.username and prometheus.password")
    if where.username or where.password:
        return BasicCredentials(where.username, where.password, "from prometheus.url")
    if settings.bearer_token.get_secret_value() or settings.bearer_token_file is not None:
        return BearerCredentials(settings.bearer_token.get_secret_value(), settings.bearer_token_file)
    plain = Credentials()
    if has_header:
        plain.kind = "the Authorization header of prometheus.headers"
    return plain


def headers(settings: PrometheusSettings) -> dict[str, str]:
    """Headers of every request, the tenant's included. Raises SettingsError for values no header can carry."""
    sent = {"User-Agent": "farthing", "Accept": "application/json"}
    if httpx.URL(settings.url.strip()).host in LOOPBACK:
        sent["Accept-Encoding"] = "identity"  # compressing costs both sides more than this machine's own network does
    sent |= {
        printable(name, "a name in prometheus.headers"): printable(value, f"prometheus.headers.{name}")
        for name, value in settings.headers.items()
    }
    if settings.tenant:
        if any(name.lower() == "x-scope-orgid" and value != settings.tenant for name, value in settings.headers.items()):
            raise SettingsError(
                "prometheus.tenant and the X-Scope-OrgID of prometheus.headers differ", expected="one tenant", cure="unset one of them"
            )
        sent["X-Scope-OrgID"] = printable(settings.tenant, "prometheus.tenant")
    return sent


def printable(value: str, what: str) -> str:
    """`value` if a header can carry it. Raises SettingsError, without the value, otherwise."""
    if not value.isascii() or not (value.isprintable()):
        raise SettingsError(f"{what} holds characters that a header cannot carry", expected="printable ASCII without line breaks")
    return value


def tls(settings: PrometheusSettings) -> ssl.SSLContext:
    """Whom we trust and what we show: `ca_file` alone, else the system's and the bundled authorities. Raises SettingsError."""
    try:
        if settings.ca_file is not None:
            context = ssl.create_default_context(cafile=str(settings.ca_file))
        elif _speaks_tls(settings):
            context = httpx.create_ssl_context()
            context.load_default_certs()
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # unused; to read every authority takes a tenth of a second
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"prometheus.ca_file {settings.ca_file} cannot be read: {error.strerror or error}",
            expected="a PEM file with the certificate of the authority that signed the server's",
        ) from error
    if settings.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    _load_client_certificate(context, settings)
    return context


def _speaks_tls(settings: PrometheusSettings) -> bool:
    """Whether the server or a proxy on the way is reached by TLS."""
    urls = [settings.url, settings.proxy, *getproxies().values()]
    return any(url.strip().lower().startswith("https:") for url in urls)


def _load_client_certificate(context: ssl.SSLContext, settings: PrometheusSettings) -> None:
    certificate, key = settings.client_cert_file, settings.client_key_file
    if certificate is None:
        if key is not None:
            raise SettingsError("prometheus.client_key_file is set, prometheus.client_cert_file is not", expected="both, or neither")
        return

    def no_password() -> str:
        raise SettingsError(f"the key of {certificate} is protected by a password", expected="a key without a password")

    try:
        context.load_cert_chain(certificate, key, password=no_password)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"the client certificate {certificate} with key {key or certificate} cannot be used: {error.strerror or error}",
            expected="PEM files of a certificate and of its key",
            cure="check prometheus.client_cert_file and prometheus.client_key_file",
        ) from error


class Veil:
    """Hides the secrets of these settings in texts that come from elsewhere, e.g. a server's error page."""

    def __init__(self, settings: PrometheusSettings, where: Address, proof: Credentials) -> None:
        self._proof = proof
        values = [*settings.headers.values(), *settings.params.values(), *(value for _, value in where.params)]
        self._fixed = [text for text in values if len(text) >= SHORTEST_SECRET]
        proxy = httpx.URL(settings.proxy)
        if proxy.password:
            self._fixed += [proxy.password, _basic(proxy.username, proxy.password)]

    def hide(self, text: str) -> str:
        """`text` with every secret, as it is or as URLs write it, replaced by ***."""
        secrets = [secret for secret in (*self._fixed, *self._proof.secrets()) if secret]
        spellings = {spelling for secret in secrets for spelling in (secret, quote(secret, safe=""), quote_plus(secret))}
        for spelling in sorted(spellings, key=len, reverse=True):
            text = text.replace(spelling, HIDDEN)
        return text


def _basic(username: str, password: str) -> str:
    return base64.b64encode(f"{username}:{password}".encode()).decode()
