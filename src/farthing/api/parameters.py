"""Parameters of a query string: what each means, what is valid, and how the texts are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from farthing.core.errors import BadParameter, nearest
from farthing.core.windows import Window, parse_window
from farthing.views import Sharing, Split, parse_sharing

AS_OF = "asOf"
BOOLEAN = ("true", "false")
_TRUE = {"1": "true", "0": "false", "t": "true", "f": "false"}
MOST_DIGITS = 12


@dataclass(frozen=True)
class Parameter:
    """One parameter. `values`: the valid ones, empty where it is a text of its own; `kind`: string, integer or number, as OpenAPI has them;
    `default`: what an absent one stands for. `later`: of `values`, the ones that are heard; None: all."""

    doc: str
    values: tuple[str, ...] = ()
    later: tuple[str, ...] | None = None
    kind: str = "string"
    default: str = ""
    example: str = ""
    required: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        if self.kind == "integer":
            return {"type": "integer", "minimum": 0} | ({"default": int(self.default)} if self.default else {})
        if self.kind == "number":
            return {"type": "number", "minimum": 0} | ({"default": float(self.default)} if self.default else {})
        found: dict[str, Any] = {"type": "string"}
        if self.values:
            found["enum"] = list(self.values)
        return found | ({"default": self.default} if self.default else {}) | ({"examples": [self.example]} if self.example else {})


def openapi(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """The part of an operation of OpenAPI that tells `parameters`."""
    return {
        "parameters": [
            {"name": name, "in": "query", "required": one.required, "description": one.doc, "schema": one.schema}
            for name, one in parameters.items()
        ]
    }


def checked(items: Iterable[tuple[str, str]], table: Mapping[str, Parameter]) -> dict[str, str]:
    """Name → value of a query string, empty values left out.

    Raises BadParameter for a name that is not in `table`, one given twice with different values, a value outside of its set, and for
    what is not supported yet; all name the valid set.
    """
    given: dict[str, str] = {}
    by_lower = {name.lower(): name for name in table}
    for name, value in items:
        known = by_lower.get(name.lower())
        if known is None:
            raise BadParameter(f"unknown parameter {name[:100]!r}", expected=nearest(name[:100], table) if table else "no parameters here")
        if given.get(known, value) != value:
            raise BadParameter(f"{known} is given twice: {given[known][:100]!r} and {value[:100]!r}", expected="one value")
        given[known] = value
    for name, value in given.items():
        _check_value(name, value.strip(), table[name])
    return {name: value for name, value in given.items() if value.strip()}


def _check_value(name: str, value: str, parameter: Parameter) -> None:
    booleans = _TRUE if "true" in parameter.values else {}
    spelled = booleans.get(value.lower(), value.lower())
    valid = {one.lower() for one in parameter.values}
    if value and valid and spelled not in valid and name not in ("accumulate", "accumulateBy"):
        raise BadParameter(f"{name}={value[:100]!r} is unknown", expected=f"one of {', '.join(parameter.values)}")
    if parameter.later is not None and spelled not in parameter.later and value not in parameter.later:
        allowed = ", ".join(one for one in parameter.later if one) or "nothing"
        raise BadParameter(f"{name}={value[:100]!r} is not supported", expected=allowed, cure=f"leave {name} out")


def true(given: Mapping[str, str], name: str, default: str = "false") -> bool:
    """Whether a parameter is said to be so."""
    text = given.get(name, default).strip().lower()
    return _TRUE.get(text, text) == "true"


def count(given: Mapping[str, str], name: str, *, most: int | None = None) -> int | None:
    """A whole number from 0, None where it is not given. Raises BadParameter."""
    if name not in given:
        return None
    text = given[name].strip()
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise BadParameter(f"{name}={text[:100]!r} is no count", expected="a whole number from 0")
    number = int(text)
    if most is not None and number > most:
        raise BadParameter(f"{name}={number} is too much", expected=f"at most {most}")
    return number


def the_window(given: Mapping[str, str], now: datetime, zone: tzinfo) -> Window:
    """The window asked for. Raises BadParameter without one, BadWindow for one that cannot be read."""
    if "window" not in given:
        raise BadParameter("no window is given", expected="window, e.g. window=7d or window=2026-11-01,2026-11-08")
    return parse_window(given["window"], now=now, zone=zone)


TIME_TOLD: dict[str, Parameter] = {
    AS_OF: Parameter("facts and prices as they were known at that time: 2026-11-01, 2026-11-01T12:00:00Z; default the newest")
}
SHARING_PARAMETERS: dict[str, Parameter] = {
    "shareNamespaces": Parameter("comma list of namespaces whose cost is shared out; a trailing * is a wildcard"),
    "shareLabels": Parameter("comma list of key:value; what carries one of them is shared out"),
    "shareCost": Parameter("an amount in $ a month (of 730 hours) that is shared out", kind="number"),
    "shareSplit": Parameter("how shared costs are divided; default as set", tuple(Split)),
}


def sharing_asked(given: Mapping[str, str], settings: Sharing | None, fees: str, load_balancers: str) -> Sharing | None:
    """What is shared out beside idle: the settings', where the request tells one of its own parts that part in its place; None for nothing.

    `fees` and `load_balancers`: names of the parameters that share them. Raises BadParameter.
    """
    told = settings or Sharing()
    asked = parse_sharing(given.get("shareNamespaces", ""), given.get("shareLabels", ""))
    return (
        Sharing(
            namespaces=told.namespaces if "shareNamespaces" not in given else asked.namespaces if asked else (),
            labels=told.labels if "shareLabels" not in given else asked.labels if asked else (),
            monthly=amount(given, "shareCost") if "shareCost" in given else told.monthly,
            split=Split(given["shareSplit"].strip().lower()) if "shareSplit" in given else told.split,
            management=true(given, fees) if fees in given else told.management,
            load_balancers=true(given, load_balancers) if load_balancers in given else told.load_balancers,
        )
        or None
    )


def amount(given: Mapping[str, str], name: str) -> float:
    """A number from 0, 0 where it is not given. Raises BadParameter."""
    text = given.get(name, "0").strip()
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise BadParameter(f"{name}={text[:100]!r} is no amount", expected="a number from 0, e.g. 1500 or 30.42")
    return number
