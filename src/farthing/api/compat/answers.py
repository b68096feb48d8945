"""The field's envelope, and its CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import orjson

from farthing.core.windows import Window

from ..calls import Reply
from ..cells import harmless
from ..moments import window_json
from .allocations import NULLABLE, NUMBERS

CSV = "text/csv; charset=utf-8"
CSV_NAMES = ("cluster", "node", "namespace", "controllerKind", "controller", "pod", "container")


def envelope(data: Iterable[dict[str, Any]] | dict[str, Any] | None, window: Window | None = None, warning: str = "") -> Reply:
    """`{"code":200,"status":"success","data":…}` with the window, and the warning where there is one. Sets are written one by one."""
    text = orjson.dumps(data) if data is None or isinstance(data, dict) else b"[" + b",".join(map(orjson.dumps, data)) + b"]"
    rest: dict[str, Any] = {"meta": {"window": window_json(window)}} if window else {}
    rest |= {"warning": warning} if warning else {}
    more = b"," + orjson.dumps(rest)[1:] if rest else b"}"
    return Reply(b'{"code":200,"status":"success","data":' + text + more)


def csv_answer(sets: Iterable[dict[str, dict[str, Any]]]) -> Reply:
    """One line per row and set: name, start and end of the set, names that the row's pods share, every number."""
    numbers = (*NUMBERS, *NULLABLE)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "windowStart", "windowEnd", *CSV_NAMES, *numbers])
    for one in sets:
        for row in one.values():
            names = [harmless(row["properties"].get(name, "")) for name in CSV_NAMES]
            period = [row["window"]["start"], row["window"]["end"]]
            writer.writerow([harmless(row["name"]), *period, *names, *(row[number] for number in numbers)])
    return Reply(text.getvalue().encode(), CSV)
