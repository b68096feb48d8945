"""Nodes: from when to when each one was there, and what it offered (ledger 1, 4)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import Mark
from farthing.core.units import HOUR_SECONDS

from .assets import with_ids
from .lifetimes import by_hour, hours_spanned, overlap
from .measurements import (
    CARD_RESOURCES,
    NODE_ALLOCATABLE,
    NODE_CAPACITY,
    NODE_CARDS,
    NODE_CREATED,
    NODE_FIRST_CREATED,
    NODE_KEYS,
    NODE_SEEN,
)
from .node_attributes import node_attributes
from .observation import Observation, data_ends
from .source import Of, Source

INCARNATION = ("cluster", *NODE_KEYS)
NONE = pl.lit(None, dtype=pl.String)
TOLD_BY = (NODE_CREATED, NODE_SEEN)  # either shows that a node is there


def node_lives(source: Source, seen: Observation) -> pl.DataFrame:
    """Every node within reach; a reused name with another provider id, system uuid or creation is another node.

    Returns `asset_id`, `cluster`, `node`, `provider_id`, `system_uuid`, `created`, `start`, `end` (unix s; inf: still there),
    `marks`.
    """
    there, created, first_created = source.hourly([NODE_SEEN, NODE_CREATED, NODE_FIRST_CREATED], seen.reach)
    # nodes that kube_node_info does not show are told by their creation time, without an id of the provider's
    unshown = created.join(there.select("cluster", "node").unique(), on=["cluster", "node"], how="anti")
    there = pl.concat([there, unshown.with_columns(provider_id=NONE, system_uuid=NONE).select(there.columns)])
    nodes = there.group_by(INCARNATION, maintain_order=True).agg(
        pl.col("hour").min().alias("hour_first"), pl.col("hour").max().alias("hour_last")
    )
    births = created.group_by("cluster", "node").agg(pl.col("v").max().alias("created"), pl.col("v").min().alias("earliest"))
    firsts = first_created.group_by("cluster", "node").agg(pl.col("v").min().alias("earlier"))
    births = births.join(firsts, on=["cluster", "node"], how="left")
    nodes = nodes.join(births, on=["cluster", "node"], how="left")
    reused = (pl.len().over("cluster", "node") > 1) | (pl.min_horizontal("earliest", "earlier") < pl.col("created")).fill_null(False)
    nodes = nodes.with_columns(reused.alias("reused")).join(seen.clusters, on="cluster")
    plain = _plain(source, seen, nodes.filter(~pl.col("reused")))
    lives = pl.concat([plain, _reused(source, seen, nodes.filter("reused"))])
    lives = lives.with_columns(
        # without a creation time a node begins with the hour in which it was first seen
        pl.max_horizontal(pl.col("created").fill_null(pl.col("hour_first").cast(pl.Float64)), "first").alias("start"),
        pl.when(data_ends(seen)).then(pl.min_horizontal("end", "last")).otherwise("end").alias("end"),
    )
    named = with_ids(lives, ["cluster", "node", "provider_id", "system_uuid", "created"], "asset_id", "node")
    return named.filter(pl.col("end") > pl.col("start")).select("asset_id", *INCARNATION, "created", "start", "end", "marks")


def _plain(source: Source, seen: Observation, nodes: pl.DataFrame) -> pl.DataFrame:
    """Names that one node had: from creation to the last sample where it vanished."""
    gone = nodes.filter(pl.col("hour_last") < pl.col("last_hour"))
    at_the_end = nodes.filter((pl.col("hour_last") == pl.col("last_hour")) & data_ends(seen))
    for told in TOLD_BY:
        at_the_end = seen.gone_at_the_end(source, told, at_the_end, ("cluster", "node"))
    gone = pl.concat([gone, at_the_end])
    ends = _last_samples(source, seen, gone)
    return nodes.join(ends, on=INCARNATION, how="left", nulls_equal=True).with_columns(
        pl.col("end").fill_null(float("inf")),
        pl.when(pl.col("end").is_null()).then(0).otherwise(Mark.TIME_FROM_SAMPLES.value).cast(pl.UInt32).alias("marks"),
    )


def _last_samples(source: Source, seen: Observation, gone: pl.DataFrame) -> pl.DataFrame:
    frames = []
    for (hour,), group in gone.group_by("hour_last", maintain_order=True):
        start = float(hour)
        span, of = Span(start, start + HOUR_SECONDS), Of("node", set(group["node"]))
        samples = pl.concat([source.samples(told, span, of).select("cluster", "node", "t") for told in TOLD_BY])
        frames.append(group.select(INCARNATION).join(samples, on=["cluster", "node"]))
    if not frames:
        return gone.select(INCARNATION).with_columns(pl.lit(0.0).alias("end"))
    last = pl.concat(frames).group_by(INCARNATION).agg(pl.col("t").max())
    last = seen.next_beat_after(last.join(seen.clusters.select("cluster", "interval"), on="cluster"), "t", "beat")
    widened = pl.min_horizontal(pl.col("interval") / 2, ((pl.col("beat") - pl.col("t")) / 2).fill_null(float("inf")))
    return last.select(*INCARNATION, (pl.col("t") + widened).alias("end"))


def _reused(source: Source, seen: Observation, nodes: pl.DataFrame) -> pl.DataFrame:
    """Names that several nodes had: every sample tells which one was there, and its own creation."""
    if nodes.height == 0:
        return nodes.with_columns(pl.lit(0.0).alias("end"), pl.lit(0, dtype=pl.UInt32).alias("marks"))
    of = Of("node", set(nodes["node"]))
    info = source.samples(NODE_SEEN, seen.reach, of)
    born = source.samples(NODE_CREATED, seen.reach, of).rename({"v": "born"})
    told = info.drop("v").join(born, on=["cluster", "node", "t"], how="left").with_columns(pl.col("born").fill_null(0.0))
    lives = told.group_by(*INCARNATION, "born", maintain_order=True).agg(pl.col("t").max().alias("last_sample"))
    lives = seen.next_beat_after(lives.rename({"last_sample": "t"}), "t", "beat")
    keep = nodes.drop("created").unique(INCARNATION)
    joined = lives.join(keep, on=INCARNATION, nulls_equal=True)
    ends = pl.col("t") + pl.min_horizontal(pl.col("interval") / 2, (pl.col("beat") - pl.col("t")) / 2)
    still = pl.col("beat").is_null() | (pl.col("t") == pl.col("t").max().over("cluster", "node")) & (
        pl.col("hour_last") == pl.col("last_hour")
    )
    return joined.with_columns(
        pl.col("born").alias("created"),
        pl.when(still).then(float("inf")).otherwise(ends).alias("end"),
        pl.when(still).then(0).otherwise(Mark.TIME_FROM_SAMPLES.value).cast(pl.UInt32).alias("marks"),
    ).select([*nodes.columns, "end", "marks"])


def node_capacity(source: Source, seen: Observation, lives: pl.DataFrame) -> pl.DataFrame:
    """Rows of CAPACITY (without constants) for nodes: capacity × seconds per hour, and what prices are looked up by."""
    capacity, allocatable = source.hourly([NODE_CAPACITY, NODE_ALLOCATABLE], seen.reach)
    hours = by_hour(lives, seen.reach)
    twice = hours.filter(pl.len().over("cluster", "node", "hour") > 1)
    sizes = _sizes(capacity, "capacity").join(_sizes(allocatable, "allocatable"), on=["cluster", "node", "hour"], how="left")
    sizes = _of_incarnations(source, hours, sizes, twice)
    sizes = sizes.drop("gpu_capacity").join(_cards(source, seen, lives), on="asset_id", how="left")
    sizes = sizes.filter((pl.col("hour") >= seen.span.start) & (pl.col("hour") < seen.span.end))
    sizes = _unobserved(seen, sizes)
    sec = pl.col("held_seconds")
    return (
        sizes.with_columns(
            (pl.col("cpu_capacity").fill_null(0.0) * sec).alias("cpu"),
            (pl.col("memory_capacity").fill_null(0.0) * sec).alias("ram"),
            (pl.col("gpu_capacity") * sec).alias("gpu"),
            (pl.col("cpu_allocatable") * sec).alias("cpu_allocatable"),
            (pl.col("memory_allocatable") * sec).alias("ram_allocatable"),
            sec.alias("seconds"),
            pl.lit(0.0).alias("storage"),
            pl.lit("node").alias("kind"),
            pl.col("node").alias("name"),
            pl.col("provider_id").fill_null(""),
        )
        .join(node_attributes(source, seen, hours), on=["asset_id", "hour"], how="left")
        .with_columns(pl.col("pricing").fill_null("node"))
    )


def _cards(source: Source, seen: Observation, lives: pl.DataFrame) -> pl.DataFrame:
    """`asset_id`, `gpu_capacity`: the most cards that each node showed in its life, as far as is looked around."""
    if not source.has(NODE_CARDS):
        return lives.select("asset_id", pl.lit(0.0).alias("gpu_capacity"))
    (shown,) = source.hourly([NODE_CARDS], seen.wide)
    shown = _sizes(shown, "capacity").select("cluster", "node", "hour", "gpu_capacity")
    mine = lives.join(shown, on=["cluster", "node"], how="left")
    within = (pl.col("hour") + HOUR_SECONDS > pl.col("start")) & (pl.col("hour") < pl.col("end"))
    most = pl.when(within).then("gpu_capacity").max().fill_null(0.0).alias("gpu_capacity")
    return mine.group_by("asset_id").agg(most)


def _sizes(frame: pl.DataFrame, suffix: str) -> pl.DataFrame:
    """`cpu_…`, `memory_…`, `gpu_…` per cluster, node and hour."""
    resource = pl.when(pl.col("resource").is_in(CARD_RESOURCES)).then(pl.lit("gpu")).otherwise(pl.col("resource"))
    per = frame.with_columns(resource.alias("resource")).group_by("cluster", "node", "hour", "resource").agg(pl.col("v").sum())
    value = {name: pl.col("v").filter(pl.col("resource") == name).first().alias(f"{name}_{suffix}") for name in ("cpu", "memory", "gpu")}
    return per.group_by("cluster", "node", "hour").agg(*value.values())


SIZES = ("cpu_capacity", "memory_capacity", "gpu_capacity", "cpu_allocatable", "memory_allocatable")


def _of_incarnations(source: Source, hours: pl.DataFrame, sizes: pl.DataFrame, twice: pl.DataFrame) -> pl.DataFrame:
    """Sizes per asset and hour. Two nodes of one name in one hour may differ: each is asked for at its own last sample.

    Hours without a sample (a hole) take the size of the nearest hour that has one, earlier before later.
    """
    keys = ["cluster", "node", "hour"]
    single = hours.join(sizes.drop("gpu_allocatable", strict=False), on=keys, how="left")
    if twice.height:
        of = Of("node", set(twice["node"]))
        span = hours_spanned(twice)
        parts = []
        for m, suffix in ((NODE_CAPACITY, "capacity"), (NODE_ALLOCATABLE, "allocatable")):
            samples = source.samples(m, span, of).with_columns(pl.col("t").alias("hour"))
            parts.append(
                _sizes(samples, suffix).rename({"hour": "t"}).drop(f"gpu_{suffix}" if suffix == "allocatable" else [], strict=False)
            )
        exact = parts[0].join(parts[1], on=["cluster", "node", "t"], how="left")
        own = (
            twice.select("asset_id", *keys, "first_held", "last_held")
            .join(exact, on=["cluster", "node"])
            .filter((pl.col("t") >= pl.col("first_held")) & (pl.col("t") < pl.col("last_held")))
            .sort("t")
            .group_by("asset_id", "hour")
            .agg(pl.col(c).last() for c in SIZES)
        )
        single = single.update(own, on=["asset_id", "hour"], how="left")
    filled = [pl.col(c).forward_fill().backward_fill().over("asset_id", order_by="hour") for c in SIZES]
    return single.with_columns(filled)


def _unobserved(seen: Observation, hours: pl.DataFrame) -> pl.DataFrame:
    """Adds `unobserved_seconds`, seconds of a node's hour inside a hole that is long, and `unobserved_from`, where they begin."""
    inside = (
        hours.select("asset_id", "cluster", "hour", "first_held", "last_held")
        .join(seen.long_holes.select("cluster", hole_start="start", hole_end="end"), on="cluster")
        .with_columns(
            overlap(pl.col("first_held"), pl.col("last_held"), pl.col("hole_start"), pl.col("hole_end")).alias("unobserved_seconds")
        )
        .group_by("asset_id", "hour")
        .agg(
            pl.col("unobserved_seconds").sum(),
            pl.max_horizontal("first_held", "hole_start").filter(pl.col("unobserved_seconds") > 0).min().alias("unobserved_from"),
        )
    )
    return hours.join(inside, on=["asset_id", "hour"], how="left").with_columns(pl.col("unobserved_seconds").fill_null(0.0))
