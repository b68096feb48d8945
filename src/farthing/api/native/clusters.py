"""`/clusters`: how far and how whole the data of every cluster are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

from farthing.core.errors import NoData
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.core.zones import parse_zone
from farthing.views import CostSource, Extent

from ..clusters import Cluster, clusters, place_of
from ..moments import iso, iso_unix, window_json
from ..parameters import checked, the_window
from .parameters import BEHIND_HOURS, CLUSTERS_PARAMETERS, DEFAULT_WINDOW, SILENT_HOURS

Hours = Sequence[int]


@dataclass(frozen=True)
class ClustersRequest:
    """A question about clusters, understood."""

    window: Window
    zone_name: str


def clusters_request(items: Iterable[tuple[str, str]], *, now: datetime) -> ClustersRequest:
    """What `/clusters` was asked. Raises UsageErrors."""
    given = checked(items, CLUSTERS_PARAMETERS)
    name = given.get("zone", "UTC").strip()
    return ClustersRequest(the_window({"window": DEFAULT_WINDOW} | given, now, parse_zone(name)), name)


def clusters_view(source: CostSource, asked: ClustersRequest, as_of: datetime) -> bytes:
    """The answer to `/clusters` as JSON (`native.models_machine.Clusters`). Raises what the source raises."""
    extents = {one.cluster: one for one in source.extents()}
    document = {
        "window": window_json(asked.window),
        "zone": asked.zone_name,
        "now": iso(source.now()),
        "dataUntil": iso(as_of) if extents else None,
        "thresholds": {"behindSeconds": BEHIND_HOURS * HOUR_SECONDS, "silentSeconds": SILENT_HOURS * HOUR_SECONDS},
        "clusters": told(source, asked.window, extents, clusters(source)),
        "version": source.version(),
    }
    return orjson.dumps(document)


def told(source: CostSource, window: Window, extents: dict[str, Extent], known: Sequence[Cluster]) -> list[dict[str, Any]]:
    """Every cluster as an answer tells it, by name."""
    if not extents:
        return [_untold(one) for one in known]
    hours = source.hours(window)
    until = max(one.last for one in extents.values())
    nodes = nodes_of_last_hours(source, extents.values())
    out = []
    for name in sorted(extents):
        extent = extents[name]
        there = hours.filter(pl.col("cluster") == name).get_column("hour").to_list() if hours is not None else None
        out.append(_cluster(extent, nodes.get(name), source.now(), expected_hours(window, extent.first, until), there))
    return out


def _untold(one: Cluster) -> dict[str, Any]:
    """A cluster of a source that cannot tell what it has."""
    unknown = dict.fromkeys(("first", "last", "recordedAt", "behindSeconds", "state", "hoursExpected", "hoursKnown", "nodes"))
    return {"name": one.name, "provider": one.provider or None, "region": one.region or None} | unknown | {"gaps": []}


def _cluster(extent: Extent, nodes: NodesNow | None, now: datetime, expected: range, there: Hours | None) -> dict[str, Any]:
    behind = max(0.0, now.timestamp() - extent.last)
    return {
        "name": extent.cluster,
        "provider": (nodes and nodes.provider) or None,
        "region": (nodes and nodes.region) or None,
        "first": iso_unix(extent.first),
        "last": iso_unix(extent.last),
        "recordedAt": iso(extent.recorded_at) if extent.recorded_at else None,
        "behindSeconds": behind,
        "state": state_of(behind),
        "hoursExpected": len(expected),
        "hoursKnown": None if there is None else sum(hour in expected for hour in there),
        "gaps": [] if there is None else [_span(first, end) for first, end in gaps(expected, there)],
        "nodes": nodes.count if nodes else 0,
    }


def state_of(behind: float) -> str:
    """fresh, behind or silent, of `behind` seconds since the last known hour ended."""
    if behind <= BEHIND_HOURS * HOUR_SECONDS:
        return "fresh"
    return "behind" if behind <= SILENT_HOURS * HOUR_SECONDS else "silent"


def expected_hours(window: Window, first: float, until: float) -> range:
    """Whole hours (since 1970) of `window` that ought to be known of a cluster whose data begin at `first`: those until `until`."""
    start, end = window.unix
    return range(int(max(start, first) // HOUR_SECONDS), int(-(-min(end, until) // HOUR_SECONDS)))


def gaps(expected: range, there: Iterable[int]) -> list[tuple[int, int]]:
    """[first, end) of runs of hours that are expected and not there."""
    known = set(there)
    found: list[tuple[int, int]] = []
    for hour in expected:
        if hour in known:
            continue
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + 1)
        else:
            found.append((hour, hour + 1))
    return found


def _span(first: int, end: int) -> dict[str, str]:
    return {"start": iso_unix(first * HOUR_SECONDS), "end": iso_unix(end * HOUR_SECONDS)}


@dataclass(frozen=True)
class NodesNow:
    """Nodes of a cluster in its last known hour, and their provider and region where all agree."""

    count: int
    provider: str
    region: str


def nodes_of_last_hours(source: CostSource, extents: Iterable[Extent]) -> dict[str, NodesNow]:
    """Cluster → its nodes, each in the last hour that is known of it; clusters without any are left out."""
    by_last: dict[float, list[str]] = {}
    for one in extents:
        by_last.setdefault(one.last, []).append(one.cluster)
    found: dict[str, NodesNow] = {}
    for last, names in by_last.items():
        hour = Window(datetime.fromtimestamp(last - HOUR_SECONDS, UTC), datetime.fromtimestamp(last, UTC))
        try:
            tables = [table.rows for table, _ in source.assets(None, (hour,))]
        except NoData:
            continue
        nodes = pl.concat(tables).filter((pl.col("kind") == "node") & pl.col("cluster").is_in(names))
        counted = nodes.group_by("cluster").agg(pl.col("asset_id").n_unique(), *place_of())
        found |= {cluster: NodesNow(count, provider or "", region or "") for cluster, count, provider, region in counted.iter_rows()}
    return found
