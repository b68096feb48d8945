"""The shop's own cluster: what customers see, what pays and ships, its data, and what all of it stands on."""

from __future__ import annotations

from farthing.simulator.dice import DAY_SECONDS
from farthing.simulator.plan import Cluster, Container, Disk, Kind, Pool, Runaway, Runs, Surge
from farthing.simulator.rhythm import STEADY

from .parts import (
    COMPUTE,
    GENERAL,
    GP3,
    IO2,
    LAUNCHED,
    MEMORY,
    MIGRATE,
    MIGRATED,
    OFFICE,
    OLD,
    OPENING,
    PROXY,
    RAN_AWAY,
    REGISTRY,
    RIGHT_SIZED,
    SHOP,
    STOPPED,
    VAULT,
    WORKING,
    agents,
    ago,
    app,
    one,
    space,
    stateful,
)


def shop(anchor: float) -> Cluster:
    """The cluster, with what happened there dated from `anchor`."""
    migrated = ago(anchor, MIGRATED)
    right_sized = ago(anchor, RIGHT_SIZED)
    ran_away, stopped = ago(anchor, RAN_AWAY), ago(anchor, STOPPED)
    pools = (
        Pool("general", GENERAL, 6, 4, OPENING, renew_days=21),
        Pool("memory", MEMORY, 3),
        Pool("batch", COMPUTE, 1, 1, WORKING, spot=True, renew_days=4),
        # the autoscaler adds a machine whenever the runs that pile up fill those there are
        Pool("workers", COMPUTE, 1, surges=tuple(Surge(ran_away + 28800 * (i + 1), stopped + 1800, 1) for i in range(12))),
        Pool("legacy", OLD, 4),
    )
    spaces = (
        space("storefront", "storefront", "commerce", "webshop", "prod", "maren.holt"),
        space("checkout", "payments", "commerce", "checkout", "prod", "idris.vane"),
        space("search", "search", "commerce", "search", "prod", "tove.lind"),
        space("logistics", "fulfilment", "operations", "warehouse", "prod", "paulo.reis"),
        space("analytics", "data", "data", "analytics", "prod", "ana.kovac"),
        space("databases", "platform", "engineering", "platform", "prod", "sam.okoro"),
        space("platform", "platform", "engineering", "platform", "prod", "sam.okoro"),
        space("monitoring", "platform", "engineering", "platform", "prod", "sam.okoro"),
        space("kube-system", "platform", "engineering", "platform", "prod", "sam.okoro"),
    )
    storefront = (
        app(
            "storefront",
            "web",
            5,
            one("web", 1.0, 1.5, 0.5, 0.7),
            PROXY,
            kind=Kind.ROLLOUT,
            burst=4,
            rollouts=3.5,
            service="LoadBalancer",
            sends=600_000,
        ),
        app("storefront", "bff", 3, one("bff", 0.8, 1.0, 0.55, 0.7), PROXY, burst=3, rollouts=3.5, sends=250_000),
        app("storefront", "image-resizer", 3, one("image-resizer", 1.0, 2.0, 0.7, 0.6), burst=2, mounts=("product-images",), sends=400_000),
        app("storefront", "catalogue", 6, one("catalogue", 5.0, 14.0, 0.4, 0.5), PROXY, pool="legacy", until=migrated + 120, rollouts=8),
        app("storefront", "catalogue", 4, one("catalogue", 1.5, 4.0, 0.6, 0.7), PROXY, since=migrated, rollouts=8, sends=90_000),
        app("storefront", "reviews", 4, one("reviews", 3.0, 8.0, 0.35, 0.5), PROXY, pool="legacy", until=migrated + 180, rollouts=9),
        app("storefront", "reviews", 2, one("reviews", 1.0, 2.0, 0.5, 0.7), PROXY, since=migrated + 60, rollouts=9),
        app(
            "storefront",
            "wishlist",
            3,
            one("wishlist", 0.75, 1.5, 0.45, 0.6),
            PROXY,
            since=ago(anchor, LAUNCHED),
            rollouts=2.5,
            service="LoadBalancer",
            labels=(("app", "wishlist"),),
            sends=120_000,
        ),
    )
    payments = (
        app(
            "checkout",
            "checkout-api",
            5,
            one("checkout-api", 2.6, 6.0, 0.19, 0.3),
            PROXY,
            MIGRATE,
            rollouts=5,
            sends=80_000,
            later=(
                right_sized,
                (Container("checkout-api", f"{REGISTRY}/checkout-api:2026.46.1", 0.8, 2.2, uses_cpu=0.49, uses_gib=1.8), PROXY, MIGRATE),
            ),
        ),
        app(
            "checkout",
            "payments-api",
            3,
            one("payments-api", 2.0, 4.0, 0.2, 0.3),
            PROXY,
            VAULT,
            rollouts=7,
            later=(
                right_sized,
                (Container("payments-api", f"{REGISTRY}/payments-api:2026.46.1", 0.7, 1.6, uses_cpu=0.4, uses_gib=1.2), PROXY, VAULT),
            ),
        ),
        app(
            "checkout",
            "fraud-scoring",
            3,
            one("fraud-scoring", 2.0, 5.0, 0.25, 0.4),
            rollouts=7,
            later=(right_sized, (Container("fraud-scoring", f"{REGISTRY}/fraud-scoring:2026.46.1", 0.9, 2.5, uses_cpu=0.5, uses_gib=2.0),)),
        ),
        app("checkout", "cart", 3, one("cart", 0.5, 1.0, 0.5, 0.7), PROXY, burst=2, rollouts=5),
        stateful("checkout", "redis", 3, one("redis", 0.5, 3.0, 0.3, 0.8), gib=20),
    )
    search = (
        app("search", "query", 4, one("query", 1.2, 2.5, 0.6, 0.8), PROXY, burst=3, rollouts=5, sends=150_000),
        app("search", "indexer", 2, one("indexer", 1.0, 3.0, 0.62, 0.8), rollouts=6),
        stateful("search", "opensearch", 3, one("opensearch", 3.0, 24.0, 0.5, 0.85), pool="memory", gib=1500),
    )
    logistics = (
        app("logistics", "warehouse-api", 3, one("warehouse-api", 0.8, 1.5, 0.4, 0.7), PROXY, VAULT, rhythm=OFFICE),
        app("logistics", "scanner-gateway", 2, one("scanner-gateway", 0.5, 0.5, 0.4, 0.7), rhythm=OFFICE, service="LoadBalancer"),
        app("logistics", "label-printer", 2, one("label-printer", 0.3, 0.5, 0.2, 0.6, restarts=1.5), rhythm=OFFICE, rollouts=12),
        app("logistics", "edi-bridge", 1, one("edi-bridge", 0.5, 1.0, 0.1, 0.5), kind=Kind.POD, rollouts=0, service=""),
    )
    analytics = (
        stateful("analytics", "kafka", 3, one("kafka", 2.0, 12.0, 0.5, 0.8), pool="memory", gib=1000),
        stateful(
            "analytics",
            "clickhouse",
            3,
            one("clickhouse", 4.0, 32.0, 0.35, 0.7),
            pool="memory",
            gib=3000,
        ),
        app(
            "analytics",
            "airflow-scheduler",
            1,
            one("airflow-scheduler", 0.5, 1.5, 0.5, 0.7),
            one("git-sync", 0.05, 0.064, 0.2, 0.5),
            service="",
        ),
        app("analytics", "superset", 2, one("superset", 0.75, 2.0, 0.25, 0.7, restarts=5), rhythm=OFFICE, mounts=("superset-uploads",)),
    )
    platform = (
        app("platform", "ingress-nginx", 3, one("controller", 0.8, 1.0, 0.6, 0.6), rollouts=15, service="LoadBalancer", sends=900_000),
        app("platform", "argocd-server", 2, one("argocd-server", 0.2, 0.5, 0.3, 0.6), rhythm=OFFICE, rollouts=20),
        app("platform", "argocd-repo-server", 2, one("repo-server", 0.3, 0.5, 0.4, 0.6), rhythm=OFFICE, rollouts=20),
        app("platform", "cert-manager", 1, one("cert-manager", 0.1, 0.25, 0.2, 0.6), rhythm=STEADY, rollouts=20, service=""),
        stateful("platform", "vault", 3, one("vault", 0.5, 1.0, 0.2, 0.6), gib=20),
        stateful(
            "databases",
            "orders-db",
            2,
            one("postgres", 3.0, 20.0, 0.5, 0.9),
            one("exporter", 0.1, 0.128, 0.2, 0.5),
            pool="memory",
            gib=1000,
            storage=IO2,
        ),
        stateful("databases", "catalogue-db", 2, one("postgres", 2.0, 12.0, 0.3, 0.85), pool="memory", gib=500),
        stateful(
            "monitoring", "prometheus", 1, one("prometheus", 2.0, 10.0, 0.6, 0.9), one("config-reloader", 0.02, 0.05, 0.1, 0.5), gib=600
        ),
        app("monitoring", "grafana", 2, one("grafana", 0.2, 0.5, 0.3, 0.7), rhythm=OFFICE, rollouts=20),
        stateful("monitoring", "loki", 2, one("loki", 0.8, 3.0, 0.5, 0.8), gib=400),
        app("kube-system", "coredns", 2, one("coredns", 0.1, 0.128, 0.5, 0.5), rhythm=STEADY, rollouts=25),
        app("kube-system", "metrics-server", 1, one("metrics-server", 0.1, 0.2, 0.4, 0.5), rhythm=STEADY, rollouts=25),
    )
    runs = (
        Runs(
            Kind.CRONJOB,
            "search",
            "rebuild-index",
            "workers",
            (one("rebuild-index", 3.5, 6.0, 0.9, 0.7),),
            3600,
            (500, 800),
            offset=300,
            runaway=Runaway(ran_away, stopped, 1500),
        ),
        Runs(Kind.CRONJOB, "checkout", "settle-payments", "batch", (one("settle", 0.5, 0.5, 0.8, 0.6),), 900, (35, 110), offset=60),
        Runs(Kind.CRONJOB, "logistics", "carrier-sync", "batch", (one("carrier-sync", 0.25, 0.5, 0.7, 0.6),), 1800, (60, 240), offset=420),
        Runs(
            Kind.CRONJOB, "analytics", "dbt-nightly", "batch", (one("dbt", 4.0, 8.0, 0.9, 0.7),), DAY_SECONDS, (5400, 9000), offset=2 * 3600
        ),
        Runs(Kind.JOB, "analytics", "etl", "batch", (one("etl", 1.5, 4.0, 0.85, 0.7),), 2700, (300, 1500), by_night=0.5, pods=2),
    )
    disks = (
        Disk("pvc-product-images", 2000, GP3, "storefront", "product-images"),
        Disk("pvc-superset-uploads", 50, GP3, "analytics", "superset-uploads"),
        Disk("pvc-export-2025-black-friday", 4000, IO2, "analytics", "export-2025-black-friday"),
        Disk("restore-drill-june", 500, GP3),
    )
    workloads = (*storefront, *payments, *search, *logistics, *analytics, *platform, *agents("aws"))
    return Cluster(SHOP, "aws", "eu-west-1", ("eu-west-1a", "eu-west-1b", "eu-west-1c"), pools, spaces, workloads, runs, disks)
