"""Page: errors with their exit codes and HTTP statuses."""

from __future__ import annotations

from collections.abc import Iterator

from farthing.core.errors import FarthingError

from .markdown import code, table

INTRODUCTION = """# Errors

Every error says what went wrong with which value, what was expected, and what to do. The command line ends with the exit code, the
HTTP API answers with the status. Exit code 0 is success.
"""


def page() -> str:
    """The tree of errors, depth first."""
    return INTRODUCTION + "\n" + table(["error", "meaning", "exit code", "HTTP status"], _rows(FarthingError, 0))


def _rows(error: type[FarthingError], depth: int) -> Iterator[list[str]]:
    meaning = (error.__doc__ or "").strip().split("\n\n")[0]
    yield ["→ " * depth + code(error.__name__), meaning, str(error.exit_code), str(error.http_status)]
    for kind in error.__subclasses__():
        # only the tree itself: a room may have kinds of its own below it
        if kind.__module__ == error.__module__:
            yield from _rows(kind, depth + 1)
