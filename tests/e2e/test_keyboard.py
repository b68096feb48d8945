"""Everything without a pointer: jump, find, go through rows, drill, explain, go back, and dress the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from .figures import amount
from .screen import Screen, path, query, settled, until
from .table import shown

pytestmark = [pytest.mark.real, pytest.mark.slow]

MANY = 60
"""More stops of Tab than there are on a page before what is looked for."""


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press until it has the focus."""
    for _ in range(MANY):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is not reached in {MANY} stops")


def active_row(page: Page) -> str:
    """The row that assistive technology is told of."""
    return str(page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.dataset.row ?? ''"))


def focus(page: Page) -> str:
    """What has the focus, as a person would call it."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? ''"))


def test_from_anywhere_to_the_making_of_a_number_and_back(screen: Screen) -> None:
    day = datetime.now(UTC) - timedelta(days=1)
    page = screen.open(path("/settings", window=f"{day - timedelta(days=7):%Y-%m-%d},{day:%Y-%m-%d}"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Jump to")).to_be_visible()
    page.keyboard.type("alloc")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Allocations")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Allocations")
    settled(page)

    page.keyboard.press("/")
    page.keyboard.type("re")
    settled(page, q="re")
    tab_to(page, "[role=grid]")
    names = [key for key in shown(page).rows if key not in ("total", "rounding") and not key.startswith("idle:")]
    assert all("re" in name for name in names)
    assert len(names) > 1
    page.keyboard.press("ArrowDown")
    assert active_row(page) == names[0]
    page.keyboard.press("ArrowDown")
    assert active_row(page) == names[1]
    page.keyboard.press("Home")
    assert active_row(page) == names[0]
    page.keyboard.press("End")
    assert active_row(page) == names[-1]
    page.keyboard.press("Home")

    page.keyboard.press("Space")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_test_id("explained")).to_have_text(shown(page).rows[names[0]]["Total"])
    parts = panel.get_by_test_id("part")
    assert parts.count() > 1
    assert amount(parts.first.locator(".num").first.inner_text()) > 0
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    until(page, lambda: page.evaluate("document.activeElement.getAttribute('role')"), "grid")
    assert active_row(page) == names[0]

    page.keyboard.press("Enter")
    settled(page, agg="controller", q="", filter=f'namespace:"{names[0]}"')
    until(page, lambda: any(":" in key for key in shown(page).rows if not key.startswith("idle")), True)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "grid"
    page.keyboard.press("Alt+Backspace")
    settled(page, agg="", q="re")
    until(page, lambda: [key for key in shown(page).rows if key in names], names)
    page.keyboard.press("Alt+Backspace")
    settled(page, q="")
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


def test_the_focus_returns_to_where_it_was(screen: Screen) -> None:
    page = screen.open("/allocations")
    tab_to(page, "[role=grid]")
    page.keyboard.press("ArrowDown")
    at = active_row(page)
    for opens in ("Control+k", "?", "Space"):
        page.keyboard.press(opens)
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        until(page, lambda: page.evaluate("document.activeElement.getAttribute('role')"), "grid")
        assert active_row(page) == at


def test_the_focus_returns_from_an_asset(screen: Screen) -> None:
    page = screen.open("/infrastructure?agg=asset")
    tab_to(page, "[role=grid]")
    page.keyboard.press("ArrowDown")
    at = active_row(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    until(page, lambda: active_row(page), at)


def test_keys_go_on_from_what_was_clicked(screen: Screen) -> None:
    page = screen.open("/allocations")
    names = [key for key in shown(page).rows if key not in ("total", "rounding") and not key.startswith("idle:")]
    page.locator(f'main [data-row="{names[2]}"] [aria-colindex="4"]').click()
    assert active_row(page) == names[2]
    page.keyboard.press("ArrowDown")
    assert active_row(page) == names[3]


def test_rows_are_kept_and_left_out(screen: Screen) -> None:
    page = screen.open("/allocations")
    tab_to(page, "[role=grid]")
    page.keyboard.press("j")
    first = active_row(page)
    page.keyboard.press("-")
    settled(page, filter=f'namespace!:"{first}"')
    until(page, lambda: first in shown(page).rows, False)
    page.keyboard.press("Alt+Backspace")
    settled(page, filter="")
    until(page, lambda: first in shown(page).rows, True)
    page.keyboard.press("Home")
    page.keyboard.press("+")
    settled(page, filter=f'namespace:"{first}"')


def test_menus_and_fields(screen: Screen) -> None:
    page = screen.open("/allocations")
    tab_to(page, "button[aria-label^='Window:']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Choose a window")).to_be_visible()
    page.keyboard.press("Escape")
    until(page, lambda: focus(page).startswith("Window: "), True)

    tab_to(page, "button[aria-label^='Group by:']")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find a field")).to_be_focused()
    page.keyboard.type("team")
    tab_to(page, "[aria-label=Fields] button")
    page.keyboard.press("Enter")
    settled(page, agg="team")
    until(page, lambda: focus(page).startswith("Group by: "), True)

    tab_to(page, "button[aria-label^='Idle:']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemradio", name="Separate")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="Shared by node")).to_be_focused()
    page.keyboard.press("Enter")
    settled(page, idle="share")
    until(page, lambda: focus(page), "Idle: Shared by node")
    until(page, lambda: any(key.startswith("idle:") for key in shown(page).rows), False)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_first_stop_leads_past_the_navigation(screen: Screen) -> None:
    page = screen.open("/efficiency")
    page.keyboard.press("Tab")
    assert focus(page) == "Skip to the figures"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_theme_is_chosen_and_kept(screen: Screen) -> None:
    context = screen.context()
    page = screen.open("/settings", within=context)
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "light"
    tab_to(page, "[role=radio][aria-checked=true]")
    for _ in range(2):
        page.keyboard.press("Shift+Tab" if focus(page) == "As the system" else "Tab")
        if focus(page) == "Dark":
            break
    page.keyboard.press("Enter")
    assert page.evaluate(theme) == "dark"
    expect(page.get_by_role("radio", name="Dark")).to_have_attribute("aria-checked", "true")
    page.reload()
    assert page.evaluate(theme) == "dark"
    assert query(page.url) == {}
