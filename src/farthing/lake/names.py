"""Names of pods in the lake: each once in every month in which it is seen, its validity widened as more of it is seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from farthing.core.errors import BadFacts, LakeTaken
from farthing.core.ledger import Facts
from farthing.core.schema import IDENTITY

from .snapshot import DataFile, Snapshot
from .stored import NAMES
from .table import Change, LakeTable

_TRIES = 5
_VALIDITY = ("identity_id", "valid_from", "valid_to")


def add_names(table: LakeTable, facts: Facts, *, now: datetime) -> int:
    """Add the names of `facts` that are new in their month, and widen those whose validity has grown; gives how many rows were written.

    Raises BadFacts for names of another cluster, twice, or missing for a pod of usage or flow.
    """
    names = _checked(facts)
    wanted = _months(facts, names)
    if not wanted.height:
        return 0
    for _ in range(_TRIES):
        base = table.newest()
        change, count = _change(table, base, names, wanted)
        if not count:
            return 0
        try:
            table.commit(base, change, now=now, stage="commit")
        except LakeTaken:
            continue
        return count
    raise LakeTaken(f"{table.path}: others committed {_TRIES} times in a row", cure="commit again")


def read_names(table: LakeTable, ids: pl.Series, months: Sequence[str]) -> pl.DataFrame:
    """Columns of IDENTITY: the rows of `ids` (u64) as `months` (YYYY-MM-01) hold them, one row per id."""
    files = [file for file in table.newest().files.values() if file.part in months]
    rows = _stored_rows(table, files)
    mine = rows.filter(pl.col("identity_id").is_in(ids.implode()))
    return widest(mine).sort("identity_id")


def read_all_names(table: LakeTable, files: Sequence[DataFile]) -> pl.DataFrame:
    """Columns of IDENTITY: all rows of `files`, one per id."""
    return widest(_stored_rows(table, files))


def widest(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of IDENTITY, one per id: valid from the earliest to the latest that is told; NULL (always, still) is the widest."""
    if not rows["identity_id"].is_duplicated().any():
        return rows
    since, until = pl.col("valid_from"), pl.col("valid_to")
    grown = rows.group_by("identity_id", maintain_order=True).agg(
        pl.all().exclude(_VALIDITY).first(),
        pl.when(since.null_count() == 0).then(since.min()).alias("valid_from"),
        pl.when(until.null_count() == 0).then(until.max()).alias("valid_to"),
    )
    return grown.select(rows.columns)


def month_of(hour: pl.Expr) -> pl.Expr:
    """The month of an hour, as its partition is spelled."""
    return hour.dt.strftime("%Y-%m-01")


def _change(table: LakeTable, base: Snapshot, names: pl.DataFrame, wanted: pl.DataFrame) -> tuple[Change, int]:
    """What to commit, and how many rows are new or widened. wanted: (`identity_id`, `month`)."""
    months = set(wanted["month"].to_list())
    files = [file for file in base.files.values() if file.part in months]
    told = wanted.join(names, on="identity_id")
    held = pl.concat([_placed(names.clear(), "", ""), *(_placed(_stored_rows(table, [file]), file.part, file.path) for file in files)])
    new = told.join(held, on=["identity_id", "month"], how="anti")
    both = told.join(held.select("month", "path", *_VALIDITY), on=["identity_id", "month"], suffix="_held")
    grown = both.filter(
        (pl.col("valid_from_held").is_not_null() & (pl.col("valid_from").is_null() | (pl.col("valid_from") < pl.col("valid_from_held"))))
        | (pl.col("valid_to_held").is_not_null() & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_to_held"))))
    )
    touched = set(grown["path"].to_list())
    rewritten = held.filter(pl.col("path").is_in(touched)).drop("path")
    parts = []
    for (month,), some in pl.concat([rewritten, grown.select(rewritten.columns)]).partition_by("month", as_dict=True).items():
        parts.append(widest(some.drop("month")).with_columns(pl.lit(month).alias("month")))
    rows = pl.concat([new.select(*IDENTITY.polars, "month"), *(p.select(*IDENTITY.polars, "month") for p in parts)])
    if not rows.height:
        return Change(), 0
    added = table.write(NAMES.encode(rows.drop("month")), rows["month"], "commit")
    return Change(added, tuple(file for file in files if file.path in touched)), new.height + grown.height


def _placed(rows: pl.DataFrame, month: str, path: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(month).alias("month"), pl.lit(path).alias("path"))


def _stored_rows(table: LakeTable, files: Sequence[DataFile]) -> pl.DataFrame:
    return NAMES.decode(table.rows(files))


def _checked(facts: Facts) -> pl.DataFrame:
    try:
        names = IDENTITY.conform(facts.identity)
    except (ValueError, pl.exceptions.PolarsError) as error:
        raise BadFacts(f"rows of identity do not have the ledger's columns: {error}", expected="the columns of core.schema") from error
    if names["identity_id"].is_duplicated().any():
        raise BadFacts("two rows of identity share an id", expected="one row per identity_id")
    for frame, told in ((facts.usage, "usage"), (facts.flow, "flow")):
        nameless = frame.join(names, on="identity_id", how="anti") if frame.height else frame
        if nameless.height:
            raise BadFacts(
                f"{nameless.height} rows of {told} have no name, e.g. {nameless['identity_id'][0]}", expected="a row of identity for each"
            )
    return names


def _months(facts: Facts, names: pl.DataFrame) -> pl.DataFrame:
    """(`identity_id`, `month`) of all that is to be held; names that no row uses stand in the month in which the span begins."""
    used = pl.concat(
        [
            frame.select("identity_id", month_of(pl.col("hour")).alias("month")).cast({"identity_id": pl.UInt64})
            for frame in (facts.usage, facts.flow)
        ]
    ).unique()
    first = datetime.fromtimestamp(facts.span.start, UTC).strftime("%Y-%m-01")
    rest = names.join(used, on="identity_id", how="anti").select("identity_id", pl.lit(first).alias("month"))
    return pl.concat([used, rest])
