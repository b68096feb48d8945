"""Tables from the source, and answers as ready bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import orjson
from fastapi.responses import Response

from farthing.core.ledger import Ledger, Span
from farthing.core.windows import Window

from .allocations import NULLABLE, NUMBERS
from .moments import window_json
from .periods import meet_on_hours
from .source import LedgerSource

JSON = "application/json"
CSV_NAMES = ("cluster", "node", "namespace", "controllerKind", "controller", "pod", "container")
Table = TypeVar("Table")


def tables(
    source: LedgerSource, sets: tuple[Window, ...], needs: frozenset[str], of: Callable[[Iterable[Ledger], tuple[Span, ...]], Table]
) -> Iterator[tuple[Table, tuple[Window, ...]]]:
    """Tables that together hold all `sets`, each with the sets that are its steps.

    One pass over the ledger where the sets meet on full hours; else one for each, so that the source cuts the hours at their edges.
    """
    batches = [sets] if meet_on_hours(sets) else [(one,) for one in sets]
    for batch in batches:
        steps = tuple(Span(*one.unix) for one in batch)
        yield of(source.pieces(Window(batch[0].start, batch[-1].end), needs=needs), steps), batch


def envelope(data: Iterable[dict[str, Any]] | dict[str, Any], window: Window, warning: str) -> Response:
    """`{"code":200,"status":"success","data":…}` with the window, and the warning where there is one. Sets are written one by one."""
    text = orjson.dumps(data) if isinstance(data, dict) else b"[" + b",".join(map(orjson.dumps, data)) + b"]"
    rest = {"meta": {"window": window_json(window)}} | ({"warning": warning} if warning else {})
    return Response(b'{"code":200,"status":"success","data":' + text + b"," + orjson.dumps(rest)[1:], media_type=JSON)


def failure(code: int, message: str) -> Response:
    """The field's error envelope; the HTTP status is the code."""
    return Response(orjson.dumps({"code": code, "status": "error", "data": None, "message": message}), status_code=code, media_type=JSON)


def csv_answer(sets: Iterable[dict[str, dict[str, Any]]]) -> Response:
    """One line per row and set: name, start and end of the set, names that the row's pods share, every number."""
    numbers = (*NUMBERS, *NULLABLE)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "windowStart", "windowEnd", *CSV_NAMES, *numbers])
    for one in sets:
        for row in one.values():
            names = [row["properties"].get(name, "") for name in CSV_NAMES]
            writer.writerow([row["name"], row["window"]["start"], row["window"]["end"], *names, *(row[number] for number in numbers)])
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8")
