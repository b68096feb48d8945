"""Rows that no longer count leave their table: those that once did are kept in `…_superseded`, with the time in which they were current."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl
import pyarrow as pa

from farthing.core.errors import LakeTaken

from .cluster_tables import Pair
from .snapshot import DataFile
from .table import Change, LakeTable, days_of

_TRIES = 5
_RUN = ("hour", "run_id")


def retire(
    pair: Pair,
    hours: Sequence[datetime],
    history: pl.DataFrame,
    *,
    purge: Collection[str],
    now: datetime,
    within: Mapping[str, DataFile] | None = None,
) -> int:
    """Move rows of `hours` that were replaced out of the live table; gives how many left. history: what the manifest tells of these hours.

    within: look into these files (by path) alone. purge: paths of files in which rows of runs that the manifest does not know may be
    dropped, left by writers that were killed; a writer that is under way may have others. Repeating it, or being killed in it, doubles and
    loses nothing: rows are added to the superseded ones before they leave, and only once.
    """
    if within is not None and not files_of_hours(within.values(), hours):
        return 0
    runs = intervals(history)
    for _ in range(_TRIES):
        base = pair.live.newest()
        looked = [file for file in files_of_hours(base.files.values(), hours) if within is None or file.path in within]
        leaving = _leaving(pair.live, looked, hours, runs, purge)
        if not leaving:
            return 0
        files = list(leaving)
        rows = pair.live.rows(files)
        stays = pa.concat_arrays(list(leaving.values()))
        kept, gone = rows.filter(stays), rows.filter(pa.compute.invert(stays))
        try:
            _keep(pair, gone, runs, now=now)
            added = pair.live.write(kept, days_of(kept), "retire")
            pair.live.commit(base, Change(added, tuple(files)), now=now, stage="retire")
        except LakeTaken:
            continue  # somebody appended or merged files meanwhile: look again
        return int(gone.num_rows)
    raise LakeTaken(f"{pair.live.path}: others committed {_TRIES} times in a row", cure="commit again; what is left over is not read")


def intervals(history: pl.DataFrame) -> pl.DataFrame:
    """(`hour`, `run_id`, `current_from`, `current_to`) of every commit; `current_to` is NULL for the one that counts."""
    ordered = history.sort("hour", "sequence")
    return ordered.select(
        *_RUN, pl.col("recorded_at").alias("current_from"), pl.col("recorded_at").shift(-1).over("hour").alias("current_to")
    )


def files_of_hours(files: Iterable[DataFile], hours: Sequence[datetime]) -> list[DataFile]:
    """Those of `files` in which rows of `hours` may be."""
    seconds = sorted(int(hour.timestamp()) for hour in hours)
    days = {f"{hour:%Y-%m-%d}" for hour in hours}
    return [file for file in files if file.part in days and any(file.meets("hour", second, second) for second in seconds)]


def runs_of(rows: pa.Table) -> pl.DataFrame:
    """`hour` and `run_id` of each row, in order."""
    frame = pl.from_arrow(rows.select(list(_RUN)))
    assert isinstance(frame, pl.DataFrame)
    return frame


def _leaving(
    table: LakeTable, files: Sequence[DataFile], hours: Sequence[datetime], runs: pl.DataFrame, purge: Collection[str]
) -> dict[DataFile, pa.Array]:
    """Files with rows that must leave, each with the mask of the rows that stay."""
    told = runs.with_columns((pl.col("current_to").is_null()).alias("stays"))
    found = {}
    for file in files:
        of_file = runs_of(table.rows([file], list(_RUN)))
        marked = of_file.join(told.select(*_RUN, "stays"), on=list(_RUN), how="left", maintain_order="left")
        unknown = pl.lit(file.path not in purge) | ~pl.col("hour").is_in(hours)
        stays = marked.select(pl.coalesce("stays", unknown)).to_series()
        if not stays.all():
            found[file] = stays.to_arrow().cast(pa.bool_())
    return found


def _keep(pair: Pair, gone: pa.Table, runs: pl.DataFrame, *, now: datetime) -> None:
    """Add rows that once counted to the superseded ones, those that are not there yet."""
    base = pair.superseded.newest()
    told = runs.filter(pl.col("current_to").is_not_null())
    hours = runs_of(gone)["hour"].unique().to_list()
    there = runs_of(pair.superseded.rows(files_of_hours(base.files.values(), hours), list(_RUN))).unique()
    told = told.join(there, on=list(_RUN), how="anti")
    marked = runs_of(gone).join(told, on=list(_RUN), how="left", maintain_order="left")
    mask = marked["current_to"].is_not_null()
    if not mask.any():
        return
    ends = marked.filter(mask).select("current_from", "current_to").to_arrow(compat_level=pl.CompatLevel.oldest())
    rows = gone.filter(mask.to_arrow())
    for name in ("current_from", "current_to"):
        rows = rows.append_column(name, ends[name])
    added = pair.superseded.write(rows, days_of(rows), "retire")
    pair.superseded.commit(base, Change(added), now=now, stage="retire")
