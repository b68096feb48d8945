"""The field's envelope, and its CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from farthing.core.windows import Window

from ..calls import Reply
from ..cells import harmless
from ..moments import window_json
from .allocations import NULLABLE, NUMBERS

CSV = "text/csv; charset=utf-8"
CSV_NAMES = ("cluster", "node", "namespace", "controllerKind", "controller", "pod", "container")


def envelope(data: Iterable[Any] | dict[str, Any], window: Window | None = None, warning: str = "") -> Reply:
    """`{"code":200,"status":"success","data":…}` with the window, and the warning where there is one. Sets are written one by one."""
    text = orjson.dumps(data) if isinstance(data, dict) else b"[" + b",".join(map(orjson.dumps, data)) + b"]"
    rest: dict[str, Any] = {"meta": {"window": window_json(window)}} if window else {}
    rest |= {"warning": warning} if warning else {}
    more = b"," + orjson.dumps(rest)[1:] if rest else b"}"
    return Reply(b'{"code":200,"status":"success","data":' + text + more)


def allocation_lines(sets: Iterable[dict[str, dict[str, Any]]]) -> Iterator[list[Any]]:
    """A heading and a line per row and set: name, start and end of the set, names that the row's pods share, every number."""
    numbers = (*NUMBERS, *NULLABLE)
    yield ["name", "windowStart", "windowEnd", *CSV_NAMES, *numbers]
    for one in sets:
        for row in one.values():
            names = [row["properties"].get(name, "") for name in CSV_NAMES]
            yield [row["name"], row["window"]["start"], row["window"]["end"], *names, *(row[number] for number in numbers)]


def csv_answer(lines: Iterable[list[Any]]) -> Reply:
    """Lines as CSV; texts so that no spreadsheet takes them for formulas."""
    text = io.StringIO()
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in line])
    return Reply(text.getvalue().encode(), CSV)
