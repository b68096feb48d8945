"""How each page comes, as Lighthouse would look: what it is made of, under which rules, how steadily, and whether a thumb can use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from scripts.screen.pages import PAGES

from .screen import Screen, shift

pytestmark = [pytest.mark.real, pytest.mark.slow]

TEXT = ("text/", "application/json", "image/svg+xml", "application/javascript")
SMALL_BYTES = 1000
"""What is shorter is not worth packing."""
STEADY = 0.1
THUMB = 24
NARROW = (360, 390)
BASICS = """() => ({
  title: document.title,
  lang: document.documentElement.lang,
  viewport: document.querySelector('meta[name=viewport]')?.content ?? '',
  description: document.querySelector('meta[name=description]')?.content ?? '',
  headings: [...document.querySelectorAll('h1')].map((one) => one.innerText),
  mains: document.querySelectorAll('main').length,
  nameless: [...document.querySelectorAll('img:not([alt]), svg:not([aria-hidden=true]):not([role=img]):not([aria-label])')]
    .filter((one) => !one.closest('[aria-hidden=true], [role=img], button, a')).map((one) => one.outerHTML.slice(0, 120)),
  blocking: [...document.querySelectorAll('head script:not([type=module]):not([async]):not([defer])[src], head link[rel=stylesheet]')]
    .map((one) => one.src ?? one.href),
})"""
SMALL = """(least) => {
  const shown = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && one.getBoundingClientRect().width > 0;
  const inText = (one) => one.tagName === 'A' && getComputedStyle(one).display === 'inline';
  const found = [...document.querySelectorAll('button, a[href], input, select, [role=option], [role=menuitem]')]
    .filter((one) => shown(one) && !inText(one) && !one.closest('.sr-only'));
  const centre = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  // WCAG 2.5.8: large enough, or so far from its neighbours that a circle of that size around each touches no other
  return found.filter((one) => {
    const target = one.closest('label') ?? one;
    const box = target.getBoundingClientRect();
    if (box.width >= least - 0.5 && box.height >= least - 0.5) return false;
    const [x, y] = centre(box);
    return found.some((other) => {
      if (other === one || other.closest('label') === target) return false;
      const near = other.getBoundingClientRect();
      const dx = Math.max(near.left - x, 0, x - near.right), dy = Math.max(near.top - y, 0, y - near.bottom);
      return Math.hypot(dx, dy) < least / 2;
    });
  }).map((one) => `${one.getAttribute('aria-label') ?? one.innerText} ${JSON.stringify(one.getBoundingClientRect())}`);
}"""


@pytest.mark.parametrize("name", PAGES)
def test_how_a_page_comes(screen: Screen, name: str, record_property: Callable[[str, object], None]) -> None:
    page = screen.open(PAGES[name])
    answers = [answer for one in screen.requests if (answer := one.response())]

    basics = page.evaluate(BASICS)
    assert basics["title"].endswith("Farthing")
    assert name == "overview" or basics["title"] != "Farthing"
    assert basics["lang"] == "en"
    assert basics["viewport"] == "width=device-width, initial-scale=1"
    assert len(basics["description"]) > 30
    assert len(basics["headings"]) == basics["mains"] == 1
    assert basics["nameless"] == []
    assert all(one.startswith(screen.server.url) for one in basics["blocking"])

    assert [one.url for one in answers if not one.ok and one.status != 304] == []
    asked = sorted(one.url for one in screen.requests if one.resource_type == "fetch")
    assert asked == sorted(set(asked)), "something is asked twice"
    for answer in answers:
        rules(screen, answer)

    seen = page.evaluate("seen")
    assert seen["paint"] is not None
    assert seen["violations"] == []
    assert shift(page) < STEADY, seen["shifts"]
    sizes = sum(one.request.sizes()["responseBodySize"] for one in answers if one.url.endswith(".js"))
    record_property("told", f"{name}: {sizes / 1024:.0f} KiB of script, first paint {seen['paint']:.0f} ms, moved by {shift(page):.3f}")


def rules(screen: Screen, answer: Response) -> None:
    """What holds for everything that is sent."""
    headers, path = answer.all_headers(), urlsplit(answer.url).path
    assert answer.url.startswith(screen.server.url)
    assert headers["x-content-type-options"] == "nosniff", path
    if answer.request.resource_type == "document":
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        scripts = policy["script-src"].split()
        assert scripts[0] == "'self'"
        assert len(scripts) == 2
        assert re.fullmatch(r"'sha256-[\w+/]{43}='", scripts[1]), "the one script that stands in the page, by its hash"
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["connect-src"] == "'self'"
        assert headers["cache-control"] == "no-cache"
    elif path.startswith("/_s/"):
        assert headers["cache-control"] == "public, max-age=31536000, immutable", path
        assert re.search(r"-[\w-]{8}\.\w+$", path), path
    if headers["content-type"].startswith(TEXT) and len(answer.body()) >= SMALL_BYTES:
        assert headers.get("content-encoding") in ("br", "gzip", "zstd"), path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_a_phone(screen: Screen, name: str) -> None:
    page = screen.open(PAGES[name], width=NARROW[-1], height=844, has_touch=True, is_mobile=True)
    assert page.evaluate(SMALL, THUMB) == []
    assert shift(page) < STEADY, page.evaluate("seen.shifts")
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(100)
        assert sideways(page) == []


def sideways(page: Page) -> list[str]:
    """What makes the page wider than the window: nothing may, but inside places that scroll by themselves."""
    found: list[str] = page.evaluate(
        """() => {
          const whole = [document.documentElement, document.body, document.querySelector('main')];
          if (!whole.some((one) => one.scrollWidth > one.clientWidth)) return [];
          return [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 5)
            .map((one) => `${one.tagName}.${one.className}`.slice(0, 120));
        }"""
    )
    return found


def test_what_was_loaded_is_not_loaded_again(screen: Screen) -> None:
    """Files have their contents in their names: the second visit asks for the page, and for figures."""
    context = screen.context()
    screen.open("/allocations", within=context).close()
    screen.requests.clear()
    screen.open("/allocations", within=context)
    files = [one for one in screen.requests if "/_s/" in one.url]
    assert files
    assert [one.url for one in files if one.sizes()["responseBodySize"] > 0] == []


def test_a_script_that_is_put_into_the_page_is_not_run(screen: Screen) -> None:
    screen.expect("console error: Executing inline script violates the following Content Security Policy directive")
    screen.expect("policy: script-src-elem: inline")
    page = screen.open("/settings")
    page.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'window.intruder = true';
      document.body.append(script);
    }""")
    assert page.evaluate("window.intruder") is None
