"""Price books and rule files as they were: every version is kept, with the time it was recorded; what stands in them is not looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from farthing.core import faults
from farthing.core.errors import ClocksDiffer, LakeTaken

from .objects import Objects
from .parquet import damaged

FOLDER = "_books"
_TRIES = 5

faults.declare("book-before-put", "book-put")


@dataclass(frozen=True)
class BookVersion:
    """A text as it was from `recorded_at` on: `number` counts the versions of all names, from 1."""

    number: int
    name: str
    text: str
    recorded_at: datetime


class Books:
    """All versions of all books of a lake. Versions are objects that are never changed; their numbers have no holes."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def append(self, name: str, text: str, *, now: datetime) -> BookVersion:
        """Record `text` as what `name` says from `now` on; where it says that already, the version that does is given.

        Raises LakeTaken when others recorded at the same moment again and again, ClocksDiffer when `now` lies before the newest version.
        """
        for _ in range(_TRIES):
            same = self.latest(name)
            if same is not None and same.text == text:
                return same
            last = self._newest(self._numbers(), None)
            if last is not None and now < last.recorded_at:
                raise ClocksDiffer(
                    f"it is {now:%Y-%m-%d %H:%M:%S} UTC here, but a book was recorded at {last.recorded_at:%Y-%m-%d %H:%M:%S} UTC",
                    expected="a time after the newest version",
                    cure="set the clock of this machine, or of the one that recorded it; nothing was changed",
                )
            version = BookVersion(last.number + 1 if last else 1, name, text, now.astimezone(UTC))
            faults.reach("book-before-put")
            if self._objects.create(_path(version.number), _written(version)):
                faults.reach("book-put")
                return version
        raise LakeTaken(f"{_TRIES} others recorded books first", cure="try again")

    def latest(self, name: str | None = None) -> BookVersion | None:
        """The newest version of `name`, or of all; None where there is none."""
        return self._newest(self._numbers(), name)

    def first(self) -> BookVersion | None:
        """The oldest version of all; None where there is none."""
        numbers = self._numbers()
        return self._get(numbers[0]) if numbers else None

    def as_of(self, when: datetime, name: str | None = None) -> BookVersion | None:
        """The version of `name`, or of all, that was the newest at `when`."""
        numbers = self._numbers()
        low, high = 0, len(numbers)  # the first version after `when` lies in numbers[low:high], else behind it
        while low < high:
            middle = (low + high) // 2
            if self._get(numbers[middle]).recorded_at <= when:
                low = middle + 1
            else:
                high = middle
        return self._newest(numbers[:low], name)

    def versions(self, name: str | None = None) -> tuple[BookVersion, ...]:
        """All versions of `name`, or of all, oldest first."""
        found = (self._get(number) for number in self._numbers())
        return tuple(version for version in found if name in (None, version.name))

    def _numbers(self) -> list[int]:
        stems = (entry.path.rpartition("/")[2].removesuffix(".json") for entry in self._objects.entries(FOLDER))
        return sorted(int(stem) for stem in stems if stem.isdigit())

    def _newest(self, numbers: list[int], name: str | None) -> BookVersion | None:
        for number in reversed(numbers):
            version = self._get(number)
            if name in (None, version.name):
                return version
        return None

    def _get(self, number: int) -> BookVersion:
        path = _path(number)
        data = self._objects.get(path)
        try:
            if data is None:
                raise KeyError(path)
            told = orjson.loads(data)
            return BookVersion(number, told["name"], told["text"], datetime.fromisoformat(told["recorded_at"]))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise damaged(self._objects.place.table(path), "is no version of a book") from error


def _path(number: int) -> str:
    return f"{FOLDER}/{number:010d}.json"


def _written(version: BookVersion) -> bytes:
    told = {"name": version.name, "text": version.text, "recorded_at": version.recorded_at.isoformat()}
    return orjson.dumps(told)
