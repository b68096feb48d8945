"""Answers as ready bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import orjson
from fastapi.responses import Response

from farthing.core.windows import Window

from .allocations import NULLABLE, NUMBERS
from .moments import window_json

JSON = "application/json"
CSV_NAMES = ("cluster", "node", "namespace", "controllerKind", "controller", "pod", "container")


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
