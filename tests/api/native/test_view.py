"""/api/v1/allocation/view: rows, totals, series, the period before, trust; dollars by hand from the docstring of tests/views/frames.py."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.api.native.models import View
from farthing.core.errors import NoData
from farthing.core.ledger import Note
from farthing.core.settings import Settings
from farthing.views import OnDemand, Question, SummaryTable

from ...views.frames import HOUR, N1, at, example, identity, ledger, row
from ..conftest import BASE, THREE_HOURS, Example, iso
from .kept import client_of as kept_client
from .kept import forget, warehouse
from .views import ask, costs, named, total


def client_of(*pieces: Any) -> TestClient:
    return TestClient(create_app(OnDemand(Example(list(pieces))), Settings()), base_url=BASE)


def test_rows_totals_and_idle_apart(client: TestClient) -> None:
    view = ask(client, agg="namespace")
    assert costs(view) == pytest.approx({"shop": 20.7, "batch": 7.2, "__idle__": 31.2})  # 3 × 6.9, 3 × 2.4, 3 × 10.4
    assert [one["name"] for one in named(view, "idleRows")] == ["__idle__"]
    assert (total(view)["total_cost"], view["whole"]) == pytest.approx((59.1, 59.1))
    assert total(view)["name"] is None
    shop = named(view)[0]
    assert (shop["namespace"], shop["special"], shop["partial"]) == ("shop", "", False)
    assert (shop["cpu_core_hours_held"], shop["ram_gib_hours_held"], shop["efficiency"]) == pytest.approx((15, 42, 0.5))
    assert shop["network_cost"] is None  # not known, so not 0
    assert (view["rowCount"], view["rowsTotal"], view["nextCursor"]) == (2, pytest.approx(27.9), None)
    units = {column["name"]: (column["unit"], column["kind"]) for column in view["columns"]}
    assert units["cpu_core_hours_held"] == ("core·h", "quantity")
    assert units["namespace"] == ("", "group")


def test_steps_series_and_trends(client: TestClient) -> None:
    view = ask(client, agg="cluster,namespace", step="hour", top="1")
    assert [one["start"] for one in view["steps"]] == [iso(0), iso(1), iso(2)]
    assert view["series"] == {
        "by": "cluster", "keys": ["east"], "values": [pytest.approx([7.9] * 3)], "other": pytest.approx([1.4] * 3),
        "idle": pytest.approx([10.4] * 3),
    }  # fmt: skip
    assert view["otherCount"] == 1
    assert {one["name"]: one["trend"] for one in named(view)} == {
        "east/shop": pytest.approx([5.5] * 3), "east/batch": pytest.approx([2.4] * 3), "west/shop": pytest.approx([1.4] * 3),
    }  # fmt: skip
    by_namespace = ask(client, agg="cluster,namespace", step="hour", stack="Namespace", trend="false")
    assert by_namespace["series"]["keys"] == ["shop", "batch"]
    assert by_namespace["series"]["values"][0] == pytest.approx([6.9] * 3)
    assert "trend" not in {column["name"] for column in by_namespace["columns"]}
    whole = ask(client, agg="all", step="all")
    assert (whole["series"]["keys"], whole["series"]["values"]) == ([""], [pytest.approx([27.9])])
    assert ask(client, top="0")["series"]["other"] == pytest.approx([9.3] * 3)


def test_series_and_trends_add_up_to_the_total(client: TestClient) -> None:
    view = ask(client, agg="pod", step="hour", top="2", idle="share")
    series = view["series"]
    lanes = [*series["values"], series["other"]] + ([series["idle"]] if series["idle"] else [])
    assert sum(map(sum, lanes)) == pytest.approx(total(view)["total_cost"])
    assert sum(sum(one["trend"]) for one in named(view)) == pytest.approx(view["rowsTotal"])


def test_the_period_before(client: TestClient) -> None:
    # [1 h, 3 h) against [-1 h, 1 h), of which the ledger has one hour.
    view = ask(client, window=f"{iso(1)},{iso(3)}", agg="namespace")
    assert view["previous"] == {"start": iso(-1), "end": iso(1)}
    shop = named(view)[0]
    assert (shop["previous_cost"], shop["change"]) == pytest.approx((6.9, 1.0))
    assert (total(view)["previous_cost"], total(view)["change"]) == pytest.approx((19.7, 1.0))
    assert (total(view, "prevTotal")["total_cost"], total(view, "prevTotal")["previous_cost"]) == (pytest.approx(19.7), None)
    assert named(view, "idleRows")[0]["previous_cost"] == pytest.approx(10.4)
    alone = ask(client, agg="namespace", compare="none")
    assert (alone["previous"], alone["prevTotal"]) == (None, None)
    assert not {"previous_cost", "change"} & {column["name"] for column in alone["columns"]}


def test_what_is_new_has_nothing_before() -> None:
    later = HOUR + 3600
    new = row("container", hour=later, cores=1, container="c", identity_id=2, asset_id=N1)
    pods = [identity(1, "old", "p"), identity(2, "new", "q")]
    first = ledger([row("container", cores=1, container="c", identity_id=1, asset_id=N1)], identities=pods)
    second = ledger([row("container", hour=later, cores=2, container="c", identity_id=1, asset_id=N1), new], identities=pods)
    view = ask(client_of(first, second), window=f"{iso(1)},{iso(2)}")
    assert {one["name"]: (one["previous_cost"], one["change"]) for one in named(view)} == {"old": (1.0, 1.0), "new": (None, None)}


def test_a_window_that_is_not_over(client: TestClient) -> None:
    # now is 5 h: a window [3 h, 7 h) is half gone by, and compared with the same half of [-1 h, 3 h).
    view = ask(client, window=f"{iso(3)},{iso(7)}", step="hour", agg="cluster")
    assert view["partial"]
    assert view["asOf"] == iso(5)
    assert [one["partial"] for one in view["steps"]] == [False, False, True, True]
    assert view["previous"] == {"start": iso(-1), "end": iso(1)}
    assert total(view, "prevTotal")["total_cost"] == pytest.approx(19.7)
    assert view["rows"] == []


def test_steps_of_which_nothing_is_known_are_null(client: TestClient) -> None:
    view = ask(client, window=f"{iso(-1)},{iso(4)}", step="hour", agg="cluster")
    west = named(view)[1]
    assert west["trend"] == [None, pytest.approx(1.4), pytest.approx(1.4), pytest.approx(1.4), None]
    assert view["series"]["values"][1] == west["trend"]


def test_a_group_that_had_nothing_in_a_known_step_cost_nothing_then() -> None:
    pods = [identity(1, "a", "p"), identity(2, "b", "q")]
    pieces = [
        ledger([row("container", hour=HOUR + h * 3600, cores=1, container="c", identity_id=1 + h, asset_id=N1)], identities=pods)
        for h in (0, 1)
    ]
    view = ask(client_of(*pieces), window=f"{iso(0)},{iso(2)}", step="hour")
    assert {one["name"]: one["trend"] for one in named(view)} == {"a": [1.0, 0.0], "b": [0.0, 1.0]}


def test_nothing_known_of_the_period_before(source: Example) -> None:
    class Young(OnDemand):
        def summaries(self, question: Question, sets: Any) -> Any:
            if sets[0].unix[0] < HOUR:
                raise NoData("nothing of that time")
            return super().summaries(question, sets)

    client = TestClient(create_app(Young(source), Settings()), base_url=BASE)
    view = ask(client)
    assert view["prevTotal"] is None
    assert [one["previous_cost"] for one in named(view)] == [None, None]
    assert "nothing to compare with" in view["notes"][-1]["text"]


def test_hidden_filtered_and_shared_make_the_whole(client: TestClient) -> None:
    west = ask(client, agg="namespace", idle="hide", filter='cluster:"west"')
    assert (total(west)["total_cost"], west["hidden"], west["filteredOut"]) == pytest.approx((4.2, 3.0, 51.9))
    assert west["idleRows"] == []
    assert west["series"]["idle"] is None
    nodes = ask(client, agg="namespace", idleRows="node")
    assert {one["name"] for one in named(nodes, "idleRows")} == {"east/n1/__idle__", "east/n2/__idle__", "west/n1/__idle__"}
    shared = ask(client, agg="cluster", idle="share", idleBy="cluster", shareNamespaces="batch")
    assert shared["shared"]["given"] == pytest.approx(7.2)
    assert total(shared)["total_cost"] == pytest.approx(59.1)
    assert named(shared)[0]["shared_cost"] > 7.2  # batch passes on the idle that it received


def test_what_the_settings_share_is_shared_unless_said_otherwise(source: Example) -> None:
    settings = Settings.model_validate({"sharing": {"namespaces": "batch"}})
    client = TestClient(create_app(OnDemand(source), settings), base_url=BASE)
    assert {one["name"] for one in named(ask(client))} == {"shop"}
    assert {one["name"] for one in named(ask(client, sharing="none"))} == {"shop", "batch"}
    assert client.get("/api/v1/meta").json()["sharing"]["namespaces"] == ["batch"]
    both = client.get("/api/v1/allocation/view", params={"sharing": "none", "shareCost": "1"})
    assert both.status_code == 400
    assert "contradict" in both.json()["message"]


def test_what_has_no_price_is_null_with_the_reason() -> None:
    rows = [row("container", cores=1, container="c", identity_id=1, asset_id=N1, cpu_cost=None, ram_cost=None)]
    price = {"asset_id": N1, "resource": "cpu", "price": None, "reason": "no rule matches", "cure": "add a rule"}
    price |= {"unit": "$/core-hour", "currency": "USD", "recorded_at": at(HOUR)}
    base = ledger(rows, identities=[identity(1, "ns", "p")], notes=(Note("a word", "a cure", "info", "east"),))
    piece = dataclasses.replace(base, price=ledger(rows, prices=[price]).price)
    view = ask(client_of(piece), window=f"{iso(0)},{iso(1)}", compare="none")
    (one,) = named(view)
    assert (one["total_cost"], one["cpu_cost"], one["partial"], one["unpriced_hours"]) == (None, None, True, 1)
    assert view["unpriced"] == [{"resource": "cpu", "reason": "no rule matches", "cure": "add a rule", "assets": 1}]
    assert view["notes"] == [{"level": "info", "cluster": "east", "text": "a word", "cure": "a cure"}]


def test_money_that_rests_on_a_guess(client: TestClient) -> None:
    (guess,) = ask(client)["guesses"]
    assert guess["name"] == "default node price"
    assert guess["cost"] == pytest.approx(11.4)  # app: 3 × 3.8


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"sort": "name"}, ["bare", "job-1", "web-1"]),
        ({"sort": "-name"}, ["web-1", "job-1", "bare"]),
        ({"sort": "total"}, ["bare", "job-1", "web-1"]),
        ({"sort": "-ram_gib_hours_held"}, ["web-1", "bare", "job-1"]),  # 10, 4, 4 GiB: alike by name
        ({"sort": "-change"}, ["bare", "job-1", "web-1"]),  # nothing before: unknown, by name
        ({"sort": "-pod"}, ["web-1", "job-1", "bare"]),
        ({"q": "B-1"}, ["web-1", "job-1"]),
        ({"q": "nobody"}, []),
    ],
)
def test_order_and_find(client: TestClient, parameters: dict[str, str], names: list[str]) -> None:
    view = ask(client, agg="pod", filter='pod!:"__unmounted__"+namespace:"shop","batch"+node!:""', **parameters)
    assert [one["name"] for one in named(view)] == names
    assert view["rowCount"] == len(names)


def test_pages(client: TestClient) -> None:
    whole = [one["name"] for one in named(ask(client, agg="pod"))]
    first = ask(client, agg="pod", limit="3")
    second = ask(client, agg="pod", limit="3", cursor=first["nextCursor"])
    assert [one["name"] for one in named(first) + named(second)] == whole
    assert second["nextCursor"] is None
    assert second["total"] == first["total"]
    none = ask(client, agg="pod", limit="0")
    assert (none["rows"], none["nextCursor"], none["rowCount"]) == ([], None, 4)


def test_a_page_stands_still_while_the_clock_goes_on(source: Example) -> None:
    client = TestClient(create_app(OnDemand(source), Settings()), base_url=BASE)
    first = ask(client, agg="pod", limit="1", window="6h")
    source.now = lambda: at(HOUR) + timedelta(hours=9)  # type: ignore[method-assign]
    second = ask(client, agg="pod", limit="1", window="6h", cursor=first["nextCursor"])
    assert (second["window"], second["asOf"]) == (first["window"], first["asOf"])


def test_other_pages_of_data_that_changed(source: Example, client: TestClient) -> None:
    first = ask(client, agg="pod", limit="1")
    source.hours = [example(HOUR)]
    source.hours[0] = dataclasses.replace(source.hours[0], allocation=source.hours[0].allocation.filter(container="c"))
    answer = client.get(
        "/api/v1/allocation/view", params={"window": THREE_HOURS, "agg": "pod", "limit": "1", "cursor": first["nextCursor"]}
    )
    assert answer.status_code == 409
    assert answer.json()["error"]["kind"] == "StaleCursor"


def test_the_answer_is_what_openapi_says(client: TestClient) -> None:
    for parameters in (
        {},
        {"agg": "cluster,namespace", "step": "hour", "idle": "share"},
        {"agg": "all", "compare": "none", "trend": "false"},
    ):
        View.model_validate(ask(client, **parameters), strict=True, extra="allow")


def test_only_sums_are_kept_of_many_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("farthing.api.native.steps.ROWS_AT_ONCE", 10)
    pods = [identity(number, "ns", f"p{number:03}", labels={"key": f"v{number:03}"}) for number in range(40)]
    pieces = [
        ledger(
            [row("container", hour=HOUR + h * 3600, cores=1 + n, container="c", identity_id=n, asset_id=N1) for n in range(40)],
            identities=pods,
        )
        for h in range(4)
    ]
    widths: list[int] = []

    class Counted(OnDemand):
        def summaries(self, question: Question, sets: Any) -> Any:
            widths.append(len(sets))
            return super().summaries(question, sets)

    client = TestClient(create_app(Counted(Example(pieces)), Settings()), base_url=BASE)
    view = ask(client, agg="label:key", step="hour", top="2", limit="5", window=f"{iso(0)},{iso(4)}", compare="none")
    assert widths == [1, 1, 1, 1, 1]  # the window, and its steps one by one
    assert view["series"]["keys"] == ["v039", "v038"]
    assert view["series"]["values"] == [[40.0] * 4, [39.0] * 4]
    assert view["series"]["other"] == pytest.approx([820 - 79] * 4)  # 1 + … + 40 without the two
    assert (view["otherCount"], view["rowCount"], len(view["rows"])) == (38, 40, 5)


def test_summary_table_is_asked_for_once_where_there_is_one_step(source: Example) -> None:
    asked: list[SummaryTable] = []

    class Counted(OnDemand):
        def summaries(self, question: Question, sets: Any) -> Any:
            for table, windows in super().summaries(question, sets):
                asked.append(table)
                yield table, windows

    ask(TestClient(create_app(Counted(source), Settings()), base_url=BASE), step="all", compare="none")
    assert len(asked) == 1


def test_rows_carry_the_columns_that_are_wanted(client: TestClient) -> None:
    whole = ask(client, agg="namespace", sort="-cpu_core_hours_held", trend="false", compare="none")
    few = ask(client, agg="namespace", sort="-cpu_core_hours_held", trend="false", compare="none", columns="Efficiency,total")
    names = ["name", "special", "namespace", "efficiency", "total_cost"]
    assert [column["name"] for column in few["columns"]] == names
    for which in ("rows", "idleRows"):
        assert named(few, which) == [{name: row[name] for name in names} for row in named(whole, which)]
    assert total(few) == {name: total(whole)[name] for name in names}
    beside = ask(client, agg="namespace", columns="ram_cost", step="hour")
    assert [column["name"] for column in beside["columns"]][3:] == ["ram_cost", "previous_cost", "change", "trend"]
    assert {len(row) for row in [*beside["rows"], *beside["idleRows"], beside["total"], *filter(None, [beside["prevTotal"]])]} == {7}
    assert beside["series"] == ask(client, agg="namespace", step="hour")["series"]
    assets = ask(client, "/api/v1/assets/view", agg="type", columns="assets", compare="none", trend="false")
    assert [column["name"] for column in assets["columns"]] == ["name", "special", "type", "assets"]


@pytest.mark.parametrize(
    ("path", "columns", "says"),
    [
        ("allocation", "total_kost", "unknown column 'total_kost'"),
        ("allocation", "total_cost,asset_hours", "unknown column 'asset_hours'"),
        ("allocation", "trend", "unknown column 'trend'"),
        ("assets", "efficiency", "unknown column 'efficiency'"),
        ("assets", "assets,assets", "assets is given twice"),
    ],
)
def test_columns_that_there_are_not(client: TestClient, path: str, columns: str, says: str) -> None:
    answer = client.get(f"/api/v1/{path}/view", params={"window": THREE_HOURS, "columns": columns})
    assert (answer.status_code, says in answer.json()["message"]) == (400, True), answer.text


def test_no_change_is_told_of_a_period_that_is_older_than_the_data() -> None:
    kept = warehouse(range(6), hours_ago=4)
    forget(kept, "west", 0, 1)
    client = kept_client(kept)
    for path, extra in (("/api/v1/allocation/view", {"agg": "cluster"}), ("/api/v1/assets/view", {"agg": "cluster"})):
        known = ask(client, path, window=f"{iso(4)},{iso(6)}", **extra)
        assert (known["previousPartial"], total(known)["change"]) == (False, pytest.approx(0))
        older = ask(client, path, window=f"{iso(2)},{iso(5)}", **extra)
        assert (older["previous"]["start"], older["previousPartial"]) == (iso(-1), True)
        rows = named(older) + named(older, "idleRows") + [total(older)]
        assert {row["change"] for row in rows} == {None}
        assert total(older)["previous_cost"] == pytest.approx(34.6)  # east, $17.30 an hour, at 0 and 1
        told = {note["cluster"]: note["text"] for note in older["notes"] if "no change is told" in note["text"]}
        assert list(told) == ["east", "west"]
        assert f"data begin at {iso(2)}" in told["west"]
        # of the clusters that are asked alone
        east = ask(client, path, window=f"{iso(2)},{iso(4)}", filter='cluster:"east"', **extra)
        assert (east["previousPartial"], total(east)["change"]) == (False, pytest.approx(0))
        west = ask(client, path, window=f"{iso(2)},{iso(4)}", filter='cluster:"west"', **extra)
        assert (west["previousPartial"], total(west)["change"]) == (True, None)
        assert ask(client, path, window=f"{iso(2)},{iso(5)}", compare="none", **extra)["previousPartial"] is False


@pytest.mark.parametrize(
    ("hours_ago", "window", "told"),
    [
        (0.5, (0, 30), False),  # the data end where the last closed hour does, and the window lies ahead
        (3, (0, 5), False),
        (3.5, (0, 30), True),  # no hour has come for hours: that is not the future's fault
        (3.5, (0, 3), False),
        (900, (0, 4), True),
    ],
)
def test_that_data_end_is_told_where_they_should_not(hours_ago: float, window: tuple[float, float], told: bool) -> None:
    client = kept_client(warehouse(hours_ago=hours_ago))
    for path in ("/api/v1/allocation/view", "/api/v1/assets/view", "/api/v1/allocation/timeline"):
        notes = ask(client, path, window=f"{iso(window[0])},{iso(window[1])}", step="all")["notes"]
        assert any("the data ends" in note["text"] for note in notes) == told
