"""A client of the API over the example ledger, three hours of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.ledger import Ledger, Span
from farthing.core.settings import Settings
from farthing.core.windows import Window
from farthing.views import OnDemand

from ..views.frames import HOUR, at, example

BASE = "http://localhost"


class Example:
    """The example ledger at HOUR, HOUR + 1 h and HOUR + 2 h; cuts hours pro rata, which is exact for rows held all hour."""

    def __init__(self, pieces: list[Ledger]) -> None:
        self.hours = pieces
        self.asked: list[tuple[Window, frozenset[str]]] = []

    def now(self) -> datetime:
        return at(HOUR) + timedelta(hours=5)

    def pieces(self, window: Window, *, needs: frozenset[str]) -> Iterator[Ledger]:
        self.asked.append((window, needs))
        start, end = window.unix
        for piece in self.hours:
            if piece.span.start < end and piece.span.end > start:
                yield cut(piece, max(start, piece.span.start), min(end, piece.span.end))


def cut(piece: Ledger, start: float, end: float) -> Ledger:
    part = (end - start) / piece.span.seconds
    if part == 1:
        return piece
    fixed = ("first_held", "last_held", "cpu_peak", "ram_peak", "cpu_factor", "ram_factor", "gpu_factor")

    def scaled(frame: pl.DataFrame) -> pl.DataFrame:
        numbers = [name for name, kind in frame.schema.items() if kind == pl.Float64 and name not in fixed]
        held = [pl.col("first_held").clip(lower_bound=start), pl.col("last_held").clip(upper_bound=end)]
        return frame.with_columns(*(pl.col(name) * part for name in numbers), *held)

    return dataclasses.replace(
        piece, span=Span(start, end), allocation=scaled(piece.allocation), asset=scaled(piece.asset), share=scaled(piece.share)
    )


@pytest.fixture
def source() -> Example:
    return Example([example(HOUR + h * 3600) for h in range(3)])


@pytest.fixture
def client(source: Example) -> TestClient:
    return TestClient(create_app(OnDemand(source), Settings()), base_url=BASE, raise_server_exceptions=False)


def iso(hours: float) -> str:
    """RFC 3339 of so many hours after HOUR."""
    return datetime.fromtimestamp(HOUR + hours * 3600, UTC).isoformat().replace("+00:00", "Z")


THREE_HOURS = f"{iso(0)},{iso(3)}"
