"""A thing that several hold at once is shared equally, second by second (ledger 6 and 7)."""

from __future__ import annotations

import polars as pl


def equal_shares(holds: pl.DataFrame, weight: pl.DataFrame | None = None) -> pl.DataFrame:
    """Share of every holder, second by second, equally among those who hold at that second.

    holds: `thing`, `holder`, `start`, `end` (unix s); a holder that holds twice at once counts once. With a column `group` each
    second is first shared equally among the groups that have a holder, then within the group.
    weight: `thing`, `start`, `end`, `size`: how large the thing was when (a volume that is resized); absent: 1.
    Returns `thing`, `holder`, `seconds` (shared seconds) and `weighted` (shared size × seconds).
    """
    if "group" not in holds.columns:
        holds = holds.with_columns(pl.lit("").alias("group"))
    holds = merged(holds)
    edges = [holds.select("thing", t="start"), holds.select("thing", t="end")]
    if weight is not None:
        edges += [weight.select("thing", t="start"), weight.select("thing", t="end")]
    points = pl.concat(edges).unique().sort("thing", "t")
    segments = points.with_columns(pl.col("t").shift(-1).over("thing").alias("until")).drop_nulls("until")
    parts = segments.join(holds, on="thing").filter((pl.col("start") <= pl.col("t")) & (pl.col("end") >= pl.col("until")))
    among = pl.col("group").n_unique().over("thing", "t") * pl.len().over("thing", "t", "group")
    parts = parts.with_columns(((pl.col("until") - pl.col("t")) / among).alias("seconds"))
    if weight is None:
        parts = parts.with_columns(pl.lit(1.0).alias("size"))
    else:
        sizes = weight.rename({"start": "size_start", "end": "size_end"})
        parts = parts.join(sizes, on="thing").filter((pl.col("size_start") <= pl.col("t")) & (pl.col("size_end") >= pl.col("until")))
    return parts.group_by("thing", "holder", maintain_order=True).agg(
        pl.col("seconds").sum(), (pl.col("seconds") * pl.col("size")).sum().alias("weighted")
    )


def merged(holds: pl.DataFrame) -> pl.DataFrame:
    """Overlapping or adjoining holds of one holder (of one group) on one thing as one hold; same columns as `equal_shares` takes."""
    return (
        holds.sort("thing", "group", "holder", "start")
        .with_columns(pl.col("end").cum_max().shift(1).over("thing", "group", "holder").alias("_reach"))
        .with_columns((pl.col("start") > pl.col("_reach")).fill_null(True).cum_sum().over("thing", "group", "holder").alias("_run"))
        .group_by("thing", "group", "holder", "_run", maintain_order=True)
        .agg(pl.col("start").min(), pl.col("end").max())
        .drop("_run")
        .filter(pl.col("end") > pl.col("start"))
    )
