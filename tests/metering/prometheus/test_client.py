from __future__ import annotations

import json
import threading
from collections.abc import Callable

import polars as pl
import pytest

import farthing.metering.prometheus as room
from farthing.core.errors import AccessDenied, BudgetExceeded, Refused, TimedOut, Unreadable
from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus import InstantQuestion, Progress, PrometheusClient, RangeQuestion, SeriesQuestion, Target
from tests.metering.prometheus.server import Answer, Received, Server, at_most, data, error, evaluated, result

Connect = Callable[..., PrometheusClient]
QUERY, RANGE, SERIES = "/api/v1/query", "/api/v1/query_range", "/api/v1/series"
DAY = RangeQuestion("cpu", "sum(rate(x[1h]))", ("pod",), 3600, 86_400, 3600)  # 24 evaluations
TOO_MANY = error(422, "execution", "query processing would load too many samples into memory in query execution")


def hours(frame: pl.DataFrame) -> list[tuple[float, float]]:
    return frame.select("t", "v").rows()


WHOLE_DAY = [(3600.0 * h, 36.0 * h) for h in range(1, 25)]  # the server of these tests answers a hundredth of the time


def spans(server: Server) -> list[tuple[int, int]]:
    return [(int(r.one("start")) // 3600, int(r.one("end")) // 3600) for r in server.received(RANGE)]


def test_the_names_the_room_exports() -> None:
    assert set(room.__all__) >= {
        "AnyQuestion", "Asked", "InstantQuestion", "Progress", "PrometheusClient", "Question", "RangeQuestion", "SeriesQuestion", "Tally",
        "Target",
    }  # fmt: skip
    assert all(hasattr(room, name) for name in room.__all__)


def test_answers_come_in_the_order_of_the_questions(server: Server, connect: Connect) -> None:
    """The first question is answered last: it waits until the other two are."""
    others = threading.Semaphore(0)

    def behave(request: Received) -> Answer:
        if request.one("query") == "first":
            assert others.acquire(timeout=10)
            assert others.acquire(timeout=10)
        else:
            others.release()
        return Answer(result(({"pod": request.one("query")}, [(7, "1")]), kind="vector"))

    server.answer(QUERY, behave)
    frames = connect(concurrency=2).ask([InstantQuestion(name, name, ("pod",), 10) for name in ("first", "second", "third")])
    assert [frame["pod"].item() for frame in frames] == ["first", "second", "third"]


def test_no_more_are_asked_at_once_than_the_setting(server: Server, connect: Connect) -> None:
    gate, lock, now, most = threading.Barrier(3, timeout=10), threading.Lock(), 0, 0

    def behave(request: Received) -> Answer:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        gate.wait()
        with lock:
            now -= 1
        return Answer(result(kind="vector"))

    server.answer(QUERY, behave)
    connect(concurrency=3).ask([InstantQuestion("m", "up", (), 10)] * 9)
    assert most == 3


def test_after_a_failure_the_rest_is_not_asked(server: Server, connect: Connect) -> None:
    server.answer(QUERY, error(400, "bad_data", "parse error: no"))
    with pytest.raises(Refused):
        connect(concurrency=2).ask([InstantQuestion("m", "up", (), 10)] * 30)
    assert len(server.requests) < 30


def test_progress_is_told_of_each_answer(server: Server) -> None:
    server.answer(RANGE, evaluated)
    told: list[Progress] = []
    with PrometheusClient(PrometheusSettings(url=server.url), progress=told.append) as client:
        client.ask([DAY, DAY])
    assert told == [Progress("cpu", 1, 2, 24), Progress("cpu", 2, 2, 24)]


def test_raw_samples_come_from_an_instant_question(server: Server, connect: Connect) -> None:
    server.answer(QUERY, Answer(result(({"pod": "a"}, [(1.25, "1"), (16.25, "2")]))))
    (frame,) = connect().ask([InstantQuestion("raw", "x[1h]", ("pod",), 20.5)])
    assert frame.rows() == [("a", 1.25, 1.0), ("a", 16.25, 2.0)]
    assert server.requests[0].one("time") == "20.5"


def test_series_are_found(server: Server, connect: Connect) -> None:
    server.answer(SERIES, data([{"__name__": "up", "job": "a"}, {"__name__": "up", "job": "b"}]))
    client = connect()
    frames = client.ask([SeriesQuestion("s", ("up", '{job="a"}'), 0, 3600), SeriesQuestion("s", ("up",), 0, 3600, ("job",))])
    assert frames[0].sort("job").rows() == [("up", "a"), ("up", "b")]
    assert frames[1].columns == ["job"]
    by_selectors = {tuple(r.form["match[]"]): (r.method, r.one("start"), r.one("end")) for r in server.requests}
    assert by_selectors == {("up", '{job="a"}'): ("POST", "0", "3600"), ("up",): ("POST", "0", "3600")}


@pytest.mark.parametrize(
    "refusal",
    [
        TOO_MANY,
        error(400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries"),
        error(422, "422", "the query time range exceeds the limit"),
        error(503, "timeout", "query timed out in expression evaluation"),
        error(413, "", "answer too large"),
        Answer(b"<html><title>Gateway Time-out</title></html>", 504),
    ],
)
def test_a_range_that_is_refused_is_asked_in_halves(server: Server, connect: Connect, naps: list[float], refusal: Answer) -> None:
    server.answer(RANGE, evaluated)
    client = connect()
    client.ask([DAY])
    server.requests.clear()
    server.answer(RANGE, at_most(6, refusal))
    (frame,) = client.ask([DAY])
    assert hours(frame) == WHOLE_DAY
    # 24 are refused, so are 12 and 12; four times 6 are answered: 3 cuts
    assert spans(server) == [(1, 24), (1, 12), (1, 6), (7, 12), (13, 24), (13, 18), (19, 24)]
    assert client.asked.splits == client.asked.measurements["cpu"].splits == 3
    assert naps == []


def test_halves_go_down_to_one_step(server: Server, connect: Connect) -> None:
    server.answer(RANGE, at_most(1, TOO_MANY))
    client = connect()
    assert hours(client.ask([DAY])[0]) == WHOLE_DAY
    assert client.asked.splits == 23  # 24 single steps come of 23 cuts


def test_what_one_step_is_refused_for_is_told(server: Server, connect: Connect) -> None:
    server.answer(RANGE, error(422, "execution", "found duplicate series for the match group"))
    with pytest.raises(Refused, match="found duplicate series") as caught:
        connect().ask([DAY])
    assert DAY.promql in str(caught.value)
    assert spans(server)[-1] == (1, 1)


def test_a_wrong_query_is_not_cut(server: Server, connect: Connect) -> None:
    server.answer(RANGE, error(400, "bad_data", 'invalid parameter "query": 1:5: parse error: unexpected end of input'))
    with pytest.raises(Refused, match="unexpected end of input") as caught:
        connect().ask([DAY])
    assert DAY.promql in str(caught.value)
    assert len(server.requests) == 1


def test_a_query_that_never_ends_is_halved_twice_only(server: Server, connect: Connect) -> None:
    """Each try costs the whole time limit."""
    server.answer(RANGE, Answer(hang=True))
    with pytest.raises(TimedOut):
        connect(timeout_seconds=0.2).ask([DAY])
    assert spans(server) == [(1, 24), (1, 12), (1, 6)]


def test_instant_questions_cannot_be_cut(server: Server, connect: Connect) -> None:
    server.answer(QUERY, TOO_MANY)
    with pytest.raises(Refused, match="too many samples"):
        connect().ask([InstantQuestion("m", "x[30d]", (), 10)])
    assert len(server.requests) == 1


def test_a_range_of_more_points_than_servers_answer_is_asked_in_pieces(server: Server, connect: Connect) -> None:
    server.answer(RANGE, evaluated)
    client = connect()
    (frame,) = client.ask([RangeQuestion("m", "up", ("pod",), 0, 25_000, 1)])
    assert frame["t"].to_list() == list(range(25_001))
    assert [int(r.one("end")) - int(r.one("start")) + 1 for r in server.requests] == [11_000, 11_000, 3_001]
    assert client.asked.splits == 2


def test_statistics_add_up(server: Server, connect: Connect) -> None:
    stats = {"samples": {"totalQueryableSamples": 500}}
    series = [{"metric": {"pod": "a"}, "values": [[3600, "1"], [7200, "NaN"], [99_999, "3"], [10_800, "2"], [10_800, "2"]]}]
    body = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series, "stats": stats}}).encode()
    server.answer(RANGE, Answer(body))
    client = connect()
    client.ask([DAY, DAY])
    asked = client.asked
    assert (asked.queries, asked.series, asked.points, asked.samples, asked.bytes) == (2, 2, 4, 1000, 2 * len(body))
    assert (asked.non_finite, asked.outside, asked.duplicates, asked.retries) == (2, 2, 2, 0)
    assert asked.seconds > 0
    assert asked.measurements["cpu"].points == 4


def test_more_queries_than_allowed_are_not_begun(server: Server, connect: Connect) -> None:
    server.answer(RANGE, evaluated)
    client = connect(max_queries=3)
    with pytest.raises(BudgetExceeded, match=r"max_queries = 3"):
        client.ask([DAY] * 4)
    assert server.requests == []
    client.ask([DAY] * 2)
    with pytest.raises(BudgetExceeded, match="4 queries would be sent, 2 of them already were"):
        client.ask([DAY] * 2)


def test_halves_count_as_queries(server: Server, connect: Connect) -> None:
    server.answer(RANGE, at_most(1, TOO_MANY))
    with pytest.raises(BudgetExceeded, match="max_queries = 10"):
        connect(max_queries=10).ask([DAY])
    assert len(server.requests) == 10


def test_more_series_than_allowed(server: Server, connect: Connect) -> None:
    server.answer(QUERY, Answer(result(*[({"pod": str(i)}, [(7, "1")]) for i in range(11)], kind="vector")))
    server.answer(SERIES, data([{"__name__": "up", "pod": str(i)} for i in range(11)]))
    for question in (InstantQuestion("m", "up", (), 10), SeriesQuestion("m", ("up",), 0, 1)):
        with pytest.raises(BudgetExceeded, match=r"prometheus\.max_series = 10"):
            connect(max_series=10).ask([question])
        assert connect(max_series=11).ask([question])[0].height == 11


def test_more_samples_than_allowed(server: Server, connect: Connect) -> None:
    server.answer(RANGE, evaluated)  # tells no samples: the 24 points of each answer count
    client = connect(max_samples=50, concurrency=1)
    with pytest.raises(BudgetExceeded, match=r"prometheus\.max_samples = 50"):
        client.ask([DAY] * 9)
    assert len(server.requests) == 3  # 24, 48, 72


def test_label_names_and_values(server: Server, connect: Connect) -> None:
    server.answer("/api/v1/labels", data(["job", "__name__"]))
    server.answer("/api/v1/label/job/values", data(["b", "a"], warnings=["half the stores"]))
    server.answer("/api/v1/label/none/values", data(None))
    client = connect()
    assert client.label_names(["up"], 0, 10) == {"job", "__name__"}
    assert client.label_values("job", ["up", "down"], 0, 10.5) == ["a", "b"]
    assert client.label_values("none", [], 0, 10) == []
    assert client.asked.warnings == ["half the stores"]
    names, values, _ = server.requests
    assert (names.method, names.form) == ("POST", {"match[]": ["up"], "start": ["0"], "end": ["10"]})
    assert (values.method, values.form) == ("GET", {"match[]": ["up", "down"], "start": ["0"], "end": ["10.5"]})


CONFIG = "global:\n  scrape_interval: 1m\n  external_labels:\n    cluster: prod\n    replica: 1\nscrape_configs: []\n"


def test_what_the_server_tells_of_itself(server: Server, connect: Connect) -> None:
    server.answer("/api/v1/status/buildinfo", data({"version": "2.42.0"}))
    server.answer("/api/v1/status/runtimeinfo", data({"storageRetention": "15d"}))
    server.answer("/api/v1/status/config", data({"yaml": CONFIG}))
    active = [{"labels": {"job": "a"}, "scrapePool": "p", "scrapeInterval": "30s", "health": "up", "discoveredLabels": {"x": "y"}}]
    server.answer("/api/v1/targets", data({"activeTargets": active, "droppedTargets": []}))
    server.answer(QUERY, Answer(result(kind="vector"), headers={"Date": "Wed, 21 Oct 2015 07:28:00 GMT"}))
    client = connect()
    assert client.build_info() == {"version": "2.42.0"}
    assert client.runtime_info() == {"storageRetention": "15d"}
    assert client.external_labels() == {"cluster": "prod", "replica": "1"}
    assert client.targets() == [Target(labels={"job": "a"}, scrape_pool="p", scrape_interval="30s", health="up")]
    assert client.server_time() == 1_445_412_480  # 2015-10-21T07:28:00Z
    server.answer(QUERY, Answer(result(kind="vector")))
    assert client.server_time() is None


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"404 page not found", 404),
        Answer(b"unsupported path requested", 400),
        Answer(b"forbidden", 403),
        Answer(b"<html><title>Grafana</title></html>"),
        Answer(b"", 302, {"Location": "/login"}),
        Answer(b"", 501),
    ],
)
def test_what_a_server_does_not_have_is_not_an_error(server: Server, connect: Connect, answer: Answer) -> None:
    server.answer("*", answer)
    client = connect()
    assert client.build_info() is None
    assert client.runtime_info() is None
    assert client.external_labels() == {}
    assert client.targets() is None


def test_but_a_wrong_password_is(server: Server, connect: Connect) -> None:
    server.answer("*", Answer(b"", 401))
    with pytest.raises(AccessDenied):
        connect().external_labels()
    with pytest.raises(AccessDenied):
        connect().server_time()


def test_a_configuration_without_external_labels_or_that_is_none(server: Server, connect: Connect) -> None:
    server.answer(
        "/api/v1/status/config", data({"yaml": "global: {}"}), data({"yaml": ""}), data({"yaml": "- a\n- b"}), data({"yaml": "{"})
    )
    client = connect()
    assert client.external_labels() == {}
    assert client.external_labels() == {}
    for _ in range(2):
        with pytest.raises(Unreadable, match="configuration"):
            client.external_labels()


def test_nothing_asked_is_nothing_answered(server: Server, connect: Connect) -> None:
    assert connect().ask([]) == []
    assert server.requests == []


def test_settings_are_not_shown(connect: Connect, server: Server) -> None:
    client = connect(url=server.url.replace("://", "://ann:hunter22@"))
    assert repr(client) == f"<PrometheusClient {server.url}, basic auth (from prometheus.url)>"
