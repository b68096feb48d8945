"""The warehouse's file: opened, set aside when it cannot be read, written by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from farthing.core.errors import StorageError
from farthing.views import Sharing

from . import tables
from .sharing import read as read_sharing

MEMORY = ":memory:"


@dataclass(frozen=True)
class State:
    """What the warehouse holds: `version` grows with every change of an answer; `generation` is the one that answers, costed by `rules` and
    shared out by `sharing`; `next_generation` the one that is being costed beside it, if any."""

    version: int
    generation: int
    rules: str
    sharing: str
    next_generation: int | None = None
    next_rules: str | None = None
    next_sharing: str | None = None

    @property
    def schema(self) -> str:
        """The schema of the generation that answers."""
        return schema_of(self.generation)

    def shared_by(self, generation: int | None = None) -> Sharing | None:
        """The rules of sharing of a generation; None: of the one that answers."""
        text = self.next_sharing if generation is not None and generation == self.next_generation else self.sharing
        return read_sharing(text or "null")


def schema_of(generation: int) -> str:
    """Name of a generation's schema."""
    return f"g{generation}"


class Store:
    """One DuckDB file. Reads go on beside the one writer, each on what was there when it began."""

    def __init__(self, path: Path | None, *, memory_mib: int = 256, threads: int = 2, now: datetime) -> None:
        """`path`: None keeps everything in memory. What cannot be read, or is of another layout, is set aside or made anew: `told` says so.

        Raises StorageError when the file is in use by another process or its folder cannot be written.
        """
        self.path = path
        self.told: list[str] = []
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory_mib}MiB",
            "threads": str(threads),
            "preserve_insertion_order": "false",
        }
        self._writing = threading.RLock()
        self._seam = threading.Lock()  # held while something is committed and told in memory: no read begins between the two
        self._connection = self._opened(now)

    def close(self) -> None:
        """Write everything into the file and let it go."""
        with self._writing:
            self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one thread."""
        return self._connection.cursor()

    @contextmanager
    def reading(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, State]]:
        """A cursor in a transaction: everything read through it is of one moment."""
        cursor = self.cursor()
        try:
            with self._seam:
                cursor.begin()
                state = state_of(cursor)  # the first statement fixes what is seen
            yield cursor, state
        finally:
            cursor.rollback()
            cursor.close()

    @contextmanager
    def writing(self, then: Sequence[Callable[[], None]] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor in a transaction that is kept when the block ends well, and undone when it does not. One writer at a time.

        `then`: what is done in memory once it is kept, before anybody reads; may be filled in the block.
        Raises StorageError when there is no room on the disk.
        """
        with self._writing:
            cursor = self.cursor()
            try:
                cursor.begin()
                yield cursor
                with self._seam:
                    cursor.commit()
                    for act in then:
                        act()
            except duckdb.IOException as error:
                _undone(cursor)
                raise _storage(error, self.path) from error
            except BaseException:
                _undone(cursor)
                raise
            finally:
                cursor.close()

    def state(self) -> State:
        """What the warehouse holds now."""
        with self.reading() as (_, state):
            return state

    def _opened(self, now: datetime) -> duckdb.DuckDBPyConnection:
        if self.path is None:
            return _laid_out(duckdb.connect(MEMORY, config=self._config))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _storage(error, self.path) from error
        try:
            connection = duckdb.connect(str(self.path), config=self._config)
            layout = _layout(connection)
        except duckdb.Error as error:
            if "lock" in str(error).lower():
                raise StorageError(
                    f"the warehouse {self.path} is in use by another process",
                    expected="one server for one warehouse",
                    cure="ask the server that runs, or give this one another path (warehouse.path)",
                ) from error
            # a good file on a full disk, or one that may not be read, must not be set aside
            if isinstance(error, duckdb.IOException) and any(word in str(error).lower() for word in ("permission", "no space")):
                raise _storage(error, self.path) from error
            self._set_aside(now, f"cannot be read ({str(error).splitlines()[0]})")
            return _laid_out(duckdb.connect(str(self.path), config=self._config))
        if layout == tables.VERSION:
            return connection
        if layout is None:
            return _laid_out(connection)
        connection.close()
        self._set_aside(now, f"has layout {layout}, this Farthing writes {tables.VERSION}")
        return _laid_out(duckdb.connect(str(self.path), config=self._config))

    def _set_aside(self, now: datetime, why: str) -> None:
        assert self.path is not None
        kept = self.path.with_name(f"{self.path.name}.aside-{now:%Y%m%dT%H%M%S}")
        self.path.rename(kept)
        log = self.path.with_name(self.path.name + ".wal")
        if log.exists():
            log.rename(kept.with_name(kept.name + ".wal"))
        self.told.append(f"the warehouse {self.path} {why}: it is kept as {kept.name}, and a new one is built from the lake")


def state_of(cursor: duckdb.DuckDBPyConnection) -> State:
    """What the warehouse holds, as this cursor's transaction sees it."""
    row = cursor.execute("SELECT version, generation, rules, sharing, next_generation, next_rules, next_sharing FROM state").fetchone()
    assert row is not None
    return State(*row)


def _layout(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The layout that the file was written with; None for an empty file."""
    there = connection.execute("SELECT count(*) FROM information_schema.tables WHERE table_name = 'state'").fetchone()
    if not there or not there[0]:
        return None
    row = connection.execute("SELECT layout FROM state").fetchone()
    return int(row[0]) if row else -1


def _laid_out(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.begin()
    for statement in tables.COMMON:
        connection.execute(statement)
    connection.execute("INSERT INTO state VALUES (?, 0, 0, '', 'null', NULL, NULL, NULL)", [tables.VERSION])
    connection.commit()
    return connection


def _undone(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.TransactionException:  # it failed so that there is no transaction left to undo
        return


def _storage(error: Exception, path: Path | None) -> StorageError:
    text = str(error).splitlines()[0]
    full = "space" in text.lower()
    return StorageError(
        f"the warehouse {path} cannot be written: {text}",
        expected="room on the disk" if full else "a folder that can be written",
        cure="make room; nothing is lost, the work goes on where it stopped"
        if full
        else "give another path (warehouse.path), or the rights",
    )
