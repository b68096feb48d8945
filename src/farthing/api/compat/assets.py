"""Rows of the asset table → Assets in the field's JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.views import ASSET_LABELS, AssetTable

from ..asset_groups import SERVICE, UNDEFINED, AssetGroup, added_up, parse_asset_by
from ..moments import iso_unix, window_json
from .requests import AssetRequest

GRAPH_ITEMS = 10
OTHER = "Other"
KEY_PARTS = ("provider", "account", "project", "category", "cluster", "type", "service", "providerID", "name")


def asset_sets(table: AssetTable, sets: tuple[Window, ...], request: AssetRequest) -> Iterator[dict[str, dict[str, Any]]]:
    """One map key → Asset per set, dearest first; asked by groups, a key joins their values by /."""
    rows_of_all = table.rows if request.groups is None else _grouped(table, request.groups)
    for step, window in enumerate(sets):
        rows = rows_of_all.filter(pl.col("step") == step) if rows_of_all.height else rows_of_all
        found: dict[str, dict[str, Any]] = {}
        for row in rows.slice(request.offset, request.limit).iter_rows(named=True):
            if request.groups is not None:
                found[row["key"]] = _asset(row, window)
                continue
            key = asset_key(row)
            # The field's key does not tell apart two assets of one name and provider id, such as a node made anew.
            found[f"{key}/{row['asset_id']:x}" if key in found else key] = _asset(row, window)
        yield found


def _grouped(table: AssetTable, groups: tuple[AssetGroup, ...]) -> pl.DataFrame:
    """Sums per group; means are over the time from the first to the last held second."""
    return added_up(table.rows, groups).with_columns(seconds=pl.col("last_held") - pl.col("first_held"))


def asset_key(row: Mapping[str, Any]) -> str:
    """provider/account/project/category/cluster/type/service/providerID/name, blanks as `__undefined__`."""
    parts = _properties(row) | {"type": row["type"]}
    return "/".join(parts.get(name) or UNDEFINED for name in KEY_PARTS)


def _properties(row: Mapping[str, Any]) -> dict[str, str]:
    texts = {
        "category": row["category"],
        "provider": row["provider"],
        "service": SERVICE,
        "cluster": row["cluster"],
        "name": row["name"],
        "providerID": row["provider_id"],
    }
    return {name: text for name, text in texts.items() if text}


def _asset(row: Mapping[str, Any], window: Window) -> dict[str, Any]:
    common = {
        "type": row["type"],
        "properties": _properties(row),
        "labels": {label: row[column] for label, column in ASSET_LABELS.items() if row[column]},
        "window": window_json(window),
        "start": iso_unix(row["first_held"]),
        "end": iso_unix(row["last_held"]),
        "minutes": (row["last_held"] - row["first_held"]) / 60,
    }
    if row["type"] is None:  # of several types: a sum that is none of them
        del common["type"]
    own = BY_KIND[row["kind"]](row) if row["kind"] else {}
    return common | own | {"adjustment": 0.0, "totalCost": row["total_cost"] or 0.0}


def _mean(quantity: float, row: Mapping[str, Any]) -> float:
    return float(quantity / row["seconds"]) if row["seconds"] > 0 else 0.0


def _node(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "nodeType": row["instance_type"] or "",
        "cpuCores": _mean(row["cpu"], row),
        "ramBytes": _mean(row["ram"], row),
        "cpuCoreHours": row["cpu"] / HOUR_SECONDS,
        "ramByteHours": row["ram"] / HOUR_SECONDS,
        "GPUHours": row["gpu"] / HOUR_SECONDS,
        "gpuCount": _mean(row["gpu"], row),
        "cpuBreakdown": None,  # what of the node was idle or the system's is not kept with its assets
        "ramBreakdown": None,
        "preemptible": 1.0 if row["lifecycle"] == "spot" else 0.0,
        "discount": 0.0,
        "cpuCost": row["cpu_cost"] or 0.0,
        "gpuCost": row["gpu_cost"] or 0.0,
        "ramCost": row["ram_cost"] or 0.0,
    }


def _disk(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "byteHours": row["storage"] / HOUR_SECONDS,
        "bytes": _mean(row["storage"], row),
        "byteHoursUsed": None,  # nobody measured what is on it
        "byteUsageMax": None,
        "breakdown": None,
        "storageClass": row["storage_class"] or "",
        "volumeName": row["name"] or "",
        "claimName": row["claim_name"] or "",
        "claimNamespace": row["claim_namespace"] or "",
    }


def _load_balancer(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"private": False, "ip": row["address"] or ""}


def _management(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


BY_KIND: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "node": _node,
    "disk": _disk,
    "load_balancer": _load_balancer,
    "management": _management,
}


CSV_TEXTS = ("provider", "category", "cluster", "service", "providerID", "name")
CSV_NUMBERS = (
    "minutes", "cpuCoreHours", "ramByteHours", "GPUHours", "byteHours", "cpuCost", "ramCost", "gpuCost", "adjustment", "totalCost",
)  # fmt: skip


def csv_lines(sets: Iterable[dict[str, dict[str, Any]]]) -> Iterator[list[Any]]:
    """A heading and a line per asset and set."""
    yield ["key", "type", "windowStart", "windowEnd", *CSV_TEXTS, *CSV_NUMBERS]
    for one in sets:
        for key, asset in one.items():
            texts = [asset["properties"].get(name, "") for name in CSV_TEXTS]
            period = [asset["window"]["start"], asset["window"]["end"]]
            yield [key, asset.get("type", ""), *period, *texts, *(asset.get(name) for name in CSV_NUMBERS)]


def topline(table: AssetTable, request: AssetRequest) -> dict[str, Any]:
    """`{totalCost, adjustment, numResults}` of everything."""
    rows = table.rows if request.groups is None else added_up(table.rows, request.groups)
    total = float(rows.get_column("total_cost").sum()) if rows.height else 0.0
    return {"totalCost": total, "adjustment": 0.0, "numResults": rows.height}


def graph(table: AssetTable, sets: tuple[Window, ...], request: AssetRequest) -> Iterator[dict[str, Any]]:
    """`{start, end, items:[{name, value}]}` per set: its dearest, and `Other` for the rest."""
    rows_of_all = added_up(table.rows, request.groups or (parse_asset_by("type")))
    most = GRAPH_ITEMS if request.limit is None else request.limit
    for step, window in enumerate(sets):
        rows = rows_of_all.filter(pl.col("step") == step)
        items = [{"name": name, "value": cost or 0.0} for name, cost in rows.head(most).select("key", "total_cost").iter_rows()]
        rest = rows.slice(most)
        if rest.height:
            items.append({"name": OTHER, "value": float(rest.get_column("total_cost").sum())})
        yield window_json(window) | {"items": items}
