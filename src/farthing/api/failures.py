"""Errors as answers: one envelope for both APIs."""

from __future__ import annotations

import orjson
from fastapi.responses import Response

from farthing.core.errors import BadFilter, FarthingError

JSON = "application/json"
# A message repeats what was asked; more of it than this helps nobody.
LONGEST_MESSAGE = 4000


def failure(code: int, message: str, *, error: FarthingError | None = None, kind: str = "", request_id: str = "") -> Response:
    """The field's error envelope with the HTTP status as code; `error` tells programs what a person reads in `message`."""
    detail = {
        "kind": kind or type(error).__name__,
        "problem": (error.problem if error else message)[:LONGEST_MESSAGE],
        "expected": (error.expected if error else "")[:LONGEST_MESSAGE],
        "cure": error.cure if error else "",
        "position": error.position if isinstance(error, BadFilter) else None,
        "requestId": request_id,
    }
    body = {"code": code, "status": "error", "data": None, "message": message[:LONGEST_MESSAGE], "error": detail}
    return Response(orjson.dumps(body), status_code=code, media_type=JSON)
