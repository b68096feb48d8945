"""What this server itself sees that makes its answers wrong, or rest on something assumed; each with its money and its cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from farthing.core.errors import NoData
from farthing.core.schema import Mark
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.doctor import Finding, Severity, Verdict
from farthing.pricing import PriceBook
from farthing.roles import Health
from farthing.views import CostSource, Extent, IdleRows, Question, SummaryTable, parse_by

from ..moments import iso, iso_unix
from .clusters import expected_hours, gaps, state_of

MONEY_DAYS = 7
GAP_DAYS = 30
MOST_EVIDENCE = 10
LARGE_SHARE = 0.1  # of all money: a guess that so much rests on is worth a warning
DEFAULT_PRICES = Mark.DEFAULT_NODE_PRICE | Mark.DEFAULT_STORAGE_PRICE | Mark.DEFAULT_LOAD_BALANCER_PRICE
CANNOT_TELL = "nothing is kept here, and the server is asked only when somebody asks for costs"
ABSENT = "costs of that time are absent, not 0: sums over it are too small"


class NotPossible(Exception):
    """A check that cannot be made here; the text says why."""


@dataclass(frozen=True)
class Scene:
    """What is looked at. `health`: None where no loop runs; `book`: None where it is not told."""

    source: CostSource
    as_of: datetime
    health: Sequence[Health] | None
    book: PriceBook | None
    extents: Mapping[str, Extent] = field(default_factory=dict)
    table: SummaryTable | None = None
    """Costs per cluster of the last MONEY_DAYS; None: there are none."""

    @property
    def now(self) -> datetime:
        """The present."""
        return self.source.now()

    def costs(self) -> SummaryTable:
        """`table`. Raises NotPossible."""
        if self.table is None:
            raise NotPossible("there are no costs yet" if self.extents else CANNOT_TELL)
        return self.table

    def an_hour(self, cluster: str) -> float | None:
        """What an hour of a cluster costs that is known, on average, $; None where none of the last MONEY_DAYS is."""
        window = money_window(self.as_of)
        hours = self.source.hours(window)
        if self.table is None or hours is None:
            return None
        known = hours.filter(pl.col("cluster") == cluster).height
        cost = self.table.rows.filter(pl.col("cluster") == cluster).get_column("total_cost").sum()
        return float(cost) / known if known and cost else None


def scene(source: CostSource, as_of: datetime, health: Sequence[Health] | None, book: PriceBook | None) -> Scene:
    """Raises what the source raises, but for having no data."""
    extents = {one.cluster: one for one in source.extents()}
    table: SummaryTable | None = None
    if extents:
        try:
            ((table, _),) = source.summaries(Question(parse_by("cluster"), idle_rows=IdleRows.CLUSTER), (money_window(as_of),))
        except NoData:
            table = None
    return Scene(source, as_of, health, book, extents, table)


def money_window(as_of: datetime) -> Window:
    """The days whose money findings tell."""
    return Window(as_of - timedelta(days=MONEY_DAYS), as_of)


@dataclass(frozen=True)
class Check:
    """What is looked at, and the function that looks; it raises NotPossible where it cannot."""

    name: str
    look: Callable[[Scene], Iterator[Finding]]


def check_up(seen: Scene) -> tuple[list[Finding], list[Verdict]]:
    """Every check of the table."""
    findings: list[Finding] = []
    verdicts: list[Verdict] = []
    for check in CHECKS:
        try:
            found = list(check.look(seen))
        except NotPossible as reason:
            verdicts.append(Verdict(check.name, not_possible=str(reason)))
            continue
        findings += found
        verdicts.append(Verdict(check.name, len(found)))
    return findings, verdicts


def _loops(seen: Scene) -> Iterator[Finding]:
    if seen.health is None:
        raise NotPossible("no loop runs here")
    for one in seen.health:
        if one.problem:
            last = iso(one.succeeded_at) if one.succeeded_at else "never since the start"
            yield Finding(
                FAILING, Severity.ERROR, f"{one.name} fails", (one.problem, f"last went well: {last}; failed {one.failures} times since"),
                LOOPS.get(one.name, "what it does is not done"), "mend what the message says: it is tried again by itself",
            )  # fmt: skip


def _late(seen: Scene) -> Iterator[Finding]:
    if not seen.extents:
        raise NotPossible(CANNOT_TELL)
    for name, extent in seen.extents.items():
        behind = seen.now.timestamp() - extent.last
        state = state_of(behind)
        if state == "fresh":
            continue
        hours, an_hour = behind / HOUR_SECONDS, seen.an_hour(name)
        money = None if an_hour is None else an_hour * hours
        yield Finding(
            LATE, Severity.ERROR if state == "silent" else Severity.WARNING, f"{name} is {state}: its data end {hours:.3g} hours ago",
            (f"the last hour known of it ended at {iso_unix(extent.last)}",),
            f"its costs since then are absent, not 0{'' if money is None else ': at what its hours cost before, so much is missing'}",
            "see that its agent or Prometheus runs and its samples or facts arrive; if the cluster is gone, nothing is to do",
            name, money,
        )  # fmt: skip


def _gaps(seen: Scene) -> Iterator[Finding]:
    if not seen.extents:
        raise NotPossible(CANNOT_TELL)
    window = Window(seen.as_of - timedelta(days=GAP_DAYS), seen.as_of)
    hours = seen.source.hours(window)
    if hours is None:
        raise NotPossible(CANNOT_TELL)
    for name, extent in seen.extents.items():
        there = hours.filter(pl.col("cluster") == name).get_column("hour")
        found = gaps(expected_hours(window, extent.first, extent.last), there)
        if not found:
            continue
        missing, an_hour = sum(end - first for first, end in found), seen.an_hour(name)
        runs = [f"{iso_unix(a * HOUR_SECONDS)} to {iso_unix(b * HOUR_SECONDS)}: {b - a} hours" for a, b in found[-MOST_EVIDENCE:]]
        more = [f"and {len(found) - len(runs)} earlier ones"] if len(found) > len(runs) else []
        yield Finding(
            GAPS, Severity.WARNING, f"{missing} hours of {name} are missing in the last {GAP_DAYS} days", (*runs, *more), ABSENT,
            "farthing backfill takes in what the server still has of them; see that Prometheus and Farthing run without pauses",
            name, None if an_hour is None else an_hour * missing,
        )  # fmt: skip


def _unpriced(seen: Scene) -> Iterator[Finding]:
    for thing in seen.costs().unpriced:
        yield Finding(
            UNPRICED, Severity.WARNING, f"{thing.resource} of {thing.assets} asset{'' if thing.assets == 1 else 's'} has no price",
            (thing.reason,), "their costs are unknown and in no sum", thing.cure or "add a rule to the price book",
        )  # fmt: skip


def _guesses(seen: Scene) -> Iterator[Finding]:
    table = seen.costs()
    whole = table.whole
    for guess in table.guesses:
        if guess.mark & DEFAULT_PRICES and seen.book is not None and seen.book.is_default:
            continue  # told at once, of the book
        share = guess.money / whole if whole else None
        yield Finding(
            GUESSES, Severity.WARNING if share is not None and share >= LARGE_SHARE else Severity.INFO, guess.name, (guess.doc,),
            "so much of the costs rests on it", guess.cure, money=guess.money, share=share,
        )  # fmt: skip


def _default_book(seen: Scene) -> Iterator[Finding]:
    if seen.book is None:
        raise NotPossible("the price book is not told")
    if seen.book.is_default:
        whole = seen.table.whole if seen.table else None
        yield Finding(
            DEFAULT_BOOK, Severity.WARNING, "everything is priced by list-like default rates", (f"price book {seen.book.name}",),
            "all costs: discounts, other regions and newer machines are not in them", "give your prices with --prices (pricing.book)",
            money=whole, share=1.0 if whole else None,
        )  # fmt: skip


FAILING, LATE, GAPS, UNPRICED, GUESSES, DEFAULT_BOOK = (
    "failing loops", "late clusters", "gaps", "unpriced assets", "guesses", "default price book",
)  # fmt: skip
LOOPS = {
    "collect": "new hours are not collected",
    "scrape": "targets are not scraped: that time cannot be measured later",
    "samples": "samples are not sealed or removed",
    "take in": "what is collected cannot be asked for",
    "tidy": "changed prices and rules do not come through, long windows answer slowly",
    "prices": "a changed price book is not heard: the rules before it hold",
}
CHECKS = (
    Check(FAILING, _loops),
    Check(LATE, _late),
    Check(GAPS, _gaps),
    Check(UNPRICED, _unpriced),
    Check(GUESSES, _guesses),
    Check(DEFAULT_BOOK, _default_book),
)
MONEY_OF = f"the last {MONEY_DAYS} days"
