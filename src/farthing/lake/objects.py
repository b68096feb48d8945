"""The object store under a lake: read, put, put only if absent, list, delete. Whatever goes wrong becomes an error of the tree."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, GenericError, PermissionDeniedError, UnauthenticatedError

from farthing.core.errors import LakeDenied, LakeError, LakeFull, LakeTimedOut, LakeUnreachable

from .place import Place

T = TypeVar("T")
CLOCK = "clock-"
_MANY = 1000
_BROKEN_OFF = re.compile("kind: Interrupted")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m↳?")
_XML = re.compile(r"<\?xml.*", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One object of the store: its path, bytes and when it was written, by the store's clock."""

    path: str
    size: int
    written: datetime


class Objects:
    """The objects of one place. Paths are relative to it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._store = place.store

    def get(self, path: str) -> bytes | None:
        """The whole object; None where there is none."""
        with translated(f"reading {self._told(path)}"):
            try:
                return self._again(lambda: bytes(obstore.get(self._store, path).bytes()))
            except FileNotFoundError:
                return None

    def put(self, path: str, data: bytes) -> None:
        """Write the object, all of it or nothing, over one that is there."""
        with translated(f"writing {self._told(path)}"):
            self._again(lambda: obstore.put(self._store, path, data, use_multipart=False))

    def create(self, path: str, data: bytes) -> bool:
        """Write the object if there is none. False: another was there. `data` must be unlike what anybody else would write."""
        with translated(f"writing {self._told(path)}"):
            try:
                self._again(lambda: obstore.put(self._store, path, data, mode="create", use_multipart=False))
            except AlreadyExistsError:
                # An answer that was lost on its way makes the client try again, and meet its own object.
                return self.get(path) == data
        return True

    def entry(self, path: str) -> Entry | None:
        """Size and time of an object; None where there is none."""
        with translated(f"looking at {self._told(path)}"):
            try:
                found = self._again(lambda: obstore.head(self._store, path))
            except FileNotFoundError:
                return None
        return Entry(path, found["size"], found["last_modified"])

    def entries(self, prefix: str) -> list[Entry]:
        """All objects under the folder `prefix`, by path."""
        with translated(f"listing {self._told(prefix)}"):
            found = self._again(lambda: [one for part in obstore.list(self._store, prefix) for one in part])
        return sorted((Entry(one["path"], one["size"], one["last_modified"]) for one in found), key=lambda entry: entry.path)

    def folders(self, prefix: str | None = None) -> list[str]:
        """Names of the folders right under `prefix`, sorted."""
        with translated(f"listing {self._told(prefix or '')}"):
            found = self._again(lambda: obstore.list_with_delimiter(self._store, prefix)["common_prefixes"])
        return sorted(path.rstrip("/").rpartition("/")[2] for path in found)

    def delete(self, paths: Sequence[str]) -> None:
        """Remove objects; one that is gone already is no error."""
        for start in range(0, len(paths), _MANY):
            with translated(f"deleting {self._told(paths[start])} and others"):
                try:
                    obstore.delete(self._store, list(paths[start : start + _MANY]))
                except FileNotFoundError:
                    for path in paths[start : start + _MANY]:
                        self._delete(path)

    def clock(self, folder: str) -> datetime:
        """What time it is for the store: that of an object written now under `folder`, and deleted again."""
        path = f"{folder}/{CLOCK}{uuid.uuid4().hex}"
        self.put(path, b"what time is it?")
        entry = self.entry(path)
        self.delete([path])
        if entry is None:
            raise LakeError(
                f"{self._told(path)} was deleted by somebody else at once", cure="see what else deletes objects there, and try again"
            )
        return entry.written

    def _again(self, ask: Callable[[], T]) -> T:
        """Ask once more where an answer broke off in the middle: that is what the store's client does not do by itself."""
        for _ in range(self.place.retries):
            try:
                return ask()
            except GenericError as error:
                if not _BROKEN_OFF.search(str(error)):
                    raise
        return ask()

    def _delete(self, path: str) -> None:
        if self.entry(path) is not None:
            obstore.delete(self._store, path)

    def _told(self, path: str) -> str:
        return self.place.table(path)


def _full(told: str) -> LakeError:
    cure = "make room and try again; nothing was lost or doubled"
    return LakeFull(f"no space left: {told}", expected="room for the lake", cure=cure)


def _denied(told: str) -> LakeError:
    return LakeDenied(
        f"not allowed: {told}",
        expected="credentials that may list, read, write and delete under this prefix",
        cure="look at lake.access_key_id, and at the policy of the bucket for this cluster's prefix",
    )


def _timed_out(told: str) -> LakeError:
    cure = "try again; raise lake.timeout_seconds if the store is slow"
    return LakeTimedOut(f"no answer in time: {told}", expected="an answer within lake.timeout_seconds", cure=cure)


def _unreachable(told: str) -> LakeError:
    cure = "try again when it does; lake.endpoint tells which it is"
    return LakeUnreachable(f"the store cannot be reached or is overloaded: {told}", expected="a store that answers", cure=cure)


# What the stores' clients say, innards included; the first that is found tells the kind.
_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], LakeError]], ...] = (
    (re.compile(r"No space left|StorageFull|QuotaExceeded|quota exceeded|status code:? 507"), _full),
    (re.compile(r"status code:? 40[13]|AccessDenied|SignatureDoesNotMatch|InvalidAccessKeyId|Permission denied|Read-only file"), _denied),
    (re.compile(r"kind: Timeout|timed out|TimedOut|status code:? 504"), _timed_out),
    (
        re.compile(r"status code:? (?:5\d\d|429)|SlowDown|error sending request|kind: (?:Connect|Interrupted|Request|Body)"),
        _unreachable,
    ),
)


def failure(doing: str, error: BaseException) -> LakeError:
    """What an error of the store is, in the words of the tree."""
    told = f"{doing}: {_short(str(error))}"
    if isinstance(error, PermissionDeniedError | UnauthenticatedError | PermissionError):
        return _denied(told)
    for pattern, kind in _KINDS:
        if pattern.search(str(error)):
            return kind(told)
    return LakeError(told, cure="try again; farthing lake verify tells whether anything is wrong")


@contextmanager
def translated(doing: str, *more: type[Exception]) -> Iterator[None]:
    """Turn errors of the store inside the block, and `more`, into those of the tree."""
    try:
        yield
    except (BaseError, OSError, ValueError, *more) as error:  # type: ignore[misc] # mypy knows no starred classes
        raise failure(doing, error) from error


def _short(text: str) -> str:
    """The first lines of a message of the store: what follows is its innards."""
    kept = _COLOURS.sub("", text.split("\n\nDebug source:")[0])
    code, said = (found[1] if (found := re.search(f"<{tag}>([^<]*)</{tag}>", kept)) else "" for tag in ("Code", "Message"))
    kept = _XML.sub(f"{code}: {said}" if code else "", kept)
    return " ".join(kept.split())[:500]
