"""Who a pod is: its owners, labels, services and the labels of its namespace, for as long as they do not change (ledger 8)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from itertools import pairwise
from typing import Any

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import IDENTITY

from .assets import stable_id
from .label_sets import PAIRS, History, Named, Pairs, histories, labels_at
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

# Owner kinds that stand for nothing above them: a static pod is owned by its node.
NO_CONTROLLER = {"Node", ""}


# Columns of IDENTITY that may change while a pod lives: what tells them, the need for them, the key that objects are asked for by.
CHANGING = {
    "labels": (POD_LABELS, "label_", LABELS, "pod"),
    "annotations": (POD_ANNOTATIONS, "annotation_", ANNOTATIONS, "pod"),
    "namespace_labels": (NAMESPACE_LABELS, "label_", LABELS, "namespace"),
    "namespace_annotations": (NAMESPACE_ANNOTATIONS, "annotation_", ANNOTATIONS, "namespace"),
}


def identities(source: Source, seen: Observation, pods: pl.DataFrame, needs: Set[str]) -> pl.DataFrame:
    """Columns of IDENTITY and `pod_row`: one row per pod, or one for each stretch of hours of the span in which its names stay.

    pods: as `pod_lives`. Labels and annotations of the pod and its namespace are those of the hour; `valid_from` and `valid_to`
    (unix s, full hours) are NULL where they are not seen to change. Owners and services are those of the whole reach, so an
    `identity_id` may differ between windows by its services only.
    """
    owners = _owners(source, seen) if OWNERS in needs else {}
    services = _services(source, seen) if SERVICES in needs else {}
    told = {column: histories(source, seen, m, prefix, by) if need in needs else {} for column, (m, prefix, need, by) in CHANGING.items()}
    rows: list[dict[str, Any]] = []
    for row in pods.select("pod_row", "cluster", *POD, "node", "pod_ip", "start", "end").iter_rows(named=True):
        cluster, namespace = row["cluster"], row["namespace"]
        pod, home = (cluster, namespace, row["pod"], row["uid"]), (cluster, namespace)
        changing = {column: told[column].get(pod if by == "pod" else home, ()) for column, (*_, by) in CHANGING.items()}
        chain = owners.get((cluster, row["uid"]), [])
        top = chain[-1] if chain else None
        behind = sorted(services.get((cluster, namespace, row["pod_ip"]), ()))
        for since, until in _stretches(changing.values(), row["start"], row["end"], seen.span):
            moment = row["start"] if since is None else since
            record = {
                "cluster": cluster,
                "uid": row["uid"] or "",
                "namespace": namespace,
                "pod": row["pod"],
                "node": row["node"],
                "controller_kind": top["kind"].lower() if top else None,
                "controller": top["name"] if top else None,
                "owners": chain,
                **{column: labels_at(history, moment) for column, history in changing.items()},
                "services": behind,
            }
            number = stable_id("pod", *map(_flat, record.values()))
            rows.append({"identity_id": number, "pod_row": row["pod_row"], **record, "valid_from": since, "valid_to": until})
    return pl.DataFrame(rows, schema=_SCHEMA)


def identified(rows: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """rows (`pod_row`, `hour` in unix s, …) + `identity_id` of that hour; names: as `identities`."""
    joined = rows.join(names.select("pod_row", "identity_id", "valid_from", "valid_to"), on="pod_row")
    begun = pl.col("valid_from").is_null() | (pl.col("hour") >= pl.col("valid_from"))
    lasting = pl.col("valid_to").is_null() | (pl.col("hour") < pl.col("valid_to"))
    return joined.filter(begun & lasting).drop("valid_from", "valid_to")


def identity_table(names: pl.DataFrame) -> pl.DataFrame:
    """IDENTITY: one row per id. Names that a pod took again hold from the first to the last time it had them."""
    rows = IDENTITY.conform(names)
    if not rows["identity_id"].is_duplicated().any():
        return rows
    since, until = pl.col("valid_from"), pl.col("valid_to")
    widest = rows.group_by("identity_id", maintain_order=True).agg(
        pl.all().exclude("identity_id", "valid_from", "valid_to").first(),
        pl.when(since.null_count() == 0).then(since.min()).alias("valid_from"),
        pl.when(until.null_count() == 0).then(until.max()).alias("valid_to"),
    )
    return widest.select(rows.columns)


def _stretches(changing: Iterable[History], start: float, end: float, span: Span) -> list[tuple[float | None, float | None]]:
    """Stretches of a life, as far as they touch the span, in which none of the histories changes: (from, to), None at its ends."""
    edges = sorted({since for history in changing if len(history) > 1 for since, _ in history if start < since < end})
    if not edges:
        return [(None, None)]
    cut = pairwise([None, *edges, None])
    return [(since, until) for since, until in cut if (until or end) > span.start and (since or start) < span.end]


_SCHEMA: dict[str, Any] = {
    "identity_id": pl.UInt64,
    "pod_row": pl.UInt32,
    **dict.fromkeys(("cluster", "uid", "namespace", "pod", "node", "controller_kind", "controller"), pl.String),
    "owners": pl.List(pl.Struct({"kind": pl.String, "name": pl.String})),
    **dict.fromkeys(("labels", "annotations", "namespace_labels", "namespace_annotations"), PAIRS),
    "services": pl.List(pl.String),
    "valid_from": pl.Float64,
    "valid_to": pl.Float64,
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
