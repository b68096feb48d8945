"""The pages. To add one: write a function that gives Markdown, and a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from farthing import doctor

from . import cli, errors, filters, http_api, measurements, settings, tables, windows

FOLDER = Path(__file__).parents[2] / "docs/reference"


@dataclass(frozen=True)
class Page:
    """A file of docs/reference and the function that gives its Markdown, heading included."""

    file: str
    write: Callable[[], str]

    def text(self) -> str:
        """The whole file."""
        return f"<!-- Written by `make reference` from the code. Edit the code. -->\n\n{self.write().strip()}\n"


PAGES: tuple[Page, ...] = (
    Page("cli.md", cli.page),
    Page("settings.md", settings.page),
    Page("windows.md", windows.page),
    Page("filters.md", filters.page),
    Page("http_api.md", http_api.page),
    Page("measurements.md", measurements.page),
    Page("tables.md", tables.page),
    Page("errors.md", errors.page),
    Page("doctor.md", doctor.page),
)
