"""cAdvisor's series know a pod by its cgroup path, kube-state-metrics by its uid: which series belongs to which pod (ledger 2)."""

from __future__ import annotations

import polars as pl

from farthing.core.units import HOUR_SECONDS

# …-pod3f2a…_… .slice/… (systemd) or /pod3f2a-…/… (cgroupfs); a static pod has a hash without dashes there
UID_IN_PATH = r"pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})"


def with_pods(series: pl.DataFrame, pods: pl.DataFrame) -> pl.DataFrame:
    """series + `pod_row`: the pod of each hourly value; values of pods that are not known are left out.

    series: `cluster`, `namespace`, `pod`, `id`, `hour`, …; pods: as `pod_lives`. The uid inside `id` decides; without one, the
    pod that held the name in that hour, the latest bound where several did. Adds `by_name` where the name decided, `contested`
    where several pods held it in the hour.
    """
    uids = series.select("id").unique().with_columns(pl.col("id").str.extract(UID_IN_PATH).str.replace_all("_", "-").alias("_uid"))
    known = pods.select("cluster", pl.col("uid").alias("_uid"), pl.col("pod_row").alias("_by_uid"))
    with_uid = series.join(uids, on="id", how="left", nulls_equal=True).join(known, on=["cluster", "_uid"], how="left")
    sure = with_uid.filter(pl.col("_by_uid").is_not_null()).with_columns(
        pl.col("_by_uid").alias("pod_row"), pl.lit(False).alias("by_name"), pl.lit(False).alias("contested")
    )
    # a uid that is told decides, also where no such pod is known; only where pods tell none can it be a name's
    nameless = with_uid.filter(pl.col("_by_uid").is_null())
    rest = nameless if pods["uid"].null_count() else nameless.filter(pl.col("_uid").is_null())
    found = _by_name(rest, pods).with_columns(pl.lit(True).alias("by_name"))
    columns = [*series.columns, "pod_row", "by_name", "contested"]
    return pl.concat([sure.select(columns), found.select(columns)])


def _by_name(series: pl.DataFrame, pods: pl.DataFrame) -> pl.DataFrame:
    holders = pods.select("cluster", "namespace", "pod", "bind", "end", "pod_row").sort("bind")
    distinct = series.select("cluster", "namespace", "pod", "hour").unique()
    pairs = (
        distinct.join(holders, on=["cluster", "namespace", "pod"])
        # a sample may lie a scrape interval after the release
        .filter((pl.col("bind") < pl.col("hour") + HOUR_SECONDS) & (pl.col("end") > pl.col("hour") - 120))
        .sort("bind")
        .group_by("cluster", "namespace", "pod", "hour", maintain_order=True)
        .agg(pl.col("pod_row").last(), (pl.len() > 1).alias("contested"))
    )
    return series.join(pairs, on=["cluster", "namespace", "pod", "hour"])
