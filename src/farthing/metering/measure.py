"""Facts of a span of whole hours: quantities of everything that was held, used and offered."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from farthing.core.errors import NoData
from farthing.core.ledger import Facts, Note, Span
from farthing.core.schema import CAPACITY, FLOW, POD_ROW, USAGE
from farthing.core.settings import MeteringSettings
from farthing.core.units import HOUR_SECONDS

from .containers import container_hours
from .gathering import Gathered
from .identities import identified, identities, identity_table
from .lifetimes import by_hour
from .load_balancers import load_balancer_capacity, load_balancer_lives, load_balancer_shares
from .measurements import VOLUME_BYTES
from .needs import ALL_NEEDS, NETWORK
from .network import bytes_moved
from .nodes import node_capacity, node_lives
from .observation import Observation, observe
from .placement import place, within_nodes
from .pods import pod_lives
from .source import Source
from .volumes import volume_capacity, volume_lives, volume_shares


@dataclass(frozen=True)
class Stamp:
    """What every row of facts tells of its making: the back end's name and the time."""

    source: str
    now: datetime


def measure(source: Source, span: Span, settings: MeteringSettings, *, needs: Set[str] = ALL_NEEDS, now: datetime) -> Facts:
    """Measure whole hours.

    span: half-open, on full hours. needs: what beyond quantities is wanted (owners, labels, …); the rest is not asked for.
    Raises NoData when no cluster was observed in the span.
    """
    if span.start % HOUR_SECONDS or span.end % HOUR_SECONDS or span.end <= span.start:
        raise ValueError(f"not whole hours: {span}")
    seen = observe(source, span, settings)
    if seen.clusters.height == 0:
        raise NoData(
            f"no cluster was seen between {_when(span.start)} and {_when(span.end)}",
            expected="samples of kube_node_info or kube_pod_info in the window",
            cure="ask a window that the server still holds",
        )
    source = Gathered(source, seen.reach, needs)
    stamp = Stamp(source.name, now)
    nodes = node_lives(source, seen)
    pods = within_nodes(pod_lives(source, seen), nodes)
    held = by_hour(pods.select("pod_row", "cluster", "start", "end"), seen.reach)
    node_hours = node_capacity(source, seen, nodes)
    (volume_bytes,) = source.hourly([VOLUME_BYTES], seen.reach)
    volumes = volume_lives(source, seen, volume_bytes)
    volume_hours, sizes = volume_capacity(source, seen, volumes, volume_bytes)
    balancers = load_balancer_lives(source, seen)
    rows = container_hours(source, seen, pods, held, needs)
    shares = _whole_pod_shares(volume_shares(source, seen, pods, volumes, sizes), load_balancer_shares(source, seen, pods, balancers))
    rows = _with_shares(rows, held, shares)
    inside = (pl.col("hour") >= span.start) & (pl.col("hour") < span.end)
    rows, node_hours = place(rows.filter(inside), pods, node_hours)
    names = identities(source, seen, pods.join(rows.select("pod_row").unique(), on="pod_row", how="semi"), needs)
    flow = bytes_moved(source, seen, pods).filter(inside) if NETWORK in needs else None
    return Facts(
        span=span,
        usage=_usage(rows, pods, names, stamp),
        capacity=_capacity(node_hours, volume_hours, load_balancer_capacity(seen, balancers), stamp),
        flow=_flow(flow, names, stamp),
        identity=identity_table(names),
        notes=(*source.notes, *_notes(seen)),
    )


def _whole_pod_shares(volumes: pl.DataFrame, balancers: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `hour`, `volumes`, `load_balancers` (lists of structs), `marks`."""
    disks = volumes.group_by("pod_row", "hour").agg(pl.struct("asset_id", "seconds", "byte_seconds").alias("volumes"))
    lbs = balancers.group_by("pod_row", "hour").agg(
        pl.struct("asset_id", "seconds").alias("load_balancers"), pl.col("marks").bitwise_or().cast(pl.UInt32).alias("share_marks")
    )
    return disks.join(lbs, on=["pod_row", "hour"], how="full", coalesce=True)


def _with_shares(rows: pl.DataFrame, held: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """rows + a `__pod__` row for every pod-hour that shares volumes or load balancers."""
    missing = shares.join(rows.filter(pl.col("container") == POD_ROW), on=["pod_row", "hour"], how="anti")
    made = missing.select("pod_row", "hour").join(
        held.select("pod_row", "hour", "first_held", "last_held", "held_seconds"), on=["pod_row", "hour"]
    )
    zero = {c: pl.lit(0.0).alias(c) for c in ("cpu_requested", "cpu_held", "ram_requested", "ram_held", "gpu_requested", "gpu_held")}
    made = made.with_columns(
        *zero.values(), pl.lit(POD_ROW).alias("container"), pl.lit("pod").alias("container_kind"), pl.lit(0, dtype=pl.UInt32).alias("marks")
    )
    together = pl.concat([rows, made], how="diagonal")
    joined = together.join(shares, on=["pod_row", "hour"], how="left")
    whole = pl.col("container") == POD_ROW
    return joined.with_columns(
        pl.when(whole).then("volumes").alias("volumes"),
        pl.when(whole).then("load_balancers").alias("load_balancers"),
        pl.when(whole).then(pl.col("marks") | pl.col("share_marks").fill_null(0)).otherwise("marks").cast(pl.UInt32).alias("marks"),
    ).drop("share_marks")


def _usage(rows: pl.DataFrame, pods: pl.DataFrame, names: pl.DataFrame, stamp: Stamp) -> pl.DataFrame:
    joined = identified(rows.join(pods.select("pod_row", "cluster", "node", "time_source", pod_marks="marks"), on="pod_row"), names)
    return USAGE.conform(_stamped(joined, stamp).with_columns((pl.col("marks") | pl.col("pod_marks")).cast(pl.UInt32).alias("marks")))


def _capacity(nodes: pl.DataFrame, volumes: pl.DataFrame, balancers: pl.DataFrame, stamp: Stamp) -> pl.DataFrame:
    none = {c: pl.lit(0.0).alias(c) for c in ("cpu", "ram", "gpu", "unobserved_seconds")}
    disks = volumes.with_columns(*none.values(), pl.lit("disk").alias("kind"), pl.col("held_seconds").alias("seconds"))
    lbs = balancers.with_columns(
        *none.values(),
        pl.lit(0.0).alias("storage"),
        pl.lit("load_balancer").alias("kind"),
        pl.lit("").alias("provider_id"),
        pl.col("held_seconds").alias("seconds"),
        pl.col("namespace").alias("claim_namespace"),
        pl.col("service").alias("claim_name"),
    )
    frames = []
    for frame in (nodes, disks, lbs):
        more = [] if "marks" in frame.columns else [pl.lit(0, dtype=pl.UInt32).alias("marks")]
        priced = [] if "pricing" in frame.columns else [pl.lit("node").alias("pricing")]
        frames.append(CAPACITY.conform(_stamped(frame.with_columns(*more, *priced), stamp)))
    return pl.concat(frames)


def _flow(moved: pl.DataFrame | None, names: pl.DataFrame, stamp: Stamp) -> pl.DataFrame:
    if moved is None:
        return FLOW.empty()
    clusters = names.select("pod_row", "cluster").unique()
    joined = identified(moved.join(clusters, on="pod_row"), names).with_columns(pl.lit("all").alias("class"))
    return FLOW.conform(_stamped(joined, stamp))


def _stamped(frame: pl.DataFrame, stamp: Stamp) -> pl.DataFrame:
    return frame.with_columns(
        pl.from_epoch(pl.col("hour"), time_unit="s").dt.cast_time_unit("us").dt.replace_time_zone("UTC").alias("hour"),
        pl.lit(stamp.source).alias("source"),
        pl.lit(stamp.now).dt.cast_time_unit("us").alias("recorded_at"),
    )


def _notes(seen: Observation) -> list[Note]:
    """What a reader must know once: hours that are absent, holes that were bridged."""
    notes = []
    for cluster, first, last, last_hour in seen.clusters.select("cluster", "first", "last", "last_hour").iter_rows():
        if first > seen.span.start:
            notes.append(Note(f"the data begins at {_when(first)}: what came before is absent, not 0", cluster=cluster))
        if last_hour < seen.span.end and last < seen.span.end:
            notes.append(Note(f"the data ends at {_when(last)}: what comes after is absent, not 0", cluster=cluster))
    for cluster, start, end in seen.holes.iter_rows():
        if end > seen.span.start and start < seen.span.end:
            notes.append(
                Note(
                    f"no samples from {_when(start)} to {_when(end)}: what is seen on both sides counts as held",
                    cure="see that the server scrapes without holes",
                    cluster=cluster,
                )
            )
    return notes


def _when(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
