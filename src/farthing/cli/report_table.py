"""The table of a report: columns in order of importance, as many as the terminal is wide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .money import money, on_the_point, percent, share
from .reckoning import Report
from .rows import Choice
from .terminal import plain

Row = Mapping[str, Any]
GAP = 2
NARROWEST_NAME = 14
FEWEST_SIGNS = 3
UNPRICED = "unpriced"
PARTIAL = "*"


@dataclass(frozen=True)
class Column:
    """A column of numbers. The larger `rank`, the earlier it goes when the terminal is narrow; `always`: shown also when all is nothing."""

    title: str
    rank: int
    write: Callable[[Row, Report], str]
    always: bool = False


@dataclass(frozen=True)
class Drawn:
    """The table, and the titles of columns that had no room."""

    table: Table
    dropped: tuple[str, ...]
    partial: bool


def _cost(name: str) -> Callable[[Row, Report], str]:
    def write(row: Row, report: Report) -> str:
        amount = row[name]
        resource = name.removesuffix("_cost")
        if amount is None:
            return UNPRICED if row.get(f"{resource}_unpriced") else ""
        mark = PARTIAL if row.get(f"{resource}_unpriced") else ""
        return money(amount, report.book.currency) + mark if amount or mark else ""

    return write


def _total(row: Row, report: Report) -> str:
    if row["total_cost"] is None:
        return UNPRICED
    return money(row["total_cost"], report.book.currency) + (PARTIAL if row.get("partial") else "")


def _share(row: Row, report: Report) -> str:
    return "" if row["total_cost"] is None else share(row["total_cost"], report.table.total)


def _monthly(row: Row, report: Report) -> str:
    factor = report.monthly_factor
    return "" if row["total_cost"] is None or factor is None else money(row["total_cost"] * factor, report.book.currency)


def _efficiency(row: Row, _: Report) -> str:
    return "" if row.get("efficiency") is None else percent(row["efficiency"])


COLUMNS: tuple[Column, ...] = (
    Column("total", 0, _total, always=True),
    Column("share", 2, _share),
    Column("CPU", 3, _cost("cpu_cost")),
    Column("RAM", 4, _cost("ram_cost")),
    Column("GPU", 5, _cost("gpu_cost")),
    Column("storage", 6, _cost("storage_cost")),
    Column("load balancer", 9, _cost("load_balancer_cost")),
    Column("network", 7, _cost("network_cost")),
    Column("management", 10, _cost("management_cost")),
    Column("shared", 8, _cost("shared_cost")),
    Column("efficiency", 1, _efficiency),
    Column("per month", 11, _monthly),
)


def draw(report: Report, choice: Choice, console: Console, shown: Sequence[Column] = COLUMNS) -> Drawn:
    """The table of `choice` with those of the columns `shown` that have something to say, no wider than `console`."""
    labels = _labels(report, choice)
    rows: list[Row] = [*choice.groups.iter_rows(named=True), *([choice.others_cost] if choice.others else [])]
    idle: list[Row] = list(choice.idle.iter_rows(named=True))
    everything = [*rows, *idle, report.table.totals.row(0, named=True)]
    columns = [column for column in shown if column.always or any(column.write(row, report) for row in everything)]
    texts = {column.title: on_the_point([plain(column.write(row, report), console) for row in everything]) for column in columns}
    names = [[plain(name, console) for name in column] for column in zip(*labels, strict=True)]
    titles = list(report.asking.by) or [""]
    naturals = [max(cell_len(title), *map(cell_len, column)) for title, column in zip(titles, names, strict=True)]
    widths = {c.title: max(cell_len(c.title), *map(cell_len, texts[c.title])) for c in columns}
    columns, dropped = _fit(columns, widths, naturals, console.width)
    left = console.width - sum(widths[column.title] + GAP for column in columns) - GAP * (len(naturals) - 1)

    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, collapse_padding=True, header_style="bold", show_edge=False)
    for title, room in zip(titles, _shrunk(naturals, left), strict=True):
        table.add_column(Text(plain(title, console)), overflow="ellipsis", no_wrap=True, width=room)
    for column in columns:
        table.add_column(column.title, justify="right", no_wrap=True, width=widths[column.title])
    for place, label in enumerate(zip(*names, strict=True)):
        style = _style(place, len(rows), len(idle))
        table.add_row(*map(Text, label), *(Text(texts[column.title][place], style="") for column in columns), style=style)
        if place == len(rows) + len(idle) - 1:
            table.add_row()
    return Drawn(table, tuple(column.title for column in dropped), any(row.get("partial") for row in everything))


def _style(place: int, groups: int, idle: int) -> str:
    return "" if place < groups else "italic" if place < groups + idle else "bold"


def _labels(report: Report, choice: Choice) -> list[tuple[str, ...]]:
    """One text per group column for every row, totals last."""
    by = report.asking.by
    blank = ("",) * (len(by) - 1)
    labels = [tuple(str(row[name]) for name in by) or ("everything",) for row in choice.groups.iter_rows(named=True)]
    if choice.others:
        labels.append((f"{choice.others:,} others", *blank))
    labels += [(_idle_name(row["name"]), *blank) for row in choice.idle.iter_rows(named=True)]
    return [*labels, ("total", *blank)]


def _idle_name(name: str) -> str:
    return name


def _fit(columns: list[Column], widths: Mapping[str, int], naturals: list[int], width: int) -> tuple[list[Column], list[Column]]:
    """The columns that fit beside names of a readable width, and those that do not."""
    left = width - sum(min(natural, NARROWEST_NAME) for natural in naturals) - GAP * (len(naturals) - 1)
    kept: list[Column] = []
    for column in sorted(columns, key=lambda c: c.rank):
        if not column.always and widths[column.title] + GAP > left:
            break
        kept.append(column)
        left -= widths[column.title] + GAP
    return [c for c in columns if c in kept], [c for c in columns if c not in kept]


def _shrunk(naturals: list[int], room: int) -> list[int]:
    """Widths of the name columns: as they are where they fit in `room`, else the widest give first, down to a few signs."""
    widths = list(naturals)
    while sum(widths) > room and max(widths) > FEWEST_SIGNS:
        widths[widths.index(max(widths))] -= 1
    return widths
