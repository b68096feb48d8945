from __future__ import annotations

from typing import Any

import httpx
import pytest

from farthing.core.errors import Refused, SourceError, TimedOut, Unreachable, Unreadable
from farthing.metering.prometheus.faults import Subject, fault_of_status, fault_of_transport, retry_after
from farthing.metering.prometheus.meanings import Hope

SUBJECT = Subject("http://prom/api/v1/query_range", "cpu", "sum(up)", "no credentials", "")
REQUEST = httpx.Request("POST", SUBJECT.url)


def of_status(status: int, kind: str, words: str, **headers: str) -> Any:
    response = httpx.Response(status, headers=headers, request=REQUEST)
    body = f'{{"status":"error","errorType":"{kind}","error":"{words}"}}' if kind else words
    return fault_of_status(SUBJECT, response, body)


@pytest.mark.parametrize(
    ("status", "kind", "words", "error", "hope"),
    [
        (400, "bad_data", "1:4: parse error: unexpected end of input", Refused, Hope()),
        (400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries", Refused, Hope(divisible=True, parameters=True)),
        (400, "", "Client sent an HTTP request to an HTTPS server.", Refused, Hope()),
        (422, "execution", "query processing would load too many samples into memory", Refused, Hope(divisible=True)),
        (422, "422", "too many points for the given step", Refused, Hope(divisible=True)),
        (422, "execution", "found duplicate series for the match group", Refused, Hope(divisible=True, parameters=True)),
        (422, "422", "the query time range exceeds the limit", Refused, Hope(divisible=True)),
        (503, "timeout", "query timed out in expression evaluation", TimedOut, Hope(divisible=True, slow=True)),
        (422, "422", "timeout exceeded during query execution", TimedOut, Hope(divisible=True, slow=True)),
        (503, "", "no healthy upstream", Unreachable, Hope(again=True)),
        (502, "", "bad gateway", Unreachable, Hope(again=True)),
        (504, "", "gateway", TimedOut, Hope(divisible=True, slow=True)),
        (429, "", "too many outstanding requests", Refused, Hope(again=True)),
        (500, "internal", "oops", Refused, Hope(again=True)),
        (599, "", "who knows", Unreachable, Hope(again=True)),
        (413, "", "body too large", Refused, Hope(divisible=True)),
        (418, "", "a teapot", Refused, Hope(divisible=True)),
        (404, "", "404 page not found", Refused, Hope(method=True, absent=True)),
    ],
)
def test_what_a_status_and_its_words_mean(status: int, kind: str, words: str, error: type[SourceError], hope: Hope) -> None:
    fault = of_status(status, kind, words)
    assert type(fault.error) is error
    assert fault.hope == hope
    assert words in str(fault.error)
    assert "sum(up)" in str(fault.error)
    assert fault.error.cure


def test_a_page_is_told_by_its_title_and_long_texts_are_cut() -> None:
    assert "a page titled “Bad gateway”" in str(of_status(502, "", "<html><title> Bad gateway </title>" + "x" * 9999).error)
    long = of_status(400, "", "word " * 1000).error.problem
    assert len(long) < 800
    assert "…" in long


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:27:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT"}, None),
    ],
)
def test_how_long_the_server_wants_us_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx.Response(429, headers=headers, request=REQUEST)) == seconds


@pytest.mark.parametrize(
    ("location", "cure"),
    [
        ("https://prom/api/v1/query_range", "let prometheus.url begin with https://prom"),
        ("https://login.test/?return=http://prom&secret=1", "if that is a login"),
        ("/login", "if that is a login"),
    ],
)
def test_where_a_redirect_leads(location: str, cure: str) -> None:
    fault = of_status(302, "", "", location=location)
    assert isinstance(fault.error, Unreadable)
    assert cure in str(fault.error)
    assert "secret" not in str(fault.error)
    assert fault.hope == Hope(absent=True)


@pytest.mark.parametrize(
    ("error", "kind", "cure", "again"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), Unreachable, "check the port", True),
        (httpx.ConnectError("[Errno -2] Name or service not known"), Unreachable, "check the host name", True),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), Unreachable, "prometheus.ca_file", False),
        (httpx.ReadError("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]"), Unreachable, "prometheus.client_cert_file", False),
        (httpx.ConnectTimeout(""), Unreachable, "firewalls", True),
        (httpx.ReadError(""), Unreachable, "check prometheus.url", True),
        (httpx.DecodingError("Error -3 while decompressing"), Unreadable, "log", True),
        (httpx.RemoteProtocolError("peer closed connection without sending complete message body (x)"), Unreadable, "a proxy", True),
        (httpx.ReadTimeout(""), TimedOut, "prometheus.timeout_seconds", False),
    ],
)
def test_what_a_broken_connection_means(error: httpx.TransportError, kind: type[SourceError], cure: str, again: bool) -> None:
    fault = fault_of_transport(SUBJECT, error, 120)
    assert type(fault.error) is kind
    assert cure in fault.error.cure
    assert fault.hope.again is again
