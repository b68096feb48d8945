"""The pages of the screen, in a browser: where each is, and when it has come to rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

PAGES: dict[str, str] = {
    "overview": "/",
    "allocations": "/allocations",
    "assets": "/infrastructure",
    "workload": "/workload?filter=namespace:%22storefront%22",
    "clusters": "/clusters",
    "efficiency": "/efficiency",
    "doctor": "/doctor",
    "settings": "/settings",
}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
CHROMIUM = Path("/usr/bin/chromium")
AT_REST = "() => document.querySelector('main') && !document.querySelector('.skel, [aria-busy=true]')"


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window: the system's where there is one, else the one that Playwright installs."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM) if CHROMIUM.exists() else None, args=["--no-sandbox"])
        yield found
        found.close()


def opened(on: Browser, url: str, *, theme: Theme = "light", width: int = 1440, height: int = 900, **more: Any) -> Page:
    """A page of its own at `url`, come to rest."""
    page = on.new_page(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", locale="en-US", **more)
    page.goto(url)
    rest(page)
    return page


def rest(page: Page, timeout: float = 60_000) -> None:
    """Wait until nothing loads and what is drawn is there."""
    page.wait_for_function(AT_REST, timeout=timeout)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(250)
