"""One table of one cluster: read its files, write new ones, and commit what is added and removed as the next version, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import polars as pl
import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError

from farthing.core import faults
from farthing.core.errors import LakeTaken, LakeTooOld

from . import parquet
from .objects import Objects, failure
from .snapshot import NO_TABLE, VERSION_KEY, DataFile, Snapshot, follow, load, log_path
from .stored import ALL, FACTS, HOURS, IDENTITIES, StoredTable

CHECKPOINT_EVERY = 100
STAGES: dict[str, tuple[StoredTable, ...]] = {
    "commit": (IDENTITIES, *(fact.stored for fact in FACTS.values()), HOURS),
    "retire": tuple(table for fact in FACTS.values() for table in (fact.superseded, fact.stored)),
    "compact": ALL,
    "migrate": ALL,
}
"""What files are written for, and the tables that are written then."""
_READING_AT_ONCE = 8


def _points() -> Iterator[str]:
    for stage, tables in STAGES.items():
        for table in tables:
            for place in ("before-parquet", "after-parquet", "after-log"):
                yield f"{stage}-{table.name}-{place}"


faults.declare(*_points(), "checkpoint")


@dataclass(frozen=True)
class Change:
    """What a commit does to a table: files that come, files that go.

    moves: the same rows only lie elsewhere afterwards. schema: the table is of this farthing's version afterwards, and was not before.
    """

    added: tuple[DataFile, ...] = ()
    removed: tuple[DataFile, ...] = ()
    moves: bool = False
    schema: bool = False


class LakeTable:
    """A table at `path` of the lake. Knows the newest version that it has seen."""

    def __init__(self, objects: Objects, path: str, table: StoredTable) -> None:
        self.objects, self.path, self.table = objects, path, table
        self._seen: Snapshot | None = None

    def newest(self, *, older: bool = False) -> Snapshot:
        """The newest version. older: a table of an older farthing will do.

        Raises LakeTooNew for a table of a newer farthing, LakeTooOld for one of an older.
        """
        seen = self._seen
        at = follow(self.objects, self.path, self.table, seen) if seen else load(self.objects, self.path, self.table)
        if at.version != NO_TABLE and at.written_as < self.table.version and not older:
            raise LakeTooOld(
                f"{self.told('')} was written by an older farthing: table {self.table.name} has version {at.written_as}",
                expected=f"version {self.table.version}",
                cure="farthing lake migrate brings it up to date; agents of an older farthing must be updated first",
            )
        self._seen = at
        return at

    def check(self) -> None:
        """Look once whether this farthing may read and write the table. Raises as `newest`."""
        if self._seen is None:
            self.newest()

    def rows(self, files: Sequence[DataFile], columns: Sequence[str] | None = None) -> pa.Table:
        """Rows of `files`, or some of their columns. Raises LakeDamaged for a file that is missing or cannot be read."""
        schema = self.table.arrow if columns is None else pa.schema([self.table.arrow.field(c) for c in columns])
        if not files:
            return schema.empty_table()
        if len(files) == 1:
            return self._file(files[0], schema)
        with ThreadPoolExecutor(min(_READING_AT_ONCE, len(files))) as pool:
            return pa.concat_tables(pool.map(lambda file: self._file(file, schema), files))

    def _file(self, file: DataFile, schema: pa.Schema) -> pa.Table:
        told = self.told(file.path)
        rows = parquet.read(self.data(file.path), told, schema.names)
        try:
            return rows.cast(schema)
        except (pa.ArrowException, ValueError) as error:
            raise parquet.damaged(told, f"has other columns than table {self.table.name} ({error})") from error

    def data(self, path: str) -> bytes:
        """A file as it lies there. Raises LakeDamaged when it is missing."""
        data = self.objects.get(f"{self.path}/{path}")
        if data is None:
            raise parquet.damaged(self.told(path), "is not there")
        return data

    def told(self, path: str) -> str:
        """A file, or the table itself, as messages call it."""
        return self.objects.place.table(f"{self.path}/{path}".rstrip("/"))

    def write(self, rows: pa.Table, parts: pl.Series | None, stage: str) -> tuple[DataFile, ...]:
        """Write files of `rows`, one for each value of `parts` (the partition of every row). They are no part of the table yet."""
        if not rows.num_rows:
            return ()
        faults.reach(f"{stage}-{self.table.name}-before-parquet")
        files = []
        for part, some in _split(rows, parts):
            data = parquet.written(self.table, some)
            name = f"part-{uuid.uuid4().hex}.parquet"
            path = f"{self.table.partition}={part}/{name}" if self.table.partition else name
            low, high = parquet.extent(self.table, some)
            self.objects.put(f"{self.path}/{path}", data)
            files.append(DataFile(path, len(data), some.num_rows, part, _numbers(low), _numbers(high)))
        faults.reach(f"{stage}-{self.table.name}-after-parquet")
        return tuple(files)

    def commit(self, base: Snapshot, change: Change, *, now: datetime, stage: str) -> Snapshot:
        """Make `change` the version after `base`. Raises LakeTaken when somebody else's commit has that number."""
        version = base.version + 1
        entry = b"\n".join(orjson.dumps(action) for action in self._actions(base, change, now, stage)) + b"\n"
        if not self.objects.create(log_path(self.path, version), entry):
            self._seen = None
            raise LakeTaken(
                f"another writer committed to {self.objects.place.table(self.path)} first (version {version})",
                expected="one writer for each cluster",
                cure="see which agents run for this cluster; what the other one committed is whole, and this commit may be repeated",
            )
        faults.reach(f"{stage}-{self.table.name}-after-log")
        gone = {file.path for file in change.removed}
        files = {path: file for path, file in base.files.items() if path not in gone}
        files.update((file.path, file) for file in change.added)
        self._seen = Snapshot(version, files, self.table.version if change.schema else base.written_as or self.table.version)
        if version and version % CHECKPOINT_EVERY == 0:
            self.checkpoint()
        return self._seen

    def checkpoint(self) -> None:
        """Write the newest version's files in one piece, so that readers need not follow the whole log."""
        url = self.objects.place.table(self.path)
        try:
            DeltaTable(url, storage_options=dict(self.objects.place.options) or None).create_checkpoint()
        except (DeltaError, OSError, ValueError) as error:
            raise failure(f"writing a checkpoint of {url}", error) from error
        faults.reach("checkpoint")

    def _actions(self, base: Snapshot, change: Change, now: datetime, stage: str) -> Iterator[dict[str, object]]:
        stamp = int(now.timestamp() * 1000)
        yield {
            "commitInfo": {
                "timestamp": stamp,
                "operation": "OPTIMIZE" if change.moves else "WRITE",
                "operationParameters": {"stage": stage},
                "engineInfo": "farthing",
                "txnId": uuid.uuid4().hex,  # so that nobody else's entry can be taken for ours
            }
        }
        if base.version == NO_TABLE:
            yield {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}
        if base.version == NO_TABLE or change.schema:
            yield {"metaData": self._metadata(stamp)}
        for file in change.removed:
            yield {
                "remove": {
                    "path": file.path,
                    "deletionTimestamp": stamp,
                    "dataChange": not change.moves,
                    "extendedFileMetadata": True,
                    "partitionValues": self._part(file),
                    "size": file.size,
                }
            }
        for file in change.added:
            told = {"numRecords": file.rows, "minValues": self._told(file.low), "maxValues": self._told(file.high)}
            yield {
                "add": {
                    "path": file.path,
                    "partitionValues": self._part(file),
                    "size": file.size,
                    "modificationTime": stamp,
                    "dataChange": not change.moves,
                    "stats": orjson.dumps(told).decode(),
                }
            }

    def _metadata(self, stamp: int) -> dict[str, object]:
        return {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"farthing:{self.path}")),
            "name": self.table.name,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": Schema.from_arrow(self.table.logged).to_json(),
            "partitionColumns": [self.table.partition] if self.table.partition else [],
            "createdTime": stamp,
            "configuration": {VERSION_KEY: str(self.table.version), "delta.dataSkippingStatsColumns": ",".join(self.table.ranges)},
        }

    def _part(self, file: DataFile) -> dict[str, str]:
        return {self.table.partition: file.part} if self.table.partition else {}

    def _told(self, ends: object) -> dict[str, object]:
        assert isinstance(ends, dict)
        times = {name for name in ends if pa.types.is_timestamp(self.table.arrow.field(name).type)}
        return {n: f"{datetime.fromtimestamp(v, UTC):%Y-%m-%dT%H:%M:%S.000Z}" if n in times else v for n, v in ends.items()}


def days_of(rows: pa.Table) -> pl.Series:
    """The day of each row's hour, as the partition is spelled."""
    hours = pl.from_arrow(rows["hour"])
    assert isinstance(hours, pl.Series)
    return hours.dt.strftime("%Y-%m-%d")


def _split(rows: pa.Table, parts: pl.Series | None) -> Iterable[tuple[str, pa.Table]]:
    if parts is None:
        yield "", rows
        return
    for part in sorted(parts.unique()):
        yield part, rows.filter((parts == part).to_arrow())


def _numbers(ends: dict[str, object]) -> dict[str, int]:
    return {name: int(v.timestamp()) if isinstance(v, datetime) else int(str(v)) for name, v in ends.items()}
