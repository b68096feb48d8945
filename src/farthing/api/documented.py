"""What OpenAPI tells of every path: errors, and the envelope of the compatible API. Answers are written as bytes, not through models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


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


ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": Failure, "description": doc}
    for code, doc in {
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
    }.items()
}
