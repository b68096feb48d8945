"""Paths of the native API, and what answers each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..calls import Call, Handler, Reply
from ..parameters import Parameter
from .models import View
from .requests import VIEW_PARAMETERS, view_request
from .view import allocation_view

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Route:
    """A path below PREFIX, what answers it, its parameters, and the model (or media types) of its answer."""

    path: str
    handler: Handler
    doc: str
    parameters: Mapping[str, Parameter]
    model: Any = None
    media_types: tuple[str, ...] = ()


def allocation(call: Call) -> Reply:
    """`/allocation/view`."""
    asked = view_request(call.items, now=call.now, as_of=call.as_of)
    call.stamp(asked.window, asked.as_of)
    return Reply(allocation_view(call.source, asked))


ROUTES = (Route("/allocation/view", allocation, "Costs per group: rows, totals, series and the period before", VIEW_PARAMETERS, View),)
