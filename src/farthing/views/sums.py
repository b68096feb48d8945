"""Adding up: pieces of the ledger, or lines of it, into the table that answers a question."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import polars as pl

from farthing.core.ledger import Ledger, Note, Span

from .allotment import received
from .confidence import guesses, marked, unpriced, without_price
from .details import Details
from .dimensions import filter_dimension, with_dimensions
from .matching import condition
from .measures import MEASURES, finished
from .parts import PartSums
from .question import OF_ASSET, Question
from .shared_costs import overhead_of_hours
from .sharing import SharedOut, Sharing
from .showing import Way, cut_to_share, received_columns, show
from .steps import step_of
from .table import SummaryTable


class Sums:
    """Partial sums so far: of pieces of the ledger, or of lines in which somebody has added rows up already."""

    def __init__(self, question: Question, steps: tuple[Span, ...] | None) -> None:
        """`steps`: as `answer` takes them."""
        self._question = question
        self._steps = steps
        self._keep = condition(question.filter, lambda f, k: pl.col(filter_dimension(f, k).column)) if question.filter else None
        self._way = Way(question.idle, question.idle_by, question.sharing or None, filtered=self._keep is not None)
        self._shared = SharedOut()
        self._groups: pl.DataFrame | None = None
        self._details = Details(question) if question.detail else None
        self._parts = PartSums() if question.parts else None
        self._marked: list[pl.DataFrame] = []
        self._unpriced: list[pl.DataFrame] = []
        self._notes: dict[Note, None] = {}
        self._spans: list[Span] = []
        self._hidden = self._filtered_out = 0.0

    @property
    def received_columns(self) -> tuple[str, ...]:
        """Those columns of `received` that lines must have."""
        return received_columns(self._way)

    def add(self, piece: Ledger, step: int | None = None) -> None:
        """Add a piece of the ledger; all of it to `step`, or each hour to the step it lies in."""
        question = self._question
        shared = SharedOut()
        if self._way.needs_received:
            allotted = received(piece, question.sharing, quantities=True).drop("row")
            shared = _shared_out(piece, allotted, question.sharing)
            piece = dataclasses.replace(piece, allocation=piece.allocation.hstack(allotted))
        self.note(piece.span, piece.notes, piece.price, shared)
        shown = self._shown(cut_to_share(with_dimensions(piece, question.dimensions)), self._keep)
        at = step_of(shown, self._steps) if step is None else pl.lit(step, dtype=pl.Int32).alias("step")
        keyed = shown.with_columns(*question.key_columns(), at)
        self._add_up(keyed)
        if self._details:
            self._details.add(keyed, piece.share, piece.identity, piece.asset)
        if self._parts:
            self._parts.add_attached(keyed, piece.share)
            self._parts.add_assets(piece.asset, piece.price)

    def add_lines(self, lines: pl.DataFrame) -> None:
        """Add lines: rows of the ledger added up where they agree on `step`, `keep` (whether the filter keeps them), kind, marks, what they
        give, every dimension of the groups and of idle's places, and on which columns are NULL.

        Columns: these, `rows`, first_held, last_held, what else of ALLOCATION can be added up, peaks, and `received_columns`. Details are
        told by `add_details`.
        """
        keep = pl.col("keep") if self._keep is not None else None
        self._add_up(self._shown(lines, keep).with_columns(self._question.key_columns()))

    def add_details(self, rows: pl.DataFrame, share: pl.DataFrame, identities: pl.DataFrame, assets: pl.DataFrame) -> None:
        """See, for the details of lines, rows that the filter keeps: one for each step in which there was any; see `Details.add`."""
        if self._details:
            self._details.add(rows.with_columns(self._question.key_columns()), share, identities, assets)

    def add_attached(self, rows: pl.DataFrame, share: pl.DataFrame) -> None:
        """See, for the parts of lines, rows of pods and of what nobody mounts that the filter keeps; see `PartSums.add_attached`."""
        if self._parts:
            self._parts.add_attached(rows.with_columns(self._question.key_columns()), share)

    def add_assets(self, assets: pl.DataFrame, prices: pl.DataFrame) -> None:
        """See ASSET and PRICE rows that parts may hang on."""
        if self._parts:
            self._parts.add_assets(assets, prices)

    def note(self, span: Span, notes: Iterable[Note], price: pl.DataFrame, shared: SharedOut) -> None:
        """What goes with lines: the span that was looked at, its notes, the PRICE rows of its assets, and what was shared out."""
        self._spans.append(span)
        self._notes.update(dict.fromkeys(notes))
        self._unpriced = [pl.concat([*self._unpriced, without_price(price)]).unique()]
        self._shared += shared

    def table(self) -> SummaryTable:
        """The answer from everything that was added."""
        question = self._question
        steps = self._steps if self._steps is not None else _cover(self._spans)
        groups = self._groups if self._groups is not None else _nothing(question.keys)
        details = self._details
        rows = finished(question.named(details.described(groups) if details else groups))
        return SummaryTable(
            by=tuple(g.name for g in question.by),
            steps=steps,
            rows=rows.sort("step", "total_cost", "name", descending=[False, True, False], nulls_last=True),
            hidden=self._hidden,
            filtered_out=self._filtered_out,
            shared=self._shared,
            totals=_totals(groups),
            guesses=guesses(self._marked),
            unpriced=unpriced(self._unpriced),
            notes=tuple(self._notes),
            members=details.members if details else pl.DataFrame(),
            identities=details.identities if details else pl.DataFrame(),
            attachments=details.attachments if details else pl.DataFrame(),
            assets=details.assets if details else pl.DataFrame(),
            parts=self._parts.parts(groups, self._marked) if self._parts else None,
        )

    def _shown(self, rows: pl.DataFrame, keep: pl.Expr | None) -> pl.DataFrame:
        shown = show(rows, keep, self._way)
        self._hidden += shown.hidden
        self._filtered_out += shown.filtered_out
        self._marked.append(marked(shown.rows))
        return shown.rows

    def _add_up(self, keyed: pl.DataFrame) -> None:
        keys = self._question.keys
        part = keyed.group_by(keys).agg(m.of_rows.alias(m.name) for m in MEASURES)
        self._groups = part if self._groups is None else pl.concat([self._groups, part]).group_by(keys).agg(m.of_sums for m in MEASURES)


def _shared_out(piece: Ledger, allotted: pl.DataFrame, sharing: Sharing | None) -> SharedOut:
    if not sharing:
        return SharedOut()
    given, overhead, stayed = allotted.select(pl.col("shared_own", "overhead", "stayed").sum()).row(0)
    if not sharing.monthly:
        return SharedOut(given, stayed, overhead)
    found = allotted.select("overhead", piece.allocation.get_column("hour")).group_by("hour").agg(found=pl.col("overhead").sum())
    nobody = overhead_of_hours(piece, sharing).join(found, on="hour").filter(pl.col("found") == 0)
    return SharedOut(given, stayed, overhead, float(nobody.get_column("overhead").sum()))


def _totals(groups: pl.DataFrame) -> pl.DataFrame:
    """The one row of everything shown. What nobody held is neither efficient nor inefficient."""
    sums = [m.of_sums for m in MEASURES]
    both = finished(pl.concat([groups.select(sums), groups.filter(pl.col("special") != "idle").select(sums)]))
    return both.head(1).with_columns(both.tail(1).select(pl.col("^.*efficiency$")))


def _cover(spans: list[Span]) -> tuple[Span, ...]:
    return (Span(min(s.start for s in spans), max(s.end for s in spans)),) if spans else ()


def _nothing(keys: tuple[str, ...]) -> pl.DataFrame:
    counts = ("_priced", "_known", "_rows")
    types: dict[str, pl.DataType] = {key: pl.UInt64() if key == OF_ASSET else pl.String() for key in keys} | {"step": pl.Int32()}
    for m in MEASURES:
        types[m.name] = pl.UInt32() if m.name.endswith(counts) else pl.Float64()
    return pl.DataFrame(schema=types)
