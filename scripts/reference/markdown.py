"""Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars and line breaks inside cells are escaped."""
    lines = [_line(heading), _line(["---"] * len(heading)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """`text` as code; empty stays empty."""
    return f"`{text}`" if text else ""


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
