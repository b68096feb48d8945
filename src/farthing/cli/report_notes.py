"""What stands around a report's table: its heading, the proof, and everything a reader must know to trust it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from rich.console import Console

from farthing.core.errors import LedgerBroken
from farthing.core.ledger import Note
from farthing.core.units import HOUR_SECONDS
from farthing.core.windows import Window
from farthing.views import Guess, Sharing, Split, Unpriced

from .money import NOTHING, money, share
from .reckoning import Closing, Report
from .terminal import line

MANY, FEW = 10_000, 0.01  # $; between them the closing line has four decimals
MOST_UNPRICED = 3
NEARLY_ALL = 0.99
MOST_CLUSTERS = 3
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?: ?UTC|Z)?")


def heading(console: Console, report: Report, zone: tzinfo) -> None:
    """What is asked, of when and whom, and whose prices it is in."""
    asking = report.asking
    by = ", ".join(asking.by) if asking.by else "everything"
    line(
        console,
        (f"Cost by {by}" if asking.by else "Cost of everything", "bold"),
        f" · {_span(asking.window, zone, asking.zone)}{_observed(report)}",
    )
    clusters = report.clusters[0] if len(report.clusters) == 1 else f"{len(report.clusters)} clusters"
    parts: list[str | tuple[str, str]] = [f"{clusters} · prices: "]
    if report.default_money > 0:
        part = share(report.default_money, report.table.total)
        parts += [
            ("default rates", "bold yellow"),
            f" for {money(report.default_money, report.book.currency)} ({part}); yours: --prices FILE",
        ]
    else:
        parts += ["default rates" if report.book.is_default else report.book.name]
    if asking.filter:
        parts.append(f" · only {asking.filter}")
    line(console, *parts)


def closing_line(console: Console, report: Report) -> None:
    """`allocated + idle + unmounted + unobserved = assets`: both sides of everything read, the proof that nothing is lost."""
    closing, currency = report.closing, report.book.currency
    texts = closing_texts(closing, currency)
    left = " + ".join(f"{text} {name}" for name, text in texts.items() if name != "assets")
    line(console, ("closes ", "bold green"), f"{left} = {texts['assets']} assets", indent=2)
    table = report.table
    if table.hidden or table.filtered_out:
        rest = {"filtered out": table.filtered_out, "hidden": table.hidden}
        told = ", ".join(f"{money(amount, currency)} {word}" for word, amount in rest.items() if amount)
        line(console, f"shown {money(table.total, currency)} of {money(table.whole, currency)}: {told}", indent=2)


def sharing_lines(console: Console, report: Report) -> None:
    """What was shared out, and what of it nobody was there to receive."""
    sharing, currency = report.asking.question.sharing, report.book.currency
    if not sharing:
        return
    shared = report.table.shared
    told = f"{money(shared.given, currency)} of {_things(sharing)}" if _things(sharing) else ""
    over = f"{money(shared.overhead, currency)} of overhead, added to the assets" if sharing.monthly else ""
    way = "by what each pays itself" if sharing.split is Split.WEIGHTED else "evenly by time held"
    line(console, ("shared out ", "bold"), f"{' and '.join(filter(None, (told, over)))}; {way}", indent=2)
    if shared.stayed:
        line(
            console, f"{money(shared.stayed, currency)} of it stays where it is: nobody in those hours and clusters to receive it", indent=2
        )
    if shared.overhead_lost:
        line(console, f"{money(shared.overhead_lost, currency)} of overhead is not shown: hours with nobody to receive it", indent=2)


def _things(sharing: Sharing) -> str:
    """`namespaces kube-system, monitoring and load balancers`."""
    labels = ", ".join(f"{key}={value}" for key, values in sharing.labels for value in values)
    things = [f"namespaces {', '.join(sharing.namespaces)}" if sharing.namespaces else "", f"labels {labels}" if labels else ""]
    things += ["control planes and licences" if sharing.management else "", "load balancers" if sharing.load_balancers else ""]
    return " and ".join(filter(None, things))


def closing_texts(closing: Closing, currency: str) -> dict[str, str]:
    """The amounts of the closing line, rounded so that the written ones add up as well: by largest remainder, each within one unit.

    Raises LedgerBroken when more than rounding is missing.
    """
    decimals = 2 if closing.assets >= MANY else 4 if closing.assets >= FEW else 8
    scale = 10**decimals
    exact = {name: amount * scale for name, amount in closing.parts.items()}
    units = {name: math.floor(amount) for name, amount in exact.items()}
    whole = round(closing.assets * scale)
    missing = whole - sum(units.values())
    if not 0 <= missing <= len(units):
        raise LedgerBroken(f"the sums of the report do not close: {closing}", expected="the parts to add up to the assets")
    for name in sorted(units, key=lambda name: units[name] - exact[name])[:missing]:
        units[name] += 1
    shown = {name: amount for name, amount in units.items() if name != "management" or amount} | {"assets": whole}
    return {name: _units(amount, decimals, currency) for name, amount in shown.items()}


def _units(amount: int, decimals: int, currency: str) -> str:
    if amount == 0:
        return NOTHING
    sign = money(1, currency).removesuffix("1.00")
    return f"{sign}{amount / 10**decimals:,.{decimals}f}"


def unpriced_lines(console: Console, unpriced: Sequence[Unpriced]) -> None:
    """What has no price, why, and the rule to add."""
    if not unpriced:
        return
    console.print()
    line(console, ("No price", "bold yellow"), " (not in the sums above; marked * or unpriced)")
    for one in unpriced[:MOST_UNPRICED]:
        what = f"{one.assets:,} asset{'s' if one.assets != 1 else ''}"
        line(console, (f"{one.resource} of {what}", "bold"), f": {one.reason}", indent=2)
        for rule in one.cure.splitlines():
            line(console, rule, indent=6)
    more = len(unpriced) - MOST_UNPRICED
    if more > 0:
        line(console, f"… and {more:,} more of this kind; --output json lists them all", indent=2)


def guess_lines(console: Console, report: Report) -> None:
    """Every number that rests on something assumed: how much money, what is assumed, and the cure."""
    if not report.table.guesses:
        return
    console.print()
    line(console, ("Rests on assumptions", "bold"))
    for name, guesses in _alike(report.table.guesses).items():
        total = sum(guess.money for guess in guesses)
        part = share(total, report.table.total)
        cure = f" → {guesses[0].cure}" if guesses[0].cure else ""
        line(console, (f"{money(total, report.book.currency)} ({part}) {name}", "bold"), f": {guesses[0].doc}{cure}", indent=2)


def _alike(guesses: Sequence[Guess]) -> dict[str, list[Guess]]:
    """Guesses by their name; those of the same meaning and cure, as default prices are, under all their names."""
    same: dict[tuple[str, str], list[Guess]] = {}
    for guess in guesses:
        same.setdefault((guess.doc, guess.cure), []).append(guess)
    return {", ".join(guess.name for guess in some): some for some in same.values()}


def note_lines(console: Console, report: Report) -> None:
    """Notes, those that say the same of several clusters together; and what the server said beside its answers."""
    told = [*report.book.notes, *report.table.notes, *(Note(f"the server says: {text}") for text in report.asked.warnings)]
    if not told:
        return
    console.print()
    line(console, ("Notes", "bold"))
    for group in grouped(told):
        lead = ("warning ", "yellow") if group.level == "warning" else ("", "")
        line(console, lead, f"{group.text}{group.where}", f" → {group.cure}" if group.cure else "", indent=2)


@dataclass
class NoteGroup:
    """Notes that differ in their times and clusters only."""

    texts: list[str]
    cure: str
    level: str
    clusters: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The one text, or the text with the earliest and latest of each time in it."""
        distinct = list(dict.fromkeys(self.texts))
        if len(distinct) == 1:
            return distinct[0]
        times = zip(*(_TIME.findall(text) for text in distinct), strict=True)
        spans = iter([_from_to(sorted(column)) for column in times])
        return _TIME.sub(lambda _: next(spans), distinct[0])

    @property
    def where(self) -> str:
        """The clusters, a few by name."""
        if not self.clusters:
            return ""
        names = list(dict.fromkeys(self.clusters))
        if len(names) <= MOST_CLUSTERS:
            return f" ({', '.join(names)})"
        return f" ({len(names)} clusters: {', '.join(names[:MOST_CLUSTERS])}, …)"


def grouped(notes: Iterable[Note]) -> list[NoteGroup]:
    """Notes with the same words, whatever their times and clusters, as one; warnings first, otherwise in order."""
    groups: dict[tuple[str, str, str], NoteGroup] = {}
    for note in notes:
        group = groups.setdefault((_TIME.sub("TIME", note.text), note.cure, note.level), NoteGroup([], note.cure, note.level))
        group.texts.append(note.text)
        if note.cluster:
            group.clusters.append(note.cluster)
    return sorted(groups.values(), key=lambda group: group.level != "warning")


def _from_to(times: list[str]) -> str:
    return times[0] if times[0] == times[-1] else f"{times[0]} to {times[-1]}"


def _span(window: Window, zone: tzinfo, zone_name: str) -> str:
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    hours = window.hours
    length = f"{hours / 24:g} days" if hours % 24 == 0 and hours >= 48 else f"{hours:.3g} h"
    return f"{_moment(start)} to {_moment(end)} {zone_name} ({length})"


def _observed(report: Report) -> str:
    """How much of the window there is data for, where that is not all of it."""
    hours = report.observed_seconds / HOUR_SECONDS
    return f", data for {hours:.3g} h of it" if hours < report.asking.window.hours * NEARLY_ALL else ""


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")
