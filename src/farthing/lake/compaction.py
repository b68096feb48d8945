"""Many small files of a day become one, sorted; rows that do not count leave on the way. Readers and writers go on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import polars as pl
import pyarrow as pa

from farthing.core.errors import LakeTaken
from farthing.core.units import HOUR_SECONDS

from .cluster_tables import ClusterTables, Pair
from .manifest import current
from .names import read_all_names
from .plan import Step
from .retire import retire, runs_of
from .snapshot import DataFile, Snapshot
from .stored import NAMES
from .table import Change, LakeTable

_TRIES = 5
ENOUGH = 2  # files in a part from which on they are merged


def compaction(tables: ClusterTables, *, now: datetime, keep: timedelta) -> list[Step]:
    """Steps that make every day (month, for names) of every table one file. Those that find nothing to do any more do nothing.

    keep: rows of runs that the manifest does not know are dropped from files older than that, by the store's clock: no writer is at them
    any more.
    """
    steps: list[Step] = []
    for pair in tables.facts.values():
        steps += [
            Step(tables.cluster, pair.live.table.name, part, "merge, drop what does not count", len(files), _size(files), run)
            for part, files in _parts(pair.live.newest())
            for run in [_Live(tables, pair, part, now, keep)]
        ]
        steps += _plain(tables, pair.superseded, now)
    steps += [
        Step(tables.cluster, tables.names.table.table.name, part, "merge", len(files), _size(files), _Names(tables.names.table, part, now))
        for part, files in _parts(tables.names.table.newest())
    ]
    return steps + _plain(tables, tables.manifest.table, now)


def _plain(tables: ClusterTables, table: LakeTable, now: datetime) -> list[Step]:
    return [
        Step(tables.cluster, table.table.name, part, "merge", len(files), _size(files), _Plain(table, part, now))
        for part, files in _parts(table.newest())
    ]


def _parts(at: Snapshot) -> Iterator[tuple[str, list[DataFile]]]:
    """Parts with more than one file."""
    parts: dict[str, list[DataFile]] = {}
    for file in at.files.values():
        parts.setdefault(file.part, []).append(file)
    return ((part, files) for part, files in sorted(parts.items()) if len(files) >= ENOUGH)


class _Plain:
    """Merge all files of a part as they are."""

    def __init__(self, table: LakeTable, part: str, now: datetime) -> None:
        self._table, self._part, self._now = table, part, now

    def __call__(self) -> str:
        for _ in range(_TRIES):
            base = self._table.newest()
            files = [file for file in base.files.values() if file.part == self._part and self._mergeable(file)]
            if len(files) < ENOUGH:
                return "nothing to do"
            try:
                return self._merge(base, files)
            except LakeTaken:
                continue  # somebody committed meanwhile: look again
        raise LakeTaken(f"{self._table.path}: others committed {_TRIES} times in a row", cure="compact again later; nothing was changed")

    def _mergeable(self, file: DataFile) -> bool:  # noqa: ARG002 - others look at it
        return True

    def _merge(self, base: Snapshot, files: Sequence[DataFile]) -> str:
        rows = self._rows(files)
        parts = pl.repeat(self._part, rows.num_rows, eager=True) if self._table.table.partition else None
        added = self._table.write(rows, parts, "compact")
        self._table.commit(base, Change(added, tuple(files), moves=True), now=self._now, stage="compact")
        return f"{len(files)} files of {_size(files):,} bytes became one of {_size(added):,}"

    def _rows(self, files: Sequence[DataFile]) -> pa.Table:
        return self._table.rows(files)


class _Names(_Plain):
    """Merge names: one row for each, though an id was ever committed twice."""

    def _rows(self, files: Sequence[DataFile]) -> pa.Table:
        return NAMES.encode(read_all_names(self._table, files))


class _Live(_Plain):
    """Merge rows that count; what does not count leaves, or stays apart in its file while a writer may be at it."""

    def __init__(self, tables: ClusterTables, pair: Pair, part: str, now: datetime, keep: timedelta) -> None:
        super().__init__(pair.live, part, now)
        self._tables, self._pair, self._keep = tables, pair, keep
        self._known = pl.DataFrame()

    def __call__(self) -> str:
        manifest = self._tables.manifest
        day = datetime.fromisoformat(f"{self._part}T00:00:00+00:00")
        hours = [day + timedelta(hours=hour) for hour in range(24)]
        # The manifest first: what is committed behind it is only not known yet.
        history = manifest.history(manifest.newest(), hours=(day.timestamp(), hours[-1].timestamp() + HOUR_SECONDS))
        self._known = current(history).select("hour", "run_id")
        old = self._tables.older(f"{self._table.path}/{self._table.table.partition}={self._part}", self._keep)
        purge = {entry.path.removeprefix(f"{self._table.path}/") for entry in old}
        left = retire(self._pair, hours, history, purge=purge, now=self._now)
        told = super().__call__()
        return f"{told}; {left:,} rows that do not count left" if left else told

    def _mergeable(self, file: DataFile) -> bool:
        runs = runs_of(self._table.rows([file], ["hour", "run_id"]))
        return not runs.join(self._known, on=["hour", "run_id"], how="anti").height


def _size(files: Sequence[DataFile]) -> int:
    return sum(file.size for file in files)
