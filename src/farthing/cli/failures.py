"""Errors as a person sees them: one paragraph, no traceback, the right exit code."""

from __future__ import annotations

import traceback

from rich.console import Console
from typer.exceptions import TyperException

from farthing.core.errors import FarthingError

from .terminal import err, line

INTERRUPTED = 130
USAGE = 2
BUG = 70
LONGEST_LIST = 3


def _lines(console: Console, lead: str, text: str) -> None:
    """`text` behind `lead`; a long list of alternatives one to a line."""
    parts = text.split("; ")
    if len(parts) <= LONGEST_LIST:
        line(console, (lead, "bold"), text)
        return
    line(console, (lead, "bold"), "one of")
    for part in parts:
        line(console, part, indent=2)


def show_failure(error: BaseException, *, debug: bool) -> int:
    """Print `error` to standard error and give the exit code. With `debug` its traceback comes first."""
    console = err()
    if debug:
        console.print("".join(traceback.format_exception(error)), style="dim")
    match error:
        case KeyboardInterrupt():
            line(console, "farthing: interrupted")
            return INTERRUPTED
        case FarthingError():
            line(console, ("error: ", "bold red"), (error.problem, "red"))
            for lead, text in (("expected: ", error.expected), ("to do: ", error.cure)):
                if text:
                    _lines(console, lead, text)
            return error.exit_code
        case TyperException():
            line(console, ("error: ", "bold red"), (error.format_message(), "red"))
            context = getattr(error, "ctx", None)
            if context is not None:
                line(console, ("to do: ", "bold"), f"{context.command_path} --help lists what there is")
            return error.exit_code
        case _:
            line(console, ("error: ", "bold red"), (f"{type(error).__name__}: {error}", "red"))
            line(console, ("to do: ", "bold"), "this is a bug of farthing's; run it again with --debug and report what it says")
            return BUG
