"""What nobody should ask, asked of a real warehouse over HTTP: a clear word, and nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from farthing.core.ledger import Facts, Span
from farthing.simulator import facts, organisation_of

from .installation import FIRST, RECORDED, Bill, Installation, close, column, installation, shown

pytestmark = pytest.mark.slow
HOUR = 3600
SPAN = Span(FIRST.timestamp() + 6 * HOUR, FIRST.timestamp() + 12 * HOUR)
INSIDE = "2026-10-31T06:00:00Z,2026-10-31T12:00:00Z"
VIEW, COMPATIBLE = "/api/v1/allocation/view", "/allocation"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = installation(tmp_path_factory.mktemp("bad"), organisation_of(40, 3), SPAN)
    yield made
    made.warehouse.close()


@pytest.fixture(scope="module")
def owed(place: Installation) -> float:
    return Bill(place.organisation, SPAN).owed(SPAN.start, SPAN.end)


def told(view: Any) -> str:
    return "\n".join(note["text"] for note in view["notes"])


def test_ten_years(place: Installation, owed: float) -> None:
    view = place.view(window="2018-01-01,2028-01-01", step="month")
    assert view["whole"] == close(owed)
    assert len(view["steps"]) == 120
    costs = [sum(point or 0.0 for point in line) for line in [*view["series"]["values"], view["series"]["idle"] or []]]
    assert sum(costs) == close(owed)
    assert "the data begins at 2026-10-31 06:00:00 UTC: what came before is absent, not 0" in told(view)
    assert "the data ends at 2026-10-31 12:00:00 UTC: what comes after is absent, not 0" in told(view)
    allocations = place.ask(COMPATIBLE, {"window": "2018-01-01,2028-01-01", "aggregate": "namespace", "includeIdle": "true"})["data"]
    assert sum(one["totalCost"] for one in allocations[0].values()) == close(owed)


def test_eleven_years_and_too_many_steps(place: Installation) -> None:
    for path, name in ((VIEW, "agg"), (COMPATIBLE, "aggregate")):
        status, message = refused(place, path, window="2016-01-01,2028-01-01", **{name: "namespace"})
        assert (status, "more than ten years" in message, "expected: " in message) == (400, True, True)
        status, message = refused(place, path, window="2018-01-01,2028-01-01", step="1h", **{name: "namespace"})
        assert (status, "more than 9000 sets" in message) == (400, True)


@pytest.mark.parametrize(
    ("window", "note"),
    [
        ("2026-10-29,2026-10-30", "the data begins at 2026-10-31 06:00:00 UTC"),
        ("2026-11-04,2026-11-06", "the data ends at 2026-10-31 12:00:00 UTC"),
    ],
)
def test_before_and_after_the_data(place: Installation, window: str, note: str) -> None:
    view = place.view(window=window)
    assert (view["rows"], view["whole"]) == ([], 0.0)
    assert note in told(view)
    assert place.ask(COMPATIBLE, {"window": window, "aggregate": "namespace"})["data"] == [{}]


def test_a_filter_that_matches_nothing(place: Installation, owed: float) -> None:
    view = place.view(window=INSIDE, filter='namespace:"nobody"')
    assert (view["rows"], shown(view)) == ([], 0.0)
    assert view["filteredOut"] == close(owed)
    compatible = {"window": INSIDE, "aggregate": "pod", "includeIdle": "true", "filter": 'namespace:"nobody"'}
    assert [sum(one["totalCost"] for one in step.values()) for step in place.ask(COMPATIBLE, compatible)["data"]] == [0]


def test_long_filters(place: Installation, owed: float) -> None:
    many = ",".join(f'"namespace-{i}"' for i in range(1500))
    assert shown(place.view(window=INSIDE, filter=f"namespace!:{many}")) == close(owed)
    assert place.view(window=INSIDE, filter=f"namespace:{many}")["filteredOut"] == close(owed)


@pytest.mark.parametrize("path", [VIEW, COMPATIBLE])
def test_a_filter_of_three_megabytes(place: Installation, path: str) -> None:
    # Below the HTTP client, which itself refuses to send such an address.
    query = f"window={INSIDE}&filter=namespace:%22{'x' * 3_000_000}%22".encode()
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(place.client.app(scope, receive, send))  # type: ignore[arg-type]
    assert (sent[0]["status"], b"3000012 characters" in sent[1]["body"], len(sent[1]["body"]) < 1000) == (413, True, True)


@pytest.mark.parametrize(
    ("path", "parameters", "says"),
    [
        (VIEW, {"sharing": "none", "shareNamespaces": "a"}, "contradict"),
        (VIEW, {"idle": "hide", "idleRows": "node"}, "says nothing with idle=hide"),
        (VIEW, {"agg": "all,pod"}, "all"),
        (VIEW, {"agg": "pod,pod"}, "given twice"),
        (VIEW, {"asOf": "2027-01-01"}, "future"),
        (VIEW, {"zone": "Mars/Olympus"}, "time zone"),
        (COMPATIBLE, {"accumulate": "day", "accumulateBy": "week"}, "contradict"),
        (COMPATIBLE, {"accumulate": "hour", "step": "1d"}, "longer than accumulate=hour"),
        (COMPATIBLE, {"includeIdle": "true", "idle": "false"}, "contradict"),
        (COMPATIBLE, {"filter": 'pod:"a"', "filterNamespaces": "b"}, "both given"),
        (COMPATIBLE, {"window": "2026-10-31T12:00:00Z,2026-10-31T06:00:00Z"}, "not after its start"),
    ],
)
def test_contradictions(place: Installation, path: str, parameters: dict[str, str], says: str) -> None:
    status, message = refused(place, path, **({"window": INSIDE} | parameters))
    assert (status, says in message, "expected" in message) == (400, True, True), message


def test_a_label_of_sixty_thousand_values(tmp_path: Path) -> None:
    organisation = organisation_of(400, 3)
    hour = Span(SPAN.start, SPAN.start + HOUR)
    made = installation(tmp_path, organisation, hour)
    many = crowded(facts(organisation, hour, RECORDED), 60_000)
    made.lake.cluster("cluster-1").commit(many, now=RECORDED)
    made.aggregator.catch_up()
    owed = Bill(organisation, hour).owed(hour.start, hour.end)
    when = {"window": "2026-10-31T06:00:00Z,2026-10-31T07:00:00Z"}
    view = made.view(**when, agg="label:one-each", limit="100")
    values = many.identity.height
    assert values >= 60_000
    assert view["rowCount"] in (values, values + 1)  # and what no pod holds
    assert len(view["rows"]) == 100
    assert view["whole"] == close(owed)
    assert view["rowsTotal"] + sum(column(view, "total_cost", "idleRows")) == close(owed)
    two = made.view(**when, agg="all", filter='label[one-each]:"value-7","value-59999"')
    assert len(two["rows"]) == 1
    assert two["filteredOut"] + shown(two) == close(owed)
    found = made.ask("/api/v1/allocation/autocomplete", when | {"field": "label:one-each", "search": "value-5999", "limit": "100"})
    assert len(found["values"]) == 11  # value-5999 and value-59990 to value-59999
    (allocations,) = made.ask(COMPATIBLE, when | {"aggregate": "label:one-each", "limit": "1000"})["data"]
    assert len(allocations) == 1000
    made.warehouse.close()


def crowded(facts: Facts, pods: int) -> Facts:
    """Facts with copies of their pods, `pods` or more of them, each with a value of the label `one-each`; copies mount nothing."""
    copies = pl.DataFrame({"copy": range(-(-pods // facts.identity.height))})
    number = pl.col("identity_id") + 1 + pl.col("copy").cast(pl.UInt64)  # other labels are another identity
    value = pl.struct(pl.lit("one_each").alias("key"), pl.format("value-{}", pl.int_range(pl.len())).alias("value"))
    identity = facts.identity.join(copies, how="cross").with_columns(
        number.alias("identity_id"),
        pl.when(pl.col("copy") > 0).then(pl.format("{}-{}", "pod", "copy")).otherwise("pod").alias("pod"),
        pl.concat_list(value).alias("labels"),
    )
    first = pl.col("copy") == 0
    usage = facts.usage.join(copies, how="cross").with_columns(
        number.alias("identity_id"), *(pl.when(first).then(pl.col(name)).alias(name) for name in ("volumes", "load_balancers"))
    )
    flow = facts.flow.join(copies, how="cross").with_columns(number.alias("identity_id"))
    return replace(facts, identity=identity.drop("copy"), usage=usage.drop("copy"), flow=flow.drop("copy"))


def refused(place: Installation, path: str, **parameters: str) -> tuple[int, str]:
    """Status and message of an answer that says no."""
    answer = place.client.get(path, params=parameters)
    return answer.status_code, answer.json()["message"]
