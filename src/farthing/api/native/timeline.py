"""`/allocation/timeline`: everything that matches as one line through time, with all that is measured of it."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import polars as pl

from farthing.core.errors import NoData
from farthing.core.ledger import Note
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.views import CostSource, Idle, Question, Sharing, SummaryTable, clusters_asked, summarise

from ..moments import iso, window_json
from ..parameters import checked
from .columns import MEASURED, Column, cells, parse_columns
from .parameters import TIMELINE_PARAMETERS
from .requests import question_of, time_of
from .view import note_json

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class TimelineRequest:
    """A question about one line through time, understood."""

    window: Window
    sets: tuple[Window, ...]
    zone_name: str
    as_of: datetime
    question: Question
    columns: tuple[Column, ...]


def timeline_request(items: Iterable[tuple[str, str]], *, now: datetime, as_of: datetime, sharing: Sharing | None) -> TimelineRequest:
    """What `/allocation/timeline` was asked. Raises UsageErrors."""
    given = checked(items, TIMELINE_PARAMETERS)
    time = time_of(given, now, as_of)
    question = question_of({"agg": "all"} | given, sharing)
    columns = parse_columns(given.get("columns", ""), MEASURED)
    return TimelineRequest(time.window, time.sets, time.zone_name, time.as_of, question, columns)


def timeline(source: CostSource, asked: TimelineRequest) -> bytes:
    """The answer to `/allocation/timeline` as JSON (`native.models_numbers.Timeline`). Raises what the source raises."""
    ((whole, _),) = source.summaries(asked.question, (asked.window,))
    steps = Steps(asked.columns, len(asked.sets))
    steps.ask(source, asked)
    idle_told = asked.question.idle is Idle.SEPARATE
    document = {
        "window": window_json(asked.window),
        "zone": asked.zone_name,
        "asOf": iso(asked.as_of),
        "partial": asked.window.end > asked.as_of,
        "steps": [window_json(one) | {"partial": one.end > asked.as_of} for one in asked.sets],
        "columns": [column.described() for column in asked.columns],
        "values": steps.lines(""),
        "total": total_of(whole, "", asked.columns),
        "idleValues": steps.lines("idle") if idle_told else None,
        "idleTotal": total_of(whole, "idle", asked.columns) if idle_told else None,
        "notes": notes_json(whole.notes),
        "version": source.version(),
    }
    return orjson.dumps(document)


class Steps:
    """Collects what is measured per step, of what is not idle ("") and of idle rows ("idle")."""

    def __init__(self, columns: Sequence[Column], count: int) -> None:
        self._columns = columns
        self._count = count
        self._known: set[int] = set()
        self._found: dict[tuple[str, int], Cells] = {}

    def ask(self, source: CostSource, asked: TimelineRequest) -> None:
        """Ask for the steps that have begun. Where the source has nothing of any of them, all stay unknown."""
        begun = [one for one in asked.sets if one.start < asked.as_of] or list(asked.sets)
        first = 0
        self._known = steps_known(source, asked)
        try:
            for table, windows in source.summaries(asked.question, begun):
                self._add(table.rows, first)
                first += len(windows)
        except NoData:
            return

    def _add(self, rows: pl.DataFrame, first: int) -> None:
        measured = cells(rows.select(column.expr for column in self._columns))
        for special, step, line in zip(rows.get_column("special"), rows.get_column("step"), measured, strict=True):
            self._found[special, first + step] = line

    def lines(self, special: str) -> list[Cells]:
        """A list of cells per step: nulls for a step of which nothing is known, nothing measured for one that has only the other kind."""
        unknown = (None,) * len(self._columns)
        nothing = nothing_of(self._columns)
        known = self._known | {step for _, step in self._found}
        return [self._found.get((special, step), nothing if step in known else unknown) for step in range(self._count)]


def steps_known(source: CostSource, asked: TimelineRequest) -> set[int]:
    """Steps of which the source knows at least an hour of a cluster that the question is about; none where it cannot tell."""
    hours = source.hours(asked.window)
    if hours is None:
        return set()
    clusters = clusters_asked(asked.question.filter, hours.get_column("cluster").unique())
    starts = [one.start.timestamp() for one in asked.sets]
    found: set[int] = set()
    for hour in hours.filter(pl.col("cluster").is_in(clusters)).get_column("hour").unique():
        begins, ends = hour * HOUR_SECONDS, (hour + 1) * HOUR_SECONDS
        found.update(range(max(0, bisect.bisect_right(starts, begins) - 1), bisect.bisect_left(starts, ends)))
    return found


def total_of(table: SummaryTable, special: str, columns: Sequence[Column]) -> Cells:
    """The one row of `table` (of one step, not grouped) that is idle, or is not."""
    rows = table.rows.filter(pl.col("special") == special)
    return cells(rows.select(column.expr for column in columns))[0] if rows.height else nothing_of(columns)


def nothing_of(columns: Sequence[Column]) -> Cells:
    """What is measured where nothing is: 0, and null for what cannot be told of nothing."""
    return cells(summarise(()).totals.select(column.expr for column in columns))[0]


def notes_json(notes: Iterable[Note]) -> list[dict[str, str]]:
    """Notes, each once."""
    return [note_json(note) for note in dict.fromkeys(notes)]
