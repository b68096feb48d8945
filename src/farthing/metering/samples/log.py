"""The log of an hour: batches of samples in the order in which they came, each in a frame that tells whether it is whole.

A file is MAGIC and then frames: length and CRC-32 of the payload, the payload. A payload is a length and that many bytes with the series
that this file tells for the first time (an Arrow stream of rows without samples), then ids, times (unix ms) and values as 64-bit columns.
"""

from __future__ import annotations

import errno
import io
import os
import struct
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from farthing.core.errors import StorageError

from .rows import ID, series_frame
from .series import Batch, Series

MAGIC = b"farthing samples 1\n"
FRAME = struct.Struct("<II")
LENGTH = struct.Struct("<I")
LARGEST_FRAME = 1 << 30
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Log:
    """A log that is being written, by one process. What `append` has written survives the end of the process; what was synced, the
    machine's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.samples = 0
        self.unsynced = 0
        self.broken = False
        """Nothing more may be written: what was written last may be half there."""
        self._declared: set[int] = set()
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
        except OSError as error:
            raise written_failed(path, error) from error
        try:
            self._write(MAGIC)
            sync_folder(path.parent)
        except (OSError, StorageError):
            os.close(self._file)
            path.unlink(missing_ok=True)
            raise

    def append(self, batch: Batch) -> None:
        """Write a batch whole, or not at all. Raises StorageError."""
        fresh = [s for s in batch.series if s.id not in self._declared]
        told = _told(fresh) if fresh else b""
        payload = b"".join((LENGTH.pack(len(told)), told, batch.ids.tobytes(), batch.t.tobytes(), batch.v.tobytes()))
        if len(payload) > LARGEST_FRAME:
            raise StorageError(f"a batch of {len(payload):,} bytes", expected=f"at most {LARGEST_FRAME:,}", cure="append less at once")
        self._write(FRAME.pack(len(payload), zlib.crc32(payload)) + payload)
        self._declared.update(s.id for s in fresh)
        self.samples += len(batch)

    def sync(self) -> None:
        """Let the disk have what was written. Raises StorageError."""
        if self.unsynced:
            try:
                os.fsync(self._file)
            except OSError as error:
                self.broken = True  # a second try would succeed whatever became of the data
                raise written_failed(self.path, error) from error
            self.unsynced = 0

    def close(self) -> None:
        """Sync, unless it is broken, and close."""
        try:
            if not self.broken:
                self.sync()
        finally:
            os.close(self._file)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            try:
                os.ftruncate(self._file, self.size)  # nothing half-written stays
            except OSError:
                self.broken = True  # reading finds the half and leaves it out
            raise written_failed(self.path, error) from error
        self.size += len(data)
        self.unsynced += len(data)


def _told(series: Sequence[Series]) -> bytes:
    out = io.BytesIO()
    series_frame(series).write_ipc_stream(out, compression="lz4")
    return out.getvalue()


@dataclass(frozen=True)
class Frame:
    """A batch as it was read: `fresh`, the series that its file tells for the first time (bytes of an Arrow stream), and the columns."""

    fresh: memoryview
    ids: memoryview
    t: memoryview
    v: memoryview

    def series(self) -> pl.DataFrame | None:
        """Rows of `fresh` without samples; None where nothing is told."""
        return pl.read_ipc_stream(io.BytesIO(self.fresh)) if self.fresh else None


@dataclass(frozen=True)
class Damage:
    """Bytes [start, end) of a log that are no frame."""

    start: int
    end: int


def frames(data: bytes) -> Iterator[Frame | Damage]:
    """Frames of a log's bytes in order; a stretch that cannot be read is told as Damage, and reading goes on after it where it can."""
    view = memoryview(data)
    at = len(MAGIC)
    if data[:at] != MAGIC:
        yield Damage(0, len(data))
        return
    while at < len(data):
        if at + FRAME.size > len(data):
            yield Damage(at, len(data))
            return
        length, crc = FRAME.unpack_from(data, at)
        end = at + FRAME.size + length
        if length < LENGTH.size or end > len(data):
            yield Damage(at, len(data))
            return
        payload = view[at + FRAME.size : end]
        frame = _frame(payload) if zlib.crc32(payload) == crc else None
        yield frame if frame is not None else Damage(at, end)
        at = end


def _frame(payload: memoryview) -> Frame | None:
    (length,) = LENGTH.unpack_from(payload)
    begin = LENGTH.size + length
    count, rest = divmod(len(payload) - begin, 24)
    if count < 0 or rest:
        return None
    third = 8 * count
    ids, t, v = (payload[begin + i * third : begin + (i + 1) * third] for i in range(3))
    return Frame(payload[LENGTH.size : begin], ids, t, v)


@dataclass(frozen=True)
class Salvage:
    """What can be read of a damaged log: `log`, its new bytes; `damage`, what cannot; `orphans`, samples whose series was told there."""

    log: bytes
    damage: list[Damage]
    orphans: int


def salvage(data: bytes) -> Salvage:
    """The whole frames of a log."""
    good, damage = bytearray(MAGIC), []
    known: set[int] = set()
    orphans = 0
    at = len(MAGIC)
    for frame in frames(data):
        if isinstance(frame, Damage):
            damage.append(frame)
            at = frame.end
            continue
        series = frame.series()
        known.update(series[ID] if series is not None else ())
        if damage:
            orphans += sum(one not in known for one in column("Q", frame.ids))
        end = at + FRAME.size + FRAME.unpack_from(data, at)[0]
        good += data[at:end]
        at = end
    return Salvage(bytes(good), damage, orphans)


def whole_frames(data: bytes) -> list[Frame]:
    """The frames of a log that can be read."""
    return [frame for frame in frames(data) if isinstance(frame, Frame)]


def column(code: str, part: memoryview) -> array[Any]:
    """A column of a frame as an array."""
    out: array[Any] = array(code)
    out.frombytes(part)
    return out


def sync_folder(folder: Path) -> None:
    """Let the disk have the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def written_failed(path: Path, error: OSError) -> StorageError:
    """The error of a write that failed; a disk without room is told as such."""
    if error.errno in NO_ROOM:
        return StorageError(
            f"no room for samples in {path.parent}: {error.strerror}",
            expected="a disk with room for samples.retention_hours of samples",
            cure="free some space, or keep fewer hours (samples.retention_hours); nothing half-written was left",
        )
    return StorageError(
        f"{path} cannot be written: {error.strerror}",
        expected="a folder on a local disk that we may write",
        cure="check samples.path, its owner and its mount",
    )
