"""One question, one answer, over HTTP: retries, the fall-backs of method and parameters, streaming, time limits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Protocol, TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from farthing.core.errors import SettingsError
from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus.auth import Veil, address, credentials, headers, tls, without_credentials
from farthing.metering.prometheus.envelope import Malformed
from farthing.metering.prometheus.faults import Fault, Subject, cut_off, fault_of_status, fault_of_transport, not_json, timed_out
from farthing.metering.prometheus.meanings import NO_HOPE, PROXY

CONNECT_SECONDS = 10.0
ERROR_BYTES = 1 << 16
OPTIONAL = {"stats": "true", "nocache": "1"}  # what the server read; no answers from a cache that aligns ranges
R_co = TypeVar("R_co", covariant=True)
Form = dict[str, str | list[str]]


class Sink(Protocol[R_co]):
    """Takes a body in chunks and makes a result of it; raises envelope.Malformed."""

    def feed(self, chunk: bytes) -> None: ...

    def finish(self) -> R_co: ...


class WholeBody:
    """The body as it is, for small answers."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Take a chunk."""
        self._chunks.append(chunk)

    def finish(self) -> bytes:
        """All of it."""
        return b"".join(self._chunks)


@dataclass(frozen=True)
class Request:
    """`path` under the base URL with its `form`. `name` and `query` are for messages. Only questions that evaluate PromQL are `optional`ly
    extended by OPTIONAL; `post` is tried before GET."""

    name: str
    path: str
    form: Form
    query: str = ""
    post: bool = True
    optional: bool = False


@dataclass(frozen=True)
class Reply:
    """Of the attempt that succeeded: bytes over the wire, seconds it took, the Date header."""

    bytes: int
    seconds: float
    date: str


class Stopped(Exception):
    """Nobody waits for this answer any more."""


class Exchange:
    """The connection to one server. Safe to use from several threads; close() when done."""

    def __init__(self, settings: PrometheusSettings, *, sleep: Callable[[float], None], retried: Callable[[str], None]) -> None:
        self._settings, self._sleep, self._retried = settings, sleep, retried
        self._address = address(settings)
        self._proof = credentials(settings, self._address)
        self._proxy = without_credentials(settings.proxy)
        _hide_queries_from_logs()
        try:
            self._veil = Veil(settings, self._address, self._proof)
            self._http = httpx.Client(
                auth=self._proof,
                headers=headers(settings),
                params=[*self._address.params, *settings.params.items()],
                verify=tls(settings),
                proxy=settings.proxy or None,
                timeout=httpx.Timeout(settings.timeout_seconds, connect=min(CONNECT_SECONDS, settings.timeout_seconds), pool=None),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=settings.concurrency),
            )
        except (httpx.InvalidURL, ValueError, ImportError) as error:
            raise SettingsError(
                f"the proxy {self._proxy or 'of the environment'} cannot be used: {type(error).__name__}",
                expected="http://host:port of an HTTP proxy",
                cure=PROXY,
            ) from error
        self._reached = False
        self._post_works: set[str] = set()  # paths
        self._post_refused: set[str] = set()
        self._optional_works = False
        self._optional = dict(OPTIONAL)

    @property
    def base(self) -> str:
        """The server's URL, free of secrets."""
        return self._address.base

    @property
    def proof(self) -> str:
        """In words, which credentials are sent."""
        tenant = f", tenant {self._settings.tenant}" if self._settings.tenant else ""
        return self._proof.kind + (", a client certificate" if self._settings.client_cert_file else "") + tenant

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def run(self, request: Request, sink: Callable[[], Sink[R_co]], stop: Event | None = None) -> tuple[R_co, Reply]:
        """Ask until there is an answer or no hope; a fresh `sink` takes each attempt's body.

        Raises Fault, whose `error` is to be told; SettingsError; Stopped once `stop` is set.
        """
        attempts = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, Fault) and self._may_pass(error)),
            wait=self._wait,
            stop=stop_after_attempt(self._settings.retries + 1),
            sleep=self._sleep,
            before_sleep=lambda _: self._retried(request.name),
            reraise=True,
        )
        return attempts(self._attempt, request, sink, stop)

    def _may_pass(self, fault: Fault) -> bool:
        if fault.after is not None and fault.after > self._settings.timeout_seconds:
            return False
        return fault.hope.again

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        backoff = wait_random_exponential(multiplier=0.5, max=30)(state)
        after = error.after if isinstance(error, Fault) else None
        return backoff if after is None else after + min(backoff, 1.0)

    def _attempt(self, request: Request, sink: Callable[[], Sink[R_co]], stop: Event | None) -> tuple[R_co, Reply]:
        extra = dict(self._optional) if request.optional else {}
        try:
            result = self._by_any_method(request, extra, sink, stop)
        except Fault as fault:
            if not fault.hope.parameters or not extra or self._optional_works:
                raise
            try:
                result = self._by_any_method(request, {}, sink, stop)
            except Fault:
                raise fault from None  # the parameters were not to blame
            self._optional = {}
        self._optional_works = self._optional_works or bool(extra)
        return result

    def _by_any_method(
        self, request: Request, extra: dict[str, str], sink: Callable[[], Sink[R_co]], stop: Event | None
    ) -> tuple[R_co, Reply]:
        if not request.post or request.path in self._post_refused:
            return self._send("GET", request, extra, sink(), stop)
        try:
            result = self._send("POST", request, extra, sink(), stop)
            self._post_works.add(request.path)
        except Fault as fault:
            if not fault.hope.method or request.path in self._post_works:
                raise
            result = self._send("GET", request, extra, sink(), stop)
            self._post_refused.add(request.path)
        return result

    def _send(self, method: str, request: Request, extra: dict[str, str], sink: Sink[R_co], stop: Event | None) -> tuple[R_co, Reply]:
        url = self._address.base + request.path
        subject = Subject(url, request.name, request.query, self.proof, self._proxy)
        form: Form = {**request.form, **extra}
        began = time.monotonic()
        deadline = began + self._settings.timeout_seconds
        try:
            with self._http.stream(
                method, url, data=form if method == "POST" else None, params=form if method == "GET" else None
            ) as response:
                self._reached = True
                if response.status_code != httpx.codes.OK:
                    raise fault_of_status(subject, response, self._beginning(response, deadline))
                result = self._receive(response, sink, subject, deadline, stop)
                return result, Reply(response.num_bytes_downloaded, time.monotonic() - began, response.headers.get("date", ""))
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = fault_of_transport(subject, error, self._settings.timeout_seconds)
            if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) and not self._reached:
                fault.hope = NO_HOPE  # a wrong address is told at once; a server that was there is waited for
            raise fault from error
        except Malformed as error:
            raise cut_off(subject, self._veil.hide(str(error))) from error

    def _receive(self, response: httpx.Response, sink: Sink[R_co], subject: Subject, deadline: float, stop: Event | None) -> R_co:
        first = True
        for chunk in response.iter_bytes():
            if stop is not None and stop.is_set():
                raise Stopped
            if time.monotonic() > deadline:
                raise timed_out(subject, self._settings.timeout_seconds)
            if first and (beginning := chunk.lstrip()):
                first = False
                if not beginning.startswith((b"{", b"[")):
                    raise not_json(subject, response, self._veil.hide(beginning[:4096].decode(errors="replace")))
            sink.feed(chunk)
        return sink.finish()

    def _beginning(self, response: httpx.Response, deadline: float) -> str:
        """Of an error's body: as much as a message may need."""
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > ERROR_BYTES or time.monotonic() > deadline:
                break
        return self._veil.hide(body.decode(errors="replace"))


class _QueryFilter(logging.Filter):
    """Takes the query off URLs in httpx' log lines: it may carry a key."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


def _hide_queries_from_logs() -> None:
    logger = logging.getLogger("httpx")
    if not any(isinstance(each, _QueryFilter) for each in logger.filters):
        logger.addFilter(_QueryFilter())
