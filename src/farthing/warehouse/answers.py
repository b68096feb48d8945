"""Answers: a question becomes a plan, the plan becomes lines, and the views make their table of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

import duckdb
import polars as pl

from farthing.core.ledger import Note, Span
from farthing.core.schema import PRICE
from farthing.core.units import HOUR_SECONDS
from farthing.costing import cut
from farthing.views import Idle, Question, SharedOut, Sharing, SummaryTable, Sums

from .cells import Cells
from .days import hour_relation
from .details import add_details
from .keys import KeyRing
from .parts import add_parts
from .pieces import ledger_of, notes_of
from .plan import plan
from .sharing_out import sharing_relation
from .sums import lines


def summary(
    cursor: duckdb.DuckDBPyConnection,
    cells: Cells,
    ring: KeyRing,
    schema: str,
    question: Question,
    steps: Sequence[Span],
    sharing: Sharing | None,
    now: float,
) -> SummaryTable:
    """The table of `question` over `steps`, which follow each other without holes. `sharing`: the rules of the generation; `now`: the
    present, unix time."""
    sums = Sums(question, tuple(steps))
    keys = ring.of(question)
    kept = not question.sharing or question.sharing == sharing
    days = rolled(cursor, schema) if kept else {}
    if question.parts:  # shares are kept by whole hours
        days = {shift: there for shift, there in days.items() if shift % HOUR_SECONDS == 0}
    planned = plan(steps, days, observed(cursor, schema))
    wanted = sums.received_columns
    span = Span(steps[0].start, steps[-1].end)
    with ExitStack() as made:
        hours, lost = hour_relation(schema, sharing), 0.0
        if question.sharing and not kept and planned.hours:
            hours, lost = made.enter_context(sharing_relation(cursor, cells, schema, planned.hours, question.sharing, wanted))
        found = lines(cursor, schema, planned, keys, wanted, hours)
        sums.add_lines(found)
        if question.detail:
            add_details(cursor, cells, schema, planned, hours, question, sums)
        if question.parts:
            add_parts(cursor, cells, schema, planned, hours, question, sums)
    shared = SharedOut()
    if question.sharing:
        given, stayed, overhead = (float(found.get_column(name).sum()) for name in ("shared_own", "stayed", "overhead"))
        shared = SharedOut(given, stayed, overhead, lost)
    sums.note(span, window_notes(cursor, schema, span, now), unpriced(cursor, schema, span), shared)
    for hour, pieces in groupby(planned.pieces, key=lambda piece: int(piece.span.start // HOUR_SECONDS)):
        # a step that ends inside an hour is followed by one that begins there
        ledger = ledger_of(cursor, cells, schema, hour, hour + 1)
        for piece in pieces:
            sums.add(replace(cut(ledger, piece.span), notes=()), piece.step)
    return sums.table()


def from_sums(question: Question, sharing: Sharing | None) -> bool:
    """Whether `summary` can answer: by rules that no generation keeps, shared things pass on money alone, and what is left of idle under a
    filter tells quantities as well."""
    return not question.sharing or question.sharing == sharing or question.filter is None or question.idle is Idle.SHARE


def rolled(cursor: duckdb.DuckDBPyConnection, schema: str) -> dict[int, set[int]]:
    """Shift → days that are rolled up."""
    out: dict[int, set[int]] = {}
    for shift, day in cursor.execute(f"SELECT shift, day FROM {schema}.rolled").fetchall():
        out.setdefault(shift, set()).add(day)
    return out


def observed(cursor: duckdb.DuckDBPyConnection, schema: str) -> Span | None:
    """From the first to the last hour that is there of any cluster."""
    row = cursor.execute(f"SELECT min(hour), max(hour) + 1 FROM {schema}.taken").fetchone()
    return Span(float(row[0] * HOUR_SECONDS), float(row[1] * HOUR_SECONDS)) if row and row[0] is not None else None


def window_notes(cursor: duckdb.DuckDBPyConnection, schema: str, span: Span, now: float) -> tuple[Note, ...]:
    """What was told of the window's hours, and where the data of a cluster begin or end inside it.

    That they end is nothing to be told where no more than the last hours before `now` (unix time), or the future, are not there yet.
    """
    told = notes_of(cursor, schema, int(span.start // HOUR_SECONDS), int(-(-span.end // HOUR_SECONDS)))
    known = {(note.cluster, note.text.split(" at ")[0]) for note in told}
    more = []
    found = cursor.execute(f"SELECT cluster, min(hour), max(hour) + 1 FROM {schema}.taken GROUP BY cluster ORDER BY cluster").fetchall()
    for cluster, first, last in found:
        begins, ends = first * HOUR_SECONDS, last * HOUR_SECONDS
        if begins > span.start and (cluster, BEGINS) not in known:
            more.append(Note(f"{BEGINS} at {_when(begins)}: what came before is absent, not 0", cluster=cluster))
        if ends < min(span.end, now - LATEST_HOURS * HOUR_SECONDS) and (cluster, ENDS) not in known:
            more.append(Note(f"{ENDS} at {_when(ends)}: what comes after is absent, not 0", cluster=cluster))
    return (*told, *more)


# An hour is taken in when it has closed and settled: until it is so old, that it is not there is no news.
LATEST_HOURS = 3
BEGINS, ENDS = "the data begins", "the data ends"


def _when(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def unpriced(cursor: duckdb.DuckDBPyConnection, schema: str, span: Span) -> pl.DataFrame:
    """PRICE rows without a price, of assets that were there in `span`."""
    row = cursor.execute(f"SELECT count(*) FROM {schema}.price WHERE price IS NULL").fetchone()
    if not row or not row[0]:
        return PRICE.empty()
    within = [int(span.start // HOUR_SECONDS), int(-(-span.end // HOUR_SECONDS))]
    there = f"SELECT asset_id FROM {schema}.asset WHERE hour >= ? AND hour < ?"
    found = cursor.execute(f"SELECT * FROM {schema}.price WHERE price IS NULL AND asset_id IN ({there})", within).pl()
    return PRICE.conform(found.cast({"recorded_at": PRICE.polars["recorded_at"]}))
