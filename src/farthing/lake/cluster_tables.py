"""The tables of one cluster, and where they lie in the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .claim import Claims
from .head import HeadObject
from .manifest import Manifest
from .names import Names
from .objects import Entry, Objects
from .place import folder_of
from .stored import FACTS, HOURS, IDENTITIES, FactTable
from .table import LakeTable


@dataclass(frozen=True)
class Pair:
    """One of the tables of facts: rows that count (or never did), and rows that once did."""

    fact: FactTable
    live: LakeTable
    superseded: LakeTable


@dataclass(frozen=True)
class ClusterTables:
    """Everything of one cluster."""

    cluster: str
    folder: str
    objects: Objects
    manifest: Manifest
    names: Names
    facts: Mapping[str, Pair]
    head: HeadObject
    claims: Claims

    def clock(self) -> datetime:
        """What time it is for the object store."""
        return self.objects.clock(f"{self.folder}/_claim")

    def older(self, folder: str, keep: timedelta) -> tuple[Entry, ...]:
        """Objects under `folder` that were written longer than `keep` ago, by the store's clock."""
        before = self.clock() - keep
        return tuple(entry for entry in self.objects.entries(folder) if entry.written < before)

    def tables(self) -> tuple[LakeTable, ...]:
        """All of them, the manifest last."""
        live = (t for pair in self.facts.values() for t in (pair.live, pair.superseded))
        return (self.names.table, *live, self.manifest.table)


def cluster_tables(objects: Objects, cluster: str) -> ClusterTables:
    """The tables of `cluster`; nothing is read or written. Raises SettingsError for an id that no folder can be named for."""
    folder = folder_of(cluster)

    def pair(fact: FactTable) -> Pair:
        live, superseded = (LakeTable(objects, f"{folder}/{t.name}", t) for t in (fact.stored, fact.superseded))
        return Pair(fact, live, superseded)

    return ClusterTables(
        cluster,
        folder,
        objects,
        Manifest(LakeTable(objects, f"{folder}/{HOURS.name}", HOURS)),
        Names(LakeTable(objects, f"{folder}/{IDENTITIES.name}", IDENTITIES)),
        {name: pair(fact) for name, fact in FACTS.items()},
        HeadObject(objects, folder),
        Claims(objects, folder),
    )
