"""Pages of a server, opened in a browser and watched: what the browser complains of fails the test that did not expect it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route

from scripts.screen.pages import Theme, rest

from .serving import Farthing

LOOKS, LOOK_MS = 200, 50
# Layout shifts that nobody caused by typing or clicking, and the first paint, as the browser saw them.
MEASURES = """
window.seen = {shifts: [], paint: null, violations: []};
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
  const moved = one.sources.map((source) => `${source.node?.nodeName}.${source.node?.className ?? ''}`);
  if (!one.hadRecentInput) seen.shifts.push([one.value, moved]);
})).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
  if (one.name === 'first-contentful-paint') seen.paint = one.startTime;
})).observe({type: 'paint', buffered: true});
document.addEventListener('securitypolicyviolation', (event) => seen.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""


class Screen:
    """Opens pages of `server`, each in a context of its own unless told otherwise, and notes what goes wrong in them."""

    def __init__(self, browser: Browser, server: Farthing) -> None:
        self.browser, self.server = browser, server
        self.requests: list[Request] = []
        self._told: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self._allowed: list[re.Pattern[str]] = []
        self._contexts: list[BrowserContext] = []

    def context(self, *, theme: Theme = "light", width: int = 1440, height: int = 900, **more: Any) -> BrowserContext:
        """A browser that remembers nothing, and is watched."""
        made = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", locale="en-US", **more
        )
        made.set_default_timeout(20_000)
        made.add_init_script(MEASURES)
        made.on("console", self._console)
        made.on("weberror", lambda error: self._note(f"page error: {error.error}"))
        made.on("request", self._asked)
        made.on("requestfailed", self._failed)
        self._contexts.append(made)
        return made

    def open(self, path: str = "/", *, within: BrowserContext | None = None, at_rest: bool = True, **more: Any) -> Page:
        """A page at `path`, come to rest. `more`: of its context."""
        page = (within or self.context(**more)).new_page()
        page.goto(self.server.url + path)
        if at_rest:
            rest(page)
        return page

    def expect(self, pattern: str) -> None:
        """A complaint that the test provokes."""
        self._expected.append(re.compile(pattern))

    def allow(self, pattern: str) -> None:
        """A complaint that may come or not."""
        self._allowed.append(re.compile(pattern))

    def close(self) -> list[str]:
        """Close everything; the complaints that nobody expected, and expectations that nothing met."""
        for context in self._contexts:
            for page in context.pages:
                if not page.is_closed() and page.url.startswith(self.server.url):
                    self._told += [f"policy: {one}" for one in page.evaluate("window.seen ? seen.violations : []")]
            context.close()
        wrong = [one for one in self._told if not any(pattern.search(one) for pattern in self._expected + self._allowed)]
        return wrong + [f"expected, and not told: {one.pattern}" for one in self._expected if not any(map(one.search, self._told))]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.server.url + "/", "data:", "blob:" + self.server.url)):
            self._note(f"asks another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what is no longer wanted is taken back
            self._note(f"no answer: {request.url}: {request.failure}")

    def _note(self, text: str) -> None:
        self._told.append(text)


class Held:
    """Requests that are kept waiting until they are released."""

    def __init__(self, page: Page, pattern: re.Pattern[str]) -> None:
        self.routes: list[Route] = []
        self._released = False
        page.route(pattern, self._hold)

    def release(self) -> None:
        """Let them go, and all that come after them."""
        self._released = True
        for route in self.routes:
            route.continue_()

    def _hold(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self.routes.append(route)


def until(page: Page, look: Callable[[], object], wanted: object) -> None:
    """Look again and again until it is as wanted: what is shown follows the address and the server, each in its own time."""
    for _ in range(LOOKS):
        if look() == wanted:
            return
        page.wait_for_timeout(LOOK_MS)
    assert look() == wanted


def settled(page: Page, **state: str) -> None:
    """Wait until the address says so ("" where it is silent) and nothing loads any more."""
    until(page, lambda: {name: query(page.url).get(name, "") for name in state}, state)
    rest(page)


def problem(status: int, text: str, *, kind: str = "Unavailable", expected: str = "", cure: str = "") -> Callable[[Route], None]:
    """Answers with an error in the API's own shape."""
    detail = {"kind": kind, "problem": text, "expected": expected, "cure": cure, "position": None, "requestId": "e2e-1"}
    body = orjson.dumps({"code": status, "status": "error", "data": None, "message": text, "error": detail})
    return lambda route: route.fulfill(status=status, body=body, content_type="application/json")


def query(url: str) -> dict[str, str]:
    """The question in a URL."""
    return dict(parse_qsl(urlsplit(url).query))


def path(of: str, **search: str) -> str:
    """A path of the page with its state."""
    return f"{of}?{urlencode(search)}" if search else of


def shift(page: Page) -> float:
    """By how much things jumped since the page was opened, all of it together."""
    return float(sum(value for value, _ in page.evaluate("seen.shifts")))
