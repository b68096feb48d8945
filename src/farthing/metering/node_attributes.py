"""What prices of a node are looked up by, from its labels of the hour (ledger 3, 8)."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from .label_sets import PAIRS, Pairs, ranked, relabelled
from .lifetimes import hours_spanned
from .measurements import NODE_LABELS
from .observation import Observation
from .source import Of, Source

# Well-known labels, as kube-state-metrics spells them. First hit counts.
TOLD_BY = {
    "region": ("topology_kubernetes_io_region", "failure_domain_beta_kubernetes_io_region"),
    "zone": ("topology_kubernetes_io_zone", "failure_domain_beta_kubernetes_io_zone"),
    "instance_type": ("node_kubernetes_io_instance_type", "beta_kubernetes_io_instance_type"),
    "gpu_model": (
        "nvidia_com_gpu_product",
        "cloud_google_com_gke_accelerator",
        "k8s_amazonaws_com_accelerator",
        "amd_com_gpu_product_name",
    ),
}
SPOT_LABELS = {  # label: the values, in any case, that say spot
    "karpenter_sh_capacity_type": "spot",
    "eks_amazonaws_com_capacityType": "SPOT",
    "cloud_google_com_gke_spot": "true",
    "cloud_google_com_gke_preemptible": "true",
    "cloud_google_com_gke_provisioning": "spot|preemptible",
    "kubernetes_azure_com_scalesetpriority": "spot",
    "node_kubernetes_io_lifecycle": "spot",
    "lifecycle": "ec2spot",
    "node_lifecycle": "spot",
}
POD_PRICED_LABELS = {"eks_amazonaws_com_compute_type": "fargate", "type": "virtual-kubelet"}

NODE = ["cluster", "node"]
WHOLE = ["labels", "lifecycle", "pricing"]
ATTRIBUTES = [*WHOLE, *TOLD_BY]
PREFIX = "label_"


def node_attributes(source: Source, seen: Observation, hours: pl.DataFrame) -> pl.DataFrame:
    """`asset_id`, `hour`, `labels`, `lifecycle`, `pricing`, `region`, `zone`, `instance_type`, `gpu_model` (NULL: not told).

    hours: `asset_id`, `cluster`, `node`, `hour`, `first_held`, `last_held`. A name that had several sets of labels has in each
    hour the one that was there longest; where two nodes of that name shared the hour, each has what was seen in its own life.
    Labels that say what a node is are added late (device plugins): those that any set of the hour tells count. Hours without
    a sample take those of the node's nearest hour that has one, earlier before later.
    """
    (index,) = source.index([NODE_LABELS], seen.reach, prefix=PREFIX)
    several = relabelled(index, NODE)
    plain = index.join(several, on=NODE, how="anti", nulls_equal=True)
    plain = pl.concat([plain.select(NODE), _read(plain["labels"])], how="horizontal")
    told = hours.join(plain, on=NODE).select("asset_id", "hour", *ATTRIBUTES)
    changing = hours.join(several, on=NODE, how="semi")
    return pl.concat([told, _by_hour(source, changing).select(told.columns)]) if changing.height else told


def _by_hour(source: Source, hours: pl.DataFrame) -> pl.DataFrame:
    """`asset_id`, `hour` and the attributes, of nodes whose names had several sets of labels."""
    keys = ["asset_id"]
    span = hours_spanned(hours)
    counted = source.labelled(NODE_LABELS, span, PREFIX, Of("node", set(hours["node"])))
    together = pl.len().over(*NODE, "hour") > 1
    alone = hours.filter(~together).join(counted, on=[*NODE, "hour"]).select(*keys, "hour", "labels", "v")
    counts = pl.concat([alone, *_shared_hours(source, hours.filter(together))])
    order = ranked(counts, keys)
    sets = order.unique("set", maintain_order=True)
    known = pl.concat([sets.select("set"), _read(sets["labels"])], how="horizontal")
    of_hour = (
        order.drop("labels")
        .join(known, on="set", how="left", maintain_order="left")
        .group_by(*keys, "hour", maintain_order=True)
        .agg(*[pl.col(c).first() for c in WHOLE], *[pl.col(c).drop_nulls().first() for c in TOLD_BY])
        .with_columns(pl.lit(True).alias("sampled"))
    )
    every = hours.select(*keys, "hour").join(of_hour, on=[*keys, "hour"], how="left")
    # a sampled hour that tells no region is not a hole: whole rows are taken from the nearest sampled hour
    nearest = pl.when("sampled").then("hour").forward_fill().backward_fill().over("asset_id", order_by="hour").alias("nearest")
    told = of_hour.drop("sampled").rename({"hour": "nearest"})
    return every.select(*keys, "hour", nearest).join(told, on=[*keys, "nearest"], how="left").drop("nearest")


def _shared_hours(source: Source, hours: pl.DataFrame) -> list[pl.DataFrame]:
    """Samples per set of labels inside each node's own part of an hour in which its name had two; none where there is no such hour."""
    if hours.height == 0:
        return []
    samples = source.samples(NODE_LABELS, hours_spanned(hours), Of("node", set(hours["node"])), prefix=PREFIX)
    own = hours.select("asset_id", *NODE, "hour", "first_held", "last_held").join(samples, on=NODE)
    own = own.filter((pl.col("t") >= pl.col("first_held")) & (pl.col("t") < pl.col("last_held")))
    return [own.select("asset_id", "hour", "labels", pl.lit(1.0).alias("v"))]


def _read(sets: Iterable[Pairs]) -> pl.DataFrame:
    """One row of attributes per set of labels."""
    rows = []
    for pairs in sets:
        found = {p["key"]: p["value"] for p in pairs}
        spot = any(found.get(k, "").lower() in v.lower().split("|") for k, v in SPOT_LABELS.items())
        by_pod = any(found.get(k, "").lower() == v for k, v in POD_PRICED_LABELS.items())
        rows.append(
            {
                "labels": pairs,
                "lifecycle": "spot" if spot else "on_demand",
                "pricing": "pod" if by_pod else "node",
                **{name: _first(found, labels) for name, labels in TOLD_BY.items()},
            }
        )
    return pl.DataFrame(rows, schema={c: PAIRS if c == "labels" else pl.String for c in ATTRIBUTES})


def _first(labels: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((labels[n] for n in names if labels.get(n)), None)
