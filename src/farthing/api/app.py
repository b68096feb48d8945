"""The HTTP application: OpenCost's and Kubecost's allocation and asset API over the ledger."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from farthing.core.errors import FarthingError
from farthing.core.settings import Settings
from farthing.views import CostSource

from .allocations import allocation_sets
from .answers import csv_answer, envelope, failure
from .assets import asset_sets
from .parameters import ALLOCATION_PARAMETERS, ASSET_PARAMETERS, Parameter, allocation_request, asset_request
from .warnings import allocation_warning, asset_warning

PREFIXES = ("/model", "")  # with the frontend's prefix and without
ALLOCATION_PATHS = ("/allocation", "/allocation/compute")
ASSET_PATHS = ("/assets",)
HEALTH_PATHS = ("/healthz", "/readyz")
# A server should take this much of a request's head: with less, an over-long filter is answered in words of the server, not of ours.
REQUEST_HEAD_BYTES = 8 * 2**20

_log = logging.getLogger(__name__)


def create_app(source: CostSource, settings: Settings) -> FastAPI:
    """The application over `source`; it only reads, so it needs no token. Errors are the field's envelope with their HTTP status."""
    app = FastAPI(title="Farthing", description="What every workload costs, as OpenCost and Kubecost answer it.", redoc_url=None)
    app.state.settings = settings

    # Plain functions: the server runs them in its threads, so that a long question does not stop the others.
    def allocation(request: Request) -> Response:
        asked = allocation_request(request.query_params.multi_items(), now=source.now())
        found = list(source.summaries(asked.question, asked.sets))
        sets = (one for table, windows in found for one in allocation_sets(table, windows, asked))
        if asked.csv:
            return csv_answer(sets)
        return envelope(sets, asked.window, allocation_warning(table for table, _ in found))

    def assets(request: Request) -> Response:
        asked = asset_request(request.query_params.multi_items(), now=source.now())
        found = list(source.assets(asked.filter, asked.sets))
        sets = [one for table, windows in found for one in asset_sets(table, windows, asked)]
        return envelope(sets if asked.as_list else sets[0], asked.window, asset_warning(table for table, _ in found))

    def health() -> Response:
        return Response(status_code=200)

    for paths, endpoint, parameters in ((ALLOCATION_PATHS, allocation, ALLOCATION_PARAMETERS), (ASSET_PATHS, assets, ASSET_PARAMETERS)):
        for path in (prefix + path for prefix in PREFIXES for path in paths):
            app.add_api_route(path, endpoint, name=path, response_class=Response, openapi_extra=_openapi(parameters))
    for path in HEALTH_PATHS:
        app.add_api_route(path, health, name=path, response_class=Response)
    app.add_exception_handler(FarthingError, _farthing_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unforeseen)
    return app


def _openapi(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    def schema(parameter: Parameter) -> dict[str, Any]:
        return {"type": "string"} | ({"enum": list(parameter.values)} if parameter.values else {})

    return {
        "parameters": [
            {"name": name, "in": "query", "required": name == "window", "description": one.doc, "schema": schema(one)}
            for name, one in parameters.items()
        ]
    }


def _farthing_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, FarthingError)
    if error.http_status >= 500:
        _log.error("%s: %s", request.url.path, error)
    return failure(error.http_status, str(error))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        paths = [*(prefix + path for prefix in PREFIXES for path in (*ALLOCATION_PATHS, *ASSET_PATHS)), *HEALTH_PATHS]
        return failure(404, f"nothing is served at {request.url.path[:200]}\nexpected: one of {', '.join(paths)}")
    return failure(error.status_code, str(error.detail))


def _unforeseen(request: Request, error: Exception) -> Response:
    _log.error("%s failed", request.url.path, exc_info=error)
    return failure(500, f"a fault of ours: {type(error).__name__}\nto do: report it with the server's log")
