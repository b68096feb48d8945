"""Paths of the compatible API, and what answers each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..calls import Call, Handler, Reply
from ..parameters import Parameter
from .allocations import allocation_sets
from .answers import csv_answer, envelope
from .assets import asset_sets
from .requests import ALLOCATION_PARAMETERS, ASSET_PARAMETERS, allocation_request, asset_request
from .warnings import allocation_warning, asset_warning

PREFIXES = ("/model", "")  # with the frontend's prefix and without


@dataclass(frozen=True)
class Route:
    """A path (served with and without /model), what answers it, and its parameters."""

    path: str
    handler: Handler
    doc: str
    parameters: Mapping[str, Parameter]


def allocation(call: Call) -> Reply:
    """`/allocation`: a list of sets, or CSV."""
    asked = allocation_request(call.items, now=call.now)
    call.stamp(*asked.sets)
    found = list(call.source.summaries(asked.question, asked.sets))
    sets = (one for table, windows in found for one in allocation_sets(table, windows, asked))
    if asked.csv:
        return csv_answer(sets)
    return envelope(sets, asked.window, allocation_warning(table for table, _ in found))


def assets(call: Call) -> Reply:
    """`/assets`: one map, or a list of sets."""
    asked = asset_request(call.items, now=call.now)
    call.stamp(*asked.sets)
    found = list(call.source.assets(asked.filter, asked.sets))
    sets = [one for table, windows in found for one in asset_sets(table, windows, asked)]
    return envelope(sets if asked.as_list else sets[0], asked.window, asset_warning(table for table, _ in found))


ROUTES = (
    Route("/allocation", allocation, "costs per group", ALLOCATION_PARAMETERS),
    Route("/allocation/compute", allocation, "the same", ALLOCATION_PARAMETERS),
    Route("/assets", assets, "nodes, volumes, load balancers and fees", ASSET_PARAMETERS),
)
