"""Volumes: when they exist, how large they are, and which pods hold them (ledger 6)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS

from .assets import with_ids
from .lifetimes import by_hour
from .measurements import CLAIM_INFO, POD, POD_CLAIMS, VOLUME_BYTES, VOLUME_CLAIM, VOLUME_CREATED, VOLUME_FIRST_CREATED, VOLUME_INFO
from .observation import Observation, data_ends
from .shares import equal_shares
from .source import Of, Source

KEY = ("cluster", "persistentvolume")


def volume_lives(source: Source, seen: Observation, bytes_: pl.DataFrame) -> pl.DataFrame:
    """Every volume within reach. bytes_: hourly VOLUME_BYTES.

    Returns `asset_id`, `cluster`, `name`, `provider_id`, `storage_class`, `claim_namespace`, `claim_name`, `start`, `end`.
    """
    info, claim_ref, claims = source.index([VOLUME_INFO, VOLUME_CLAIM, CLAIM_INFO], seen.reach)
    created, first_created = source.hourly([VOLUME_CREATED, VOLUME_FIRST_CREATED], seen.reach)
    births = created.group_by(KEY).agg(pl.col("v").max().alias("created"))
    earliest = first_created.group_by(KEY).agg(pl.col("v").min().alias("earliest"))
    remade = births.join(earliest, on=KEY).filter(pl.col("earliest") < pl.col("created")).select(KEY)
    there = bytes_.group_by(KEY, maintain_order=True).agg(pl.col("hour").min().alias("hour_first"), pl.col("hour").max().alias("hour_last"))
    volumes = there.join(births, on=KEY, how="left").join(seen.clusters, on="cluster")
    begins = _first_samples(source, seen, volumes.filter(pl.col("created").is_null() & (pl.col("hour_first") > seen.reach.start)))
    gone = volumes.filter(pl.col("hour_last") < pl.col("last_hour"))
    ending = volumes.filter((pl.col("hour_last") == pl.col("last_hour")) & data_ends(seen))
    gone = pl.concat([gone, seen.gone_at_the_end(source, VOLUME_BYTES, ending, KEY)])
    ends = _last_samples(source, seen, gone)
    volumes = volumes.join(begins, on=KEY, how="left").join(ends, on=KEY, how="left")
    volumes = volumes.with_columns(
        pl.max_horizontal(pl.coalesce("created", "sampled", pl.lit(float("-inf"))), "first").alias("start"),
        pl.when(data_ends(seen))
        .then(pl.min_horizontal(pl.col("end").fill_null(float("inf")), "last"))
        .otherwise(pl.col("end").fill_null(float("inf")))
        .alias("end"),
    )
    bound = claim_ref.select("cluster", "persistentvolume", "claim_namespace", claim_name="name")
    by_claim = claims.select(
        "cluster", pl.col("volumename").alias("persistentvolume"), claim_namespace="namespace", claim_name="persistentvolumeclaim"
    )
    claim = pl.concat([bound, by_claim]).drop_nulls("claim_name").unique(KEY, keep="first", maintain_order=True)
    named = volumes.join(info.unique(KEY, keep="last", maintain_order=True), on=KEY, how="left").join(claim, on=KEY, how="left")
    if remade.height:
        again = _remade(source, seen, named.join(remade, on=KEY, how="semi"))
        named = pl.concat([named.join(remade, on=KEY, how="anti"), again.select(named.columns)])
    named = named.select(
        "cluster",
        "start",
        "end",
        "claim_namespace",
        "claim_name",
        "created",
        name="persistentvolume",
        storage_class="storageclass",
        provider_id=pl.col("csi_volume_handle").fill_null(""),
    )
    return with_ids(named, ["cluster", "name", "provider_id", "created"], "asset_id", "disk").drop("created")


def _remade(source: Source, seen: Observation, volumes: pl.DataFrame) -> pl.DataFrame:
    """Names that several volumes had: each from its own creation to its last sample, with the claim that it had then."""
    of = Of("persistentvolume", set(volumes["persistentvolume"]))
    lives = (
        source.samples(VOLUME_CREATED, seen.reach, of)
        .group_by(*KEY, "v")
        .agg(pl.col("t").min().alias("from"), pl.col("t").max().alias("to"))
    )
    bound = source.samples(VOLUME_CLAIM, seen.reach, of).select(*KEY, "t", claim_namespace="claim_namespace", claim_name="name")
    within = lives.join(bound, on=KEY).filter(pl.col("t").is_between("from", "to"))
    claims = within.sort("t").group_by(*KEY, "v").agg(pl.col("claim_namespace").last(), pl.col("claim_name").last())
    timed = lives.join(claims, on=[*KEY, "v"], how="left").join(
        volumes.drop("created", "start", "end", "claim_namespace", "claim_name"), on=KEY
    )
    newest = pl.col("v") == pl.col("v").max().over(KEY)
    still = newest & (pl.col("hour_last") == pl.col("last_hour"))
    return timed.with_columns(
        pl.col("v").alias("created"),
        pl.max_horizontal("v", "first").alias("start"),
        pl.when(still).then(float("inf")).otherwise(pl.col("to") + pl.col("interval") / 2).alias("end"),
    )


def volume_capacity(source: Source, seen: Observation, lives: pl.DataFrame, bytes_: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Hours of every volume with `storage` (byte-seconds), and its sizes over time (`thing`, `start`, `end`, `size`)."""
    hours = by_hour(lives, seen.reach).join(
        bytes_.select("cluster", name="persistentvolume", hour="hour", mean="v"), on=["cluster", "name", "hour"], how="left"
    )
    hours = hours.with_columns(pl.col("mean").forward_fill().backward_fill().over("asset_id", order_by="hour"))
    hours = hours.filter((pl.col("hour") >= seen.span.start) & (pl.col("hour") < seen.span.end))
    # a size that differs from the hour's before and after changed inside it: its samples tell when
    around = (
        bytes_.select("cluster", name="persistentvolume", hour="hour", mean="v")
        .sort("hour")
        .with_columns(
            pl.col("mean").shift(1).over("cluster", "name").alias("_before"),
            pl.col("mean").shift(-1).over("cluster", "name").alias("_after"),
        )
    )
    changes = around.filter(
        ((pl.col("mean") != pl.col("_before")).fill_null(False) | (pl.col("mean") != pl.col("_after")).fill_null(False))
        & (pl.col("hour") >= seen.span.start)
        & (pl.col("hour") < seen.span.end)
    )
    sizes = _sizes(source, hours, changes.select("cluster", "name", "hour"))
    storage = sizes.group_by(pl.col("thing").alias("asset_id"), "hour").agg(
        ((pl.col("end") - pl.col("start")) * pl.col("size")).sum().alias("storage")
    )
    capacity = hours.join(storage, on=["asset_id", "hour"], how="left").with_columns(pl.col("storage").fill_null(0.0))
    return capacity, sizes.select("thing", "start", "end", "size")


def _sizes(source: Source, hours: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """`thing`, `hour`, `start`, `end`, `size`: constant but in hours of a resize."""
    flat = hours.join(changes, on=["cluster", "name", "hour"], how="anti")
    constant = flat.select("hour", thing="asset_id", start="first_held", end="last_held", size="mean")
    resized = hours.join(changes, on=["cluster", "name", "hour"], how="semi")
    if resized.height == 0:
        return constant
    frames = []
    for (hour,), group in resized.group_by("hour", maintain_order=True):
        start = float(hour)
        samples = source.samples(VOLUME_BYTES, Span(start, start + HOUR_SECONDS), Of("persistentvolume", set(group["name"])))
        mine = group.join(samples.rename({"persistentvolume": "name"}), on=["cluster", "name"]).sort("asset_id", "t")
        steps = mine.filter((pl.col("v") != pl.col("v").shift(1).over("asset_id")).fill_null(True))
        # the change lies between two samples: half way
        ahead = mine.with_columns(pl.col("t").shift(1).over("asset_id").alias("previous")).select("asset_id", "t", "previous")
        steps = steps.join(ahead, on=["asset_id", "t"]).with_columns(
            pl.when(pl.col("previous").is_null()).then("first_held").otherwise((pl.col("t") + pl.col("previous")) / 2).alias("start")
        )
        steps = steps.with_columns(pl.col("start").shift(-1).over("asset_id").fill_null(pl.col("last_held")).alias("end"))
        frames.append(steps.select("hour", thing="asset_id", start="start", end="end", size="v"))
    return pl.concat([constant, *frames])


def volume_shares(source: Source, seen: Observation, pods: pl.DataFrame, lives: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Who holds which volume: `pod_row`, `hour`, `asset_id`, `seconds`, `byte_seconds`, shared equally second by second."""
    (mounts,) = source.index([POD_CLAIMS], seen.reach)
    held = (
        mounts.select("cluster", *POD, claim="persistentvolumeclaim")
        .unique()
        .join(pods.select("cluster", "uid", "pod_row", "start", "end"), on=["cluster", "uid"])
        .join(bound_claims(source, seen, lives), on=["cluster", "namespace", "claim"])
        .join(lives.select("cluster", "name", "asset_id", volume_start="start", volume_end="end"), on=["cluster", "name"])
        .with_columns(
            pl.max_horizontal("start", "volume_start", "claim_start").alias("start"),
            pl.min_horizontal("end", "volume_end", "claim_end").alias("end"),
        )
    )
    hours = by_hour(held, seen.span)
    if hours.height == 0:
        return hours.select("pod_row", "hour", "asset_id").with_columns(pl.lit(0.0).alias("seconds"), pl.lit(0.0).alias("byte_seconds"))
    things = pl.struct("asset_id", "hour")
    holds = hours.select(thing=things, holder="pod_row", start="first_held", end="last_held")
    by_size = sizes.with_columns(((pl.col("start") / HOUR_SECONDS).floor().cast(pl.Int64) * HOUR_SECONDS).alias("hour"))
    weights = by_size.select(thing=pl.struct(asset_id="thing", hour="hour"), start="start", end="end", size="size")
    shares = equal_shares(holds, weights.join(holds.select("thing").unique(), on="thing", how="semi"))
    return shares.unnest("thing").select("hour", "asset_id", "seconds", pod_row="holder", byte_seconds="weighted")


def bound_claims(source: Source, seen: Observation, lives: pl.DataFrame) -> pl.DataFrame:
    """Which volume a claim was, and when: `cluster`, `namespace`, `claim`, `name` (of the volume), `claim_start`, `claim_end`.

    The claim itself says it; what a volume says of its claim outlives the claim, and counts only where no claim tells. A name that
    was claimed anew has several volumes: samples tell when each was its own.
    """
    (claims,) = source.index([CLAIM_INFO], seen.reach)
    told = claims.select("cluster", "namespace", claim="persistentvolumeclaim", name="volumename").drop_nulls("name").unique()
    told = told.with_columns(pl.lit(float("-inf")).alias("claim_start"), pl.lit(float("inf")).alias("claim_end"))
    key = ["cluster", "namespace", "claim"]
    anew = told.filter(pl.len().over(key) > 1)
    refs = (
        lives.select("cluster", namespace="claim_namespace", claim="claim_name", name="name")
        .drop_nulls("claim")
        .join(told, on=key, how="anti")
    )
    refs = refs.with_columns(pl.lit(float("-inf")).alias("claim_start"), pl.lit(float("inf")).alias("claim_end"))
    if anew.height == 0:
        return pl.concat([told, refs])
    samples = source.samples(CLAIM_INFO, seen.reach, Of("persistentvolumeclaim", set(anew["claim"])))
    seen_at = samples.group_by("cluster", "namespace", "persistentvolumeclaim", "volumename").agg(
        pl.col("t").min().alias("first_sample"), pl.col("t").max().alias("last_sample")
    )
    half = pl.col("interval") / 2
    timed = seen_at.join(seen.clusters.select("cluster", "interval"), on="cluster").select(
        "cluster",
        "namespace",
        (pl.col("first_sample") - half).alias("claim_start"),
        (pl.col("last_sample") + half).alias("claim_end"),
        claim="persistentvolumeclaim",
        name="volumename",
    )
    again = anew.select(*key, "name").join(timed, on=[*key, "name"])
    return pl.concat([told.join(anew, on=[*key, "name"], how="anti"), again.select(told.columns), refs])


def _first_samples(source: Source, seen: Observation, volumes: pl.DataFrame) -> pl.DataFrame:
    frame = _samples(source, volumes, "hour_first")
    if frame is None:
        return volumes.select(KEY).with_columns(pl.lit(0.0).alias("sampled")).clear()
    first = frame.group_by(KEY).agg(pl.col("t").min()).join(seen.clusters.select("cluster", "interval"), on="cluster")
    return first.select(*KEY, (pl.col("t") - pl.col("interval") / 2).alias("sampled"))


def _last_samples(source: Source, seen: Observation, volumes: pl.DataFrame) -> pl.DataFrame:
    frame = _samples(source, volumes, "hour_last")
    if frame is None:
        return volumes.select(KEY).with_columns(pl.lit(0.0).alias("end")).clear()
    last = frame.group_by(KEY).agg(pl.col("t").max()).join(seen.clusters.select("cluster", "interval"), on="cluster")
    return last.select(*KEY, (pl.col("t") + pl.col("interval") / 2).alias("end"))


def _samples(source: Source, volumes: pl.DataFrame, column: str) -> pl.DataFrame | None:
    frames = []
    for (hour,), group in volumes.group_by(column, maintain_order=True):
        start = float(hour)
        frames.append(
            source.samples(VOLUME_BYTES, Span(start, start + HOUR_SECONDS), Of("persistentvolume", set(group["persistentvolume"]))).join(
                group.select(KEY), on=KEY, how="semi"
            )
        )
    return pl.concat(frames) if frames else None
