"""Every question of `Source`, asked of a Prometheus and of the sample store with the same series, has the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from farthing.core.ledger import Span
from farthing.core.settings import MeteringSettings, PrometheusSettings
from farthing.metering import MEASUREMENTS, Measurement, Of, Source
from farthing.metering.measurements import (
    CPU_RESETS,
    CPU_USED,
    NODE_LABELS,
    NODE_SEEN,
    POD_LABELS,
    POD_SEEN,
    RAM_USED,
    VOLUME_CREATED,
)
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.metering.samples import SampleStore
from tests.contract import test_names
from tests.contract.cases import END, START, every_series
from tests.contract.facts import HOUR, at
from tests.kit.scrape import Series
from tests.kit.stores import holding

pytestmark = pytest.mark.real
WHOLE = Span(START - HOUR, END + HOUR)
Pair = tuple[Source, Source]
HOURLY = [m for m in MEASUREMENTS if m.over]
INDEXED = [m for m in MEASUREMENTS if not m.over]


def odd_series() -> Iterator[Series]:
    """What the cases do not have: scrapes on the full hour, counters core by core, bytes, an exporter that moved inside an hour."""
    minutes = [START + 60.0 * i for i in range(-30, 200)]
    own = {"cluster": "odd", "namespace": "n", "pod": "p", "container": "c"}
    for core in range(2):
        labels = {**own, "id": "/x", "instance": "k", "cpu": f"cpu{core:02}"}
        yield Series("container_cpu_usage_seconds_total", labels, minutes, [i * (20.0 + core) for i in range(len(minutes))])
    sawtooth = {**own, "container": "saw", "instance": "k", "cpu": "total"}
    yield Series("container_cpu_usage_seconds_total", sawtooth, minutes, [float(i % 59) for i in range(len(minutes))])
    for direction in ("transmit", "receive"):
        labels = {**own, "interface": "eth0", "instance": "k"}
        yield Series(f"container_network_{direction}_bytes_total", labels, minutes, [i * 1e6 for i in range(len(minutes))])
    for place, times, value in (("a", minutes[:110], 1.0), ("b", minutes[109:], 3.0)):
        labels = {**own, "uid": "u", "resource": "cpu", "instance": place}
        yield Series("kube_pod_container_resource_requests", labels, times, [value] * len(times), [times[-1] + 60])


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    series = [*every_series(), *test_names.every_series(), *odd_series()]
    settings = MeteringSettings()
    with ExitStack() as stack:
        url = stack.enter_context(holding("prometheus", series, tmp_path_factory.mktemp("prometheus")))
        store = stack.enter_context(holding("samples", series, tmp_path_factory.mktemp("samples")))
        assert isinstance(url, str)
        assert isinstance(store, SampleStore)
        client = stack.enter_context(PrometheusClient(PrometheusSettings(url=url)))
        yield PrometheusSource(client, settings, WHOLE), store.source(WHOLE, settings)


def assert_same(both: tuple[pl.DataFrame, pl.DataFrame], *, empty: bool = False) -> None:
    """The same rows with the same values, in whatever order; `t` to the millisecond."""
    server, store = (f.with_columns(pl.col("t").round(3)) if "t" in f.columns else f for f in both)
    assert server.height > 0 or empty
    assert_frame_equal(server.select(store.columns), store, check_row_order=False, rel_tol=1e-9)


def test_both_speak_the_same_dialect(both: Pair) -> None:
    assert [s.has(m) for s in both for m in MEASUREMENTS].count(True) > 60
    assert [both[0].has(m) for m in MEASUREMENTS] == [both[1].has(m) for m in MEASUREMENTS]
    assert [s.name for s in both] == ["prometheus", "samples"]


@pytest.mark.parametrize("m", HOURLY, ids=lambda m: m.name)
def test_hourly(both: Pair, m: Measurement) -> None:
    server, store = (source.hourly([m], WHOLE)[0] for source in both)
    assert_same((server, store), empty=not both[0].has(m))


@pytest.mark.parametrize("m", INDEXED, ids=lambda m: m.name)
def test_index(both: Pair, m: Measurement) -> None:
    server, store = (source.index([m], WHOLE)[0] for source in both)
    assert_same((server, store), empty=not both[0].has(m))


@pytest.mark.parametrize("m", [POD_LABELS, NODE_LABELS], ids=lambda m: m.name)
def test_labels(both: Pair, m: Measurement) -> None:
    name = m.keys[-1] if m is NODE_LABELS else "pod"
    of = Of(name, {"p", "g", "n1", "web", "early", "briefly"})
    for server, store in (
        tuple(source.index([m], WHOLE, "label_")[0] for source in both),
        tuple(source.labelled(m, WHOLE, "label_", of) for source in both),
        tuple(source.samples(m, Span(START, START + HOUR), of, "label_") for source in both),
    ):
        told = [f.with_columns(pl.col("labels").list.eval(pl.element().struct.json_encode()).list.join(" ")) for f in (server, store)]
        assert_same((told[0], told[1]))


@pytest.mark.parametrize(
    ("m", "span", "of"),
    [
        (CPU_USED, Span(at("01:00"), at("02:00")), Of("pod", {"web", "restarted"})),
        (CPU_USED, Span(at("01:00"), at("02:00")), None),
        (RAM_USED, Span(at("00:59:20"), at("01:00:20")), None),  # a sample on the older edge is out, one on the younger in
        (NODE_SEEN, Span(at("06:13:07"), at("06:15:08")), None),
        (VOLUME_CREATED, WHOLE, Of("persistentvolume", {"pv-re", "none"})),
        (POD_SEEN, Span(at("00:00"), at("01:00")), Of("cluster", {"gap", "reused"})),
    ],
)
def test_samples(both: Pair, m: Measurement, span: Span, of: Of | None) -> None:
    server, store = (source.samples(m, span, of) for source in both)
    assert_same((server, store))
    keys = ["cluster", *m.keys]
    assert store.group_by(keys, maintain_order=True).agg(pl.col("t").is_sorted())["t"].all()


def test_falls_of_counters(both: Pair) -> None:
    server, store = (source.hourly([CPU_RESETS], WHOLE)[0].filter(pl.col("v") > 0) for source in both)
    assert_same((server, store))


@pytest.mark.parametrize("interval", [60.0, 90.0, 30.0])
def test_edges(both: Pair, interval: float) -> None:
    server, store = (source.edges(CPU_USED, WHOLE, interval) for source in both)
    assert_same((server, store))
    of = Of("pod", {"tail", "asks-all", "web"})
    server, store = (source.edges(CPU_USED, Span(START, START + 2 * HOUR), interval, of) for source in both)
    assert_same((server, store))


@pytest.mark.parametrize("m", [NODE_SEEN, POD_SEEN, RAM_USED], ids=lambda m: m.name)
def test_clusters(both: Pair, m: Measurement) -> None:
    assert both[0].clusters(m, WHOLE) == both[1].clusters(m, WHOLE) != set()
    for hour in range(8):
        span = Span(START + (hour - 1) * HOUR, START + hour * HOUR)
        assert both[0].clusters(m, span) == both[1].clusters(m, span)


@pytest.mark.parametrize("apart", [3600, 7200])
def test_spacing(both: Pair, apart: int) -> None:
    assert_same((both[0].spacing(RAM_USED, WHOLE, apart), both[1].spacing(RAM_USED, WHOLE, apart)))
    assert_same(
        (both[0].spacing(NODE_SEEN, Span(START, START + HOUR), apart), both[1].spacing(NODE_SEEN, Span(START, START + HOUR), apart))
    )


@pytest.mark.parametrize("apart", [300, 60])
@pytest.mark.parametrize("of", [None, Of("node", {"n1"}), Of("cluster", {"gap", "reused", "card"})], ids=["all", "node", "cluster"])
def test_beats(both: Pair, apart: int, of: Of | None) -> None:
    for span in (WHOLE, Span(at("01:15"), at("01:40"))):
        assert_same((both[0].beats(NODE_SEEN, span, apart, of), both[1].beats(NODE_SEEN, span, apart, of)))


def test_how_many_containers_there_are(both: Pair) -> None:
    counts = [source.breadth(RAM_USED, WHOLE) for source in both]  # type: ignore[attr-defined]
    assert counts[0] == counts[1] > 10
