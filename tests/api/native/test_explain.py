"""/api/v1/allocation/explain: quantities × prices, what was received, marks; dollars by hand from tests/views/frames.py."""

from __future__ import annotations

import dataclasses
from typing import Any

import orjson
import polars as pl
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from farthing.api import create_app, native_answer
from farthing.api.native.models_numbers import Explanation
from farthing.core.ledger import Ledger
from farthing.core.schema import Mark
from farthing.core.settings import Settings
from farthing.views import CostSource, OnDemand, Sharing, Split

from ...costing.facts import Wishes
from ...views.frames import GIB_HOUR, HOUR, N1, N2, V1, V2, WEST_N1, at, example, ledger, row
from ...views.random_ledgers import FILTERS, SHARINGS, ledgers
from ...warehouse.ledgers import hours_of, part, random_ledger, warehouse_of
from ..conftest import BASE, THREE_HOURS, Example, iso
from .kept import client_of, warehouse
from .views import ask, named, total

PATH = "/api/v1/allocation/explain"
SHOP = 'namespace:"shop"'
WINDOW = f"{iso(0)},{iso(2)}"
Part = dict[str, Any]


def price(asset_id: int, resource: str, value: float | None, source: str = "", **rest: Any) -> dict[str, Any]:
    unit = {"cpu": "$/core-hour", "load_balancer": "$/hour"}.get(resource, "$/GiB-hour")
    out = {"asset_id": asset_id, "resource": resource, "price": value, "unit": unit, "currency": "USD", "recorded_at": at(HOUR)}
    return out | {"category": "custom", "source": source or "book: rule all"} | rest


PRICES = [
    *(price(node, "cpu", 1.0) for node in (N1, N2, WEST_N1)),
    *(price(node, "ram", 0.1) for node in (N1, N2)),
    price(WEST_N1, "ram", 0.1, "book: rule west"),
    price(V1, "storage", 0.04),
    price(V2, "storage", 0.05, "default rate", category="default"),
]


def priced_example(hour: int = HOUR) -> Ledger:
    return dataclasses.replace(example(hour), price=ledger([], prices=PRICES).price)


@pytest.fixture(params=["warehouse", "on demand"])
def either(request: pytest.FixtureRequest) -> TestClient:
    hours = [priced_example(HOUR + h * 3600) for h in range(3)]
    if request.param == "warehouse":
        return client_of(warehouse(of=priced_example))
    return TestClient(create_app(OnDemand(Example(hours)), Settings()), base_url=BASE)


def on_demand(found: Ledger) -> TestClient:
    return TestClient(create_app(OnDemand(Example([found])), Settings()), base_url=BASE)


def parts(answer: dict[str, Any], **wanted: Any) -> list[Part]:
    return [part for part in answer["parts"] if all(part[name] == value for name, value in wanted.items())]


def summed(answer: dict[str, Any]) -> float:
    return sum(part["cost"] or 0.0 for part in answer["parts"])


def test_what_is_held_at_its_price(either: TestClient) -> None:
    answer = ask(either, PATH, filter=SHOP)
    Explanation.model_validate(answer, strict=True, extra="forbid")
    assert (answer["total"], summed(answer)) == pytest.approx((20.7, 20.7), rel=1e-12)
    (cpu,) = parts(answer, resource="cpu")
    # 3 + 1 cores of web and 1 of bare for three hours, all at $1 by the same rule, on n1 of east and n1 of west; half of it used
    assert cpu["quantity"] == {"held": pytest.approx(15), "requested": pytest.approx(15), "used": pytest.approx(7.5), "unit": "core·h"}
    assert (cpu["kind"], cpu["cost"], cpu["assets"], cpu["reason"], cpu["factorNote"]) == ("held", pytest.approx(15), 2, "", "")
    assert cpu["price"] == {
        "value": 1.0, "unit": "$/core-hour", "currency": "USD", "source": "book: rule all", "category": "custom", "assetKind": "node",
        "lifecycle": None, "instanceType": None, "region": None, "storageClass": None,
    }  # fmt: skip
    rams = {part["price"]["source"]: (part["cost"], part["quantity"]["held"], part["assets"]) for part in parts(answer, resource="ram")}
    assert rams == {
        "book: rule all": (pytest.approx(3), pytest.approx(30), 1),
        "book: rule west": (pytest.approx(1.2), pytest.approx(12), 1),
    }
    (volume,) = parts(answer, resource="storage", kind="held")
    assert (volume["cost"], volume["quantity"]["held"]) == pytest.approx((1.2, 30))
    assert volume["price"] | {"storageClass": "gp3", "assetKind": "disk", "value": 0.04} == volume["price"]
    (nobody,) = parts(answer, resource="storage", kind="unmounted")
    assert (nobody["cost"], nobody["price"]["category"], nobody["quantity"]["used"]) == (pytest.approx(0.3), "default", None)
    assert answer["marks"] == [
        {
            "name": "default node price", "doc": "no rule of a price book of yours matched: a list-like default rate",
            "cure": "give your prices with --prices", "guess": True, "rows": 3.0, "cost": pytest.approx(11.4),
        }
    ]  # fmt: skip
    assert answer["unpriced"] == []


@pytest.mark.parametrize(("of", "cost"), [("cpu", 15), ("ram", 4.2), ("gpu", 0), ("storage", 1.5), ("load_balancer", 0), ("TOTAL", 20.7)])
def test_one_resource(either: TestClient, of: str, cost: float) -> None:
    answer = ask(either, PATH, filter=SHOP, of=of)
    assert (answer["total"], summed(answer)) == pytest.approx((cost, cost))
    assert {part["resource"] for part in answer["parts"]} <= {of} or of == "TOTAL"


def test_idle_rows_and_idle_received(either: TestClient) -> None:
    # an hour: of n1's idle $2.00 of cpu shop pays 4 of 6, of its $1.80 of ram 10 of 14; of n2's $5.60 it takes $5.40 of $7.80, which is
    # what it pays of all that is paid in east; west's $1.00 is shop's alone
    answer = ask(either, PATH, filter=SHOP, idle="share")
    received = {part["resource"]: part["cost"] for part in parts(answer, kind="idle")}
    assert received.keys() == {"cpu", "ram"}
    view = ask(either, agg="all", filter=SHOP, idle="share", compare="none")
    hour = 2.0 * 4 / 6 + 1.8 * 10 / 14 + 5.6 * 5.4 / 7.8 + 1.0
    assert (sum(received.values()), total(view)["idle_cost"]) == pytest.approx((3 * hour, 3 * hour))
    assert (summed(answer), answer["total"]) == pytest.approx((total(view)["total_cost"],) * 2, rel=1e-12)
    assert all(part["price"] is None and part["reason"].startswith("idle received") for part in parts(answer, kind="idle"))
    apart = ask(either, PATH, special="idle")
    assert (apart["total"], summed(apart)) == pytest.approx((31.2, 31.2))
    (cpu,) = parts(apart, resource="cpu")
    assert (cpu["kind"], cpu["assets"], cpu["price"]["value"]) == ("idle", 3, 1.0)
    assert cpu["quantity"] == {"held": pytest.approx(21), "requested": None, "used": None, "unit": "core·h"}
    filtered = ask(either, PATH, special="idle", filter='cluster:"east"+namespace:"shop"')
    assert {part["reason"] for part in filtered["parts"]} == {"", "idle of the cluster, of no node in particular"}
    by_cluster = ask(either, PATH, special="idle", filter='cluster:"east"+namespace:"shop"', idleBy="cluster")
    assert {part["price"] for part in by_cluster["parts"]} == {None}
    nothing = ask(either, PATH, special="idle", filter='pod:"nobody"')
    assert (nothing["total"], nothing["parts"], nothing["marks"]) == (0.0, [], [])


def test_shared_costs_tell_from_whom() -> None:
    saved = Sharing(namespaces=("batch",), monthly=7300.0)
    client = client_of(warehouse(of=priced_example, sharing=saved))
    asked = {"shareNamespaces": "batch", "shareCost": "7300", "filter": SHOP}
    for more in ({}, {"idle": "share"}):
        answer = ask(client, PATH, **asked, **more)
        view = ask(client, agg="all", compare="none", **asked, **more)
        assert (summed(answer), answer["total"]) == pytest.approx((named(view)[0]["total_cost"],) * 2, rel=1e-12)
        shared = {part["kind"]: part for part in parts(answer, resource="shared")}
        assert shared["shared"]["cost"] == pytest.approx(7.2)  # batch, $2.40 an hour, all to east's only other
        assert "namespace batch" in shared["shared"]["reason"]
        # $10 an hour, all of it to pods: none of it to the volume that nobody mounts
        assert shared["overhead"]["cost"] == pytest.approx(30)
        assert ("idle" in shared) == bool(more)
    assert ask(client, PATH, of="cpu", **asked)["total"] == pytest.approx(15)


def test_what_is_not_quantity_times_price_says_so(client: TestClient) -> None:
    marked: dict[str, Any] = {"cpu_factor": 0.5, "cpu_cost": 4.0, "marks": int(Mark.OVER_COMMITTED)}
    over = row("container", cores=8, container="x", identity_id=1, asset_id=N1, node="n1", **marked)
    dearer = row("container", cores=1, container="y", identity_id=1, asset_id=N2, node="n2", cpu_cost=2.0)
    found = ledger([over, dearer], prices=[price(N1, "cpu", 1.0), price(N2, "cpu", 1.0, "other rule")])
    answer = ask(on_demand(found), PATH, of="cpu")
    notes = {part["cost"]: part["factorNote"] for part in answer["parts"]}
    assert notes[4.0].startswith("4 of 8 core·h held are paid: in some hours more was held")
    assert notes[2.0] == "in some hours another price held than the one told here, which is the latest"
    assert [mark["name"] for mark in answer["marks"]] == ["over-committed"]
    assert (answer["marks"][0]["guess"], answer["marks"][0]["cost"]) == (False, pytest.approx(4.0))


def test_what_has_no_price() -> None:
    held = row("container", cores=2, gib=1, container="x", identity_id=1, asset_id=N1, node="n1", cpu_cost=None)
    volume = row("pod", container="__pod__", identity_id=1, asset_id=N1, node="n1", storage_held=GIB_HOUR, storage_cost=None)
    reasons = {"reason": "no rule", "cure": "add one"}
    found = ledger([held, volume], prices=[price(N1, "cpu", None, **reasons), price(N1, "ram", 0.1)])
    answer = ask(on_demand(found), PATH)
    (cpu,) = parts(answer, resource="cpu")
    assert (cpu["cost"], cpu["price"], cpu["reason"], cpu["quantity"]["held"]) == (None, None, "no rule", pytest.approx(2))
    (storage,) = parts(answer, resource="storage")
    assert (storage["cost"], storage["reason"], storage["assets"]) == (None, "not told which volumes or load balancers", 0)
    assert answer["total"] == pytest.approx(0.1)
    assert {"resource": "cpu", "reason": "no rule", "cure": "add one", "assets": 1} in answer["unpriced"]


def hour_by_hour(found: Ledger) -> OnDemand:
    """`found` on demand, in a piece for each hour of its span."""
    return OnDemand(Example([whole(found, hour) for hour in hours_of(found)]))


def whole(found: Ledger, hour: int) -> Ledger:
    clusters = found.allocation.get_column("cluster").unique().sort()
    pieces = [part(found, cluster, [hour]) for cluster in clusters]
    frames = {name: pl.concat([getattr(piece, name) for piece in pieces]) for name in ("allocation", "asset", "share")}
    return dataclasses.replace(pieces[0], **frames)


def told(source: CostSource, path: str, asked: dict[str, str], sharing: Sharing | None) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(native_answer(source, path, asked, sharing=sharing))
    return found


def assert_closes(source: CostSource, asked: dict[str, str], sharing: Sharing | None) -> dict[str, Any]:
    """The parts are the view's total, of the rows and of idle rows alike; all that is explained, for comparison."""
    view = told(source, "/allocation/view", {**asked, "agg": "all", "compare": "none"}, sharing)
    names = [column["name"] for column in view["columns"]]
    seen: dict[str, Any] = {}
    for special, rows in (("", view["rows"]), ("idle", view["idleRows"])):
        if special and asked["idle"] == "hide":
            continue
        row_ = dict(zip(names, rows[0], strict=True)) if rows else dict.fromkeys(names, 0.0)
        for of in ("total", "cpu", "storage"):
            answer = told(source, "/allocation/explain", {**asked, "of": of} | ({"special": special} if special else {}), sharing)
            expected = row_[f"{of}_cost"]
            assert (answer["total"] is None) == (expected is None)
            assert summed(answer) == pytest.approx(expected or 0.0, rel=1e-9, abs=1e-12)
            assert (answer["total"] or 0.0) == pytest.approx(expected or 0.0, rel=1e-9, abs=1e-12)
            seen[special + of] = (answer["parts"], answer["marks"])
    return seen


def comparable(seen: dict[str, Any]) -> Any:
    """Parts and marks in an order that rounding does not move, told to nine digits."""

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: rounded(one) for name, one in value.items()}
        return float(f"{value:.9g}") if isinstance(value, float) else value

    return {key: [sorted(map(str, map(rounded, lines))) for lines in pair] for key, pair in seen.items()}


PHASES = (Phase.explicit, Phase.generate)
QUIET = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=PHASES)
ASKED = st.fixed_dictionaries(
    {"filter": FILTERS, "idle": st.sampled_from(["separate", "share", "hide"]), "idleBy": st.sampled_from(["node", "cluster"])}
)


@pytest.mark.slow
@QUIET
@given(ledgers(), ASKED, SHARINGS, SHARINGS, st.booleans())
def test_parts_are_the_view(found: Ledger, asked: dict[str, str], saved: Sharing | None, other: Sharing | None, as_saved: bool) -> None:
    question, sharing = {**asked, "window": WINDOW}, saved if as_saved else other
    seen = [assert_closes(source, question, sharing) for source in (warehouse_of(found, saved), hour_by_hour(found))]
    assert comparable(seen[0]) == comparable(seen[1])


@pytest.mark.parametrize("wishes", [Wishes(pods=12), Wishes(pods=12, crowded=True), Wishes(pods=12, unpriced=True, gap=True)], ids=str)
@pytest.mark.parametrize("idle", ["separate", "share"])
def test_costed_clusters_close_and_prices_are_those_that_were_paid(wishes: Wishes, idle: str) -> None:
    for seed in range(3):
        found = random_ledger(seed, wishes)
        sharing = Sharing(namespaces=("ns1",), split=Split.EVEN) if seed else None
        for window in ("2026-03-01T00:00:00Z,2026-03-01T02:00:00Z", "2026-03-01T00:20:00Z,2026-03-01T01:45:00Z"):
            for filter_ in ("", 'namespace:"ns0"|namespace:"ns2"'):
                asked = {"window": window, "filter": filter_, "idle": idle}
                seen = assert_closes(warehouse_of(found, sharing), asked, sharing)
                for one in seen["total"][0]:
                    if one["price"] and not one["factorNote"]:
                        assert one["cost"] == pytest.approx(one["price"]["value"] * one["quantity"]["held"], rel=1e-9)
                    assert not one["factorNote"] or wishes.crowded or wishes.unpriced
                    assert (one["price"] is None) == bool(one["reason"])


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"of": "network"}, "of='network' is unknown"),
        ({"special": "busy"}, "special='busy' is unknown"),
        ({"special": "idle", "idle": "hide"}, "contradict"),
        ({"step": "hour"}, "unknown parameter 'step'"),
        ({"agg": "pod"}, "unknown parameter 'agg'"),
        ({"sharing": "none", "shareCost": "5"}, "contradict"),
    ],
)
def test_bad_questions(client: TestClient, parameters: dict[str, str], says: str) -> None:
    answer = client.get(PATH, params={"window": THREE_HOURS} | parameters)
    assert (answer.status_code, says in answer.json()["message"]) == (400, True), answer.text
