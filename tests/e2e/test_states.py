"""What is shown where there are no figures: while they come, when the server fails, wholly or in part, and when nothing matches."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from playwright.sync_api import Page, Request, Route, expect

from scripts.screen.pages import PAGES, rest

from .screen import Held, Screen, path, problem, query, settled, shift, until
from .table import shown

pytestmark = [pytest.mark.real, pytest.mark.slow]

API = re.compile(r"/api/v1/")
TRIES = 8
STEADY = 0.1
"""Most that a page may jump, as Core Web Vitals count it."""
LOCKED = "Ask who runs the cluster for the role “reader”"


def failed(status: int) -> str:
    """The browser's own line about an answer."""
    return f"console error: Failed to load resource: the server responded with a status of {status} "


@pytest.mark.parametrize("name", PAGES)
def test_every_page_keeps_its_place_while_the_server_is_slow(screen: Screen, name: str) -> None:
    page = screen.context().new_page()
    held = Held(page, API)
    page.goto(screen.server.url + PAGES[name])
    loading = page.locator("main").get_by_role("status", name="Loading")
    expect(page.locator("main .skel").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link")).to_have_count(7)
    held.release()
    rest(page)
    expect(loading).to_have_count(0)
    assert shift(page) < STEADY, page.evaluate("seen.shifts")


def test_what_was_shown_stays_while_the_new_comes(screen: Screen) -> None:
    page = screen.open("/allocations")
    before = shown(page)
    held = Held(page, re.compile("agg=team"))
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("list", name="Fields").get_by_role("button", name="Team", exact=True).click()
    until(page, lambda: len(held.routes), 1)
    expect(page.get_by_text("Updating…")).to_be_visible()
    assert shown(page).rows == before.rows
    held.release()
    settled(page, agg="team")
    assert "payments" in shown(page).rows
    expect(page.get_by_text("Updating…")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_that_one_may_not_see_it(screen: Screen, name: str) -> None:
    screen.expect(failed(403))
    page = screen.context().new_page()
    page.route(API, problem(403, "the token is of a reader of other clusters", kind="NotAllowed", cure=LOCKED))
    page.goto(screen.server.url + PAGES[name])
    alert = page.locator("main").get_by_role("alert").first
    expect(alert).to_contain_text("This is not yours to see")
    expect(alert).to_contain_text("the token is of a reader of other clusters")
    expect(alert).to_contain_text(f"To do: {LOCKED}")
    expect(alert).to_contain_text("Request e2e-1")
    rest(page)  # nothing goes on loading for ever
    page.unroute(API)
    try_again(page)


@pytest.mark.parametrize("name", ["overview", "allocations"])
def test_a_failure_that_may_pass_is_asked_again_before_it_is_told(screen: Screen, name: str) -> None:
    screen.expect(failed(503))
    page = screen.context().new_page()
    page.route(API, problem(503, "the warehouse is being built", cure="wait a minute"))
    page.goto(screen.server.url + PAGES[name])
    alert = page.locator("main").get_by_role("alert").first
    expect(alert).to_contain_text("the warehouse is being built", timeout=20_000)
    asked = [one.url for one in screen.requests if "/meta" in one.url]
    assert len(asked) == 3
    page.unroute(API)
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    rest(page)
    expect(page.locator("main .num").filter(has_text="$").first).to_be_visible()


# What fails on the overview, and what then says so. Everything else stands.
PARTS: dict[str, tuple[Callable[[Request], bool], list[str]]] = {
    "movers": (lambda one: query(one.url).get("agg") == "cluster,namespace,controller", ["What changed could not be loaded"]),
    "spend": (lambda one: query(one.url).get("agg") == "namespace" and "top" in query(one.url), ["Cost by day could not be loaded"]),
    "assets": (lambda one: "/assets/view" in one.url, ["What to do first could not be loaded"]),
}
STANDING = {
    "What changed could not be loaded": "[aria-label='What changed most'] a",
    "Cost by day could not be loaded": "section:has(h2:has-text('Cost by day')) [role=img] svg",
    "What to do first could not be loaded": "[aria-label='What to do first'] a",
}
BROKEN: dict[str, tuple[Callable[[Route], None], str, str]] = {
    "refused": (problem(413, "more than 20,000 rows"), failed(413), "more than 20,000 rows"),
    "truncated": (
        lambda route: route.fulfill(body='{"window": {"start": "2026-11-', content_type="application/json"),
        "",
        "The answer broke off or cannot be read.",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("part", PARTS)
def test_a_panel_that_fails_leaves_the_others_alone(screen: Screen, part: str, how: str) -> None:
    fails, told = PARTS[part]
    answer, complaint, words = BROKEN[how]
    if complaint:
        screen.expect(complaint)
    page = screen.context().new_page()
    page.route(API, lambda route: answer(route) if fails(route.request) else route.fallback())
    page.goto(screen.server.url + "/")
    rest(page)
    expect(page.get_by_test_id("spent")).to_contain_text("$")
    alerts = page.locator("main").get_by_role("alert")
    assert {alert.get_by_role("heading").inner_text() for alert in alerts.all()} >= set(told)
    for alert in alerts.all():
        expect(alert).to_contain_text(words)
    for title, place in STANDING.items():
        expect(page.locator("main").locator(place).first).to_be_visible(visible=title not in told)
    page.unroute(API)
    try_again(page)


BETWEEN: dict[str, tuple[Callable[[Route], None], str, str]] = {
    "a proxy": (
        lambda route: route.fulfill(status=502, body="<h1>no</h1>", content_type="text/html"),
        failed(502),
        "The server answered 502",
    ),
    "nobody": (lambda route: route.abort("connectionrefused"), "ERR_CONNECTION_REFUSED", "Farthing does not answer."),
}


@pytest.mark.parametrize("who", BETWEEN)
def test_what_is_between_here_and_there(screen: Screen, who: str) -> None:
    break_it, complaint, words = BETWEEN[who]
    screen.expect(complaint)
    page = screen.open("/allocations")
    before = shown(page)
    page.route(re.compile("allocation/view"), break_it)
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("list", name="Fields").get_by_role("button", name="Team", exact=True).click()
    # what was there stays, and says that it is not what was asked for
    told = page.locator("main").get_by_role("alert")
    expect(told.first).to_contain_text(words, timeout=20_000)
    page.unroute(re.compile("allocation/view"))
    page.go_back()
    settled(page, agg="")
    assert shown(page).rows == before.rows
    expect(told).to_have_count(0)


def test_a_number_whose_making_cannot_be_told(screen: Screen) -> None:
    screen.expect(failed(413))
    page = screen.open("/allocations")
    page.route(re.compile("allocation/explain"), problem(413, "too many parts"))
    page.locator('main [data-row="search"] [data-explains="total_cost"]').click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("alert")).to_contain_text("How it is made could not be loaded")
    page.unroute(re.compile("allocation/explain"))
    panel.get_by_role("button", name="Try again").click()
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(panel.get_by_test_id("explained")).to_contain_text("$")


def test_offline_and_back(screen: Screen) -> None:
    screen.allow("favicon.svg.*ERR_INTERNET_DISCONNECTED|ERR_INTERNET_DISCONNECTED.*favicon.svg")
    context = screen.context()
    page = screen.open("/allocations", within=context)
    before = shown(page)
    context.set_offline(True)
    banner = page.get_by_role("status").filter(has_text="This computer is offline. What you see is what was loaded before.")
    expect(banner).to_be_visible()
    assert shown(page).rows == before.rows
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("list", name="Fields").get_by_role("button", name="Team", exact=True).click()
    until(page, lambda: query(page.url).get("agg"), "team")
    assert shown(page).rows == before.rows
    context.set_offline(False)
    expect(banner).to_have_count(0)
    until(page, lambda: "payments" in shown(page).rows, True)


def test_a_page_that_was_not_loaded_before_the_connection_was_lost(screen: Screen) -> None:
    screen.expect("ERR_INTERNET_DISCONNECTED")
    screen.expect("console error: ApiError: This computer is offline.")  # React's own line of what a page threw
    context = screen.context()
    page = screen.open("/allocations", within=context)
    context.set_offline(True)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Doctor").click()
    expect(page.get_by_role("alert")).to_contain_text("This computer is offline.")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Doctor")


def test_a_filter_that_matches_nothing(screen: Screen) -> None:
    page = screen.open(path("/allocations", filter='namespace:"nobody"+cluster:"staging"'))
    expect(page.get_by_role("heading", name="Nothing matches these filters")).to_be_visible()
    page.get_by_role("button", name="Remove filters").click()
    settled(page, filter="")
    until(page, lambda: "search" in shown(page).rows, True)


def test_a_name_that_is_not_there(screen: Screen) -> None:
    page = screen.open("/allocations")
    page.get_by_placeholder("Find namespace").fill("no such name")
    settled(page, q="no such name")
    expect(page.locator("main").get_by_text("No name contains “no such name”.")).to_be_visible()
    page.get_by_placeholder("Find namespace").press("Escape")
    settled(page, q="")
    until(page, lambda: "search" in shown(page).rows, True)


def test_a_window_before_the_data(screen: Screen) -> None:
    page = screen.open(path("/allocations", window="2020-01-01,2020-01-02"))
    expect(page.get_by_role("heading", name="Nothing was running in this window")).to_be_visible()
    expect(page.get_by_role("button", name="Remove filters")).to_have_count(0)


def test_a_window_that_is_none(screen: Screen) -> None:
    screen.expect(failed(400))
    page = screen.open(path("/allocations", window="next friday"))
    expect(page.get_by_role("alert")).to_contain_text("next friday")
    expect(page.get_by_role("alert")).to_contain_text("Expected:")


def test_a_path_that_is_none(screen: Screen) -> None:
    screen.expect(failed(404))
    page = screen.open("/allocation-s", at_rest=False)
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    page.get_by_role("link", name="To the overview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def try_again(page: Page) -> None:
    """Until nothing is left that failed."""
    alerts = page.locator("main").get_by_role("alert")
    for _ in range(TRIES):
        if not alerts.count():
            return
        alerts.first.get_by_role("button", name="Try again").click()
        rest(page)
    expect(alerts).to_have_count(0)


def patched(change: Callable[[Any], None]) -> Callable[[Route], None]:
    """The server's answer, but for what `change` does to it."""

    def answer(route: Route) -> None:
        real = route.fetch()
        document = orjson.loads(real.body())
        change(document)
        route.fulfill(response=real, body=orjson.dumps(document))

    return answer


def test_a_cluster_that_tells_nothing_any_more(screen: Screen) -> None:
    def silent(meta: Any) -> None:
        meta["clusters"][0]["last"] = "2026-11-01T10:00:00Z"

    page = banners(screen, "meta", silent)
    expect(page.get_by_role("status").filter(has_text="ml-prod has told nothing since Nov 1, 10:00 (UTC)")).to_be_visible()


def test_history_that_is_on_its_way(screen: Screen) -> None:
    def building(status: Any) -> None:
        status.update(building=True, history={"done": 120, "total": 1720})

    page = banners(screen, "status", building)
    expect(page.get_by_role("status").filter(has_text="History is being built: 120 of 1,720 hours are there.")).to_be_visible()


def banners(screen: Screen, of: str, change: Callable[[Any], None]) -> Page:
    """A page under banners of a changed answer."""
    page = screen.context().new_page()
    page.route(re.compile(f"/api/v1/{of}$"), patched(change))
    page.goto(screen.server.url + "/settings")
    rest(page)
    return page


def test_a_server_that_wants_a_token(screen: Screen) -> None:
    screen.expect(failed(401))
    context = screen.context()
    page = context.new_page()

    def guarded(route: Route) -> None:
        given = route.request.headers.get("authorization")
        if given == "Bearer right":
            route.continue_()
        else:
            problem(401, "this token is none of ours" if given else "a token is needed", kind="NoToken")(route)

    context.route(API, guarded)
    page.goto(screen.server.url + "/allocations")
    token = page.get_by_label("Token")
    expect(page.get_by_role("alert")).to_contain_text("a token is needed")
    token.fill("wrong")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("alert")).to_contain_text("this token is none of ours")
    token.fill("right")
    page.get_by_role("button", name="Use it").click()
    rest(page)
    assert "search" in shown(page).rows
    # all else has it as well, at once
    page.get_by_role("button", name="Group by").click()
    expect(page.get_by_role("list", name="Fields").get_by_role("button", name="Team", exact=True)).to_be_visible()
    page.reload()
    rest(page)
    assert "search" in shown(page).rows
    another = context.new_page()
    another.goto(screen.server.url + "/allocations")
    expect(another.get_by_role("alert")).to_contain_text("This server asks for a token")
