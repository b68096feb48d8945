"""Marks: what a reader must know to trust a row. Stored as bits in the column `marks`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag


class Mark(IntFlag):
    """One bit each; `MARKS` says what it means and which costs rest on it."""

    TIME_FROM_SAMPLES = 1 << 0
    TIME_FROM_START = 1 << 1
    SPREAD_OVER_GAP = 1 << 2
    BASE_UNKNOWN = 1 << 3
    USAGE_UNKNOWN = 1 << 4
    NODE_INFERRED = 1 << 5
    SIDECAR_ORDER_ASSUMED = 1 << 6
    COUNTER_WITHOUT_ID = 1 << 7
    DEFAULT_NODE_PRICE = 1 << 8
    DEFAULT_STORAGE_PRICE = 1 << 9
    DEFAULT_LOAD_BALANCER_PRICE = 1 << 10
    UNPRICED = 1 << 11
    OVER_COMMITTED = 1 << 12
    CUT = 1 << 13
    ENDPOINT_SPLIT_EVENLY = 1 << 14
    SHORT_LIFE = 1 << 15
    BRIDGED = 1 << 16


NODE_COSTS = ("cpu_cost", "ram_cost", "gpu_cost")


@dataclass(frozen=True)
class MarkDoc:
    """What a mark means. `guess`: a number rests on something assumed; `costs`: the cost columns that rest on it."""

    name: str
    doc: str
    cure: str = ""
    guess: bool = False
    costs: tuple[str, ...] = ()


MARKS: dict[Mark, MarkDoc] = {
    Mark.TIME_FROM_SAMPLES: MarkDoc(
        "time from samples",
        "the begin or end of this life was only seen by scrapes: right to half a scrape interval",
        "let Prometheus keep kube_pod_status_scheduled_time, kube_pod_completion_time and kube_pod_deletion_timestamp",
        guess=True,
        costs=NODE_COSTS,
    ),
    Mark.TIME_FROM_START: MarkDoc(
        "time from pod start",
        "no scheduled time was told; kube_pod_start_time or kube_pod_created stands in for the binding",
        "let Prometheus keep kube_pod_status_scheduled_time",
        guess=True,
        costs=NODE_COSTS,
    ),
    Mark.SPREAD_OVER_GAP: MarkDoc(
        "usage spread over a gap",
        "no samples for a while: the counter's growth over the gap is spread evenly over the held seconds",
        "see that Prometheus scrapes without holes",
        guess=True,
        costs=("cpu_cost",),
    ),
    Mark.BRIDGED: MarkDoc(
        "held across a gap",
        "seen with the same identity on both sides of a hole in the data, so held through it",
        "see that Prometheus scrapes without holes",
        guess=True,
        costs=NODE_COSTS,
    ),
    Mark.BASE_UNKNOWN: MarkDoc(
        "counter without a known start",
        "the container is older than the data: usage counts from the first value seen",
        "none needed: only the first hour of the data is concerned",
    ),
    Mark.USAGE_UNKNOWN: MarkDoc(
        "usage unknown",
        "no usage sample: the request alone is charged",
        "scrape the kubelet's /metrics/cadvisor",
        guess=True,
        costs=("cpu_cost", "ram_cost"),
    ),
    Mark.NODE_INFERRED: MarkDoc(
        "node inferred",
        "the pod's node is not in the data: capacity is taken as what its pods held, priced by the book",
        "let Prometheus keep kube_node_info and kube_node_status_capacity",
        guess=True,
        costs=NODE_COSTS,
    ),
    Mark.SIDECAR_ORDER_ASSUMED: MarkDoc(
        "sidecar order assumed",
        "which init containers start after which sidecars is not told: all sidecars count as started first (an upper bound)",
        guess=True,
        costs=NODE_COSTS,
    ),
    Mark.COUNTER_WITHOUT_ID: MarkDoc(
        "counter without container id",
        "the id label was dropped: restarts are told only by a falling counter",
        "keep cAdvisor's id label",
        guess=True,
        costs=("cpu_cost",),
    ),
    Mark.DEFAULT_NODE_PRICE: MarkDoc(
        "default node price",
        "no rule of a price book of yours matched: a list-like default rate",
        "give your prices with --prices",
        guess=True,
        costs=NODE_COSTS,
    ),
    Mark.DEFAULT_STORAGE_PRICE: MarkDoc(
        "default volume price",
        "no rule of a price book of yours matched: a list-like default rate",
        "give your prices with --prices",
        guess=True,
        costs=("storage_cost",),
    ),
    Mark.DEFAULT_LOAD_BALANCER_PRICE: MarkDoc(
        "default load balancer price",
        "no rule of a price book of yours matched: a list-like default rate",
        "give your prices with --prices",
        guess=True,
        costs=("load_balancer_cost",),
    ),
    Mark.UNPRICED: MarkDoc("unpriced", "something this row holds has no price: its cost is NULL, not 0", "add a rule to the price book"),
    Mark.OVER_COMMITTED: MarkDoc("over-committed", "more was held on the node than it has: shares shrink to fit"),
    Mark.CUT: MarkDoc("cut inside the hour", "the window begins or ends inside this hour: requests are cut to the second, usage pro rata"),
    Mark.ENDPOINT_SPLIT_EVENLY: MarkDoc(
        "endpoint split evenly",
        "several pods share the endpoint's address: its share is split evenly among them",
        guess=True,
        costs=("load_balancer_cost",),
    ),
    Mark.SHORT_LIFE: MarkDoc("life under two scrapes", "held is the maximum of request and usage over the whole life, split by seconds"),
}
