"""What only the store's own Source does; that it answers as servers do is shown by the contract."""

from __future__ import annotations

import polars as pl
import pytest

from farthing.core.errors import BadParameter, NoData
from farthing.core.ledger import Span
from farthing.core.settings import MeteringSettings
from farthing.metering import Of, Source
from farthing.metering.measurements import CONTAINER_REQUESTS, CPU_USED, POD_INFO, POD_SEEN, RAM_USED
from farthing.metering.samples import SampleStore, batch_of, series_of
from tests.metering.samples.conftest import HOUR, START, Open, samples

SPAN = Span(float(START), float(START + HOUR))
MINUTES = [START + 60.0 * (i + 1) for i in range(60)]
REQUEST = {"namespace": "n", "pod": "p", "uid": "u", "container": "c", "resource": "cpu"}


def requests(store: SampleStore, values: list[float], times: list[float], **more: str) -> None:
    one = series_of(CONTAINER_REQUESTS.metric, (REQUEST | more).items())
    store.append(batch_of([(one, times, values)]), START + HOUR)


def source(store: SampleStore, **settings: object) -> Source:
    store.append(samples("p", [START + 60.0]), START + HOUR)
    return store.source(SPAN, MeteringSettings.model_validate(settings))


def test_the_mean_of_what_does_not_change_is_that(opened: Open) -> None:
    store = opened()
    requests(store, [0.1] * 60, MINUTES)
    (told,) = source(store).hourly([CONTAINER_REQUESTS], SPAN)
    # a sum of sixty 0.1, over 60, would be 0.09999999999999998
    assert told["v"].to_list() == [0.1]


def test_an_exporter_that_moved_inside_the_hour_has_one_mean(opened: Open) -> None:
    store = opened()
    requests(store, [1.0] * 20, MINUTES[:20], instance="a")
    requests(store, [4.0] * 40, MINUTES[20:], instance="b")
    (told,) = source(store).hourly([CONTAINER_REQUESTS], SPAN)
    # 20 samples of 1 and 40 of 4
    assert told["v"].to_list() == pytest.approx([(20 * 1 + 40 * 4) / 60])


def test_clusters_have_a_name(opened: Open) -> None:
    store = opened()
    assert source(store).hourly([POD_SEEN], SPAN)[0]["cluster"].to_list() == ["default"]
    assert source(store, cluster_id="east").hourly([POD_SEEN], SPAN)[0]["cluster"].to_list() == ["east"]
    one = series_of(POD_INFO.metric, [("pod", "q"), ("node", "n"), ("site", "west")])
    store.append(batch_of([(one, [START + 60.0], [1.0])]), START + HOUR)
    # a label of any name may tell clusters apart
    (told,) = source(store, cluster_label="site", cluster_id="east").hourly([POD_SEEN], SPAN)
    assert sorted(told.select("pod", "cluster").iter_rows()) == [("p", "east"), ("q", "west")]
    with pytest.raises(BadParameter, match="'sight'"):
        source(store, cluster_label="sight")


def test_what_there_is(opened: Open) -> None:
    store = opened()
    told = source(store)
    assert told.has(POD_SEEN)
    assert not told.has(CPU_USED)
    assert told.hourly([CPU_USED], SPAN)[0].height == 0
    assert told.samples(RAM_USED, SPAN).columns == ["cluster", "namespace", "pod", "container", "id", "instance", "t", "v"]
    assert told.index([POD_INFO], SPAN)[0]["pod"].to_list() == ["p"]


def test_times_without_kube_state_metrics(opened: Open) -> None:
    store = opened()
    store.append(samples("p", [START + 60.0], metric="kube_pod_labels"), START + HOUR)
    with pytest.raises(NoData, match="no samples of kube-state-metrics"):
        store.source(SPAN, MeteringSettings())


def test_sixty_thousand_names_may_be_asked_for(opened: Open) -> None:
    told = source(opened()).samples(POD_SEEN, SPAN, Of("pod", {f"p{i}" for i in range(60_000)} | {"p"}))
    assert told.select("pod", "t", "v").rows() == [("p", START + 60.0, 1.0)]


def test_notes_of_the_store_reach_the_reader(opened: Open) -> None:
    store = opened()
    told = source(store)
    store.append(samples("p", [START + 9e9]), START + HOUR)
    assert [n.text for n in told.notes] == [n.text for n in store.notes] != []


def test_answers_stay_those_of_the_moment(opened: Open) -> None:
    store = opened()
    told = source(store)
    store.append(samples("q", [START + 60.0]), START + HOUR)
    assert told.hourly([POD_SEEN], SPAN)[0]["pod"].to_list() == ["p"]
    assert source(store).hourly([POD_SEEN], SPAN)[0].select(pl.col("pod").sort())["pod"].to_list() == ["p", "q"]
