"""Pictures of the pages of a running server: python -m scripts.screen.pictures URL FOLDER [--every]

Without --every: those of the documentation. With it: each page in both themes and at three widths, to look at.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .pages import PAGES, THEMES, browser, opened

WIDTHS = {390: 844, 1440: 900, 2560: 1440}


def main() -> None:
    """Make what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screen.pictures", description=__doc__)
    parser.add_argument("url", help="of a server, such as http://localhost:9090")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", action="store_true", help="each page in both themes and at three widths")
    parser.add_argument("--only", nargs="*", choices=PAGES, default=list(PAGES))
    parser.add_argument("--width", nargs="*", type=int, choices=WIDTHS, default=list(WIDTHS))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with browser() as on:
        for name in asked.only:
            for theme in THEMES:
                for width in asked.width if asked.every else [1440]:
                    page = opened(on, asked.url + PAGES[name], theme=theme, width=width, height=WIDTHS[width])
                    page.screenshot(path=asked.folder / (f"{name}-{theme}-{width}.png" if asked.every else f"{name}-{theme}.png"))
                    page.close()


if __name__ == "__main__":
    main()
