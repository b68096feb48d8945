"""What happens on every request beside its answer: an id, its measures, headers for browsers, and the last resort for faults."""

from __future__ import annotations

import logging
import re
import time
import uuid

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .failures import failure

_log = logging.getLogger(__name__)

ID_HEADER = "x-request-id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SCOPE_KEY = "farthing.request_id"
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)


class Measures:
    """The server's own metrics, in a registry that others may add to."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.requests = Counter("farthing_http_requests", "Requests answered", ["route", "method", "status"], registry=registry)
        self.seconds = Histogram("farthing_http_request_seconds", "Seconds to the last byte", ["route"], buckets=SECONDS, registry=registry)
        self.bytes = Counter("farthing_http_response_bytes", "Bytes of bodies as sent", ["route"], registry=registry)
        self.errors = Counter("farthing_http_errors", "Answers that are errors, by their kind", ["kind"], registry=registry)
        self.under_way = Gauge("farthing_http_requests_under_way", "Requests being answered now", registry=registry)


def request_id(scope: Scope) -> str:
    """The id of a request."""
    return str(scope.get(_SCOPE_KEY, ""))


class Telemetry:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, *, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID_HEADER, "")
        scope[_SCOPE_KEY] = given if _ID.fullmatch(given) else uuid.uuid4().hex
        measures, begun, sent = self._measures, time.perf_counter(), _Sent()

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[ID_HEADER] = request_id(scope)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            elif message["type"] == "http.response.body":
                sent.bytes += len(message.get("body", b""))
            await send(message)

        measures.under_way.inc()
        try:
            await self._app(scope, receive, observed)
        except Exception as error:
            kind = type(error).__name__
            measures.errors.labels(kind).inc()
            _log.exception("request %s: %s failed", request_id(scope), scope["path"])
            if sent.status:
                raise  # the answer has begun: cutting it off tells the client that it is not whole
            message = f"a fault of ours: {kind}\nto do: report it with the server's log of request {request_id(scope)}"
            await failure(500, message, kind=kind, request_id=request_id(scope))(scope, receive, observed)
        finally:
            measures.under_way.dec()
            route = str(getattr(scope.get("route"), "path", "none"))
            measures.requests.labels(route, scope["method"] if scope["method"] in METHODS else "other", sent.status).inc()
            measures.seconds.labels(route).observe(time.perf_counter() - begun)
            measures.bytes.labels(route).inc(sent.bytes)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Sent:
    """What went out."""

    status = 0
    bytes = 0
