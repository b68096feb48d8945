"""The cluster of the machine-learning team, in another cloud: cards for inference, for training, and in notebooks."""

from __future__ import annotations

from farthing.simulator.dice import DAY_SECONDS
from farthing.simulator.plan import Cluster, Disk, Kind, Pool, Runs
from farthing.simulator.rhythm import STEADY

from .parts import (
    INFERENCE,
    LABORATORY,
    NOTEBOOK,
    OFFICE,
    OPENING,
    PD,
    PROXY,
    STANDARD,
    TRAINING,
    agents,
    ago,
    app,
    one,
    space,
    stateful,
)


def laboratory(anchor: float) -> Cluster:
    """The cluster, with what happened there dated from `anchor`."""
    notebook = ago(anchor, NOTEBOOK)
    pools = (
        Pool("default", STANDARD, 2),
        Pool("inference", INFERENCE, 3, 2, OPENING),
        Pool("training", TRAINING, 1),
        Pool("notebooks", TRAINING, 1, since=notebook - 200),
    )
    spaces = (
        space("recommendations", "machine-learning", "data", "recommendations", "prod", "wei.sato"),
        space("notebooks", "machine-learning", "data", "research", "dev", "wei.sato"),
        space("monitoring", "platform", "engineering", "platform", "prod", "sam.okoro"),
        space("kube-system", "platform", "engineering", "platform", "prod", "sam.okoro"),
    )
    workloads = (
        app(
            "recommendations",
            "ranker",
            3,
            one("ranker", 4.0, 16.0, 0.5, 0.6, 1, 0.55),
            PROXY,
            pool="inference",
            burst=2,
            service="LoadBalancer",
            sends=200_000,
        ),
        app(
            "recommendations",
            "feature-store",
            3,
            one("feature-store", 2.0, 8.0, 0.5, 0.75),
            PROXY,
            pool="default",
            mounts=("training-data",),
            rollouts=9,
        ),
        app("recommendations", "embeddings-api", 2, one("embeddings-api", 1.5, 4.0, 0.5, 0.7), pool="default", rollouts=7),
        stateful("recommendations", "mlflow", 1, one("mlflow", 0.5, 2.0, 0.2, 0.6), pool="default", rhythm=OFFICE, gib=200, storage=PD),
        stateful(
            "notebooks",
            "notebook-lena",
            1,
            one("jupyter", 8.0, 64.0, 0.004, 0.05, 2, 0.0),
            pool="notebooks",
            since=notebook,
            gib=300,
            storage=PD,
            sends=50,
            service="",
        ),
        stateful(
            "notebooks",
            "notebook-jonas",
            1,
            one("jupyter", 2.0, 12.0, 0.3, 0.5),
            pool="default",
            rhythm=OFFICE,
            gib=100,
            storage=PD,
            service="",
        ),
        stateful("monitoring", "prometheus", 1, one("prometheus", 1.0, 5.0, 0.5, 0.8), pool="default", gib=200, storage=PD),
        app(
            "kube-system",
            "kube-dns",
            2,
            one("kubedns", 0.25, 0.128, 0.3, 0.5),
            one("dnsmasq", 0.05, 0.03, 0.2, 0.5),
            pool="default",
            rhythm=STEADY,
            rollouts=25,
        ),
        *agents("gcp"),
    )
    runs = (
        Runs(
            Kind.CRONJOB,
            "recommendations",
            "train-ranker",
            "training",
            (one("trainer", 16.0, 120.0, 0.8, 0.7, 2, 0.88),),
            DAY_SECONDS,
            (28_000, 45_000),
            offset=20 * 3600,
            linger=3600,
        ),
        Runs(
            Kind.CRONJOB,
            "recommendations",
            "refresh-features",
            "default",
            (one("refresh", 2.0, 6.0, 0.9, 0.6),),
            6 * 3600,
            (1500, 2600),
            offset=1800,
        ),
    )
    disks = (Disk("pvc-training-data", 3000, PD, "recommendations", "training-data"),)
    return Cluster(LABORATORY, "gcp", "europe-west4", ("europe-west4-a", "europe-west4-b"), pools, spaces, workloads, runs, disks)
