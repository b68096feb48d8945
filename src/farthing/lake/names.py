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


class Names:
    """The names of a cluster. What was once read of a file, ids and validity, is kept as long as it is part of the table."""

    def __init__(self, table: LakeTable) -> None:
        self.table = table
        self._held: dict[str, pl.DataFrame] = {}

    def add(self, facts: Facts, *, now: datetime) -> int:
        """Add the names of `facts` that are new in their month, and widen those whose validity has grown; gives how many were written.

        Validity has no versions: it is only a hint for how long a row may be reused. Raises BadFacts for names twice, or missing for a
        pod of usage or flow.
        """
        names = _checked(facts)
        wanted = _months(facts, names)
        if not wanted.height:
            return 0
        for _ in range(_TRIES):
            base = self.table.newest()
            change, count = self._change(base, names, wanted)
            if not count:
                return 0
            try:
                self.table.commit(base, change, now=now, stage="commit")
            except LakeTaken:
                continue
            return count
        raise LakeTaken(f"{self.table.path}: others committed {_TRIES} times in a row", cure="commit again")

    def _change(self, base: Snapshot, names: pl.DataFrame, wanted: pl.DataFrame) -> tuple[Change, int]:
        """What to commit, and how many rows are new or widened. wanted: (`identity_id`, `month`)."""
        months = set(wanted["month"].to_list())
        files = [file for file in base.files.values() if file.part in months]
        held = self._validity(base, files)
        told = wanted.join(names, on="identity_id")
        new = told.join(held, on=["identity_id", "month"], how="anti")
        both = told.join(held, on=["identity_id", "month"], suffix="_held")
        since = _wider(pl.col("valid_from"), pl.col("valid_from_held"), -1)
        grown = both.filter(since | _wider(pl.col("valid_to"), pl.col("valid_to_held"), 1))
        if not new.height and not grown.height:
            return Change(), 0
        columns = [*IDENTITY.polars, "month"]
        touched = [file for file in files if file.path in set(grown["path"].to_list())]
        kept = [_stored_rows(self.table, [file]).with_columns(pl.lit(file.part).alias("month")) for file in touched]
        widened = pl.concat([grown.select(columns), *(some.select(columns) for some in kept)])
        parts = [widest(some) for some in widened.partition_by("month")]
        rows = pl.concat([new.select(columns), *parts])
        added = self.table.write(NAMES.encode(rows.drop("month")), rows["month"], "commit")
        return Change(added, tuple(touched)), new.height + grown.height

    def _validity(self, base: Snapshot, files: Sequence[DataFile]) -> pl.DataFrame:
        """(`identity_id`, `valid_from`, `valid_to`, `month`, `path`) of the rows in `files`."""
        self._held = {path: frame for path, frame in self._held.items() if path in base.files}
        missing = [file for file in files if file.path not in self._held]
        rows = pl.DataFrame(self.table.rows(missing, _VALIDITY)).with_columns(pl.col("identity_id").reinterpret(signed=False))
        offset = 0
        for file in missing:
            mine = rows.slice(offset, file.rows)
            self._held[file.path] = mine.with_columns(pl.lit(file.part).alias("month"), pl.lit(file.path).alias("path"))
            offset += file.rows
        nothing = rows.clear().with_columns(pl.lit("").alias("month"), pl.lit("").alias("path"))
        return pl.concat([nothing, *(self._held[file.path] for file in files)])


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


def _wider(told: pl.Expr, held: pl.Expr, sign: int) -> pl.Expr:
    """Does `told` reach further than `held`? NULL reaches furthest."""
    return held.is_not_null() & (told.is_null() | (told * sign > held * sign))


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
