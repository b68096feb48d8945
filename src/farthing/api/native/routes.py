"""Paths of the native API, and what answers each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from farthing.views import ALLOCATION_FIELDS, ASSET_FIELDS

from ..calls import Call, Handler, Reply
from ..documented import Model
from ..examiner import EVERY_SECONDS
from ..parameters import Parameter
from ..suggestions import allocation_values, asset_values, chosen
from .assets import asset_view
from .clusters import clusters_request, clusters_view
from .doctor import doctor
from .explain import explain, explain_request
from .export import allocation_export, media_types
from .meta import meta
from .models import Meta, SuggestionsModel, View
from .models_machine import Clusters, Doctor, SettingsInForce, Status
from .models_numbers import Explanation, Timeline
from .parameters import (
    ASSET_VIEW_PARAMETERS,
    AUTOCOMPLETE_PARAMETERS,
    BEHIND_HOURS,
    CLUSTERS_PARAMETERS,
    EXPLAIN_PARAMETERS,
    EXPORT_PARAMETERS,
    SILENT_HOURS,
    TIMELINE_PARAMETERS,
    VIEW_PARAMETERS,
)
from .requests import (
    AutocompleteRequest,
    asset_view_request,
    autocomplete_request,
    export_request,
    view_request,
)
from .settings import settings_in_force
from .status import status
from .timeline import timeline, timeline_request
from .view import allocation_view

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Route:
    """A path below PREFIX, what answers it, its parameters, and the model (or media types) of its answer."""

    path: str
    handler: Handler
    doc: str
    parameters: Mapping[str, Parameter]
    model: type[Model] | None = None
    media_types: tuple[str, ...] = ()


def allocation(call: Call) -> Reply:
    """`/allocation/view`."""
    asked = view_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing)
    call.stamp(asked.window, asked.as_of)
    return Reply(allocation_view(call.source, asked))


def assets(call: Call) -> Reply:
    """`/assets/view`."""
    asked = asset_view_request(call.items, now=call.now, as_of=call.as_of)
    call.stamp(asked.window, asked.as_of)
    return Reply(asset_view(call.source, asked))


def allocation_timeline(call: Call) -> Reply:
    """`/allocation/timeline`."""
    asked = timeline_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing)
    call.stamp(asked.window, asked.as_of)
    return Reply(timeline(call.source, asked))


def allocation_explain(call: Call) -> Reply:
    """`/allocation/explain`."""
    asked = explain_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing)
    call.stamp(asked.window, asked.as_of)
    return Reply(explain(call.source, asked))


def all_clusters(call: Call) -> Reply:
    """`/clusters`. Never out of a cache: how far a cluster is behind changes with the clock."""
    return Reply(clusters_view(call.source, clusters_request(call.items, now=call.now), call.as_of))


def export(call: Call) -> Reply:
    """`/allocation/export`."""
    asked = export_request(call.items, now=call.now, as_of=call.as_of, sharing=call.house.sharing)
    call.stamp(*asked.sets)
    return allocation_export(call.source, asked)


def allocation_autocomplete(call: Call) -> Reply:
    """`/allocation/autocomplete`."""
    asked = autocomplete_request(call.items, ALLOCATION_FIELDS, now=call.now)
    call.stamp(asked.window)
    return _suggested(asked, allocation_values(call.source, asked.window, asked.field, asked.filter))


def asset_autocomplete(call: Call) -> Reply:
    """`/assets/autocomplete`."""
    asked = autocomplete_request(call.items, ASSET_FIELDS, now=call.now)
    call.stamp(asked.window)
    return _suggested(asked, asset_values(call.source, asked.window, asked.field, asked.filter))


def _suggested(asked: AutocompleteRequest, values: list[str]) -> Reply:
    found = chosen(values, asked.search, asked.limit)
    return Reply(orjson.dumps({"field": asked.field, "values": found.values, "more": found.more}))


CLUSTERS = (
    "How far and how whole the data of every cluster are. A cluster is fresh while its last known hour ended at most "
    f"{BEHIND_HOURS} hours ago, behind while at most {SILENT_HOURS} hours ago, then silent; an hour is missing where it lies between the "
    "first known hour of its cluster and the last of any cluster"
)
DOCTOR = (
    "What makes the numbers wrong: what this server itself sees, and an examination of the server that it asks for data, at most every "
    f"{EVERY_SECONDS / 60:.0f} minutes, which is not waited for: while `running` is true, ask again"
)
ROUTES = (
    Route("/allocation/view", allocation, "Costs per group: rows, totals, series and the period before", VIEW_PARAMETERS, View),
    Route("/allocation/timeline", allocation_timeline, "Everything that matches, step by step", TIMELINE_PARAMETERS, Timeline),
    Route(
        "/allocation/explain",
        allocation_explain,
        "How a cost is made: quantities, prices and what was received",
        EXPLAIN_PARAMETERS,
        Explanation,
    ),
    Route("/assets/view", assets, "Assets per group: rows, totals, series and the period before", ASSET_VIEW_PARAMETERS, View),
    Route("/allocation/export", export, "Costs per step and group as a file", EXPORT_PARAMETERS, media_types=tuple(media_types())),
    Route("/allocation/autocomplete", allocation_autocomplete, "Values of allocations' fields", AUTOCOMPLETE_PARAMETERS, SuggestionsModel),
    Route("/assets/autocomplete", asset_autocomplete, "Values of assets' fields", AUTOCOMPLETE_PARAMETERS, SuggestionsModel),
    Route("/meta", meta, "Version, currency, clusters, and every word that a question may use", {}, Meta),
    Route("/clusters", all_clusters, CLUSTERS, CLUSTERS_PARAMETERS, Clusters),
    Route("/doctor", doctor, DOCTOR, {}, Doctor),
    Route("/settings", settings_in_force, "Settings in force, the price book and where facts come from", {}, SettingsInForce),
    Route("/status", status, "What the machine behind the server does now: loops, long jobs, how far the past is", {}, Status),
)
