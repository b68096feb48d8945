"""axe finds nothing (WCAG 2.2 AA), on every page, in both themes, on a desk and on a phone, and on what opens over a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.screen.building import UI
from scripts.screen.pages import PAGES, THEMES, rest

from .screen import Screen
from .test_states import failed, patched

pytestmark = [pytest.mark.real, pytest.mark.slow]

AXE = UI / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {1440: 900, 390: 844}
RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
  return [found.passes.length, found.violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`))];
}"""


def violations(page: Page) -> list[str]:
    """What axe finds on a page as it is now; each rule with the place and what would mend it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    passed, found = page.evaluate(RUN, TAGS)
    assert passed > 10, "it looked at nothing"
    return [str(one) for one in found]


def axe() -> str:
    """Its source. It comes with the packages that the page is built with."""
    if not Path(AXE).is_file():
        pytest.skip(f"{AXE} is missing (make screen)")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page(screen: Screen, name: str, width: int) -> None:
    page = screen.open(PAGES[name], width=width, height=SIZES[width])
    assert all_themes(page) == {}


def all_themes(page: Page) -> dict[str, list[str]]:
    """What axe finds in each theme."""
    found: dict[str, list[str]] = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("(theme) => document.documentElement.dataset.theme === theme", arg=theme)
        rest(page)
        if told := violations(page):
            found[theme] = told
    return found


def press(keys: str) -> Callable[[Page], Any]:
    """Opens by the keyboard."""
    return lambda page: page.keyboard.press(keys)


def click(role: Any, name: str) -> Callable[[Page], Any]:
    """Opens by a click."""
    return lambda page: page.get_by_role(role, name=name).first.click()


def explain(page: Page) -> None:
    """The panel of a number."""
    page.locator('main [data-row="search"] [data-explains="total_cost"]').click()
    expect(page.get_by_test_id("part").first).to_be_visible()


def row_menu(page: Page) -> None:
    """The menu of a row."""
    page.get_by_role("button", name="Actions for search").click()
    expect(page.get_by_role("menu")).to_be_visible()


def filter_with_values(page: Page) -> None:
    """The popover in which a filter is put together."""
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Field").select_option("namespace")
    expect(page.get_by_role("list", name="Values that are there").get_by_role("button").first).to_be_visible()


def doubtful(view: Any) -> None:
    """A view of which some rests on an assumption, and some is not known."""
    view["guesses"] = [{"name": "default price", "doc": "no rule names this kind of node", "cure": "add a rule", "rows": 3, "cost": 12.5}]
    view["notes"] = [{"level": "info", "cluster": "shop-prod", "text": "no data for 20 minutes", "cure": ""}]


def asset(page: Page) -> None:
    """The panel of an asset."""
    page.locator("main [role=grid] [data-row]:not([data-row=total])").first.get_by_role("rowheader").get_by_role("button").last.click()
    expect(page.get_by_role("dialog").get_by_role("heading").first).to_be_visible()


OVER: dict[str, dict[str, Callable[[Page], Any]]] = {
    "/allocations?agg=namespace&filter=cluster:%22shop-prod%22": {
        "how a number is made": explain,
        "jump to": press("Control+k"),
        "keys": press("?"),
        "windows": click("button", "Window:"),
        "filters": filter_with_values,
        "idle": click("button", "Idle:"),
        "columns": click("button", "Columns"),
        "views": click("button", "Views"),
        "files": click("button", "Export"),
        "a row's menu": row_menu,
        "notes": click("button", "rest on guesses"),
    },
    "/allocations?agg=namespace,team": {"groups": click("button", "Group by:")},
    "/infrastructure?agg=asset": {"an asset": asset},
}


@pytest.mark.parametrize("where", OVER)
def test_what_opens_over_a_page(screen: Screen, where: str) -> None:
    context = screen.context()
    context.route(re.compile("/allocation/view"), patched(doubtful))
    page = screen.open(where, within=context)
    found = {}
    for what, opens in OVER[where].items():
        page.emulate_media(color_scheme="light")
        opens(page)
        expect(page.locator("[data-radix-popper-content-wrapper], [role=dialog]").last).to_be_visible()
        if told := all_themes(page):
            found[what] = told
        page.keyboard.press("Escape")
        expect(page.locator("[data-radix-popper-content-wrapper], [role=dialog]")).to_have_count(0)
    assert found == {}


def test_the_navigation_of_a_phone(screen: Screen) -> None:
    page = screen.open("/", width=390, height=844)
    page.get_by_role("button", name="Open the navigation").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert all_themes(page) == {}


def test_a_page_that_failed(screen: Screen) -> None:
    screen.expect(failed(404))
    page = screen.open("/nothing-here", at_rest=False)
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    assert all_themes(page) == {}
