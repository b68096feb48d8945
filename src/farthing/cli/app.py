"""The command `farthing`: its subcommands, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

import farthing

from .backfill import backfill
from .demo import demo
from .doctor import doctor
from .failures import INTERRUPTED, show_failure
from .lake import lake
from .query import query
from .report import report
from .serve import serve
from .terminal import forgiving_streams, out
from .up import up

HELP = "What every Kubernetes workload costs, down to the farthing."
EPILOG = "Settings also come from FARTHING_ variables and --config FILE. Every command has its own --help."

commands = typer.Typer(
    name="farthing", help=HELP, epilog=EPILOG, pretty_exceptions_enable=False, add_completion=False, rich_markup_mode="rich"
)
commands.command("report", epilog=EPILOG)(report)
commands.command("demo")(demo)
commands.command("doctor", epilog=EPILOG)(doctor)
commands.command("serve", epilog=EPILOG)(serve)
commands.command("up", epilog=EPILOG)(up)
commands.command("query", epilog=EPILOG)(query)
commands.command("backfill", epilog=EPILOG)(backfill)

commands.add_typer(lake)


@commands.command("version")
def version() -> None:
    """The version of farthing."""
    out().print(f"farthing {farthing.__version__}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `farthing` with `arguments` (None: those of the process) and give its exit code. Never raises.

    `--debug` anywhere shows the traceback of an error.
    """
    forgiving_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [one for one in given if one != "--debug"] or ["--help"]
    try:
        code = typer.main.get_command(commands).main(given, prog_name="farthing", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # typer makes this of a Ctrl-C
            return show_failure(KeyboardInterrupt(), debug=False)
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing more to say, and Python must not try again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place that can say it
        return show_failure(error, debug=debug)
    return code if isinstance(code, int) else 0
