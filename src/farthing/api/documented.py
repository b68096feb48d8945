"""What OpenAPI tells of every path: answers, errors, the compatible envelope. Answers are written as bytes, not through models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from .failures import JSON

REF = "#/components/schemas/{model}"
ERRORS: dict[int, str] = {
    400: "a parameter that cannot be understood, is unknown or contradicts another",
    401: "a token is needed",
    403: "no token of this server may do that",
    404: "nothing is known of what was asked for",
    409: "the data changed between two pages",
    413: "the question is too large",
    421: "the request is for another host's name",
    500: "a fault of ours",
    501: "not answered by this server",
    502: "the server that is asked for data fails",
    503: "the server that is asked for data, or the store, is not there",
    504: "the server that is asked for data took too long",
}


class Model(BaseModel):
    """Docstrings under fields are their descriptions."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ErrorDetail(Model):
    """What went wrong, for programs."""

    kind: str
    """Name of the error, e.g. BadFilter; see the list of errors."""
    problem: str
    expected: str
    cure: str
    position: int | None
    """BadFilter: offset of the first wrong character."""
    requestId: str  # noqa: N815


class Failure(Model):
    """Every answer that is no success."""

    code: int
    status: Literal["error"]
    data: None
    message: str
    error: ErrorDetail


class EnvelopeWindow(Model):
    """Half-open [start, end), RFC 3339 in UTC."""

    start: str
    end: str


class EnvelopeMeta(Model):
    """What the answer is of."""

    window: EnvelopeWindow


class Envelope(Model):
    """Every success of the compatible API."""

    code: Literal[200]
    status: Literal["success"]
    data: Any
    """As the clients of OpenCost and Kubecost read it; see the reference of the HTTP API."""
    meta: EnvelopeMeta | None = None
    warning: str = ""
    """What has no price (its cost is 0 here), what rests on a guess, and what else must be known."""


def responses(doc: str, model: type[Model] | None = None, media_types: Iterable[str] = (), *, status: int = 200) -> dict[str, Any]:
    """The part of an operation of OpenAPI that tells its answers: a success of `model` (JSON) or `media_types`, and every error."""
    content: dict[str, Any] = {kind: {} for kind in media_types}
    if model is not None:
        content[JSON] = {"schema": {"$ref": REF.format(model=model.__name__)}}
    failed = {JSON: {"schema": {"$ref": REF.format(model=Failure.__name__)}}}
    return {
        "responses": {
            str(status): {"description": doc} | ({"content": content} if content else {}),
            "304": {"description": "the client has this answer already"},
            **{str(code): {"description": text, "content": failed} for code, text in ERRORS.items()},
        }
    }


def tell(app: FastAPI, models: Iterable[type[Model]]) -> None:
    """Have `app` tell of `models`, Failure and Envelope in its OpenAPI document."""
    wanted = [(model, "serialization") for model in (*models, Failure, Envelope)]

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schemas = models_json_schema(wanted, ref_template=REF)[1]["$defs"]  # type: ignore[arg-type]
            found.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
