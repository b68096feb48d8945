"""`python -m bench.screen [--url URL] [--long-url URL] [--rounds N]`: the screen on a slow computer, in Chromium with its processor slowed.

Servers of its own, unless named: the demo, and a fleet of 10,400 pods in a week. Each round is a visitor who was never here; beside it the
same on the processor as it is. The server has told earlier visitors the same, but where `by nobody before` says that it has not. The long
table stands beside a plain <table> of the same rows, and beside an empty page for what scrolling costs here at least. Prints a table and
appends it to bench/results.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, Locator, Route

from bench import fleet
from bench.chromium import HEIGHT, WIDTH, Held, Loaded, Scrolled, SlowPage, visitor
from bench.report import machine, markdown
from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from farthing.roles import by_cluster
from scripts.screen.pages import browser
from tests.kit.servers import free_port

RESULTS = Path(__file__).with_name("results.md")
SLOWED = 4.0
ROUNDS = 7
CONTAINERS, DAYS = 16_000, 7
READY_SECONDS = 600
SPEEDS = (1000, 3000)  # of scrolling, in pixels a second: as one reads along, and as one looks for a place
SECONDS = 4
BUSY = "document.querySelector('.skel, [aria-busy=true]')"
CHART = "document.querySelector('main [role=img] svg path')"
LINES = "document.querySelector('[role=grid] [role=row][id]')"
WHOLE = f"{LINES} && {CHART} && !{BUSY}"
GRID = "[role=grid]"
BUDGETS = {
    "Allocations, first load: interactive, ms": "2,000",
    "Allocations, first load: JavaScript as gzip, kB": "400",
    "grouped anew, asked for by the click: rows painted, ms": "200",
    "grouped anew, the pointer had rested there: rows painted, ms": "200",
    "grouped anew, shown before: rows painted, ms": "200",
    "grouped anew, asked for by the click, by nobody before: rows painted, ms": "200",
    "Allocations, first load, by nobody before: interactive, ms": "2,000",
    "long table, 1,000 px/s: frames dropped, %": "0",
    "long table, 3,000 px/s: frames dropped, %": "0",
    "long table: memory of the page's process at most, MB": "300",
}
Values = dict[str, dict[float, list[float]]]
"""What was measured → how many times slowed → a value of each round."""
Tell = Callable[[str, float], None]

PLAIN = """<!doctype html><meta charset="utf-8"><title>rows</title>
<style>body { margin: 0; font: 12.5px sans-serif } #box { height: HEIGHTpx; overflow: auto; background: #fff }
table { border-collapse: collapse; width: 100% } tr { height: 30px } td { border-bottom: 1px solid #e2e5ea; text-align: right }</style>
<div id="box"></div>
<script>
  const SHOWN = ['name', 'total_cost', 'cpu_cost', 'ram_cost', 'storage_cost', 'network_cost', 'efficiency', 'minutes'];
  (async () => {
    let cursor = null, text = '';
    do {
      const view = await (await fetch('QUESTION' + (cursor ? `&cursor=${cursor}` : ''))).json();
      const places = SHOWN.map((name) => view.columns.findIndex((one) => one.name === name));
      const cell = (value) => (typeof value === 'number' ? value.toFixed(2) : value ?? '');
      text += view.rows.map((row) => `<tr>${places.map((place) => `<td>${cell(row[place])}</td>`).join('')}</tr>`).join('');
      cursor = view.nextCursor;
    } while (cursor);
    box.innerHTML = `<table><tbody>${text}</tbody></table>`;
  })();
</script>"""
EMPTY = """<!doctype html><meta charset="utf-8"><title>nothing</title>
<style>body { margin: 0 } #box { height: HEIGHTpx; overflow: auto; background: #fff }
#box div { height: 312000px; background: repeating-linear-gradient(#fff 0 29px, #e2e5ea 29px 30px) }</style>
<div id="box"><div></div></div>"""


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.screen", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="a server with the demo's data, instead of one of its own")
    parser.add_argument("--long-url", help="a server with the fleet, instead of one of its own")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default {ROUNDS}")
    asked = parser.parse_args()
    about = list(machine())
    values: Values = defaultdict(lambda: defaultdict(list))
    loads: list[float] = []
    with tempfile.TemporaryDirectory(prefix="farthing-bench-") as folder, browser() as chromium:
        for name, own, given, measured in (
            ("the demo", demo, asked.url, few_rows),
            ("the fleet", long_fleet, asked.long_url, many_rows),
        ):
            print(f"{name} …", flush=True)
            with ExitStack() as open_things:
                url = given or open_things.enter_context(own(Path(folder)))
                for _ in range(asked.rounds):
                    for rate in (SLOWED, 1.0):
                        measured(chromium, url, rate, values)
                    loads.append(os.getloadavg()[0])
        about.append(f"Chromium {chromium.version} without a window and without a graphics card, {WIDTH} x {HEIGHT}")
    about.append(
        f"{asked.rounds} rounds; load of the machine meanwhile {min(loads):.1f} to {max(loads):.1f}, the browser and the servers included"
    )
    result = markdown(table(values))
    print(result)
    notes = "\n".join(f"- {line}" for line in about)
    with RESULTS.open("a") as results:
        results.write(f"\n## The screen, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{notes}\n\n{result}\n")


def few_rows(chromium: Browser, url: str, rate: float, values: Values) -> None:
    """A round on the demo's data: first and second load, a change of grouping in each of its ways, and the overview."""
    page_url = f"{url}/allocations"
    tell = partial(_tell, values, rate)

    with visitor(chromium, rate) as (context, page):
        loaded = page.load(page_url, WHOLE)
        _tell_load("Allocations, first load", loaded, tell)
        page.close()
        page = SlowPage(context, rate)
        tell("Allocations, second load: interactive, ms", page.load(page_url, WHOLE).interactive)
        tell("fields to group by: shown, ms", _open_fields(page))
        answered = page.click(_field(page, "Controller"), _grouped("Controller"))
        tell("grouped anew, asked for by the click: rows painted, ms", answered.shown)
        tell("grouped anew, asked for by the click: of these the server, ms", answered.server)
        tell("grouped anew, asked for by the click: chart painted too, ms", answered.settled)
        _open_fields(page)
        tell("grouped anew, shown before: rows painted, ms", page.click(_field(page, "Namespace"), _grouped("Namespace")).shown)
    with visitor(chromium, rate) as (_, page):
        page.load(page_url, WHOLE)
        _open_fields(page)
        page.point_at(_field(page, "Controller"))
        page.page.wait_for_timeout(1000)
        answered = page.click(_field(page, "Controller"), _grouped("Controller"))
        tell("grouped anew, the pointer had rested there: rows painted, ms", answered.shown)
    nobody = quote(f'namespace!:"nobody-{time.time_ns()}"')
    with visitor(chromium, rate) as (_, page):
        loaded = page.load(f"{page_url}?filter={nobody}", WHOLE)
        tell("Allocations, first load, by nobody before: interactive, ms", loaded.interactive)
        _open_fields(page)
        answered = page.click(_field(page, "Controller"), _grouped("Controller"))
        tell("grouped anew, asked for by the click, by nobody before: rows painted, ms", answered.shown)
        tell("grouped anew, asked for by the click, by nobody before: of these the server, ms", answered.server)
    with visitor(chromium, rate) as (_, page):
        _tell_load("overview, first load", page.load(f"{url}/", f"{CHART} && !{BUSY}"), tell)


def many_rows(chromium: Browser, url: str, rate: float, values: Values) -> None:
    """A round on the fleet's pods: the long table, the plain one, and a page with nothing on it."""
    window = ",".join(datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d") for t in (fleet.START, fleet.START + DAYS * fleet.DAY))
    tell = partial(_tell, values, rate)

    long_url = f"{url}/allocations?window={window}&agg=pod"
    with visitor(chromium, rate) as (_, page):
        page.load(long_url, WHOLE)
        _load_all(page)
        _leaf_through(page)
        _tell_held("long table", page.held(chromium), tell)
    with visitor(chromium, rate) as (_, page):
        loaded = page.load(long_url, WHOLE)
        tell("long table: first rows interactive, ms", loaded.interactive)
        height = round((page.page.locator(GRID).bounding_box() or {"height": 0})["height"])
        _tell_scrolled(
            "long table, while rows are loaded, 3,000 px/s", page.scroll(chromium, GRID, pixels=3000 * SECONDS, speed=3000), tell
        )
        began = time.perf_counter()
        _load_all(page)
        tell("long table: the rest of its rows loaded, s", time.perf_counter() - began)
        for speed in SPEEDS:
            page.ask(f"document.querySelector('{GRID}').scrollTo(0, 0) ?? watch.settled(1000)")
            _tell_scrolled(f"long table, {speed:,} px/s", page.scroll(chromium, GRID, pixels=speed * SECONDS, speed=speed), tell)
    question = f"/api/v1/allocation/view?window={window}&agg=pod&trend=false&limit=5000"
    plain = PLAIN.replace("HEIGHT", str(height)).replace("QUESTION", question)
    for name, html, drawn in (
        ("plain table", plain, "document.querySelector('#box tr')"),
        ("empty page", EMPTY.replace("HEIGHT", str(height)), "box"),
    ):
        with visitor(chromium, rate) as (_, page):
            page.page.route("**/beside", _answering(html))
            loaded = page.load(f"{url}/beside", drawn)
            if name == "plain table":
                tell("plain table: all rows interactive, ms", loaded.interactive)
            _tell_held(name, page.held(chromium), tell)
            for speed in SPEEDS:
                page.ask("document.querySelector('#box').scrollTo(0, 0) ?? watch.settled(1000)")
                _tell_scrolled(f"{name}, {speed:,} px/s", page.scroll(chromium, "#box", pixels=speed * SECONDS, speed=speed), tell)


def _tell(values: Values, rate: float, what: str, value: float) -> None:
    values[what][rate].append(value)


def _tell_load(name: str, loaded: Loaded, tell: Tell) -> None:
    tell(f"{name}: first paint, ms", loaded.first_paint)
    tell(f"{name}: all of it shown, ms", loaded.shown)
    tell(f"{name}: interactive, ms", loaded.interactive)
    tell(f"{name}: processor time of the page's thread, ms", loaded.thread_ms)
    tell(f"{name}: requests", loaded.requests)
    tell(f"{name}: JavaScript as it came, kB", sum(loaded.scripts.values()) / 1000)
    tell(f"{name}: JavaScript as gzip, kB", sum(_gzip_bytes(script) for script in loaded.scripts) / 1000)


@cache
def _gzip_bytes(url: str) -> int:
    """How large a file is to one who takes nothing better than gzip."""
    with httpx.stream("GET", url, headers={"accept-encoding": "gzip"}, trust_env=False) as answer:
        return sum(map(len, answer.iter_raw()))


def _tell_scrolled(name: str, found: Scrolled, tell: Tell) -> None:
    tell(f"{name}: frames dropped, %", 100 * found.dropped / max(1, found.wanted))
    tell(f"{name}: frames of the page's own a second", found.own / SECONDS)
    tell(f"{name}: of these with rows missing, %", 100 * found.bare / max(1, found.own))


def _tell_held(name: str, held: Held, tell: Tell) -> None:
    tell(f"{name}: memory of the page's process at most, MB", held.peak / 1e6)
    tell(f"{name}: memory that is its own, MB", held.own / 1e6)
    tell(f"{name}: JavaScript's heap, MB", held.heap / 1e6)
    tell(f"{name}: elements on the page", held.elements)


def _open_fields(page: SlowPage) -> float:
    """Open the list of what can be grouped by; ms until it is shown."""
    return page.click(page.page.get_by_role("button", name="Group by"), "document.querySelector('[aria-label=\"Group by\"] li')").shown


def _field(page: SlowPage, title: str) -> Locator:
    return page.page.get_by_role("dialog").get_by_role("button", name=title, exact=True)


def _grouped(title: str) -> str:
    return f"document.querySelector('[role=columnheader]')?.textContent === '{title}' && {LINES}"


def _answering(html: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=html, content_type="text/html")


def _load_all(page: SlowPage) -> None:
    """Go to the end of the table until there is no more."""
    end = f"""(async () => {{
      const grid = document.querySelector('{GRID}');
      while (grid.scrollHeight < 30 * grid.ariaRowCount) {{
        grid.scrollTo(0, grid.scrollHeight);
        await watch.settled(100);
        await new Promise((go) => setTimeout(go, 50));
      }}
    }})()"""
    page.ask(end)


def _leaf_through(page: SlowPage) -> None:
    """Look at a hundred places of the table, from its end to its beginning."""
    look = f"""(async () => {{
      const grid = document.querySelector('{GRID}');
      for (let place = 100; place >= 0; place -= 1) {{
        grid.scrollTo(0, (place / 100) * grid.scrollHeight);
        await new Promise((go) => setTimeout(go, 50));
      }}
      await watch.settled(500);
    }})()"""
    page.ask(look)


def table(values: Values) -> list[tuple[str, ...]]:
    """Rows of text: one for each figure, in the order in which they were first told."""
    rows: list[tuple[str, ...]] = [("what", "budget", f"slowed {SLOWED:.0f}x: median", "worst", "as it is: median", "worst")]
    for what, found in values.items():
        cells = [_number(of(found[rate])) if found[rate] else "–" for rate in (SLOWED, 1.0) for of in (statistics.median, max)]
        rows.append((what, BUDGETS.get(what, ""), *cells))
    return rows


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.1f}"


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The URL of a demo with all of its history."""
    with _serving(["demo"], folder / "demo.log") as url:
        yield url


@contextmanager
def long_fleet(folder: Path) -> Iterator[str]:
    """The URL of a server of the fleet, all of it taken in."""
    lake = open_lake(LakeSettings(url=str(folder / "lake")))
    now = datetime.fromtimestamp(fleet.span_of(DAYS).end, UTC) + timedelta(hours=1)
    for facts in fleet.days(CONTAINERS, DAYS):
        for name, part in by_cluster(facts):
            lake.cluster(name).commit(part, now=now)
    book = folder / "prices.yaml"
    book.write_text(fleet.BOOK)
    line = ["up", "--lake", str(folder / "lake"), "--warehouse", str(folder / "w.duckdb"), "--prices", str(book)]
    with _serving(line, folder / "fleet.log") as url:
        yield url


@contextmanager
def _serving(line: list[str], log: Path) -> Iterator[str]:
    """The URL of a farthing that has built its history. Stopped by its pid."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "farthing", *line, "--port", str(port)], stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            _wait_built(process, f"{url}/api/v1/status", log)
            yield url
        finally:
            process.terminate()
            process.wait(60)


def _wait_built(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(READY_SECONDS):
        time.sleep(1)
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}\n{log.read_text(errors='replace')[-2000:]}")
        try:
            told = httpx.get(url, timeout=30, trust_env=False).json()
        except httpx.TransportError:
            continue  # not listening yet
        if told["ready"] and told["history"]["total"] and not told["building"]:
            return
    raise RuntimeError(f"{url}: history was not built within {READY_SECONDS} s")


if __name__ == "__main__":
    main()
