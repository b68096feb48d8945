"""Reports of hand-written ledgers, and what a console makes of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from farthing.cli.reckoning import Asking, Report, reckon
from farthing.core.ledger import Ledger
from farthing.core.windows import Window
from farthing.metering.prometheus import Asked
from farthing.pricing import PriceBook, load_book
from farthing.views import IdleBy, Question, Sharing
from tests.views.frames import HOUR, example

WINDOW = Window(datetime.fromtimestamp(HOUR, UTC), datetime.fromtimestamp(HOUR + 3600, UTC))


def report(
    by: str = "namespace",
    filter: str = "",
    idle: str = "separate",
    *,
    idle_by: IdleBy = IdleBy.NODE,
    sharing: Sharing | None = None,
    ledgers: Iterable[Ledger] | None = None,
    book: PriceBook | None = None,
    asked: Asked | None = None,
) -> Report:
    """The report of `ledgers`, else of the example; it took two and a half seconds."""
    question = replace(Question.of(by, filter, idle), idle_by=idle_by, sharing=sharing)
    names = tuple(group.name for group in question.by)
    ticks = iter([10.0, 12.5])
    return reckon(
        iter([example()] if ledgers is None else ledgers),
        Asking(WINDOW, question, names, filter, idle, "UTC"),
        book=book or load_book(None),
        asked=asked or Asked(),
        read=lambda _: None,
        clock=lambda: next(ticks),
    )


def console(width: int = 200, *, encoding: str = "utf-8", colour: bool = False) -> Console:
    """A console that keeps what is printed; `said` gives it back."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    return Console(file=file, width=width, force_terminal=colour, highlight=False, markup=False, emoji=False)


def said(console: Console) -> str:
    """What `console` printed so far."""
    assert isinstance(console.file, io.TextIOWrapper)
    assert isinstance(console.file.buffer, io.BytesIO)
    return console.file.buffer.getvalue().decode(console.encoding)
