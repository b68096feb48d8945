"""`/allocation/explain`: how a cost is made, part by part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import polars as pl

from farthing.core.errors import BadParameter
from farthing.core.windows import Window
from farthing.views import CostSource, Guess, Idle, Question, Sharing

from ..moments import iso, window_json
from ..parameters import checked
from .parameters import EXPLAIN_PARAMETERS
from .parts import PriceList, Row, joined, lines_of
from .requests import question_of, time_of
from .timeline import notes_json
from .view import guess_json


@dataclass(frozen=True)
class ExplainRequest:
    """A number that is to be explained: `of` what, of idle rows where `special` is idle."""

    window: Window
    zone_name: str
    as_of: datetime
    question: Question
    of: str
    special: str


def explain_request(items: Iterable[tuple[str, str]], *, now: datetime, as_of: datetime, sharing: Sharing | None) -> ExplainRequest:
    """What `/allocation/explain` was asked. Raises UsageErrors."""
    given = checked(items, EXPLAIN_PARAMETERS)
    time = time_of(given, now, as_of, step="all")
    question = replace(question_of({"agg": "all"} | given, sharing), parts=True)
    special = given.get("special", "").strip().lower()
    if special and question.idle is Idle.HIDE:
        raise BadParameter(
            "special=idle and idle=hide contradict", expected=f"idle={Idle.SEPARATE} or {Idle.SHARE}", cure="leave one of them out"
        )
    return ExplainRequest(time.window, time.zone_name, time.as_of, question, given.get("of", "total").strip().lower(), special)


def explain(source: CostSource, asked: ExplainRequest) -> bytes:
    """The answer to `/allocation/explain` as JSON (`native.models_numbers.Explanation`). Raises what the source raises."""
    ((table, _),) = source.summaries(asked.question, (asked.window,))
    assert table.parts is not None
    lines = [line for line in lines_of(table, asked.special, asked.question) if asked.of in ("total", line.resource)]
    parts = joined(lines, PriceList(table))
    totals = table.parts.totals.filter(pl.col("special") == asked.special).get_column(f"{asked.of}_cost")
    document = {
        "window": window_json(asked.window),
        "zone": asked.zone_name,
        "asOf": iso(asked.as_of),
        "partial": asked.window.end > asked.as_of,
        "of": asked.of,
        "special": asked.special,
        "total": totals.item() if len(totals) else 0.0,
        "parts": parts,
        "marks": [mark_json(mark) for mark in table.parts.marks[asked.special]],
        "unpriced": unpriced_of(parts),
        "notes": notes_json(table.notes),
        "version": source.version(),
    }
    return orjson.dumps(document)


def unpriced_of(parts: Iterable[Row]) -> list[Row]:
    """What of the parts has no price, as a view tells it."""
    names = ("resource", "reason", "cure", "assets")
    return [{name: part[name] for name in names} for part in parts if part["cost"] is None]


def mark_json(mark: Guess) -> dict[str, Any]:
    """A mark as an answer tells it."""
    return guess_json(mark) | {"guess": mark.guess}
