"""`python -m bench.lake [--pods N] [--days N] [--disk-only]`: what an hour costs to commit and a row to keep; appends to bench/results.md.

Days of N pods (2,000 by default) with a container each, a fifth of them with a row of the pod as a whole, a tenth replaced each day.
What was requested is constant, what was used is noise in every digit. Hours are committed one by one, then compacted by day.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bench.report import machine, markdown
from farthing.core.ledger import Facts, Span
from farthing.core.schema import CAPACITY, FLOW, IDENTITY, POD_ROW, USAGE
from farthing.core.schema.table import Table
from farthing.core.settings import LakeSettings
from farthing.lake import ClusterLake, open_lake
from tests.kit.seaweed import seaweed

RESULTS = Path(__file__).with_name("results.md")
START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
HOUR = 3600
KEEP = timedelta(hours=48)
CLUSTER = "prod"
POD_ROW_EVERY = 5
REPLACED_EVERY = 10
PODS_PER_NODE = 20
CORES = (0.05, 0.1, 0.1, 0.25, 0.25, 0.5, 1.0)
MIB = (64, 128, 256, 256, 512, 1024, 2048)
NAMESPACES = 40
REPLACE_TRIES = 5


@dataclass(frozen=True)
class Measured:
    """Seconds of each commit, replacement and read; bytes by table, as committed and compacted; rows of usage."""

    commits: list[float]
    replaced: list[float]
    again: float
    polls: float
    read_hour: float
    read_day: float
    compacted: float
    before: dict[str, int]
    after: dict[str, int]
    rows: int


def hours_of(pods: int, hours: int) -> Iterator[Facts]:
    """Facts hour by hour."""
    rnd = random.Random(7)
    ids = [rnd.getrandbits(64) for _ in range(pods)]
    nodes = [rnd.getrandbits(64) for _ in range(max(1, pods // PODS_PER_NODE))]
    asks = [(rnd.choice(CORES), rnd.choice(MIB) * 2**20) for _ in range(pods)]
    loads = [(rnd.lognormvariate(-1, 0.7), rnd.uniform(0.3, 1.1)) for _ in range(pods)]
    for hour in range(hours):
        at = START + hour * HOUR
        for pod in rnd.sample(range(pods), pods // REPLACED_EVERY // 24):
            ids[pod] = rnd.getrandbits(64)
        when = {"cluster": CLUSTER, "hour": datetime.fromtimestamp(at, UTC), "source": "prometheus", "marks": 0,
                "recorded_at": datetime.fromtimestamp(at + HOUR + 600, UTC)}  # fmt: skip
        usage = [row for pod in range(pods) for row in _usage(rnd, when, at, pod, ids[pod], nodes, asks[pod], loads[pod])]
        flow = [
            {
                **when,
                "identity_id": one,
                "class": "all",
                "bytes_out": rnd.lognormvariate(18, 2) // 1,
                "bytes_in": rnd.lognormvariate(18, 2) // 1,
            }
            for one in ids
        ]
        capacity = [_capacity(when, at, n, node) for n, node in enumerate(nodes)]
        names = [_name(pod, one) for pod, one in enumerate(ids)]
        yield Facts(Span(at, at + HOUR), _frame(USAGE, usage), _frame(CAPACITY, capacity), _frame(FLOW, flow), _frame(IDENTITY, names))


def _usage(
    rnd: random.Random,
    when: dict[str, Any],
    at: int,
    pod: int,
    one: int,
    nodes: list[int],
    asks: tuple[float, int],
    load: tuple[float, float],
) -> Iterator[dict[str, Any]]:
    node = pod % len(nodes)
    row = {
        **when, "identity_id": one, "container": f"c{pod % 17}", "container_kind": "container", "node": f"node-{node}",
        "node_asset_id": nodes[node], "first_held": float(at), "last_held": float(at + HOUR), "held_seconds": float(HOUR),
        "running_seconds": float(HOUR), "time_source": "scheduled", "gpu_requested": 0.0, "gpu_held": 0.0,
        "cpu_peak": asks[0] * load[0] * rnd.uniform(1, 3), "ram_peak": asks[1] * load[1] * rnd.uniform(1, 1.2) // 4096 * 4096,
    }  # fmt: skip
    for resource, asked, part in zip(("cpu", "ram"), asks, load, strict=True):
        used = asked * HOUR * part * rnd.uniform(0.7, 1.3)
        row |= {f"{resource}_requested": asked * float(HOUR), f"{resource}_used": used, f"{resource}_held": max(asked * HOUR, used)}
    yield row
    if pod % POD_ROW_EVERY == 0:
        zero = {f"{r}_{what}": 0.0 for r in ("cpu", "ram", "gpu") for what in ("requested", "held")}
        nothing = dict.fromkeys(("cpu_used", "ram_used", "cpu_peak", "ram_peak", "running_seconds"))
        volumes = [{"asset_id": one ^ 1, "seconds": float(HOUR), "byte_seconds": 20 * 2**30 * float(HOUR)}]
        yield {**row, **zero, **nothing, "container": POD_ROW, "container_kind": "pod", "volumes": volumes}


def _capacity(when: dict[str, Any], at: int, number: int, node: int) -> dict[str, Any]:
    labels = [{"key": f"label_{k}", "value": f"{k}-{number % 3}"} for k in range(12)]
    return {
        **when, "asset_id": node, "kind": "node", "name": f"node-{number}", "provider_id": f"aws:///us-east-1a/i-{node:016x}",
        "first_held": float(at), "last_held": float(at + HOUR), "seconds": float(HOUR), "unobserved_seconds": 0.0, "cpu": 16.0 * HOUR,
        "ram": 64.0 * 2**30 * HOUR, "gpu": 0.0, "storage": 0.0, "cpu_allocatable": 15.8 * HOUR, "ram_allocatable": 60.0 * 2**30 * HOUR,
        "pricing": "node", "lifecycle": "on_demand", "region": "us-east-1", "zone": "us-east-1a", "instance_type": "m6i.4xlarge",
        "labels": labels,
    }  # fmt: skip


def _name(pod: int, one: int) -> dict[str, Any]:
    lists: dict[str, list[Any]] = {n: [] for n in ("annotations", "namespace_labels", "namespace_annotations", "services")}
    app = f"app-{pod % 300}"
    return {
        "identity_id": one, "cluster": CLUSTER, "uid": f"{one:032x}", "namespace": f"ns-{pod % NAMESPACES}", "pod": f"{app}-{one:09x}",
        "node": f"node-{pod % 100}", "controller_kind": "deployment", "controller": app, **lists,
        "owners": [{"kind": "ReplicaSet", "name": f"{app}-{pod % 7}"}, {"kind": "Deployment", "name": app}],
        "labels": [{"key": "app", "value": app}, {"key": "team", "value": f"team-{pod % 12}"}],
    }  # fmt: skip


def _frame(table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return table.conform(pl.DataFrame([{k: r.get(k) for k in table.polars} for r in rows], schema=table.polars))


def measured(settings: LakeSettings, hours: list[Facts]) -> Measured:
    """Commit `hours` one by one, replace some, read, compact."""
    cluster = open_lake(settings).cluster(CLUSTER)
    now = datetime.fromtimestamp(hours[-1].span.end, UTC)
    commits = [_seconds(lambda one=one: cluster.commit(one, now=now)) for one in hours]  # type: ignore[misc]
    again = _seconds(lambda: cluster.commit(hours[-1], now=now))
    before = _sizes(cluster)
    cursor = cluster.changed_since(None).cursor
    polls = statistics.median(_seconds(lambda: cluster.changed_since(cursor)) for _ in range(9))
    compacted = _seconds(lambda: [step.run() for step in cluster.compaction(now=now, keep=KEEP)])
    after = _sizes(cluster)
    reader = open_lake(settings).cluster(CLUSTER)
    day = Span(hours[0].span.start, hours[0].span.start + 24 * HOUR)
    reader.read(hours[0].span)
    read_hour = _seconds(lambda: reader.read(hours[1].span))
    read_day = _seconds(lambda: reader.read(day))
    replaced = []
    for one in hours[-REPLACE_TRIES:]:
        other = Facts(one.span, one.usage.head(one.usage.height - 1), one.capacity, one.flow, one.identity)
        replaced.append(_seconds(lambda other=other: cluster.commit(other, now=now)))  # type: ignore[misc]
    return Measured(commits, replaced, again, polls, read_hour, read_day, compacted, before, after, sum(f.usage.height for f in hours))


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _sizes(cluster: ClusterLake) -> dict[str, int]:
    return {t.table.name: sum(file.size for file in t.newest().files.values()) for t in cluster._tables.tables()}


def table(sides: dict[str, Measured]) -> list[tuple[str, ...]]:
    """The measured sides as rows of text."""
    head = ("", *sides)
    lines: list[tuple[str, Callable[[Measured], str]]] = [
        ("rows of usage", lambda m: f"{m.rows:,}"),
        ("usage, bytes a row, hour by hour", lambda m: f"{m.before['usage'] / m.rows:.1f}"),
        ("usage, bytes a row, compacted", lambda m: f"{m.after['usage'] / m.rows:.1f}"),
        ("all tables, bytes a row of usage, compacted", lambda m: f"{sum(m.after.values()) / m.rows:.1f}"),
        *(
            (f"{name}, KiB compacted", lambda m, name=name: f"{m.after[name] / 1024:,.0f}")
            for name in ("usage", "capacity", "flow", "identity")
        ),
        ("commit of an hour, ms: median, slowest", lambda m: f"{_ms(statistics.median(m.commits))}, {_ms(max(m.commits))}"),
        ("the same hour again, ms", lambda m: _ms(m.again)),
        ("replacing an hour of a compacted day, ms", lambda m: _ms(statistics.median(m.replaced))),
        ("asking what is new when nothing is, ms", lambda m: f"{m.polls * 1000:.2f}"),
        ("reading an hour of a compacted day, ms", lambda m: _ms(m.read_hour)),
        ("reading a day, ms", lambda m: _ms(m.read_day)),
        ("compaction, s", lambda m: f"{m.compacted:.2f}"),
    ]
    return [head, *((name, *(show(m) for m in sides.values())) for name, show in lines)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.lake", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pods", type=int, default=2000)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--disk-only", action="store_true", help="no SeaweedFS")
    parser.add_argument("--no-record", action="store_true", help="do not append to bench/results.md")
    asked = parser.parse_args()
    about = list(machine())
    hours = list(hours_of(asked.pods, 24 * asked.days))
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = {"disk": measured(LakeSettings(url=str(root / "lake")), hours)}
        if not asked.disk_only:
            sides["SeaweedFS"] = measured(stack.enter_context(seaweed(root / "seaweed")).fresh(), hours)
    result = markdown(table(sides))
    print(result)
    if not asked.no_record:
        notes = "\n".join(f"- {line}" for line in [*about, f"the lake: {asked.pods:,} pods, {asked.days} days, hour by hour"])
        RESULTS.write_text(f"{RESULTS.read_text()}\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, the lake\n\n{notes}\n\n{result}\n")


if __name__ == "__main__":
    main()
