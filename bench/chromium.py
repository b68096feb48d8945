"""A page in Chromium, with its processor slowed: when it is there, what it loads, how it answers and scrolls, what it takes of memory."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page

from bench.server import peak_bytes

WATCH = Path(__file__).with_name("watch.js").read_text()
WIDTH, HEIGHT = 1440, 900
QUIET_MS = 500  # a page that did nothing for so long has come to rest
TIMEOUT_MS = 120_000
SHOWN, UNCHANGED, DROPPED = ("STATE_PRESENTED_ALL", "STATE_PRESENTED_PARTIAL"), "STATE_NO_UPDATE_DESIRED", "STATE_DROPPED"
SPIN = "() => { const end = performance.now() + 300; while (performance.now() < end); }"


@dataclass(frozen=True)
class Loaded:
    """A page's way to the screen, in ms since the navigation began; `thread_ms`: processor time of the page's own thread. `scripts`: URL →
    bytes as they came."""

    first_paint: float
    shown: float
    interactive: float
    thread_ms: float
    requests: int
    scripts: dict[str, int]


@dataclass(frozen=True)
class Answered:
    """What a click led to, in ms after it: what was waited for, and everything else, is on the screen; how long the server was asked."""

    shown: float
    settled: float
    server: float


@dataclass(frozen=True)
class Scrolled:
    """Frames of a scrolling: how many the screen wanted and did not get, with the page's own share of those it got; how many began with
    rows in sight that were not drawn yet."""

    wanted: int
    dropped: int
    own: int
    bare: int


@dataclass(frozen=True)
class Held:
    """Bytes: of JavaScript's heap, of the page's process at most, programs and libraries included, and of what is its own now; elements on
    the page."""

    heap: int
    peak: int
    own: int
    elements: int


class SlowPage:
    """A page whose processor is `rate` times slower than the machine's."""

    def __init__(self, context: BrowserContext, rate: float) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(TIMEOUT_MS)
        self.page.add_init_script(WATCH)
        self.session: CDPSession = context.new_cdp_session(self.page)
        self._scripts: dict[str, str] = {}
        self._bytes: dict[str, int] = {}
        self._requests = 0
        self.session.on("Network.requestWillBeSent", self._asked)
        self.session.on("Network.loadingFinished", self._came)
        self.session.send("Network.enable")
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.session.send("Emulation.setCPUThrottlingRate", {"rate": rate})

    def load(self, url: str, shown: str) -> Loaded:
        """Open `url`; it is there when the JavaScript expression `shown` holds, and interactive when it is free after that."""
        self.page.goto(url, wait_until="commit")
        there = self.ask(f"watch.until(() => {shown})")
        free = self.ask(f"watch.settled({QUIET_MS})")
        first = self.ask("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
        scripts = {url: self._bytes.get(request, 0) for request, url in self._scripts.items()}
        return Loaded(first, there, max(there, free), self._metric("TaskDuration") * 1000, self._requests, scripts)

    def click(self, what: Locator, shown: str) -> Answered:
        """Click on something; `shown` holds once that has led to what it should."""
        self.point_at(what)
        before = self.ask(f"(watch.next = watch.until(() => {shown}), performance.now())")
        self.page.mouse.down()
        self.page.mouse.up()
        there = self.ask("watch.next")
        settled = self.ask(f"watch.settled({QUIET_MS})")
        clicked = self.ask("watch.clicked")
        answers = f"performance.getEntriesByType('resource').filter((one) => one.startTime > {before} && one.name.includes('/view?'))"
        server = self.ask(f"{answers}.reduce((sum, one) => sum + one.responseEnd - one.startTime, 0)")
        return Answered(there - clicked, settled - clicked, server)

    def point_at(self, what: Locator) -> None:
        """Move the mouse to the middle of something on the page."""
        box = what.bounding_box()
        if box is None:
            raise LookupError(f"{what} is not on the page")
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def scroll(self, browser: Browser, selector: str, *, pixels: int, speed: int) -> Scrolled:
        """Scroll an element down by the wheel, at so many pixels a second."""
        box = self.page.locator(selector).bounding_box() or {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}
        with tempfile.TemporaryDirectory(prefix="farthing-bench-") as folder:
            trace = Path(folder) / "trace.json"
            browser.start_tracing(page=self.page, path=trace, categories=["benchmark"])
            self.ask(f"watch.count(document.querySelector({json.dumps(selector)}))")
            at = {"x": round(box["x"] + box["width"] / 2), "y": round(box["y"] + box["height"] / 2)}
            gesture = {**at, "yDistance": -pixels, "speed": speed, "gestureSourceType": "mouse"}
            self.session.send("Input.synthesizeScrollGesture", gesture)
            frames: list[list[float]] = self.ask("watch.counted()")
            browser.stop_tracing()
            found = _frames(json.loads(trace.read_bytes())["traceEvents"])
        bare = sum(later[1] > earlier[2] + 1 for earlier, later in pairwise(frames))
        return Scrolled(sum(found[one] for one in (*SHOWN, DROPPED)), found[DROPPED], len(frames), bare)

    def held(self, browser: Browser) -> Held:
        """What the page takes now, and took at most since it was opened."""
        process = self._process(browser)
        told = Path(f"/proc/{process}/status").read_text()
        own = next(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("RssAnon:"))
        elements = self.ask("document.querySelectorAll('*').length")
        return Held(int(self._metric("JSHeapUsedSize")), peak_bytes(process) or 0, own, elements)

    def ask(self, expression: str) -> Any:
        """What a JavaScript expression comes to on the page, once it has come."""
        return self.page.evaluate(f"() => ({expression})")

    def close(self) -> None:
        self.page.close()

    def _process(self, browser: Browser) -> int:
        """The pid of the process that runs the page: the one that is busy when the page is."""
        session = browser.new_browser_cdp_session()
        before = _busy(session)
        self.ask(f"({SPIN})()")
        after = _busy(session)
        session.detach()
        return max(after, key=lambda pid: after[pid] - before.get(pid, after[pid]))

    def _metric(self, name: str) -> float:
        return next(float(one["value"]) for one in self.session.send("Performance.getMetrics")["metrics"] if one["name"] == name)

    def _asked(self, event: dict[str, Any]) -> None:
        self._requests += 1
        if event.get("type") == "Script":
            self._scripts[event["requestId"]] = event["request"]["url"]

    def _came(self, event: dict[str, Any]) -> None:
        self._bytes[event["requestId"]] = int(event["encodedDataLength"])


@contextmanager
def visitor(browser: Browser, rate: float) -> Iterator[tuple[BrowserContext, SlowPage]]:
    """Somebody who was never here: a browser's profile without anything kept, and its first page."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US")
    try:
        yield context, SlowPage(context, rate)
    finally:
        context.close()


def _frames(events: list[dict[str, Any]]) -> Counter[str]:
    """What became of each frame in which something scrolled, as Chromium's own report has it. The part that the page's thread adds to a
    frame has a report of its own: one of the two is enough for the frame to have been on the screen."""
    states: dict[int, set[str]] = defaultdict(set)
    for event in events:
        told = event["args"].get("frame_reporter", {}) if event["name"] == "PipelineReporter" and event["ph"] == "b" else {}
        if told.get("scroll_state", "SCROLL_NONE") != "SCROLL_NONE":
            states[told["frame_sequence"]].add(told["state"])
    return Counter(next((state for state in (*SHOWN, UNCHANGED, DROPPED) if state in found), "") for found in states.values())


def _busy(session: CDPSession) -> dict[int, float]:
    """Processor seconds of every process that runs pages."""
    told = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return {one["id"]: one["cpuTime"] for one in told if one["type"] == "renderer"}
