"""The API of OpenCost and Kubecost: their paths, parameters, fields and envelope, over the questions of the views.

Comes in: query strings. Goes out: the field's JSON.
"""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import Response

from farthing.views import CostSource

from ..calls import House, endpoint
from ..documented import Envelope, responses
from ..failures import JSON
from ..parameters import openapi
from .parameters import ALLOCATION_PARAMETERS, ASSET_PARAMETERS
from .routes import NOT_OFFERED_ROUTES, PREFIXES, ROUTES, Route


def add_routes(app: FastAPI, source: CostSource, house: House) -> None:
    """Serve the compatible API from `source`."""
    for route in (*ROUTES, *NOT_OFFERED_ROUTES):
        other = ("text/csv",) if "csv" in route.formats else ()
        told = responses(route.doc, Envelope, other) if route.enveloped else responses(route.doc, None, (JSON,))
        extra = openapi(route.parameters) | told
        answer = endpoint(source, house, route.handler)
        for path in (prefix + route.path for prefix in PREFIXES):
            app.add_api_route(path, answer, name=path, summary=route.doc, response_class=Response, openapi_extra=extra, tags=["compatible"])


__all__ = ["ALLOCATION_PARAMETERS", "ASSET_PARAMETERS", "NOT_OFFERED_ROUTES", "PREFIXES", "ROUTES", "Route", "add_routes"]
