"""Filters of the older kind: one parameter per field, comma lists, a trailing * as wildcard."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from farthing.core.errors import BadParameter
from farthing.views import And, Comparison, Filter, Match, Or


def _value(field: str, text: str, key: str | None = None) -> Comparison:
    if text.endswith("*"):
        return Comparison(field, Match.STARTS, (text[:-1],), key=key)
    return Comparison(field, Match.EQUALS, (text,), key=key)


def _plain(field: str) -> Callable[[str, str], Filter]:
    return lambda _, text: _value(field, text)


def _keyed(field: str) -> Callable[[str, str], Filter]:
    def read(name: str, text: str) -> Filter:
        key, colon, value = text.partition(":")
        if not colon or not key:
            raise BadParameter(f"{name}={text!r} has no key", expected="key:value, e.g. team:growth")
        return _value(field, value, key)

    return read


def _controller(_: str, text: str) -> Filter:
    kind, colon, name = text.partition(":")
    return And((_value("controllerKind", kind), _value("controllerName", name))) if colon else _value("controllerName", text)


ALLOCATION_V1: dict[str, Callable[[str, str], Filter]] = {
    "filterClusters": _plain("cluster"),
    "filterNodes": _plain("node"),
    "filterNamespaces": _plain("namespace"),
    "filterControllerKinds": _plain("controllerKind"),
    "filterControllers": _controller,
    "filterPods": _plain("pod"),
    "filterContainers": _plain("container"),
    "filterServices": _plain("services"),
    "filterLabels": _keyed("label"),
    "filterAnnotations": _keyed("annotation"),
    "filterDepartments": _plain("department"),
    "filterEnvironments": _plain("environment"),
    "filterOwners": _plain("owner"),
    "filterProducts": _plain("product"),
    "filterTeams": _plain("team"),
}
ASSET_V1: dict[str, Callable[[str, str], Filter]] = {
    "filterTypes": _plain("assetType"),
    "filterClusters": _plain("cluster"),
    "filterProviders": _plain("provider"),
    "filterAccounts": _plain("account"),
    "filterProjects": _plain("project"),
    "filterCategories": _plain("category"),
    "filterServices": _plain("service"),
    "filterNames": _plain("name"),
    "filterProviderIDs": _plain("providerID"),
    "filterLabels": _keyed("label"),
}


def v1_filter(given: Mapping[str, str], table: Mapping[str, Callable[[str, str], Filter]]) -> Filter | None:
    """All parameters of `given` that are in `table`, joined: values of one are alternatives, several must all hold."""
    parts: list[Filter] = []
    for name, read in table.items():
        values = [value.strip() for value in given.get(name, "").split(",") if value.strip()]
        if values:
            choices = tuple(read(name, value) for value in values)
            parts.append(choices[0] if len(choices) == 1 else Or(choices))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))
