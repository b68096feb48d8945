"""The native answers as models: what OpenAPI tells of them. Answers are written as bytes, not through these."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..documented import Model

# A number, a text, a truth, a trend, or nothing known.
Cell = float | str | bool | list[float | None] | None


class Span(Model):
    """Half-open [start, end), RFC 3339 in UTC."""

    start: str
    end: str


class Step(Span):
    """A step of the window."""

    partial: bool
    """True: it ends after `asOf`, so more may come."""


class ColumnModel(Model):
    """What stands at one place of every row."""

    name: str
    unit: str
    kind: Literal["group", "text", "money", "quantity", "ratio", "flag", "trend"]
    doc: str


class SeriesModel(Model):
    """Costs per step, $, in the order of `steps`. null: a step of which nothing is known, or that has no price."""

    by: str
    """The column that series are told apart by."""
    keys: list[str]
    """Its dearest values over the whole window, dearest first."""
    values: list[list[float | None]]
    """One list of points per key."""
    other: list[float | None] | None
    """All other values together; null where there are none."""
    idle: list[float | None] | None
    """Idle that is told apart; null where there is none."""


class GuessModel(Model):
    """Money that rests on something assumed."""

    name: str
    doc: str
    cure: str
    rows: float
    cost: float
    """$ that rest on it."""


class UnpricedModel(Model):
    """Assets of which something has no price: the reason and what to add to the price book."""

    resource: str
    reason: str
    cure: str
    assets: int


class NoteModel(Model):
    """What a reader must be told once."""

    level: str
    cluster: str
    text: str
    cure: str


class SharedModel(Model):
    """What sharing moved, $: `given` of shared things' own costs, `stayed` of them where nobody was to receive it; `overhead` of the
    monthly amount, `overhead_lost` in hours when nobody was there."""

    given: float
    stayed: float
    overhead: float
    overhead_lost: float


class View(Model):
    """An answer of rows, totals and series. Rows are lists of cells in the order of `columns`."""

    window: Span
    """What was asked for, half-open, in UTC."""
    zone: str
    """Where days begin and end."""
    asOf: str  # noqa: N815
    """Until when data can be known."""
    partial: bool
    """True: the window ends after `asOf`."""
    steps: list[Step]
    """The parts of the window, in order; a partial one ends after `asOf`."""
    previous: Span | None
    """The period that is compared with: as long, and as much of it gone by."""
    previousPartial: bool  # noqa: N815
    """True: it begins before the data of some cluster do, so that no change is told."""
    by: list[str]
    """The columns that rows are told apart by."""
    columns: list[ColumnModel]
    """What stands at each place of a row, those asked for by `columns`: name, unit, kind and meaning."""
    rows: list[list[Cell]]
    """A page of rows without idle, in the order asked for. null: not known, or without a price; never 0 for that."""
    idleRows: list[list[Cell]]  # noqa: N815
    """Idle that is told apart, not counted as rows of the page."""
    total: list[Cell]
    """Everything shown, idle rows included; efficiencies without idle."""
    prevTotal: list[Cell] | None  # noqa: N815
    """The same of the period before; null where nothing is known of it."""
    rowCount: int  # noqa: N815
    """Rows there are, on all pages; with `q` those that were found."""
    rowsTotal: float  # noqa: N815
    """Their cost, $."""
    nextCursor: str | None  # noqa: N815
    """Give it as `cursor` for the next page; null on the last one."""
    series: SeriesModel
    """`{by, keys, values, other, idle}`: costs per step of the dearest, of all others together, and of idle."""
    otherCount: int  # noqa: N815
    """How many values of `series.by` are in `series.other`."""
    shared: SharedModel | None = None
    """Allocations: what sharing moved, $."""
    hidden: float | None = None
    """Allocations: $ of idle that is left out with idle=hide."""
    filteredOut: float | None = None  # noqa: N815
    """Allocations: $ that the filter leaves out."""
    whole: float | None = None
    """Allocations: total + hidden + filteredOut: the same for every question about this window, and more by an amount shared out."""
    guesses: list[GuessModel] = Field(default_factory=list)
    """How much money rests on something assumed, and the cure."""
    unpriced: list[UnpricedModel] = Field(default_factory=list)
    """What has no price: the reason, and what to add to the price book."""
    notes: list[NoteModel] = Field(default_factory=list)
    """What a reader must be told once."""
    version: str
    """Of the data; pages of one answer have the same."""


class SuggestionsModel(Model):
    """Values of a field: those that begin with the search first."""

    field: str
    values: list[str]
    more: bool
    """True: there are others."""


class ClusterModel(Model):
    """A cluster that something is known of; null: not told."""

    name: str
    first: str | None
    last: str | None
    provider: str | None
    region: str | None


class FormModel(Model):
    """A way to write a window."""

    form: str
    doc: str


class FilterFieldModel(Model):
    """A field that can be filtered by; of `several` one must match, a `map` takes [key]."""

    field: str
    kind: Literal["one", "several", "map"]


class OperatorModel(Model):
    """How a filter compares."""

    sign: str
    match: Literal["equals", "contains", "starts with", "ends with"]
    negated: bool


class SubjectModel(Model):
    """What can be asked of allocations, or of assets."""

    groups: list[str]
    filters: list[FilterFieldModel]
    columns: list[ColumnModel]


class SharingModel(Model):
    """What the settings share out."""

    namespaces: list[str]
    labels: dict[str, list[str]]
    monthly: float
    split: Literal["weighted", "even"]
    management: bool
    loadBalancers: bool  # noqa: N815


class FeaturesModel(Model):
    """What this server can do."""

    receivesSamples: bool  # noqa: N815
    tokens: bool


class LimitsModel(Model):
    """The most that can be asked for at once."""

    steps: int
    rows: int
    series: int


class Meta(Model):
    """What a screen must know before its first question."""

    product: str
    productVersion: str  # noqa: N815
    currency: str
    simulated: bool
    """True: nothing here is of a real cluster (`farthing demo`)."""
    now: str
    asOf: str  # noqa: N815
    version: str
    clusters: list[ClusterModel]
    windows: list[FormModel]
    steps: list[str]
    allocation: SubjectModel
    assets: SubjectModel
    operators: list[OperatorModel]
    idle: list[str]
    idleBy: list[str]  # noqa: N815
    idleRows: list[str]  # noqa: N815
    splits: list[str]
    exports: list[str]
    sharing: SharingModel | None
    features: FeaturesModel
    limits: LimitsModel
