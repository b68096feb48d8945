"""Native questions that cannot be asked, and steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from farthing.api.native.requests import steps_of
from farthing.core.windows import Window
from farthing.core.zones import parse_zone

from ..conftest import THREE_HOURS

VIEW = "/api/v1/allocation/view"


@pytest.mark.parametrize(
    ("parameters", "status", "says"),
    [
        ({"window": "fortnight"}, 400, "window 'fortnight'"),
        ({"window": "2000-01-01,2026-01-01"}, 400, "ten years"),
        ({"zone": "Mars/Olympus"}, 400, "time zone"),
        ({"agg": "namspace"}, 400, "did you mean namespace?"),
        ({"aggregate": "pod"}, 400, "unknown parameter 'aggregate'"),
        ({"filter": "pod"}, 400, "at position 3"),
        ({"idle": "sometimes"}, 400, "one of separate, share, hide"),
        ({"idleRows": "node", "idle": "share"}, 400, "idleRows=node says nothing with idle=share"),
        ({"idleBy": "zone"}, 400, "one of node, cluster"),
        ({"step": "fortnight"}, 400, "step='fortnight' is unknown"),
        ({"step": "1s"}, 400, "at least 1m"),
        ({"step": "1m", "window": "2026-01-01,2026-03-01"}, 400, "more than 9000 sets"),
        ({"sort": "--total"}, 400, "unknown column"),
        ({"sort": "beauty"}, 400, "one of bytes_in"),
        ({"sort": "previous_cost", "compare": "none"}, 400, "unknown column 'previous_cost'"),
        ({"limit": "20001"}, 400, "limit=20001 is too much\nexpected: at most 20000"),
        ({"limit": "-1"}, 400, "no count"),
        ({"top": "51"}, 400, "at most 50"),
        ({"stack": "pod"}, 400, "stack='pod' is no field of agg"),
        ({"trend": "maybe"}, 400, "one of true, false"),
        ({"trend": "true", "limit": "20000", "step": "hour", "window": "100d"}, 400, "more than 1000000 points"),
        ({"compare": "yesterday"}, 400, "one of previous, none"),
        ({"cursor": "nonsense"}, 400, "none that was given out"),
        ({"cursor": "WzEsMiwzXQ"}, 400, "none that was given out"),
        ({"shareCost": "1e999"}, 400, "no amount"),
    ],
)
def test_bad_questions(client: TestClient, parameters: dict[str, str], status: int, says: str) -> None:
    answer = client.get(VIEW, params={"window": THREE_HOURS} | parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, status)
    assert says in answer.json()["message"]
    assert len(answer.content) < 10_000


def test_where_a_filter_is_wrong(client: TestClient) -> None:
    error = client.get(VIEW, params={"filter": 'namespace:"a"+bogus:"b"'}).json()["error"]
    assert (error["kind"], error["position"]) == ("BadFilter", 14)
    assert "one of" in error["expected"]


def test_a_cursor_of_another_question(client: TestClient) -> None:
    first = client.get(VIEW, params={"window": THREE_HOURS, "agg": "pod", "limit": "1"}).json()["nextCursor"]
    answer = client.get(VIEW, params={"window": THREE_HOURS, "agg": "node", "limit": "1", "cursor": first})
    assert answer.status_code == 400
    assert "belongs to another question" in answer.json()["message"]
    # the size of a page may change from one to the next, and what is told of each row
    same = {"window": THREE_HOURS, "agg": "pod", "cursor": first}
    assert client.get(VIEW, params={**same, "limit": "2"}).status_code == 200
    plain = client.get(VIEW, params={**same, "trend": "false"})
    assert plain.status_code == 200
    assert "trend" not in [column["name"] for column in plain.json()["columns"]]


@pytest.mark.parametrize(
    ("days", "step", "count"),
    [(1, "auto", 24), (7, "auto", 7), (98, "auto", 14), (800, "auto", 27), (7, "all", 1), (7, "none", 1), (2, "6h", 8), (31, "month", 1)],
)
def test_steps(days: int, step: str, count: int) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)  # a Sunday, and the first of a month
    assert len(steps_of(step, Window(start, start + timedelta(days=days)), UTC)) == count


def test_days_of_a_zone() -> None:
    zone = parse_zone("America/New_York")
    start = datetime(2026, 3, 7, 5, tzinfo=UTC)  # local midnight; clocks go forward on the 8th
    hours = [one.hours for one in steps_of("day", Window(start, start + timedelta(hours=71)), zone)]
    assert hours == [24, 23, 24]


def test_ten_years_are_answered(client: TestClient) -> None:
    view = client.get(VIEW, params={"window": "1969-06-01,1979-05-01", "compare": "none"}).json()
    assert len(view["steps"]) == 119  # months
    assert view["rowsTotal"] == pytest.approx(27.9)
