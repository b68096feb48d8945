"""Page: paths and parameters of the HTTP API."""

from __future__ import annotations

from collections.abc import Mapping

from farthing.api import ALLOCATION_PARAMETERS, ALLOCATION_PATHS, ASSET_PARAMETERS, ASSET_PATHS, HEALTH_PATHS, Parameter

from .markdown import code, table

INTRODUCTION = """# HTTP API

Answers have the shape that OpenCost's and Kubecost's clients read: `{"code": 200, "status": "success", "data": …}`, with a `warning` where
something has no price (its cost is 0 here) or rests on a guess, and the window that was meant in `meta`. Errors carry their HTTP status as
`code` and say in `message` what was wrong, what is valid and what to do. Every path is served with `/model` before it as well. Numbers are
whole doubles, never rounded. The API only reads.

Names of parameters are taken in any case, an empty value counts as absent, and an unknown parameter is refused. A parameter whose values
below are marked *later* is refused with any other value, because the answer would not be what was asked for.
"""
ALLOCATION = """
`data` is a list of sets, each a map from a name to an allocation. Without `aggregate` there is a row per container named
`cluster/node/namespace/pod/container`, and idle per node as `cluster/node/__idle__`; with it a name joins the fields by `/`, and idle is
one row `__idle__`. Quantities are what was held (`max(request, usage)`), also where idle cost is shared out.
"""
ASSETS = """
`data` is one map from `provider/account/project/category/cluster/type/service/providerID/name` to an asset, blanks written as
`__undefined__`; asked with `accumulate` or `step` it is a list of such maps.
"""


def page() -> str:
    """Paths and parameters."""
    parts = [
        INTRODUCTION,
        f"## Allocations\n\n`GET {'`, `GET '.join(ALLOCATION_PATHS)}`\n{ALLOCATION}",
        _parameters(ALLOCATION_PARAMETERS),
        f"## Assets\n\n`GET {'`, `GET '.join(ASSET_PATHS)}`\n{ASSETS}",
        _parameters(ASSET_PARAMETERS),
        f"## Health\n\n`GET {'`, `GET '.join(HEALTH_PATHS)}` answer 200 while the server runs.\n",
    ]
    return "\n".join(parts)


def _parameters(parameters: Mapping[str, Parameter]) -> str:
    return table(["parameter", "means", "values"], ([code(name), one.doc, _values(one)] for name, one in parameters.items()))


def _values(parameter: Parameter) -> str:
    if parameter.later is None:
        return ", ".join(map(code, parameter.values))
    allowed = [code(value) for value in parameter.later if value]
    return f"{', '.join(allowed) or 'none'}; others *later*"
