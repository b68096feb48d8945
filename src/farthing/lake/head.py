"""How far a cluster has got, as one small object that is cheap to poll."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson

from .objects import Objects
from .parquet import damaged


@dataclass(frozen=True)
class Head:
    """The newest commit of a cluster: its number `sequence`, its run, when it was made, and the latest hour of all (unix s).

    `coming` is larger than `sequence` while a commit is being made: whoever polls looks at the manifest then, so that a writer that is
    killed between the manifest and this object hides nothing.
    """

    sequence: int
    run_id: str
    last_hour: int
    recorded_at: datetime
    coming: int


class HeadObject:
    """The object `_head` of a cluster."""

    def __init__(self, objects: Objects, folder: str) -> None:
        self._objects, self._path = objects, f"{folder}/_head"

    def get(self) -> Head | None:
        """None before the first commit is announced. Raises LakeDamaged for one that is no head."""
        data = self._objects.get(self._path)
        if data is None:
            return None
        try:
            told = orjson.loads(data)
            return Head(**(told | {"recorded_at": datetime.fromtimestamp(told["recorded_at"], UTC)}))
        except (orjson.JSONDecodeError, TypeError, KeyError) as error:
            raise damaged(self._objects.place.table(self._path), "is no head of a cluster") from error

    def put(self, head: Head) -> None:
        """Write it over the one before."""
        self._objects.put(self._path, orjson.dumps(asdict(head) | {"recorded_at": head.recorded_at.timestamp()}))
