"""Cells: what tells rows apart but time, each kept once under a number."""

from __future__ import annotations

import threading

import duckdb
import polars as pl

from farthing.core.schema import IDENTITY

from .tables import CELL_NAMES

CELL_TYPES = {
    "cell": pl.UInt32(), "cluster": pl.String(), "kind": pl.String(), "identity_id": pl.UInt64(), "container": pl.String(),
    "namespace": pl.String(), "asset_id": pl.UInt64(), "node": pl.String(),
}  # fmt: skip
PLACE_TYPES = {"asset_id": pl.UInt64(), "kind": pl.String(), "provider_id": pl.String()}


class Cells:
    """All cells and identities, in memory beside their tables: they only ever grow. Safe among threads."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._lock = threading.Lock()
        found = cursor.execute(f"SELECT cell, {', '.join(CELL_NAMES)} FROM cell ORDER BY cell").pl()
        self._cells = found.cast(CELL_TYPES)  # type: ignore[arg-type]
        self._places = cursor.execute("SELECT asset_id, kind, provider_id FROM place").pl().cast(PLACE_TYPES)  # type: ignore[arg-type]
        self._identities = cursor.execute("SELECT * FROM identity").pl().select(list(IDENTITY.polars)).cast(IDENTITY.polars)  # type: ignore[arg-type]

    @property
    def frame(self) -> pl.DataFrame:
        """`cell` and CELL_NAMES, in the order of their numbers."""
        return self._cells

    @property
    def identities(self) -> pl.DataFrame:
        """IDENTITY rows of every pod that has a cell."""
        return self._identities

    @property
    def places(self) -> pl.DataFrame:
        """asset_id, kind and provider_id of every asset that was ever there."""
        return self._places

    def number(self, cursor: duckdb.DuckDBPyConnection, rows: pl.DataFrame, identities: pl.DataFrame, assets: pl.DataFrame) -> Numbered:
        """`rows` with their `cell`. What is new is written through `cursor`; take it over by `keep` once it is committed.

        `rows`: CELL_NAMES and more; `identities`: IDENTITY rows of their pods; `assets`: ASSET rows.
        """
        with self._lock:
            known, known_ids, known_places = self._cells, self._identities, self._places
        joined = rows.join(known, on=CELL_NAMES, how="left", nulls_equal=True, maintain_order="left")
        fresh = joined.filter(pl.col("cell").is_null()).select(CELL_NAMES).unique(maintain_order=True)
        if fresh.height:
            first = known.height
            fresh = fresh.with_row_index("cell", offset=first).select(list(CELL_TYPES))
            _insert(cursor, "cell", fresh)
            both = pl.concat([known, fresh])
            joined = rows.join(both, on=CELL_NAMES, how="left", nulls_equal=True, maintain_order="left")
        used = identities.unique("identity_id", keep="last", maintain_order=True)
        new_ids = used.join(known_ids, on="identity_id", how="anti").select(list(IDENTITY.polars))
        if new_ids.height:
            _insert(cursor, "identity", new_ids)
        places = assets.unique("asset_id", keep="any").join(known_places, on="asset_id", how="anti").select(list(PLACE_TYPES))
        if places.height:
            _insert(cursor, "place", places)
        return Numbered(joined, fresh, new_ids, places)

    def keep(self, numbered: Numbered) -> None:
        """Remember what `number` wrote."""
        with self._lock:
            if numbered.fresh.height:
                self._cells = pl.concat([self._cells, numbered.fresh])
            if numbered.identities.height:
                self._identities = pl.concat([self._identities, numbered.identities])
            if numbered.places.height:
                self._places = pl.concat([self._places, numbered.places])


class Numbered:
    """Rows with their cells, and what was new among them."""

    def __init__(self, rows: pl.DataFrame, fresh: pl.DataFrame, identities: pl.DataFrame, places: pl.DataFrame) -> None:
        self.rows = rows
        self.fresh = fresh
        self.identities = identities
        self.places = places


def _insert(cursor: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    cursor.register("incoming", frame.to_arrow())
    cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    cursor.unregister("incoming")
