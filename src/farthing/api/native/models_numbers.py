"""Answers about one number, as models: how it goes through time, and how it is made. Answers are written as bytes, not through these."""

from __future__ import annotations

from pydantic import Field

from ..documented import Model
from .models import Cell, ColumnModel, NoteModel, Span, Step


class Timeline(Model):
    """Everything that matches, as one line through time. Lists of cells are in the order of `columns`."""

    window: Span
    """What was asked for, half-open, in UTC."""
    zone: str
    """Where days begin and end."""
    asOf: str  # noqa: N815
    """Until when data can be known."""
    partial: bool
    """True: the window ends after `asOf`."""
    steps: list[Step]
    """The parts of the window, in order."""
    columns: list[ColumnModel]
    """What stands at each place of a list of cells."""
    values: list[list[Cell]]
    """A list of cells per step, idle rows not counted; all null: nothing is known of the step."""
    total: list[Cell]
    """The same of the whole window. Where steps meet on full hours, costs and quantities of `values` add up to it; a step that cuts an
    hour shares idle out within its part of it."""
    idleValues: list[list[Cell]] | None  # noqa: N815
    """With idle=separate: the same of idle rows, of the nodes of what matches (see idleBy); else null."""
    idleTotal: list[Cell] | None  # noqa: N815
    """The same of the whole window; `total` and `idleTotal` together are the total of the view."""
    notes: list[NoteModel] = Field(default_factory=list)
    """What a reader must be told once."""
    version: str
    """Of the data."""
