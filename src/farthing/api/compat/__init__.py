"""The API of OpenCost and Kubecost: their paths, parameters, fields and envelope, over the questions of the views.

Comes in: query strings. Goes out: the field's JSON.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from farthing.views import CostSource

from ..calls import House, endpoint
from ..documented import ERRORS, Envelope
from ..failures import JSON
from ..parameters import openapi
from .answers import CSV
from .parameters import ALLOCATION_PARAMETERS, ASSET_PARAMETERS
from .routes import NOT_OFFERED_ROUTES, PREFIXES, ROUTES, Route


def add_routes(app: FastAPI, source: CostSource, house: House) -> None:
    """Serve the compatible API from `source`."""
    for route in (*ROUTES, *NOT_OFFERED_ROUTES):
        answers: dict[int | str, dict[str, Any]] = {**ERRORS, 304: {"description": "as the client has it"}}
        content: dict[str, Any] = {} if route.enveloped else {JSON: {}}
        if "csv" in route.formats:
            content[CSV.partition(";")[0]] = {}
        answers[200] = {"description": route.doc, "content": content, **({"model": Envelope} if route.enveloped else {})}
        answer = endpoint(source, house, route.handler)
        for path in (prefix + route.path for prefix in PREFIXES):
            app.add_api_route(
                path,
                answer,
                name=path,
                summary=route.doc,
                response_class=Response,
                responses=answers,
                openapi_extra=openapi(route.parameters),
                tags=["compatible"],
            )


__all__ = ["ALLOCATION_PARAMETERS", "ASSET_PARAMETERS", "NOT_OFFERED_ROUTES", "PREFIXES", "ROUTES", "Route", "add_routes"]
