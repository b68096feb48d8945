"""The organisation's own ledger: true dollars of every hour, by arithmetic of its own, to hold Farthing's against."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import POD_ROW
from farthing.core.units import GIB_BYTES, HOUR_SECONDS

from .plan import Organisation
from .pods import Pod
from .prices import parts_of, usd_per_gib_hour
from .truth import Truth, node_amounts, truth

RESOURCES = ("cpu", "ram", "gpu")
UNIT = {"cpu": HOUR_SECONDS, "ram": GIB_BYTES * HOUR_SECONDS, "gpu": HOUR_SECONDS}


@dataclass(frozen=True)
class Books:
    """Whole hours of true dollars. `hour` is unix seconds.

    rows: one per container and hour and per `__pod__` row: `cluster`, `hour`, `namespace`, `pod`, `uid`, `container`, `role`, `node`,
    `controller_kind`, `controller`, `held_seconds`, per resource `_requested`, `_used`, `_held`, `_factor` (share of what is held
    that is paid: below 1 where a machine is over-committed), `_cost`, and `storage_cost`, `load_balancer_cost`, `cost` ($).
    nodes: `cluster`, `hour`, `node`, `pool`, `asset_id`, `seconds`, `cost`, `idle_cost`, and `cpu_…`, `ram_…`, `gpu_idle_cost`.
    volumes, balancers: `cluster`, `hour`, `name`, `namespace`, `asset_id`, `seconds`, `cost`, `unmounted_cost`.
    """

    span: Span
    rows: pl.DataFrame
    nodes: pl.DataFrame
    volumes: pl.DataFrame
    balancers: pl.DataFrame

    @property
    def total(self) -> float:
        """$ of everything there is."""
        return float(sum(frame["cost"].sum() for frame in (self.nodes, self.volumes, self.balancers)))


def books(organisation: Organisation, span: Span) -> Books:
    """The true ledger of whole hours."""
    return books_of(organisation, truth(organisation, span))


def books_of(organisation: Organisation, true: Truth) -> Books:
    """The ledger of quantities that are known."""
    nodes = _offers(organisation, true)
    rows = true.containers.join(pod_names(true.population.pods), on="pod_row", how="left", maintain_order="left")
    rows = rows.join(_rows_of_nodes(true), on="pod_row", how="left", maintain_order="left")
    held = rows.group_by("node_row", "hour").agg(pl.col(f"{r}_held").sum().alias(f"{r}_all") for r in RESOURCES)
    nodes = nodes.join(held.rename({"node_row": "row"}), on=["row", "hour"], how="left").with_columns(
        pl.col(f"{r}_all").fill_null(0.0) for r in RESOURCES
    )
    # a machine gives what it has; where more is held than that, each gets its part of it
    nodes = nodes.with_columns(
        pl.when(pl.col(f"{r}_all") > pl.col(f"{r}_size")).then(pl.col(f"{r}_size") / pl.col(f"{r}_all")).otherwise(1.0).alias(f"{r}_factor")
        for r in RESOURCES
    )
    told = nodes.select("hour", *[f"{r}_{what}" for r in RESOURCES for what in ("factor", "usd")], node_row="row")
    rows = rows.join(told, on=["node_row", "hour"], how="left", maintain_order="left").with_columns(
        (pl.col(f"{r}_held") * pl.col(f"{r}_factor") / UNIT[r] * pl.col(f"{r}_usd")).alias(f"{r}_cost") for r in RESOURCES
    )
    left = [
        ((pl.col(f"{r}_size") - pl.col(f"{r}_all") * pl.col(f"{r}_factor")) / UNIT[r] * pl.col(f"{r}_usd")).alias(f"{r}_idle_cost")
        for r in RESOURCES
    ]
    whole = pl.sum_horizontal(pl.col(f"{r}_size") / UNIT[r] * pl.col(f"{r}_usd") for r in RESOURCES)
    nodes = nodes.with_columns(*left, cost=whole).with_columns(idle_cost=pl.sum_horizontal(f"{r}_idle_cost" for r in RESOURCES))
    volumes, balancers, paid = _attached(organisation, true)
    rows = rows.join(paid, on=["pod_row", "hour", "container"], how="left", maintain_order="left").with_columns(
        pl.col("storage_cost", "load_balancer_cost").fill_null(0.0)
    )
    rows = rows.with_columns(cost=pl.sum_horizontal(*[f"{r}_cost" for r in RESOURCES], "storage_cost", "load_balancer_cost"))
    return Books(true.span, rows.drop("node_row"), nodes, volumes, balancers)


def pod_names(pods: tuple[Pod, ...]) -> pl.DataFrame:
    """`pod_row`, `cluster`, `namespace`, `pod`, `uid`, `node`, `controller_kind`, `controller`."""
    rows = [
        (i, p.cluster.name, p.namespace, p.name, p.uid, p.node.name if p.node else None, *(p.owners[-1] if p.owners else (None, None)))
        for i, p in enumerate(pods)
    ]
    names = ("cluster", "namespace", "pod", "uid", "node", "controller_kind", "controller")
    return pl.DataFrame(rows, schema={"pod_row": pl.UInt32} | dict.fromkeys(names, pl.String), orient="row")


def _rows_of_nodes(true: Truth) -> pl.DataFrame:
    numbers = {(n.cluster.name, n.name, n.created): i for i, n in enumerate(true.population.nodes)}
    rows = [
        (i, numbers[p.cluster.name, p.node.name, p.node.created])
        for i, p in enumerate(true.population.pods)
        if p.node and (p.cluster.name, p.node.name, p.node.created) in numbers
    ]
    return pl.DataFrame(rows, schema={"pod_row": pl.UInt32, "node_row": pl.UInt32}, orient="row")


def _offers(organisation: Organisation, true: Truth) -> pl.DataFrame:
    nodes = true.population.nodes
    about = []
    for i, node in enumerate(nodes):
        parts = parts_of(organisation, node.pool)
        about.append((i, node.cluster.name, node.name, node.pool.name, node.asset_id, parts.core, parts.gib, parts.card))
    names = {"row": pl.UInt32, "cluster": pl.String, "node": pl.String, "pool": pl.String, "asset_id": pl.UInt64}
    prices = pl.DataFrame(about, schema=names | dict.fromkeys(("cpu_usd", "ram_usd", "gpu_usd"), pl.Float64), orient="row")
    rows = true.nodes.join(prices, on="row").join(node_amounts(nodes), on="row")
    return rows.with_columns(
        cpu_size=pl.col("cores") * pl.col("seconds"),
        ram_size=pl.col("gib") * GIB_BYTES * pl.col("seconds"),
        gpu_size=pl.col("cards") * pl.col("seconds"),
    )


def _attached(organisation: Organisation, true: Truth) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Volumes and load balancers with what they cost and what nobody pays of it; and what pods pay: `pod_row`, `hour`, `container`."""
    there = true.population
    prices = {
        "disk": [(i, v.gib * usd_per_gib_hour(organisation, v.storage_class) / HOUR_SECONDS) for i, v in enumerate(there.volumes)],
        "load_balancer": [(i, organisation.rates.usd_per_balancer_hour / HOUR_SECONDS) for i, _ in enumerate(there.balancers)],
    }
    names = {
        "disk": [(i, v.cluster.name, v.name, v.namespace, v.asset_id) for i, v in enumerate(there.volumes)],
        "load_balancer": [(i, b.cluster.name, b.name, b.namespace, b.asset_id) for i, b in enumerate(there.balancers)],
    }
    frames, paid = {}, []
    for kind, hours in (("disk", true.volumes), ("load_balancer", true.balancers)):
        per_second = pl.DataFrame(prices[kind], schema={"row": pl.UInt32, "usd": pl.Float64}, orient="row")
        schema = {"row": pl.UInt32, "cluster": pl.String, "name": pl.String, "namespace": pl.String, "asset_id": pl.UInt64}
        about = pl.DataFrame(names[kind], schema=schema, orient="row")
        shares = true.shares.filter(pl.col("kind") == kind).join(per_second, on="row")
        shares = shares.with_columns(pay=pl.col("seconds") * pl.col("usd"))
        mine = shares.group_by("row", "hour").agg(pl.col("pay").sum())
        priced = hours.join(about, on="row").join(per_second, on="row").join(mine, on=["row", "hour"], how="left")
        cost = pl.col("seconds") * pl.col("usd")
        frames[kind] = priced.with_columns(cost=cost, unmounted_cost=cost - pl.col("pay").fill_null(0.0)).drop("pay", "usd")
        column = "storage_cost" if kind == "disk" else "load_balancer_cost"
        paid.append(shares.group_by("pod_row", "hour").agg(pl.col("pay").sum().alias(column)))
    both = paid[0].join(paid[1], on=["pod_row", "hour"], how="full", coalesce=True)
    return frames["disk"], frames["load_balancer"], both.with_columns(container=pl.lit(POD_ROW))
