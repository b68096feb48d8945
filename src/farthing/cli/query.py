"""`farthing query`: ask a farthing that runs, or the warehouse that one left behind."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from farthing.core.errors import BadParameter, StorageError
from farthing.core.settings import Settings
from farthing.core.settings_loader import LoadedSettings
from farthing.core.zones import parse_zone
from farthing.roles import Rules
from farthing.views import Sharing
from farthing.warehouse import Warehouse

from . import terminal
from .flags import with_settings
from .query_table import print_answer
from .remote import Answerer, RemoteServer, document
from .report import By, Filter, IdlePlace, IdleWay, NoSharing, Window, Zone
from .rows import parse_order

DEFAULT_SERVER = "http://127.0.0.1:9090"
TOP = 30
MAGIC = b"DUCK"  # at byte 8 of every file of the warehouse's kind
DEFAULTS = {"currency": "USD"}

SERVER_HELP = "The farthing to ask; its token comes from FARTHING_SERVE__TOKEN (serve.token)."
WAREHOUSE_HELP = (
    "Read this file instead of asking a server: the warehouse of a farthing up that is stopped. One process opens it at a time."
)
STEP_HELP = "Also tell costs per step: hour, day, week, month, or a duration such as 6h."
TOP_HELP = "Most groups to show; the others are added up in one row. CSV always has all of them."
SORT_HELP = "Column to sort by, as in farthing report."


class Output(StrEnum):
    """Forms of an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass
class WarehouseFile:
    """A warehouse that is opened here: see Answerer."""

    warehouse: Warehouse
    name: str
    sharing: Sharing | None
    currency: str

    def get(self, path: str, parameters: Mapping[str, str]) -> bytes:
        """See Answerer."""
        api: Any = importlib.import_module("farthing.api")  # a web framework that no other command waits for
        answer: bytes = api.native_answer(self.warehouse, path, parameters, sharing=self.sharing, currency=self.currency)
        return answer


@with_settings("")
def query(
    *,
    server: Annotated[str, typer.Option("--server", help=SERVER_HELP, metavar="URL")] = DEFAULT_SERVER,
    warehouse: Annotated[Path | None, typer.Option("--warehouse", help=WAREHOUSE_HELP, metavar="FILE", show_default=False)] = None,
    window: Window = "7d",
    by: By = "namespace",
    filter: Filter = "",
    idle: IdleWay = "separate",
    idle_by: IdlePlace = "node",
    no_sharing: NoSharing = False,
    zone: Zone = "UTC",
    step: Annotated[str, typer.Option("--step", help=STEP_HELP, metavar="STEP", show_default=False)] = "",
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=20_000, help=TOP_HELP, metavar="NUMBER")] = TOP,
    sort: Annotated[str, typer.Option("--sort", help=SORT_HELP, metavar="COLUMN")] = "total",
    output: Annotated[Output, typer.Option("--output", "-o", help="Form.", metavar="|".join(Output))] = Output.TABLE,
    loaded: LoadedSettings,
) -> None:
    """Ask a farthing that runs (farthing up) what things cost, beside the period before."""
    order = parse_order(sort)
    parse_zone(zone)
    if warehouse is not None and server != DEFAULT_SERVER:
        raise BadParameter("--server and --warehouse name different places to read from", expected="one of them")
    asked = {"window": window, "zone": zone, "agg": by, "filter": filter, "idle": idle, "idleBy": idle_by, "step": step}
    asked |= {"stack": "name"} if step.strip() and output is not Output.CSV else {}
    asked |= {"sharing": "none" if no_sharing else "", "sort": f"{'-' if order.descending else ''}{order.column}"}
    asked = {name: text for name, text in asked.items() if text.strip()}
    with answerer(server, warehouse, loaded.settings) as source:
        if output is Output.CSV:
            _write(source.get("/allocation/export", {"format": "csv", **asked}))
            return
        answer = document(source.get("/allocation/view", {**asked, "limit": str(top)}), source.name)
        if output is Output.JSON:
            _write(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
            return
        meta = document(source.get("/meta", {}), source.name)
        print_answer(terminal.out(), answer, meta, source.name, filter=filter, no_sharing=no_sharing, steps=bool(step))


@contextmanager
def answerer(server: str, warehouse: Path | None, settings: Settings) -> Iterator[Answerer]:
    """Who answers: the server, or the warehouse in a file. Raises SettingsError, StorageError."""
    if warehouse is None:
        yield RemoteServer.of(server, settings)
        return
    _check_file(warehouse)
    opened = Warehouse(
        warehouse, memory_mib=settings.warehouse.memory_mib, threads=settings.warehouse.threads, now=lambda: datetime.now(UTC)
    )
    try:
        state = opened.store.state()
        currency = Rules.read_again(state.rules).book.currency if state.rules else DEFAULTS["currency"]
        yield WarehouseFile(opened, str(warehouse), state.shared_by(), currency)
    finally:
        opened.close()


def _check_file(path: Path) -> None:
    """Raises StorageError for what is no warehouse: one that is opened to be used would be made anew in its place."""
    try:
        with path.open("rb") as file:
            begins = file.read(12)
    except OSError as error:
        raise StorageError(
            f"the warehouse {path} cannot be read: {error.strerror or error}",
            expected="the file that farthing up keeps (warehouse.path)",
            cure="farthing query without --warehouse asks a server",
        ) from None
    if begins[8:] != MAGIC:
        raise StorageError(f"{path} is no warehouse of farthing's", expected="the file that farthing up keeps (warehouse.path)")


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
