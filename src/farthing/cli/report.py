"""`farthing report`: what everything on the clusters of a Prometheus costs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from farthing.core.errors import BadParameter
from farthing.core.settings import Settings
from farthing.core.settings_loader import LoadedSettings
from farthing.core.windows import parse_window
from farthing.core.zones import parse_zone
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import load_book
from farthing.roles import LiveLedger
from farthing.views import Question, Sharing, parse_idle_by, sharing_of, valid_groups

from . import terminal
from .exports import WRITERS
from .flags import require_server, with_settings
from .printing import print_report, print_statistics, say_what_rows_leave_out
from .progress import watching
from .reckoning import Asking, Report, reckon
from .rows import Choice, choose, parse_order


class Output(StrEnum):
    """Forms of a report."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Wish:
    """How a report is to be written."""

    output: Output
    file: Path | None
    sort: str
    limit: int | None
    stats: bool


WINDOW_HELP = "Window of time: 24h, 7d, yesterday, lastmonth, 2026-11-01,2026-11-08, 2026-11-01T06:00:00Z, … It is read until now at most."
BY_HELP = "What to group by, several joined by commas: " + ", ".join(valid_groups()) + "."
FILTER_HELP = 'Only rows that match, e.g. namespace:"shop"+label[app]:"web" (+ and, | or, !: not, ~: contains).'
IDLE_HELP = "Idle cost: separate rows, share it among those that hold the nodes, or hide it."
ZONE_HELP = "Time zone that days are counted in and times are shown in: an IANA name, or an offset such as +05:30."
OUTPUT_HELP = "Form. Without it the suffix of --output-file decides, else a table."
IDLE_BY_HELP = "Whose idle one pays for with --idle share, or is shown under a filter: that of the same node, or of the whole cluster."
NO_SHARING_HELP = "Share nothing out (but idle), whatever the settings say."
SORT_HELP = "Column to sort by: total, cpu, ram, gpu, storage, load_balancer, shared, efficiency, idle or name; with :asc or :desc."

Window = Annotated[str, typer.Option("--window", "-w", help=WINDOW_HELP.replace("[", "\\["), metavar="WINDOW")]
By = Annotated[str, typer.Option("--by", "-b", help=BY_HELP.replace("[", "\\["), metavar="FIELDS")]
Filter = Annotated[str, typer.Option("--filter", "-f", help=FILTER_HELP.replace("[", "\\["), metavar="EXPRESSION", show_default=False)]
IdleWay = Annotated[str, typer.Option("--idle", help=IDLE_HELP, metavar="separate|share|hide")]
IdlePlace = Annotated[str, typer.Option("--idle-by", help=IDLE_BY_HELP, metavar="node|cluster")]
NoSharing = Annotated[bool, typer.Option("--no-sharing", help=NO_SHARING_HELP)]
Zone = Annotated[str, typer.Option("--zone", help=ZONE_HELP, metavar="ZONE")]
Form = Annotated[Output | None, typer.Option("--output", "-o", help=OUTPUT_HELP, show_default=False, metavar="|".join(Output))]
File = Annotated[Path | None, typer.Option("--output-file", help="Write there instead of to standard output.", metavar="FILE")]
Sort = Annotated[str, typer.Option("--sort", help=SORT_HELP, metavar="COLUMN")]
Limit = Annotated[
    int | None, typer.Option("--limit", "-n", min=1, metavar="NUMBER", help="Most groups to show; the others are added up in one row.")
]
Stats = Annotated[bool, typer.Option("--stats", help="Show what the server was asked.")]


@with_settings("prometheus", "metering", "pricing", "sharing", "")
def report(
    *,
    window: Window = "7d",
    by: By = "namespace",
    filter: Filter = "",
    idle: IdleWay = "separate",
    idle_by: IdlePlace = "node",
    no_sharing: NoSharing = False,
    zone: Zone = "UTC",
    output: Form = None,
    output_file: File = None,
    sort: Sort = "total",
    limit: Limit = None,
    stats: Stats = False,
    loaded: LoadedSettings,
) -> None:
    """What everything on your clusters costs, straight from a Prometheus. Nothing is installed, nothing is kept."""
    wish = Wish(chosen_output(output, output_file), output_file, sort, limit, stats)
    require_server(loaded.settings)
    sharing = None if no_sharing else sharing_of(loaded.settings.sharing)
    asking = parse_asking(window, by, filter, idle, zone, idle_by=idle_by, sharing=sharing, now=datetime.now(UTC))
    write_report(loaded.settings, asking, wish)


def parse_asking(
    window: str, by: str, filter: str, idle: str, zone: str, *, idle_by: str = "node", sharing: Sharing | None = None, now: datetime
) -> Asking:
    """What a user asks for, parsed; the window cut at `now`. Raises UsageError."""
    tz = parse_zone(zone)
    question = replace(Question.of(by, filter, idle), idle_by=parse_idle_by(idle_by), sharing=sharing)
    asked = parse_window(window, now=now, zone=tz).clip(now)
    return Asking(asked, question, tuple(group.name for group in question.by), filter, question.idle.value, zone.strip())


def chosen_output(output: Output | None, file: Path | None) -> Output:
    """The form: as told, else by the file's suffix, else a table.

    Raises BadParameter for Parquet on a terminal and for a file that cannot be written, before anything is asked.
    """
    if (file is not None and not (os.access(file, os.W_OK) if file.exists() else os.access(file.parent, os.W_OK))) or (
        file and file.is_dir()
    ):
        raise BadParameter(f"--output-file {file} cannot be written", expected="a file in a folder that exists and may be written to")
    suffix = file.suffix.lower().removeprefix(".") if file else ""
    chosen = output or (Output(suffix) if suffix in set(map(str, Output)) else Output.TABLE)
    if chosen is Output.PARQUET and file is None and sys.stdout.isatty():
        raise BadParameter("Parquet is no text for a terminal", expected="a file or a pipe", cure="add --output-file costs.parquet")
    return chosen


def write_report(settings: Settings, asking: Asking, wish: Wish) -> Report:
    """Ask the server of `settings`, and write the report as wished. Raises what asking raises."""
    order = parse_order(wish.sort)
    book = load_book(settings.pricing.book)
    with watching(asking.window.hours) as watch, PrometheusClient(settings.prometheus, progress=watch.answered) as client:
        pieces = LiveLedger(client, book, settings).pieces(asking.window, needs=asking.question.needs)
        found = reckon(pieces, asking, book=book, asked=client.asked, read=watch.read)
    choice = choose(found.table.rows, order, wish.limit)
    if wish.output is Output.TABLE:
        _write_table(found, choice, wish)
    else:
        _write_bytes(WRITERS[wish.output](found, choice), wish.file)
        if wish.output is not Output.JSON:
            say_what_rows_leave_out(terminal.err(), found, choice)
        if wish.stats:
            print_statistics(terminal.err(), found)
    return found


def _write_table(found: Report, choice: Choice, wish: Wish) -> None:
    if wish.file is None:
        print_report(terminal.out(), found, choice, stats=wish.stats)
        return
    with wish.file.open("w", encoding="utf-8") as file:
        print_report(terminal.to_file(file), found, choice, stats=wish.stats)


def _write_bytes(data: bytes, file: Path | None) -> None:
    if file is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        file.write_bytes(data)
