"""Paths of the compatible API, and what answers each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from farthing.core.windows import Window
from farthing.views import ALLOCATION_FIELDS, ASSET_FIELDS, SummaryTable

from ..calls import Call, Handler, Reply
from ..parameters import Parameter
from ..suggestions import allocation_values, asset_values, chosen
from . import summaries
from .absent import NOT_OFFERED, NOTHING, not_offered, nothing
from .allocations import allocation_sets
from .answers import allocation_lines, csv_answer, envelope
from .assets import asset_sets, csv_lines, graph, topline
from .installation import cluster_info, cluster_info_map, configs, install_info
from .parameters import (
    ALLOCATION_PARAMETERS,
    ASSET_GRAPH_PARAMETERS,
    ASSET_PARAMETERS,
    ASSET_TOPLINE_PARAMETERS,
    AUTOCOMPLETE_PARAMETERS,
    BILL_PARAMETERS,
    SUMMARY_PARAMETERS,
    TOPLINE_PARAMETERS,
    TRENDS_PARAMETERS,
)
from .requests import AllocationRequest, allocation_request, asset_request, suggestion_request, topline_request, trends_request
from .warnings import allocation_warning, asset_warning

PREFIXES = ("/model", "")  # with the frontend's prefix and without


@dataclass(frozen=True)
class Route:
    """A path (served with and without /model), what answers it, and its parameters. `enveloped`: the answer stands in the envelope."""

    path: str
    handler: Handler
    doc: str
    parameters: Mapping[str, Parameter]
    enveloped: bool = True

    @property
    def formats(self) -> tuple[str, ...]:
        """What else than JSON it may come as."""
        return self.parameters["format"].values if "format" in self.parameters and self.parameters["format"].default else ()


def allocation(call: Call) -> Reply:
    """`/allocation`: a list of sets, or CSV."""
    asked = allocation_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing)
    _stamp(call, asked)
    found = list(call.source.summaries(asked.question, asked.sets))
    sets = (one for table, windows in found for one in allocation_sets(table, windows, asked))
    if asked.csv:
        return csv_answer(allocation_lines(sets))
    return envelope(sets, asked.window, allocation_warning(table for table, _ in found))


def allocation_summary(call: Call) -> Reply:
    """`/allocation/summary`."""
    asked = allocation_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing, table=SUMMARY_PARAMETERS)
    _stamp(call, asked)
    found = _plain(call, asked)
    return envelope(summaries.summary(found, asked), asked.window, allocation_warning(table for table, _ in found))


def allocation_topline(call: Call) -> Reply:
    """`/allocation/summary/topline`."""
    asked = topline_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing, table=TOPLINE_PARAMETERS)
    _stamp(call, asked)
    ((table, _),) = found = _plain(call, asked)
    return envelope(summaries.topline(table, asked), asked.window, allocation_warning(table for table, _ in found))


def allocation_trends(call: Call) -> Reply:
    """`/allocation/trends`."""
    asked = trends_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing)
    call.stamp(*asked.allocation.sets, asked.allocation.as_of)
    found = _plain(call, asked.allocation)
    data = summaries.trends(call.source, found, asked)
    return envelope(data, asked.allocation.window, allocation_warning(table for table, _ in found))


def allocation_autocomplete(call: Call) -> Reply:
    """`/allocation/autocomplete`: a list of texts."""
    asked = suggestion_request(call.items, ALLOCATION_FIELDS, now=call.now)
    call.stamp(asked.window)
    values = allocation_values(call.source, asked.window, asked.field, asked.filter)
    return envelope(chosen(values, asked.search, asked.limit).values)


def assets(call: Call) -> Reply:
    """`/assets`: one map, a list of sets, or CSV."""
    asked = asset_request(call.items, now=call.now)
    call.stamp(*asked.sets)
    found = list(call.source.assets(asked.filter, asked.sets))
    sets = [one for table, windows in found for one in asset_sets(table, windows, asked)]
    if asked.csv:
        return csv_answer(csv_lines(sets))
    return envelope(sets if asked.as_list else sets[0], asked.window, asset_warning(table for table, _ in found))


def assets_topline(call: Call) -> Reply:
    """`/assets/topline`."""
    asked = asset_request(call.items, now=call.now, table=ASSET_TOPLINE_PARAMETERS)
    call.stamp(*asked.sets)
    ((table, _),) = call.source.assets(asked.filter, asked.sets)
    return envelope(topline(table, asked), asked.window, asset_warning([table]))


def assets_graph(call: Call) -> Reply:
    """`/assets/graph`: a list of sets."""
    asked = asset_request(call.items, now=call.now, table=ASSET_GRAPH_PARAMETERS)
    call.stamp(*asked.sets)
    found = list(call.source.assets(asked.filter, asked.sets))
    sets = (one for table, windows in found for one in graph(table, windows, asked))
    return envelope(sets, asked.window, asset_warning(table for table, _ in found))


def assets_autocomplete(call: Call) -> Reply:
    """`/assets/autocomplete`: a list of texts."""
    asked = suggestion_request(call.items, ASSET_FIELDS, now=call.now)
    call.stamp(asked.window)
    return envelope(chosen(asset_values(call.source, asked.window, asked.field, asked.filter), asked.search, asked.limit).values)


def _plain(call: Call, asked: AllocationRequest) -> list[tuple[SummaryTable, tuple[Window, ...]]]:
    """Tables without the detail that only an Allocation tells."""
    question = replace(asked.question, detail=False, peaks=False)
    return list(call.source.summaries(question, asked.sets))


def _stamp(call: Call, asked: AllocationRequest) -> None:
    call.stamp(*asked.sets, *((asked.as_of,) if asked.rate_hours else ()))


ROUTES = (
    Route("/allocation", allocation, "Costs per group", ALLOCATION_PARAMETERS),
    Route("/allocation/compute", allocation, "The same", ALLOCATION_PARAMETERS),
    Route("/allocation/summary", allocation_summary, "The same in short", SUMMARY_PARAMETERS),
    Route("/allocation/compute/summary", allocation_summary, "The same in short", SUMMARY_PARAMETERS),
    Route("/allocation/summary/topline", allocation_topline, "One sum of everything but idle", TOPLINE_PARAMETERS),
    Route("/allocation/trends", allocation_trends, "Change against the period before", TRENDS_PARAMETERS),
    Route("/allocation/autocomplete", allocation_autocomplete, "Values of a field", AUTOCOMPLETE_PARAMETERS),
    Route("/assets", assets, "Nodes, volumes, load balancers and fees", ASSET_PARAMETERS),
    Route("/assets/topline", assets_topline, "One sum of them, and how many they are", ASSET_TOPLINE_PARAMETERS),
    Route("/assets/graph", assets_graph, "Costs per set: `[{start, end, items: [{name, value}]}]`", ASSET_GRAPH_PARAMETERS),
    Route("/assets/autocomplete", assets_autocomplete, "Values of a field", AUTOCOMPLETE_PARAMETERS),
    Route("/clusterInfo", cluster_info, "Our cluster", {}),
    Route("/clusterInfoMap", cluster_info_map, "Every cluster", {}),
    Route("/getConfigs", configs, "The currency", {}),
    Route("/installInfo", install_info, "The version", {}, enveloped=False),
    *(Route(path, nothing(path), f"Nothing: {reason}", BILL_PARAMETERS) for path, (_, reason) in NOTHING.items()),
)
NOT_OFFERED_ROUTES = tuple(Route(path, not_offered, "Not answered: 501", {}) for path in NOT_OFFERED)
