"""The ledger's rules for any facts and prices: it closes, nothing is negative, parts sum to wholes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farthing.core.ledger import Facts, Ledger, Span
from farthing.core.schema import COST_COLUMNS, Mark
from farthing.core.units import HOUR_SECONDS
from farthing.costing import cost, cut
from farthing.views import Idle, IdleBy, Question, Sharing, Split, answer, summarise
from tests.costing.facts import T0, Wishes, build

CASES = 60
PAIRS = {"cpu_cost": "cpu", "ram_cost": "ram", "gpu_cost": "gpu", "storage_cost": "storage", "load_balancer_cost": "load_balancer"}
wishes = st.builds(
    Wishes,
    hours=st.integers(1, 3),
    nodes=st.integers(3, 6),
    pods=st.integers(30, 50),
    crowded=st.booleans(),
    gap=st.booleans(),
    reused_name=st.booleans(),
    empty_node=st.booleans(),
    unpriced=st.booleans(),
)
cases = st.builds(build, st.integers(0, 2**32), wishes)
moments = st.floats(0.001, 0.999)


def run(check: Callable[[Facts, pl.DataFrame, float], None], examples: int = CASES) -> None:
    """Every property runs on its own cases."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(cases, moments)
    def inner(case: tuple[Facts, pl.DataFrame], moment: float) -> None:
        check(*case, moment)

    inner()


def assert_closes(ledger: Ledger) -> None:
    """allocated + idle + unmounted + unobserved + management = assets per hour and resource, to 1e-9; nothing negative."""
    for column in PAIRS:
        # a price of one asset may be missing: what has none is NULL on both sides
        left = ledger.allocation.group_by("hour").agg(pl.col(column).sum().alias("allocated"))
        right = ledger.asset.group_by("hour").agg(pl.col(column).sum().alias("assets"))
        for _hour, allocated, assets in left.join(right, on="hour", how="full", coalesce=True).fill_null(0.0).iter_rows():
            assert abs(allocated - assets) <= 1e-9 * max(1.0, abs(assets)), (column, allocated, assets)
    for column in (*COST_COLUMNS, "cpu_held", "ram_held", "gpu_held", "storage_held", "load_balancer_held", "reserved_cost"):
        lowest = ledger.allocation[column].min()
        assert lowest is None or float(lowest) >= 0.0, (column, lowest)  # type: ignore[arg-type]


def total(ledger: Ledger) -> float:
    return float(ledger.allocation.select(pl.sum_horizontal(COST_COLUMNS).sum()).item())


def same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def traits(facts: Facts, ledger: Ledger) -> set[str]:
    """What a case really has in it."""
    nodes = facts.capacity.filter(pl.col("kind") == "node")
    found = set()
    if (ledger.allocation["marks"].cast(pl.Int64) & Mark.OVER_COMMITTED.value).max():
        found.add("over-commitment")
    if float(nodes["unobserved_seconds"].sum()) > 0:
        found.add("gaps")
    if nodes.group_by("name").agg(pl.col("asset_id").n_unique())["asset_id"].max() > 1:  # type: ignore[operator]
        found.add("reused names")
    if nodes.join(facts.usage, left_on="asset_id", right_on="node_asset_id", how="anti").height:
        found.add("empty nodes")
    if (ledger.allocation["marks"].cast(pl.Int64) & Mark.UNPRICED.value).max():
        found.add("unpriced things")
    assert nodes["asset_id"].n_unique() >= 3
    assert facts.usage["identity_id"].n_unique() >= 30
    return found


def test_it_closes_and_nothing_is_negative(record_property: Callable[[str, object], None]) -> None:
    seen: Counter[str] = Counter()

    def check(facts: Facts, price: pl.DataFrame, _moment: float) -> None:
        ledger = cost(facts, price)
        assert_closes(ledger)
        seen.update(["cases", *traits(facts, ledger)])

    run(check, 150)
    shares = {name: n / seen["cases"] for name, n in seen.items() if name != "cases"}
    record_property("told", f"costing on {seen['cases']} cases: " + ", ".join(f"{k} in {v:.0%}" for k, v in sorted(shares.items())))
    for name in ("over-commitment", "gaps", "reused names", "empty nodes", "unpriced things"):
        assert shares.get(name, 0) >= 0.10, (name, shares)


def test_groups_sum_to_the_total() -> None:
    def check(facts: Facts, price: pl.DataFrame, _moment: float) -> None:
        ledger = cost(facts, price)
        for by in ("namespace", "node", "pod", "controller", "namespace,pod,container", "cluster"):
            assert same(summarise([ledger], by).total, total(ledger)), by

    run(check, 15)


SHARINGS = (
    Sharing(namespaces=("ns0",), load_balancers=True),
    Sharing(namespaces=("ns1", "ns4"), monthly=365.0, split=Split.EVEN),
    Sharing(namespaces=("ns*",)),
)


def test_whatever_is_shared_the_whole_stays() -> None:
    def check(facts: Facts, price: pl.DataFrame, moment: float) -> None:
        whole = cost(facts, price)
        ledger = cut(whole, Span(T0 + moment * HOUR_SECONDS, facts.span.end))
        for sharing in SHARINGS:
            for by in IdleBy:
                for idle, filter in ((Idle.SHARE, ""), (Idle.SEPARATE, 'namespace:"ns2"'), (Idle.HIDE, 'node!:"n1"')):
                    question = replace(Question.of("namespace", filter, idle), idle_by=by, sharing=sharing)
                    table = answer([ledger], question)
                    assert same(table.whole, total(ledger) + table.shared.overhead), (sharing, by, idle)
                    assert min(0.0, *table.rows["total_cost"].fill_null(0.0), table.hidden, table.filtered_out) >= 0
                overhead = sharing.monthly / 730 * ledger.span.seconds / HOUR_SECONDS
                assert same(table.shared.overhead + table.shared.overhead_lost, overhead)

    run(check, 5)


def test_hours_sum_to_the_window() -> None:
    def check(facts: Facts, price: pl.DataFrame, _moment: float) -> None:
        whole = cost(facts, price)
        parts = [cost(_hour(facts, h), price) for h in facts.capacity["hour"].unique()]
        assert same(sum(map(total, parts)), total(whole))

    run(check, 25)


def _hour(facts: Facts, hour: datetime) -> Facts:
    only = pl.col("hour") == hour
    start = hour.astimezone(UTC).timestamp()
    return replace(
        facts,
        span=Span(start, start + HOUR_SECONDS),
        usage=facts.usage.filter(only),
        capacity=facts.capacity.filter(only),
        flow=facts.flow.filter(only),
    )


def test_a_window_cut_anywhere_inside_an_hour_sums_to_that_hour() -> None:
    def check(facts: Facts, price: pl.DataFrame, moment: float) -> None:
        ledger = cost(facts, price)
        at = T0 + moment * HOUR_SECONDS
        middle = at + (T0 + HOUR_SECONDS - at) * moment
        parts = [cut(ledger, Span(a, b)) for a, b in ((T0, at), (at, middle), (middle, facts.span.end))]
        for part in parts:
            assert_closes(part)
        key = ["hour", "kind", "identity_id", "container", "asset_id"]
        columns = [*COST_COLUMNS, "cpu_held", "ram_held", "gpu_held", "held_seconds", "cpu_requested", "ram_requested", "storage_held"]
        together = pl.concat([p.allocation for p in parts]).group_by(key).agg(pl.col(columns).sum())
        both = ledger.allocation.join(together, on=key, how="left", nulls_equal=True, suffix="_parts")
        for column in columns:
            scale = max(1e-12, float(ledger.allocation[column].fill_null(0.0).max()))  # type: ignore[arg-type]
            apart = (both[column].fill_null(0.0) - both[f"{column}_parts"].fill_null(0.0)).abs().max()
            assert apart is None or float(apart) <= 1e-8 * scale, (column, apart)  # type: ignore[arg-type]
        for column in ("cpu_cost", "ram_cost", "storage_cost", "load_balancer_cost"):
            assert same(sum(float(p.asset[column].sum()) for p in parts), float(ledger.asset[column].sum()))

    run(check)


def test_requests_are_cut_to_the_second() -> None:
    def check(facts: Facts, price: pl.DataFrame, moment: float) -> None:
        ledger = cost(facts, price)
        at = T0 + moment * HOUR_SECONDS
        left = cut(ledger, Span(T0, at)).allocation.filter(pl.col("kind") == "container")
        whole = ledger.allocation.filter(pl.col("kind") == "container")
        both = left.join(whole, on=["hour", "identity_id", "container"], suffix="_hour")
        rate = both["cpu_requested_hour"] / both["held_seconds_hour"]
        inside = both.select(
            (pl.min_horizontal(pl.lit(at), "last_held_hour") - pl.col("first_held_hour")).clip(lower_bound=0.0)
        ).to_series()
        assert float((both["cpu_requested"] - rate * inside).abs().max() or 0.0) <= 1e-6  # type: ignore[arg-type]

    run(check, 20)
