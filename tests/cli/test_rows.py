"""Order, limit and what the others come to."""

from __future__ import annotations

import pytest

from farthing.cli.rows import Order, choose, parse_order
from farthing.core.errors import BadField, BadParameter

from .reports import report


def test_amounts_come_largest_first_and_names_from_a() -> None:
    assert parse_order("cpu") == Order("cpu_cost", descending=True)
    assert parse_order("Load-Balancer:ASC") == Order("load_balancer_cost", descending=False)
    assert parse_order("name") == Order("name", descending=False)


def test_unknown_columns_and_directions_are_named() -> None:
    with pytest.raises(BadField, match="did you mean total"):
        parse_order("totl")
    with pytest.raises(BadParameter, match="cpu:asc or cpu:desc"):
        parse_order("cpu:up")


def test_idle_stands_apart_and_the_rest_is_added_up() -> None:
    # shop: 3 + 1 cores, 8 + 2 GiB, volumes 0.4 + 0.1, and 1 core + 4 GiB in the west: 4 + 1 + 0.5 + 1.4 = 6.9; batch: 2 + 0.4 = 2.4
    choice = choose(report().table.rows, parse_order("total"), 1)
    assert choice.groups["name"].to_list() == ["shop"]
    assert choice.groups["total_cost"].to_list() == pytest.approx([6.9])
    assert choice.others == 1
    assert choice.others_cost["total_cost"] == pytest.approx(2.4)
    assert choice.others_cost["network_cost"] is None
    assert choice.idle["name"].to_list() == ["__idle__"]


def test_order_and_unknown_last() -> None:
    rows = report("pod").table.rows
    # efficiencies are all a half where something was requested; the unmounted volume has none
    by_efficiency = choose(rows, parse_order("efficiency"), None).groups
    assert by_efficiency["efficiency"].to_list()[-1] is None
    assert choose(rows, parse_order("name"), None).groups["name"].to_list() == sorted(by_efficiency["name"].to_list())
    assert choose(rows, parse_order("total:asc"), None).groups["name"].to_list()[0] == "__unmounted__"
