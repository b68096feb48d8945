"""The two consoles: answers go to standard output, everything about them to standard error."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from rich.console import Console
from rich.text import Text

PIPED_WIDTH = 200  # nobody's screen limits what goes into a file or another program
# Signs of ours for terminals that have only ASCII.
ASCII = str.maketrans({"·": "-", "–": "-", "…": "~", "→": "->", "×": "x", "≥": ">=", "Σ": "sum", "✓": "ok"})


class _Console(Console):
    """Lets `main` decide what it means that a reader has gone."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def out() -> Console:
    """The console of answers: coloured on a terminal only, and not under NO_COLOR."""
    return _console(sys.stdout)


def err() -> Console:
    """The console of errors and progress."""
    return _console(sys.stderr)


def to_file(file: TextIO) -> Console:
    """A console that writes plain text into an open file."""
    return Console(file=file, width=PIPED_WIDTH, highlight=False, markup=False, emoji=False, color_system=None)


def _console(stream: TextIO) -> Console:
    piped = not stream.isatty() and "COLUMNS" not in os.environ
    return _Console(file=stream, width=PIPED_WIDTH if piped else None, highlight=False, markup=False, emoji=False, soft_wrap=False)


def plain(text: str, console: Console) -> str:
    """`text` without control characters, in signs that the console's encoding has."""
    clean = "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)
    return clean.translate(ASCII) if console.options.ascii_only else clean


def line(console: Console, *parts: str | tuple[str, str], indent: int = 0, whole: bool = False) -> None:
    """Print one paragraph: texts, or (text, style); wrapped lines keep `indent`. `whole`: never wrapped, to be copied."""
    text = Text()
    for part in parts:
        words, style = (part, "") if isinstance(part, str) else part
        text.append(plain(words, console), style=style)
    if not indent:
        console.print(text, soft_wrap=whole)
        return
    for wrapped in text.wrap(console, max(20, console.width - indent)):
        wrapped.rstrip()
        console.print(Text(" " * indent) + wrapped)


def forgiving_streams() -> None:
    """Let a sign that an output's encoding lacks become a question mark instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
