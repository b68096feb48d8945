"""Random facts of a few hours: nodes that come and go, pods that hold and use, volumes that are shared, prices that may be missing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from farthing.core.ledger import Facts, Span
from farthing.core.schema import CAPACITY, FLOW, IDENTITY, POD_ROW, PRICE, USAGE
from farthing.core.units import BASE_UNIT, GIB_BYTES, HOUR_SECONDS, Resource

NOW = datetime(2026, 3, 2, tzinfo=UTC)
T0 = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class Wishes:
    """What a case is to have in it."""

    hours: int = 2
    nodes: int = 4
    pods: int = 36
    crowded: bool = False
    gap: bool = False
    reused_name: bool = False
    empty_node: bool = False
    unpriced: bool = False


@dataclass(frozen=True)
class Node:
    asset_id: int
    name: str
    start: float
    end: float
    cores: float
    gib: float
    cards: int


def build(seed: int, wishes: Wishes) -> tuple[Facts, pl.DataFrame]:
    """Facts and their prices."""
    rnd = random.Random(seed)
    end = T0 + wishes.hours * HOUR_SECONDS
    nodes = _nodes(rnd, wishes, end)
    hole = (T0 + rnd.uniform(0, 1800), T0 + rnd.uniform(1800, 3600 * wishes.hours)) if wishes.gap else None
    capacity = [_capacity(n, h, hole) for n in nodes for h in _hours(n.start, n.end)]
    busy = nodes[1:] if wishes.empty_node else nodes
    usage, identity = _pods(rnd, wishes, busy)
    volumes = _volumes(rnd, usage, wishes)
    span = Span(T0, end)
    facts = Facts(
        span,
        USAGE.conform(_frame(usage, USAGE.polars)),
        CAPACITY.conform(_frame(capacity + volumes, CAPACITY.polars)),
        FLOW.empty(),
        IDENTITY.conform(_frame(identity, IDENTITY.polars)),
    )
    return facts, _prices(rnd, facts, wishes)


def _frame(rows: list[dict[str, Any]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([{k: r.get(k) for k in schema} for r in rows], schema=schema)


def _hours(start: float, end: float) -> range:
    return range(int(start // HOUR_SECONDS) * HOUR_SECONDS, int(-(-end // HOUR_SECONDS)) * HOUR_SECONDS, HOUR_SECONDS)


def _stamp(hour: int) -> dict[str, Any]:
    return {"cluster": "c", "hour": datetime.fromtimestamp(hour, UTC), "marks": 0, "source": "prometheus", "recorded_at": NOW}


def _nodes(rnd: random.Random, wishes: Wishes, end: float) -> list[Node]:
    nodes = []
    for i in range(wishes.nodes):
        late = rnd.random() < 0.3
        start = T0 + rnd.uniform(0, 1500) if late else T0
        stop = end - rnd.uniform(0, 1500) if rnd.random() < 0.3 else end
        nodes.append(Node(i + 1, f"n{i}", start, stop, rnd.choice((4, 8, 16)), rnd.choice((16, 32, 64)), rnd.choice((0, 0, 2))))
    if wishes.reused_name:
        first = nodes[-1]
        middle = rnd.uniform(first.start + 600, first.end - 600)
        nodes[-1] = Node(first.asset_id, first.name, first.start, middle, first.cores, first.gib, first.cards)
        nodes.append(Node(99, first.name, middle + rnd.uniform(0, 300), first.end, 2 * first.cores, first.gib, 0))
    return nodes


def _capacity(node: Node, hour: int, hole: tuple[float, float] | None) -> dict[str, Any]:
    start, end = max(node.start, hour), min(node.end, hour + HOUR_SECONDS)
    seconds = end - start
    unseen = max(0.0, min(end, hole[1]) - max(start, hole[0])) if hole else 0.0
    return {
        **_stamp(hour), "asset_id": node.asset_id, "kind": "node", "name": node.name, "provider_id": f"i-{node.asset_id}",
        "first_held": start, "last_held": end, "seconds": seconds, "unobserved_seconds": unseen,
        "unobserved_from": max(start, hole[0]) if hole and unseen else None, "cpu": node.cores * seconds,
        "ram": node.gib * GIB_BYTES * seconds, "gpu": node.cards * seconds, "storage": 0.0, "cpu_allocatable": (node.cores - 0.1) * seconds,
        "ram_allocatable": (node.gib - 0.5) * GIB_BYTES * seconds, "pricing": "node", "lifecycle": "on_demand", "labels": [],
    }  # fmt: skip


def _pods(rnd: random.Random, wishes: Wishes, nodes: list[Node]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    usage, identity = [], []
    for i in range(wishes.pods):
        node = rnd.choice(nodes)
        start = rnd.uniform(node.start, node.end - 60) if rnd.random() < 0.6 else node.start
        end = min(node.end, start + rnd.uniform(20, 7200)) if rnd.random() < 0.6 else node.end
        share = 3.0 if wishes.crowded and node is nodes[0] else 0.8
        cores = rnd.uniform(0.01, 1) * node.cores * share * 3 / wishes.pods
        gib = rnd.uniform(0.01, 1) * node.gib * share * 3 / wishes.pods
        cards = 1 if node.cards and rnd.random() < 0.15 else 0
        name = {"cluster": "c", "uid": f"u{i}", "namespace": f"ns{i % 5}", "pod": f"p{i}", "node": node.name}
        lists: dict[str, list[Any]] = {
            name: [] for name in ("owners", "labels", "annotations", "namespace_labels", "namespace_annotations", "services")
        }
        identity.append({"identity_id": 1000 + i, **name, **lists, "controller_kind": "deployment", "controller": f"d{i % 7}"})
        for hour in _hours(start, end):
            first, last = max(start, hour), min(end, hour + HOUR_SECONDS)
            if last > first:
                usage.append(_usage(rnd, 1000 + i, "main", node, hour, (first, last), (cores, gib * GIB_BYTES, cards)))
    return usage, identity


def _usage(
    rnd: random.Random, identity: int, container: str, node: Node, hour: int, held: tuple[float, float], asks: tuple[float, float, int]
) -> dict[str, Any]:
    seconds = held[1] - held[0]
    row = {
        **_stamp(hour), "identity_id": identity, "container": container, "container_kind": "pod" if container == POD_ROW else "container",
        "node": node.name, "node_asset_id": node.asset_id, "first_held": held[0], "last_held": held[1], "held_seconds": seconds,
        "running_seconds": seconds, "time_source": "scheduled", "gpu_requested": asks[2] * seconds, "gpu_held": asks[2] * seconds,
    }  # fmt: skip
    for resource, rate in (("cpu", asks[0]), ("ram", asks[1])):
        asked = rate * seconds
        used = asked * rnd.choice((0.0, 0.5, 1.0, 1.7)) if rnd.random() < 0.9 else None
        row |= {f"{resource}_requested": asked, f"{resource}_used": used, f"{resource}_held": max(asked, used or 0.0)}
    return row


def _volumes(rnd: random.Random, usage: list[dict[str, Any]], wishes: Wishes) -> list[dict[str, Any]]:
    """Volumes and a load balancer, each taken in part by pods of the hour."""
    assets = []
    taken: dict[tuple[int, datetime], dict[str, list[dict[str, Any]]]] = {}
    for n, (kind, gib) in enumerate((("disk", 100), ("disk", 500), ("load_balancer", 0))):
        for h in range(wishes.hours):
            hour = T0 + h * HOUR_SECONDS
            when = datetime.fromtimestamp(hour, UTC)
            seconds = float(HOUR_SECONDS)
            assets.append({
                **_stamp(hour), "asset_id": 500 + n, "kind": kind, "name": f"{kind}-{n}", "provider_id": "", "first_held": float(hour),
                "last_held": hour + seconds, "seconds": seconds, "unobserved_seconds": 0.0, "cpu": 0.0, "ram": 0.0, "gpu": 0.0,
                "storage": gib * GIB_BYTES * seconds, "pricing": "node", "storage_class": "gp3",
                "claim_namespace": "ns0", "claim_name": "x",
            })  # fmt: skip
            left = seconds
            for row in rnd.sample([r for r in usage if r["hour"] == when], k=2):
                part = min(left, row["held_seconds"]) * rnd.choice((0.5, 1.0))
                left -= part
                key = "volumes" if kind == "disk" else "load_balancers"
                share = {"asset_id": 500 + n, "seconds": part, **({"byte_seconds": gib * GIB_BYTES * part} if kind == "disk" else {})}
                taken.setdefault((row["identity_id"], when), {}).setdefault(key, []).append(share)
    for (identity, when), shares in taken.items():
        row = next(r for r in usage if r["identity_id"] == identity and r["hour"] == when)
        zero = {f"{r}_{what}": 0.0 for r in ("cpu", "ram", "gpu") for what in ("requested", "held")}
        usage.append({**row, **zero, "cpu_used": None, "ram_used": None, "container": POD_ROW, "container_kind": "pod", **shares})
    return assets


def _prices(rnd: random.Random, facts: Facts, wishes: Wishes) -> pl.DataFrame:
    rows = []
    for asset, kind in facts.capacity.select("asset_id", "kind").unique(maintain_order=True).iter_rows():
        resources = {"node": ("cpu", "ram", "gpu"), "disk": ("storage",), "load_balancer": ("load_balancer",)}[kind]
        for resource in resources:
            missing = wishes.unpriced and rnd.random() < 0.4
            rows.append({
                "asset_id": asset, "resource": resource, "price": None if missing else rnd.choice((0.0, 0.004, 0.03, 0.95)),
                "unit": BASE_UNIT[Resource(resource)], "currency": "USD",
                "category": None if missing else rnd.choice(("custom", "default")),
                "source": "test", "reason": "no rule" if missing else None, "cure": None, "recorded_at": NOW,
            })  # fmt: skip
    return PRICE.conform(_frame(rows, PRICE.polars))
