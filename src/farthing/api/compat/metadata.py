"""What a group's pods share: labels, annotations, services; and the volumes and load balancers it pays for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from farthing.core.units import HOUR_SECONDS
from farthing.views import SummaryTable

Key = tuple[int, str, str]  # step, name, special
MAPS = {
    "labels": "labels",
    "annotations": "annotations",
    "namespace_labels": "namespaceLabels",
    "namespace_annotations": "namespaceAnnotations",
}


class Metadata:
    """Labels, annotations and services per group.

    A group of one identity has that pod's. Of several, `shared` asks for the labels and annotations that all of them have; without it only
    namespace labels are told, where there is one namespace.
    """

    def __init__(self, table: SummaryTable, *, shared: bool) -> None:
        self._shared = shared
        self._members: dict[Key, list[int]] = {}
        self._pods: dict[int, dict[str, Any]] = {}
        if table.members.height:
            ids = pl.col("identity_id").sort() if shared else pl.col("identity_id").sort().head(2)
            groups = table.members.group_by("step", "name", "special").agg(ids)
            self._members = {(step, name, special): found for step, name, special, found in groups.iter_rows()}
        if table.identities.height:
            columns = ("identity_id", *MAPS, "services")
            self._pods = {row["identity_id"]: _pod(row) for row in table.identities.select(columns).iter_rows(named=True)}

    def of(self, key: Key, row: Mapping[str, Any]) -> dict[str, Any]:
        """The part of a row's `properties` that comes from its pods; what is empty is left out."""
        pods = [self._pods[number] for number in self._members.get(key, ())]
        if not pods:
            return {}
        if len(pods) == 1:
            found = pods[0]
        elif self._shared:
            found = _common(pods)
        else:
            one_namespace = all(row[f"property:{name}_min"] == row[f"property:{name}_max"] for name in ("cluster", "namespace"))
            found = {name: pods[0][name] for name in ("namespaceLabels", "namespaceAnnotations")} if one_namespace else {}
        return {name: value for name, value in found.items() if value}


def _pod(row: Mapping[str, Any]) -> dict[str, Any]:
    maps: dict[str, Any] = {name: {pair["key"]: pair["value"] for pair in row[column] or ()} for column, name in MAPS.items()}
    # Clients look for a namespace's labels among the pod's; the pod's own win.
    merged = {
        "labels": maps["namespaceLabels"] | maps["labels"],
        "annotations": maps["namespaceAnnotations"] | maps["annotations"],
        "services": list(row["services"] or ()),
    }
    return maps | merged


def _common(pods: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in MAPS.values():
        items = dict(pods[0][name])
        for pod in pods[1:]:
            if not items:
                break
            other = pod[name]
            items = {key: value for key, value in items.items() if other.get(key) == value}
        out[name] = items
    out["services"] = pods[0]["services"] if all(pod["services"] == pods[0]["services"] for pod in pods) else []
    return out


class Attachments:
    """`pvs` and `lbAllocations` per group."""

    def __init__(self, table: SummaryTable) -> None:
        self._volumes: dict[Key, dict[str, Any]] = {}
        self._balancers: dict[Key, dict[str, Any]] = {}
        if not table.attachments.height:
            return
        names = table.assets.select("asset_id", "cluster", asset="name", provider_id="provider_id", address="address")
        lines = table.attachments.join(names, on="asset_id", how="inner").sort("cluster", "asset")
        # Several assets of one name (a volume made anew) are one entry in the field's maps.
        sums = lines.group_by("step", "name", "special", "resource", "cluster", "asset", maintain_order=True).agg(
            pl.col("quantity").sum(), pl.col("seconds").sum(), pl.col("cost").sum(), pl.col("provider_id").last(), pl.col("address").last()
        )
        for line in sums.iter_rows(named=True):
            key = (line["step"], line["name"], line["special"])
            if line["resource"] == "storage":
                self._volumes.setdefault(key, {})[f"cluster={line['cluster']}:name={line['asset']}"] = _volume(line)
            else:
                self._balancers.setdefault(key, {})[f"{line['cluster']}/{line['asset']}"] = _balancer(line)

    def of(self, key: Key) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """Volumes and load balancers of a group, None where it has none."""
        return self._volumes.get(key), self._balancers.get(key)


def _volume(line: Mapping[str, Any]) -> dict[str, Any]:
    return {"byteHours": line["quantity"] / HOUR_SECONDS, "cost": line["cost"], "providerID": line["provider_id"] or "", "adjustment": 0.0}


def _balancer(line: Mapping[str, Any]) -> dict[str, Any]:
    hours = line["seconds"] / HOUR_SECONDS
    known = {"service": line["asset"], "cost": line["cost"], "ip": line["address"] or "", "hours": hours}
    return known | {"private": False, "adjustment": 0.0}
