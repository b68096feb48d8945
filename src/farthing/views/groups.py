"""What a view can be grouped by: one table for the CLI's `--by` and the API's `aggregate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from farthing.core.errors import BadField, nearest

from . import dimensions
from .dimensions import Dimension
from .filters import UNALLOCATED

# The kinds of rows that stand for no pod; idle is grouped apart.
SPECIAL_KINDS = ("unmounted", "unobserved", "management")


@dataclass(frozen=True)
class Group:
    """One part of a key: its name as it was asked for, and the dimension behind it."""

    name: str
    dimension: Dimension

    @property
    def key(self) -> pl.Expr:
        """The part's text: never NULL.

        A special row without the asked place shows its kind (`__unmounted__`); any other row without a value is `__unallocated__`.
        """
        value = pl.col(self.dimension.column)
        missing: pl.Expr = pl.lit(UNALLOCATED)
        if self.dimension.place:
            missing = special_name(missing)
        elif self.dimension is dimensions.SERVICE:
            balancer = (pl.col("kind") == "unmounted") & (pl.col("load_balancer_held") > 0)
            missing = pl.when(balancer).then(special_name(missing)).otherwise(missing)
        return pl.coalesce(pl.when(value != "").then(value), missing)


def special_name(otherwise: pl.Expr) -> pl.Expr:
    """`__unmounted__` and the like for special rows, `otherwise` for rows of pods."""
    return pl.when(pl.col("kind").is_in(SPECIAL_KINDS)).then(pl.format("__{}__", pl.col("kind"))).otherwise(otherwise)


OWNER_KINDS = ("deployment", "statefulset", "daemonset", "job", "cronjob", "replicaset", "rollout")
GROUPS: dict[str, Dimension] = {
    "cluster": dimensions.CLUSTER,
    "node": dimensions.NODE,
    "namespace": dimensions.NAMESPACE,
    "pod": dimensions.POD,
    "container": dimensions.CONTAINER,
    "controllerKind": dimensions.CONTROLLER_KIND,
    "controller": dimensions.CONTROLLER,
    **{kind: dimensions.owner_of_kind(kind) for kind in OWNER_KINDS},
    "service": dimensions.SERVICE,
    "providerID": dimensions.PROVIDER_ID,
    "kind": dimensions.KIND,
    **{name: dimensions.ownership(name) for name in dimensions.OWNERSHIP_LABELS},
}
KEYED_GROUPS: dict[str, Callable[[str], Dimension]] = {
    "label": dimensions.label,
    "annotation": dimensions.annotation,
    "namespaceLabel": dimensions.namespace_label,
    "namespaceAnnotation": dimensions.namespace_annotation,
}
SPELLINGS = {"services": "service", "controllername": "controller", "all": "all"}
_BY_LOWER = {name.lower(): name for name in GROUPS}
_KEYED_BY_LOWER = {name.lower(): name for name in KEYED_GROUPS}


def valid_groups() -> list[str]:
    """Every name that can be grouped by, maps with their form."""
    return [*GROUPS, *(f"{name}:KEY" for name in KEYED_GROUPS), "all"]


def parse_by(by: str | Sequence[str]) -> tuple[Group, ...]:
    """The groups of a comma list (or a sequence), in order; `all` or nothing is the empty tuple: one group of everything.

    Names are taken in any case. Raises BadField naming the nearest and the valid set, also for a name given twice.
    """
    names = [part.strip() for part in (by.split(",") if isinstance(by, str) else by)]
    names = [name for name in names if name]
    if [name.lower() for name in names] == ["all"]:
        return ()
    groups = tuple(_group(name) for name in names)
    seen: set[str] = set()
    for group in groups:
        if group.dimension.column in seen:
            raise BadField(f"{group.name} is given twice in {','.join(names)!r}", expected="each field once")
        seen.add(group.dimension.column)
    return groups


def _group(name: str) -> Group:
    head, colon, key = name.partition(":")
    if colon and head.lower() in _KEYED_BY_LOWER:
        if not key.strip():
            raise BadField(f"{name!r} names no key", expected=f"{head}:KEY, e.g. {head}:team")
        canonical = _KEYED_BY_LOWER[head.lower()]
        return Group(f"{canonical}:{key.strip()}", KEYED_GROUPS[canonical](key.strip()))
    canonical = SPELLINGS.get(name.lower(), _BY_LOWER.get(name.lower(), ""))
    if canonical == "all":
        raise BadField("'all' stands for no grouping and cannot be joined with other fields", expected="all alone, or fields without it")
    if not canonical:
        raise BadField(f"unknown field {name!r} to group by", expected=nearest(name, valid_groups()))
    return Group(canonical, GROUPS[canonical])


def needs_of(parts: Sequence[Dimension]) -> frozenset[str]:
    """Which optional parts of identities `parts` rest on: labels, annotations, services."""
    return frozenset().union(*(part.needs for part in parts))
