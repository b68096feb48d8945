"""Measurements as PromQL, and that real servers read it as it is meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from farthing.core.settings import PrometheusSettings
from farthing.metering import MEASUREMENTS, Measurement
from farthing.metering.measurements import CPU_FIRST, CPU_RESETS, CPU_USED, NODE_LABELS, POD_COMPLETED, POD_INFO, POD_SEEN, POD_TERMINAL
from farthing.metering.prometheus import InstantQuestion, PrometheusClient, promql, quote, selector
from tests.kit.scrape import Series
from tests.kit.servers import KINDS, serving

START = 1_700_000_000 // 3600 * 3600
# names that mean something else to a regular expression or to a string literal; the last two are only alike
ODD = ("a.b", "a|b", "a+b", "(a)", "[a]", "a*", "a-b", "^a$", "back\\slash", 'quo"te', "new\nline", "{x}", "é", "axb", "ab")


@pytest.mark.parametrize(
    ("text", "literal"),
    [("plain", '"plain"'), ('a"b', r'"a\"b"'), ("a\\b", r'"a\\b"'), ("a\nb", r'"a\nb"'), ('\\"', r'"\\\""'), ("", '""')],
)
def test_quoting(text: str, literal: str) -> None:
    assert quote(text) == literal


@pytest.mark.parametrize(
    ("values", "matcher"),
    [
        (["web-0"], 'pod="web-0"'),
        (["a.b"], 'pod="a.b"'),  # an equality, so nothing to escape
        (["b", "a"], 'pod=~"a|b"'),
        (["a.b", "c"], r'pod=~"a\\.b|c"'),
        (["web-0", "web-1"], 'pod=~"web-0|web-1"'),
        (['a"b', "c\\d"], r'pod=~"a\"b|c\\\\d"'),
    ],
)
def test_any_of(values: list[str], matcher: str) -> None:
    assert promql.any_of("pod", values) == matcher


def test_a_selector_has_the_measurements_own_matchers_first() -> None:
    assert selector(NODE_LABELS) == "kube_node_labels"
    assert selector(POD_SEEN) == 'kube_pod_info{node!=""}'
    assert selector(POD_SEEN, ('uid="u"', 'cluster="c"')) == 'kube_pod_info{node!="",uid="u",cluster="c"}'
    assert selector(POD_COMPLETED, ('uid="u"',)) == 'kube_pod_completion_time{uid="u"}'


def test_an_hour_leaves_its_older_edge_out() -> None:
    # Prometheus 2 counts a sample at exactly the older edge in: a millisecond less does not reach it
    assert promql.hourly(POD_COMPLETED) == "max_over_time(kube_pod_completion_time[59m59s999ms])"
    assert promql.raw(POD_COMPLETED, 600) == "kube_pod_completion_time[599999ms]"


def test_only_values_that_are_equal() -> None:
    matchers = 'phase=~"Succeeded|Failed"'
    assert promql.hourly(POD_TERMINAL) == f"max_over_time(kube_pod_status_phase{{{matchers}}}[59m59s999ms]) == 1"


def test_parts_are_added_up_before_anything_else() -> None:
    inner = 'last_over_time(container_cpu_usage_seconds_total{container!="",container!="POD"}[59m59s999ms])'
    assert promql.hourly(CPU_USED, sum_over="cpu") == f"sum without (cpu) ({inner})"


def test_an_information_metric_has_no_hourly_value() -> None:
    with pytest.raises(ValueError, match="pod info is an information metric"):
        promql.hourly(POD_INFO)


def texts(m: Measurement) -> Iterator[str]:
    """Everything that is asked about a measurement, with odd names in it."""
    more = (promql.any_of("pod", ODD), promql.any_of("uid", ['one"']))
    yield selector(m, more)
    yield promql.raw(m, 3600, more)
    yield promql.densest(m, ("cluster",), 600)
    yield promql.densest(m, (), 600)
    yield promql.last_time(m, ("cluster", "pod"), more)
    yield promql.last_within(m, (), 30.0, more)
    if m.over is not None:
        yield promql.hourly(m, more)
    if m in (CPU_USED, CPU_FIRST, CPU_RESETS):
        yield promql.hourly(m, more, sum_over="cpu")


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Kind and URL of a server with a series of every odd name and one sample a minute for an hour, edges included."""
    times = [START + 60.0 * i for i in range(61)]
    series = [Series(POD_COMPLETED.metric, {"pod": name}, times, [float(i)] * 61) for i, name in enumerate(ODD)]
    with ExitStack() as stack:
        yield request.param, stack.enter_context(serving(request.param, series, tmp_path_factory.mktemp("promql")))


@pytest.mark.real
def test_servers_read_every_text(server: tuple[str, str]) -> None:
    kind, url = server
    asked = [text for m in MEASUREMENTS for text in texts(m)]
    assert len(asked) > 6 * len(MEASUREMENTS)
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as http:
        for text in asked:
            if kind == "prometheus":
                answer = http.post("/api/v1/format_query", data={"query": text})
            else:
                answer = http.post("/api/v1/query", data={"query": text, "time": str(START + 3600)})
            assert answer.status_code == 200, (text, answer.text)


@pytest.mark.real
def test_names_are_meant_literally(server: tuple[str, str]) -> None:
    _, url = server
    with PrometheusClient(PrometheusSettings(url=url)) as client:

        def found(*names: str) -> set[str]:
            text = selector(POD_COMPLETED, (promql.any_of("pod", names),))
            return set(client.ask([InstantQuestion("x", text, ("pod",), START + 3600.0)])[0]["pod"])

        for name in ODD:
            assert found(name) == {name}
            assert found(name, "nobody") == {name}
        assert found(*ODD) == set(ODD)
        assert found("a.b", "a*") == {"a.b", "a*"}  # not axb, not ab


@pytest.mark.real
def test_an_hours_samples_are_those_after_its_start(server: tuple[str, str]) -> None:
    # 61 samples on the minutes, both edges of the hour among them: the hour has 60
    _, url = server
    with PrometheusClient(PrometheusSettings(url=url)) as client:
        raw = promql.raw(POD_COMPLETED, 3600, (promql.any_of("pod", ["a.b"]),))
        (samples,) = client.ask([InstantQuestion("x", raw, ("pod",), START + 3600.0)])
    assert samples["t"].to_list() == [START + 60.0 * i for i in range(1, 61)]
