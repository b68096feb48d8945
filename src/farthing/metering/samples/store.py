"""The embedded store of raw samples: what came in the last days, hour by hour, in files of its own.

A batch goes to the log of its hour and is safe after the next sync. Logs become parts in columns when they are long, and when their
hour is over all files of the hour become one. Nothing is read into memory but what is asked for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import polars as pl

from farthing.core import faults
from farthing.core.errors import StorageError
from farthing.core.ledger import Note, Span
from farthing.core.settings import MeteringSettings, SamplesSettings
from farthing.core.units import HOUR_SECONDS

from .files import Folder, HourFile
from .hours import by_hour, not_after
from .log import Log, sync_folder, whole_frames, written_failed
from .notes import LEFT_OUT, TENDING, StoreNotes
from .part import Part
from .rows import METRIC, Content, contents, nothing, rows_of_frames, together, with_columns
from .sealing import part_of_log, part_of_parts
from .series import Batch

if TYPE_CHECKING:
    from .source import SampleSource

OPEN_LOGS = 4  # hours that are written at the same time; samples come nearly in order
REMEMBERED_BYTES = 128 << 20  # of rows of logs
SEALED, MERGED = "samples-part-written", "samples-parts-merged"
faults.declare(SEALED, MERGED)


@dataclass(frozen=True)
class Appended:
    """What became of a batch: samples `written`, and those left out for being `late` (older than is kept) or `early` (in the future)."""

    written: int
    late: int = 0
    early: int = 0


@dataclass(frozen=True)
class Held:
    """A file as far as it was written at some moment: `limit` bytes of a log, 0 for all of a file that no longer grows."""

    file: HourFile
    limit: int = 0


class SampleStore:
    """Samples in the folder `path`; one process at a time. A context manager. May be used by several threads.

    Raises StorageError where the folder cannot be written or is in use. What is damaged is set aside and told by `notes`.
    """

    def __init__(self, path: Path, settings: SamplesSettings) -> None:
        self.settings = settings
        self._folder = Folder(path)
        self._lock = threading.RLock()
        self._tending = threading.Lock()
        self._notes = StoreNotes()
        self._logs: OrderedDict[int, Log] = OrderedDict()
        self._parts: dict[HourFile, Part] = {}
        self._read: OrderedDict[Held, pl.DataFrame] = OrderedDict()
        self._synced_at: float | None = None
        self._written_at: dict[int, float] = {}
        self._files: dict[int, list[HourFile]] = {}
        try:
            for file in self._folder.files():
                if self._sound(file):
                    self._files.setdefault(file.hour, []).append(file)
        except BaseException:
            self._folder.close()
            raise
        self._turn = max((f.turn for fs in self._files.values() for f in fs), default=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The store's folder."""
        return self._folder.path

    @property
    def notes(self) -> list[Note]:
        """What a reader must know: files that could not be read, samples that were left out, a disk without room."""
        return self._notes.told()

    def append(self, batch: Batch, now: float) -> Appended:
        """Keep the samples. now: unix s.

        Samples of hours that are no longer kept, and those further ahead than samples.future_seconds, are left out and counted. Raises
        StorageError where they cannot be written; then nothing of an hour's share of the batch is.
        """
        if not len(batch):
            return Appended(0)
        latest = int((now + self.settings.future_seconds) * 1000)
        with self._lock:
            oldest = self._oldest(now)
            shares = by_hour(batch)
            written = late = early = 0
            for hour, share in shares:
                if hour < oldest:
                    late += len(share)
                    continue
                if max(share.t) > latest:
                    share, left = not_after(share, latest)
                    early += left
                if len(share):
                    self._append(hour, share)
                    self._written_at[hour] = now
                    written += len(share)
            if late or early:
                self._notes.tell(
                    LEFT_OUT,
                    f"samples were left out: of the last batch {late:,} too old, {early:,} too far in the future",
                    "compare the clocks of this machine and of who sends",
                    now=now,
                )
            return Appended(written, late, early)

    def sync(self) -> None:
        """Let the disk have everything that was appended. Raises StorageError."""
        with self._lock:
            for hour, log in list(self._logs.items()):
                try:
                    log.sync()
                finally:
                    self._leave_broken(hour)

    def tend(self, now: float, settle_minutes: float = 10) -> None:
        """Housekeeping, to be called every second or so with the time (unix s): syncs what waits too long, puts long logs and hours that
        are over into columns, drops what is no longer kept. A disk without room is told by `notes`; it is tried again next time.
        """
        with self._lock:
            due = self._synced_at is None or not 0 <= now - self._synced_at < self.settings.sync_seconds
            if due:
                self._synced_at = now
        try:
            if due:
                self.sync()
            self._drop(now)
            for hour, over in self._ripe(now, settle_minutes * 60):
                self._into_columns(hour, whole=over)
        except StorageError as error:
            self._notes.tell(TENDING, error.problem, error.cure)
        else:
            self._notes.forget(TENDING)

    def seal(self, hour: int) -> None:
        """Put everything of an hour (unix s of its start) into one file of columns. Raises StorageError; then nothing is lost."""
        self._into_columns(hour, whole=True)

    def _into_columns(self, hour: int, *, whole: bool) -> None:
        """Logs into parts: all of them and the parts into one, or only those that are not written any more."""
        with self._tending:
            with self._lock:
                log = self._logs.pop(hour, None) if whole else self._logs.get(hour)
                if log and whole:
                    log.close()
                files = [f for f in self._files.get(hour, ()) if whole or not log or f.name != log.path.name]
            parts: list[HourFile] = []
            for file in files:
                if file.kind == "parquet":
                    parts.append(file)
                    continue
                part = replace(file, kind="parquet")
                if text := self._folder.mend(file):
                    self._notes.tell(file.name, text)
                part_of_log(self.path / file.name, self._unfinished(part))
                self._replace([file], part, SEALED)
                parts.append(part)
            if whole and len(parts) > 1:
                try:
                    part_of_parts([self._part(f) for f in parts], self._unfinished(parts[-1]))
                except (OSError, ValueError) as error:
                    self._sort_out(parts, error)
                else:
                    self._replace(parts, parts[-1], MERGED)

    def hours(self) -> list[int]:
        """Hours (unix s of their starts) of which anything is kept, in order."""
        with self._lock:
            return sorted(hour for hour, files in self._files.items() if files)

    def held(self) -> dict[int, tuple[Held, ...]]:
        """What is there at this moment, by hour: what `rows` may be asked for, so that all answers are of one moment."""
        with self._lock:
            return {hour: tuple(self._held(f) for f in files) for hour, files in self._files.items() if files}

    def rows(self, hour: int, held: Sequence[Held], metrics: Collection[str], columns: Sequence[str]) -> pl.DataFrame:
        """Rows (see rows.py) of the metrics in an hour. Damaged files are set aside, told, and left out."""
        with self._lock:
            known = set(self._files.get(hour, ()))
            # files that were put together meanwhile: all of the hour as it is now
            now = held if all(h.file in known for h in held) else [self._held(f) for f in self._files.get(hour, ())]
            several = len(now) > 1
            wanted = list(dict.fromkeys((*nothing().columns, *columns))) if several else list(columns)
            parts = [self._rows(h, metrics, wanted) for h in now]
            frame = together([p for p in parts if p is not None]) if several else next((p for p in parts if p is not None), None)
            return with_columns(frame, columns) if frame is not None else nothing(columns)

    def contents(self, held: Iterable[Held]) -> dict[str, list[Content]]:
        """Metric → what each of these files holds of it; of files that are there no more, nothing."""
        found: dict[str, list[Content]] = {}
        with self._lock:
            for one in held:
                if one.file not in self._files.get(one.file.hour, ()):
                    continue
                told = self._part(one.file).contents if one.file.kind == "parquet" else contents(self._log_rows(one))
                for metric, content in told.items():
                    found.setdefault(metric, []).append(content)
        return found

    def source(self, span: Span, settings: MeteringSettings) -> SampleSource:
        """The store as a back end of the measurements table, as it is at this moment. Raises NoData, see SampleSource."""
        from .source import SampleSource

        return SampleSource(self, settings, span)

    def close(self) -> None:
        """Sync, and let another process have the folder."""
        with self._lock:
            try:
                while self._logs:
                    self._logs.popitem()[1].close()
            finally:
                self._folder.close()

    def _append(self, hour: int, share: Batch) -> None:
        log = self._logs.get(hour)
        if log is None:
            while len(self._logs) >= OPEN_LOGS:
                self._logs.popitem(last=False)[1].close()
            self._turn += 1
            file = HourFile(hour, self._turn, "log")
            log = self._logs[hour] = Log(self.path / file.name)
            self._files.setdefault(hour, []).append(file)
        self._logs.move_to_end(hour)
        try:
            log.append(share)
            if log.unsynced >= self.settings.sync_bytes:
                log.sync()
        finally:
            self._leave_broken(hour)
        if log.size >= self.settings.log_bytes:
            self._logs.pop(hour).close()

    def _leave_broken(self, hour: int) -> None:
        """Write no more to the hour's log if that is broken: the next batch begins another."""
        log = self._logs.get(hour)
        if log and log.broken:
            self._logs.pop(hour).close()

    def _sound(self, file: HourFile) -> bool:
        """Can the file be read? What cannot is set aside."""
        try:
            if file.kind == "parquet":
                self._parts[file] = Part(self.path / file.name)
            elif text := self._folder.mend(file):
                self._notes.tell(file.name, text)
        except (OSError, ValueError) as error:
            self._broken(file, error)
            return False
        return True

    def _broken(self, file: HourFile, error: Exception) -> None:
        """Set aside a file that is damaged; raise StorageError where it is not the file's fault."""
        if isinstance(error, OSError) and error.errno is not None:
            raise StorageError(
                f"{self.path / file.name} cannot be read: {error.strerror}",
                expected="files of samples that we may read",
                cure="check their owner and the disk",
            ) from error
        self._notes.tell(file.name, self._folder.set_aside(file, str(error).splitlines()[0]), "samples of that hour are missing")

    def _oldest(self, now: float) -> int:
        """Start of the oldest hour that is kept. A clock that is far ahead drops nothing: hours go only as newer ones come."""
        newest = max(self._files, default=int(now)) + HOUR_SECONDS
        return int(min(now, newest)) // HOUR_SECONDS * HOUR_SECONDS - self.settings.retention_hours * HOUR_SECONDS

    def _drop(self, now: float) -> None:
        with self._tending, self._lock:
            oldest = self._oldest(now)
            for hour in [h for h in self._files if h < oldest]:
                log = self._logs.pop(hour, None)
                if log:
                    log.close()
                for file in self._files.pop(hour):
                    self._parts.pop(file, None)
                    (self.path / file.name).unlink(missing_ok=True)
                self._written_at.pop(hour, None)
            self._folder.drop_aside(oldest)
            self._notes.tidy(oldest, now)

    def _ripe(self, now: float, settle: float) -> list[tuple[int, bool]]:
        """Hours to be put into columns, and whether they are over and not written to for a while, or only have a log that is long."""
        with self._lock:
            ripe = []
            for hour, files in sorted(self._files.items()):
                logs = [f for f in files if f.kind == "log"]
                open_log = self._logs.get(hour)
                over = now >= hour + HOUR_SECONDS + settle
                quiet = not 0 <= now - self._written_at.get(hour, now - settle) < settle
                full = [f for f in logs if open_log is None or self.path / f.name != open_log.path]
                if over and quiet and (logs or len(files) > 1):
                    ripe.append((hour, True))
                elif full:
                    ripe.append((hour, False))
            return ripe

    def _held(self, file: HourFile) -> Held:
        log = self._logs.get(file.hour)
        return Held(file, log.size if log and log.path.name == file.name else 0)

    def _rows(self, held: Held, metrics: Collection[str], columns: Sequence[str]) -> pl.DataFrame | None:
        """Rows of one file; None where it had to be set aside."""
        try:
            if held.file.kind == "parquet":
                return self._part(held.file).read(metrics, columns)
            return with_columns(self._log_rows(held).filter(pl.col(METRIC).is_in(list(metrics))), columns)
        except (OSError, ValueError) as error:
            self._broken(held.file, error)
            self._files[held.file.hour].remove(held.file)
            return None

    def _part(self, file: HourFile) -> Part:
        if file not in self._parts:
            self._parts[file] = Part(self.path / file.name)
        return self._parts[file]

    def _log_rows(self, held: Held) -> pl.DataFrame:
        """Rows of a log; those read last are remembered."""
        found = self._read.pop(held, None)
        if found is None:
            data = (self.path / held.file.name).read_bytes()
            found = rows_of_frames(whole_frames(data[: held.limit] if held.limit else data))
        self._read[held] = found
        while len(self._read) > 1 and sum(int(f.estimated_size()) for f in self._read.values()) > REMEMBERED_BYTES:
            self._read.popitem(last=False)
        return found

    def _unfinished(self, part: HourFile) -> Path:
        """Where a part is written before it has its name."""
        return (self.path / part.name).with_suffix(".tmp")

    def _replace(self, files: Sequence[HourFile], part: HourFile, point: str) -> None:
        """The part is written and gets its name; the files that went into it go. Killed in between, what is left says the same twice."""
        with self._lock:
            try:
                self._unfinished(part).replace(self.path / part.name)
                sync_folder(self.path)
            except OSError as error:
                raise written_failed(self.path / part.name, error) from error
            faults.reach(point)
            self._files[part.hour] = sorted([part, *(f for f in self._files[part.hour] if f not in files)])
            self._parts.pop(part, None)
            for file in files:
                self._parts.pop(file, None)
                for held in [h for h in self._read if h.file == file]:
                    del self._read[held]
                if file != part:
                    (self.path / file.name).unlink(missing_ok=True)

    def _sort_out(self, parts: Sequence[HourFile], error: Exception) -> None:
        """One of several parts cannot be read: it is set aside, the others are put together the next time."""
        broken = []
        for file in parts:
            try:
                part = Part(self.path / file.name)
                part.read(part.contents, part.columns)
            except (OSError, ValueError) as own:
                broken.append(file)
                self._broken(file, own)
        if not broken:
            raise error
        with self._lock:
            self._files[parts[0].hour] = [f for f in self._files[parts[0].hour] if f not in broken]
