"""Which hours are committed, by which run: the table `hours`, whose newest row of an hour says which rows of the other tables count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
import polars as pl
import pyarrow as pa

from farthing.core.errors import LakeTaken
from farthing.core.ledger import Note
from farthing.core.units import HOUR_SECONDS

from .snapshot import DataFile, Snapshot
from .stored import FACTS, HOURS
from .table import Change, LakeTable

COUNTS = tuple(f"{name}_rows" for name in FACTS)
SHOWN = ("hour", "run_id", "recorded_at", *COUNTS)
_TRIES = 5


class Manifest:
    """The manifest of a cluster. Files once read are kept as long as they are part of the table: they never change."""

    def __init__(self, table: LakeTable) -> None:
        self.table = table
        self._read: dict[str, pl.DataFrame] = {}

    def newest(self) -> Snapshot:
        """The newest version; what is read below belongs to a version."""
        return self.table.newest()

    def history(self, at: Snapshot, *, hours: tuple[float, float] | None = None, after: int = 0) -> pl.DataFrame:
        """Every commit of every hour, in order of `sequence`: columns of `HOURS`.

        hours: only hours that start in [from, to), unix s. after: only commits with a larger sequence.
        """
        files = [file for file in at.files.values() if file.meets("sequence", after + 1, float("inf"))]
        if hours is not None:
            files = [file for file in files if file.meets("hour", hours[0], hours[1] - 1)]
        frames = self._frames(at, files)
        rows = pl.concat(frames) if frames else _frame(HOURS.empty())
        if hours is not None:
            start = pl.col("hour").dt.epoch("s")
            rows = rows.filter((start >= hours[0]) & (start < hours[1]))
        return rows.filter(pl.col("sequence") > after).sort("sequence", "hour")

    def _frames(self, at: Snapshot, files: Sequence[DataFile]) -> list[pl.DataFrame]:
        self._read = {path: frame for path, frame in self._read.items() if path in at.files}
        missing = [file for file in files if file.path not in self._read]
        if missing:
            # In one go, in parallel; told apart again by the rows of each.
            rows = _frame(self.table.rows(missing))
            offset = 0
            for file in missing:
                self._read[file.path] = rows.slice(offset, file.rows)
                offset += file.rows
        return [self._read[file.path] for file in files]

    def commit(self, base: Snapshot, rows: pl.DataFrame, *, now: datetime) -> None:
        """Add `rows` (columns of `HOURS`) as the commit after all that `base` has: from here on they count.

        Raises LakeTaken when another commit of this cluster came first.
        """
        known = last_sequence(base)
        added = self.table.write(rows.to_arrow(compat_level=pl.CompatLevel.oldest()), None, "commit")
        for _ in range(_TRIES):
            try:
                self.table.commit(base, Change(added), now=now, stage="commit")
            except LakeTaken:
                base = self.table.newest()
                if last_sequence(base) != known:
                    raise
                # Only files were merged (compaction): the same rows are still the newest.
            else:
                return
        raise LakeTaken(
            f"{self.table.path}: others committed {_TRIES} times in a row", cure="commit again; let compaction run less often meanwhile"
        )


def last_sequence(at: Snapshot) -> int:
    """Number of the newest commit; 0 before the first."""
    return max((file.high["sequence"] for file in at.files.values()), default=0)


def current(history: pl.DataFrame) -> pl.DataFrame:
    """The row that counts of every hour, by hour."""
    return history.unique("hour", keep="last", maintain_order=True).sort("hour")


def current_at(history: pl.DataFrame, when: datetime) -> pl.DataFrame:
    """The rows that counted at `when`."""
    return current(history.filter(pl.col("recorded_at") <= aware(when)))


def aware(moment: datetime) -> datetime:
    """`moment` in UTC. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} must be aware")
    return moment.astimezone(UTC)


def starts(rows: pl.DataFrame) -> list[int]:
    """The hours of `rows` as unix seconds, sorted, each once."""
    return sorted(rows["hour"].dt.epoch("s").unique().to_list())


def hours_between(start: float, end: float) -> tuple[float, float]:
    """The whole hours that [start, end) touches: first start, end."""
    return start // HOUR_SECONDS * HOUR_SECONDS, -(-end // HOUR_SECONDS) * HOUR_SECONDS


def notes_text(notes: Sequence[Note]) -> str:
    """Notes as they are stored."""
    return orjson.dumps([{"text": n.text, "cure": n.cure, "level": n.level, "cluster": n.cluster} for n in notes]).decode()


def notes_of(rows: pl.DataFrame) -> tuple[Note, ...]:
    """The notes of `rows`, each once."""
    told = (Note(**note) for text in rows["notes"].unique(maintain_order=True) for note in orjson.loads(text))
    return tuple(dict.fromkeys(told))


def _frame(rows: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    return frame
