"""What a table on the screen shows, as text; and the API's answer beside it, by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playwright.sync_api import Page

READ = """(grid) => {
  const text = (node) => node.innerText.replace(/\\s+/g, ' ').trim();
  return {
    count: Number(grid.getAttribute('aria-rowcount')),
    heads: [...grid.querySelectorAll('[role=columnheader]')].map(text),
    rows: [...grid.querySelectorAll('[role=row]')].filter((row) => !row.querySelector('[role=columnheader]')).map((row) => ({
      key: row.dataset.row ?? '',
      cells: [...row.querySelectorAll('[role=rowheader], [role=gridcell]')].map(text),
    })),
  };
}"""


@dataclass(frozen=True)
class Shown:
    """Rows of the table, by their keys (`total`, `idle:…`, names; `rounding` is the last one), each with its cells by title."""

    count: int
    """As the table tells assistive technology: all rows there are, with the head."""
    heads: list[str]
    rows: dict[str, dict[str, str]]


def shown(page: Page) -> Shown:
    """The rows that are drawn."""
    read = page.locator("main [role=grid]").evaluate(READ)
    rows: dict[str, dict[str, str]] = {}
    for row in read["rows"]:
        cells = dict(zip(read["heads"], row["cells"], strict=True))
        rows["rounding" if row["cells"][0] == "Rounding" else row["key"]] = cells
    return Shown(read["count"], read["heads"], rows)


@dataclass(frozen=True)
class Told:
    """The API's answer: rows by name, idle rows by `idle:` and name, and `total`; each with its values by column."""

    rows: dict[str, dict[str, Any]]
    answer: Mapping[str, Any]

    @property
    def hours(self) -> float:
        """That have gone by, of its window."""
        window = self.answer["window"]
        start, end, known = (datetime.fromisoformat(one) for one in (window["start"], window["end"], self.answer["asOf"]))
        return (min(end, max(start, known)) - start).total_seconds() / 3600


def told(answer: Mapping[str, Any]) -> Told:
    """An answer of a view."""
    names = [column["name"] for column in answer["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in answer["rows"]]
    idle = [dict(zip(names, row, strict=True)) for row in answer["idleRows"]]
    found = {"total": dict(zip(names, answer["total"], strict=True))}
    found |= {f"idle:{row['name']}": row for row in idle} | {row["name"]: row for row in rows}
    assert len(found) == 1 + len(rows) + len(idle)
    return Told(found, answer)
