"""`farthing lake`: what is in the lake, is it whole, and its upkeep."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from farthing.core.errors import NoData
from farthing.core.settings_loader import LoadedSettings
from farthing.lake import ClusterLake, Extent, Finding, Gravity, Lake, Step, Verdict, open_lake

from . import terminal
from .flags import with_settings
from .terminal import line, plain

DOCUMENT_VERSION = 1
HELP = "The lake: what is in it, whether it is whole, and its upkeep."
CLUSTER_HELP = "Cluster to look at; may be given several times. Without it: all."
DRY_RUN_HELP = "Say what would be done, and do nothing."
STYLES: dict[Gravity, str] = {Gravity.ERROR: "bold red", Gravity.WARNING: "bold yellow", Gravity.INFO: "bold cyan"}


class Form(StrEnum):
    """Forms of an answer."""

    TABLE = "table"
    JSON = "json"


Clusters = Annotated[list[str] | None, typer.Option("--cluster", help=CLUSTER_HELP, metavar="CLUSTER")]
Output = Annotated[Form, typer.Option("--output", "-o", help="Form.", metavar="|".join(Form))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=DRY_RUN_HELP)]

lake = typer.Typer(name="lake", help=HELP, no_args_is_help=True)


@lake.command("ls")
@with_settings("lake", "")
def ls(*, cluster: Clusters = None, output: Output = Form.TABLE, loaded: LoadedSettings) -> None:
    """List the clusters of the lake: committed hours, commits, rows and bytes."""
    opened = open_lake(loaded.settings.lake, must_exist=True)
    extents = [one.extent() for one in _chosen(opened, cluster)]
    if output is Form.JSON:
        _document("farthing.lake", {"url": opened.url, "clusters": extents})
        return
    console = terminal.out()
    line(console, f"{opened.url} · {len(extents)} clusters")
    if extents:
        console.print(_extents(extents, console))


@lake.command("verify")
@with_settings("lake", "")
def verify(*, cluster: Clusters = None, output: Output = Form.TABLE, loaded: LoadedSettings) -> None:
    """Look at every hour: do its tables agree, is every file readable, every pod named? Ends with 1 when it finds errors."""
    opened = open_lake(loaded.settings.lake, must_exist=True)
    verdicts = [one.verify() for one in _chosen(opened, cluster)]
    if output is Form.JSON:
        _document("farthing.lake.verdict", {"url": opened.url, "clusters": verdicts})
    else:
        for verdict in verdicts:
            _print_verdict(terminal.out(), verdict)
    if any(finding.gravity is Gravity.ERROR for verdict in verdicts for finding in verdict.findings):
        raise typer.Exit(1)


@lake.command("compact")
@with_settings("lake", "")
def compact(*, cluster: Clusters = None, dry_run: DryRun = False, loaded: LoadedSettings) -> None:
    """Make every day of every table one sorted file. Readers and writers go on meanwhile; may be stopped and repeated."""
    keep = timedelta(hours=loaded.settings.lake.keep_hours)
    _carry_out(loaded, cluster, lambda one: one.compaction(now=datetime.now(UTC), keep=keep), dry_run=dry_run)


@lake.command("vacuum")
@with_settings("lake", "")
def vacuum(*, cluster: Clusters = None, dry_run: DryRun = False, loaded: LoadedSettings) -> None:
    """Delete files that no table refers to since lake.keep_hours, by the store's clock, and the log behind a checkpoint."""
    keep = timedelta(hours=loaded.settings.lake.keep_hours)
    _carry_out(loaded, cluster, lambda one: one.vacuum(keep=keep), dry_run=dry_run)


@lake.command("migrate")
@with_settings("lake", "")
def migrate(*, cluster: Clusters = None, dry_run: DryRun = False, loaded: LoadedSettings) -> None:
    """Bring tables that an older farthing wrote to the version of this one. Update the agents that write them first."""
    _carry_out(loaded, cluster, lambda one: one.migration(now=datetime.now(UTC)), dry_run=dry_run)


def _chosen(opened: Lake, names: Sequence[str] | None) -> Iterator[ClusterLake]:
    """The clusters that are named, or all. Raises NoData for a name that is not in the lake."""
    there = opened.clusters()
    for name in names or ():
        if name not in there:
            known = ", ".join(there) or "none yet"
            raise NoData(
                f"the lake at {opened.url} has no cluster {name!r}", expected=f"one of: {known}", cure="farthing lake ls lists them"
            )
    return (opened.cluster(name) for name in names or there)


def _carry_out(loaded: LoadedSettings, names: Sequence[str] | None, plan: Callable[[ClusterLake], list[Step]], *, dry_run: bool) -> None:
    """Show the plan of each cluster, and do it unless it is a dry run."""
    console = terminal.out()
    count = 0
    for cluster in _chosen(open_lake(loaded.settings.lake, must_exist=True), names):
        for step in plan(cluster):
            count += 1
            where = " ".join(word for word in (step.cluster, step.table, step.part) if word)
            line(console, (where, "bold"), f": {step.what}, {step.files:,} files of {step.bytes:,} bytes")
            if not dry_run:
                line(console, step.run(), indent=2)
    line(console, f"{count:,} steps, nothing was done" if dry_run and count else f"{count:,} steps" if count else "nothing to do")


def _extents(extents: Sequence[Extent], console: Console) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("cluster", no_wrap=True)
    for title in ("hours", "missing", "from", "to", "commits", "last commit", "usage rows", "files", "MiB"):
        table.add_column(title, justify="right", no_wrap=True)
    for one in extents:
        times = ("–" if moment is None else f"{moment:%Y-%m-%d %H:%M}" for moment in (one.first, one.end, one.recorded_at))
        first, end, recorded = times
        cells = [one.cluster, f"{one.hours:,}", f"{one.missing:,}", first, end, f"{one.commits:,}", recorded, f"{one.usage_rows:,}"]
        table.add_row(*(plain(cell, console) for cell in [*cells, f"{one.files:,}", f"{one.bytes / 2**20:,.1f}"]))
    return table


def _print_verdict(console: Console, verdict: Verdict) -> None:
    line(console, (verdict.cluster, "bold"), f": {verdict.hours:,} hours, {verdict.rows:,} rows")
    if not verdict.findings:
        line(console, ("whole", "bold green"), indent=2)
    for finding in verdict.findings:
        where = f"{finding.table}: " if finding.table else ""
        line(console, (finding.gravity.value, STYLES[finding.gravity]), f" {where}{finding.what}{_hours(finding)}", indent=2)
        line(console, ("to do ", "bold"), finding.cure, indent=4)


def _hours(finding: Finding) -> str:
    if not finding.hours:
        return ""
    first, last = (f"{hour:%Y-%m-%d %H:%M} UTC" for hour in (finding.hours[0], finding.hours[-1]))
    return f" ({first})" if len(finding.hours) == 1 else f" ({len(finding.hours):,} hours, {first} to {last})"


def _document(kind: str, told: dict[str, object]) -> None:
    document = {"kind": kind, "version": DOCUMENT_VERSION, **told}
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
