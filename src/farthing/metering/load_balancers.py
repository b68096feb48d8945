"""Load balancers: one per address, shared by the ready endpoint pods of its services (ledger 7)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import Mark
from farthing.core.units import HOUR_SECONDS

from .assets import with_ids
from .endpoints import ready_addresses
from .lifetimes import by_hour
from .measurements import SERVICE_CREATED, SERVICE_INGRESS, SERVICE_TYPE, Measurement
from .observation import Observation, data_ends
from .shares import equal_shares, merged
from .source import Of, Source

NAME = ("cluster", "namespace", "service")
SERVICE = (*NAME, "uid")


def load_balancer_lives(source: Source, seen: Observation) -> pl.DataFrame:
    """Every service of type LoadBalancer within reach, with the address that it stands behind.

    Returns `asset_id` (one per address), `cluster`, `namespace`, `service`, `name`, `address`, `start`, `end`.
    """
    (types,) = source.index([SERVICE_TYPE], seen.reach)
    ingress, created = source.hourly([SERVICE_INGRESS, SERVICE_CREATED], seen.reach)
    wanted = types.select(SERVICE).unique()
    ingress = ingress.with_columns(pl.coalesce("ip", "hostname").alias("address")).drop_nulls("address")
    wanted = pl.concat([wanted, ingress.select(SERVICE).unique()]).unique(maintain_order=True)
    there = created.join(wanted, on=SERVICE, how="semi", nulls_equal=True)
    services = there.group_by(SERVICE).agg(
        pl.col("v").max().alias("created"), pl.col("hour").min().alias("hour_first"), pl.col("hour").max().alias("hour_last")
    )
    addresses = ingress.group_by(SERVICE).agg(pl.col("address").sort_by("hour").last(), pl.col("hour").min().alias("addressed_hour"))
    services = services.join(addresses, on=SERVICE, how="left").join(seen.clusters, on="cluster")
    services = _addressed(source, seen, services)
    services = _removed(source, seen, services)
    services = services.with_columns((pl.col("namespace") + "/" + pl.col("service")).alias("name"))
    services = services.with_columns(pl.coalesce("address", "name").alias("_address"))
    named = with_ids(services, ["cluster", "_address"], "asset_id", "load_balancer")
    return named.filter(pl.col("end") > pl.col("start")).select("asset_id", *SERVICE, "name", "address", "start", "end")


def _addressed(source: Source, seen: Observation, services: pl.DataFrame) -> pl.DataFrame:
    """`start`: the moment the service has an address, else its creation."""
    late = services.filter((pl.col("addressed_hour") > seen.reach.start) & (pl.col("created") < pl.col("addressed_hour") + HOUR_SECONDS))
    samples = _samples(source, SERVICE_INGRESS, late, "addressed_hour")
    first = samples.group_by(SERVICE).agg(pl.col("t").min().alias("sampled"))
    joined = services.join(first, on=SERVICE, how="left")
    sampled = pl.col("sampled") - pl.col("interval") / 2
    # an address that was there from the first scrape on came with the service
    start = pl.when(pl.col("sampled") > pl.max_horizontal("created", "first") + pl.col("interval")).then(sampled).otherwise("created")
    return joined.with_columns(pl.max_horizontal(start, "first").alias("start"))


def _removed(source: Source, seen: Observation, services: pl.DataFrame) -> pl.DataFrame:
    gone = services.filter(pl.col("hour_last") < pl.col("last_hour"))
    ending = services.filter((pl.col("hour_last") == pl.col("last_hour")) & data_ends(seen))
    gone = pl.concat([gone, seen.gone_at_the_end(source, SERVICE_CREATED, ending, SERVICE)])
    samples = _samples(source, SERVICE_CREATED, gone, "hour_last")
    last = samples.group_by(SERVICE).agg(pl.col("t").max().alias("last_sample"))
    end = (pl.col("last_sample") + pl.col("interval") / 2).fill_null(float("inf"))
    return services.join(last, on=SERVICE, how="left").with_columns(
        pl.when(data_ends(seen)).then(pl.min_horizontal(end, "last")).otherwise(end).alias("end")
    )


def load_balancer_capacity(seen: Observation, lives: pl.DataFrame) -> pl.DataFrame:
    """Hours of every load balancer: from its first service's address to its last service's removal, once per address."""
    once = merged(lives.select(thing="asset_id", group=pl.lit(""), holder=pl.lit(0), start="start", end="end"))
    named = lives.sort("start", "name").unique("asset_id", keep="first", maintain_order=True).drop("start", "end")
    hours = by_hour(once.select("start", "end", asset_id="thing").join(named, on="asset_id"), seen.span)
    return (
        hours.sort("first_held")
        .group_by("asset_id", "hour", maintain_order=True)
        .agg(
            pl.col("cluster", "namespace", "service", "name", "address").first(),
            pl.col("first_held").min(),
            pl.col("last_held").max(),
            pl.col("held_seconds").sum(),
        )
    )


def load_balancer_shares(source: Source, seen: Observation, pods: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """`pod_row`, `hour`, `asset_id`, `seconds`, `marks`: each second is shared equally by the services behind the address that
    have ready endpoints, and each service's part by its ready endpoint pods."""
    empty = pl.DataFrame(schema={"pod_row": pl.UInt32, "hour": pl.Int64, "asset_id": pl.UInt64, "seconds": pl.Float64, "marks": pl.UInt32})
    if lives.height == 0:
        return empty
    ready = ready_addresses(source, seen, set(lives["service"]))
    held = (
        ready.join(lives.select("asset_id", "name", *NAME, lb_start="start", lb_end="end"), on=NAME)
        .join(
            pods.select("cluster", "namespace", "pod_row", "host_network", ip="pod_ip", pod_start="start", pod_end="end"),
            on=["cluster", "namespace", "ip"],
        )
        .with_columns(
            pl.max_horizontal("start", "lb_start", "pod_start").alias("start"), pl.min_horizontal("end", "lb_end", "pod_end").alias("end")
        )
    )
    hours = by_hour(held, seen.span)
    if hours.height == 0:
        return empty
    holds = hours.select(thing=pl.struct("asset_id", "hour"), group="name", holder="pod_row", start="first_held", end="last_held")
    shares = equal_shares(holds)
    shared = pl.when(pl.col("host_network") == "true").then(Mark.ENDPOINT_SPLIT_EVENLY.value).otherwise(0).cast(pl.UInt32)
    marks = pods.select("pod_row", shared.alias("marks"))
    return shares.unnest("thing").rename({"holder": "pod_row"}).join(marks, on="pod_row").select(empty.columns)


def _samples(source: Source, measurement: Measurement, services: pl.DataFrame, column: str) -> pl.DataFrame:
    frames = [pl.DataFrame(schema={**dict.fromkeys(SERVICE, pl.String), "t": pl.Float64})]
    for (hour,), group in services.group_by(column, maintain_order=True):
        start = float(hour)
        found = source.samples(measurement, Span(start, start + HOUR_SECONDS), Of("service", set(group["service"])))
        frames.append(found.select(*SERVICE, "t").join(group.select(SERVICE), on=SERVICE, how="semi"))
    return pl.concat(frames)
