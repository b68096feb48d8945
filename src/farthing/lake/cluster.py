"""One cluster of the lake: commit hours, read them, ask what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from farthing.core.errors import BadParameter
from farthing.core.ledger import Facts, Span

from .claim import Claim
from .cluster_tables import ClusterTables
from .commit import Commit, commit_facts, put_head
from .compaction import compaction
from .extent import Extent, extent
from .head import Head
from .manifest import SHOWN, current, current_at, hours_between, last_sequence, starts
from .migration import migration
from .migrations import MIGRATIONS
from .plan import Step
from .reading import read_facts
from .vacuum import vacuum
from .verify import Verdict, verify


@dataclass(frozen=True)
class Changes:
    """Hours (unix s, sorted) that were committed since a cursor, and the cursor to ask with the next time."""

    hours: tuple[int, ...]
    cursor: str


class ClusterLake:
    """The tables of one cluster. It remembers what it has seen of them, so use it again; by one thread at a time."""

    def __init__(self, tables: ClusterTables) -> None:
        self._tables = tables

    @property
    def cluster(self) -> str:
        """The cluster's id."""
        return self._tables.cluster

    def commit(self, facts: Facts, *, now: datetime) -> Commit:
        """Make `facts`, whole hours of this cluster, what every hour of their span holds; an hour without rows is known to be empty then.

        All of it or nothing for readers, whatever happens to the writer; may be repeated: hours that hold the same already stay as they
        are. Rows that are replaced are kept (ledger 11).
        Raises BadFacts; LakeTaken when another writer committed first; ClocksDiffer; the errors of the store.
        """
        return commit_facts(self._tables, facts, now=now)

    def read(self, span: Span, *, as_of: datetime | None = None) -> Facts:
        """The hours that `span` touches, as they are now or were at `as_of`, with the names of the pods in usage and flow.

        Hours that are not committed are absent. Hours whose tables disagree are absent as well, and a note tells of them.
        Used quantities come back to half a step (`lake.stored`), everything else exactly.
        Raises LakeDamaged for a file that cannot be read.
        """
        return read_facts(self._tables, span, as_of=as_of).facts

    def hours(self, span: Span | None = None, *, as_of: datetime | None = None) -> pl.DataFrame:
        """The committed hours as they are now, or were at `as_of`: `hour`, `run_id`, `recorded_at`, `usage_rows`, `capacity_rows`,
        `flow_rows`, by hour."""
        manifest = self._tables.manifest
        between = hours_between(span.start, span.end) if span else None
        history = manifest.history(manifest.newest(), hours=between)
        return (current(history) if as_of is None else current_at(history, as_of)).select(SHOWN)

    def changed_since(self, cursor: str | None) -> Changes:
        """Hours committed since `cursor` (None: all). One small object is read where nothing is new.

        A cursor of another lake, or of one that was put back to an older state, counts as None. Raises BadParameter for no cursor at all.
        """
        sequence, run = _parse(cursor)
        head = self._tables.head.get()
        if head is None or (head.sequence == head.coming == sequence and head.run_id == run):
            return Changes((), cursor or _cursor(0, ""))
        manifest = self._tables.manifest
        newest = manifest.newest()
        last = last_sequence(newest)
        # From the cursor's own commit on: the cursor is of this lake if that is the run that it names.
        rows = manifest.history(newest, after=max(0, sequence - 1))
        known = not sequence or rows.filter((pl.col("sequence") == sequence) & (pl.col("run_id") == run)).height > 0
        fresh = rows.filter(pl.col("sequence") > sequence) if known else manifest.history(newest)
        if not last:
            return Changes((), _cursor(0, ""))
        newest_run = manifest.history(newest, after=last - 1)["run_id"][0]
        return Changes(tuple(starts(fresh)), _cursor(last, newest_run))

    def head(self) -> Head | None:
        """The newest commit as the small object tells it; None before the first."""
        head = self._tables.head.get()
        return head if head is not None and head.sequence else None

    def claim(self, agent: str, *, now: datetime, lease: timedelta) -> Claim:
        """Be the one agent that writes this cluster, for `lease` by the store's clock.

        agent: a name that no other process has. What an agent before left undone of `_head` is done.
        Raises LakeTaken while another holds it.
        """
        claim = self._tables.claims.take(agent, now=now, lease=lease)
        put_head(self._tables)
        return claim

    def renew(self, claim: Claim, *, now: datetime) -> Claim:
        """Hold it for another lease. Raises LakeTaken when another agent has taken it since: this one must stop."""
        return self._tables.claims.renew(claim, now=now)

    def release(self, claim: Claim, *, now: datetime) -> None:
        """Give it back, so that another need not wait for its end."""
        self._tables.claims.release(claim, now=now)

    def extent(self) -> Extent:
        """How much there is: hours, rows, files, bytes."""
        return extent(self._tables)

    def compaction(self, *, now: datetime, keep: timedelta) -> list[Step]:
        """Steps that make every day of every table one sorted file, without rows that do not count; `keep`: as in `vacuum`."""
        return compaction(self._tables, now=now, keep=keep)

    def vacuum(self, *, keep: timedelta) -> list[Step]:
        """Steps that delete what no reader or writer can still need: nothing that was part of a table less than `keep` ago."""
        return vacuum(self._tables, keep=keep)

    def migration(self, *, now: datetime) -> list[Step]:
        """Steps that bring tables of an older farthing to the version of this one."""
        return migration(self.cluster, self._tables.tables(), MIGRATIONS, now=now)

    def verify(self) -> Verdict:
        """Look at every hour: tables against the manifest, keys, names, files, versions. Nothing is changed."""
        return verify(self._tables)


def _cursor(sequence: int, run_id: str) -> str:
    return f"{sequence}.{run_id}"


def _parse(cursor: str | None) -> tuple[int, str]:
    if cursor is None:
        return 0, ""
    number, dot, run = cursor.partition(".")
    if not dot or not number.isdigit():
        raise BadParameter(
            f"{cursor[:80]!r} is no cursor of the lake", expected="what the last answer gave", cure="ask without one for everything"
        )
    return int(number), run
