"""Facts back out of the lake: rows of the runs that the manifest names, now or as of a time. Hours whose tables disagree are set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import pyarrow as pa

from farthing.core.ledger import Facts, Note, Span

from .cluster_tables import ClusterTables, Pair
from .manifest import current, current_at, hours_between, notes_of
from .names import month_of, read_names
from .retire import files_of_hours, runs_of

_RUN = ["hour", "run_id"]


@dataclass(frozen=True)
class HoursRead:
    """Facts, and the hours that were set aside: `hour` and `reason`."""

    facts: Facts
    aside: pl.DataFrame


def read_facts(tables: ClusterTables, span: Span, *, as_of: datetime | None = None) -> HoursRead:
    """The hours that `span` touches, as they count now or counted at `as_of`.

    Hours that are not committed are absent. Raises LakeDamaged for a file that cannot be read.
    """
    manifest = tables.manifest
    history = manifest.history(manifest.newest(), hours=hours_between(span.start, span.end))
    wanted = current(history) if as_of is None else current_at(history, as_of)
    stored = {name: _rows(pair, wanted) for name, pair in tables.facts.items()}
    wrong = [_disagreeing(name, rows, wanted) for name, rows in stored.items()]
    frames = {name: tables.facts[name].fact.decode(rows) for name, rows in stored.items()}
    names, nameless = _names(tables, frames)
    aside = pl.concat([*wrong, nameless]).sort("hour").group_by("hour", maintain_order=True).agg(pl.col("reason").str.join("; "))
    if aside.height:
        frames = {name: frame.join(aside, on="hour", how="anti", maintain_order="left") for name, frame in frames.items()}
        ids = pl.concat([frames["usage"]["identity_id"], frames["flow"]["identity_id"]])
        names = names.filter(pl.col("identity_id").is_in(ids.implode()))
    notes = (*notes_of(wanted), *_note(tables.cluster, aside))
    frames = {name: frame.sort("hour", *tables.facts[name].fact.key) for name, frame in frames.items()}
    facts = Facts(span, frames["usage"], frames["capacity"], frames["flow"], names, notes)
    return HoursRead(facts, aside)


def _rows(pair: Pair, wanted: pl.DataFrame) -> pa.Table:
    """Stored rows of the runs of `wanted` (rows of the manifest), from the live table, else from the superseded ones."""
    column = f"{pair.fact.name}_rows"
    told = wanted.filter(pl.col(column) > 0)
    rows = _of_runs(pair.live.rows(files_of_hours(pair.live.newest().files.values(), told["hour"].to_list())), told)
    missing = told.join(_counts(rows), on="hour", how="anti")
    if not missing.height:
        return rows
    # Replaced since the manifest was read, or asked for as of a time: looked up after the live table, for rows go from there to here.
    older = pair.superseded.rows(files_of_hours(pair.superseded.newest().files.values(), missing["hour"].to_list()))
    return pa.concat_tables([rows, _of_runs(older.select(rows.column_names), missing)])


def _of_runs(rows: pa.Table, wanted: pl.DataFrame) -> pa.Table:
    mine = wanted.select(*_RUN, pl.lit(True).alias("mine"))
    mask = runs_of(rows).join(mine, on=_RUN, how="left", maintain_order="left")["mine"].fill_null(value=False)
    return rows if mask.all() else rows.filter(mask.to_arrow())


def _counts(rows: pa.Table) -> pl.DataFrame:
    return runs_of(rows).group_by("hour").len("found")


def _disagreeing(name: str, rows: pa.Table, wanted: pl.DataFrame) -> pl.DataFrame:
    """Hours that have other rows than the manifest says: `hour`, `reason`."""
    told = (
        wanted.select("hour", pl.col(f"{name}_rows").alias("told"))
        .join(_counts(rows), on="hour", how="left")
        .with_columns(pl.col("found").fill_null(0))
    )
    reason = pl.format(f"{name} has {{}} rows, the manifest tells {{}}", "found", "told").alias("reason")
    return told.filter(pl.col("found") != pl.col("told")).select("hour", reason)


def _names(tables: ClusterTables, frames: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of IDENTITY for usage and flow, and the hours in which one is missing."""
    used = pl.concat([frames[name].select("hour", "identity_id") for name in ("usage", "flow")]).unique()
    months = used.select(month_of(pl.col("hour"))).to_series().unique().to_list()
    names = read_names(tables.names.table, used["identity_id"].unique(), months)
    nameless = used.join(names, on="identity_id", how="anti").group_by("hour").len("pods")
    return names, nameless.select("hour", pl.format("identity lacks {} pods", "pods").alias("reason"))


def _note(cluster: str, aside: pl.DataFrame) -> Sequence[Note]:
    if not aside.height:
        return ()
    first = aside.row(0, named=True)
    when = f"{first['hour']:%Y-%m-%d %H:%M} UTC"
    told = f"{aside.height} hours were set aside because their tables disagree, the first {when}: {first['reason']}"
    return (Note(told, "let the cluster's agent commit these hours again; farthing lake verify lists them", cluster=cluster),)
