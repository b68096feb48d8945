"""What a question makes of the cells: which the filter keeps, and which group each one adds to.

Names are looked at once per cell, in Polars, by the very expressions that the views use on rows; what is then asked of millions of rows is
only sums by number. A question's keys are kept: cells never change, so that later only new ones are looked at.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

import polars as pl

from farthing.core.ledger import Ledger, Span
from farthing.core.schema import PRICE
from farthing.views import Question, condition, filter_dimension, with_dimensions

from .cells import Cells

KEPT_QUESTIONS = 64


@dataclass(frozen=True)
class Keys:
    """`lines`: cell, grp (UInt32) and share (the part of its row that a line stands for), in the order of cells.
    `groups`: grp, `keep` (whether the filter keeps it), kind and a column per dimension that tells groups apart, NULL where not kept.
    `split`: some cells stand in several groups. `seen`: how many cells were looked at.
    """

    lines: pl.DataFrame
    groups: pl.DataFrame
    split: bool
    seen: int


class KeyRing:
    """Keys of the last questions. Safe among threads."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._lock = threading.Lock()
        self._kept: OrderedDict[Question, Keys] = OrderedDict()

    def of(self, question: Question) -> Keys:
        """The keys of `question` for all cells there are."""
        frame = self._cells.frame
        # how idle and shared costs are shown changes no name
        shape = replace(question, idle=DEFAULT.idle, idle_by=DEFAULT.idle_by, sharing=None, detail=False, peaks=False)
        with self._lock:
            known = self._kept.get(shape)
            if known is not None:
                self._kept.move_to_end(shape)
        if known is None or known.seen < frame.height:
            known = self._grown(shape, known, frame)
            with self._lock:
                self._kept[shape] = known
                while len(self._kept) > KEPT_QUESTIONS:
                    self._kept.popitem(last=False)
        return known

    def _grown(self, question: Question, known: Keys | None, frame: pl.DataFrame) -> Keys:
        seen = known.seen if known else 0
        lines = names_of(self._cells, frame.slice(seen), question)
        names = [name for name in lines.columns if name not in ("cell", "share")]
        fresh = lines.select(names).unique(maintain_order=True)
        if known:
            fresh = fresh.join(known.groups, on=names, how="anti", nulls_equal=True)
        fresh = fresh.with_row_index("grp", offset=known.groups.height if known else 0)
        groups = pl.concat([known.groups, fresh]) if known else fresh
        numbered = lines.join(groups, on=names, how="left", nulls_equal=True, maintain_order="left").select("cell", "grp", "share")
        together = pl.concat([known.lines, numbered]) if known else numbered
        split = (known.split if known else False) or bool((numbered.get_column("share") != 1.0).any())
        return Keys(together, groups, split, frame.height)


DEFAULT = Question()


def names_of(cells: Cells, some: pl.DataFrame, question: Question, *, every: bool = False) -> pl.DataFrame:
    """cell, share, keep, kind and a column per dimension of `question` that tells groups apart (or of every one), of `some` cells;
    dimensions are NULL where the filter keeps nothing."""
    kinds = some.select("asset_id").join(cells.places, on="asset_id", how="left", maintain_order="left").get_column("kind")
    # the one number that a name looks at: whether what nobody mounted is a load balancer
    rows = some.with_columns(load_balancer_held=(kinds == "load_balancer").fill_null(value=False).cast(pl.Float64))
    told = with_dimensions(Ledger(Span(0, 0), rows, cells.places, cells.identities, PRICE.empty()), question.dimensions)
    keep = pl.lit(value=True)
    if question.filter is not None:
        keep = condition(question.filter, lambda f, k: pl.col(filter_dimension(f, k).column))
    told = told.with_columns(keep.fill_null(value=False).alias("keep"))
    asked = question if every else replace(question, filter=None, detail=False)  # what the filter alone looks at tells no group
    dimensions = [d.column for d in asked.dimensions]
    return told.select("cell", "share", "keep", "kind", *(pl.when("keep").then(pl.col(c)).alias(c) for c in dimensions))
