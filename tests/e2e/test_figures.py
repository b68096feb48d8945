"""Numbers on the screen are the API's, to the last digit that is shown, whatever is asked; and a column agrees with its total."""

from __future__ import annotations

import doctest
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from . import figures
from .figures import amount, cents, change, difference, efficiency, headline, money, quantity, share
from .screen import Screen, path
from .table import Told, shown, told

pytestmark = [pytest.mark.real, pytest.mark.slow]

VIEWS = 15
TALL = 9000
"""Pixels: as many rows as are loaded at first are drawn."""

GROUPS = (
    "cluster", "namespace", "team", "container", "node", "deployment", "service", "kind", "controllerKind", "label:app", "all",
    "cluster,namespace", "namespace,team", "environment,product", "department,owner",
)  # fmt: skip
IDLE: tuple[dict[str, str], ...] = ({}, {"idle": "share"}, {"idle": "share", "idleBy": "cluster"}, {"idle": "hide"})
FILTERS = (
    "", 'cluster:"shop-prod"', 'namespace!:"notebooks"', 'team:"payments","search"', 'cluster:"staging"+controllerKind:"deployment"',
    'label[app]~:"a"', 'container<~:"s"|namespace:"notebooks"',
)  # fmt: skip
ZONES = ("UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")
RATES = {"total": None, "hour": 1, "day": 24, "month": figures.MONTH_HOURS}
MONEY = {
    "total_cost": "Total", "cpu_cost": "CPU", "ram_cost": "RAM", "gpu_cost": "GPU", "storage_cost": "Storage", "shared_cost": "Shared",
    "load_balancer_cost": "Load balancer", "management_cost": "Management", "idle_cost": "Idle received", "previous_cost": "Before",
}  # fmt: skip
THREE = ("cpu_cost", "ram_cost", "gpu_cost")
RATIOS = {"efficiency": "Efficiency", "cpu_efficiency": "CPU efficiency", "ram_efficiency": "RAM efficiency"}
QUANTITIES = {
    "cpu_core_hours_held": "CPU held", "ram_gib_hours_requested": "RAM requested", "gpu_card_hours_held": "GPU held", "bytes_out": "Sent",
    "storage_gib_hours_held": "Storage held", "minutes": "Minutes", "unpriced_hours": "Unpriced hours",
}  # fmt: skip


def views() -> list[dict[str, str]]:
    """Random states of the page, each kind of idle, rate and comparison among them."""
    dice = random.Random(1279)
    rates, groups = list(RATES), dice.sample(GROUPS, VIEWS)
    # whole days of the past, which do not change under the test
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for place in range(VIEWS):
        end = today - timedelta(days=dice.randint(1, 10), hours=dice.choice((0, 0, 7)))
        start = end - timedelta(days=dice.choice((1, 2, 7, 9)), hours=dice.choice((0, 0, 5)))
        state = {
            "window": f"{start:%Y-%m-%dT%H:%M:%SZ},{end:%Y-%m-%dT%H:%M:%SZ}",
            "agg": groups[place],
            "filter": dice.choice(FILTERS),
            "zone": dice.choice(ZONES),
            "rate": rates[place % len(rates)],
            "sharing": dice.choice(("", "none")),
            "compare": "none" if place % 5 == 4 else "",
            "sort": dice.choice(("", "name", "-cpu_cost", "total_cost")),
            **IDLE[place // len(RATES) % len(IDLE)],
        }
        found.append({name: value for name, value in state.items() if value})
    return found


def name_of(state: dict[str, str]) -> str:
    """Of a test: what is asked beside the window, which is of the day."""
    return " ".join(f"{name}={value}" for name, value in state.items() if name not in ("window", "zone"))


def columns(state: dict[str, str]) -> dict[str, str]:
    """Which are looked at, by their titles."""
    compared = state.get("compare") != "none"
    money_shown = {name: title for name, title in MONEY.items() if compared or name != "previous_cost"}
    return {**money_shown, **({"change": "Change"} if compared else {}), "share": "Share", **RATIOS, **QUANTITIES}


@pytest.mark.parametrize("state", views(), ids=name_of)
def test_what_a_view_shows_is_what_the_api_says(screen: Screen, state: dict[str, str]) -> None:
    asked = {name: value for name, value in state.items() if name != "rate"}
    answer = told(screen.server.ask("/allocation/view", **asked, limit=1000))
    page = screen.open(path("/allocations", **state, chart="none", cols=",".join(columns(state))), height=TALL)
    table = shown(page)

    assert set(table.rows) - {"rounding"} == set(answer.rows)
    hours = RATES[state["rate"]]
    factor = 1 if hours is None else hours / answer.hours
    expected = {key: cells(answer, key, factor, columns(state)) for key in answer.rows}
    assert {key: {title: table.rows[key][title] for title in row} for key, row in expected.items()} == expected

    assert page.get_by_test_id("total").inner_text() == headline(answer.rows["total"]["total_cost"])
    for name, title in MONEY.items():
        if name in columns(state):
            column_agrees(table.rows, title)


def cells(answer: Told, key: str, factor: float, titles: dict[str, str]) -> dict[str, str]:
    """What is to stand in a row, by title."""
    row, total = answer.rows[key], answer.rows["total"]["total_cost"]
    units = {column["name"]: column["unit"] for column in answer.answer["columns"]}
    known_before = not answer.answer["previousPartial"]
    written: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys(MONEY, lambda value: money(None if value is None else value * factor)),
        **dict.fromkeys(RATIOS, efficiency),
    }
    found = {}
    for name, title in titles.items():
        if name == "change":
            found[title] = change(row["total_cost"], row["previous_cost"] if known_before else None)
        elif name == "share":
            found[title] = share(row["total_cost"] / total if total and row["total_cost"] is not None else None)
        elif name in QUANTITIES:
            found[title] = quantity(row[name], units[name])
        else:
            found[title] = written[name](row[name])
    if row["partial"]:
        found["Total"] = f"+ unpriced {found['Total']}"
    return found


def column_agrees(rows: dict[str, dict[str, str]], title: str) -> None:
    """What stands in a column, added up by hand, is what its total says: with the cents that are told as rounding, where there are any."""
    stated = {key: amount(row[title].removeprefix("+ unpriced ")) for key, row in rows.items() if row[title]}
    parts = sum((value for key, value in stated.items() if key != "total"), Decimal(0))
    assert parts == stated["total"], title
    if "rounding" in stated:
        # each row, and the total, is at most half a cent away from what it stands for
        assert 0 < abs(stated["rounding"]) <= figures.CENT / 2 * len(stated), title
        assert rows["rounding"][title] == difference(stated["rounding"])


def test_cents_that_are_left_over_are_told(screen: Screen) -> None:
    """Some view has them: else the row that tells them was never seen above."""
    day = datetime.now(UTC) - timedelta(days=3)
    state = {"window": f"{day:%Y-%m-%d},{day + timedelta(days=1):%Y-%m-%d}", "agg": "node"}
    rows = told(screen.server.ask("/allocation/view", **state, limit=1000)).rows
    total = rows.pop("total")
    rest = {MONEY[name]: cents(total[name]) - sum(cents(row[name] or 0) for row in rows.values()) for name in THREE}
    table = shown(screen.open(path("/allocations", **state, chart="none", cols=",".join(THREE)), height=TALL)).rows
    assert any(rest.values())
    assert {title: table["rounding"][title] for title in rest} == {title: difference(cent) if cent else "" for title, cent in rest.items()}


def test_rules_by_hand() -> None:
    """What is expected above was worked out by hand for the edges."""
    assert doctest.testmod(figures).failed == 0
