"""/allocation over HTTP: keys, fields, idle, sets; dollars by hand from the docstring of tests/views/frames.py."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.ledger import Note
from farthing.core.settings import Settings
from farthing.core.units import GIB_BYTES
from farthing.views import OnDemand

from ...views.frames import CORE_HOUR, HOUR, N1, at, identity, ledger, row
from ..conftest import BASE, THREE_HOURS, Example, iso

FIELDS = """
name properties window start end minutes rawAllocationOnly proportionalAssetResourceCosts
cpuCores cpuCoreRequestAverage cpuCoreUsageAverage cpuCoreHours cpuCost cpuCostAdjustment cpuCostIdle cpuEfficiency
gpuCount gpuRequestAverage gpuUsageAverage gpuHours gpuCost gpuCostAdjustment gpuCostIdle gpuEfficiency
networkTransferBytes networkReceiveBytes networkCost networkCrossZoneCost networkCrossRegionCost networkInternetCost
networkCostAdjustment loadBalancerCost loadBalancerCostAdjustment lbAllocations
pvBytes pvByteHours pvCost pvs pvCostAdjustment
ramBytes ramByteRequestAverage ramByteUsageAverage ramByteHours ramCost ramCostAdjustment ramCostIdle ramEfficiency
externalCost sharedCost sharedCostBreakdown totalCost totalEfficiency
"""
PATHS = ["/model/allocation", "/model/allocation/compute", "/allocation", "/allocation/compute"]
Sets = list[dict[str, dict[str, Any]]]


def ask(client: TestClient, path: str = "/model/allocation", **parameters: str) -> Sets:
    answer = client.get(path, params={"window": THREE_HOURS} | parameters)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert (document["code"], document["status"]) == (200, "success")
    sets: Sets = document["data"]
    return sets


def totals(one: dict[str, dict[str, Any]]) -> dict[str, float]:
    return {name: row["totalCost"] for name, row in one.items()}


@pytest.mark.parametrize("path", PATHS)
def test_every_path_answers(client: TestClient, path: str) -> None:
    (one,) = ask(client, path, aggregate="namespace")
    assert totals(one) == pytest.approx({"shop": 3 * 6.9, "batch": 3 * 2.4})


def test_without_aggregate_the_container_with_idle_per_node(client: TestClient) -> None:
    (one,) = ask(client, includeIdle="true", accumulate="true")
    hour = {
        "east/n1/shop/web-1/app": 3.8, "east/n1/shop/web-1/sidecar": 1.2, "east/n1/shop/web-1/__pod__": 0.4, "east/n1/batch/job-1/run": 2.4,
        "west/n1/shop/bare/c": 1.4, "east/__unmounted__/shop/__unmounted__/__unmounted__": 0.1,
        "east/n1/__idle__": 3.8, "east/n2/__idle__": 5.6, "west/n1/__idle__": 1.0,
    }  # fmt: skip
    assert totals(one) == pytest.approx({name: 3 * cost for name, cost in hour.items()})
    assert sum(totals(one).values()) == pytest.approx(3 * 19.7)


def test_every_field_of_a_container(client: TestClient) -> None:
    (one,) = ask(client)
    app = one["east/n1/shop/web-1/app"]
    assert app["properties"] == {
        "cluster": "east", "node": "n1", "namespace": "shop", "pod": "web-1", "container": "app",
        "controller": "web", "controllerKind": "deployment", "providerID": "aws:///us-east-1a/i-1", "services": ["front", "mesh"],
        "labels": {"team": "growth", "env": "prod", "app_kubernetes_io_name": "Web"}, "annotations": {"note": 'say "hi"'},
        "namespaceLabels": {"team": "platform", "env": "prod"},
    }  # fmt: skip
    assert app["window"] == {"start": iso(0), "end": iso(3)}
    assert (app["start"], app["end"], app["minutes"]) == (iso(0), iso(3), 180)
    # 3 cores and 8 GiB held for 3 hours, half of it used
    assert (app["cpuCores"], app["cpuCoreRequestAverage"], app["cpuCoreUsageAverage"], app["cpuCoreHours"]) == (3, 3, 1.5, 9)
    assert (app["ramBytes"], app["ramByteUsageAverage"], app["ramByteHours"]) == (8 * GIB_BYTES, 4 * GIB_BYTES, 24 * GIB_BYTES)
    assert (app["cpuCost"], app["ramCost"], app["totalCost"]) == pytest.approx((9, 2.4, 11.4))
    assert (app["cpuEfficiency"], app["ramEfficiency"], app["totalEfficiency"]) == (0.5, 0.5, 0.5)
    assert (app["networkTransferBytes"], app["networkReceiveBytes"]) == (900, 90)
    assert (app["gpuHours"], app["gpuCost"], app["gpuUsageAverage"]) == (0, 0, None)
    assert (app["pvs"], app["lbAllocations"]) == (None, None)
    assert app["rawAllocationOnly"] == {"cpuCoreUsageMax": None, "ramByteUsageMax": None}
    pod = one["east/n1/shop/web-1/__pod__"]
    assert (pod["pvCost"], pod["pvByteHours"], pod["pvBytes"]) == pytest.approx((1.2, 30 * GIB_BYTES, 10 * GIB_BYTES))
    assert pod["pvs"] == {
        "cluster=east:name=v1": {"byteHours": 30 * GIB_BYTES, "cost": pytest.approx(1.2), "providerID": "", "adjustment": 0}
    }
    unmounted = one["east/__unmounted__/shop/__unmounted__/__unmounted__"]
    assert unmounted["properties"] == {"cluster": "east", "namespace": "shop", "pod": "__unmounted__", "container": "__unmounted__"}
    assert list(unmounted["pvs"]) == ["cluster=east:name=v2"]


def test_spelling_of_every_field(client: TestClient) -> None:
    (one,) = ask(client, aggregate="namespace", includeIdle="true")
    for row_of_group in one.values():
        assert sorted(row_of_group) == sorted(FIELDS.split())


@pytest.mark.parametrize(
    ("parameters", "idle"),
    [
        ({}, {}),
        ({"includeIdle": "true"}, {"__idle__": 31.2}),
        ({"idle": "true", "includeIdle": "true", "idleByNode": "true"}, {"__idle__": 31.2}),
        ({"idle": "true", "splitIdle": "true"}, {"east/__idle__": 28.2, "west/__idle__": 3.0}),
        (
            {"idle": "1", "splitIdle": "true", "idleByNode": "true"},
            {"east/n1/__idle__": 11.4, "east/n2/__idle__": 16.8, "west/n1/__idle__": 3.0},
        ),
        ({"includeIdle": "true", "filter": 'cluster:"west"'}, {"__idle__": 3.0}),
    ],
)
def test_idle_rows(client: TestClient, parameters: dict[str, str], idle: dict[str, float]) -> None:
    (one,) = ask(client, aggregate="cluster,namespace", **parameters)
    assert {name: cost for name, cost in totals(one).items() if "__idle__" in name} == pytest.approx(idle)


def test_shared_idle_is_part_of_the_costs(client: TestClient) -> None:
    (one,) = ask(client, aggregate="cluster", shareIdle="true")
    assert totals(one) == pytest.approx({"east": 3 * 17.3, "west": 3 * 2.4})  # all but the 0.1 of unmounted v2 receives
    assert one["west"]["cpuCostIdle"] == pytest.approx(3.0)
    assert one["west"]["cpuCost"] == pytest.approx(6.0)
    assert one["west"]["cpuCoreHours"] == pytest.approx(3.0)  # held by it, not by nobody
    assert one["west"]["totalCost"] == pytest.approx(
        sum(one["west"][f"{r}Cost"] for r in ("cpu", "ram", "gpu", "pv", "loadBalancer", "network"))
    )


def test_sets_by_step_and_by_calendar(client: TestClient) -> None:
    hours = ask(client, aggregate="cluster", step="1h")
    assert [totals(one) for one in hours] == [pytest.approx({"east": 7.9, "west": 1.4})] * 3
    assert [one["east"]["window"]["start"] for one in hours] == [iso(0), iso(1), iso(2)]
    assert len(ask(client, aggregate="cluster", step="1h", accumulate="true")) == 1
    assert len(ask(client, aggregate="cluster", step="2h")) == 2  # the last is cut to the window
    assert len(ask(client, aggregate="cluster", accumulate="hour")) == 3
    assert len(ask(client, aggregate="cluster", accumulate="false", accumulateBy="day")) == 1
    # Local midnight in +05:45 is 18:15 UTC: HOUR is 16:00 UTC, so 2.25 of the 3 hours are the first day's.
    days = ask(client, aggregate="cluster", accumulate="day", utcOffset="+05:45")
    assert [one["west"]["totalCost"] for one in days] == pytest.approx([2.25 * 1.4, 0.75 * 1.4])


def test_one_pass_where_sets_meet_on_full_hours(source: Example, client: TestClient) -> None:
    ask(client, aggregate="namespace", step="1h")
    assert len(source.asked) == 1
    ask(client, aggregate="namespace", step="90m")
    assert len(source.asked) == 3
    assert "peaks" not in source.asked[0][1]
    ask(client)
    assert "peaks" in source.asked[-1][1]


def test_a_window_inside_an_hour(client: TestClient) -> None:
    (one,) = ask(client, aggregate="cluster", window=f"{iso(0.5)},{iso(2.25)}")
    assert one["west"]["totalCost"] == pytest.approx(1.75 * 1.4)
    assert one["west"]["minutes"] == 105


@pytest.mark.parametrize(
    ("parameters", "pods"),
    [
        ({"filter": 'namespace:"batch"'}, {"job-1"}),
        ({"filterNamespaces": "batch"}, {"job-1"}),
        ({"filterNamespaces": "ba*,nothing"}, {"job-1"}),
        ({"filterControllers": "deployment:web"}, {"web-1"}),
        ({"filterLabels": "team:growth,team:ri*"}, {"web-1", "job-1"}),
        ({"filterNamespaces": "shop", "filterClusters": "west"}, {"bare"}),
        ({"filterServices": "front"}, {"web-1"}),
        ({"filterTeams": "risk", "filter": ""}, {"job-1"}),
    ],
)
def test_filters_of_both_kinds(client: TestClient, parameters: dict[str, str], pods: set[str]) -> None:
    (one,) = ask(client, aggregate="pod", **parameters)
    assert set(one) == pods


def test_properties_of_a_group_are_what_its_rows_share(client: TestClient) -> None:
    (one,) = ask(client, aggregate="namespace")
    assert one["batch"]["properties"]["labels"] == {"team": "risk"}  # a single pod
    assert one["shop"]["properties"] == {"namespace": "shop"}
    (by_cluster,) = ask(client, aggregate="cluster,controllerKind")
    assert by_cluster["east/deployment"]["properties"]["namespaceLabels"] == {"team": "platform", "env": "prod"}


def test_labels_that_all_share_when_asked() -> None:
    pods = [identity(i, "ns", f"p{i}", labels={"team": "a", "n": str(i)}, services=["s"], namespace_labels={"x": "y"}) for i in (1, 2)]
    piece = ledger([row("container", cores=1, container="c", identity_id=i, asset_id=N1) for i in (1, 2)], identities=pods)
    client = TestClient(create_app(OnDemand(Example([piece])), Settings()), base_url=BASE)
    plain = ask(client, aggregate="namespace")[0]["ns"]["properties"]
    assert plain == {"cluster": "east", "namespace": "ns", "container": "c", "namespaceLabels": {"x": "y"}}
    shared = ask(client, aggregate="namespace", includeAggregatedMetadata="true")[0]["ns"]["properties"]
    assert (shared["labels"], shared["services"]) == ({"x": "y", "team": "a"}, ["s"])


def test_unpriced_counts_as_zero_and_is_told() -> None:
    price = {
        "recorded_at": at(HOUR),
        "asset_id": N1,
        "resource": "cpu",
        "unit": "$/core-hour",
        "currency": "USD",
        "reason": "no rule for zone=z9",
        "cure": "add a rule",
    }
    rows = [row("container", cores=2, gib=1, container="c", identity_id=1, asset_id=N1, cpu_cost=None)]
    notes = (Note("no flow data", cluster="east"),)
    piece = ledger(rows, identities=[identity(1, "ns", "p")], prices=[price], notes=notes)
    client = TestClient(create_app(OnDemand(Example([piece])), Settings()), base_url=BASE)
    document = client.get("/allocation", params={"window": THREE_HOURS, "aggregate": "namespace"}).json()
    one = document["data"][0]["ns"]
    assert (one["cpuCost"], one["ramCost"], one["totalCost"], one["cpuCoreHours"]) == (0, 0.1, 0.1, 2)
    assert "without a price, which counts as 0 here: cpu: no rule for zone=z9 (to do: add a rule)" in document["warning"]
    assert "east: no flow data" in document["warning"]


def test_guesses_are_told_with_their_money(client: TestClient) -> None:
    warning = client.get("/allocation", params={"window": THREE_HOURS, "aggregate": "namespace"}).json()["warning"]
    assert "11.40 of 27.90 rest on a guess, default node price" in warning  # app's 3 · 3.8 of 3 · 9.3
    quiet = client.get("/allocation", params={"window": THREE_HOURS, "filterClusters": "west"}).json()
    assert "warning" not in quiet


@pytest.mark.parametrize("accumulate", ["true", "false"])
def test_nothing_found_is_an_empty_set_with_its_window(client: TestClient, accumulate: str) -> None:
    window = "1971-01-01T00:00:00Z,1971-01-02T00:00:00Z"
    document = client.get("/allocation", params={"window": window, "aggregate": "pod", "accumulate": accumulate}).json()
    assert document["data"] == [{}]
    assert document["meta"]["window"] == {"start": "1971-01-01T00:00:00Z", "end": "1971-01-02T00:00:00Z"}
    assert ask(client, aggregate="pod", filter='pod:"nobody"') == [{}]


def test_pages_and_order(client: TestClient) -> None:
    (one,) = ask(client, aggregate="pod")
    assert list(one) == ["web-1", "job-1", "bare", "__unmounted__"]
    assert list(ask(client, aggregate="pod", limit="2", offset="1")[0]) == ["job-1", "bare"]
    assert list(ask(client, aggregate="pod", sortBy="totalcost", sortByOrder="asc", limit="1")[0]) == ["__unmounted__"]
    assert list(ask(client, aggregate="pod", sortBy="name", sortByOrder="ascending")[0]) == ["__unmounted__", "bare", "job-1", "web-1"]


def test_groups_that_spell_alike_are_both_there() -> None:
    pods = [identity(1, "ns", "p", annotations={"a": "x/y", "b": "z"}), identity(2, "ns", "q", annotations={"a": "x_y", "b": "z"})]
    piece = ledger([row("container", cores=i, container="c", identity_id=i, asset_id=N1) for i in (1, 2)], identities=pods)
    (one,) = ask(TestClient(create_app(OnDemand(Example([piece])), Settings()), base_url=BASE), aggregate="annotation:a,annotation:b")
    # A client takes a name apart at its slashes, so those of a value are underscores; the second of two alike gets a number.
    assert totals(one) == {"x_y/z": 2.0, "x_y/z#2": 1.0}


def test_numbers_are_whole_doubles_and_never_nan(client: TestClient) -> None:
    little = row("container", container="c", identity_id=1, asset_id=N1, cpu_held=1e-9, cpu_cost=1e-17 / 3)
    tiny = ledger([little], identities=[identity(1, "ns", "p")])
    text = (
        TestClient(create_app(OnDemand(Example([tiny])), Settings()), base_url=BASE).get("/allocation", params={"window": THREE_HOURS}).text
    )
    (one,) = json.loads(text, parse_constant=pytest.fail)["data"][0].values()
    assert one["cpuCost"] == 1e-17 / 3
    (idle,) = ask(client, aggregate="cluster", includeIdle="true", filter='cluster:"west"')
    assert all(math.isfinite(value) for value in idle["__idle__"].values() if isinstance(value, float))


def test_csv(client: TestClient) -> None:
    answer = client.get("/allocation", params={"window": THREE_HOURS, "aggregate": "namespace", "step": "1h", "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(lines) == 6
    assert (lines[0]["name"], lines[0]["windowStart"]) == ("shop", iso(0))
    assert float(lines[0]["totalCost"]) == pytest.approx(6.9)


def test_management_is_a_line_of_its_own() -> None:
    piece = ledger([row("management", management_cost=0.1, container="__management__")])
    (one,) = ask(TestClient(create_app(OnDemand(Example([piece])), Settings()), base_url=BASE), aggregate="cluster,namespace")
    assert (one["east/__management__"]["sharedCost"], one["east/__management__"]["totalCost"]) == (0.1, 0.1)


def test_used_without_a_request() -> None:
    rows = [row("container", cores=1, container="c", identity_id=1, asset_id=N1, cpu_requested=0.0, cpu_used=CORE_HOUR)]
    (one,) = ask(
        TestClient(create_app(OnDemand(Example([ledger(rows, identities=[identity(1, "ns", "p")])])), Settings()), base_url=BASE),
        aggregate="pod",
    )
    assert (one["p"]["cpuEfficiency"], one["p"]["totalEfficiency"]) == (1, 1)  # the field's convention; natively NULL


def test_the_hour_of_the_frames_is_what_the_tests_think() -> None:
    assert iso(0) == "1970-02-11T16:00:00Z"
    assert HOUR == 3_600_000


def test_rates_are_over_the_part_that_has_gone_by(client: TestClient) -> None:
    # 3 hours of $1.40 an hour, asked for within a window of 10 hours of which 5 have gone by at now = HOUR + 5 h: 4.2 / 5 h = 0.84 $/h.
    for metric, hours in (("hourly", 1), ("daily", 24), ("monthly", 730)):
        (one,) = ask(client, aggregate="cluster", window=f"{iso(0)},{iso(10)}", costMetric=metric, filter='cluster:"west"')
        assert one["west"]["totalCost"] == pytest.approx(0.84 * hours)
        assert one["west"]["cpuCoreHours"] == 3  # quantities are no costs
    (web,) = ask(client, aggregate="pod", costMetric="hourly", filter='pod:"web-1"')
    assert web["web-1"]["pvs"]["cluster=east:name=v1"]["cost"] == pytest.approx(0.4)


def test_shared_namespaces_labels_and_amounts(client: TestClient) -> None:
    # batch costs 3 × 2.4 = 7.2; the rest of its cluster, weighted by own cost: web-1 5.4 an hour and the unmounted volume's 0.1.
    (one,) = ask(client, aggregate="namespace", shareNamespaces="batch", filter='cluster:"east"')
    assert one["shop"]["sharedCost"] == pytest.approx(7.2)
    assert "batch" not in one
    assert sum(totals(one).values()) == pytest.approx(3 * 7.9)  # east without idle: moved, not made
    (labelled,) = ask(client, aggregate="namespace", shareLabels="team:risk", filter='cluster:"east"')
    assert totals(labelled) == pytest.approx(totals(one))
    # 730 $ a month are 1 $ an hour, shared over everything by cost; 3 hours.
    (amount,) = ask(client, aggregate="namespace", shareCost="730")
    assert sum(row_of["sharedCost"] for row_of in amount.values()) == pytest.approx(3.0)
    assert sum(totals(amount).values()) == pytest.approx(3 * 9.3 + 3)


def test_idle_by_node_or_by_cluster(client: TestClient) -> None:
    by_node, by_cluster = (ask(client, aggregate="namespace", shareIdle="true", idleByNode=way)[0] for way in ("true", "false"))
    # All idle of a cluster goes to its pods either way; 0.1 of v2 receives none.
    assert sum(totals(by_node).values()) == pytest.approx(3 * 19.7)
    assert sum(totals(by_cluster).values()) == pytest.approx(3 * 19.7)
    assert totals(ask(client, aggregate="namespace", shareIdle="true")[0]) == pytest.approx(totals(by_cluster))


def test_what_the_settings_share_is_shared_unless_said_otherwise(source: Example) -> None:
    settings = Settings.model_validate({"sharing": {"namespaces": "batch", "monthly_cost": 730}})
    client = TestClient(create_app(OnDemand(source), settings), base_url=BASE)
    (one,) = ask(client, aggregate="namespace")
    assert "batch" not in one
    assert sum(totals(one).values()) == pytest.approx(3 * 9.3 + 3)
    (other,) = ask(client, aggregate="namespace", shareNamespaces="shop", shareCost="0")
    assert sum(totals(other).values()) == pytest.approx(3 * 9.3)


def test_csv_cells_are_no_formulas() -> None:
    evil = identity(1, "=cmd|' /C calc'!A0", "p")
    piece = ledger([row("container", cores=1, container="c", identity_id=1, asset_id=N1)], identities=[evil])
    client = TestClient(create_app(OnDemand(Example([piece])), Settings()), base_url=BASE)
    text = client.get("/allocation", params={"window": THREE_HOURS, "aggregate": "namespace", "format": "csv"}).text
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["name"].startswith("'=cmd")
    assert line["namespace"].startswith("'=cmd")


def test_weeks_back_from_the_end(client: TestClient) -> None:
    sets = ask(client, aggregate="cluster", window=f"{iso(-24 * 10)},{iso(3)}", accumulate="weeknow")
    assert len(sets) == 2
    assert sets[0] == {}
    assert sets[1]["west"]["window"] == {"start": iso(3 - 24 * 7), "end": iso(3)}
