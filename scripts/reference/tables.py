"""Page: the ledger's tables and the marks of their rows."""

from __future__ import annotations

from farthing.core.schema import MARKS, TABLES, Column, Mark, MarkDoc, Table

from .markdown import code, table

INTRODUCTION = """# Tables

The ledger's tables, as Arrow types. A column that may be NULL says so; NULL means not known or not applicable, never 0. The words are
those of [the ledger](../ledger.md).
"""

MARKS_INTRODUCTION = """## Marks

Bits of the columns `marks`: what a reader must know to trust a row. A mark that is a guess makes the costs it names rest on something
assumed.
"""


def page() -> str:
    """One section per table, then the marks."""
    return "\n".join([INTRODUCTION, *map(_section, TABLES), MARKS_INTRODUCTION, _marks()])


def _section(described: Table) -> str:
    key = ", ".join(map(code, described.key))
    heading = f"## {described.name}\n\nOne row per {described.grain}. Key: {key}. Version {described.version}.\n\n"
    return heading + table(["column", "type", "unit", "NULL", "meaning"], map(_column, described.columns))


def _column(column: Column) -> list[str]:
    return [code(column.name), code(str(column.type)), column.unit, "yes" if column.nullable else "", column.doc]


def _marks() -> str:
    return table(["bit", "mark", "guess", "meaning", "costs that rest on it", "cure"], (_mark(*item) for item in MARKS.items()))


def _mark(mark: Mark, doc: MarkDoc) -> list[str]:
    return [str(mark.value), doc.name, "yes" if doc.guess else "", doc.doc, ", ".join(map(code, doc.costs)), doc.cure]
