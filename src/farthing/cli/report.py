"""`farthing report`: what everything on the clusters of a Prometheus, a lake or a server costs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from farthing.core.errors import BadParameter, SettingsError
from farthing.core.settings import Settings
from farthing.core.settings_loader import DEFAULT, LoadedSettings
from farthing.core.windows import parse_moment, parse_window
from farthing.core.zones import parse_zone
from farthing.lake import open_lake
from farthing.metering.prometheus import Asked, PrometheusClient
from farthing.pricing import load_book
from farthing.roles import LakeLedger, LiveLedger
from farthing.views import Question, Sharing, parse_idle_by, sharing_of, valid_groups

from . import terminal
from .exports import WRITERS
from .flags import with_settings
from .printing import print_report, print_statistics, say_what_rows_leave_out
from .progress import watching
from .reckoning import Asking, Report, reckon
from .remote import RemoteServer
from .remote_report import of_server
from .rows import Choice, choose, parse_order


class Output(StrEnum):
    """Forms of a report."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


class Place(StrEnum):
    """Where a report is read from."""

    PROMETHEUS = "prometheus"
    LAKE = "lake"
    SERVER = "server"


KEYS = {Place.PROMETHEUS: "prometheus.url", Place.LAKE: "lake.url"}


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
SERVER_HELP = "Read from a farthing that runs (farthing up), e.g. http://127.0.0.1:9090, by its prices and its rules of sharing."
AS_OF_HELP = "With --lake: by the facts and the prices that were known then. Forms: 2026-11-01, 2026-11-01T12:00:00Z, 30d (that long ago)."

Server = Annotated[str, typer.Option("--server", help=SERVER_HELP, metavar="URL", show_default=False)]
AsOf = Annotated[str, typer.Option("--as-of", help=AS_OF_HELP, metavar="TIME", show_default=False)]
Stats = Annotated[bool, typer.Option("--stats", help="Show what the server was asked.")]


@with_settings("prometheus", "metering", "pricing", "sharing", "lake", "")
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
    server: Server = "",
    as_of: AsOf = "",
    loaded: LoadedSettings,
) -> None:
    """What everything on your clusters costs: straight from a Prometheus, from a lake, or from a server that runs.

    Exactly one of --prometheus, --lake and --server says where from. Nothing is installed, nothing is kept.
    """
    wish = Wish(chosen_output(output, output_file), output_file, sort, limit, stats)
    place = place_of(loaded, server, as_of)
    now = datetime.now(UTC)
    when = parse_moment(as_of, now=now, zone=parse_zone(zone)) if as_of else None
    sharing = None if no_sharing else sharing_of(loaded.settings.sharing)
    asking = parse_asking(window, by, filter, idle, zone, idle_by=idle_by, sharing=sharing, now=now)
    match place:
        case Place.PROMETHEUS:
            write_report(loaded.settings, asking, wish)
        case Place.LAKE:
            write(of_lake(loaded.settings, asking, when), wish)
        case Place.SERVER:
            asked = RemoteServer.of(server, loaded.settings)
            write(of_server(asked, asking, default_sharing=not no_sharing and sharing is None), wish)


def place_of(loaded: LoadedSettings, server: str, as_of: str) -> Place:
    """Where a report is read from: what a flag says; without one, the settings' Prometheus, else their lake.

    Raises BadParameter for two flags that contradict, SettingsError where nothing is named.
    """
    flags = [place for place, key in KEYS.items() if loaded.sources[key].startswith("flag ")] + ([Place.SERVER] if server else [])
    if len(flags) > 1:
        told = " and ".join(f"--{place}" for place in flags)
        raise BadParameter(f"{told} name different places to read from", expected="exactly one of --prometheus, --lake and --server")
    if flags:
        found = flags[0]
    elif loaded.settings.prometheus.url.strip() and not as_of:
        found = Place.PROMETHEUS
    elif loaded.sources[KEYS[Place.LAKE]] != DEFAULT or as_of:
        found = Place.LAKE
    else:
        raise SettingsError(
            "no server is named to read from, and no lake",
            expected="the base URL of a server that speaks Prometheus' HTTP API, a lake, or a running farthing",
            cure="add --prometheus http://localhost:9090 (or set FARTHING_PROMETHEUS__URL), --lake FOLDER, or --server "
            "http://127.0.0.1:9090; without a server of your own, try farthing demo",
        )
    if as_of and found is not Place.LAKE:
        raise BadParameter(f"--as-of {as_of} says nothing with --{found}", expected="--lake: only a lake keeps what was known then")
    return found


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
    """Ask the Prometheus of `settings`, and write the report as wished. Raises what asking raises."""
    parse_order(wish.sort)
    book = load_book(settings.pricing.book)
    with watching(asking.window.hours) as watch, PrometheusClient(settings.prometheus, progress=watch.answered) as client:
        pieces = LiveLedger(client, book, settings).pieces(asking.window, needs=asking.question.needs)
        found = reckon(pieces, asking, book=book, asked=client.asked, read=watch.read)
    return write(found, wish)


def of_lake(settings: Settings, asking: Asking, as_of: datetime | None) -> Report:
    """The report from what lies in the lake of `settings`, now or at `as_of`. Raises LakeError, NoData, BadPriceBook."""
    ledger = LakeLedger(open_lake(settings.lake, must_exist=True), settings, as_of=as_of)
    with watching(asking.window.hours) as watch:
        pieces = ledger.pieces(asking.window, needs=asking.question.needs)
        return reckon(pieces, asking, book=ledger.rules.book, asked=Asked(), read=watch.read)


def write(found: Report, wish: Wish) -> Report:
    """Write a report as wished; gives it back. Raises BadField for a column to sort by that there is none of."""
    choice = choose(found.table.rows, parse_order(wish.sort), wish.limit)
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
