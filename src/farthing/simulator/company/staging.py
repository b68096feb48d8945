"""Where the company tries things out and builds them: busy in office hours, with a load test that takes more than it asks for."""

from __future__ import annotations

from farthing.simulator.plan import Cluster, Kind, Pool, Runs, Version, Workload
from farthing.simulator.rhythm import STEADY

from .parts import BUILD, MIGRATE, OFFICE, PROXY, SMALL, STAGING, WORKING, agents, app, one, space, stateful


def staging() -> Cluster:
    """The cluster."""
    pools = (Pool("general", SMALL, 3, 3, WORKING), Pool("build", BUILD, 1, 3, WORKING, spot=True, renew_days=5))
    spaces = (
        space("storefront", "storefront", "commerce", "webshop", "staging", "maren.holt"),
        space("checkout", "payments", "commerce", "checkout", "staging", "idris.vane"),
        space("search", "search", "commerce", "search", "staging", "tove.lind"),
        space("preview", "storefront", "commerce", "webshop", "dev", "maren.holt"),
        space("ci", "platform", "engineering", "platform", "ci", "sam.okoro"),
        space("monitoring", "platform", "engineering", "platform", "staging", "sam.okoro"),
        space("kube-system", "platform", "engineering", "platform", "staging", "sam.okoro"),
    )
    workloads = (
        app("storefront", "web", 1, one("web", 0.5, 1.0, 0.2, 0.6), PROXY, rhythm=OFFICE, rollouts=1.5),
        app("storefront", "bff", 1, one("bff", 0.5, 0.8, 0.2, 0.6), PROXY, rhythm=OFFICE, rollouts=1.5),
        app("checkout", "checkout-api", 1, one("checkout-api", 0.5, 1.5, 0.2, 0.6), PROXY, MIGRATE, rhythm=OFFICE, rollouts=1.5),
        app("checkout", "payments-api", 1, one("payments-api", 0.5, 1.2, 0.2, 0.6), PROXY, rhythm=OFFICE, rollouts=1.5),
        app("search", "query", 1, one("query", 0.8, 2.0, 0.2, 0.6), PROXY, rhythm=OFFICE, rollouts=1.5),
        stateful("search", "opensearch", 1, one("opensearch", 1.0, 6.0, 0.2, 0.7), rhythm=OFFICE, gib=200),
        app(
            "preview",
            "preview-web",
            0,
            one("web", 0.3, 1.0, 3.0, 0.8),
            burst=5,
            kind=Kind.REPLICASET,
            rhythm=OFFICE,
            hours=WORKING,
            rollouts=0,
        ),
        app("preview", "load-test", 1, one("load-test", 0.1, 0.5, 40.0, 0.8), rhythm=OFFICE, rollouts=0, service=""),
        app("preview", "broken-branch", 1, one("web", 0.3, 1.0, 0.0, 0.0), rollouts=0, stuck=True, service=""),
        Workload(Kind.DEPLOYMENT, "preview", "too-large", "general", (Version((one("web", 24.0, 96.0, 0.0, 0.0),)),), unschedulable=True),
        stateful("monitoring", "prometheus", 1, one("prometheus", 0.8, 4.0, 0.5, 0.8), gib=150),
        app("kube-system", "coredns", 2, one("coredns", 0.1, 0.128, 0.4, 0.5), rhythm=STEADY, rollouts=25),
        *agents("aws"),
    )
    runs = (
        Runs(Kind.JOB, "ci", "build", "build", (one("build", 2.5, 4.0, 0.9, 0.7),), 900, (180, 900), by_night=0.03),
        Runs(Kind.JOB, "ci", "unit-tests", "build", (one("tests", 1.0, 1.5, 0.95, 0.6),), 600, (20, 400), by_night=0.03),
        Runs(Kind.JOB, "ci", "lint", "build", (one("lint", 0.5, 0.5, 0.9, 0.5),), 420, (12, 70), by_night=0.03),
    )
    return Cluster(STAGING, "aws", "eu-west-1", ("eu-west-1a", "eu-west-1b"), pools, spaces, workloads, runs)
