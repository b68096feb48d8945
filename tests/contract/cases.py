"""The situations in which readers of Prometheus go wrong, each a small cluster. What is right is worked out beside the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.contract.facts import MIDNIGHT, at
from tests.kit.cluster import KUBELET, STATE_METRICS, Cluster
from tests.kit.pods import Container
from tests.kit.scrape import Series

LEAD, LAG = 900, 900  # the data reach a quarter of an hour past the hours that are asked for
HOURS = 7
START, END = MIDNIGHT, MIDNIGHT + HOURS * 3600


def cluster(name: str, **more: object) -> Cluster:
    """A cluster with one node n1 of 8 cores and 32 GiB. kube-state-metrics is scraped 7 s past the minute, the kubelet 20 s."""
    start = more.pop("start", START - LEAD)
    return Cluster(start, END + LAG, name=name, **more)  # type: ignore[arg-type]


def with_node(name: str, **more: object) -> Cluster:
    made = cluster(name, **more)
    made.node("n1", cores=8, gib=32)
    return made


def older_than_the_data() -> Cluster:
    made = with_node("older", start=at("00:30"))
    made.pod(
        "app",
        "old",
        node="n1",
        containers=[Container("c", cpu=0.1, ram_gib=1, uses_cpu=0.5, uses_ram_gib=0.5)],
        bound=at("00:00") - 5 * 86400,
    )
    return made


def on_the_edge() -> Cluster:
    made = cluster("edge")
    made.node("n1", cores=64, gib=256, phase=5)
    for name, asks in (("asks-all", 2.0), ("asks-half", 1.0)):
        made.pod(
            "ci", name, node="n1", containers=[Container("c", cpu=asks, ram_gib=1, uses_cpu=2.0, uses_ram_gib=1)],
            bound=at("00:59:52"), finished=at("01:00:12"), gone=at("01:10"),
        )  # fmt: skip
    # ends soon after the hour, using nearly what it asks for: growth of before the hour must not be charged after it
    made.pod(
        "ci", "tail", node="n1", containers=[Container("c", cpu=1.0, ram_gib=1, uses_cpu=0.9)],
        bound=at("00:40:00"), finished=at("01:02:10"), gone=at("01:10"),
    )  # fmt: skip
    return made


def seen_once() -> Cluster:
    made = with_node("once")
    made.pod(
        "ci", "job", node="n1", containers=[Container("c", cpu=0.1, ram_gib=1, uses_cpu=0.5, uses_ram_gib=0.5)],
        bound=at("00:10:00"), finished=at("00:10:50"), gone=at("00:20"),
    )  # fmt: skip
    return made


def reset() -> Cluster:
    made = with_node("reset")
    made.pod(
        "app", "web", node="n1", containers=[Container("c", cpu=0.5, ram_gib=1, uses_cpu=1.0, uses_ram_gib=0.5, resets=[at("00:30:00")])]
    )
    return made


def gap() -> Cluster:
    made = with_node("gap", outages=[(at("01:20"), at("04:20"))])
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=0.2, ram_gib=1, uses_cpu=0.5, uses_ram_gib=0.5)])
    return made


def gap_busy_after() -> Cluster:
    made = with_node("gap-busy", outages=[(at("01:20"), at("04:10"))])
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=1, ram_gib=1, uses_cpu=[(0, 0.2), (at("04:10:00"), 4)])])
    return made


def kubelet_gap() -> Cluster:
    made = cluster("kubelet-gap")
    made.node("n1", cores=8, gib=32, failures=[(at("01:20"), at("03:20"))])
    made.node("n2", cores=8, gib=32)
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=0.2, ram_gib=1, uses_cpu=0.5)])
    return made


def two_state_metrics() -> Cluster:
    made = with_node("replicas", state_replicas=2)
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=0.5, ram_gib=2, uses_cpu=0.1, uses_ram_gib=0.5)])
    return made


def reused_name() -> Cluster:
    made = cluster("reused")
    made.node("n1", cores=4, gib=16, gone=at("01:20"))
    made.node("n1", cores=8, gib=32, created=at("01:40"))
    made.pod("app", "first", node="n1", containers=[Container("c", cpu=1, ram_gib=1)], gone=at("01:20"))
    made.pod("app", "second", node="n1", containers=[Container("c", cpu=1, ram_gib=1)], bound=at("01:45"))
    return made


def late_card() -> Cluster:
    made = with_node("card")
    made.node("g1", cores=16, gib=64, cards=2, created=at("01:05"), cards_from=at("01:15"))
    made.pod("ml", "train", node="g1", containers=[Container("c", cpu=4, ram_gib=8, cards=1)], bound=at("01:20"))
    return made


def dropped_ids() -> Cluster:
    made = with_node("no-ids", kubelet=replace(KUBELET, drop_labels=("id", "name")))
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=0.5, ram_gib=1, uses_cpu=1.0, uses_ram_gib=0.5)])
    # a restart is only a fall of the counter: here it falls at 00:30 and has grown past its old value by the hour's end
    made.pod(
        "app",
        "restarted",
        node="n1",
        containers=[Container("c", cpu=0.5, ram_gib=1, uses_cpu=1.0, restarts=[at("00:30:00")])],
        bound=at("00:05:00"),
    )
    return made


def static_pod() -> Cluster:
    made = with_node("static")
    made.pod("kube-system", "kube-proxy-n1", node="n1", owner=("Node", "n1"), static=True,
             containers=[Container("c", cpu=0.1, ram_gib=0.1, uses_cpu=0.4, uses_ram_gib=0.2)])  # fmt: skip
    return made


def without_honor_labels() -> Cluster:
    made = with_node("dishonor", state_metrics=replace(STATE_METRICS, honor_labels=False))
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=0.5, ram_gib=2, uses_cpu=0.1, uses_ram_gib=0.5)])
    return made


def evicted() -> Cluster:
    made = with_node("evicted")
    made.pod(
        "app", "web", node="n1", containers=[Container("c", cpu=1, ram_gib=1)], bound=at("00:10:00"), finished=at("01:30:00"), evicted=True
    )
    return made


def evicted_after_one_container() -> Cluster:
    made = with_node("evicted-two")
    containers = [Container("a", cpu=1, ram_gib=1, finished=at("01:10:00")), Container("c", cpu=1, ram_gib=1)]
    made.pod("app", "web", node="n1", containers=containers,
             bound=at("01:00:00"), finished=at("01:40:00"), gone=at("01:50"), evicted=True)  # fmt: skip
    return made


def resized_and_finished() -> Cluster:
    made = with_node("resize-end")
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=[(0, 1), (at("01:15:00"), 3)], ram_gib=1)], finished=at("01:30:00"))
    return made


def inits_and_sidecars() -> Cluster:
    made = with_node("inits")
    made.pod(
        "app", "web", node="n1", bound=at("00:30:00"), started=at("00:31:00"), overhead=(0.25, 0.125),
        containers=[Container("c", cpu=1, ram_gib=1)],
        inits=[
            Container("prepare", cpu=3, ram_gib=2, started=at("00:30:10"), finished=at("00:31:00")),
            Container("proxy", cpu=0.5, ram_gib=0.5, sidecar=True, started=at("00:30:05")),
        ],
    )  # fmt: skip
    return made


def shared_volume() -> Cluster:
    made = with_node("volume")
    claim = made.claim("data", "scratch", gib=[(0, 100), (at("02:10:30"), 200)])
    for name, bound, finished in (("a", "00:15:00", "00:45:00"), ("b", "00:30:00", "01:15:00")):
        made.pod(
            "data",
            name,
            node="n1",
            containers=[Container("c", cpu=0.1, ram_gib=0.1)],
            bound=at(bound),
            finished=at(finished),
            claims=[claim, claim],
        )
    return made


def claimed_anew() -> Cluster:
    made = with_node("claimed-anew")
    made.claim("t", "db", gib=80, volume="pv-old", gone=at("01:00"))
    made.volume("pv-old", gib=80, claim=("t", "db"), phase="Released", created=at("01:00"))
    claim = made.claim("t", "db", gib=20, volume="pv-new", created=at("02:00"))
    made.pod("t", "db-0", node="n1", containers=[Container("c", cpu=0.1, ram_gib=0.1)], bound=at("02:00:30"), claims=[claim])
    return made


def volume_name_again() -> Cluster:
    made = with_node("volume-again")
    one = made.claim("r1", "one", gib=50, volume="pv-re", gone=at("00:50"))
    made.pod(
        "r1", "a", node="n1", containers=[Container("c", cpu=0.1, ram_gib=0.1)], finished=at("00:40:00"), gone=at("00:45"), claims=[one]
    )
    two = made.claim("r2", "two", gib=100, volume="pv-re", created=at("02:20"))
    made.pod("r2", "b", node="n1", containers=[Container("c", cpu=0.1, ram_gib=0.1)], bound=at("02:30:00"), claims=[two])
    return made


def recreated_without_ids() -> Cluster:
    made = cluster("recreated", kubelet=replace(KUBELET, drop_labels=("id", "name")))
    for node in ("r1", "r2"):
        made.node(node, cores=8, gib=32)
    made.pod("d", "db-0", node="r1", containers=[Container("c", cpu=0.1, ram_gib=1, uses_cpu=0.2, uses_ram_gib=0.5)], gone=at("01:10:35"))
    made.pod("d", "db-0", node="r2", containers=[Container("c", cpu=0.1, ram_gib=1, uses_cpu=0.5, uses_ram_gib=2)], bound=at("01:12:00"))
    return made


def late_start() -> Cluster:
    made = with_node("late")
    containers = [
        Container("c", cpu=0.1, ram_gib=1, uses_ram_gib=4),
        Container("short", cpu=0.1, ram_gib=1, uses_ram_gib=8, finished=at("02:30:00")),
    ]
    made.pod("app", "web", node="n1", containers=containers, bound=at("00:30:00"), started=at("02:20:00"))
    return made


def balancer() -> Cluster:
    made = with_node("balancer")
    pods = [
        made.pod("web", name, node="n1", containers=[Container("c", cpu=0.1, ram_gib=0.1)], bound=at(bound), started=at(bound))
        for name, bound in (("a", "00:00:00"), ("b", "01:30:00"))
    ]
    made.service("web", "front", kind="LoadBalancer", ingress_ip="203.0.113.9", endpoints=pods, ports=[("http", 80), ("https", 443)])
    return made


def flapping_endpoint() -> Cluster:
    made = with_node("flap")
    a, b = (made.pod("web", name, node="n1", containers=[Container("c", cpu=0.1, ram_gib=0.1)]) for name in "ab")
    ready = [(a.address, START - LEAD, END + LAG), (b.address, START - LEAD, at("01:00")), (b.address, at("03:00"), at("04:00"))]
    made.service("web", "front", kind="LoadBalancer", ingress_ip="203.0.113.9", endpoints=ready)
    return made


def made_anew() -> Cluster:
    made = with_node("anew")
    made.service("m", "re", kind="LoadBalancer", ingress_ip="203.0.113.10", gone=at("01:10"))
    made.service("m", "re", kind="LoadBalancer", ingress_ip="203.0.113.11", created=at("02:20"))
    return made


def in_place_resize() -> Cluster:
    made = with_node("resize")
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=[(0, 1), (at("01:30:00"), 3)], ram_gib=1)])
    return made


CASES: tuple[Callable[[], Cluster], ...] = (
    older_than_the_data,
    on_the_edge,
    seen_once,
    reset,
    gap,
    gap_busy_after,
    kubelet_gap,
    two_state_metrics,
    reused_name,
    late_card,
    dropped_ids,
    static_pod,
    without_honor_labels,
    evicted,
    evicted_after_one_container,
    resized_and_finished,
    inits_and_sidecars,
    shared_volume,
    claimed_anew,
    volume_name_again,
    recreated_without_ids,
    late_start,
    balancer,
    flapping_endpoint,
    made_anew,
    in_place_resize,
)


def every_series() -> Iterator[Series]:
    """All cases as one server would hold them."""
    for case in CASES:
        yield from case().series()
