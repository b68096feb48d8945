"""Facts as they come to be committed: are they whole hours of this cluster, and what does each hour hold?"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import polars as pl
import pyarrow as pa
from polars.exceptions import PolarsError

from farthing.core.errors import BadFacts
from farthing.core.ledger import Facts
from farthing.core.units import HOUR_SECONDS

from .stored import FACTS, FactTable

_UNHASHED = ("recorded_at",)  # measuring the same again is no news


@dataclass(frozen=True)
class EncodedFacts:
    """Facts ready to be stored: rows of each table, and for every hour of the span its digest and counts (`hour`, `digest`, `…_rows`)."""

    rows: Mapping[str, pa.Table]
    hours: pl.DataFrame

    def of_hours(self, table: str, hours: Sequence[datetime]) -> pa.Table:
        """Rows of `table` in these hours."""
        rows = self.rows[table]
        whole = len(hours) == self.hours.height
        return rows if whole else rows.filter(pa.compute.is_in(rows["hour"], value_set=pa.array(hours, rows["hour"].type)))


def encode_facts(facts: Facts, cluster: str) -> EncodedFacts:
    """Check and encode. Raises BadFacts when they are not whole hours of `cluster`, or rows are outside them, twice, or not finite."""
    if facts.span.start % HOUR_SECONDS or facts.span.end % HOUR_SECONDS or facts.span.end <= facts.span.start:
        raise BadFacts(f"facts from {facts.span.start} to {facts.span.end} (unix s)", expected="one or more whole hours")
    starts = [datetime.fromtimestamp(s, UTC) for s in range(int(facts.span.start), int(facts.span.end), HOUR_SECONDS)]
    told = pl.DataFrame({"hour": starts}, schema={"hour": pl.Datetime("us", "UTC")})
    rows: dict[str, pa.Table] = {}
    digests = []
    for name, table in FACTS.items():
        frame = _conformed(table, getattr(facts, name))
        _check(table, frame, cluster, told)
        rows[name] = _encoded(table, frame)
        told = told.join(frame.group_by("hour").len(f"{name}_rows").cast({f"{name}_rows": pl.Int64}), on="hour", how="left")
        digests.append(_row_digests(table, rows[name]))
    strangers = facts.identity.filter(pl.col("cluster") != cluster) if "cluster" in facts.identity.columns else facts.identity.clear()
    if strangers.height:
        raise BadFacts(f"{strangers.height} names are of cluster {strangers['cluster'][0]!r}", expected=f"cluster {cluster!r} alone")
    told = told.sort("hour").fill_null(0).with_columns(_hour_digests(told.sort("hour")["hour"], digests))
    return EncodedFacts(rows, told)


def _conformed(table: FactTable, frame: pl.DataFrame) -> pl.DataFrame:
    try:
        return table.ledger.conform(frame)
    except (ValueError, PolarsError) as error:
        raise BadFacts(f"rows of {table.name} do not have the ledger's columns: {error}", expected="the columns of core.schema") from error


def _check(table: FactTable, frame: pl.DataFrame, cluster: str, hours: pl.DataFrame) -> None:
    others = frame.filter(pl.col("cluster") != cluster)
    if others.height:
        raise BadFacts(
            f"{others.height} rows of {table.name} are of cluster {others['cluster'][0]!r}", expected=f"cluster {cluster!r} alone"
        )
    outside = frame.join(hours, on="hour", how="anti")
    if outside.height:
        raise BadFacts(
            f"{outside.height} rows of {table.name} are outside the span, e.g. of {outside['hour'][0]}", expected="hours of facts.span"
        )
    twice = frame.filter(frame.select("hour", *table.key).is_duplicated())
    if twice.height:
        raise BadFacts(
            f"{twice.height} rows of {table.name} share a key, e.g. {twice.select('hour', *table.key).row(0)}", expected="one row a key"
        )
    floats = [name for name, kind in frame.schema.items() if kind == pl.Float64]
    bad = frame.select(pl.col(floats).is_finite().not_().sum()).row(0, named=True) if frame.height and floats else {}
    if any(bad.values()):
        raise BadFacts(
            f"{table.name} has values that are no finite numbers in {[n for n, v in bad.items() if v]}", expected="numbers or NULL"
        )


def _encoded(table: FactTable, frame: pl.DataFrame) -> pa.Table:
    try:
        return table.encode(frame)
    except (PolarsError, pa.ArrowException) as error:
        raise BadFacts(f"rows of {table.name} cannot be stored: {error}", expected="quantities below 2^63 steps") from error


def _row_digests(table: FactTable, rows: pa.Table) -> pl.DataFrame:
    """`hour` and a number for every row, by hour and key."""
    frame = pl.from_arrow(rows.drop_columns(list(_UNHASHED)))
    assert isinstance(frame, pl.DataFrame)
    return (
        frame.select("hour", *table.key)
        .with_columns(frame.hash_rows(seed=1).alias("digest"))
        .sort("hour", *table.key)
        .select("hour", "digest")
    )


def _hour_digests(hours: pl.Series, tables: Sequence[pl.DataFrame]) -> pl.Series:
    parts = [dict(frame.partition_by("hour", as_dict=True, include_key=False, maintain_order=True)) for frame in tables]
    digests = []
    for hour in hours:
        digest = blake2b(digest_size=16)
        for part in parts:
            rows = part.get((hour,))
            data = array("Q", rows["digest"].to_list()).tobytes() if rows is not None else b""
            digest.update(len(data).to_bytes(8, "little") + data)
        digests.append(digest.hexdigest())
    return pl.Series("digest", digests, dtype=pl.String)
