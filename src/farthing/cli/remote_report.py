"""A report from a farthing that runs: its answers as the same table, the same proof, the same exports as of one's own reckoning."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from farthing.core.errors import LedgerBroken, NoData, Unreadable
from farthing.core.ledger import Note, Span
from farthing.core.schema import MARKS, RowKind
from farthing.core.windows import Window
from farthing.metering.prometheus import Asked
from farthing.views import Guess, SharedOut, Sharing, Split, SummaryTable, Unpriced

from .exports import FIELDS
from .reckoning import ALLOCATED, Asking, Closing, Report
from .remote import RemoteServer, document, pages

CLOSING_TOLERANCE = 1e-9
ROWS_OF_A_PAGE = 10_000
PRICED = ("cpu", "ram", "gpu", "storage", "load_balancer")
COMPARED: dict[str, pl.DataType] = {"previous_cost": pl.Float64(), "change": pl.Float64(), "trend": pl.List(pl.Float64())}
MARK_OF = {doc.name: mark for mark, doc in MARKS.items()}


@dataclass(frozen=True)
class ServersPrices:
    """What is known of the prices that a server uses."""

    name: str
    currency: str
    notes: tuple[Note, ...] = ()
    is_default: bool = False


def of_server(server: RemoteServer, asking: Asking, *, default_sharing: bool) -> Report:
    """What `server` answers to `asking`, with the proof that its books close.

    `default_sharing`: what is shared out is what the server's settings say, in place of the question's own. How long it was observed is
    told by the first and last hour of any cluster. Raises LedgerBroken where the books do not close, NoData, and what asking raises.
    """
    begun = time.perf_counter()
    meta = document(server.get("/meta", {}), server.name)
    question = asking.question
    if default_sharing:
        asking = replace(asking, question=replace(question, sharing=sharing_told(meta)))
    found = list(pages(server, "/allocation/view", parameters_of(asking, default_sharing=default_sharing)))
    plain = {
        "window": _text(asking.window),
        "agg": "kind,cluster",
        "sharing": "none",
        "compare": "none",
        "step": "all",
        "limit": str(ROWS_OF_A_PAGE),
    }
    kinds = list(pages(server, "/allocation/view", plain))
    assets = document(server.get("/assets/view", {key: plain[key] for key in ("window", "compare", "step")} | {"agg": "all"}), server.name)
    try:
        table = table_of(found, asking)
        closing, clusters = closing_of(kinds, assets)
        observed = observed_seconds(asking.window, meta, found[0]["asOf"])
        prices = ServersPrices(f"those of {server.name}", meta["currency"])
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise Unreadable(
            f"{server.name} answers otherwise than this farthing reads: {error!r}", expected="a farthing of this version"
        ) from error
    if not clusters:
        raise NoData(
            f"{server.name} has nothing of {asking.window}", cure="take another --window; farthing query --by cluster shows what it has"
        )
    asked = Asked()
    asked.count("native API", queries=server.queries, bytes=server.bytes, seconds=time.perf_counter() - begun)
    return Report(asking, table, closing, clusters, observed, prices, asked, time.perf_counter() - begun)


def parameters_of(asking: Asking, *, default_sharing: bool) -> dict[str, str]:
    """The question as parameters of the native API."""
    question = asking.question
    told = {
        "window": _text(asking.window),
        "zone": asking.zone,
        "agg": ",".join(asking.by) or "all",
        "filter": asking.filter,
        "idle": asking.idle,
        "idleBy": question.idle_by.value,
        "step": "all",
        "compare": "none",
        "limit": str(ROWS_OF_A_PAGE),
    }
    if not default_sharing:
        told |= sharing_parameters(question.sharing)
    return {name: text for name, text in told.items() if text}


def sharing_parameters(sharing: Sharing | None) -> dict[str, str]:
    """Rules of sharing as parameters that leave nothing to the server's settings."""
    if not sharing:
        return {"sharing": "none"}
    return {
        "shareNamespaces": ",".join(sharing.namespaces),
        "shareLabels": ",".join(f"{key}:{value}" for key, values in sharing.labels for value in values),
        "shareCost": repr(sharing.monthly),
        "shareSplit": sharing.split.value,
        "shareManagement": str(sharing.management).lower(),
        "shareLoadBalancers": str(sharing.load_balancers).lower(),
    }


def table_of(found: Sequence[Mapping[str, Any]], asking: Asking) -> SummaryTable:
    """The pages of a view as the table that a reckoning of one's own gives."""
    first, last = found[0], found[-1]
    columns = [column["name"] for column in first["columns"]]
    rows = [row for page in found for row in page["rows"]] + list(first["idleRows"])
    shared = SharedOut(**first["shared"])
    return SummaryTable(
        by=asking.by,
        steps=(Span(*asking.window.unix),),
        rows=_frame(rows, columns, asking.by),
        hidden=float(first["hidden"]),
        filtered_out=float(first["filteredOut"]),
        shared=shared,
        totals=_frame([first["total"]], columns, ()).drop("name", "special"),
        guesses=tuple(_guess(one) for one in first["guesses"]),
        unpriced=tuple(Unpriced(one["resource"], one["reason"], one["cure"], one["assets"]) for one in first["unpriced"]),
        notes=tuple(Note(one["text"], one["cure"], one["level"], one["cluster"]) for one in last["notes"]),
    )


def closing_of(kinds: Sequence[Mapping[str, Any]], assets: Mapping[str, Any]) -> tuple[Closing, tuple[str, ...]]:
    """Both sides of the books, and the clusters that are in them. Raises LedgerBroken where they are not equal."""
    columns = [column["name"] for column in kinds[0]["columns"]]
    cost, kind, cluster = (columns.index(name) for name in ("total_cost", "kind", "cluster"))
    sums: dict[str, float] = {}
    clusters: set[str] = set()
    for row in (row for page in kinds for row in page["rows"]):
        name = "allocated" if row[kind] in ALLOCATED else _bare(row[kind])
        sums[name] = sums.get(name, 0.0) + (row[cost] or 0.0)
        clusters.add(row[cluster])
    sums["idle"] = sum(row[cost] or 0.0 for row in kinds[0]["idleRows"])
    owed = float(assets["total"][[column["name"] for column in assets["columns"]].index("total_cost")] or 0.0)
    closing = Closing(**sums, assets=owed)
    paid = sum(closing.parts.values())
    if abs(paid - owed) > CLOSING_TOLERANCE * max(paid, owed):
        raise LedgerBroken(f"the server's books do not close: assets {owed!r}, allocations {paid!r}", expected="both to be the same")
    return closing, tuple(sorted(clusters))


def observed_seconds(window: Window, meta: Mapping[str, Any], as_of: str) -> float:
    """How much of `window` lies between the first and the last hour that the server has, s."""
    begins = [datetime.fromisoformat(one["first"]) for one in meta["clusters"] if one["first"]]
    start, end = max([window.start, *([min(begins)] if begins else [])]), min(window.end, datetime.fromisoformat(as_of))
    return max(0.0, (end - start).total_seconds())


def _frame(rows: Sequence[Sequence[Any]], columns: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """name, special, the groups, and the columns of FIELDS in the units of the ledger; `<resource>_unpriced` where a cost has none;
    previous_cost, change and trend where they are told."""
    place = {name: number for number, name in enumerate(columns)}
    texts = {name: pl.Series(name, [row[place[name]] for row in rows], pl.String) for name in ("name", "special", *by)}
    data = dict(texts)
    for field in FIELDS:
        values = [row[place[field.name]] for row in rows]
        kind = pl.Boolean() if field.name == "partial" else pl.Float64()
        data[field.column] = (
            pl.Series(field.column, values, kind) * (field.per or 1.0) if field.per else pl.Series(field.column, values, kind)
        )
    data |= {name: pl.Series(name, [row[place[name]] for row in rows], kind) for name, kind in COMPARED.items() if name in place}
    frame = pl.DataFrame(list(data.values()))
    lacks = [(pl.col(f"{name}_cost").is_null() & pl.col("partial")).alias(f"{name}_unpriced") for name in PRICED]
    return frame.with_columns(pl.col("special").fill_null(""), *lacks)


def _guess(told: Mapping[str, Any]) -> Guess:
    return Guess(MARK_OF[told["name"]], told["name"], told["doc"], told["cure"], told["rows"], told["cost"])


def sharing_told(meta: Mapping[str, Any]) -> Sharing | None:
    """The rules of sharing that `/meta` tells."""
    told = meta.get("sharing")
    if told is None:
        return None
    labels = tuple((key, tuple(values)) for key, values in told["labels"].items())
    return Sharing(tuple(told["namespaces"]), labels, told["monthly"], Split(told["split"]), told["management"], told["loadBalancers"])


def _bare(kind: str) -> str:
    """`unmounted` of `__unmounted__`."""
    return RowKind(kind.strip("_")).value


def _text(window: Window) -> str:
    return str(window)
