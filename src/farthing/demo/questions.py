"""The company's stories as questions that one can type: a command, a URL, and the figure that is to be expected."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from farthing.core.windows import Window
from farthing.simulator import Organisation, Query, Story, stories

PATH = "/api/v1/allocation/view"
COST = "total_cost"


@dataclass(frozen=True)
class Shown:
    """A question of a story. `by`, `filter`, `window`: as commands and the API take them. `column` of the rows is what counts: of idle
    rows where `idle`, of the rows named `names`, or of all groups where there are none. `figure`: their sum, by the company's books."""

    by: str
    window: str
    filter: str
    column: str
    names: tuple[str, ...]
    idle: bool
    figure: float

    def command(self, server: str) -> str:
        """To be typed into a shell."""
        words = ["farthing", "query", "--server", server, "--by", self.by, "--window", self.window]
        if self.filter:
            words += ["--filter", self.filter]
        return shlex.join([*words, "--idle", "separate"])

    def url(self, server: str) -> str:
        """To be fetched."""
        asked = {"window": self.window, "agg": self.by, "filter": self.filter, "idle": "separate", "step": "all", "compare": "none"}
        return f"{server}{PATH}?" + "&".join(f"{name}={quote(text, safe=':,')}" for name, text in asked.items() if text)

    def found(self, answer: Mapping[str, Any]) -> float:
        """The figure in the API's answer, a document of PATH. Raises KeyError for a row that it does not have."""
        columns = [column["name"] for column in answer["columns"]]
        rows = [dict(zip(columns, row, strict=True)) for row in answer["idleRows" if self.idle else "rows"]]
        if self.names:
            named = {row["name"]: row for row in rows}
            rows = [named[name] for name in self.names]
        return sum((row[self.column] or 0.0 for row in rows), 0.0)

    def what(self) -> str:
        """Where in the answer the figure is."""
        rows = "what is idle" if self.idle else f"row {', '.join(self.names)}" if self.names else "all rows"
        return f"{rows}, {self.column.removesuffix('_cost')}"


@dataclass(frozen=True)
class Telling:
    """A story with its question, and the one that it is compared with."""

    title: str
    sentence: str
    shown: Shown
    before: Shown | None


def tellings(organisation: Organisation, first: float, now: datetime) -> Iterator[Telling]:
    """The stories of which all lies between `first` (unix s) and `now`."""
    for story in stories(organisation, now):
        told = _told(story)
        windows = [query.window for query in (story.query, story.compared) if query is not None]
        if all(window.start.timestamp() >= first and window.end <= now for window in windows):
            yield told


def _told(story: Story) -> Telling:
    before = None
    if story.compared is not None and story.before is not None:
        before = _shown(story.compared, story.before)
    return Telling(story.title, story.sentence, _shown(story.query, story.figure), before)


def _shown(query: Query, figure: float) -> Shown:
    column = COST if query.measure == "cost" else query.measure
    if query.idle_rows == "node":
        # the idle of some nodes is what is shown beside all that runs on them
        clusters, nodes = (sorted({row[i] for row in query.rows}) for i in (0, 1))
        filter = f"cluster:{_values(clusters)}+node:{_values(nodes)}"
        return Shown("node", _window(query.window), filter, column, (), True, figure)
    names = tuple("/".join(row) for row in query.rows)
    return Shown(",".join(query.by), _window(query.window), query.filter, column, names, False, figure)


def _values(texts: list[str]) -> str:
    return ",".join(f'"{text}"' for text in texts)


def _window(window: Window) -> str:
    return f"{_moment(window.start)},{_moment(window.end)}"


def _moment(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return f"{at:%Y-%m-%d}" if at == at.replace(hour=0, minute=0, second=0, microsecond=0) else f"{at:%Y-%m-%dT%H:%M:%SZ}"
