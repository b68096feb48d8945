"""A report on the screen, from heading to notes."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from farthing.core.zones import parse_zone

from .money import money, share
from .reckoning import Report
from .report_notes import closing_line, guess_lines, heading, note_lines, sharing_lines, unpriced_lines
from .report_table import draw
from .rows import Choice
from .terminal import line

MOST_MEASUREMENTS = 12


def print_report(console: Console, report: Report, choice: Choice, *, stats: bool) -> None:
    """Heading, table, closing line, and everything that a reader must know to trust the numbers."""
    heading(console, report, parse_zone(report.asking.zone))
    console.print()
    if report.table.rows.height == 0:
        _nothing(console, report)
    else:
        drawn = draw(report, choice, console)
        console.print(drawn.table)
        if drawn.dropped:
            line(console, f"no room for: {', '.join(drawn.dropped)}", indent=2)
        if drawn.partial:
            line(console, "* the priced part; something in it has no price", indent=2)
    closing_line(console, report)
    sharing_lines(console, report)
    unpriced_lines(console, report.table.unpriced)
    guess_lines(console, report)
    note_lines(console, report)
    if stats:
        console.print()
        print_statistics(console, report)


def print_statistics(console: Console, report: Report) -> None:
    """What the server was asked, the slowest measurements first."""
    asked = report.asked
    if not asked.queries:
        line(console, ("Asked", "bold"), f" no server: read and costed in {report.wall_seconds:.1f} s")
        return
    line(
        console,
        ("Asked", "bold"),
        f" {asked.queries:,} queries ({asked.retries:,} again, {asked.splits:,} cut) in {report.wall_seconds:.1f} s: "
        f"{asked.series:,} series, {asked.points:,} points, {asked.bytes / 1e6:,.1f} MB; the server read {asked.samples:,} samples",
    )
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("slowest", no_wrap=True)
    for title in ("seconds", "queries", "series", "points", "samples"):
        table.add_column(title, justify="right", no_wrap=True)
    slowest = sorted(asked.measurements.items(), key=lambda item: -item[1].seconds)
    for name, tally in slowest[:MOST_MEASUREMENTS]:
        counts = (tally.queries, tally.series, tally.points, tally.samples)
        table.add_row(name, f"{tally.seconds:.2f}", *(f"{count:,}" for count in counts))
    console.print(table)


def say_what_rows_leave_out(console: Console, report: Report, choice: Choice) -> None:
    """One line for who takes the rows alone: what they do not tell of themselves."""
    told: list[str] = []
    if choice.others:
        told.append(f"{choice.others:,} groups were left out by --limit")
    if report.default_money:
        amount = money(report.default_money, report.book.currency)
        told.append(f"{amount} ({share(report.default_money, report.table.total)}) is at default rates")
    if report.table.unpriced:
        told.append(f"{sum(one.assets for one in report.table.unpriced):,} assets lack a price")
    if report.table.notes:
        told.append(f"{len(report.table.notes):,} notes")
    if told:
        line(console, f"farthing: {'; '.join(told)}. --output json tells all of it.")


def _nothing(console: Console, report: Report) -> None:
    asking = report.asking
    assets = money(report.closing.assets, report.book.currency)
    if asking.filter:
        line(console, ("Nothing matches", "bold"), f" {asking.filter}: all {assets} of the window are filtered out.")
        line(console, "To try: leave out --filter, or look with --by cluster,namespace what there is.")
    else:
        line(console, ("Nothing to show", "bold"), f": the window's {assets} of assets are all idle, and idle is hidden.")
        line(console, "To try: --idle separate")
