"""What containers and pods request, per hour of their life (ledger 2)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import POD_ROW, Mark
from farthing.core.units import HOUR_SECONDS

from .measurements import (
    CARD_RESOURCES,
    CONTAINER_REQUESTS,
    INIT_INFO,
    INIT_REQUESTS,
    POD,
    POD_OVERHEAD_CPU,
    POD_OVERHEAD_RAM,
)
from .observation import Observation
from .source import Of, Source

RESOURCES = ("cpu", "ram", "gpu")


def init_kinds(source: Source, seen: Observation, pods: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `container`, `container_kind` (init or sidecar) of every init container."""
    (info,) = source.index([INIT_INFO], seen.reach)
    kind = pl.when((pl.col("restart_policy") == "Always").any()).then(pl.lit("sidecar")).otherwise(pl.lit("init"))
    per = info.group_by("cluster", "uid", "container").agg(kind.alias("container_kind"))
    return per.join(pods.select("pod_row", "cluster", "uid"), on=["cluster", "uid"]).select("pod_row", "container", "container_kind")


def container_requests(source: Source, seen: Observation, pods: pl.DataFrame, held: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """Requests of every container, sidecar and `__pod__` surplus, as rates.

    held: `pod_row`, `hour`: the hours in which each pod holds; kinds: as `init_kinds`. Returns `pod_row`, `container`,
    `container_kind` (container, init, sidecar or pod), `hour`, `cpu` (cores), `ram` (bytes), `gpu` (cards), `marks`; an init
    container's own request is 0 (its part is in the surplus).
    """
    plain, init, overhead_cpu, overhead_ram = source.hourly(
        [CONTAINER_REQUESTS, INIT_REQUESTS, POD_OVERHEAD_CPU, POD_OVERHEAD_RAM], seen.reach
    )
    plain = _within_lives(source, pods, held, plain)
    containers = _rates(plain, pods, held).with_columns(pl.lit("container").alias("container_kind"))
    inits = _rates(init, pods, held)
    inits = inits.join(kinds, on=["pod_row", "container"], how="left").with_columns(pl.col("container_kind").fill_null("init"))
    overhead = _overhead(overhead_cpu, overhead_ram, pods, held)
    surplus = _surplus(pl.concat([containers, inits.select(containers.columns)]), overhead)
    none = {r: pl.when(pl.col("container_kind") == "init").then(0.0).otherwise(pl.col(r)).alias(r) for r in RESOURCES}
    rows = pl.concat([containers, inits.select(containers.columns).with_columns(**none)]).with_columns(
        pl.lit(0, dtype=pl.UInt32).alias("marks")
    )
    return pl.concat([rows, surplus.select(rows.columns)])


def _within_lives(source: Source, pods: pl.DataFrame, held: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """values with the mean of the held time alone in hours that are held in part and in which a request changed.

    kube-state-metrics shows a request before the binding and after the end too; that matters only where it differs.
    """
    series = ["cluster", *POD, "container", "resource"]
    part = held.filter(pl.col("held_seconds") < HOUR_SECONDS - 1).join(pods.select("pod_row", "cluster", "uid"), on=["pod_row", "cluster"])
    young_or_ended = values.join(part.select("cluster", "uid").unique(), on=["cluster", "uid"], how="semi")
    beside = young_or_ended.sort(*series, "hour").with_columns(
        (pl.col("v") != pl.col("v").shift(1)).over(series).fill_null(False).alias("_up"),
        (pl.col("v") != pl.col("v").shift(-1)).over(series).fill_null(False).alias("_down"),
    )
    asked = beside.filter(pl.col("_up") | pl.col("_down")).join(part, on=["cluster", "uid", "hour"])
    exact = [asked.select(*series, "hour", "v").clear()]
    for (hour,), group in asked.group_by("hour", maintain_order=True):
        start = float(hour)
        samples = source.samples(CONTAINER_REQUESTS, Span(start, start + HOUR_SECONDS), Of("uid", set(group["uid"])))
        inside = samples.join(group.select(*series, "hour", "first_held", "last_held"), on=series).filter(
            (pl.col("t") >= pl.col("first_held")) & (pl.col("t") < pl.col("last_held"))
        )
        exact.append(inside.group_by(*series, "hour").agg(pl.col("v").mean()))
    return values.update(pl.concat(exact), on=[*series, "hour"], how="left") if asked.height else values


def _rates(values: pl.DataFrame, pods: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """One row per pod, container and held hour; hours without a sample take the nearest hour's request, earlier before later."""
    cards = pl.col("resource").is_in(CARD_RESOURCES)
    resource = pl.when(cards).then(pl.lit("gpu")).when(pl.col("resource") == "memory").then(pl.lit("ram")).otherwise("resource")
    rows = (
        values.join(pods.select("cluster", "uid", "pod_row"), on=["cluster", "uid"])
        .with_columns(resource.alias("resource"))
        .group_by("pod_row", "container", "hour")
        .agg(pl.col("v").filter(pl.col("resource") == r).sum().alias(r) for r in RESOURCES)
    )
    grid = rows.select("pod_row", "container").unique().join(held.select("pod_row", "hour"), on="pod_row")
    everything = pl.concat([grid, rows.select("pod_row", "container", "hour")]).unique()
    filled = everything.join(rows, on=["pod_row", "container", "hour"], how="left").sort("pod_row", "container", "hour")
    filled = filled.with_columns(pl.col(r).forward_fill().backward_fill().over("pod_row", "container") for r in RESOURCES)
    return filled.join(held.select("pod_row", "hour"), on=["pod_row", "hour"], how="semi")


def _overhead(cpu: pl.DataFrame, ram: pl.DataFrame, pods: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `hour`, `overhead_cpu`, `overhead_ram` of pods whose runtime class has an overhead."""
    keys = ["cluster", *POD]
    both = pl.concat(
        [
            cpu.group_by(keys).agg(pl.col("v").last().alias("overhead_cpu")).with_columns(pl.lit(0.0).alias("overhead_ram")),
            ram.group_by(keys)
            .agg(pl.col("v").last().alias("overhead_ram"))
            .with_columns(pl.lit(0.0).alias("overhead_cpu"))
            .select(*keys, "overhead_cpu", "overhead_ram"),
        ]
    )
    per_pod = both.group_by("cluster", "uid").agg(pl.col("overhead_cpu").sum(), pl.col("overhead_ram").sum())
    rows = per_pod.join(pods.select("cluster", "uid", "pod_row"), on=["cluster", "uid"]).drop("cluster", "uid")
    return rows.join(held.select("pod_row", "hour"), on="pod_row")


def _surplus(rows: pl.DataFrame, overhead: pl.DataFrame) -> pl.DataFrame:
    """What the scheduler reserves for a pod beyond its containers and sidecars: E − Σ, never negative by construction.

    E = max(Σ containers + Σ sidecars, largest init container + Σ sidecars) + overhead: kube-state-metrics does not tell which
    sidecars start before which init container, so all count as started first.
    """
    kind = pl.col("container_kind")
    sums = []
    for r in RESOURCES:
        sums += [
            pl.col(r).filter(kind != "init").sum().alias(f"{r}_main"),
            pl.col(r).filter(kind == "sidecar").sum().alias(f"{r}_side"),
            pl.col(r).filter(kind == "init").max().fill_null(0.0).alias(f"{r}_init"),
        ]
    per = rows.group_by("pod_row", "hour").agg(
        *sums, ((kind == "init").any() & (kind == "sidecar").any()).alias("assumed"), (kind == "init").any().alias("has_init")
    )
    per = per.join(overhead, on=["pod_row", "hour"], how="full", coalesce=True).with_columns(
        pl.col("overhead_cpu", "overhead_ram").fill_null(0.0),
        pl.lit(0.0).alias("overhead_gpu"),
        pl.col("assumed", "has_init").fill_null(False),
    )
    per = per.with_columns(pl.col(f"{r}_{p}").fill_null(0.0) for r in RESOURCES for p in ("main", "side", "init"))
    beyond = [
        (pl.max_horizontal(pl.lit(0.0), pl.col(f"{r}_init") + pl.col(f"{r}_side") - pl.col(f"{r}_main")) + pl.col(f"overhead_{r}")).alias(r)
        for r in RESOURCES
    ]
    surplus = per.with_columns(beyond).filter((pl.col("cpu") > 0) | (pl.col("ram") > 0) | (pl.col("gpu") > 0))
    return surplus.select(
        "pod_row",
        pl.lit(POD_ROW).alias("container"),
        "hour",
        "cpu",
        "ram",
        "gpu",
        pl.lit("pod").alias("container_kind"),
        pl.when("assumed").then(Mark.SIDECAR_ORDER_ASSUMED.value).otherwise(0).cast(pl.UInt32).alias("marks"),
    )
