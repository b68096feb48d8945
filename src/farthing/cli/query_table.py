"""An answer of the native API on the screen: the table with the change since the period before and its course, and costs per step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

import polars as pl
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from farthing.core.errors import Unreadable
from farthing.core.windows import Window
from farthing.core.zones import parse_zone
from farthing.metering.prometheus import Asked
from farthing.views import Question

from .money import money, on_the_point, percent
from .reckoning import Asking, Closing, Report
from .remote_report import ServersPrices, observed_seconds, sharing_told, table_of
from .report_notes import guess_lines, note_lines, sharing_lines, unpriced_lines
from .report_table import COLUMNS, GAP, Column, Row, draw
from .rows import COSTS, IS_IDLE, Choice
from .terminal import line, plain

BARS = "▁▂▃▄▅▆▇█"
UNKNOWN = "·"
LONGEST_TREND = 24
LARGE = 10.0  # times; larger changes say nothing as a percentage
MOST_CLUSTERS = 3
LONGEST_KEY = 18


def print_answer(
    console: Console, answer: Mapping[str, Any], meta: Mapping[str, Any], name: str, *, filter: str, no_sharing: bool, steps: bool
) -> None:
    """Heading, table, what is left out and how far to trust it; with `steps` also costs per step.

    `answer`: of `/allocation/view`, `meta` of `/meta`; `name`: of whoever answered. Raises Unreadable.
    """
    try:
        report, choice = report_of(answer, meta, name, filter=filter, no_sharing=no_sharing)
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise Unreadable(f"{name} answers otherwise than this farthing reads: {error!r}", expected="a farthing of this version") from error
    zone = parse_zone(answer["zone"])
    _heading(console, report, answer, name, zone)
    console.print()
    if report.table.rows.height == 0:
        line(console, ("Nothing to show", "bold"), f": {money(report.table.whole, report.book.currency)} are filtered out or hidden.")
    else:
        drawn = draw(report, choice, console, columns_of(console))
        console.print(drawn.table)
        if drawn.dropped:
            line(console, f"no room for: {', '.join(drawn.dropped)}", indent=2)
        if drawn.partial:
            line(console, "* the priced part; something in it has no price", indent=2)
    _left_out(console, report)
    sharing_lines(console, report)
    if steps and answer["steps"]:
        console.print()
        console.print(per_step(answer, report.book.currency, zone, console))
    unpriced_lines(console, report.table.unpriced)
    guess_lines(console, report)
    note_lines(console, report)


def report_of(answer: Mapping[str, Any], meta: Mapping[str, Any], name: str, *, filter: str, no_sharing: bool) -> tuple[Report, Choice]:
    """The answer as a report without a proof, and what of it is shown: the rows of its one page."""
    window = Window(*(datetime.fromisoformat(answer["window"][edge]) for edge in ("start", "end")))
    sharing = None if no_sharing else sharing_told(meta)
    by = tuple(answer["by"])
    asking = Asking(window, replace(Question(), sharing=sharing), by, filter, "", answer["zone"])
    table = table_of([answer], asking)
    observed = observed_seconds(window, meta, answer["asOf"])
    clusters = tuple(sorted(one["name"] for one in meta["clusters"]))
    prices = ServersPrices(f"those of {name}", meta["currency"])
    groups = table.rows.filter(~IS_IDLE)
    others = answer["rowCount"] - groups.height
    rest = dict.fromkeys(COSTS) | {"total_cost": answer["rowsTotal"] - float(groups.get_column("total_cost").sum())}
    choice = Choice(groups, table.rows.filter(IS_IDLE), others, rest if others else {})
    # what is not on the page belongs to the total as well
    table = replace(table, rows=pl.concat([table.rows, _others(table.rows, rest)]) if others else table.rows)
    return Report(asking, table, Closing(), clusters, observed, prices, Asked(), 0.0), choice


def columns_of(console: Console) -> list[Column]:
    """The report's columns, and what is known of the past."""
    past = [Column("change", 1, _change)]
    if not console.options.ascii_only:
        past.append(Column("course", 6, _course))
    return [COLUMNS[0], *past, *COLUMNS[1:]]


def course(points: Sequence[float | None]) -> str:
    """A row's costs as bars, its largest the highest; many are joined to LONGEST_TREND at most."""
    if len(points) > LONGEST_TREND:
        size = -(-len(points) // LONGEST_TREND)
        parts = [[point for point in points[i : i + size] if point is not None] for i in range(0, len(points), size)]
        points = [sum(part) / len(part) if part else None for part in parts]
    highest = max((point for point in points if point is not None), default=0.0)
    if highest <= 0:
        return ""
    return "".join(UNKNOWN if point is None else BARS[min(int(point / highest * len(BARS)), len(BARS) - 1)] for point in points)


def per_step(answer: Mapping[str, Any], currency: str, zone: tzinfo, console: Console) -> Table:
    """A row per step, a column for each of the dearest groups, as many as there is room for; the others together, idle, the sum."""
    series = answer["series"]
    names = [_short(key) for key in series["keys"]]
    columns = (
        dict(zip(names, series["values"], strict=True))
        if len(set(names)) == len(names)
        else dict(zip(series["keys"], series["values"], strict=True))
    )
    last = {title: series[key] for title, key in (("others", "other"), ("__idle__", "idle")) if series[key] is not None}
    sums = [_sum(points) for points in zip(*columns.values(), *last.values(), strict=True)]
    labels = _labels([datetime.fromisoformat(one["start"]).astimezone(zone) for one in answer["steps"]])
    room = console.width - max(map(len, labels)) - GAP
    texts = {title: _cells(points, currency) for title, points in [*columns.items(), *last.items(), ("total", sums)]}
    widths = {title: max(cell_len(title), *map(cell_len, cells)) + GAP for title, cells in texts.items()}
    kept = list(columns)
    while kept and sum(widths[title] for title in [*kept, "total", *({"others"} | set(last))] if title in widths) > room:
        dropped = columns[kept.pop()]
        last = {"others": [_sum(pair) for pair in zip(last.get("others", [None] * len(dropped)), dropped, strict=True)]} | {
            title: points for title, points in last.items() if title != "others"
        }
        texts["others"] = _cells(last["others"], currency)
        widths["others"] = max(len("others"), *map(cell_len, texts["others"])) + GAP
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("step", no_wrap=True)
    shown = [*kept, *last, "total"]
    for title in shown:
        table.add_column(Text(plain(title, console)), justify="right", no_wrap=True)
    for place, label in enumerate(labels):
        table.add_row(Text(label), *(Text(texts[title][place], style="bold" if title == "total" else "") for title in shown))
    return table


def _heading(console: Console, report: Report, answer: Mapping[str, Any], name: str, zone: tzinfo) -> None:
    asking = report.asking
    title = f"Cost by {', '.join(asking.by)}" if asking.by else "Cost of everything"
    start, end = (_moment(answer["window"][edge], zone) for edge in ("start", "end"))
    until = f", data until {_moment(answer['asOf'], zone)}" if answer["partial"] else ""
    line(console, (title, "bold"), f" · {start} to {end} {asking.zone}{until}")
    clusters = ", ".join(report.clusters) if len(report.clusters) <= MOST_CLUSTERS else f"{len(report.clusters)} clusters"
    only = f" · only {asking.filter}" if asking.filter else ""
    before = answer["previous"]
    beside = f" · beside {_moment(before['start'], zone)} to {_moment(before['end'], zone)}" if before and answer["prevTotal"] else ""
    line(console, f"{clusters or 'no cluster yet'} · {name}{only}{beside}")


def _left_out(console: Console, report: Report) -> None:
    table, currency = report.table, report.book.currency
    rest = {"filtered out": table.filtered_out, "hidden": table.hidden}
    told = ", ".join(f"{money(amount, currency)} {word}" for word, amount in rest.items() if amount)
    if told:
        line(console, f"shown {money(table.total, currency)} of {money(table.whole, currency)}: {told}", indent=2)


def _others(rows: pl.DataFrame, rest: Mapping[str, float | None]) -> pl.DataFrame:
    """One row that stands for all that are not on the page."""
    nothing = pl.DataFrame([pl.Series(name, [None], kind) for name, kind in rows.schema.items()])
    return nothing.with_columns(special=pl.lit(""), total_cost=pl.lit(rest["total_cost"], dtype=pl.Float64))


def _change(row: Row, _: Report) -> str:
    change = row.get("change")
    if change is None:
        return "new" if row.get("total_cost") and row.get("previous_cost") is None and "previous_cost" in row else ""
    if change >= LARGE:
        return f"×{change + 1:,.0f}"
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{percent(abs(change))}"


def _course(row: Row, _: Report) -> str:
    points = row.get("trend")
    return course(points) if points is not None and len(points) > 1 else ""


def _cells(points: Sequence[float | None], currency: str) -> list[str]:
    return on_the_point(["" if point is None else money(point, currency) for point in points])


def _sum(points: Sequence[float | None]) -> float | None:
    known = [point for point in points if point is not None]
    return sum(known) if known else None


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else f"{key[: LONGEST_KEY - 1]}…"


def _labels(starts: Sequence[datetime]) -> list[str]:
    """Steps by the day that they begin with, with the time of day where that is not always midnight."""
    form = "%Y-%m-%d" if all((start.hour, start.minute) == (0, 0) for start in starts) else "%Y-%m-%d %H:%M"
    return [start.strftime(form) for start in starts]


def _moment(text: str, zone: tzinfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"
