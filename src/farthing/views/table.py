"""The one view: costs, quantities and efficiency per group and step, with what is left out and how far to trust it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from farthing.core.ledger import Ledger, Note, Span

from . import dimensions
from .allotment import received
from .attachments import attached, attachments_joined
from .confidence import Guess, Unpriced, guessed, guesses, unpriced, without_price
from .dimensions import Dimension, filter_dimension, filter_dimensions, with_dimensions
from .filters import Filter, parse_filter
from .groups import Group, needs_of, parse_by, special_name
from .matching import condition
from .measures import MEASURES, Measure, described, finished
from .shared_costs import overhead_of_hours, shared_dimensions
from .sharing import Idle, IdleBy, SharedOut, Sharing, parse_idle
from .showing import Way, cut_to_share, received_columns, show
from .steps import step_of

IDLE_NAME = "__idle__"
# What a question may need of a ledger: its allocation rows, its asset rows alone, and costly parts of identities and usage.
NEEDS = frozenset({"allocation", "asset", "owners", "labels", "annotations", "services", "network", "peaks"})


class IdleRows(StrEnum):
    """How many rows separate idle gets in a step."""

    TOGETHER = "together"
    CLUSTER = "cluster"
    NODE = "node"


IDLE_PLACES: dict[IdleRows, tuple[Dimension, ...]] = {
    IdleRows.TOGETHER: (),
    IdleRows.CLUSTER: (dimensions.CLUSTER,),
    IdleRows.NODE: (dimensions.CLUSTER, dimensions.NODE),
}
# Names of a group that are told when all its rows agree.
PROPERTIES: dict[str, Dimension] = {
    "cluster": dimensions.CLUSTER,
    "node": dimensions.NODE,
    "container": dimensions.CONTAINER,
    "controller": dimensions.CONTROLLER_NAME,
    "controllerKind": dimensions.CONTROLLER_KIND,
    "namespace": dimensions.NAMESPACE,
    "pod": dimensions.POD,
    "providerID": dimensions.PROVIDER_ID,
    "kind": dimensions.KIND,
}
# Of these, a special row has its kind where it has nothing of its own (`__unmounted__`).
NAMED_BY_KIND = ("namespace", "pod", "container")
PROPERTY_COLUMNS = tuple(f"property:{name}" for name in PROPERTIES)


@dataclass(frozen=True)
class Question:
    """What is asked. `idle_by`: over whom idle is shared; `sharing`: what else is. `detail`: also which names a group's rows share, and
    which identities they have; `peaks`: the highest usage too."""

    by: tuple[Group, ...] = ()
    filter: Filter | None = None
    idle: Idle = Idle.SEPARATE
    idle_rows: IdleRows = IdleRows.TOGETHER
    idle_by: IdleBy = IdleBy.NODE
    sharing: Sharing | None = None
    detail: bool = False
    peaks: bool = False

    @classmethod
    def of(cls, by: str | Sequence[str] = (), filter: str = "", idle: str = Idle.SEPARATE) -> Question:
        """From the texts a user gives. Raises BadField, BadFilter, BadParameter."""
        return cls(parse_by(by), parse_filter(filter), parse_idle(idle))

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Every dimension that must be known of a row to answer."""
        asked = [group.dimension for group in self.by] + filter_dimensions(self.filter) + list(IDLE_PLACES[self.idle_rows])
        return tuple({d.column: d for d in asked + (list(PROPERTIES.values()) if self.detail else [])}.values())

    @property
    def needs(self) -> frozenset[str]:
        """Parts of the ledger that the answer rests on, of NEEDS: a source may leave the others empty."""
        detail = {"labels", "annotations", "services", "network"} if self.detail else set()
        shared = needs_of(shared_dimensions(self.sharing)) if self.sharing else frozenset()
        return needs_of(self.dimensions) | shared | {"allocation"} | detail | ({"peaks"} if self.peaks else set())


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
    their ASSET rows, one each.
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

    @property
    def total(self) -> float:
        """Σ of the priced costs shown, $."""
        return float(self.rows.get_column("total_cost").sum())

    @property
    def whole(self) -> float:
        """Shown + hidden + filtered out, $: the same for every question about the same pieces, and more by an overhead shared out."""
        return self.total + self.hidden + self.filtered_out


def summarise(
    pieces: Iterable[Ledger],
    by: str | Sequence[str] = (),
    filter: str = "",
    idle: str = Idle.SEPARATE,
    *,
    steps: Sequence[Span] | None = None,
) -> SummaryTable:
    """The table of `pieces` for a question in the words of a user; see `answer`."""
    return answer(pieces, Question.of(by, filter, idle), steps=steps)


def answer(pieces: Iterable[Ledger], question: Question, *, steps: Sequence[Span] | None = None) -> SummaryTable:
    """Add up `pieces` (each some whole or cut hours of all its clusters) per step and group.

    `steps` must follow each other without holes, and meet inside on whole hours; None makes one step of all pieces. Only sums are kept
    from one piece to the next. Raises LedgerBroken when a piece has rows outside of the steps.
    """
    sums = Sums(question, tuple(steps) if steps is not None else None)
    for piece in pieces:
        sums.add(piece)
    return sums.table()


class Sums:
    """Partial sums so far: of pieces of the ledger, or of lines in which somebody has added rows up already."""

    def __init__(self, question: Question, steps: tuple[Span, ...] | None) -> None:
        """`steps`: as `answer` takes them."""
        self._question = question
        self._steps = steps
        self._measures: tuple[Measure, ...] = MEASURES + (described(PROPERTY_COLUMNS) if question.detail else ())
        self.keys = ("step", "special", *(g.name for g in question.by), *_place_columns(question))
        self._keep = condition(question.filter, lambda f, k: pl.col(filter_dimension(f, k).column)) if question.filter else None
        self._way = Way(question.idle, question.idle_by, question.sharing or None, filtered=self._keep is not None)
        self._shared = SharedOut()
        self._groups: pl.DataFrame | None = None
        self._described: pl.DataFrame | None = None
        self._members: pl.DataFrame | None = None
        self._identities: pl.DataFrame | None = None
        self._attachments: pl.DataFrame | None = None
        self._assets: pl.DataFrame | None = None
        self._guesses: list[pl.DataFrame] = []
        self._unpriced: list[pl.DataFrame] = []
        self._notes: dict[Note, None] = {}
        self._spans: list[Span] = []
        self._hidden = self._filtered_out = 0.0

    @property
    def received_columns(self) -> tuple[str, ...]:
        """Those columns of `received` that lines must have."""
        return received_columns(self._way)

    def add(self, piece: Ledger) -> None:
        """Add a piece of the ledger."""
        question = self._question
        self._spans.append(piece.span)
        self._notes.update(dict.fromkeys(piece.notes))
        self._unpriced = [pl.concat([*self._unpriced, without_price(piece.price)]).unique()]
        if self._way.needs_received:
            allotted = received(piece, question.sharing, quantities=True).drop("row")
            self._shared += _shared_out(piece, allotted, question.sharing)
            piece = dataclasses.replace(piece, allocation=piece.allocation.hstack(allotted))
        rows = cut_to_share(with_dimensions(piece, question.dimensions))
        shown = self._shown(rows, self._keep)
        keyed = shown.with_columns(*self.key_columns(), *self._properties(), step_of(shown, self._steps))
        self._add_up(keyed, self._measures)
        if question.detail:
            self._remember(keyed, piece)

    def add_lines(self, lines: pl.DataFrame) -> None:
        """Add lines: rows of the ledger added up where they agree on `step`, `keep` (whether the filter keeps them), kind, marks, what they
        give, every dimension of the question, and on which columns are NULL.

        Columns: these, `rows`, first_held, last_held, what else of ALLOCATION can be added up, peaks, and `received_columns`. Details are told by
        `describe`.
        """
        keep = pl.col("keep") if self._keep is not None else None
        self._add_up(self._shown(lines, keep).with_columns(self.key_columns()), MEASURES)

    def note(self, span: Span, notes: Iterable[Note], price: pl.DataFrame, shared: SharedOut) -> None:
        """What goes with lines: the span that was looked at, its notes, the PRICE rows of its assets, and what was shared out."""
        self._spans.append(span)
        self._notes.update(dict.fromkeys(notes))
        self._unpriced = [pl.concat([*self._unpriced, without_price(price)]).unique()]
        self._shared += shared

    def describe(
        self, properties: pl.DataFrame, members: pl.DataFrame, identities: pl.DataFrame, attachments: pl.DataFrame, assets: pl.DataFrame
    ) -> None:
        """The details of lines: `properties`, the keys with `<property>_min` and `_max`; and what SummaryTable has under these names, by keys."""
        self._described, self._members, self._identities = properties, members, identities
        self._attachments, self._assets = attachments, assets

    def _shown(self, rows: pl.DataFrame, keep: pl.Expr | None) -> pl.DataFrame:
        shown = show(rows, keep, self._way)
        self._hidden += shown.hidden
        self._filtered_out += shown.filtered_out
        self._guesses.append(guessed(shown.rows))
        return shown.rows

    def _add_up(self, keyed: pl.DataFrame, measures: tuple[Measure, ...]) -> None:
        part = keyed.group_by(self.keys).agg(m.of_rows.alias(m.name) for m in measures)
        both = part if self._groups is None else pl.concat([self._groups, part])
        self._groups = part if both is part else both.group_by(self.keys).agg(m.of_sums for m in measures)

    def key_columns(self) -> list[pl.Expr]:
        """The columns `keys` but for the step, of lines with the question's dimensions."""
        idle = pl.col("kind") == "idle"
        places = IDLE_PLACES[self._question.idle_rows]
        keys = [pl.when(idle).then(pl.lit("idle")).otherwise(pl.lit("")).alias("special")]
        for group in self._question.by:
            shown = pl.col(group.dimension.column).fill_null(IDLE_NAME) if group.dimension in places else pl.lit(IDLE_NAME)
            keys.append(pl.when(idle).then(shown).otherwise(group.key).alias(group.name))
        # The place of a row tells only idle rows apart.
        columns = zip(places, _place_columns(self._question), strict=True)
        return keys + [pl.when(idle).then(pl.col(place.column).fill_null("")).alias(column) for place, column in columns]

    def _properties(self) -> list[pl.Expr]:
        if not self._question.detail:
            return []
        kind = special_name(pl.lit(None, dtype=pl.String))
        text = {name: pl.col(d.column) for name, d in PROPERTIES.items()}
        text |= {name: pl.coalesce(text[name], kind) for name in NAMED_BY_KIND}
        return [text[name].alias(column) for name, column in zip(PROPERTIES, PROPERTY_COLUMNS, strict=True)]

    def _remember(self, keyed: pl.DataFrame, piece: Ledger) -> None:
        members = keyed.filter(pl.col("identity_id").is_not_null()).select(*self.keys, "identity_id")
        self._members = _both(self._members, members).unique()
        self._identities = _both(self._identities, piece.identity).unique("identity_id", keep="any")
        found = attached(keyed, piece.share, self.keys)
        self._attachments = attachments_joined(_both(self._attachments, found), self.keys)
        assets = piece.asset.join(found, on="asset_id", how="semi")
        self._assets = _both(self._assets, assets).unique("asset_id", keep="any")

    def table(self) -> SummaryTable:
        question = self._question
        steps = self._steps if self._steps is not None else _cover(self._spans)
        groups = self._groups if self._groups is not None else _nothing(self.keys, self._measures)
        if self._described is not None:
            groups = groups.join(self._described, on=self.keys, how="left", nulls_equal=True)
        rows = finished(self._named(groups)).sort("step", "total_cost", "name", descending=[False, True, False], nulls_last=True)
        return SummaryTable(
            by=tuple(g.name for g in question.by),
            steps=steps,
            rows=rows,
            hidden=self._hidden,
            filtered_out=self._filtered_out,
            shared=self._shared,
            totals=_totals(groups),
            guesses=guesses(self._guesses),
            unpriced=unpriced(self._unpriced),
            notes=tuple(self._notes),
            members=pl.DataFrame() if self._members is None else self._named(self._members),
            identities=pl.DataFrame() if self._identities is None else self._identities,
            attachments=pl.DataFrame() if self._attachments is None else self._named(self._attachments),
            assets=pl.DataFrame() if self._assets is None else self._assets,
        )

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        places = _place_columns(self._question)
        plain: pl.Expr = pl.concat_str([pl.col(g.name) for g in self._question.by], separator="/") if self._question.by else pl.lit("")
        # idle that comes from no node in particular is the cluster's
        known = [pl.when(pl.col(place) != "").then(pl.col(place)) for place in places]
        idle = pl.concat_str([*known, pl.lit(IDLE_NAME)], separator="/", ignore_nulls=True)
        named = frame.with_columns(name=pl.when(pl.col("special") == "idle").then(idle).otherwise(plain))
        return named.select("step", "name", *(c for c in named.columns if c not in ("step", "name", *places)))


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
    working = finished(groups.filter(pl.col("special") != "idle").select(sums))
    return finished(groups.select(sums)).with_columns(working.select(pl.col("^.*efficiency$")))


def _both(so_far: pl.DataFrame | None, more: pl.DataFrame) -> pl.DataFrame:
    return more if so_far is None else pl.concat([so_far, more])


def _place_columns(question: Question) -> tuple[str, ...]:
    return tuple(f"idle{d.column}" for d in IDLE_PLACES[question.idle_rows])


def _cover(spans: list[Span]) -> tuple[Span, ...]:
    return (Span(min(s.start for s in spans), max(s.end for s in spans)),) if spans else ()


def _nothing(keys: tuple[str, ...], measures: tuple[Measure, ...]) -> pl.DataFrame:
    texts = {m.name for m in described(PROPERTY_COLUMNS)}
    counts = ("_priced", "_known", "_rows")
    types: dict[str, pl.DataType] = {key: pl.String() for key in keys} | {"step": pl.Int32()}
    for m in measures:
        types[m.name] = pl.String() if m.name in texts else pl.UInt32() if m.name.endswith(counts) else pl.Float64()
    return pl.DataFrame(schema=types)
