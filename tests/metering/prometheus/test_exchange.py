from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable, Iterator

import pytest

from farthing.core.errors import Refused, SourceError, TimedOut, Unreachable, Unreadable
from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus import InstantQuestion, PrometheusClient, RangeQuestion
from farthing.metering.prometheus.auth import headers
from tests.metering.prometheus.server import Answer, Server, error, evaluated, result

Connect = Callable[..., PrometheusClient]
QUERY, RANGE = "/api/v1/query", "/api/v1/query_range"
UP = InstantQuestion("up", "up", ("pod",), 10)
FINE = Answer(result(({"pod": "a"}, [(7, "1")]), kind="vector"))


def test_a_question_is_posted_as_a_form(server: Server, connect: Connect) -> None:
    server.answer(RANGE, evaluated)
    connect().ask([RangeQuestion("m", "sum(rate(x[5m]))", ("pod",), 3600, 7200, 3600)])
    (request,) = server.requests
    assert request.method == "POST"
    assert request.form == {
        "query": ["sum(rate(x[5m]))"], "start": ["3600"], "end": ["7200"], "step": ["3600"], "stats": ["true"], "nocache": ["1"],
    }  # fmt: skip
    assert request.params == {}


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_where_post_is_refused_get_is_used_from_then_on(server: Server, connect: Connect, status: int) -> None:
    server.answer(QUERY, lambda request: FINE if request.method == "GET" else Answer(b"no", status))
    client = connect()
    client.ask([UP])
    client.ask([UP])
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]
    assert server.requests[1].one("query") == "up"


@pytest.mark.parametrize("refused", ["stats", "nocache"])
def test_parameters_a_server_does_not_know_are_left_out_from_then_on(server: Server, connect: Connect, refused: str) -> None:
    server.answer(QUERY, lambda request: error(400, "bad_data", "unknown parameter") if refused in request.form else FINE)
    client = connect()
    client.ask([UP])
    client.ask([UP])
    assert [refused in request.form for request in server.requests] == [True, False, False]


def test_parameters_that_once_worked_are_not_blamed(server: Server, connect: Connect) -> None:
    server.answer(QUERY, FINE, error(422, "execution", "duplicate series"))
    client = connect()
    client.ask([UP])
    with pytest.raises(Refused, match="duplicate series"):
        client.ask([UP])
    assert len(server.requests) == 2


def test_gzip_is_read(server: Server, connect: Connect) -> None:
    body = result(*[({"pod": f"p{i}"}, [(7, str(i))]) for i in range(5000)], kind="vector")
    packed = gzip.compress(body)
    server.answer(QUERY, Answer(packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}))
    client = connect()
    assert client.ask([UP])[0]["v"].sum() == 5000 * 4999 / 2
    assert client.asked.bytes == len(packed)  # over the wire


def test_this_machine_is_not_asked_to_compress(server: Server, connect: Connect) -> None:
    server.answer(QUERY, FINE)
    connect().ask([UP])
    assert server.requests[0].headers["Accept-Encoding"] == "identity"
    assert "Accept-Encoding" not in headers(PrometheusSettings(url="https://prometheus.example"))  # httpx asks for gzip by itself


PASSING: dict[str, Answer] = {
    "503": error(503, "", "no healthy upstream"),
    "500": Answer(b"oops", 500),
    "429": error(429, "", "slow down"),
    "vanished": Answer(vanish=True),
    "cut off": Answer(FINE.body, promised=10_000),
    "truncated": Answer(FINE.body[:-9] if isinstance(FINE.body, bytes) else b""),
    "bad gzip": Answer(b"\x1f\x8bgarbage", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_tried_again(server: Server, connect: Connect, naps: list[float], fault: str) -> None:
    server.answer(QUERY, PASSING[fault], PASSING[fault], FINE)
    client = connect()
    assert client.ask([UP])[0].rows() == [("a", 7.0, 1.0)]
    assert client.asked.retries == client.asked.measurements["up"].retries == len(naps) == 2
    assert client.asked.queries == 1
    assert all(0 <= nap <= 30 for nap in naps)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("503", Unreachable, "no healthy upstream"),
        ("500", Refused, "oops"),
        ("429", Refused, "slow down"),
        ("vanished", Unreachable, "check prometheus.url"),
        ("cut off", Unreadable, "cut off"),
        ("truncated", Unreadable, "cut off"),
        ("bad gzip", Unreadable, "unpacked"),
    ],
)
def test_what_does_not_pass_is_told_after_the_retries(
    server: Server, connect: Connect, fault: str, kind: type[SourceError], words: str
) -> None:
    server.answer(QUERY, PASSING[fault])
    with pytest.raises(kind, match=words):
        connect(retries=3).ask([UP])
    assert len(server.requests) == 4


def test_no_point_is_kept_twice_when_an_answer_breaks_off_half_way(server: Server, connect: Connect) -> None:
    body = result(*[({"pod": f"p{i}"}, [(7, str(i))]) for i in range(20_000)], kind="vector")
    server.answer(QUERY, Answer(body[: len(body) // 2], promised=len(body)), Answer(body))
    frame = connect().ask([UP])[0]
    assert (frame.height, frame["pod"].n_unique()) == (20_000, 20_000)


def test_retry_after_is_waited_for(server: Server, connect: Connect, naps: list[float]) -> None:
    server.answer(QUERY, error(429, "", "slow down", Retry_After="7"), FINE)
    connect().ask([UP])
    assert len(naps) == 1
    assert 7 <= naps[0] <= 8  # and a little, so that not all come back at once


def test_a_server_that_wants_us_to_wait_longer_than_an_answer_may_take_is_not_waited_for(
    server: Server, connect: Connect, naps: list[float]
) -> None:
    server.answer(QUERY, error(503, "", "maintenance", Retry_After="3600"))
    with pytest.raises(Unreachable, match=r"wait 3600 seconds"):
        connect(timeout_seconds=20).ask([UP])
    assert naps == []


def test_nothing_listens(server: Server, connect: Connect, naps: list[float]) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(Unreachable, match="refused") as caught:
        connect(url=server.url).ask([UP])
    assert "check the port" in caught.value.cure
    assert naps == []  # never reached: most likely a wrong address, told at once


def test_a_server_that_was_there_is_waited_for(server: Server, connect: Connect, naps: list[float]) -> None:
    server.answer(QUERY, Answer(FINE.body, headers={"Connection": "close"}))
    client = connect(retries=2)
    client.ask([UP])
    server.shutdown()
    server.server_close()
    with pytest.raises(Unreachable):
        client.ask([UP])
    assert len(naps) == 2


def test_an_unknown_host(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*asked: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable) as caught:
        connect(url="http://prometheus.invalid:9090").ask([UP])
    assert "check the host name" in caught.value.cure


@pytest.mark.parametrize("method_works", [True, False])
def test_an_answer_that_never_comes(server: Server, connect: Connect, naps: list[float], method_works: bool) -> None:
    server.answer(QUERY, *([FINE] if method_works else []), Answer(hang=True))
    client = connect(timeout_seconds=0.3)
    if method_works:
        client.ask([UP])
    with pytest.raises(TimedOut, match=r"within 0\.3 seconds") as caught:
        client.ask([UP])
    assert "prometheus.timeout_seconds" in caught.value.cure
    assert naps == []  # each further try would cost the whole time again


def test_an_answer_that_drips(server: Server, connect: Connect) -> None:
    """Each byte comes in time, the whole does not."""

    def drip() -> Iterator[bytes]:
        yield b'{"status":'
        while not server.over.wait(0.02):
            yield b" "

    server.answer(QUERY, lambda _: Answer(drip()))
    with pytest.raises(TimedOut):
        connect(timeout_seconds=0.3).ask([UP])


LOGIN = b"<!doctype html><html><head><title>Sign in</title></head></html>"


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer(LOGIN, headers={"Content-Type": "text/html"}), Unreadable, "text/html, a page titled “Sign in”"),
        (Answer(LOGIN, 404, {"Content-Type": "text/html"}), Refused, "is it the base URL of a Prometheus"),
        (Answer(b"", 302, {"Location": "https://login.test/?next=x"}), Unreadable, "leads elsewhere \\(302\\): https://login.test/\n"),
        (Answer(b"pong", headers={"Content-Type": "text/plain"}), Unreadable, "text that begins 'pong'"),
        (Answer(b'["a"]'), Unreadable, "not what the API promises"),
        (Answer(b'{"status":"success"}'), Unreadable, "it has no `data`"),
        (Answer(b'{"status":"error","error":"half-dead"}'), Unreadable, "half-dead"),
        (Answer(b'{"status":"success","data":{"resultType":"string","result":[1,"x"]}}'), Unreadable, "resultType is string"),
        (Answer(b""), Unreadable, "cannot be read"),
        (Answer(b"", 204), Refused, "204"),
    ],
)
def test_what_is_no_answer_is_told_as_it_came(
    server: Server, connect: Connect, answer: Answer, kind: type[SourceError], words: str
) -> None:
    server.answer(QUERY, answer)
    with pytest.raises(kind, match=words) as caught:
        connect(retries=1).ask([UP])
    assert caught.value.cure


def test_a_redirect_to_https_says_which_url_to_set(server: Server, connect: Connect) -> None:
    server.answer(QUERY, lambda request: Answer(b"", 308, {"Location": f"https://{request.headers['Host']}{request.path}"}))
    with pytest.raises(Unreadable) as caught:
        connect().ask([UP])
    assert f"begin with {server.url.replace('http', 'https')}" in caught.value.cure


def test_an_endless_error_page_is_not_read_to_its_end(server: Server, connect: Connect) -> None:
    def endless() -> Iterator[bytes]:
        while not server.over.is_set():
            yield b"x" * 10_000

    server.answer(QUERY, lambda _: Answer(endless(), 400))
    with pytest.raises(Refused, match="xxx …"):
        connect(retries=0).ask([UP])


def test_what_servers_say_beside_an_answer_is_kept_once(server: Server, connect: Connect) -> None:
    body = json.dumps(
        {"status": "success", "warnings": ["store b is down"], "data": {"resultType": "vector", "result": []}, "isPartial": True}
    )
    server.answer(QUERY, Answer(body.encode()))
    client = connect()
    client.ask([UP, UP])
    assert client.asked.warnings == ["store b is down", "the server marked an answer as partial (isPartial)"]
