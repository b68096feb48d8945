"""Rows of the asset table → Assets in the field's JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.views import ASSET_LABELS, AssetTable

from ..moments import iso_unix, window_json
from .requests import AssetRequest

UNDEFINED = "__undefined__"
SERVICE = "Kubernetes"
KEY_PARTS = ("provider", "account", "project", "category", "cluster", "type", "service", "providerID", "name")


def asset_sets(table: AssetTable, sets: tuple[Window, ...], request: AssetRequest) -> Iterator[dict[str, dict[str, Any]]]:
    """One map key → Asset per set, dearest first."""
    for step, window in enumerate(sets):
        rows = table.rows.filter(pl.col("step") == step) if table.rows.height else table.rows
        found: dict[str, dict[str, Any]] = {}
        for row in rows.slice(request.offset, request.limit).iter_rows(named=True):
            asset = _asset(row, window)
            key = asset_key(row)
            # The field's key does not tell apart two assets of one name and provider id, such as a node made anew.
            found[f"{key}/{row['asset_id']:x}" if key in found else key] = asset
        yield found


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
    return common | BY_KIND[row["kind"]](row) | {"adjustment": 0.0, "totalCost": row["total_cost"] or 0.0}


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
        "volumeName": row["name"],
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
