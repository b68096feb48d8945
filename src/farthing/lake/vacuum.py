"""Objects that no reader or writer can still need: files that left their table, what killed writers left, the log behind a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from farthing.core import faults

from .cluster_tables import ClusterTables
from .objects import CLOCK, Entry, Objects
from .plan import Step
from .snapshot import NO_TABLE
from .table import LakeTable

_LOG = re.compile(r"(\d{20})(?:\.checkpoint(?:\..*)?\.parquet|\.json)")
_STAGED = re.compile(r".*#\d+")  # what a killed writer leaves in a local folder: the name it was going to have, # and a number

faults.declare("vacuum-before-delete", "vacuum-deleted")


def vacuum(tables: ClusterTables, *, keep: timedelta) -> list[Step]:
    """Steps that delete what nobody can need, by the store's clock: nothing that was written or left its table less than `keep` ago."""
    before = tables.clock() - keep
    steps: list[Step] = []
    for table in tables.tables():
        # Listed before the version is looked at: what is written meanwhile is not in the list.
        listed = tables.objects.entries(table.path)
        at = table.newest()
        if at.version == NO_TABLE and not listed:
            continue
        log = [entry for entry in listed if "/_delta_log/" in entry.path]
        files = [entry for entry in listed if entry not in set(log)]
        needed = {f"{table.path}/{path}" for path in at.files} | _left_since(tables.objects, table, log, before)
        unneeded = [entry for entry in files if entry.path not in needed and entry.written < before]
        steps += _step(tables, table.table.name, "delete files that are no part of the table", unneeded)
        steps += _step(tables, table.table.name, "shorten the log", _behind(log, before), first=_checkpointed(table, log))
    clocks = [entry for entry in tables.objects.entries(f"{tables.folder}/_claim") if CLOCK in entry.path and entry.written < before]
    steps += _step(tables, "_claim", "delete what was left of looking at the clock", clocks)
    return [*steps, *_staged(tables, before)]


@dataclass(frozen=True)
class _Deletion:
    objects: Objects
    entries: Sequence[Entry]
    first: Callable[[], None] | None = None

    def __call__(self) -> str:
        if self.first is not None:
            self.first()
        faults.reach("vacuum-before-delete")
        self.objects.delete([entry.path for entry in self.entries])
        faults.reach("vacuum-deleted")
        return f"{len(self.entries)} objects of {sum(e.size for e in self.entries):,} bytes deleted"


def _step(tables: ClusterTables, name: str, what: str, entries: Sequence[Entry], first: Callable[[], None] | None = None) -> Iterator[Step]:
    if entries:
        size = sum(entry.size for entry in entries)
        yield Step(tables.cluster, name, "", what, len(entries), size, _Deletion(tables.objects, entries, first))


def _left_since(objects: Objects, table: LakeTable, log: Sequence[Entry], before: datetime) -> set[str]:
    """Files that left the table after `before`: a reader may still be at an older version."""
    left = set()
    for entry in log:
        if entry.path.endswith(".json") and entry.written >= before:
            for line in (objects.get(entry.path) or b"").splitlines():
                removed = orjson.loads(line).get("remove") if b'"remove"' in line else None
                if removed:
                    left.add(f"{table.path}/{removed['path']}")
    return left


def _behind(log: Sequence[Entry], before: datetime) -> list[Entry]:
    """Entries of the log that are older than `before`, but for the newest one: the checkpoint that comes first has all that they say."""
    told = [(int(match[1]), entry) for entry in log if (match := _LOG.fullmatch(entry.path.rpartition("/")[2]))]
    newest = max((number for number, _ in told), default=0)
    old = [entry for number, entry in told if number < newest and entry.written < before]
    return old if len(old) > 1 else []


def _checkpointed(table: LakeTable, log: Sequence[Entry]) -> Callable[[], None] | None:
    """Write a checkpoint of the newest version, unless it is there."""
    told = [(int(match[1]), entry.path) for entry in log if (match := _LOG.fullmatch(entry.path.rpartition("/")[2]))]
    newest = max((number for number, _ in told), default=0)
    return None if any(number == newest and ".checkpoint" in path for number, path in told) else table.checkpoint


def _staged(tables: ClusterTables, before: datetime) -> Iterator[Step]:
    """In a local folder: parts of files that a killed writer left; the store does not list them."""
    root = tables.objects.place.folder
    if root is None:
        return
    found = [
        path for path in (root / tables.folder).rglob("*") if _STAGED.fullmatch(path.name) and path.stat().st_mtime < before.timestamp()
    ]
    if found:
        size = sum(path.stat().st_size for path in found)
        yield Step(tables.cluster, "", "", "delete parts of files", len(found), size, _Unlinking(found))


@dataclass(frozen=True)
class _Unlinking:
    paths: Sequence[Path]

    def __call__(self) -> str:
        for path in self.paths:
            path.unlink(missing_ok=True)
        return f"{len(self.paths)} parts of files deleted"
