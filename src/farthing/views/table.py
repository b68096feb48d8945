"""The answer to a question: costs, quantities and efficiency per group and step, with what is left out and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from farthing.core.ledger import Note, Span

from .confidence import Guess, Unpriced
from .parts import Parts
from .sharing import SharedOut


@dataclass(frozen=True)
class SummaryTable:
    """The answer.

    `rows`: `step` (index into `steps`), `name`, `special` (idle, or empty), a column per group named as in `by`, and the columns of
    `measures.finished`; dearest first within a step. `property:<name>_min` and `_max` for PROPERTIES where detail was asked.
    `totals`: one row, the same measures over all of `rows`, efficiencies over all but idle.
    `hidden` and `filtered_out` are $ not in `rows`; with their total they make `whole`, all costs of the pieces and the overhead that
    was shared out. `shared` tells what was, whatever the filter.
    With detail also: `members`, step, name, special, identity_id of every pod in a group; `identities`, their IDENTITY rows;
    `attachments`, the volumes and load balancers of a group: step, name, special, asset_id, resource, quantity, seconds, cost; `assets`,
    their ASSET rows, one each. With parts also: `parts`, and in `rows` the columns of PART_KEYS.
    """

    by: tuple[str, ...]
    steps: tuple[Span, ...]
    rows: pl.DataFrame
    hidden: float
    filtered_out: float
    shared: SharedOut = field(default_factory=SharedOut)
    totals: pl.DataFrame = field(default_factory=pl.DataFrame)
    guesses: tuple[Guess, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    notes: tuple[Note, ...] = ()
    members: pl.DataFrame = field(default_factory=pl.DataFrame)
    identities: pl.DataFrame = field(default_factory=pl.DataFrame)
    attachments: pl.DataFrame = field(default_factory=pl.DataFrame)
    assets: pl.DataFrame = field(default_factory=pl.DataFrame)
    parts: Parts | None = None

    @property
    def total(self) -> float:
        """Σ of the priced costs shown, $."""
        return float(self.rows.get_column("total_cost").sum())

    @property
    def whole(self) -> float:
        """Shown + hidden + filtered out, $: the same for every question about the same pieces, and more by an overhead shared out."""
        return self.total + self.hidden + self.filtered_out
