"""The native API, which the screen uses: rows as arrays with one list of columns, series of the largest, cursors, exports.

Comes in: query strings. Goes out: JSON as bytes, or files.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.responses import Response

from farthing.views import CostSource

from ..calls import House, endpoint
from ..documented import responses
from ..parameters import openapi
from .columns import CHANGE, MEASURED, PREVIOUS, TREND
from .direct import native_answer
from .models import View
from .routes import PREFIX, ROUTES, Route

VIEW_COLUMNS = (*MEASURED, PREVIOUS, CHANGE, TREND)
MODELS = tuple(dict.fromkeys(route.model for route in ROUTES if route.model is not None))


def add_routes(app: FastAPI, source: CostSource, house: House) -> None:
    """Serve the native API from `source`."""
    for route in ROUTES:
        path, answer = PREFIX + route.path, endpoint(source, house, route.handler)
        extra = openapi(route.parameters) | responses(route.doc, route.model, route.media_types)
        app.add_api_route(path, answer, name=path, summary=route.doc, response_class=Response, openapi_extra=extra, tags=["native"])


def view_fields() -> Iterator[tuple[str, str]]:
    """Every field of a view, and what it holds."""
    for name, field in View.model_fields.items():
        yield name, field.description or ""


__all__ = ["MODELS", "PREFIX", "ROUTES", "VIEW_COLUMNS", "Route", "add_routes", "native_answer", "view_fields"]
