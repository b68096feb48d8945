"""A window that begins or ends inside an hour takes its part of that hour (ledger 1).

What was requested is cut to the second, what was used pro rata; the two sides of a cut always sum to the hour, close on their
own and hold nothing negative.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from farthing.core.ledger import Ledger, Span
from farthing.core.schema import Mark, RowKind
from farthing.core.units import HOUR_SECONDS

from .tariffs import priced_sum
from .timeline import fractions

QUANTITIES = (
    "held_seconds", "running_seconds", "cpu_requested", "cpu_used", "ram_requested", "ram_used", "gpu_requested", "gpu_used",
    "bytes_out", "bytes_in",
)  # fmt: skip
PAID = ("cpu", "ram", "gpu")
MOVED = ("cpu_held", "ram_held", "gpu_held", "storage_held", "load_balancer_held")
ROUNDING = 1e-9  # sums of floats that differ by less are equal
ASSET_QUANTITIES = (
    "seconds",
    "cpu",
    "ram",
    "gpu",
    "storage",
    "cpu_cost",
    "ram_cost",
    "gpu_cost",
    "storage_cost",
    "load_balancer_cost",
    "management_cost",
)


def cut(ledger: Ledger, span: Span) -> Ledger:
    """The part of `ledger` that lies in `span`. Whole hours inside stay as they are; rows of edge hours are cut and marked."""
    start, end = span.start, span.end
    if ledger.span.start >= start and ledger.span.end <= end:
        return ledger
    hour = pl.col("hour").dt.epoch("s")
    touches = (hour + HOUR_SECONDS > start) & (hour < end)
    edge = touches & ((hour < start) | (hour + HOUR_SECONDS > end))
    allocation, asset, share = (f.filter(touches) for f in (ledger.allocation, ledger.asset, ledger.share))
    whole = [f.filter(~edge) for f in (allocation, asset, share)]
    parts = _edges(allocation.filter(edge), asset.filter(edge), share.filter(edge), span)
    both = [pl.concat([w, p.select(w.columns)]) for w, p in zip(whole, parts, strict=True)]
    inner = Span(max(ledger.span.start, start), min(ledger.span.end, end))
    return replace(ledger, span=inner, allocation=both[0], asset=both[1], share=both[2])


def _edges(
    allocation: pl.DataFrame, asset: pl.DataFrame, share: pl.DataFrame, span: Span
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    asset_cut = asset.with_columns(_fraction(span).alias("f"))
    asset_cut = asset_cut.with_columns((pl.col(c) * pl.col("f")).alias(c) for c in ASSET_QUANTITIES)
    share_cut = _shares(share, asset, span)
    rows = allocation.with_columns(_fraction(span).alias("f"))
    rows = rows.with_columns((pl.col(c) * pl.col("f")).alias(c) for c in QUANTITIES)
    rows = _node_costs(rows, asset, span)
    rows = _attached_costs(rows, asset_cut, share_cut)
    return _clipped(rows, span), _clipped(asset_cut, span), share_cut.filter(pl.col("quantity") > 0)


def _fraction(span: Span) -> pl.Expr:
    """Share of a row's time in its hour that lies in span; a row without time counts where its hour begins."""
    inside = (pl.min_horizontal(pl.lit(span.end), "last_held") - pl.max_horizontal(pl.lit(span.start), "first_held")).clip(lower_bound=0.0)
    length = pl.col("last_held") - pl.col("first_held")
    return pl.when(length > 0).then(inside / length).otherwise((pl.col("first_held") >= span.start) & (pl.col("first_held") < span.end))


def _node_costs(rows: pl.DataFrame, asset: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Held quantities and costs on nodes. What is left of the node's own part after its holders is idle (or unobserved)."""
    nodes = asset.filter(pl.col("kind") == "node").select(
        "asset_id", "hour", node_first="first_held", node_last="last_held", cpu_size="cpu", ram_size="ram", gpu_size="gpu"
    )
    rows = rows.with_row_index("_row").join(nodes, on=["asset_id", "hour"], how="left")
    holds = pl.col("kind").is_in([RowKind.CONTAINER.value, RowKind.POD.value])
    spare = pl.col("kind").is_in([RowKind.IDLE.value, RowKind.UNOBSERVED.value])
    for r in PAID:
        paid = rows.filter(holds & (pl.col(f"{r}_held") > 0)).select(
            "_row",
            thing=pl.struct("asset_id", "hour"),
            start="first_held",
            end="last_held",
            amount=pl.col(f"{r}_held") * pl.col(f"{r}_factor"),
            thing_start="node_first",
            thing_end="node_last",
            size=f"{r}_size",
        )
        g = fractions(paid, span)
        rows = rows.join(g.select("_row", g="fraction"), on="_row", how="left")
        taken = (
            (pl.when(holds).then(pl.col(f"{r}_held") * pl.col(f"{r}_factor") * pl.col("g").fill_null(0.0)).otherwise(0.0))
            .sum()
            .over("asset_id", "hour")
        )
        lives = (
            (pl.min_horizontal(pl.lit(span.end), "node_last") - pl.max_horizontal(pl.lit(span.start), "node_first")).clip(lower_bound=0.0)
        ) / (pl.col("node_last") - pl.col("node_first"))
        rest = pl.col(f"{r}_size") * lives - taken
        rest = pl.when(rest.abs() <= ROUNDING * pl.col(f"{r}_size")).then(0.0).otherwise(rest)
        left = rest / (pl.when(spare).then(f"{r}_held").otherwise(0.0)).sum().over("asset_id", "hour")
        part = pl.when(spare).then(left).otherwise(pl.col("g").fill_null(0.0))
        rows = rows.with_columns(part.fill_nan(0.0).fill_null(0.0).alias("part"))
        scaled = {c: pl.when(pl.col(c) == 0).then(0.0).otherwise(pl.col(c) * pl.col("part")).alias(c) for c in (f"{r}_held", f"{r}_cost")}
        rows = rows.with_columns(*scaled.values()).drop("g", "part")
    spare_time = pl.when(spare).then(pl.col("reserved_cost") * pl.col("f")).otherwise("reserved_cost")
    rows = rows.with_columns(spare_time.alias("reserved_cost"))
    total = pl.sum_horizontal("cpu_cost", "ram_cost", "gpu_cost")
    return rows.with_columns(pl.min_horizontal("reserved_cost", total).alias("reserved_cost"))


def _shares(share: pl.DataFrame, asset: pl.DataFrame, span: Span) -> pl.DataFrame:
    sizes = asset.select(
        "asset_id",
        "hour",
        thing_start="first_held",
        thing_end="last_held",
        size=pl.when(pl.col("kind") == "disk").then("storage").otherwise("seconds"),
    )
    rows = share.with_row_index("_row").join(sizes, on=["asset_id", "hour"], how="left")
    paid = rows.select(
        "_row",
        "thing_start",
        "thing_end",
        "size",
        thing=pl.struct("asset_id", "hour"),
        start="first_held",
        end="last_held",
        amount="quantity",
    )
    g = fractions(paid, span)
    cut_rows = rows.join(g.select("_row", "fraction"), on="_row", how="left").with_columns(pl.col("fraction").fill_null(0.0))
    return cut_rows.with_columns((pl.col(c) * pl.col("fraction")).alias(c) for c in ("seconds", "quantity", "cost")).select(share.columns)


def _attached_costs(rows: pl.DataFrame, asset_cut: pl.DataFrame, share_cut: pl.DataFrame) -> pl.DataFrame:
    """Storage and load balancers: `__pod__` rows by their shares, unmounted rows what is left of the asset's part."""
    pod = pl.col("kind") == RowKind.POD.value
    unmounted = pl.col("kind") == RowKind.UNMOUNTED.value
    for resource, size in (("storage", "storage"), ("load_balancer", "seconds")):
        mine = share_cut.filter(pl.col("resource") == resource)
        per_pod = mine.group_by("identity_id", "hour").agg(
            pl.col("quantity").sum().alias("q"),
            priced_sum(pl.col("cost")).alias("c"),
            pl.lit(True).first().alias("has"),
        )
        taken = mine.group_by("asset_id", "hour").agg(pl.col("quantity").sum().alias("taken"))
        left = asset_cut.filter(pl.col("kind") == ("disk" if resource == "storage" else "load_balancer")).join(
            taken, on=["asset_id", "hour"], how="left"
        )
        left = left.select(
            "asset_id", "hour", left=pl.col(size) - pl.col("taken").fill_null(0.0), asset_cost=f"{resource}_cost", asset_size=size
        )
        rows = rows.join(per_pod, on=["identity_id", "hour"], how="left").join(left, on=["asset_id", "hour"], how="left")
        rest = pl.when(pl.col("left").abs() <= ROUNDING * pl.col("asset_size")).then(0.0).otherwise("left")
        cost, held = f"{resource}_cost", f"{resource}_held"
        is_left = unmounted & (pl.col(held) > 0) & pl.col("left").is_not_null()
        rows = rows.with_columns(
            pl.when(pod & pl.col("has").fill_null(False)).then("c")
            .when(is_left).then(pl.when(rest == 0).then(0.0).otherwise(rest * pl.col("asset_cost") / pl.col("asset_size")))
            .otherwise(cost).alias(cost),
            pl.when(pod & pl.col("has").fill_null(False)).then("q").when(is_left).then(rest).otherwise(held).alias(held),
        ).drop("q", "c", "has", "left", "asset_cost", "asset_size")  # fmt: skip
    return rows


def _clipped(rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Rows with time in span, or with a part that was moved there; begin and end clipped, marked as cut."""
    moved = pl.any_horizontal(pl.lit(value=False), *(pl.col(c) > 0 for c in MOVED if c in rows.columns))
    return rows.filter((pl.col("f") > 0) | moved).with_columns(
        pl.col("first_held").clip(span.start, span.end),
        pl.col("last_held").clip(span.start, span.end),
        (pl.col("marks") | Mark.CUT.value).cast(pl.UInt32).alias("marks"),
    )
