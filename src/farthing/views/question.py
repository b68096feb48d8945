"""A question: what rows are told apart by, which are kept, and how idle and shared costs are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from . import dimensions
from .dimensions import Dimension, filter_dimensions
from .filters import Filter, parse_filter
from .groups import Group, needs_of, parse_by, special_name
from .shared_costs import shared_dimensions
from .sharing import Idle, IdleBy, Sharing, parse_idle

IDLE_NAME = "__idle__"
# What tells the parts of a row apart: its asset (NULL: none in particular), and its kind as ALLOCATION has it.
OF_ASSET, OF_KIND = PART_KEYS = ("of_asset", "of_kind")
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
    which identities they have; `peaks`: the highest usage too; `parts`: rows told apart by asset and kind as well, and what those
    cost a unit (`SummaryTable.parts`)."""

    by: tuple[Group, ...] = ()
    filter: Filter | None = None
    idle: Idle = Idle.SEPARATE
    idle_rows: IdleRows = IdleRows.TOGETHER
    idle_by: IdleBy = IdleBy.NODE
    sharing: Sharing | None = None
    detail: bool = False
    peaks: bool = False
    parts: bool = False

    @classmethod
    def of(cls, by: str | Sequence[str] = (), filter: str = "", idle: str = Idle.SEPARATE) -> Question:
        """From the texts a user gives. Raises BadField, BadFilter, BadParameter."""
        return cls(parse_by(by), parse_filter(filter), parse_idle(idle))

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Every dimension that must be known of a row to answer."""
        asked = [group.dimension for group in self.by] + filter_dimensions(self.filter) + list(IDLE_PLACES[self.idle_rows])
        asked += [dimensions.ASSET] if self.parts else []
        return tuple({d.column: d for d in asked + (list(PROPERTIES.values()) if self.detail else [])}.values())

    @property
    def needs(self) -> frozenset[str]:
        """Parts of the ledger that the answer rests on, of NEEDS: a source may leave the others empty."""
        detail = {"labels", "annotations", "services", "network"} if self.detail else set()
        shared = needs_of(shared_dimensions(self.sharing)) if self.sharing else frozenset()
        return needs_of(self.dimensions) | shared | {"allocation"} | detail | ({"peaks"} if self.peaks else set())

    @property
    def places(self) -> tuple[Dimension, ...]:
        """What separate idle rows are told apart by."""
        return IDLE_PLACES[self.idle_rows]

    @property
    def place_columns(self) -> tuple[str, ...]:
        """The columns of `places` among the keys."""
        return tuple(f"idle{d.column}" for d in self.places)

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that tell rows of the answer apart."""
        return ("step", "special", *(g.name for g in self.by), *self.place_columns, *(PART_KEYS if self.parts else ()))

    def key_columns(self) -> list[pl.Expr]:
        """The keys but for the step, of rows that have the question's dimensions."""
        idle = pl.col("kind") == "idle"
        keys = [pl.when(idle).then(pl.lit("idle")).otherwise(pl.lit("")).alias("special")]
        for group in self.by:
            shown = pl.col(group.dimension.column).fill_null(IDLE_NAME) if group.dimension in self.places else pl.lit(IDLE_NAME)
            keys.append(pl.when(idle).then(shown).otherwise(group.key).alias(group.name))
        if self.parts:
            keys += [pl.col(dimensions.ASSET.column).alias(OF_ASSET), pl.col("kind").alias(OF_KIND)]
        # The place of a row tells only idle rows apart.
        columns = zip(self.places, self.place_columns, strict=True)
        return keys + [pl.when(idle).then(pl.col(place.column).fill_null("")).alias(column) for place, column in columns]

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame`, which has the keys, with the name of each row in place of the places."""
        plain: pl.Expr = pl.concat_str([pl.col(g.name) for g in self.by], separator="/") if self.by else pl.lit("")
        # idle that comes from no node in particular is the cluster's
        known = [pl.when(pl.col(place) != "").then(pl.col(place)) for place in self.place_columns]
        idle = pl.concat_str([*known, pl.lit(IDLE_NAME)], separator="/", ignore_nulls=True)
        named = frame.with_columns(name=pl.when(pl.col("special") == "idle").then(idle).otherwise(plain))
        return named.select("step", "name", *(c for c in named.columns if c not in ("step", "name", *self.place_columns)))


def property_columns() -> list[pl.Expr]:
    """PROPERTY_COLUMNS of rows that have the dimensions of PROPERTIES."""
    kind = special_name(pl.lit(None, dtype=pl.String))
    text = {name: pl.col(d.column) for name, d in PROPERTIES.items()}
    text |= {name: pl.coalesce(text[name], kind) for name in NAMED_BY_KIND}
    return [text[name].alias(column) for name, column in zip(PROPERTIES, PROPERTY_COLUMNS, strict=True)]
