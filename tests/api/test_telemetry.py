"""Ids, measures, headers, and faults of ours."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from farthing.api import create_app
from farthing.core.settings import Settings
from farthing.views import OnDemand

from .conftest import BASE, THREE_HOURS, Example


def measured(client: TestClient) -> dict[tuple[str, str], float]:
    """(name, labels) → value of everything at /metrics."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_every_answer_has_an_id(client: TestClient) -> None:
    own = client.get("/healthz", headers={"x-request-id": "trace-42.a_b"}).headers["x-request-id"]
    assert own == "trace-42.a_b"
    made = {client.get("/healthz", headers={"x-request-id": bad}).headers["x-request-id"] for bad in ("", "a b", "x" * 65, "<script>")}
    assert len(made) == 4
    refused = client.get("/allocation", params={"window": "never"}, headers={"x-request-id": "me"}).json()
    assert refused["error"]["requestId"] == "me"


@pytest.mark.parametrize("path", ["/healthz", "/allocation", "/nowhere", "/api/v1/meta"])
def test_headers_for_browsers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["referrer-policy"] == "same-origin"


def test_requests_seconds_and_errors_are_measured(client: TestClient) -> None:
    client.get("/allocation", params={"window": THREE_HOURS})
    client.get("/allocation", params={"window": "never"})
    client.get("/somewhere/else")
    client.request("BREW", "/allocation")
    found = measured(client)
    assert found["farthing_http_requests_total", "method=GET,route=/allocation,status=200"] == 1
    assert found["farthing_http_requests_total", "method=GET,route=/allocation,status=400"] == 1
    assert found["farthing_http_requests_total", "method=GET,route=none,status=404"] == 1
    assert not [labels for _, labels in found if "BREW" in labels]  # a caller cannot make series
    assert found["farthing_http_errors_total", "kind=BadWindow"] == 1
    assert found["farthing_http_request_seconds_count", "route=/allocation"] >= 2
    assert found["farthing_http_response_bytes_total", "route=/allocation"] > 1000
    assert found["farthing_http_requests_under_way", ""] == 1  # the one that asks


def test_others_may_add_measures(source: Example) -> None:
    registry = CollectorRegistry()
    Counter("farthing_hours_taken_in", "hours", registry=registry).inc(3)
    client = TestClient(create_app(OnDemand(source), Settings(), registry=registry), base_url=BASE)
    assert measured(client)["farthing_hours_taken_in_total", ""] == 3


def test_a_fault_of_ours_is_told_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(Example):
        def now(self) -> datetime:
            raise ZeroDivisionError("secret detail")

    client = TestClient(create_app(OnDemand(Faulty([])), Settings()), base_url=BASE)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/allocation", params={"window": "7d"}, headers={"x-request-id": "abc"})
    assert (answer.status_code, answer.json()["error"]["kind"], answer.headers["x-request-id"]) == (500, "ZeroDivisionError", "abc")
    assert "secret detail" not in answer.text
    assert "abc" in caplog.text
    assert "secret detail" in caplog.text
    assert measured(client)["farthing_http_errors_total", "kind=ZeroDivisionError"] == 1
    assert answer.headers["x-content-type-options"] == "nosniff"
