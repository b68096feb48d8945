"""What a table's log says at one version: which files are the table. Read by delta-rs; newer entries of the log are followed from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import orjson
import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from farthing.core.errors import LakeTooNew

from .objects import Objects, failure, translated
from .parquet import damaged
from .stored import StoredTable

VERSION_KEY = "farthing.schemaVersion"
NO_TABLE = -1
_TRIES = 3


@dataclass(frozen=True)
class DataFile:
    """One file of a table. `path` is relative to the table; `low` and `high` are the ends of its `ranges` (hours as unix seconds)."""

    path: str
    size: int
    rows: int
    part: str = ""
    low: Mapping[str, int] = field(default_factory=dict, compare=False)
    high: Mapping[str, int] = field(default_factory=dict, compare=False)

    def meets(self, column: str, low: float, high: float) -> bool:
        """May a row of it have `column` in [low, high]? True where the log does not say."""
        return column not in self.low or (self.low[column] <= high and self.high[column] >= low)


@dataclass(frozen=True)
class Snapshot:
    """The files that are the table at `version`; -1: there is no table yet. `written_as` is the schema version it was written with."""

    version: int = NO_TABLE
    files: Mapping[str, DataFile] = field(default_factory=dict)
    written_as: int = 0


def log_path(table_path: str, version: int) -> str:
    """Path of an entry of the log."""
    return f"{table_path}/_delta_log/{version:020d}.json"


def load(objects: Objects, path: str, table: StoredTable) -> Snapshot:
    """The newest version, from the last checkpoint and the log behind it."""
    url = objects.place.table(path)
    delta = _opened(objects, path, url)
    if delta is None:
        return Snapshot()
    with translated(f"opening {url}", DeltaError):
        actions = pl.DataFrame(delta.get_add_actions(flatten=True))
        settings = delta.metadata().configuration
        version = delta.version()
        reader = delta.protocol().min_reader_version
    if reader > 1:
        raise LakeTooNew(
            f"{url} was changed by another engine: reading it needs version {reader} of the table format",
            expected="version 1",
            cure="other engines may read the lake; switch off what they wrote (deletion vectors, column mapping)",
        )
    files = (_of_actions(row, table) for row in actions.iter_rows(named=True))
    return Snapshot(version, MappingProxyType({one.path: one for one in files}), _schema_version(settings, url, table))


def _opened(objects: Objects, path: str, url: str) -> DeltaTable | None:
    """The table; None where there is none. Only an empty log means that: a store that refuses to show it is told apart."""
    tries = 0
    while True:
        try:
            return DeltaTable(url, storage_options=dict(objects.place.options) or None)
        except (DeltaError, OSError, ValueError) as error:
            tries += 1
            missing = isinstance(error, TableNotFoundError) or "No files in log segment" in str(error)
            if missing and not objects.entries(f"{path}/_delta_log"):
                return None
            if not missing or tries == _TRIES:
                raise failure(f"opening {url}", error) from error
            # Its first entry was written between the two looks.


def follow(objects: Objects, path: str, table: StoredTable, known: Snapshot) -> Snapshot:
    """The newest version, by the entries of the log behind `known`; loaded anew where that does not do."""
    if known.version == NO_TABLE:
        return load(objects, path, table)
    files, version = dict(known.files), known.version
    while (entry := objects.get(log_path(path, version + 1))) is not None:
        for action in _actions(entry, log_path(path, version + 1)):
            if "metaData" in action or "protocol" in action:
                return load(objects, path, table)
            _apply(files, action, table)
        version += 1
    if version == known.version:
        # An entry that was cleaned away behind us means that we are far behind.
        return known if objects.entry(log_path(path, version)) is not None else load(objects, path, table)
    return replace(known, version=version, files=MappingProxyType(files))


def _actions(entry: bytes, path: str) -> Iterator[dict[str, Any]]:
    for line in entry.splitlines():
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise damaged(path, "is not JSON") from error


def _apply(files: dict[str, DataFile], action: dict[str, Any], table: StoredTable) -> None:
    if added := action.get("add"):
        told = orjson.loads(added.get("stats") or "{}")
        ends = [{c: _value(v) for c, v in told.get(side, {}).items() if c in table.ranges} for side in ("minValues", "maxValues")]
        part = (added["partitionValues"].get(table.partition) or "") if table.partition else ""
        path = unquote(added["path"])
        files[path] = DataFile(path, added["size"], told.get("numRecords", 0), part, *ends)
    elif removed := action.get("remove"):
        files.pop(unquote(removed["path"]), None)


def _of_actions(row: dict[str, Any], table: StoredTable) -> DataFile:
    ends = [{c: _value(row[f"{side}.{c}"]) for c in table.ranges if row.get(f"{side}.{c}") is not None} for side in ("min", "max")]
    part = str(row[f"partition.{table.partition}"]) if table.partition else ""
    return DataFile(unquote(row["path"]), row["size_bytes"], row["num_records"] or 0, part, *ends)


def _value(told: object) -> int:
    """The end of a range as a number: times as unix seconds."""
    if isinstance(told, str):
        told = datetime.fromisoformat(told)
    if isinstance(told, datetime):
        return int(told.replace(tzinfo=told.tzinfo or UTC).timestamp())
    assert isinstance(told, int)
    return told


def _schema_version(settings: Mapping[str, str | None], url: str, table: StoredTable) -> int:
    text = settings.get(VERSION_KEY) or ""
    if not text.isdigit():
        raise damaged(url, f"is no table of farthing: it has no {VERSION_KEY}")
    version = int(text)
    if version > table.version:
        raise LakeTooNew(
            f"{url} was written by a newer farthing: table {table.name} has version {version}",
            expected=f"version {table.version}, the newest that this farthing knows",
            cure="install the newer farthing here too",
        )
    return version
