"""Page: the filter language and the fields to group by."""

from __future__ import annotations

from collections.abc import Mapping

from farthing.views import ALLOCATION_FIELDS, ASSET_FIELDS, OPERATOR_MEANING, OWNERSHIP_LABELS, FieldKind, valid_groups

from .markdown import code, table

INTRODUCTION = """# Filters and groups

## Filters

    namespace:"shop"+label[team]:"growth","risk"
    (cluster:"east"|cluster:"west")+controllerKind!:"daemonset"

A filter compares fields and joins comparisons with `+` (and) or `|` (or), one kind within a pair of parentheses. Several values are
alternatives; under a negated operator none of them may match. Values stand in double quotes, with `\\"` for a quote; a single word may
stand bare. Field names are taken in any case, values are compared in theirs. Keys of labels and annotations are taken in either spelling:
`app.kubernetes.io/name` or `app_kubernetes_io_name`. A pod's label wins over its namespace's. `label:"team"` asks whether the key is there.
`__unallocated__` means absent. A filter acts after idle has been shared out, so what a row receives does not depend on who looks.
"""
SERVICES = """
A pod behind several services counts for each in equal parts, and a filter on a service keeps that part of its cost.
"""


def page() -> str:
    """Operators, fields and groups."""
    operators = table(
        ["operator", "keeps what", "negated"],
        (
            [code(sign), match.value, code(next(n for n, (m, negated) in OPERATOR_MEANING.items() if m is match and negated))]
            for sign, (match, negated) in OPERATOR_MEANING.items()
            if not negated
        ),
    )
    ownership = ", ".join(f"`{name}` (`{label}`)" for name, label in OWNERSHIP_LABELS.items())
    return "\n".join(
        [
            INTRODUCTION,
            operators,
            f"Fields of allocations: {_fields(ALLOCATION_FIELDS)}.\n",
            f"Fields of assets: {_fields(ASSET_FIELDS)}.\n",
            f"These read the label named behind them, else the annotation of that name: {ownership}.\n{SERVICES}",
            "## Groups\n",
            f"One of, or several joined by commas: {', '.join(map(code, valid_groups()))}.\n",
            "Rows without the label or owner are `__unallocated__`; rows of no pod are `__idle__`, `__unmounted__` or `__unobserved__`.",
        ]
    )


def _fields(fields: Mapping[str, FieldKind]) -> str:
    return ", ".join(code(f"{name}[key]" if kind is FieldKind.MAP else name) for name, kind in fields.items())
