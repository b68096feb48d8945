"""How hours are committed. Rows are added to every table under a new run, then the manifest names the run: from that entry on they count.

A reader takes the rows of the runs that the manifest names, so it sees all of a commit or nothing, and a writer that is killed leaves
rows that nobody reads. Only after the manifest do replaced rows leave their tables. Two writers cannot both have the manifest's next
version: the second is told, and the rows of the first are whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from farthing.core import faults
from farthing.core.errors import ClocksDiffer, LakeTaken
from farthing.core.ledger import Facts

from .cluster_tables import ClusterTables, Pair
from .facts import EncodedFacts, encode_facts
from .head import Head
from .manifest import COUNTS, aware, current, last_sequence, notes_text, starts
from .retire import retire
from .snapshot import DataFile, Snapshot
from .stored import HOURS
from .table import Change, days_of

CLOCK_TOLERANCE = timedelta(minutes=5)
_TRIES = 5

faults.declare("head-before-announced", "head-announced", "manifest-committed", "head-before-put", "head-put")


@dataclass(frozen=True)
class Commit:
    """What a commit did: its number and run, the hours (unix s) it made or replaced, those that held the same before, and rows by table."""

    sequence: int
    run_id: str
    hours: tuple[int, ...]
    unchanged: tuple[int, ...]
    rows: Mapping[str, int]


def commit_facts(tables: ClusterTables, facts: Facts, *, now: datetime) -> Commit:
    """Make `facts` what their hours hold. Hours that hold the same already are left as they are, so a repeated commit adds no version.

    Raises BadFacts, LakeTaken when another writer committed meanwhile, ClocksDiffer when `now` lies before what would be replaced.
    """
    now = aware(now)
    encoded = encode_facts(facts, tables.cluster)
    for table in tables.tables():
        table.check()  # before anything is written
    base = tables.manifest.newest()
    history = tables.manifest.history(base, hours=(facts.span.start, facts.span.end))
    tables.names.add(facts, now=now)
    held = current(history).select("hour", "digest")
    changed = encoded.hours.join(held, on=["hour", "digest"], how="anti", maintain_order="left")
    done = Commit(last_sequence(base), "", (), tuple(starts(encoded.hours.join(changed, on="hour", how="anti"))), {})
    before: Mapping[str, Mapping[str, DataFile]] = {}
    if changed.height:
        rows = _manifest_rows(changed, facts, last_sequence(base) + 1, _recorded(now, history))
        before = _write(tables, encoded, rows, base, now=now)
        history = pl.concat([history, rows])
        written = {name: int(changed[f"{name}_rows"].sum()) for name in tables.facts}
        done = Commit(rows["sequence"][0], rows["run_id"][0], tuple(starts(changed)), done.unchanged, written)
    else:
        put_head(tables)
    for name, pair in tables.facts.items():
        # Rows of no known run that were there before this run was added are of writers that were killed, or that will be told they lost.
        retire(pair, encoded.hours["hour"].to_list(), history, within=before.get(name), purge=before.get(name, ()), now=now)
    return done


def put_head(tables: ClusterTables) -> Head | None:
    """Let `_head` say what the manifest says, if it does not; gives it. None where nothing is committed."""
    base = tables.manifest.newest()
    newest, head = last_sequence(base), tables.head.get()
    if not newest or (head is not None and head.sequence == head.coming == newest):
        return head
    return _tell(tables, base, tables.manifest.history(base, after=newest - 1))


def _tell(tables: ClusterTables, at: Snapshot, rows: pl.DataFrame) -> Head:
    """Put the head of the newest commit, whose rows in the manifest are `rows`; at: the manifest with or without them."""
    last = rows.row(0, named=True)
    latest = max([*starts(rows), *(file.high["hour"] for file in at.files.values())])
    head = Head(last["sequence"], last["run_id"], latest, last["recorded_at"], last["sequence"])
    faults.reach("head-before-put")
    tables.head.put(head)
    faults.reach("head-put")
    return head


def _write(
    tables: ClusterTables, encoded: EncodedFacts, rows: pl.DataFrame, base: Snapshot, *, now: datetime
) -> dict[str, Mapping[str, DataFile]]:
    """Rows of every table, then the manifest and the head. Gives the files that each table had before, by path."""
    _announce(tables, rows["sequence"][0], now)
    before = {name: _append(pair, encoded, rows, now=now) for name, pair in tables.facts.items()}
    tables.manifest.commit(base, rows, now=now)
    faults.reach("manifest-committed")
    _tell(tables, base, rows)
    return before


def _announce(tables: ClusterTables, sequence: int, now: datetime) -> None:
    faults.reach("head-before-announced")
    head = tables.head.get() or Head(0, "", 0, now.astimezone(UTC), 0)
    tables.head.put(replace(head, coming=sequence))
    faults.reach("head-announced")


def _append(pair: Pair, encoded: EncodedFacts, rows: pl.DataFrame, *, now: datetime) -> Mapping[str, DataFile]:
    """Add the rows of the changed hours; gives the files that the table had before."""
    mine = encoded.of_hours(pair.fact.name, rows["hour"].to_list())
    run = pl.repeat(rows["run_id"][0], mine.num_rows, dtype=pl.String, eager=True).to_arrow(compat_level=pl.CompatLevel.oldest())
    mine = mine.append_column(pair.live.table.arrow.field("run_id"), run.cast(pair.live.table.arrow.field("run_id").type))
    added = pair.live.write(mine, days_of(mine), "commit")
    for _ in range(_TRIES):
        base = pair.live.newest()
        if not added:
            return base.files
        try:
            pair.live.commit(base, Change(added), now=now, stage="commit")
        except LakeTaken:
            continue  # rows that are only added contradict nobody's; the manifest decides whose count
        return base.files
    raise LakeTaken(f"{pair.live.path}: others committed {_TRIES} times in a row", cure="commit again; nothing of this commit counts")


def _manifest_rows(changed: pl.DataFrame, facts: Facts, sequence: int, recorded: datetime) -> pl.DataFrame:
    return changed.with_columns(
        pl.lit(sequence, dtype=pl.Int64).alias("sequence"),
        pl.lit(uuid.uuid4().hex).alias("run_id"),
        pl.lit(recorded, dtype=pl.Datetime("us", "UTC")).alias("recorded_at"),
        pl.lit(notes_text(facts.notes)).alias("notes"),
        pl.col(COUNTS).cast(pl.Int64),
    ).select(HOURS.arrow.names)


def _recorded(now: datetime, history: pl.DataFrame) -> datetime:
    """When the commit is made: never before what it replaces, so that every hour's versions follow each other."""
    latest = history["recorded_at"].max()
    if not isinstance(latest, datetime) or now >= latest:
        return now
    if latest - now > CLOCK_TOLERANCE:
        raise ClocksDiffer(
            f"it is {now:%Y-%m-%d %H:%M:%S} UTC here, but the hours to be replaced were recorded at {latest:%Y-%m-%d %H:%M:%S} UTC",
            expected="clocks that agree to five minutes",
            cure="set the clock of this machine, or of the one that wrote the hours; nothing was changed",
        )
    return latest
