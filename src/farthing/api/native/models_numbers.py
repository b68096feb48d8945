"""Answers about one number, as models: how it goes through time, and how it is made. Answers are written as bytes, not through these."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..documented import Model
from .models import Cell, ColumnModel, NoteModel, Span, Step, UnpricedModel


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


class QuantityModel(Model):
    """How much of a resource, over the window; null: not known, or nothing of that kind."""

    held: float | None
    """What costs: the larger of requested and used, hour by hour; of idle what nobody held."""
    requested: float | None
    used: float | None
    unit: Literal["core·h", "GiB·h", "card·h", "h"]


class PriceModel(Model):
    """The price of a unit, and who says so."""

    value: float
    unit: str
    """$/core-hour, $/GiB-hour, $/card-hour or $/hour, the $ standing for `currency`."""
    currency: str
    source: str
    """The book and its rule or default rate, as it is written there."""
    category: str
    """custom: of a rule or rate of yours; default: of the default book."""
    assetKind: str | None  # noqa: N815
    """node, disk or load_balancer; null: not told."""
    lifecycle: str | None
    """on_demand or spot, where it is the same for all of the assets."""
    instanceType: str | None  # noqa: N815
    region: str | None
    storageClass: str | None  # noqa: N815


class PartModel(Model):
    """What one resource at one price, or what was received from others, adds to the cost."""

    resource: Literal["cpu", "ram", "gpu", "storage", "load_balancer", "network", "management", "shared"]
    kind: Literal["held", "unmounted", "unobserved", "management", "idle", "shared", "overhead"]
    """held: by pods; unmounted: volumes and load balancers of nobody; unobserved: nodes in long holes in the data; idle: what nobody
    held, or of it what was received; shared: received of what is shared out; overhead: of the monthly amount."""
    cost: float | None
    """$; null: without a price. Those of all parts add up to the total."""
    quantity: QuantityModel | None
    price: PriceModel | None
    """null: see `reason`."""
    reason: str
    """Why there is no price, or from whom it was received; empty where there is a price."""
    cure: str
    """What to add to the price book; empty where there is a price."""
    factorNote: str  # noqa: N815
    """Why the cost is not quantity held × price; empty where it is."""
    assets: int
    """How many assets it hangs on; 0: on none in particular."""


class MarkModel(Model):
    """What must be known to trust some rows."""

    name: str
    doc: str
    cure: str
    guess: bool
    """True: money rests on something assumed."""
    rows: float
    cost: float
    """$ that rest on the guess; of other marks all costs of the rows."""


class Explanation(Model):
    """How a cost is made."""

    window: Span
    zone: str
    asOf: str  # noqa: N815
    partial: bool
    """True: the window ends after `asOf`."""
    of: Literal["total", "cpu", "ram", "gpu", "storage", "load_balancer"]
    special: Literal["", "idle"]
    """idle: of idle rows."""
    total: float | None
    """The same number as in a view of the same question, $; null: nothing in it has a price."""
    parts: list[PartModel]
    """Dearest first."""
    marks: list[MarkModel]
    """Everything that rows are marked with, most money first."""
    unpriced: list[UnpricedModel]
    """What of it has no price."""
    notes: list[NoteModel] = Field(default_factory=list)
    version: str
