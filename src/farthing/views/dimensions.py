"""What rows can be told apart by: where each dimension comes from, and how it is derived.

A dimension becomes a column (its name led by `@`) of the allocation frame, NULL where the row has no such thing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from farthing.core.ledger import Ledger

from .filters import Filter, fields_of
from .matching import sanitised

SERVICE_COLUMN = "@service"
OWNERS = frozenset({"owners"})


class Level(StrEnum):
    """The frame that a dimension is read from."""

    ROW = "row"
    IDENTITY = "identity"
    ASSET = "asset"


@dataclass(frozen=True)
class Dimension:
    """One column. `place` dimensions show a special row's own kind where it has no value (`__unmounted__`)."""

    column: str
    level: Level
    expr: pl.Expr = field(compare=False)
    place: bool = False
    needs: frozenset[str] = frozenset()


def _pair(column: str, key: str) -> pl.Expr:
    wanted = sanitised(key)
    entry = pl.element().struct
    keys = entry.field("key").str.replace_all(r"[^A-Za-z0-9_]", "_")
    return pl.col(column).list.eval(entry.field("value").filter(keys == wanted)).list.first()


def _keys(*columns: str) -> pl.Expr:
    spelled = pl.element().struct.field("key").str.replace_all(r"[^A-Za-z0-9_]", "_")
    lists = [pl.col(column).list.eval(spelled).fill_null(pl.lit([], dtype=pl.List(pl.String))) for column in columns]
    return pl.concat_list(lists)


def label(key: str) -> Dimension:
    """A label in either spelling of its key; a pod's label wins over its namespace's."""
    value = pl.coalesce(_pair("labels", key), _pair("namespace_labels", key))
    return Dimension(f"@label:{sanitised(key)}", Level.IDENTITY, value, needs=frozenset({"labels"}))


def annotation(key: str) -> Dimension:
    """An annotation in either spelling of its key; a pod's annotation wins over its namespace's."""
    value = pl.coalesce(_pair("annotations", key), _pair("namespace_annotations", key))
    return Dimension(f"@annotation:{sanitised(key)}", Level.IDENTITY, value, needs=frozenset({"annotations"}))


def namespace_label(key: str) -> Dimension:
    """A label of the namespace alone."""
    return Dimension(f"@namespaceLabel:{sanitised(key)}", Level.IDENTITY, _pair("namespace_labels", key), needs=frozenset({"labels"}))


def namespace_annotation(key: str) -> Dimension:
    """An annotation of the namespace alone."""
    value = _pair("namespace_annotations", key)
    return Dimension(f"@namespaceAnnotation:{sanitised(key)}", Level.IDENTITY, value, needs=frozenset({"annotations"}))


def label_keys() -> Dimension:
    """All label keys of a pod and its namespace."""
    return Dimension("@labelKeys", Level.IDENTITY, _keys("labels", "namespace_labels"), needs=frozenset({"labels"}))


def annotation_keys() -> Dimension:
    """All annotation keys of a pod and its namespace."""
    return Dimension("@annotationKeys", Level.IDENTITY, _keys("annotations", "namespace_annotations"), needs=frozenset({"annotations"}))


# The label (or, without it, the annotation) that says who a row belongs to; the field's default names.
OWNERSHIP_LABELS: dict[str, str] = {
    "department": "department",
    "environment": "env",
    "owner": "owner",
    "product": "app",
    "team": "team",
}


def ownership(name: str) -> Dimension:
    """department, environment, owner, product or team: the value of its label, else of the annotation of that name."""
    key = OWNERSHIP_LABELS[name]
    value = pl.coalesce(label(key).expr, annotation(key).expr)
    return Dimension(f"@{name}", Level.IDENTITY, value, needs=frozenset({"labels", "annotations"}))


def _owner_name(kind: str) -> pl.Expr:
    entry = pl.element().struct
    return pl.col("owners").list.eval(entry.field("name").filter(entry.field("kind").str.to_lowercase() == kind)).list.first()


# A Job that a CronJob made is the CronJob's work, also where the chain's top was not recorded as controller.
_OF_CRONJOB = (pl.col("controller_kind").str.to_lowercase() == "job") & _owner_name("cronjob").is_not_null()
_KIND = pl.when(_OF_CRONJOB).then(pl.lit("cronjob")).otherwise(pl.col("controller_kind").str.to_lowercase())
_NAME = pl.when(_OF_CRONJOB).then(_owner_name("cronjob")).otherwise(pl.col("controller"))


def owner_of_kind(kind: str) -> Dimension:
    """Name of the owner of this kind, wherever in the chain it stands: a cronjob's pods have a job as well."""
    controller = pl.when(pl.col("controller_kind").str.to_lowercase() == kind).then(pl.col("controller"))
    return Dimension(f"@{kind}", Level.IDENTITY, pl.coalesce(_owner_name(kind), controller), needs=OWNERS)


CLUSTER = Dimension("@cluster", Level.ROW, pl.col("cluster"), place=True)
NODE = Dimension("@node", Level.ROW, pl.col("node"), place=True)
NAMESPACE = Dimension("@namespace", Level.ROW, pl.coalesce(pl.col("identity_namespace"), pl.col("namespace")), place=True)
POD = Dimension("@pod", Level.IDENTITY, pl.col("pod"), place=True)
CONTAINER = Dimension("@container", Level.ROW, pl.when(pl.col("identity_id").is_not_null()).then(pl.col("container")), place=True)
CONTROLLER_KIND = Dimension("@controllerKind", Level.IDENTITY, _KIND, needs=OWNERS)
CONTROLLER_NAME = Dimension("@controllerName", Level.IDENTITY, _NAME, needs=OWNERS)
_KIND_AND_NAME = pl.concat_str(_KIND, _NAME, separator=":", ignore_nulls=True)
CONTROLLER = Dimension("@controller", Level.IDENTITY, pl.when(_NAME.is_not_null()).then(_KIND_AND_NAME), needs=OWNERS)
PROVIDER_ID = Dimension("@providerID", Level.ASSET, pl.when(pl.col("provider_id") != "").then(pl.col("provider_id")))
SERVICE = Dimension(
    SERVICE_COLUMN, Level.IDENTITY, pl.when(pl.col("services").list.len() > 0).then(pl.col("services")), needs=frozenset({"services"})
)
KIND = Dimension("@kind", Level.ROW, pl.col("kind"))
ASSET = Dimension("@asset", Level.ROW, pl.col("asset_id"))

FILTER_DIMENSIONS: dict[str, Dimension] = {
    "cluster": CLUSTER,
    "node": NODE,
    "namespace": NAMESPACE,
    "controllerName": CONTROLLER_NAME,
    "controllerKind": CONTROLLER_KIND,
    "container": CONTAINER,
    "pod": POD,
    "provider": PROVIDER_ID,
    "services": SERVICE,
    **{name: ownership(name) for name in OWNERSHIP_LABELS},
}
FILTER_MAPS: dict[str, tuple[Callable[[str], Dimension], Callable[[], Dimension]]] = {
    "label": (label, label_keys),
    "annotation": (annotation, annotation_keys),
}


def filter_dimension(name: str, key: str | None) -> Dimension:
    """The dimension that a filter's field compares."""
    if name in FILTER_MAPS:
        of_key, keys = FILTER_MAPS[name]
        return keys() if key is None else of_key(key)
    return FILTER_DIMENSIONS[name]


def filter_dimensions(tree: Filter | None) -> list[Dimension]:
    """Every dimension that `tree` compares."""
    return [filter_dimension(name, key) for name, key in fields_of(tree)]


def with_dimensions(ledger: Ledger, dimensions: Collection[Dimension]) -> pl.DataFrame:
    """The allocation rows with a column per dimension, and a column `share`.

    A row behind n services becomes n rows of `share` 1/n when the service is among the dimensions; all others have share 1.
    Text columns are NULL where the row has no such thing.
    """
    wanted = {d.column: d for d in dimensions}
    by_level = {level: [d for d in wanted.values() if d.level is level] for level in Level}
    names = ledger.identity.unique("identity_id", keep="any").select(
        "identity_id",
        pl.col("namespace").alias("identity_namespace"),
        *(d.expr.alias(d.column) for d in by_level[Level.IDENTITY]),
    )
    rows = ledger.allocation.join(names, on="identity_id", how="left")
    if by_level[Level.ASSET]:
        assets = ledger.asset.unique("asset_id", keep="any")
        rows = rows.join(assets.select("asset_id", *(d.expr.alias(d.column) for d in by_level[Level.ASSET])), on="asset_id", how="left")
    rows = rows.with_columns(d.expr.alias(d.column) for d in by_level[Level.ROW])
    if SERVICE_COLUMN not in wanted:
        return rows.with_columns(share=pl.lit(1.0))
    services = pl.col(SERVICE_COLUMN)
    rows = rows.with_columns(share=1.0 / pl.max_horizontal(services.list.len().fill_null(0), pl.lit(1)))
    return rows.explode(SERVICE_COLUMN)
