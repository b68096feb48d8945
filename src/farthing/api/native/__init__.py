"""The native API, which the screen uses: rows as arrays with one list of columns, series of the largest, cursors, exports.

Comes in: query strings. Goes out: JSON as bytes, or files.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from farthing.views import CostSource

from ..calls import House, endpoint
from ..documented import ERRORS
from ..parameters import openapi
from .routes import PREFIX, ROUTES, Route


def add_routes(app: FastAPI, source: CostSource, house: House) -> None:
    """Serve the native API from `source`."""
    for route in ROUTES:
        content: dict[str, Any] = {kind: {} for kind in route.media_types}
        answers: dict[int | str, dict[str, Any]] = {200: {"description": route.doc}, 304: {"description": "as the client has it"}, **ERRORS}
        if route.model is not None:
            answers[200]["model"] = route.model
        if content:
            answers[200]["content"] = content
        app.add_api_route(
            PREFIX + route.path,
            endpoint(source, house, route.handler),
            name=route.path,
            summary=route.doc,
            response_class=Response,
            responses=answers,
            openapi_extra=openapi(route.parameters),
            tags=["native"],
        )


__all__ = ["PREFIX", "ROUTES", "Route", "add_routes"]
