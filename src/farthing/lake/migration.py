"""Bring tables that an older farthing wrote to the version of this one, by small steps from version to version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import pyarrow as pa

from farthing.core.errors import LakeError, LakeTaken

from . import parquet
from .plan import Step
from .snapshot import NO_TABLE, DataFile
from .table import Change, LakeTable

_TRIES = 5


@dataclass(frozen=True)
class Migration:
    """`rewrite` makes rows of version `to` of the table out of rows of version `to` - 1."""

    table: str
    to: int
    rewrite: Callable[[pa.Table], pa.Table]


def migration(cluster: str, tables: Sequence[LakeTable], migrations: Sequence[Migration], *, now: datetime) -> list[Step]:
    """A step for every table that is older than this farthing: all its files are written anew and take the old ones' place at once.

    Raises LakeError where a step between two versions is missing: a bug of ours.
    """
    steps = []
    for table in tables:
        at = table.newest(older=True)
        if at.version != NO_TABLE and at.written_as < table.table.version:
            chain = _chain(table, at.written_as, migrations)
            size = sum(file.size for file in at.files.values())
            what = f"from version {at.written_as} to {table.table.version}"
            steps.append(Step(cluster, table.table.name, "", what, len(at.files), size, _Run(table, chain, now)))
    return steps


@dataclass(frozen=True)
class _Run:
    table: LakeTable
    chain: tuple[Migration, ...]
    now: datetime

    def __call__(self) -> str:
        for _ in range(_TRIES):
            base = self.table.newest(older=True)
            if base.written_as >= self.table.table.version:
                return "nothing to do"
            files = list(base.files.values())
            # A file at a time: a table may be larger than memory. Written before, committed at once.
            added = tuple(new for file in files for new in self._rewritten(file.path, file.part))
            try:
                self.table.commit(base, Change(added, tuple(files), moves=True, schema=True), now=self.now, stage="migrate")
            except LakeTaken:
                continue
            return f"{len(files)} files are of version {self.table.table.version} now"
        raise LakeTaken(f"{self.table.path}: others committed {_TRIES} times in a row", cure="stop the cluster's agent, and try again")

    def _rewritten(self, path: str, part: str) -> Iterator[DataFile]:
        rows = parquet.read(self.table.data(path), self.table.told(path))
        for one in self.chain:
            rows = one.rewrite(rows)
        parts = pl.repeat(part, rows.num_rows, eager=True) if self.table.table.partition else None
        yield from self.table.write(rows, parts, "migrate")


def _chain(table: LakeTable, version: int, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    mine = {one.to: one for one in migrations if one.table == table.table.name}
    missing = [to for to in range(version + 1, table.table.version + 1) if to not in mine]
    if missing:
        raise LakeError(f"no migration leads table {table.table.name} to version {missing[0]}", expected="one for every version")
    return tuple(mine[to] for to in range(version + 1, table.table.version + 1))
