"""What happened at the company, each with the question that shows it and the figure that the answer has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from farthing.core.ledger import Span
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.simulator.books import Books, books
from farthing.simulator.dice import DAY_SECONDS
from farthing.simulator.plan import Organisation

from .parts import LABORATORY, LAUNCHED, MIGRATED, NOTEBOOK, RAN_AWAY, RIGHT_SIZED, SHOP, STOPPED, ago

LONGEST_DAYS = 30


@dataclass(frozen=True)
class Query:
    """A question as `farthing report` takes it: `by` and `filter` in its language, idle shown apart, a row per node where `idle_rows` says
    so. `rows`: which rows of the answer count, by the values of `by`; empty: all but idle. `measure`: the column that counts."""

    window: Window
    by: tuple[str, ...]
    filter: str = ""
    measure: str = "cost"
    rows: tuple[tuple[str, ...], ...] = ()
    idle_rows: str = "together"


@dataclass(frozen=True)
class Story:
    """Something that happened: `figure` is what the books say that `query` answers ($), `before` what `compared` answers."""

    title: str
    sentence: str
    query: Query
    figure: float
    compared: Query | None = None
    before: float | None = None


def stories(organisation: Organisation, now: datetime) -> tuple[Story, ...]:
    """The company's stories as they are seen at `now`: windows that go on end with its last full hour."""
    end = now.timestamp() // HOUR_SECONDS * HOUR_SECONDS
    anchor = organisation.anchor
    account = books(organisation, Span(min(anchor, end) - LONGEST_DAYS * DAY_SECONDS, end))
    told = (_runaway(anchor), _forgotten_cards(anchor, end), _halved(anchor), _idle_pool(anchor, end, account), _unmounted(anchor, end),
        _launched(anchor, end))  # fmt: skip
    return tuple(
        Story(
            title,
            sentence,
            query,
            _figure(account, query),
            compared,
            None if compared is None else _figure(account, compared),
        )
        for title, sentence, query, compared in told
    )


Told = tuple[str, str, Query, Query | None]


def _window(start: float, end: float) -> Window:
    return Window(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))


def _runaway(anchor: float) -> Told:
    start, end = ago(anchor, (RAN_AWAY[0], 0)), ago(anchor, (STOPPED[0] - 1, 0))
    length = end - start
    job = 'cluster:"shop-prod"+controllerKind:"cronjob"+controllerName:"rebuild-index"'
    return (
        "A job that ran away",
        "Each hourly run of search's rebuild-index took longer than the one before; for four days they piled up, then somebody ended them.",
        Query(_window(start, end), ("controller",), job),
        Query(_window(start - length, start), ("controller",), job),
    )


def _forgotten_cards(anchor: float, end: float) -> Told:
    return (
        "Two cards that nobody uses",
        "A notebook of the machine-learning team has held two A100 cards for two weeks, at a utilisation of nothing.",
        Query(
            _window(ago(anchor, NOTEBOOK), end),
            ("pod",),
            f'cluster:"{LABORATORY}"+namespace:"notebooks"+pod:"notebook-lena-0"',
            "gpu_cost",
        ),
        None,
    )


def _halved(anchor: float) -> Told:
    team = 'team:"payments"+environment:"prod"'
    return (
        "A team that halved its costs",
        "Payments measured what its services use, lowered their requests two weeks ago and rolled them out.",
        Query(_window(ago(anchor, (7, 0)), anchor), ("team",), team),
        Query(_window(ago(anchor, (RIGHT_SIZED[0] + 7, 0)), ago(anchor, (RIGHT_SIZED[0], 0))), ("team",), team),
    )


def _idle_pool(anchor: float, end: float, account: Books) -> Told:
    start = ago(anchor, MIGRATED) + HOUR_SECONDS
    legacy = account.nodes.filter((pl.col("cluster") == SHOP) & (pl.col("pool") == "legacy"))["node"].unique().sort()
    return (
        "A pool that was left behind",
        "Catalogue and reviews moved to other machines nineteen days ago; the four of the legacy pool still run, with nothing but agents.",
        Query(_window(start, end), ("cluster",), "", "cost", tuple((SHOP, node) for node in legacy), "node"),
        None,
    )


def _unmounted(anchor: float, end: float) -> Told:
    start = anchor - LONGEST_DAYS * DAY_SECONDS
    return (
        "A volume that nobody mounts",
        "The export of Black Friday 2025 has lain on four TB of the fastest storage ever since; no pod has mounted it.",
        Query(_window(start, end), ("kind", "namespace"), "", "storage_cost", (("unmounted", "analytics"),)),
        None,
    )


def _launched(anchor: float, end: float) -> Told:
    return (
        "A new service",
        "The storefront launched the wishlist a week ago, with a load balancer of its own.",
        Query(_window(ago(anchor, LAUNCHED), end), ("controller",), 'cluster:"shop-prod"+product:"wishlist"'),
        None,
    )


def _figure(account: Books, query: Query) -> float:
    """What the books say that a question answers. Each question that stories ask is looked up in its own way."""
    start, end = query.window.unix
    hour = pl.col("hour")
    inside = (hour >= start) & (hour < end)
    if query.idle_rows == "node":
        rows = account.nodes.filter(inside & pl.concat_list("cluster", "node").is_in([list(row) for row in query.rows]))
        return float(rows["idle_cost"].sum())
    if query.by == ("kind", "namespace"):
        namespaces = [namespace for _, namespace in query.rows]
        return float(account.volumes.filter(inside & pl.col("namespace").is_in(namespaces))["unmounted_cost"].sum())
    return float(account.rows.filter(inside & ROWS[query.filter])[query.measure].sum())


ROWS = {
    'cluster:"shop-prod"+controllerKind:"cronjob"+controllerName:"rebuild-index"': (pl.col("controller") == "rebuild-index"),
    f'cluster:"{LABORATORY}"+namespace:"notebooks"+pod:"notebook-lena-0"': pl.col("pod") == "notebook-lena-0",
    'team:"payments"+environment:"prod"': (pl.col("cluster") == SHOP) & (pl.col("namespace") == "checkout"),
    'cluster:"shop-prod"+product:"wishlist"': (pl.col("cluster") == SHOP) & (pl.col("controller") == "wishlist"),
}
