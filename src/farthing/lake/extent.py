"""How much there is of a cluster: hours, rows, files, bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .cluster_tables import ClusterTables
from .manifest import current, last_sequence


@dataclass(frozen=True)
class Extent:
    """`hours` committed hours from `first` to `end` (None: none), `missing` ones between; the newest commit's number and time; sizes."""

    cluster: str
    hours: int
    first: datetime | None
    end: datetime | None
    missing: int
    commits: int
    recorded_at: datetime | None
    usage_rows: int
    files: int
    bytes: int


def extent(tables: ClusterTables) -> Extent:
    """Look at the manifest and the logs; no other file is read."""
    at = tables.manifest.newest()
    hours = current(tables.manifest.history(at))
    files = [file for table in tables.tables() for file in table.newest().files.values()]
    first, last, recorded = (hours["hour"].min(), hours["hour"].max(), hours["recorded_at"].max())
    between = round((last - first) / timedelta(hours=1)) + 1 if isinstance(first, datetime) and isinstance(last, datetime) else 0
    return Extent(
        tables.cluster,
        hours.height,
        first if isinstance(first, datetime) else None,
        last + timedelta(hours=1) if isinstance(last, datetime) else None,
        between - hours.height,
        last_sequence(at),
        recorded if isinstance(recorded, datetime) else None,
        int(hours["usage_rows"].sum()),
        len(files),
        sum(file.size for file in files),
    )
