"""Page: the command line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from farthing.cli import FIELDS, commands

from .markdown import code, table

INTRODUCTION = """# Command line

`farthing COMMAND [OPTIONS]`, or `python -m farthing`. Answers go to standard output, everything about them (errors, progress) to
standard error. Colours and progress are for terminals only; `NO_COLOR` turns colours off. What a narrow terminal has no room for is named
under the table; piped output is 200 columns wide unless `COLUMNS` says otherwise. `--debug` anywhere shows the traceback of an error.

Flags that set a [setting](settings.md) are stronger than its `FARTHING_` variable, which is stronger than the file of `--config`. Secrets
have no flags, as command lines are read by everybody on the machine: use `FARTHING_PROMETHEUS__PASSWORD`,
`FARTHING_PROMETHEUS__BEARER_TOKEN`, the settings file, or `--bearer-token-file`.

Exit codes are those of the [errors](errors.md); 130 after Ctrl-C. `farthing doctor` ends with 1 when it finds an error (with `--strict`
also for a warning).
"""

ROWS = """## Rows of `farthing report`

JSON, CSV and Parquet have these fields per row, after `name`, `special` (`idle` or empty) and one column per `--by`. `monthly_cost` is
last: the total at the same rate for 730 hours, counted from the hours that there is data for. JSON has `left_out`, `totals`, `shown`,
`closing`, `guesses`, `unpriced`, `notes` and `asked` beside its `rows`.
"""


def page() -> str:
    """One section per command, then the fields of a report's rows."""
    group: Any = typer.main.get_command(commands)
    sections = [_section(name, command) for name, command in _leaves("", group)]
    fields = table(["field", "meaning"], ([code(field.name), field.doc] for field in FIELDS))
    return "\n".join([INTRODUCTION, *sections, ROWS, fields])


def _leaves(above: str, group: Any) -> Iterator[tuple[str, Any]]:
    """Every command with its whole name; a group of commands is its members."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _leaves(f"{above}{name} ", command)
        else:
            yield f"{above}{name}", command


def _section(name: str, command: Any) -> str:
    text = f"## farthing {name}\n\n{inspect.cleandoc(command.help or '')}\n"
    rows = list(_rows(command))
    return f"{text}\n{table(['flag', 'takes', 'default', 'meaning'], rows)}" if rows else text


def _rows(command: Any) -> Iterator[list[str]]:
    for option in command.params:
        if option.name == "help":
            continue
        names = ", ".join(code(name) for name in sorted(option.opts, key=len, reverse=True))
        takes = "" if option.is_flag else option.metavar
        default = "" if option.is_flag or option.default in (None, "") else str(option.default)
        yield [names, code(takes), code(default), (option.help or "").replace("\\[", "[").replace("<", "&lt;")]
