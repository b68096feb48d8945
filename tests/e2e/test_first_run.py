"""From no data to data: what a new installation shows, until its first hours come, without anybody loading the page again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from farthing.roles import by_cluster
from farthing.simulator import company, facts
from scripts.screen.pages import PAGES, rest
from tests.kit.servers import free_port

from .conftest import watched
from .screen import Screen, shift
from .serving import Farthing, farthing, why_not
from .test_states import failed

pytestmark = [pytest.mark.real, pytest.mark.slow]

TOKEN = "a token of some length"
HOUR = 3600


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Where a new installation keeps its facts."""
    return tmp_path / "lake"


@pytest.fixture
def fresh(tmp_path: Path, lake: Path) -> Iterator[Farthing]:
    """An installation that was started a moment ago, whose Prometheus does not answer; it asks for a token."""
    if missing := why_not():
        pytest.skip(missing)
    places = ("--lake", str(lake), "--warehouse", str(tmp_path / "costs.duckdb"), "--every-seconds", "1", "--retries", "0")
    with farthing(tmp_path, "up", "--prometheus", f"http://127.0.0.1:{free_port()}", *places, token=TOKEN) as (server, _):
        yield server


@pytest.fixture
def screen(browser: Browser, fresh: Farthing) -> Iterator[Screen]:
    """Pages of it."""
    yield from watched(browser, fresh)


def test_from_a_token_to_the_first_costs(screen: Screen, lake: Path) -> None:
    screen.expect(failed(401))
    page = screen.open("/", at_rest=False)
    expect(page.get_by_role("alert")).to_contain_text("This server asks for a token")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Use it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to show yet")
    expect(page.get_by_text("farthing up --prometheus")).to_be_visible()
    expect(page.get_by_text("farthing doctor --prometheus")).to_be_visible()
    expect(page.get_by_text("farthing demo", exact=True)).to_be_visible()
    # what is wrong is told, with the address that was tried
    collect = page.get_by_role("list", name="Loops").get_by_role("listitem").filter(has_text="collect")
    expect(collect).to_contain_text("failed", timeout=30_000)
    expect(collect).to_contain_text("http://127.0.0.1:")
    expect(page.locator("main").get_by_text("fails, see beside")).to_be_visible()
    assert shift(page) < 0.1, page.evaluate("seen.shifts")

    write_hours(lake)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview", timeout=60_000)
    rest(page)
    expect(page.get_by_test_id("spent")).to_contain_text("$")
    expect(page.get_by_text("1 cluster (staging)")).to_be_visible()


# What each page says where there is nothing yet.
WORDS = {
    "allocations": "Nothing was running in this window",
    "assets": "Nothing was running in this window",
    "workload": "Nothing matches these filters",
    "clusters": "No cluster is known yet",
    "efficiency": "Nothing was running in this window",
    "doctor": "Findings",
    "settings": "All settings",
}


def test_every_page_has_words_for_no_data(screen: Screen) -> None:
    context = screen.context()
    context.add_init_script(f"if (location.protocol !== 'about:') sessionStorage.setItem('farthing.token', '{TOKEN}')")
    for name, words in WORDS.items():
        page = screen.open(PAGES[name], within=context)
        expect(page.locator("main").get_by_role("heading", name=words)).to_be_visible()
        # an empty page is no failure; that the source does not answer is one, which is Doctor's to tell
        alerts = ["The last examination of the source failed"] if name == "doctor" else []
        expect(page.locator("main").get_by_role("alert")).to_contain_text(alerts)
        page.close()


def write_hours(lake: Path) -> None:
    """A day of the demo's smallest cluster, as an agent writes it."""
    now = datetime.now(UTC)
    end = now.timestamp() // HOUR * HOUR
    for name, part in by_cluster(facts(company(now), Span(end - 24 * HOUR, end), now)):
        if name == "staging":
            open_lake(LakeSettings(url=str(lake))).cluster(name).commit(part, now=now)
