"""Values that a field has in a window, for whoever is typing one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from farthing.core.errors import BadField
from farthing.core.schema import IDENTITY
from farthing.core.windows import Window
from farthing.views import ASSET_LABELS, CostSource, Filter, Idle, Question, parse_by

from .asset_groups import UNDEFINED, added_up, parse_asset_by

# A map's keys stand in these columns of identities: a pod has its namespace's labels where it has none of its own.
MAPS: dict[str, tuple[str, ...]] = {
    "label": ("labels", "namespace_labels"),
    "annotation": ("annotations", "namespace_annotations"),
    "namespacelabel": ("namespace_labels",),
    "namespaceannotation": ("namespace_annotations",),
}
# A filter's field whose values are only part of what its group shows.
NAME_OF_CONTROLLER = "controllername"


@dataclass(frozen=True)
class Suggestions:
    """`values`: at most as many as asked for, those that begin with the search first; `more`: there are others."""

    values: list[str]
    more: bool


def allocation_values(source: CostSource, window: Window, field: str, filter: Filter | None) -> list[str]:
    """Values of a group (`namespace`, `label:team`, `controllerName`), or the keys of a map (`label`), of whatever cost something.

    Special rows are not among them. Raises BadField, and what the source raises.
    """
    word = field.strip().lower()
    if word in MAPS:
        return _keys(_identities(source, window, filter), MAPS[word])
    groups = parse_by(field)
    if len(groups) != 1:
        raise BadField(f"field={field[:100]!r} is not one field", expected="one field to group by, such as namespace or label:team")
    (group,) = groups
    question = Question(by=(group,), filter=filter, idle=Idle.HIDE)
    found = [value for table, _ in source.summaries(question, (window,)) for value in table.rows.get_column(group.name)]
    if word == NAME_OF_CONTROLLER:
        found = [value.partition(":")[2] or value for value in found]
    return _plain(found)


def asset_values(source: CostSource, window: Window, field: str, filter: Filter | None) -> list[str]:
    """Values of a group of assets (`type`, `provider`, `label:…`), or the keys of their labels (`label`)."""
    if field.strip().lower() == "label":
        return list(ASSET_LABELS)
    groups = parse_asset_by(field)
    tables = [added_up(table.rows, groups) for table, _ in source.assets(filter, (window,))]
    return _plain(value for table in tables for value in table.get_column("key") if value != UNDEFINED)


def chosen(values: Sequence[str], search: str, limit: int) -> Suggestions:
    """What contains `search` in any case: what begins with it first, then by the alphabet."""
    wanted = search.strip().lower()
    found = sorted((value for value in values if wanted in value.lower()), key=lambda v: (not v.lower().startswith(wanted), v.lower(), v))
    return Suggestions(found[:limit], len(found) > limit)


def _identities(source: CostSource, window: Window, filter: Filter | None) -> pl.DataFrame:
    if filter is None:
        return source.identities(window)
    question = Question(filter=filter, idle=Idle.HIDE, detail=True)
    kept = [
        table.identities.join(table.members, on="identity_id", how="semi")
        for table, _ in source.summaries(question, (window,))
        if table.members.height
    ]
    return pl.concat(kept) if kept else IDENTITY.empty()


def _keys(identities: pl.DataFrame, columns: Sequence[str]) -> list[str]:
    pairs = [identities.get_column(column).drop_nulls().explode(empty_as_null=False) for column in columns]
    return sorted({key for column in pairs for key in column.struct.field("key").unique()})


def _plain(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value and not (value.startswith("__") and value.endswith("__"))))
