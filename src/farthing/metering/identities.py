"""Who a pod is: its owners, labels, services and those of its namespace, while they do not change."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import polars as pl

from .assets import stable_id
from .measurements import (
    ENDPOINTS,
    JOB_OWNER,
    NAMESPACE_ANNOTATIONS,
    NAMESPACE_LABELS,
    POD,
    POD_ANNOTATIONS,
    POD_LABELS,
    POD_OWNER,
    REPLICASET_OWNER,
)
from .needs import ANNOTATIONS, LABELS, OWNERS, SERVICES
from .observation import Observation
from .source import Source

Pairs = list[dict[str, str]]
Named = tuple[str | None, ...]

# Owner kinds that stand for nothing above them: a static pod is owned by its node.
NO_CONTROLLER = {"Node", ""}


def identities(source: Source, seen: Observation, pods: pl.DataFrame, needs: Set[str]) -> pl.DataFrame:
    """Columns of IDENTITY and `pod_row`: one row per pod.

    pods: as `pod_lives`. Names that changed within reach: the last ones seen count.
    """
    owners = _owners(source, seen) if OWNERS in needs else {}
    labels = _pairs(source, seen, POD_LABELS, "label_", ("uid",)) if LABELS in needs else {}
    namespace_labels = _pairs(source, seen, NAMESPACE_LABELS, "label_", ("namespace",)) if LABELS in needs else {}
    annotations = _pairs(source, seen, POD_ANNOTATIONS, "annotation_", ("uid",)) if ANNOTATIONS in needs else {}
    namespace_annotations = _pairs(source, seen, NAMESPACE_ANNOTATIONS, "annotation_", ("namespace",)) if ANNOTATIONS in needs else {}
    services = _services(source, seen) if SERVICES in needs else {}
    rows: list[dict[str, Any]] = []
    for row in pods.select("pod_row", "cluster", *POD, "node", "pod_ip").iter_rows(named=True):
        cluster, namespace = row["cluster"], row["namespace"]
        chain = owners.get((cluster, row["uid"]), [])
        top = chain[-1] if chain else None
        record = {
            "cluster": cluster,
            "uid": row["uid"] or "",
            "namespace": namespace,
            "pod": row["pod"],
            "node": row["node"],
            "controller_kind": top["kind"].lower() if top else None,
            "controller": top["name"] if top else None,
            "owners": chain,
            "labels": labels.get((cluster, row["uid"]), []),
            "annotations": annotations.get((cluster, row["uid"]), []),
            "namespace_labels": namespace_labels.get((cluster, namespace), []),
            "namespace_annotations": namespace_annotations.get((cluster, namespace), []),
            "services": sorted(services.get((cluster, namespace, row["pod_ip"]), ())),
        }
        rows.append({"identity_id": stable_id("pod", *map(_flat, record.values())), "pod_row": row["pod_row"], **record})
    return pl.DataFrame(rows, schema=_SCHEMA)


_PAIR_LIST = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
_SCHEMA: dict[str, Any] = {
    "identity_id": pl.UInt64,
    "pod_row": pl.UInt32,
    **dict.fromkeys(("cluster", "uid", "namespace", "pod", "node", "controller_kind", "controller"), pl.String),
    "owners": pl.List(pl.Struct({"kind": pl.String, "name": pl.String})),
    **dict.fromkeys(("labels", "annotations", "namespace_labels", "namespace_annotations"), _PAIR_LIST),
    "services": pl.List(pl.String),
}


def _owners(source: Source, seen: Observation) -> dict[Named, Pairs]:
    """(cluster, uid) → owner chain, nearest first: ReplicaSets and Jobs are followed to what owns them."""
    direct, replicasets, jobs = source.index([POD_OWNER, REPLICASET_OWNER, JOB_OWNER], seen.reach)
    above: dict[Named, tuple[str, str]] = {}
    for kind, frame, name in (("ReplicaSet", replicasets, "replicaset"), ("Job", jobs, "job_name")):
        for cluster, namespace, owned, owner_kind, owner in frame.select(
            "cluster", "namespace", name, "owner_kind", "owner_name"
        ).iter_rows():
            if _told(owner_kind) and _told(owner):
                above[cluster, namespace, kind, owned] = (owner_kind, owner)
    chains: dict[Named, Pairs] = {}
    for cluster, namespace, uid, kind, name, controls in direct.select(
        "cluster", "namespace", "uid", "owner_kind", "owner_name", "owner_is_controller"
    ).iter_rows():
        if not _told(kind) or not _told(name) or kind in NO_CONTROLLER or controls == "false":
            continue
        chain = [{"kind": kind, "name": name}]
        while (up := above.get((cluster, namespace, chain[-1]["kind"], chain[-1]["name"]))) and len(chain) < 5:
            chain.append({"kind": up[0], "name": up[1]})
        chains[cluster, uid] = chain
    return chains


def _told(value: str | None) -> bool:
    return bool(value) and value != "<none>"


def _pairs(source: Source, seen: Observation, measurement: Any, prefix: str, keys: tuple[str, ...]) -> dict[Named, Pairs]:
    (frame,) = source.index([measurement], seen.reach, prefix=prefix)
    return {row[:-1]: row[-1] for row in frame.select("cluster", *keys, "labels").iter_rows()}


def _services(source: Source, seen: Observation) -> dict[Named, set[str]]:
    """(cluster, namespace, pod ip) → services whose ready endpoints have that address."""
    (frame,) = source.index([ENDPOINTS], seen.reach)
    found: dict[Named, set[str]] = {}
    for cluster, namespace, service, ip in frame.select("cluster", "namespace", "endpoint", "ip").iter_rows():
        found.setdefault((cluster, namespace, ip), set()).add(service)
    return found


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "\x1e".join("\x1d".join(v.values()) if isinstance(v, dict) else v for v in value)
    return value or ""
