"""The answer to a native question: rows, totals, series, the period before, and how far to trust it all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import polars as pl

from farthing.core.errors import NoData
from farthing.core.ledger import Note
from farthing.core.windows import Window
from farthing.views import ALLOCATION_FIELDS, CostSource, FieldKind, Filter, Guess, SummaryTable, Unpriced, clusters_asked

from ..comparison import period_before
from ..moments import iso, iso_unix, window_json
from .columns import CHANGE, MEASURED, NAME, PREVIOUS, SPECIAL, TREND, Column, cells, ranked
from .paging import Cursor, check_version, digest
from .requests import Page, ViewRequest, group_columns
from .steps import Ask, Stepped, largest

NOTHING_BEFORE = Note("nothing is known of the period before, so there is nothing to compare with", level="info")


@dataclass(frozen=True)
class Found:
    """What a source found for a window. `rows`: name, special, a column per group, and the sources of `columns`; `totals`: one row.
    `extra`: more of the document; `breadth`: how many rows the source has for a step."""

    rows: pl.DataFrame
    totals: pl.DataFrame
    notes: tuple[Note, ...]
    extra: dict[str, Any]
    breadth: int


@dataclass(frozen=True)
class Subject:
    """What a view is of: `groups`, the columns rows are told apart by; `columns`, what is measured; how a window is asked for, and how
    sets are (for series alone where `lean`); `begins`, where the data of each of its clusters begin (unix time), as far as that is told."""

    groups: tuple[Column, ...]
    columns: tuple[Column, ...]
    find: Callable[[Window], Found]
    ask: Ask
    ask_lean: Ask
    begins: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """When a view is of: its window, its steps, until when data are known, and the period it is compared with."""

    window: Window
    sets: tuple[Window, ...]
    as_of: datetime
    before: Window | None
    zone_name: str


def allocation_view(source: CostSource, asked: ViewRequest) -> bytes:
    """The answer to `/allocation/view` as JSON (`native.models.View`). Raises StaleCursor, and what the source raises."""
    before = period_before(asked.window, asked.as_of, asked.zone) if asked.page.compare else None
    frame = Frame(asked.window, asked.sets, asked.as_of, before, asked.zone_name)
    return orjson.dumps(document(allocation_subject(source, asked), frame, asked.page, asked.stack, source.version()))


def allocation_subject(source: CostSource, asked: ViewRequest) -> Subject:
    """Allocations as the subject of a view."""
    lean = dataclasses.replace(asked.question, by=tuple(group for group in asked.question.by if group.name == asked.stack))

    def find(window: Window) -> Found:
        ((table, _),) = source.summaries(asked.question, (window,))
        return Found(table.rows, table.totals, table.notes, trust(table), table.rows.height)

    def ask(sets: Sequence[Window]) -> Iterable[tuple[pl.DataFrame, int]]:
        return ((table.rows, len(windows)) for table, windows in source.summaries(asked.question, sets))

    def ask_lean(sets: Sequence[Window]) -> Iterable[tuple[pl.DataFrame, int]]:
        return ((table.rows, len(windows)) for table, windows in source.summaries(lean, sets))

    groups = group_columns([group.name for group in asked.question.by])
    return Subject(groups, MEASURED, find, ask, ask_lean, begins(source, asked.question.filter))


def begins(source: CostSource, filter: Filter | None, fields: Mapping[str, FieldKind] = ALLOCATION_FIELDS) -> dict[str, float]:
    """Cluster → where its data begin, unix time, of the clusters of which `filter` may keep something."""
    firsts = {extent.cluster: extent.first for extent in source.extents()}
    return {name: firsts[name] for name in clusters_asked(filter, firsts, fields)}


def trust(table: SummaryTable) -> dict[str, Any]:
    """What is left out of a table, and how far to trust what is in it."""
    return {
        "shared": dataclasses.asdict(table.shared),
        "hidden": table.hidden,
        "filteredOut": table.filtered_out,
        "whole": table.whole,
        "guesses": [guess_json(guess) for guess in table.guesses],
        "unpriced": [unpriced_json(thing) for thing in table.unpriced],
    }


def document(subject: Subject, frame: Frame, page: Page, stack: str, version: str) -> dict[str, Any]:
    """The answer, ready for JSON."""
    now = subject.find(frame.window)
    notes = list(now.notes)
    keys = (NAME.name, SPECIAL.name, *(group.name for group in subject.groups))
    columns = subject.columns
    shown = [NAME, SPECIAL, *subject.groups, *page.columns]
    rows, totals = now.rows.select(*keys, *_exprs(columns)), _totals(now, keys, columns)
    earlier: Found | None = None
    part_known = False
    if frame.before is not None:
        earlier = _earlier(subject, frame.before, notes)
        part_known = _only_partly_known(frame.before, subject.begins, notes)
        shown += [PREVIOUS, CHANGE]
        rows, totals = _compared(rows, totals, earlier, keys, changes=not part_known)
    idle = ranked(rows.filter(pl.col("special") == "idle"), page.order)
    groups = rows.filter(pl.col("special") != "idle")
    top, others = largest(rows, stack, page.top)
    if page.find:
        groups = groups.filter(pl.col("name").str.to_lowercase().str.contains(page.find.lower(), literal=True))
    groups = ranked(groups, page.order)
    version = version or digest(*groups.get_column("name"))
    check_version(page.cursor, version)
    part = groups.slice(page.offset, page.limit)
    stepped = _stepped(subject, frame, now.breadth, rows, pl.concat([part.select(keys), idle.select(keys)]), stack, top, page)
    shown += [TREND] if page.trend else []
    trends = stepped.trends()
    names = [column.name for column in shown if column is not TREND]
    more = page.offset + part.height < groups.height and page.limit > 0
    return {
        "window": window_json(frame.window),
        "zone": frame.zone_name,
        "asOf": iso(frame.as_of),
        "partial": frame.window.end > frame.as_of,
        "steps": [window_json(one) | {"partial": one.end > frame.as_of} for one in frame.sets],
        "previous": None if frame.before is None else window_json(frame.before),
        "previousPartial": part_known,
        "by": [group.name for group in subject.groups],
        "columns": [column.described() for column in shown],
        "rows": _with_trends(cells(part.select(names)), trends[: part.height]),
        "idleRows": _with_trends(cells(idle.select(names)), trends[part.height :]),
        "total": _padded(cells(totals.select(names))[0], page.trend),
        "prevTotal": None if earlier is None else _padded(cells(_padded_totals(earlier, keys, columns, names))[0], page.trend),
        "rowCount": groups.height,
        "rowsTotal": float(groups.get_column("total_cost").sum()),
        "nextCursor": Cursor(page.offset + part.height, frame.window, frame.as_of, page.key, version).text() if more else None,
        "series": stepped.series(others),
        "otherCount": others,
        **now.extra,
        "notes": [note_json(note) for note in dict.fromkeys(notes)],
        "version": version,
    }


def _earlier(subject: Subject, before: Window, notes: list[Note]) -> Found | None:
    """What is known of the period before; None (and a note) where that is nothing."""
    try:
        return subject.find(before)
    except NoData:
        notes.append(NOTHING_BEFORE)
        return None


def _only_partly_known(before: Window, begins: Mapping[str, float], notes: list[Note]) -> bool:
    """Whether the period before begins before the data of a cluster do; then a note says from when there are any."""
    start = before.start.timestamp()
    late = {cluster: first for cluster, first in begins.items() if first > start}
    for cluster, first in sorted(late.items(), key=lambda one: one[1]):
        text = f"data begin at {iso_unix(first)}, after the period before, from {iso(before.start)}, does: no change is told"
        notes.append(Note(text, level="info", cluster=cluster))
    return bool(late)


def _exprs(columns: Sequence[Column]) -> list[pl.Expr]:
    return [column.expr for column in columns]


def _totals(found: Found, keys: Sequence[str], columns: Sequence[Column]) -> pl.DataFrame:
    return found.totals.select(*(pl.lit(None, dtype=pl.String).alias(key) for key in keys), *_exprs(columns))


def _compared(
    rows: pl.DataFrame, totals: pl.DataFrame, earlier: Found | None, keys: Sequence[str], *, changes: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows and totals with what was there in the period before, and, where there are `changes`, the change since."""
    unknown = pl.lit(None, dtype=pl.Float64).alias(PREVIOUS.name)
    if earlier is None:
        rows, totals = rows.with_columns(unknown), totals.with_columns(unknown)
    else:
        costs = earlier.rows.select(*keys, pl.col("total_cost").alias(PREVIOUS.name))
        rows = rows.join(costs, on=keys, how="left")
        before = earlier.totals.get_column("total_cost").item()
        totals = totals.with_columns(pl.lit(before, dtype=pl.Float64).alias(PREVIOUS.name))
    before_cost = pl.col(PREVIOUS.name)
    change = pl.when((before_cost != 0) & changes).then(pl.col("total_cost") / before_cost - 1).alias(CHANGE.name)
    return rows.with_columns(change), totals.with_columns(change)


def _stepped(
    subject: Subject, frame: Frame, breadth: int, rows: pl.DataFrame, shown: pl.DataFrame, stack: str, top: list[str], page: Page
) -> Stepped:
    """Costs per step, of `top` and of the rows `shown`."""
    stepped = Stepped(frame.sets, stack, top, shown.columns, shown if page.trend else None)
    if len(frame.sets) == 1:
        stepped.add(rows.with_columns(step=pl.lit(0)))
        return stepped
    # Steps that lie ahead are not asked for.
    begun = [one for one in frame.sets if one.start < frame.as_of] or frame.sets
    ask = subject.ask if page.trend else subject.ask_lean
    stepped.ask(ask, breadth if page.trend else min(breadth, rows.get_column(stack).n_unique()), len(begun))
    return stepped


def _with_trends(rows: list[tuple[Any, ...]], trends: list[list[float | None]]) -> list[tuple[Any, ...]]:
    return [(*row, trend) for row, trend in zip(rows, trends, strict=True)] if trends else rows


def _padded_totals(earlier: Found, keys: Sequence[str], columns: Sequence[Column], names: Sequence[str]) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.Float64)
    return _totals(earlier, keys, columns).with_columns(nothing.alias(PREVIOUS.name), nothing.alias(CHANGE.name)).select(names)


def _padded(row: tuple[Any, ...], trend: bool) -> tuple[Any, ...]:
    return (*row, None) if trend else row


def note_json(note: Note) -> dict[str, str]:
    """A note as an answer tells it."""
    return {"level": note.level, "cluster": note.cluster, "text": note.text, "cure": note.cure}


def guess_json(guess: Guess) -> dict[str, Any]:
    """A guess as an answer tells it."""
    return {"name": guess.name, "doc": guess.doc, "cure": guess.cure, "rows": guess.rows, "cost": guess.money}


def unpriced_json(thing: Unpriced) -> dict[str, Any]:
    """Something without a price as an answer tells it."""
    return {"resource": thing.resource, "reason": thing.reason, "cure": thing.cure, "assets": thing.assets}
