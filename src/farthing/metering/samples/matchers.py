"""Matchers of the measurements table, written in PromQL's notation, as Polars expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

import polars as pl

_MATCHER = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Matcher:
    """`label`, one of = != =~ !~, and a value; an absent label counts as the empty text, a pattern must match all of the value."""

    label: str
    operator: str
    value: str

    def holds(self, columns: Collection[str]) -> pl.Expr:
        """True where the label's column, if there is one, matches."""
        found = pl.col(self.label).fill_null("") if self.label in columns else pl.lit("")
        return _OPERATORS[self.operator](found, self.value)


_OPERATORS: dict[str, Callable[[pl.Expr, str], pl.Expr]] = {
    "=": lambda found, value: found == value,
    "!=": lambda found, value: found != value,
    "=~": lambda found, value: found.str.contains(f"^(?:{value})$"),
    "!~": lambda found, value: ~found.str.contains(f"^(?:{value})$"),
}


@cache
def matcher(text: str) -> Matcher:
    """`text`, such as `phase=~"Succeeded|Failed"`. Raises ValueError for anything else: the table is ours."""
    found = _MATCHER.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no matcher")
    return Matcher(found[1], found[2], json.loads(found[3]))
