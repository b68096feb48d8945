"""Facts of a synthetic fleet, day by day and vectorised: what was requested is constant, what was used is noise in every digit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from farthing.core.ledger import Facts, Span
from farthing.core.schema import CAPACITY, FLOW, IDENTITY, USAGE

START = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp())
HOUR, DAY = 3600, 86400
CLUSTERS = 10
CONTAINERS_PER_POD = 2
CONTAINERS_PER_NODE = 40
REPLACED_DAILY = 20  # one pod in so many is another one each day
CORES = (0.05, 0.1, 0.1, 0.25, 0.25, 0.5, 1.0)
MIB = (64, 128, 256, 256, 512, 1024, 2048)
NODE_CORES, NODE_GIB = 16, 64
BOOK = """currency: USD
defaults:
  node:
    on_demand: {cpu: 0.03 $/core-hour, ram: 0.004 $/GiB-hour, gpu: 0.95 $/card-hour}
    spot: {cpu: 0.01 $/core-hour, ram: 0.0013 $/GiB-hour, gpu: 0.95 $/card-hour}
  volume: 0.00005 $/GiB-hour
  load_balancer: 0.025 $/hour
"""


def days(containers: int, count: int) -> Iterator[Facts]:
    """`count` days of a fleet that has so many containers at any moment, newest first."""
    for day in reversed(range(count)):
        yield _day(containers, day)


def span_of(count: int) -> Span:
    """The time that `days` covers."""
    return Span(float(START), float(START + count * DAY))


def _day(containers: int, day: int) -> Facts:
    now = datetime.fromtimestamp(START + (day + 1) * DAY, UTC)
    index = pl.select(i=pl.int_range(containers, dtype=pl.UInt32)).get_column("i")
    pods = pl.DataFrame({"i": index}).with_columns(pod=pl.col("i") // CONTAINERS_PER_POD, container=pl.col("i") % CONTAINERS_PER_POD)
    # a pod that is replaced each day has an identity of its day
    changing = pl.col("pod") % REPLACED_DAILY == 0
    born = pl.when(changing).then(pl.lit(day)).otherwise(0)
    pods = pods.with_columns(
        identity_id=(pl.col("pod").cast(pl.UInt64) * 10_000 + born.cast(pl.UInt64) + 1),
        cluster=pl.format("cluster-{}", pl.col("pod") % CLUSTERS),
        number=(pl.col("i") // CONTAINERS_PER_NODE),
    ).with_columns(node=pl.format("node-{}-{}", pl.col("pod") % CLUSTERS, pl.col("number")))
    pods = pods.with_columns(node_asset_id=pl.col("node").hash(7))
    rows = pods.join(pl.DataFrame({"hour": [START + day * DAY + h * HOUR for h in range(24)]}), how="cross")
    noise = (pl.struct("i", "hour").hash(3).cast(pl.Float64) / 2.0**64, pl.struct("i", "hour").hash(11).cast(pl.Float64) / 2.0**64)
    rows = rows.with_columns(
        cpu_requested=_one_of(CORES, "pod") * HOUR,
        ram_requested=_one_of(MIB, "pod") * 2.0**20 * HOUR,
        first_held=pl.col("hour").cast(pl.Float64),
        last_held=pl.col("hour").cast(pl.Float64) + HOUR,
    ).with_columns(
        cpu_used=(pl.col("cpu_requested") * (0.2 + noise[0] * 1.2)).round(3),
        ram_used=(pl.col("ram_requested") * (0.3 + noise[1])).floor(),
    )
    usage = rows.with_columns(
        hour=_time("hour"),
        container=pl.format("c{}", "container"),
        container_kind=pl.lit("container"),
        held_seconds=pl.lit(float(HOUR)),
        running_seconds=pl.lit(float(HOUR)),
        cpu_held=pl.max_horizontal("cpu_requested", "cpu_used"),
        ram_held=pl.max_horizontal("ram_requested", "ram_used"),
        gpu_requested=pl.lit(0.0),
        gpu_held=pl.lit(0.0),
        time_source=pl.lit("scheduled"),
        marks=pl.lit(0, dtype=pl.UInt32),
        source=pl.lit("bench"),
        recorded_at=pl.lit(now),
    )
    span = Span(float(START + day * DAY), float(START + (day + 1) * DAY))
    return Facts(span, USAGE.conform(usage), _capacity(pods, day, now), FLOW.empty(), _identities(pods))


def _one_of(values: tuple[float, ...], by: str) -> pl.Expr:
    return (pl.col(by) % len(values)).replace_strict({i: float(v) for i, v in enumerate(values)}, return_dtype=pl.Float64)


def _time(column: str) -> pl.Expr:
    return pl.from_epoch(pl.col(column), time_unit="s").dt.cast_time_unit("us").dt.replace_time_zone("UTC")


def _capacity(pods: pl.DataFrame, day: int, now: datetime) -> pl.DataFrame:
    nodes = pods.group_by("cluster", "node", asset_id="node_asset_id").len()
    rows = nodes.join(pl.DataFrame({"hour": [START + day * DAY + h * HOUR for h in range(24)]}), how="cross").with_columns(
        kind=pl.lit("node"),
        name=pl.col("node"),
        provider_id=pl.lit(""),
        first_held=pl.col("hour").cast(pl.Float64),
        last_held=pl.col("hour").cast(pl.Float64) + HOUR,
        seconds=pl.lit(float(HOUR)),
        unobserved_seconds=pl.lit(0.0),
        cpu=pl.lit(float(NODE_CORES * HOUR)),
        ram=pl.lit(float(NODE_GIB * 2**30 * HOUR)),
        gpu=pl.lit(0.0),
        storage=pl.lit(0.0),
        pricing=pl.lit("node"),
        lifecycle=pl.lit("on_demand"),
        labels=pl.lit(None, dtype=CAPACITY.polars["labels"]),
        marks=pl.lit(0, dtype=pl.UInt32),
        source=pl.lit("bench"),
        recorded_at=pl.lit(now),
    )
    return CAPACITY.conform(rows.with_columns(hour=_time("hour")))


def _identities(pods: pl.DataFrame) -> pl.DataFrame:
    names = pods.unique("identity_id", maintain_order=True)
    namespace, controller = pl.format("ns-{}", pl.col("pod") % 80), pl.format("app-{}", pl.col("pod") % 2000)
    label = pl.concat_list(
        pl.struct(key=pl.lit("app"), value=controller), pl.struct(key=pl.lit("team"), value=pl.format("team-{}", pl.col("pod") % 25))
    )
    nothing = pl.lit([], dtype=IDENTITY.polars["annotations"])
    rows = names.with_columns(
        uid=pl.format("uid-{}", "identity_id"),
        namespace=namespace,
        controller=controller,
        pod=pl.format("app-{}-{}", pl.col("pod") % 2000, "identity_id"),
        controller_kind=pl.lit("deployment"),
        owners=pl.concat_list(pl.struct(kind=pl.lit("Deployment"), name=controller)),
        labels=label,
        annotations=nothing,
        namespace_labels=nothing,
        namespace_annotations=nothing,
        services=pl.lit([], dtype=IDENTITY.polars["services"]),
    )
    return IDENTITY.conform(rows)
