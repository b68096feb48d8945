"""How an installation spells things, found in its index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from farthing.core.errors import BadParameter, NoData
from farthing.core.ledger import Span
from farthing.core.settings import MeteringSettings
from farthing.metering.measurements import CONTAINER_REQUESTS, CPU_USED, MEASUREMENTS, POD_INFO, RAM_USED, VOLUME_BYTES, Exporter
from farthing.metering.prometheus import Dialect, PrometheusClient, discover

SPAN = Span(1_772_409_600, 1_772_496_000)  # 2026-03-02, a day
STATE = ("kube_pod_info", "kube_node_info", "kube_pod_container_resource_requests")
USAGE = ("container_cpu_usage_seconds_total", "container_memory_working_set_bytes")
PLAIN = {"namespace", "pod", "uid", "node", "container", "resource"}


class Index(PrometheusClient):
    """A server's index: its metrics, the labels of kube-state-metrics' and cAdvisor's, values of cAdvisor's `cpu`, external labels."""

    def __init__(
        self,
        *metrics: str,
        state: set[str] = PLAIN,
        usage: set[str] = PLAIN,
        cpus: Sequence[str] = (),
        external: Mapping[str, str] | None = None,
    ) -> None:
        self._metrics = metrics or (*STATE, *USAGE)
        self._labels = {Exporter.KUBE_STATE: state, Exporter.CADVISOR: usage}
        self._cpus = cpus
        self._external = dict(external or {})

    def label_values(self, label: str, match: Sequence[str], start: float, end: float) -> list[str]:
        assert (start, end) == (SPAN.start, SPAN.end)
        if label == "__name__":
            return sorted(m for m in self._metrics if m in match[0])
        assert (label, list(match)) == ("cpu", [CPU_USED.metric])
        return list(self._cpus)

    def label_names(self, match: Sequence[str], start: float, end: float) -> set[str]:
        assert match
        return self._labels[Exporter.CADVISOR if match[0] in USAGE else Exporter.KUBE_STATE]

    def external_labels(self) -> dict[str, str]:
        return self._external


def dialect(index: Index, **settings: str) -> Dialect:
    return discover(index, SPAN, MeteringSettings.model_validate(settings))


def test_one_cluster_without_a_label() -> None:
    found = dialect(Index())
    assert (found.cluster_label, found.default_cluster) == (None, "default")
    assert found.columns(POD_INFO) == ("namespace", "pod", "uid", "node", "pod_ip", "host_network")
    assert found.has(POD_INFO)
    assert not found.has(VOLUME_BYTES)


@pytest.mark.parametrize(
    ("labels", "label"),
    [({"cluster"}, "cluster"), ({"k8s_cluster", "cluster_id"}, "cluster_id"), ({"cluster_name", "cluster"}, "cluster"), ({"region"}, None)],
)
def test_the_clusters_label_is_the_most_usual_one(labels: set[str], label: str | None) -> None:
    found = dialect(Index(state=PLAIN | labels))
    assert found.cluster_label == label
    assert (found.columns(POD_INFO)[0] == label) == (label is not None)


def test_a_set_label_is_taken_and_one_that_is_nowhere_refused() -> None:
    index = Index(state=PLAIN | {"cluster", "tenant"})
    assert dialect(index, cluster_label="tenant").cluster_label == "tenant"
    with pytest.raises(BadParameter, match="has the label 'tennant'") as caught:
        dialect(index, cluster_label="tennant")
    assert "tenant" in str(caught.value.expected)


def test_the_name_of_a_cluster_without_a_label() -> None:
    external = {"replica": "a", "k8s_cluster": "second", "cluster": "first"}
    assert dialect(Index(external=external)).default_cluster == "first"
    assert dialect(Index(external={"cluster": "", "k8s_cluster": "second"})).default_cluster == "second"
    assert dialect(Index(external=external), cluster_id="mine").default_cluster == "mine"
    assert dialect(Index(external={"replica": "a"})).default_cluster == "default"


def test_exported_labels_come_before_the_targets_own() -> None:
    # without honor_labels the plain labels name kube-state-metrics' own pod; cAdvisor's are its own
    found = dialect(Index(state=PLAIN | {"exported_namespace", "exported_pod", "exported_container"}))
    assert found.spellings(Exporter.KUBE_STATE, "pod") == ("exported_pod", "pod")
    assert found.columns(CONTAINER_REQUESTS) == (
        "exported_namespace", "namespace", "exported_pod", "pod", "uid", "exported_container", "container", "resource",
    )  # fmt: skip
    assert found.spellings(Exporter.CADVISOR, "pod") == ("pod",)


def test_older_spellings() -> None:
    found = dialect(Index(usage={"namespace", "pod_name", "container_name", "id"}))
    assert found.spellings(Exporter.CADVISOR, "pod") == ("pod_name",)
    assert found.spellings(Exporter.CADVISOR, "container") == ("container_name",)


def test_a_container_id_that_was_dropped_may_stand_in_the_name() -> None:
    assert dialect(Index(usage=PLAIN | {"id", "name"})).spellings(Exporter.CADVISOR, "id") == ("id",)
    assert dialect(Index(usage=PLAIN | {"name"})).spellings(Exporter.CADVISOR, "id") == ("name",)
    # neither is there: asked for under its own name, and then absent
    assert dialect(Index()).spellings(Exporter.CADVISOR, "id") == ("id",)


@pytest.mark.parametrize(("cpus", "parts"), [((), False), (("total",), False), (("cpu00", "cpu01"), True), (("total", "cpu00"), True)])
def test_cpu_counters_per_core_are_parts_of_one(cpus: Sequence[str], parts: bool) -> None:
    assert dialect(Index(usage=PLAIN | {"cpu"}, cpus=cpus)).cpu_parts is parts


def test_without_cadvisor_there_is_no_usage() -> None:
    found = dialect(Index(*STATE))
    assert not found.has(RAM_USED)
    assert found.labels[Exporter.CADVISOR] == frozenset()


def test_pods_alone_are_enough() -> None:
    assert dialect(Index("kube_pod_info")).metrics == {"kube_pod_info"}


def test_without_kube_state_metrics_it_says_what_there_is() -> None:
    with pytest.raises(NoData) as caught:
        dialect(Index("container_memory_working_set_bytes", "container_cpu_usage_seconds_total"))
    text = str(caught.value)
    assert "no series of kube-state-metrics between 2026-03-02 00:00 UTC and 2026-03-03 00:00 UTC" in text
    assert "found only container_cpu_usage_seconds_total, container_memory_working_set_bytes" in text
    assert "kube_pod_info" in text
    assert "let Prometheus scrape kube-state-metrics" in text


def test_with_nothing_at_all_it_says_so() -> None:
    with pytest.raises(NoData, match="none of the metrics that are needed is there"):
        dialect(Index("up", "node_cpu_seconds_total"))


def test_every_metric_is_looked_for() -> None:
    everything = sorted({m.metric for m in MEASUREMENTS})
    assert dialect(Index(*everything)).metrics == set(everything)
