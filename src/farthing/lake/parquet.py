"""Parquet files of the lake: bytes out, bytes in."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from farthing.core.errors import LakeDamaged

from .stored import StoredTable

LEVEL = 6  # of zstd: above it files get hardly smaller, and writing much slower


def written(table: StoredTable, rows: pa.Table) -> bytes:
    """A file of `rows`, which have the table's columns, in the table's order."""
    ordered = rows.select(table.arrow.names).cast(table.arrow)
    if table.order:
        ordered = ordered.sort_by([(name, "ascending") for name in table.order])
    noise = [name for name in table.arrow.names if name in table.noise]
    sink = pa.BufferOutputStream()
    pq.write_table(
        ordered,
        sink,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=[path for path in _leaves(table.arrow) if path not in table.noise],
        column_encoding=dict.fromkeys(noise, "DELTA_BINARY_PACKED") or None,
        write_statistics=list(table.ranges),
        store_schema=False,
        write_page_checksum=True,
    )
    return bytes(sink.getvalue())


def read(data: bytes, path: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Rows of a file, or some of its columns. Raises LakeDamaged for one that cannot be read."""
    try:
        # Whole columns only: a file of the lake is read once and let go.
        return pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read(
            columns=list(columns) if columns is not None else None
        )
    except (pa.ArrowException, OSError, ValueError, EOFError) as error:
        raise damaged(path, f"cannot be read ({str(error).splitlines()[0][:200]})") from error


def damaged(path: str, what: str) -> LakeDamaged:
    """The error of a file of the lake."""
    return LakeDamaged(
        f"{path} {what}",
        expected="the file as it was written",
        cure="restore it, or let the cluster's agent commit its hours again: farthing lake verify tells which",
    )


def extent(table: StoredTable, rows: pa.Table) -> tuple[dict[str, object], dict[str, object]]:
    """Least and largest values of the table's `ranges`, as Python values; both empty without rows."""
    if not rows.num_rows or not table.ranges:
        return {}, {}
    ends = {name: pc.min_max(rows[name]) for name in table.ranges}
    return {n: e["min"].as_py() for n, e in ends.items()}, {n: e["max"].as_py() for n, e in ends.items()}


def _leaves(schema: pa.Schema) -> list[str]:
    """Paths of the columns as Parquet counts them: the parts of lists and structs each for itself."""
    leaves: list[str] = []
    for field in schema:
        leaves.extend(_leaf_paths(field.name, field.type))
    return leaves


def _leaf_paths(path: str, kind: pa.DataType) -> list[str]:
    if pa.types.is_list(kind):
        return _leaf_paths(f"{path}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [leaf for field in kind for leaf in _leaf_paths(f"{path}.{field.name}", field.type)]
    return [path]
