"""Every check, once: its name, what it looks at and why, how grave, its cure, and the function that looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import answers, clocks, clusters, coverage, labels, metrics, nodes, prices, scraping
from .examination import Examination
from .findings import Severity, Symptom


@dataclass(frozen=True)
class Check:
    """One row of the table. `severity` and `cure` hold where a symptom does not say otherwise.

    `look` gives what it sees; it raises NotPossible, or SourceError or NoData of what it asks, where it cannot look.
    """

    name: str
    doc: str
    severity: Severity
    cure: str
    look: Callable[[Examination], Iterator[Symptom]]


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CHECKS: tuple[Check, ...] = (
    Check(
        "missing metrics",
        "Each metric that is measured, in each cluster; what is lost without it. A metric of things a cluster does not have is not missed.",
        WARNING,
        "let Prometheus scrape kube-state-metrics v2 and the kubelets' /metrics/cadvisor, and look for the metric in "
        "--metric-allowlist, --metric-denylist, --resources and in drop rules of metric_relabel_configs",
        metrics.missing_metrics,
    ),
    Check(
        "old kube-state-metrics",
        "Names of kube-state-metrics v1, which put the resource into the metric's name.",
        ERROR,
        "run kube-state-metrics v2 (since 2021)",
        metrics.old_kube_state_metrics,
    ),
    Check(
        "scheduled times",
        "A pod pays from its binding on. Where kube_pod_status_scheduled_time is not told, its start or creation stands in.",
        WARNING,
        "let Prometheus keep kube_pod_status_scheduled_time (kube-state-metrics shows it by default)",
        metrics.scheduled_times,
    ),
    Check(
        "label allow-lists",
        "kube-state-metrics shows labels and annotations only when allowed: kube_pod_labels without any label_… says nothing.",
        WARNING,
        "run kube-state-metrics with --metric-labels-allowlist=pods=[*],nodes=[*],namespaces=[*]",
        labels.allow_lists,
    ),
    Check(
        "namespace labels",
        "Namespaces with pods that kube_namespace_labels does not tell of.",
        INFO,
        "run kube-state-metrics with --metric-labels-allowlist=namespaces=[*] and without a list of namespaces",
        labels.namespace_labels,
    ),
    Check(
        "renamed labels",
        "exported_… labels: without honor_labels the exporter's pod, namespace and node are renamed by Prometheus.",
        INFO,
        "set honor_labels: true in the job that scrapes kube-state-metrics, if other tools read this server",
        labels.exported_labels,
    ),
    Check(
        "container ids",
        "cAdvisor's label id tells the pod's uid and a restarted container from its predecessor.",
        WARNING,
        "keep the label id: take `id` out of labeldrop rules for /metrics/cadvisor",
        labels.container_ids,
    ),
    Check(
        "cluster ids",
        "Series without a cluster label, alone or beside others that have one; usage without it beside pods with it.",
        WARNING,
        "give every Prometheus external_labels with its own cluster (remote-written or federated series carry it), "
        "or name the cluster with metering.cluster_id",
        clusters.cluster_ids,
    ),
    Check(
        "two clusters in one",
        "Two clusters whose series bear the same id: two births of kube-system, one node name with two provider ids, one pod on two nodes.",
        ERROR,
        "give each cluster's Prometheus its own value of the cluster label",
        clusters.two_in_one,
    ),
    Check(
        "scrape interval",
        "How far samples are apart: over a minute, short pods are hardly seen; over five, other tools see gaps.",
        WARNING,
        "scrape kube-state-metrics and the kubelets every 60 s or oftener (scrape_interval of the job)",
        scraping.scrape_interval,
    ),
    Check(
        "told twice",
        "Objects that several series tell of: a second kube-state-metrics, a renamed job, an exporter that repeats it.",
        INFO,
        "scrape one kube-state-metrics and each kubelet once; several replicas behind one service count as several",
        scraping.duplicates,
    ),
    Check(
        "failing targets",
        "Targets of kube-state-metrics and the kubelets that do not answer: `up`, and the server's own list with the last error.",
        WARNING,
        "see the last error; mostly a network policy, an expired token, or a time limit that a large node exceeds",
        scraping.targets_down,
    ),
    Check(
        "nodes without usage",
        "Nodes with running pods of which cAdvisor tells nothing.",
        WARNING,
        "let Prometheus discover and scrape these nodes' kubelets (/metrics/cadvisor); look at taints, firewalls and the job's selector",
        scraping.nodes_without_usage,
    ),
    Check(
        "holes",
        "Times without any sample of a cluster.",
        WARNING,
        "see that Prometheus runs without restarts and out-of-memory kills, with its storage on a volume",
        coverage.holes,
    ),
    Check(
        "silent clusters",
        "Clusters that had samples in the window and have none any more.",
        ERROR,
        "see that the cluster's Prometheus runs and its remote write succeeds; if the cluster is gone, nothing is to do",
        coverage.silent_clusters,
    ),
    Check(
        "beginning of the data",
        "Clusters whose oldest sample lies inside the window; counters that were running then have no known start.",
        INFO,
        "ask a window that begins later, or a server that keeps older samples",
        coverage.data_begins,
    ),
    Check(
        "retention",
        "How long the server keeps samples, against the window.",
        WARNING,
        "raise --storage.tsdb.retention.time, or ask a long-term store (Thanos, Mimir, VictoriaMetrics)",
        coverage.retention,
    ),
    Check(
        "clock skew",
        "The server's clock against ours.",
        WARNING,
        "synchronise both clocks (NTP, chrony)",
        clocks.clock_skew,
    ),
    Check(
        "future samples",
        "Samples stamped later than now.",
        WARNING,
        "synchronise the clocks of the exporters' and Prometheus' machines; look for exporters that stamp their samples themselves",
        clocks.future_samples,
    ),
    Check(
        "future times",
        "Pods bound, or pods and nodes made, later than the sample that tells of it.",
        WARNING,
        "synchronise the clocks of the control plane and of Prometheus' machine",
        clocks.future_times,
    ),
    Check(
        "unknown nodes",
        "Pods on nodes that kube_node_info does not tell of.",
        WARNING,
        "let Prometheus keep kube_node_info and kube_node_status_capacity of all nodes; a kube-state-metrics shard may be missing",
        nodes.unknown_nodes,
    ),
    Check(
        "nodes without capacity",
        "Nodes that are known, but not how large they are.",
        ERROR,
        "let Prometheus keep kube_node_status_capacity with its resources cpu and memory",
        nodes.nodes_without_capacity,
    ),
    Check(
        "shared cards",
        "Cards that are told several times (time-slicing, MPS), or under resource names that are not counted (MIG, vGPU).",
        WARNING,
        "not told apart yet: divide the card's price in the price book by its replicas; give MIG slices no price of their own",
        nodes.shared_cards,
    ),
    Check(
        "nodes priced by pod",
        "Fargate and virtual nodes: they cost what their pods request.",
        INFO,
        "none needed; price them with a rule for their label in the price book",
        nodes.pod_priced_nodes,
    ),
    Check(
        "unpriced",
        "Assets of the costed hour that nothing in the price book prices.",
        ERROR,
        "add a rule to the price book",
        prices.unpriced,
    ),
    Check(
        "default prices",
        "Money of the costed hour that rests on list-like default rates.",
        WARNING,
        "give your prices with --prices",
        prices.default_prices,
    ),
    Check(
        "guesses",
        "Everything else in the costed hour that rests on something assumed, with its money.",
        WARNING,
        "each has its own",
        prices.guesses,
    ),
    Check(
        "partial answers",
        "Warnings that the server sent with its answers: failed stores, missing replicas.",
        ERROR,
        "see that all stores of the server answer; for Thanos set partial_response=false in prometheus.params to get an error instead",
        answers.partial_answers,
    ),
    Check(
        "refused sizes",
        "Questions that the server took only in parts.",
        INFO,
        "raise the server's limits (--query.max-samples, query.max-length), if long windows take too long",
        answers.refused_sizes,
    ),
    Check(
        "values that are no numbers",
        "NaN and infinite values among the answers.",
        WARNING,
        "find the exporter or recording rule that gives them; a ratio by 0 is the usual reason",
        answers.non_finite,
    ),
)
