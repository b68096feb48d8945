"""The HTTP application: the native API, OpenCost's and Kubecost's, health, metrics, the receiver of samples, and the screen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.exceptions import HTTPException

import farthing
from farthing.core.errors import FarthingError, nearest
from farthing.core.settings import Settings
from farthing.views import CostSource, sharing_of

from . import compat, native, writes
from .access import Access, Tokens
from .behind import NOTHING, Behind
from .calls import House
from .documented import responses, tell
from .failures import failure
from .screen import FOLDER, PATHS, Screen
from .telemetry import Measures, Telemetry, request_id

HEALTH_PATHS = ("/healthz", "/readyz")
METRICS_PATH = "/metrics"
# A server should take this much of a request's head: with less, an over-long filter is answered in words of the server, not of ours.
REQUEST_HEAD_BYTES = 8 * 2**20

_log = logging.getLogger(__name__)


def create_app(
    source: CostSource,
    settings: Settings,
    *,
    receive: writes.Receiver | None = None,
    registry: CollectorRegistry | None = None,
    currency: str = "USD",
    as_of: Callable[[datetime], CostSource] | None = None,
    simulated: bool = False,
    behind: Behind = NOTHING,
    screen_folder: Path = FOLDER,
) -> FastAPI:
    """The application over `source`, whose costs are in `currency`.

    `receive` takes what is sent to `POST /api/v1/write`; without it there is no such path. `registry` holds metrics of others, which
    `/metrics` tells beside the server's own. `simulated`: the data are made up, and `/api/v1/meta` says so. `behind`: what `/api/v1/status`
    and its like tell of.
    Errors are one envelope with their HTTP status. Raises SettingsError for bad tokens.
    """
    app = FastAPI(
        title="Farthing",
        version=farthing.__version__,
        description="What every workload costs: the native API under /api/v1, and OpenCost's and Kubecost's with and without /model.",
        docs_url=None,  # its page would load scripts from somewhere else
        redoc_url=None,
    )
    measures, tokens = Measures(registry or CollectorRegistry()), Tokens(settings.serve)
    screen = Screen(screen_folder)
    app.state.settings, app.state.registry = settings, measures.registry
    # The layer that is added last is the outermost.
    is_open = partial(screen.is_open, routes=app.routes)
    app.add_middleware(Access, settings=settings.serve, tokens=tokens, measures=measures, is_open=is_open)
    app.add_middleware(Telemetry, measures=measures)
    house = House(
        sharing=sharing_of(settings.sharing),
        currency=currency,
        cluster=settings.metering.cluster_id,
        tokens=tokens.configured,
        receives_samples=receive is not None,
        as_of=as_of,
        simulated=simulated,
        behind=behind,
        settings=settings,
    )
    native.add_routes(app, source, house)
    compat.add_routes(app, source, house)
    if receive is not None:
        app.add_api_route(
            writes.PATH,
            writes.write_endpoint(receive),
            methods=["POST"],
            status_code=204,
            summary="Samples by Prometheus' remote write; always needs a token",
            response_class=Response,
            openapi_extra=writes.BODY | responses("the samples are kept", status=204),
            tags=["write"],
        )
    _add_health(app, source, measures.registry)
    screen.add_routes(app)
    tell(app, native.MODELS)

    def known_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, FarthingError)
        measures.errors.labels(type(error).__name__).inc()
        if error.http_status >= 500:
            _log.error("request %s: %s: %s", request_id(request.scope), request.url.path, error)
        return failure(error.http_status, str(error), error=error, request_id=request_id(request.scope))

    def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        measures.errors.labels(f"HTTP {error.status_code}").inc()
        message, kind = str(error.detail), "HTTP"
        if error.status_code == 404:
            if (page := screen.not_found(request)) is not None:
                return page
            # A program that missed a path did not look for a page.
            paths = [path for route in app.routes if (path := getattr(route, "path", "")) and path not in PATHS and "{" not in path]
            kind = "NoSuchPath"
            message = f"nothing is served at {request.url.path[:200]}\nexpected: {nearest(request.url.path[:200], paths)}"
        answer = failure(error.status_code, message, kind=kind, request_id=request_id(request.scope))
        answer.headers.update(error.headers or {})
        return answer

    app.add_exception_handler(FarthingError, known_error)
    app.add_exception_handler(HTTPException, http_error)
    return app


def _add_health(app: FastAPI, source: CostSource, registry: CollectorRegistry) -> None:
    def healthz() -> Response:
        return Response(status_code=200)

    def readyz() -> Response:
        try:
            source.version()
            source.extents()
        except FarthingError as error:
            return failure(503, f"not ready: {error}", error=error)
        return Response(status_code=200)

    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    for path, answer, doc in (
        ("/healthz", healthz, "200 while the server runs"),
        ("/readyz", readyz, "200 once questions can be answered, else 503"),
        (METRICS_PATH, metrics, "The server's own metrics"),
    ):
        app.add_api_route(path, answer, name=path, response_class=Response, summary=doc, tags=["health"])
