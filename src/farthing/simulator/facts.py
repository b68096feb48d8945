"""Facts as metering would hand them on, straight from the true quantities: history for a lake, without a server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from farthing.core.ledger import Facts, Span
from farthing.core.schema import CAPACITY, FLOW, IDENTITY, POD_ROW, USAGE, Mark
from farthing.core.units import GIB_BYTES

from .dice import stable_id
from .plan import Organisation, Pairs
from .pods import Pod
from .population import READY_SECONDS, Balancer, Volume
from .seats import Node, labels_of
from .truth import Truth, node_amounts, truth

SOURCE = "prometheus"
SPELLED = {ord(c): "_" for c in map(chr, range(128)) if not c.isalnum()}
PAIRS = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))


def facts(organisation: Organisation, span: Span, now: datetime) -> Facts:
    """Facts of whole hours, of all clusters together; `now` is when they are recorded. An hour's rows are the same in every span."""
    return facts_of(organisation, truth(organisation, span), now)


def facts_of(organisation: Organisation, true: Truth, now: datetime) -> Facts:
    """Facts of quantities that are known."""
    names = identities(organisation, true.population.pods)
    return Facts(
        span=true.span,
        usage=_usage(true, names, now),
        capacity=_capacity(true, now),
        flow=_flow(true, names, now),
        identity=_identity_table(true, names),
    )


def identities(organisation: Organisation, pods: Sequence[Pod]) -> pl.DataFrame:
    """IDENTITY and `pod_row`, for every pod that is bound."""
    namespaces = {
        (cluster.name, n.name): (spelled((("kubernetes.io/metadata.name", n.name), *n.labels)), spelled(n.annotations))
        for cluster in organisation.clusters
        for n in cluster.namespaces
    }
    rows = [_identity(i, pod, *namespaces[pod.cluster.name, pod.namespace]) for i, pod in enumerate(pods) if pod.node is not None]
    return pl.DataFrame(rows, schema={"pod_row": pl.UInt32, **IDENTITY.polars})


def _identity(row: int, pod: Pod, namespace_labels: list[dict[str, str]], namespace_annotations: list[dict[str, str]]) -> dict[str, Any]:
    top = pod.owners[-1] if pod.owners else None
    record: dict[str, Any] = {
        "cluster": pod.cluster.name,
        "uid": pod.uid,
        "namespace": pod.namespace,
        "pod": pod.name,
        "node": pod.node.name if pod.node else None,
        "controller_kind": top[0].lower() if top else None,
        "controller": top[1] if top else None,
        "owners": [{"kind": kind, "name": name} for kind, name in pod.owners],
        "labels": spelled(pod.labels),
        "annotations": spelled(pod.annotations),
        "namespace_labels": namespace_labels,
        "namespace_annotations": namespace_annotations,
        "services": [pod.service] if pod.service and pod.started + READY_SECONDS < pod.end else [],
    }
    return {"pod_row": row, "identity_id": stable_id("pod", *map(_flat, record.values())), **record, "valid_from": None, "valid_to": None}


def spelled(pairs: Pairs) -> list[dict[str, str]]:
    """Labels as kube-state-metrics spells them, without `label_`, in order of their names."""
    found = {key.translate(SPELLED): value for key, value in pairs}
    return [{"key": key, "value": found[key]} for key in sorted(found)]


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "\x1e".join("\x1d".join(one.values()) if isinstance(one, dict) else one for one in value)
    return value or ""


def _identity_table(true: Truth, names: pl.DataFrame) -> pl.DataFrame:
    return IDENTITY.conform(names.join(true.containers.select("pod_row").unique(), on="pod_row", how="semi"))


def _usage(true: Truth, names: pl.DataFrame, now: datetime) -> pl.DataFrame:
    there = true.population
    places = [(i, p.node.asset_id) for i, p in enumerate(there.pods) if p.node is not None]
    nodes = pl.DataFrame(places, schema={"pod_row": pl.UInt32, "node_asset_id": pl.UInt64}, orient="row")
    rows = true.containers.join(names.select("pod_row", "cluster", "identity_id", "node"), on="pod_row", maintain_order="left")
    rows = rows.join(nodes, on="pod_row", maintain_order="left").join(
        _shared(true), on=["pod_row", "hour"], how="left", maintain_order="left"
    )
    whole = pl.col("container") == POD_ROW
    short = pl.when(pl.col("short")).then(Mark.SHORT_LIFE.value).otherwise(0)
    return USAGE.conform(
        _stamped(rows, now).with_columns(
            pl.when(whole).then("volumes").alias("volumes"),
            pl.when(whole).then("load_balancers").alias("load_balancers"),
            pl.col("role").alias("container_kind"),
            pl.lit("scheduled").alias("time_source"),
            short.cast(pl.UInt32).alias("marks"),
        )
    )


def _shared(true: Truth) -> pl.DataFrame:
    """`pod_row`, `hour`, `volumes`, `load_balancers` as USAGE has them."""
    there = true.population
    disks = [(i, "disk", v.asset_id, v.gib * GIB_BYTES) for i, v in enumerate(there.volumes)]
    balancers = [(i, "load_balancer", b.asset_id, 0.0) for i, b in enumerate(there.balancers)]
    schema = {"row": pl.UInt32, "kind": pl.String, "asset_id": pl.UInt64, "size": pl.Float64}
    things = pl.DataFrame(disks + balancers, schema=schema, orient="row")
    shares = true.shares.join(things, on=["kind", "row"], maintain_order="left").with_columns(
        byte_seconds=pl.col("seconds") * pl.col("size")
    )
    key = ["pod_row", "hour"]
    volumes = shares.filter(pl.col("kind") == "disk").group_by(key, maintain_order=True)
    served = shares.filter(pl.col("kind") == "load_balancer").group_by(key, maintain_order=True)
    return volumes.agg(volumes=pl.struct("asset_id", "seconds", "byte_seconds")).join(
        served.agg(load_balancers=pl.struct("asset_id", "seconds")), on=key, how="full", coalesce=True
    )


def _capacity(true: Truth, now: datetime) -> pl.DataFrame:
    there = true.population
    sec = pl.col("seconds")
    nodes = (
        true.nodes.join(pl.DataFrame([_node(i, n) for i, n in enumerate(there.nodes)], schema=NODE), on="row", maintain_order="left")
        .join(node_amounts(there.nodes), on="row", maintain_order="left")
        .with_columns(
            cpu=pl.col("cores") * sec,
            ram=pl.col("gib") * GIB_BYTES * sec,
            gpu=pl.col("cards") * sec,
            cpu_allocatable=(pl.col("cores") - pl.col("reserved_cores")) * sec,
            ram_allocatable=(pl.col("gib") - pl.col("reserved_gib")) * GIB_BYTES * sec,
            storage=pl.lit(0.0),
        )
    )
    none = {name: pl.lit(0.0) for name in ("cpu", "ram", "gpu")}
    disks = true.volumes.join(
        pl.DataFrame([_disk(i, v) for i, v in enumerate(there.volumes)], schema=DISK), on="row", maintain_order="left"
    )
    disks = disks.with_columns(storage=pl.col("size") * sec, **none)
    told = pl.DataFrame([_balancer(i, b) for i, b in enumerate(there.balancers)], schema=BALANCER)
    balancers = true.balancers.join(told, on="row", maintain_order="left").with_columns(storage=pl.lit(0.0), **none)
    constant = {"unobserved_seconds": pl.lit(0.0), "pricing": pl.lit("node"), "marks": pl.lit(0, dtype=pl.UInt32)}
    return pl.concat([CAPACITY.conform(_stamped(f.with_columns(**constant), now)) for f in (nodes, disks, balancers)])


ASSET = {"row": pl.UInt32, "asset_id": pl.UInt64} | dict.fromkeys(("cluster", "kind", "name", "provider_id"), pl.String)
NODE = ASSET | dict.fromkeys(("lifecycle", "region", "zone", "instance_type", "gpu_model"), pl.String) | {"labels": PAIRS}
DISK = ASSET | {"size": pl.Float64} | dict.fromkeys(("storage_class", "claim_namespace", "claim_name"), pl.String)
BALANCER = ASSET | dict.fromkeys(("claim_namespace", "claim_name", "address"), pl.String)


def _node(row: int, node: Node) -> dict[str, Any]:
    machine = node.pool.machine
    return {
        "row": row,
        "asset_id": node.asset_id,
        "cluster": node.cluster.name,
        "kind": "node",
        "name": node.name,
        "provider_id": node.provider_id,
        "lifecycle": "spot" if node.pool.spot else "on_demand",
        "region": node.cluster.region,
        "zone": node.zone,
        "instance_type": machine.name,
        "gpu_model": machine.card_model or None,
        "labels": spelled(tuple(labels_of(node).items())),
    }


def _disk(row: int, volume: Volume) -> dict[str, Any]:
    return {
        "row": row,
        "asset_id": volume.asset_id,
        "cluster": volume.cluster.name,
        "kind": "disk",
        "name": volume.name,
        "provider_id": volume.handle,
        "size": volume.gib * GIB_BYTES,
        "storage_class": volume.storage_class,
        "claim_namespace": volume.namespace or None,
        "claim_name": volume.claim or None,
    }


def _balancer(row: int, balancer: Balancer) -> dict[str, Any]:
    return {
        "row": row,
        "asset_id": balancer.asset_id,
        "cluster": balancer.cluster.name,
        "kind": "load_balancer",
        "name": balancer.name,
        "provider_id": "",
        "claim_namespace": balancer.namespace,
        "claim_name": balancer.service,
        "address": balancer.hostname,
    }


def _flow(true: Truth, names: pl.DataFrame, now: datetime) -> pl.DataFrame:
    rows = true.traffic.join(names.select("pod_row", "cluster", "identity_id"), on="pod_row", maintain_order="left")
    return FLOW.conform(_stamped(rows.with_columns(pl.lit("all").alias("class")), now))


def _stamped(frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    return frame.with_columns(
        pl.from_epoch(pl.col("hour"), time_unit="s").dt.cast_time_unit("us").dt.replace_time_zone("UTC").alias("hour"),
        pl.lit(SOURCE).alias("source"),
        pl.lit(now).dt.cast_time_unit("us").alias("recorded_at"),
    )
