"""Small tables that a question joins to the large ones.

They are tables of the cursor, not frames that DuckDB looks at where they lie: a frame is read by one thread and without knowledge of what
is in it, and a join with it takes four times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl


@contextmanager
def beside(cursor: duckdb.DuckDBPyConnection, **frames: pl.DataFrame) -> Iterator[None]:
    """Have each of `frames` as a table of its name while the block runs."""
    for name, frame in frames.items():
        cursor.register("incoming", frame.to_arrow())
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
        cursor.unregister("incoming")
    try:
        yield
    finally:
        for name in frames:
            cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")


def steps_table(steps: list[tuple[int, int]]) -> pl.DataFrame:
    """`at` (an hour or a day) and the `step` it belongs to."""
    return pl.DataFrame(steps, schema={"at": pl.Int32, "step": pl.Int32}, orient="row")
