"""The demo, the browser, and a screen that is watched. The first two end with the folder: other tests have loops of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from scripts.screen import pages

from .screen import Screen
from .serving import Farthing, shared_demo, why_not


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farthing]:
    """A company with 30 days of history, whose time goes on. DEMO_URL names one that runs already, while tests are being written."""
    if missing := why_not():
        pytest.skip(missing)
    if running := os.environ.get("DEMO_URL"):
        yield Farthing(running)
        return
    base = tmp_path_factory.getbasetemp()
    with shared_demo((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo") as found:
        yield found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium."""
    if missing := why_not():
        pytest.skip(missing)
    with pages.browser() as found:
        yield found


@pytest.fixture
def screen(browser: Browser, demo: Farthing) -> Iterator[Screen]:
    """Pages of the demo. Whatever is complained of and was not expected fails the test."""
    yield from watched(browser, demo)


def watched(browser: Browser, server: Farthing) -> Iterator[Screen]:
    """Pages of any server, watched until the test ends."""
    found = Screen(browser, server)
    yield found
    assert found.close() == []
