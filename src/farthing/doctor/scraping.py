"""What is scraped, how often, by whom twice, and what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from farthing.metering.prometheus import quote

from .examination import MEASURED, Examination, NotPossible
from .findings import Severity, Symptom
from .metrics import metrics_of_usage
from .wording import count, length, per, percent, some, when

USUAL_SECONDS = 60.0
TOLERANCE = 1.25  # an hour with a missed scrape is no longer interval
LONG_SECONDS = 300.0
RATHER_DOWN = 0.95  # part of an hour's scrapes
OUR_JOBS = re.compile("kube-state|kubelet|cadvisor", re.IGNORECASE)
RUNNING = '(kube_pod_status_phase{phase="Running"} == 1)'
JOINED_SECONDS = 600  # a node is expected to be scraped this long after it came


def scrape_interval(ex: Examination) -> Iterator[Symptom]:
    """How far samples are apart."""
    exporters = {"kube-state-metrics": ex.beat} | ({} if ex.lacks("memory used") else {"cAdvisor": "memory used"})
    for who, name in exporters.items():
        for cluster, seconds in ex.intervals(name).items():
            if seconds <= USUAL_SECONDS * TOLERANCE:
                continue
            yield Symptom(
                f"{who} is scraped every {length(seconds)}",
                (f"{3600 / seconds:.0f} samples an hour of each series",),
                f"pods that live shorter than {length(seconds)} "
                + (
                    "may show no usage at all: they pay for their request"
                    if who == "cAdvisor"
                    else "are not seen at all if they are deleted before a scrape: their cost is idle"
                )
                + (f"; other tools' queries look back {length(LONG_SECONDS)} only and see gaps" if seconds > LONG_SECONDS else ""),
                Severity.ERROR if seconds > LONG_SECONDS else Severity.WARNING,
                cluster=cluster,
            )


def duplicates(ex: Examination) -> Iterator[Symptom]:
    """Objects that more than one series tells of."""
    for name in ("node seen", "container requests", "memory used"):
        m = MEASURED[name]
        if ex.lacks(name):
            continue
        keys = ex.by(*m.keys)
        where = 'node!=""' if name == "container requests" else ""
        vector = ex.vector(name, (where,) if where else ())
        each = f"count by {keys} ({vector})"
        twice = ex.numbers(f"duplicates of {m.metric}", f"count by {ex.by()} ({each} > 1)")
        if not twice:
            continue
        average = ex.numbers(f"series per object of {m.metric}", f"avg by {ex.by()} ({each})")
        exporters = ex.ask(f"exporters of {m.metric}", f"count by {ex.by('job', 'service')} ({vector})", ("job", "service"))
        instances = ex.numbers(f"instances of {m.metric}", f"count by {ex.by()} (count by {ex.by('job', 'instance')} ({vector}))")
        for cluster, n in twice.items():
            jobs = exporters.filter(pl.col("cluster") == cluster)
            who = some(
                f"job {job or '-'} service {service or '-'} ({v:,.0f})"
                for job, service, v in jobs.select("job", "service", "v").iter_rows()
            )
            yield Symptom(
                f"{m.metric} is told more than once",
                (f"{count(n, 'object')} with several series", f"from {count(instances.get(cluster, 0), 'target')}: {who}"),
                f"nothing here: duplicates are reduced by max; tools that sum show {average[cluster]:.2g} times as much",
                cluster=cluster,
            )


def targets_down(ex: Examination) -> Iterator[Symptom]:
    """Targets of kube-state-metrics and the kubelets that do not answer."""
    told = ex.client.targets()
    start, end = ex.span.start, max(ex.at, ex.span.end)
    held = ex.client.label_values("__name__", match=["up"], start=start, end=end)
    if told is None and not held:
        raise NotPossible("the server does not tell its targets and holds no series `up`")
    metrics = [MEASURED[name].metric for name in ("pod info", "node seen", "memory used", "cpu used")]
    jobs = set(ex.client.label_values("job", match=metrics, start=start, end=end))
    ours = {
        job for job in (*jobs, *ex.client.label_values("job", match=["up"], start=start, end=end)) if job in jobs or OUR_JOBS.search(job)
    }
    if held and ours:
        yield from _failing(ex, sorted(ours))
    if told is None or not ex.is_recent:
        return
    down = [t for t in told if t.health == "down" and (t.labels.get("job", "") in ours or OUR_JOBS.search(t.scrape_pool))]
    if down:
        yield Symptom(
            "targets are down now",
            tuple(f"{t.scrape_pool} {t.labels.get('instance', '')}: {t.last_error or 'no reason told'}" for t in down[:5]),
            f"{count(len(down), 'target')} of {count(len(told), 'target')}: what they would tell is missing from now on",
        )


def _failing(ex: Examination, jobs: list[str]) -> Iterator[Symptom]:
    up = f"up{{job=~{quote('|'.join(map(re.escape, jobs)))}}}"
    failing = f"avg_over_time({up}[1h]) < {RATHER_DOWN}"
    every = ex.ask("targets", f"count by {ex.by('job')} (count_over_time({up}[1h]))", ("job",))
    for cluster, job, n in (
        ex.ask("failing targets", f"count by {ex.by('job')} ({failing})", ("job",)).select("cluster", "job", "v").iter_rows()
    ):
        matchers = ",".join((f"job={quote(job)}", *ex.of(cluster)))
        worst = ex.ask("worst targets", f"bottomk(5, avg_over_time(up{{{matchers}}}[1h]) < {RATHER_DOWN})", ("instance",)).sort(
            "v", "instance"
        )
        total = sum(every.filter((pl.col("cluster") == cluster) & (pl.col("job") == job))["v"])
        yield Symptom(
            f"targets of job {job} fail",
            (
                f"{per(n, total, 'target')} failed in the hour before {when(ex.at)}",
                *(f"{instance}: up {percent(v)} of the time" for instance, v in worst.select("instance", "v").iter_rows()),
            ),
            "while a target fails, what it tells is missing: usage is spread over the gap, lives are held across it",
            cluster=cluster,
        )


def nodes_without_usage(ex: Examination) -> Iterator[Symptom]:
    """Nodes with running pods of which cAdvisor tells nothing."""
    ex.need("pod info")
    metrics_of_usage(ex)
    pods, keys = ex.vector("pod info"), ex.by("namespace", "pod")
    running = f"({pods} and on {keys} {RUNNING})" if not ex.lacks("pod terminal") else f"({pods})"
    if not ex.lacks("node seen"):  # and there for a while
        long_there = ex.ask("nodes", f"count by {ex.by('node')} ({ex.vector('node seen')})", ("node",), at=ex.at - JOINED_SECONDS)
    else:
        long_there = None
    every = ex.ask("running pods", f"count by {ex.by('node')} {running}", ("node",))
    silent = ex.ask(
        "running pods without usage", f"count by {ex.by('node')} ({running} unless on {keys} {ex.vector('memory used')})", ("node",)
    )
    lost = silent.join(every.select("cluster", "node", every="v"), on=["cluster", "node"]).filter(pl.col("v") == pl.col("every"))
    if long_there is not None:
        lost = lost.join(long_there, on=["cluster", "node"], how="semi")
    lost = lost.join(_pod_priced(ex), on=["cluster", "node"], how="anti")
    for (cluster,), frame in lost.group_by("cluster", maintain_order=True):
        nodes = every.filter(pl.col("cluster") == cluster)
        lost_pods, pods_of_all = sum(frame["v"]), sum(nodes["v"])
        yield Symptom(
            "nodes without usage",
            (f"{per(frame.height, nodes.height, 'node')} with running pods have no cAdvisor series: {some(frame['node'].to_list())}",),
            f"usage of {per(lost_pods, pods_of_all, 'running pod')}: they pay only for what they request",
            cluster=str(cluster),
            share=lost_pods / pods_of_all,
        )


def _pod_priced(ex: Examination) -> pl.DataFrame:
    """`cluster`, `node` of nodes that are priced by pod (Fargate): no kubelet of theirs can be scraped."""
    capacity = ex.costed_hour.facts.capacity
    return capacity.filter((pl.col("kind") == "node") & (pl.col("pricing") == "pod")).select("cluster", node="name").unique()
