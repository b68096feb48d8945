"""Native questions answered without HTTP: for whoever has the source in hand."""

from __future__ import annotations

from collections.abc import Mapping

from farthing.core.errors import BadParameter, nearest
from farthing.views import CostSource, Sharing

from ..calls import Call, House
from .routes import PREFIX, ROUTES


def native_answer(
    source: CostSource, path: str, parameters: Mapping[str, str], *, sharing: Sharing | None = None, currency: str = "USD"
) -> bytes:
    """The body that the native API answers to `path` (below its prefix, e.g. `/allocation/view`) with.

    `sharing`: what is shared out unless the question says otherwise. Raises BadParameter for an unknown path, and what the path raises.
    """
    found = next((route for route in ROUTES if route.path == path), None)
    if found is None:
        raise BadParameter(f"there is no {path[:200]}", expected=nearest(path[:200], [route.path for route in ROUTES]))
    call = Call(source, House(sharing=sharing, currency=currency), PREFIX + path, list(parameters.items()))
    body = found.handler(call).body
    return body if isinstance(body, bytes) else b"".join(body)
