"""A whole node's price is split by fixed fractions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.units import Resource
from farthing.pricing.split import split_node_price

from .assets import book_of, node, prices_of, rows_of

CPU, RAM, GPU = Resource.CPU, Resource.RAM, Resource.GPU
RATES = "defaults: {node: {on_demand: {cpu: 0.03 $/core-hour, ram: 0.005 $/GiB-hour, gpu: 1 $/card-hour}, spot: {cpu: 9 $/core-hour}}}\n"


def test_fractions_by_hand() -> None:
    # 4 · 0.03 + 16 · 0.005 = 0.12 + 0.08 = 0.20: cores get 60 %, memory 40 % of 1 $/h: 0.6/4 and 0.4/16
    assert split_node_price(1.0, {CPU: 4, RAM: 16}, {CPU: 0.03, RAM: 0.005}) == pytest.approx({CPU: 0.15, RAM: 0.025})


def test_nothing_with_a_weight_cannot_be_split() -> None:
    assert split_node_price(1.0, {CPU: 0.0, RAM: 16}, {CPU: 0.03, RAM: 0.0}) is None


amounts = st.floats(0.01, 1e4)
weights = st.floats(1e-6, 1e3)


@given(st.floats(0, 1e6), st.floats(1e-9, 0.1), amounts, amounts, amounts, weights, weights, weights)
def test_parts_sum_to_the_price_and_fractions_do_not_move_with_it(
    price: float, change: float, cores: float, gib: float, cards: float, w_cpu: float, w_ram: float, w_gpu: float
) -> None:
    has, rates = {CPU: cores, RAM: gib, GPU: cards}, {CPU: w_cpu, RAM: w_ram, GPU: w_gpu}
    before, after = split_node_price(price, has, rates), split_node_price(price * (1 + change), has, rates)
    assert before is not None
    assert after is not None
    assert sum(before[r] * has[r] for r in has) == pytest.approx(price, rel=1e-12)
    for resource in has:
        assert after[resource] == pytest.approx(before[resource] * (1 + change), rel=1e-12)


def test_a_node_rule_splits_by_the_books_on_demand_rates_also_for_spot(tmp_path: Path) -> None:
    book = book_of(tmp_path, RATES + "rules: [{name: m5, match: {instance_type: m5}, price: {node: 1 $/hour}}]")
    for lifecycle in ("on_demand", "spot", None):
        prices = prices_of(book, node(instance_type="m5", lifecycle=lifecycle))
        assert prices == pytest.approx({"cpu": 0.15, "ram": 0.025})  # as above: 0.6/4 and 0.4/16


def test_cards_weigh_at_the_books_rate_or_the_models_own(tmp_path: Path) -> None:
    rules = """
rules:
  - {name: big, match: {instance_type: p4}, price: {node: 12 $/hour}}
  - {name: a100, match: {gpu_model: A100}, price: {gpu: 2.3 $/card-hour}}
"""
    book = book_of(tmp_path, RATES + rules)
    plain = prices_of(book, node(instance_type="p4", cards=4.0))
    # 0.12 + 0.08 + 4 · 1 = 4.2; 12/4.2 = 2.857142857
    assert plain == pytest.approx({"cpu": 0.03 * 12 / 4.2, "ram": 0.005 * 12 / 4.2, "gpu": 12 / 4.2})
    a100 = prices_of(book, node(instance_type="p4", cards=4.0, gpu_model="A100"))
    # the later rule is no price here, it is the card's weight: 0.20 + 4 · 2.3 = 9.4
    assert a100 == pytest.approx({"cpu": 0.03 * 12 / 9.4, "ram": 0.005 * 12 / 9.4, "gpu": 2.3 * 12 / 9.4})
    assert 4 * a100["cpu"] + 16 * a100["ram"] + 4 * a100["gpu"] == pytest.approx(12)  # type: ignore[operator]


def test_spot_cards_weigh_at_the_on_demand_rate(tmp_path: Path) -> None:
    rules = """
rules:
  - {name: big, match: {instance_type: p4}, price: {node: 12 $/hour}}
  - {name: spot card, match: {lifecycle: spot}, price: {gpu: 100 $/card-hour}}
  - {name: card, match: {lifecycle: on_demand}, price: {gpu: 2.3 $/card-hour}}
"""
    prices = prices_of(book_of(tmp_path, RATES + rules), node(instance_type="p4", cards=4.0, lifecycle="spot"))
    assert prices["gpu"] == pytest.approx(2.3 * 12 / 9.4)


def test_an_earlier_rule_keeps_its_price_and_the_node_price_covers_the_rest(tmp_path: Path) -> None:
    rules = """
rules:
  - {name: card, price: {gpu: 2 $/card-hour}}
  - {name: big, match: {instance_type: p4}, price: {node: 9 $/hour}}
"""
    prices = prices_of(book_of(tmp_path, RATES + rules), node(instance_type="p4", cards=4.0))
    # 9 − 4 · 2 = 1 is left for 4 cores and 16 GiB: 0.15 and 0.025; the machine still costs 9
    assert prices == pytest.approx({"cpu": 0.15, "ram": 0.025, "gpu": 2})


def test_earlier_rules_that_take_more_than_the_node_price_leave_it_unpriced(tmp_path: Path) -> None:
    rules = """
rules:
  - {name: card, price: {gpu: 3 $/card-hour}}
  - {name: big, match: {instance_type: p4}, price: {node: 9 $/hour}}
"""
    rows = rows_of(book_of(tmp_path, RATES + rules), node(instance_type="p4", cards=4.0))
    assert rows[1, "gpu"]["price"] == 3
    for resource in ("cpu", "ram"):
        assert rows[1, resource]["price"] is None
        assert "earlier rules take 12 of its 9 an hour" in rows[1, resource]["reason"]
        assert "before the rule big" in rows[1, resource]["cure"]


def test_without_rates_the_embedded_book_gives_weights_and_the_source_says_so(tmp_path: Path) -> None:
    rows = rows_of(book_of(tmp_path, "rules: [{name: all, price: {node: 1 $/hour}}]"), node())
    # 4 · 0.031611 + 16 · 0.004237 = 0.126444 + 0.067792 = 0.194236
    assert rows[1, "cpu"]["price"] == pytest.approx(0.031611 / 0.194236)
    assert rows[1, "ram"]["price"] == pytest.approx(0.004237 / 0.194236)
    assert rows[1, "cpu"]["category"] == "custom"
    assert "of the default book, as prices.yaml has no such rates" in rows[1, "cpu"]["source"]


def test_one_missing_rate_is_borrowed_in_the_same_currency_only(tmp_path: Path) -> None:
    text = "currency: {c}\ndefaults: {{node: {{on_demand: {{cpu: 0.03 {c}/core-hour}}}}}}\nrules: [{{price: {{node: 1 {c}/hour}}}}]"
    dollars = rows_of(book_of(tmp_path, text.format(c="USD")), node())
    # own 0.03 per core, borrowed 0.004237 per GiB: 0.12 + 0.067792 = 0.187792
    assert dollars[1, "cpu"]["price"] == pytest.approx(0.03 / 0.187792)
    assert "for ram of the default book" in dollars[1, "cpu"]["source"]
    euros = rows_of(book_of(tmp_path, text.format(c="EUR")), node())
    assert euros[1, "cpu"]["price"] == pytest.approx(0.031611 / 0.194236)  # both borrowed: no fraction of € and $
    assert euros[1, "cpu"]["currency"] == "EUR"


def test_rates_of_zero_weigh_nothing_unless_all_are_zero(tmp_path: Path) -> None:
    text = "defaults: {{node: {{on_demand: {{cpu: {cpu} $/core-hour, ram: 0 $/GiB-hour}}}}}}\nrules: [{{price: {{node: 1 $/hour}}}}]"
    assert prices_of(book_of(tmp_path, text.format(cpu="0.03")), node()) == pytest.approx({"cpu": 0.25, "ram": 0.0})
    free = prices_of(book_of(tmp_path, text.format(cpu="0")), node())
    assert free["ram"] == pytest.approx(0.004237 / 0.194236)  # all 0: the embedded weights


@pytest.mark.parametrize("told", [{"cores": None}, {"gib": None}, {"gib": float("nan")}])
def test_a_node_of_unknown_size_is_unpriced_not_guessed(tmp_path: Path, told: dict[str, Any]) -> None:
    rows = rows_of(book_of(tmp_path, RATES + "rules: [{name: all, price: {node: 1 $/hour}}]"), node(**told))
    assert rows[1, "cpu"]["price"] is None
    assert rows[1, "ram"]["price"] is None
    missing = "cpu" if "cores" in told else "ram"
    assert f"how much {missing} the node has is not known" in rows[1, "cpu"]["reason"]


def test_a_free_node_is_free(tmp_path: Path) -> None:
    assert prices_of(book_of(tmp_path, RATES + "rules: [{price: {node: 0 $/hour}}]"), node()) == {"cpu": 0.0, "ram": 0.0}


def test_the_rest_of_a_node_is_not_known_where_an_earlier_rule_prices_an_unknown_amount(tmp_path: Path) -> None:
    book = book_of(tmp_path, RATES + "rules: [{price: {cpu: 0.1 $/core-hour}}, {match: {cluster: prod}, price: {node: 1 $/hour}}]")
    rows = rows_of(book, node(cores=None))
    assert rows[1, "cpu"]["price"] == 0.1
    assert rows[1, "ram"]["price"] is None
    assert "how much cpu the node has is not known" in rows[1, "ram"]["reason"]
    assert prices_of(book, node()) == pytest.approx({"cpu": 0.1, "ram": 0.0375})  # (1 − 4 · 0.1) / 16
