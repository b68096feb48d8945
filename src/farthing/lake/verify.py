"""Is a cluster's lake whole? Every hour's tables against the manifest, keys, names, files, versions; with what to do where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import polars as pl

from farthing.core.errors import LakeDamaged, LakeTooNew, LakeTooOld
from farthing.core.ledger import Span

from .cluster_tables import ClusterTables, Pair
from .manifest import current, last_sequence
from .reading import read_facts
from .retire import files_of_hours, intervals, runs_of
from .table import LakeTable

AGAIN = "let the cluster's agent commit these hours again"
LATER = "none needed: nobody reads them, and farthing lake compact takes them away"


class Gravity(StrEnum):
    """How bad it is: an error makes hours unreadable or wrong, a warning may later, information needs nothing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: in which table, which hours (UTC; none where it is not about hours), and what to do."""

    gravity: Gravity
    cluster: str
    table: str
    what: str
    cure: str
    hours: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What was looked at (hours, rows by table), and what was found."""

    cluster: str
    hours: int
    rows: int
    findings: tuple[Finding, ...]


def verify(tables: ClusterTables) -> Verdict:
    """Look at every hour of a cluster, a day at a time. Raises the errors of a store that cannot be reached; all else is a finding."""
    findings = list(_openable(tables))
    if any(finding.gravity is Gravity.ERROR for finding in findings):
        return Verdict(tables.cluster, 0, 0, tuple(findings))
    try:
        history = tables.manifest.history(tables.manifest.newest())
    except LakeDamaged as error:
        told = Finding(Gravity.ERROR, tables.cluster, "hours", error.problem, f"restore it; without it, {AGAIN}")
        return Verdict(tables.cluster, 0, 0, (told,))
    findings += _head(tables, history)
    now = current(history)
    rows = 0
    for _, day in now.group_by(pl.col("hour").dt.date(), maintain_order=True):
        found, count = _day(tables, day, history.join(day.select("hour"), on="hour", how="semi"))
        findings += found
        rows += count
    for pair in tables.facts.values():
        findings += _elsewhere(tables, pair, now)
    return Verdict(tables.cluster, now.height, rows, tuple(findings))


def _openable(tables: ClusterTables) -> Iterator[Finding]:
    for table in tables.tables():
        try:
            table.newest()
        except (LakeTooNew, LakeTooOld, LakeDamaged) as error:
            yield Finding(Gravity.ERROR, tables.cluster, table.table.name, error.problem, error.cure)


def _head(tables: ClusterTables, history: pl.DataFrame) -> Iterator[Finding]:
    newest = last_sequence(tables.manifest.newest())
    cure = "none needed: the next commit, or the agent's start, puts it right"
    try:
        head = tables.head.get()
    except LakeDamaged as error:
        yield Finding(Gravity.WARNING, tables.cluster, "_head", error.problem, cure)
        return
    said = (head.sequence, head.coming) if head else (0, 0)
    if said != (newest, newest) and (history.height or head):
        yield Finding(
            Gravity.WARNING, tables.cluster, "_head", f"it tells of commit {said[0]} and {said[1]} to come, the newest is {newest}", cure
        )


def _day(tables: ClusterTables, day: pl.DataFrame, history: pl.DataFrame) -> tuple[list[Finding], int]:
    """Findings of one day, and how many rows count in it."""
    hours = day["hour"].to_list()
    unreadable = [finding for table in _of_day(tables) for finding in _files(tables, table, hours)]
    if unreadable:
        return unreadable, 0
    span = Span(hours[0].timestamp(), hours[-1].timestamp() + 3600)
    try:
        read = read_facts(tables, span)
    except LakeDamaged as error:
        return [Finding(Gravity.ERROR, tables.cluster, "", error.problem, AGAIN, tuple(hours))], 0
    found = [
        Finding(Gravity.ERROR, tables.cluster, "", reason, AGAIN, tuple(some["hour"]))
        for (reason,), some in read.aside.group_by("reason", maintain_order=True)
    ]
    count = 0
    for name, pair in tables.facts.items():
        rows = getattr(read.facts, name)
        count += rows.height
        twice = rows.filter(rows.select("hour", *pair.fact.key).is_duplicated())["hour"].unique().sort()
        if twice.len():
            found.append(Finding(Gravity.ERROR, tables.cluster, name, "rows share a key", AGAIN, tuple(twice)))
        found += _runs(tables, pair, hours, history)
    return found, count


def _of_day(tables: ClusterTables) -> Iterator[LakeTable]:
    for pair in tables.facts.values():
        yield pair.live
        yield pair.superseded


def _files(tables: ClusterTables, table: LakeTable, hours: Sequence[datetime]) -> Iterator[Finding]:
    """Files of these hours that cannot be read."""
    for file in files_of_hours(table.newest().files.values(), hours):
        try:
            table.rows([file])
        except LakeDamaged as error:
            low, high = (file.low.get("hour", 0), file.high.get("hour", 2**62))
            yield Finding(
                Gravity.ERROR,
                tables.cluster,
                table.table.name,
                error.problem,
                error.cure,
                tuple(h for h in hours if low <= h.timestamp() <= high),
            )


def _runs(tables: ClusterTables, pair: Pair, hours: Sequence[datetime], history: pl.DataFrame) -> Iterator[Finding]:
    """Rows that do not count and are still among those that do; replaced rows that are neither there nor kept."""
    name = pair.fact.name
    live = _counted(pair.live, hours, history)
    kept = _counted(pair.superseded, hours, history)
    runs = intervals(history)
    counts = runs.with_columns(history.sort("hour", "sequence")[f"{name}_rows"].alias("told"))
    replaced = counts.filter(pl.col("current_to").is_not_null() & (pl.col("told") > 0))
    over = live.join(replaced, on=["hour", "run_id"], how="semi")
    if over.height:
        yield Finding(Gravity.INFO, tables.cluster, name, f"{over['found'].sum()} replaced rows have not left yet", LATER, _hours(over))
    unknown = live.join(runs, on=["hour", "run_id"], how="anti")
    if unknown.height:
        told = f"{unknown['found'].sum()} rows are of writers that did not finish, or are at it"
        yield Finding(Gravity.INFO, tables.cluster, name, told, LATER, _hours(unknown))
    either = pl.concat([live, kept]).group_by("hour", "run_id").agg(pl.col("found").max())
    lost = replaced.join(either, on=["hour", "run_id"], how="left").filter(pl.col("found").fill_null(0) != pl.col("told"))
    if lost.height:
        told = f"{lost.height} versions of hours are not kept whole: reports as of then lack them"
        yield Finding(Gravity.WARNING, tables.cluster, f"{name}_superseded", told, "restore the table's files from a backup", _hours(lost))


def _counted(table: LakeTable, hours: Sequence[datetime], history: pl.DataFrame) -> pl.DataFrame:
    """`hour`, `run_id`, `found` of a table in `hours`."""
    rows = runs_of(table.rows(files_of_hours(table.newest().files.values(), hours), ["hour", "run_id"]))
    return rows.join(history.select("hour").unique(), on="hour", how="semi").group_by("hour", "run_id").len("found")


def _elsewhere(tables: ClusterTables, pair: Pair, now: pl.DataFrame) -> Iterator[Finding]:
    """Rows of hours that were never committed: of writers that were killed before their first commit of the hour."""
    known = set(now["hour"].dt.epoch("s").to_list())
    strange = [f for f in pair.live.newest().files.values() if any(h not in known for h in range(f.low["hour"], f.high["hour"] + 1, 3600))]
    try:
        rows = runs_of(pair.live.rows(strange, ["hour", "run_id"])).join(now.select("hour"), on="hour", how="anti")
    except LakeDamaged as error:
        yield Finding(Gravity.WARNING, tables.cluster, pair.fact.name, error.problem, LATER)
        return
    if rows.height:
        told = f"{rows.height} rows are of hours that are not committed: of writers that did not finish, or are at it"
        yield Finding(Gravity.INFO, tables.cluster, pair.fact.name, told, LATER, _hours(rows))


def _hours(rows: pl.DataFrame) -> tuple[datetime, ...]:
    return tuple(rows["hour"].unique().sort())
