"""A small ledger written by hand, and a builder for others.

`example()` is one hour (1000 h after the epoch, i.e. 1970-02-11T16:00Z) of two clusters, prices $1 per core-hour and $0.10 per GiB-hour:

    east, node n1: 8 cores, 32 GiB = $8.00 cpu, $3.20 ram
        shop/web-1/app      3 cores, 8 GiB   $3.00 $0.80   deployment web, services front, mesh; labels team, app_kubernetes_io_name
        shop/web-1/sidecar  1 core,  2 GiB   $1.00 $0.20
        shop/web-1/__pod__  volume v1 $0.40; network cost unknown, 600 bytes out
        batch/job-1/run     2 cores, 4 GiB   $2.00 $0.40   job of cronjob nightly; namespace label team=risk
        idle                2 cores, 18 GiB  $2.00 $1.80   of it reserved $0.50
    east, node n2: 4 cores, 16 GiB = $4.00 $1.60, nobody on it: all idle
    east, volume v2 of claim shop/old, mounted by nobody: $0.10
    west, node n1: 2 cores, 4 GiB = $2.00 $0.40
        shop/bare/c         1 core, 4 GiB    $1.00 $0.40   no owner, no labels
        idle                1 core           $1.00 $0.00

Whole: 8 + 3.2 + 4 + 1.6 + 0.4 + 0.1 + 2 + 0.4 = $19.70.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from farthing.core.ledger import Ledger, Note, Span
from farthing.core.schema import ALLOCATION, ASSET, IDENTITY, PRICE, SHARE, Mark, Table

HOUR = 1000 * 3600
GIB_HOUR = 2.0**30 * 3600
CORE_HOUR = 3600.0
WHOLE = 19.7

N1, N2, WEST_N1, V1, V2 = 1, 2, 3, 11, 12
WEB, JOB, BARE = 101, 102, 103

_NUMBERS = [c.name for c in ALLOCATION.columns if c.unit and not c.nullable]
_COSTS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost")


def at(unix: float) -> datetime:
    return datetime.fromtimestamp(unix, UTC)


def row(kind: str, cluster: str = "east", hour: int = HOUR, *, cores: float = 0, gib: float = 0, **rest: Any) -> dict[str, Any]:
    """One allocation row: `cores` and `gib` are held and requested the whole hour, at $1 and $0.10, half of both used; `rest` overrides."""
    out: dict[str, Any] = dict.fromkeys(_NUMBERS, 0.0) | dict.fromkeys(_COSTS, 0.0)
    out |= {
        "cluster": cluster,
        "hour": at(hour),
        "kind": kind,
        "first_held": float(hour),
        "last_held": hour + 3600.0,
        "held_seconds": 3600.0,
    }
    out |= {"cpu_factor": 1.0, "ram_factor": 1.0, "gpu_factor": 1.0, "marks": 0}
    out |= {"cpu_held": cores * CORE_HOUR, "ram_held": gib * GIB_HOUR, "cpu_cost": cores * 1.0, "ram_cost": gib * 0.1}
    if kind in ("container", "pod"):
        out |= {"cpu_requested": cores * CORE_HOUR, "ram_requested": gib * GIB_HOUR}
    if kind == "container":
        out |= {"cpu_used": cores * CORE_HOUR / 2, "ram_used": gib * GIB_HOUR / 2, "running_seconds": 3600.0}
    return out | rest


def asset(
    asset_id: int, kind: str, name: str, cluster: str = "east", hour: int = HOUR, *, cores: float = 0, gib: float = 0, **rest: Any
) -> dict[str, Any]:
    out: dict[str, Any] = {"cluster": cluster, "hour": at(hour), "asset_id": asset_id, "kind": kind, "name": name, "provider_id": ""}
    out |= {
        "first_held": float(hour),
        "last_held": hour + 3600.0,
        "seconds": 3600.0,
        "gpu": 0.0,
        "storage": 0.0,
        "management_cost": 0.0,
        "marks": 0,
    }
    out |= dict.fromkeys(_COSTS, 0.0)
    out |= {"cpu": cores * CORE_HOUR, "ram": gib * GIB_HOUR, "cpu_cost": cores * 1.0, "ram_cost": gib * 0.1}
    return out | rest


def identity(identity_id: int, namespace: str, pod: str, cluster: str = "east", **rest: Any) -> dict[str, Any]:
    """`labels`, `annotations`, `namespace_labels` and `namespace_annotations` may be given as dicts."""
    out: dict[str, Any] = {"identity_id": identity_id, "cluster": cluster, "uid": f"uid-{identity_id}", "namespace": namespace, "pod": pod}
    out |= {"owners": [], "services": [], "labels": {}, "annotations": {}, "namespace_labels": {}, "namespace_annotations": {}} | rest
    for name in ("labels", "annotations", "namespace_labels", "namespace_annotations"):
        out[name] = [{"key": k, "value": v} for k, v in out[name].items()]
    return out


def ledger(
    allocation: list[dict[str, Any]],
    assets: list[dict[str, Any]] = (),  # type: ignore[assignment]
    identities: list[dict[str, Any]] = (),  # type: ignore[assignment]
    prices: list[dict[str, Any]] = (),  # type: ignore[assignment]
    shares: list[dict[str, Any]] = (),  # type: ignore[assignment]
    *,
    span: Span | None = None,
    notes: tuple[Note, ...] = (),
) -> Ledger:
    def frame(table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
        present = {k for r in rows for k in r}
        schema = {k: v for k, v in table.polars.items() if k in present}
        return table.conform(pl.DataFrame(list(rows), schema=schema)) if rows else table.empty()

    hours = [r["hour"].timestamp() for r in allocation] or [float(HOUR)]
    whole = span or Span(min(hours), max(hours) + 3600)
    return Ledger(
        span=whole,
        allocation=frame(ALLOCATION, allocation),
        asset=frame(ASSET, assets),
        identity=frame(IDENTITY, identities),
        price=frame(PRICE, prices),
        share=frame(SHARE, shares),
        notes=notes,
    )


def example(hour: int = HOUR) -> Ledger:
    """The ledger of the module's docstring, in any hour."""
    web: dict[str, Any] = {"identity_id": WEB}
    job: dict[str, Any] = {"identity_id": JOB}
    bare: dict[str, Any] = {"identity_id": BARE}
    sent: dict[str, Any] = {"bytes_out": 300.0, "bytes_in": 30.0}
    n1: dict[str, Any] = {"asset_id": N1, "node": "n1"}
    allocation = [
        row("container", hour=hour, cores=3, gib=8, container="app", **web, **n1, **sent, marks=int(Mark.DEFAULT_NODE_PRICE)),
        row("container", hour=hour, cores=1, gib=2, container="sidecar", **web, **n1, **sent),
        row(
            "pod",
            hour=hour,
            container="__pod__",
            **web,
            **n1,
            storage_held=10 * GIB_HOUR,
            storage_cost=0.4,
        ),
        row("container", hour=hour, cores=2, gib=4, container="run", **job, **n1, first_held=hour + 600.0, held_seconds=3000.0),
        row("idle", hour=hour, cores=2, gib=18, container="__idle__", **n1, reserved_cost=0.5),
        row("idle", hour=hour, cores=4, gib=16, container="__idle__", asset_id=N2, node="n2"),
        row("unmounted", hour=hour, container="__unmounted__", namespace="shop", asset_id=V2, storage_held=2 * GIB_HOUR, storage_cost=0.1),
        row("container", "west", hour, cores=1, gib=4, container="c", **bare, asset_id=WEST_N1, node="n1"),
        row("idle", "west", hour, cores=1, container="__idle__", asset_id=WEST_N1, node="n1"),
    ]
    assets = [
        asset(
            N1,
            "node",
            "n1",
            hour=hour,
            cores=8,
            gib=32,
            provider_id="aws:///us-east-1a/i-1",
            lifecycle="on_demand",
            instance_type="m5.2xlarge",
        ),
        asset(N2, "node", "n2", hour=hour, cores=4, gib=16, provider_id="i-2", lifecycle="spot"),
        asset(
            V1,
            "disk",
            "v1",
            hour=hour,
            storage=10 * GIB_HOUR,
            storage_cost=0.4,
            storage_class="gp3",
            claim_namespace="shop",
            claim_name="data",
        ),
        asset(V2, "disk", "v2", hour=hour, storage=2 * GIB_HOUR, storage_cost=0.1, claim_namespace="shop", claim_name="old"),
        asset(WEST_N1, "node", "n1", "west", hour, cores=2, gib=4),
    ]
    identities = [
        identity(
            WEB, "shop", "web-1", node="n1", controller_kind="deployment", controller="web", services=["front", "mesh"],
            owners=[{"kind": "ReplicaSet", "name": "web-5d9"}, {"kind": "Deployment", "name": "web"}],
            labels={"team": "growth", "app_kubernetes_io_name": "Web"}, annotations={"note": 'say "hi"'},
            namespace_labels={"team": "platform", "env": "prod"},
        ),
        identity(
            JOB, "batch", "job-1", node="n1", controller_kind="job", controller="nightly-29",
            owners=[{"kind": "Job", "name": "nightly-29"}, {"kind": "CronJob", "name": "nightly"}],
            namespace_labels={"team": "risk"}, annotations={"owner": "ann"},
        ),
        identity(BARE, "shop", "bare", "west", node="n1"),
    ]  # fmt: skip
    shares = [
        {"cluster": "east", "hour": at(hour), "identity_id": WEB, "asset_id": V1, "resource": "storage", "cost": 0.4}
        | {"first_held": float(hour), "last_held": hour + 3600.0, "seconds": 3600.0, "quantity": 10 * GIB_HOUR}
    ]
    return ledger(allocation, assets, identities, shares=shares)
