"""The store's folder: a file's name tells its hour and its turn, and damaged files are set aside.

    lock                                  held by the one process that writes
    2026-03-02T00.000001.log              batches of the hour (00:00, 01:00] as they came
    2026-03-02T00.000002.parquet          a part of the hour in columns
    set-aside/2026-03-02T00.000003.log    what could not be read

Files of an hour are read in order of their turn.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from farthing.core.errors import StorageError

from .log import salvage, sync_folder, written_failed

SET_ASIDE = "set-aside"
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2})\.(\d{6,})\.(log|parquet)")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class HourFile:
    """A file of samples: `hour` (unix s of its start), `turn`, and what it is."""

    hour: int
    turn: int
    kind: Literal["log", "parquet"]

    @property
    def name(self) -> str:
        return f"{datetime.fromtimestamp(self.hour, UTC):%Y-%m-%dT%H}.{self.turn:06d}.{self.kind}"


def hour_file(name: str) -> HourFile | None:
    """The file of that name; None for any other."""
    found = _NAME.match(name)
    if not found:
        return None
    hour = datetime.strptime(found[1], "%Y-%m-%dT%H").replace(tzinfo=UTC)
    return HourFile(int(hour.timestamp()), int(found[2]), "log" if found[3] == "log" else "parquet")


class Folder:
    """The folder of one store, locked for this process.

    Raises StorageError where it cannot be written, or where another process has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o640)
        except OSError as error:
            raise written_failed(path, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise StorageError(
                f"the samples in {path} are in use by another process",
                expected="one process for each folder of samples",
                cure="end the other one, or set another samples.path",
            ) from error
        for left in path.glob("*.tmp"):
            left.unlink()

    def files(self) -> list[HourFile]:
        """Every file of samples, by hour and turn."""
        return sorted(f for entry in os.scandir(self.path) if entry.is_file() and (f := hour_file(entry.name)) and f.name == entry.name)

    def set_aside(self, file: HourFile, why: str) -> str:
        """Put a file where it is not read; what to tell of it."""
        target = self._aside(file.name)
        (self.path / file.name).rename(target)
        return self._told(f"{file.name} cannot be read ({why}) and was set aside as {SET_ASIDE}/{target.name}")

    def mend(self, file: HourFile) -> str:
        """Leave what can be read of a log and set the whole of it aside if there is more; what to tell, empty where it is sound."""
        path = self.path / file.name
        data = path.read_bytes()
        saved = salvage(data)
        if not saved.damage:
            return ""
        mended = path.with_suffix(".tmp")
        try:
            target = self._aside(file.name)
            with mended.open("wb") as out:
                out.write(saved.log)
                out.flush()
                os.fsync(out.fileno())
            os.link(path, target)
            mended.replace(path)
            sync_folder(self.path)
        except OSError as error:
            mended.unlink(missing_ok=True)
            raise written_failed(path, error) from error
        lost = sum(d.end - d.start for d in saved.damage)
        orphans = f", and {saved.orphans:,} samples whose series was told there" if saved.orphans else ""
        return self._told(
            f"{file.name}: {lost:,} of {len(data):,} bytes cannot be read{orphans}; the file as it was is {SET_ASIDE}/{target.name}"
        )

    def drop_aside(self, before: int) -> None:
        """Delete what was set aside of hours that start before `before`."""
        for name, file in self._set_aside():
            if file.hour < before:
                (self.path / SET_ASIDE / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Let another process have the folder."""
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1

    def _set_aside(self) -> Iterator[tuple[str, HourFile]]:
        aside = self.path / SET_ASIDE
        for entry in list(os.scandir(aside)) if aside.is_dir() else []:
            file = hour_file(entry.name)
            if file:
                yield entry.name, file

    def _aside(self, name: str) -> Path:
        """A free name in the folder of what is set aside."""
        aside = self.path / SET_ASIDE
        aside.mkdir(exist_ok=True)
        target, again = aside / name, 1
        while target.exists():
            target, again = aside / f"{name}.{again}", again + 1
        return target

    @staticmethod
    def _told(text: str) -> str:
        _logger.warning("%s", text)
        return text
