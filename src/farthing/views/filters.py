"""The filter language: text → tree.

    filter     := element ( ('+' element)* | ('|' element)* )      + is and, | is or; one kind in a scope
    element    := comparison | '(' filter ')'
    comparison := field [ '[' key ']' ] operator value ( ',' value )*
    value      := "quoted", with \\" for a quote, or a bare word

Several values are alternatives; under a negated operator none of them may match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from farthing.core.errors import BadFilter, nearest

from .lexer import Kind, Token, tokens

MAX_NESTING = 64
UNALLOCATED = "__unallocated__"


class Match(StrEnum):
    """How a value is compared."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS = "starts with"
    ENDS = "ends with"


OPERATOR_MEANING: dict[str, tuple[Match, bool]] = {
    ":": (Match.EQUALS, False),
    "!:": (Match.EQUALS, True),
    "~:": (Match.CONTAINS, False),
    "!~:": (Match.CONTAINS, True),
    "<~:": (Match.STARTS, False),
    "!<~:": (Match.STARTS, True),
    "~>:": (Match.ENDS, False),
    "!~>:": (Match.ENDS, True),
}


class FieldKind(StrEnum):
    """What a field holds: one value, several, or a map of keys and values."""

    ONE = "one"
    SEVERAL = "several"
    MAP = "map"


ALLOCATION_FIELDS: dict[str, FieldKind] = {
    "cluster": FieldKind.ONE,
    "node": FieldKind.ONE,
    "namespace": FieldKind.ONE,
    "controllerName": FieldKind.ONE,
    "controllerKind": FieldKind.ONE,
    "container": FieldKind.ONE,
    "pod": FieldKind.ONE,
    "provider": FieldKind.ONE,
    "services": FieldKind.SEVERAL,
    "label": FieldKind.MAP,
    "annotation": FieldKind.MAP,
    "department": FieldKind.ONE,
    "environment": FieldKind.ONE,
    "owner": FieldKind.ONE,
    "product": FieldKind.ONE,
    "team": FieldKind.ONE,
}
ASSET_FIELDS: dict[str, FieldKind] = {
    "name": FieldKind.ONE,
    "assetType": FieldKind.ONE,
    "category": FieldKind.ONE,
    "cluster": FieldKind.ONE,
    "project": FieldKind.ONE,
    "provider": FieldKind.ONE,
    "providerID": FieldKind.ONE,
    "account": FieldKind.ONE,
    "service": FieldKind.ONE,
    "label": FieldKind.MAP,
}


@dataclass(frozen=True)
class Comparison:
    """`field[key] operator values`. `key` is None for fields that are no maps, and for a map asked for its keys."""

    field: str
    match: Match
    values: tuple[str, ...]
    negated: bool = False
    key: str | None = None


@dataclass(frozen=True)
class And:
    """All of the parts."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Or:
    """Any of the parts."""

    parts: tuple[Filter, ...]


Filter = Comparison | And | Or


def parse_filter(text: str, fields: Mapping[str, FieldKind] = ALLOCATION_FIELDS) -> Filter | None:
    """The tree of `text`; None for an empty filter, which keeps everything.

    Field names are taken in any case and come out as `fields` spells them.
    Raises BadFilter with the offset of what is wrong and what would be right there, TooLarge for an over-long text.
    """
    if not text.strip():
        return None
    return _Parser(text, fields).whole()


def fields_of(tree: Filter | None) -> set[tuple[str, str | None]]:
    """Every (field, key) that `tree` compares."""
    match tree:
        case None:
            return set()
        case Comparison(field=field, key=key):
            return {(field, key)}
        case And(parts=parts) | Or(parts=parts):
            return set().union(*(fields_of(part) for part in parts))


class _Parser:
    def __init__(self, text: str, fields: Mapping[str, FieldKind]) -> None:
        self._text = text
        self._fields = fields
        self._names = {name.lower(): name for name in fields}
        self._tokens = tokens(text)
        self._at = 0

    def whole(self) -> Filter:
        tree = self._scope(0)
        if self._next_is(Kind.CLOSE):
            raise self._error("a parenthesis is closed that was never opened", "+ (and), | (or) or the end")
        return tree

    @property
    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next_is(self, kind: Kind) -> bool:
        return self._peek.kind is kind

    def _take(self) -> Token:
        token = self._peek
        self._at += 1
        return token

    def _error(self, problem: str, expected: str, *, token: Token | None = None, cure: str = "") -> BadFilter:
        return BadFilter(problem, text=self._text, position=(token or self._peek).position, expected=expected, cure=cure)

    def _unexpected(self, expected: str) -> BadFilter:
        token = self._peek
        problem = "the filter ends too early" if token.kind is Kind.END else f"unexpected {token.text!r}"
        return self._error(problem, expected)

    def _scope(self, depth: int) -> Filter:
        if depth > MAX_NESTING:
            raise self._error(f"parentheses are nested deeper than {MAX_NESTING}", f"at most {MAX_NESTING} levels")
        parts = [self._element(depth)]
        joint: Kind | None = None
        while self._peek.kind not in (Kind.END, Kind.CLOSE):
            token = self._peek
            if token.kind not in (Kind.PLUS, Kind.PIPE):
                raise self._unexpected("+ (and), | (or) or the end")
            if joint is not None and token.kind is not joint:
                raise self._error("+ (and) and | (or) are mixed in one scope", "one kind", cure="group with parentheses")
            joint = token.kind
            self._take()
            parts.append(self._element(depth))
        if len(parts) == 1:
            return parts[0]
        return And(tuple(parts)) if joint is Kind.PLUS else Or(tuple(parts))

    def _element(self, depth: int) -> Filter:
        if self._next_is(Kind.OPEN):
            self._take()
            inner = self._scope(depth + 1)
            if not self._next_is(Kind.CLOSE):
                raise self._unexpected("a closing parenthesis")
            self._take()
            return inner
        return self._comparison()

    def _comparison(self) -> Filter:
        field = self._field()
        key = self._key(field)
        if not self._next_is(Kind.OPERATOR):
            raise self._unexpected(f"an operator, one of {' '.join(OPERATOR_MEANING)}")
        match, negated = OPERATOR_MEANING[self._take().text]
        values = [self._value()]
        while self._next_is(Kind.COMMA):
            self._take()
            values.append(self._value())
        return Comparison(field, match, tuple(values), negated, key)

    def _field(self) -> str:
        token = self._peek
        if token.kind is not Kind.NAME:
            raise self._unexpected(f"a field, {nearest('', self._fields)}")
        name = self._names.get(token.text.lower())
        if name is None:
            raise self._error(f"unknown field {token.text!r}", nearest(token.text, self._fields))
        self._take()
        return name

    def _key(self, field: str) -> str | None:
        if self._peek.kind is not Kind.KEY:
            return None
        if self._fields[field] is not FieldKind.MAP:
            maps = sorted(name for name, kind in self._fields.items() if kind is FieldKind.MAP)
            raise self._error(f"{field} has no keys", f"an operator; only {', '.join(maps)} take [key]")
        return self._take().text

    def _value(self) -> str:
        if self._peek.kind is not Kind.VALUE:
            raise self._unexpected('a value in double quotes, e.g. "kube-system"')
        return self._take().text
