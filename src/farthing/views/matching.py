"""Filter tree → Polars expression."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Mapping

import polars as pl

from .filters import ALLOCATION_FIELDS, UNALLOCATED, And, Comparison, FieldKind, Filter, Match, Or

Resolve = Callable[[str, str | None], pl.Expr]

NOT_A_LABEL_CHARACTER = re.compile(r"[^A-Za-z0-9_]")


def sanitised(key: str) -> str:
    """A label key as Prometheus spells it: every other character is an underscore.

    >>> sanitised("app.kubernetes.io/name")
    'app_kubernetes_io_name'
    """
    return NOT_A_LABEL_CHARACTER.sub("_", key)


def condition(tree: Filter, resolve: Resolve, fields: Mapping[str, FieldKind] = ALLOCATION_FIELDS) -> pl.Expr:
    """A boolean expression, never NULL, that keeps what `tree` asks for.

    `resolve(field, key)` gives the column of a field: its text (NULL where absent), or for a map without a key the list
    of its keys. Absent reads as the empty text, and `__unallocated__` means absent.
    """
    match tree:
        case And(parts=parts):
            return functools.reduce(operator.and_, (condition(part, resolve, fields) for part in parts))
        case Or(parts=parts):
            return functools.reduce(operator.or_, (condition(part, resolve, fields) for part in parts))
        case Comparison():
            column = resolve(tree.field, tree.key)
            keys_only = fields[tree.field] is FieldKind.MAP and tree.key is None
            found = _any_key(column, tree) if keys_only else _text(column.fill_null(""), tree.match, tree.values)
            return ~found if tree.negated else found


def clusters_asked(tree: Filter | None, names: Iterable[str], fields: Mapping[str, FieldKind] = ALLOCATION_FIELDS) -> tuple[str, ...]:
    """Those of the clusters `names` of which `tree` may keep something: what it says of other fields is taken to hold."""
    clusters = pl.DataFrame({"cluster": list(names)}, schema={"cluster": pl.String})
    if tree is not None:
        clusters = clusters.filter(_may_keep(tree, fields))
    return tuple(clusters.get_column("cluster"))


def _may_keep(tree: Filter, fields: Mapping[str, FieldKind]) -> pl.Expr:
    match tree:
        case And(parts=parts):
            return functools.reduce(operator.and_, (_may_keep(part, fields) for part in parts))
        case Or(parts=parts):
            return functools.reduce(operator.or_, (_may_keep(part, fields) for part in parts))
        case Comparison(field="cluster"):
            return condition(tree, lambda _name, _key: pl.col("cluster"), fields)
        case Comparison():
            return pl.lit(value=True)


def _any_key(keys: pl.Expr, comparison: Comparison) -> pl.Expr:
    # A key is present or it is not: `contains` on a map asks for the whole key, as `equals` does.
    match = Match.EQUALS if comparison.match is Match.CONTAINS else comparison.match
    values = tuple(sanitised(value) for value in comparison.values)
    return keys.list.eval(_text(pl.element().fill_null(""), match, values)).list.any().fill_null(value=False)


def _text(column: pl.Expr, match: Match, values: tuple[str, ...]) -> pl.Expr:
    if match is Match.EQUALS:
        return column.is_in(["" if value == UNALLOCATED else value for value in values])
    tests: dict[Match, Callable[[str], pl.Expr]] = {
        Match.CONTAINS: lambda value: column.str.contains(value, literal=True),
        Match.STARTS: column.str.starts_with,
        Match.ENDS: column.str.ends_with,
    }
    return functools.reduce(operator.or_, (tests[match](value) for value in values))
