"""Pictures of the pages: python -m scripts.screen.pictures FOLDER [--url URL] [--every]

Those of the documentation; with --every each page in both themes and at three widths, to look at. Of the server at --url, else of a demo
that is started for them and ended afterwards.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page

from .pages import PAGES, THEMES, Theme, browser, opened, rest

HEIGHTS = {390: 844, 1440: 900, 2560: 1440}
PATIENCE = 600  # seconds until the demo has its history


def _explain(page: Page) -> None:
    """How the cost of one namespace is made."""
    page.click('[data-row="search"] [data-explains=total_cost]')
    page.wait_for_selector('[role=dialog] :text("per core-hour")')
    rest(page)


def _palette(page: Page) -> None:
    """The way to everything by keyboard."""
    page.keyboard.press("Control+k")
    page.keyboard.type("notebook")
    page.wait_for_selector("[role=dialog] [role=option]")
    rest(page)


def _as_it_is(page: Page) -> None:
    """Nothing is done."""


@dataclass(frozen=True)
class Picture:
    """A picture of the documentation: where, and what is done there before it is taken."""

    name: str
    path: str
    themes: tuple[Theme, ...] = ("light",)
    width: int = 1440
    then: Callable[[Page], None] = _as_it_is

    def file(self, theme: Theme) -> str:
        """Its file in one of its themes."""
        return f"{self.name}-{theme}.png" if len(self.themes) > 1 else f"{self.name}.png"


PICTURES = (
    Picture("overview", PAGES["overview"], THEMES),
    Picture("phone", PAGES["overview"], ("dark",), width=390),
    Picture("allocations", PAGES["allocations"], THEMES),
    Picture("drill", "/allocations?agg=controller&window=14d&filter=cluster:%22shop-prod%22%2Bnamespace:%22search%22"),
    Picture("explain", "/allocations?idle=share", then=_explain),
    Picture("assets", "/infrastructure?agg=instanceType&filter=assetType:%22Node%22"),
    Picture("workload", PAGES["workload"]),
    Picture("efficiency", PAGES["efficiency"]),
    Picture("clusters", PAGES["clusters"]),
    Picture("settings", PAGES["settings"]),
    Picture("palette", PAGES["overview"], ("dark",), then=_palette),
)


def main() -> None:
    """Make what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.screen.pictures", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", help="of a server, such as http://localhost:9090")
    parser.add_argument("--every", action="store_true", help="each page in both themes and at three widths")
    parser.add_argument("--only", nargs="*", help="names of pictures; with --every of pages")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.url:
        take(asked.url, asked.folder, asked.every, asked.only)
    else:
        with demo() as url:
            take(url, asked.folder, asked.every, asked.only)


def take(url: str, folder: Path, every: bool, only: list[str] | None) -> None:
    """Pictures of the server at `url`, as PNG files in `folder`."""
    pictures: tuple[Picture, ...] = PICTURES
    if every:
        pictures = tuple(Picture(f"{name}-{width}", path, THEMES, width) for name, path in PAGES.items() for width in HEIGHTS)
    with browser() as on:
        for one in pictures:
            if only and one.name.split("-")[0] not in only:
                continue
            for theme in one.themes:
                page = opened(on, url + one.path, theme=theme, width=one.width, height=HEIGHTS[one.width])
                one.then(page)
                page.screenshot(path=folder / one.file(theme))
                page.close()


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo with its whole history, as long as the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, "-m", "farthing", "demo", "--port", str(port)], stdout=said, stderr=said)
        try:
            end = time.monotonic() + PATIENCE
            while not _whole(url):
                if process.poll() is not None or time.monotonic() > end:
                    said.seek(0)
                    raise SystemExit(f"The demo did not come up:\n{said.read().decode()[-3000:]}")
                time.sleep(1)
            yield url
        finally:
            process.terminate()
            process.wait(60)


def _whole(url: str) -> bool:
    try:
        status = httpx.get(f"{url}/api/v1/status", timeout=30, trust_env=False).json()
    except httpx.TransportError:
        return False
    return bool(status["ready"] and not status["building"])


if __name__ == "__main__":
    main()
