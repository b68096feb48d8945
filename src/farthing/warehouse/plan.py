"""Which sums an answer is made of: rolled-up days where a whole one fits, hours beside them, and the parts of hours at the edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from farthing.core.ledger import Span
from farthing.core.units import DAY_SECONDS, HOUR_SECONDS


@dataclass(frozen=True)
class Piece:
    """The part of an hour that belongs to a step."""

    span: Span
    step: int


@dataclass(frozen=True)
class Plan:
    """`days`: shift → (day, step), days of [day · 86400 + shift, (day + 1) · 86400 + shift) unix seconds; `hours`: (hour since 1970, step);
    `pieces`: parts of hours."""

    days: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    hours: Sequence[tuple[int, int]] = ()
    pieces: Sequence[Piece] = ()


def plan(steps: Sequence[Span], rolled: Mapping[int, Set[int]], observed: Span | None) -> Plan:
    """Cover every step once. `rolled`: shift → days that are rolled up; `observed`: what the warehouse has, None: nothing.

    Of a step that no rolled day fits into, hours are read. Steps may begin and end anywhere.
    """
    days: dict[int, list[tuple[int, int]]] = {}
    hours: list[tuple[int, int]] = []
    pieces: list[Piece] = []
    if observed is None:
        return Plan()
    for index, step in enumerate(steps):
        span = Span(max(step.start, observed.start), min(step.end, observed.end))
        if span.end <= span.start:
            continue
        for shift, day in (whole := _whole_days(span, rolled)):
            days.setdefault(shift, []).append((day, index))
        for gap in _gaps(span, [Span(day * DAY_SECONDS + shift, (day + 1) * DAY_SECONDS + shift) for shift, day in whole]):
            first, last = -(-gap.start // HOUR_SECONDS), gap.end // HOUR_SECONDS
            if first > last:  # begins and ends inside one hour
                pieces.append(Piece(gap, index))
                continue
            hours += [(hour, index) for hour in range(int(first), int(last))]
            pieces += [
                Piece(part, index)
                for part in (Span(gap.start, first * HOUR_SECONDS), Span(last * HOUR_SECONDS, gap.end))
                if part.end > part.start
            ]
    return Plan(days, hours, pieces)


def hours_of(plan: Plan) -> tuple[int, int]:
    """The first and the last whole hour (since 1970) that a plan reads, also as a part of a day; -1, -1 where there is none."""
    first = [hour for hour, _ in plan.hours]
    last = list(first)
    for shift, days in plan.days.items():
        first += [(day * DAY_SECONDS + shift) // HOUR_SECONDS for day, _ in days]
        last += [((day + 1) * DAY_SECONDS + shift) // HOUR_SECONDS for day, _ in days]
    return min(first, default=-1), max(last, default=-1)


def shift_of(start: float) -> int:
    """Seconds of the UTC day at which a day that begins at `start` begins."""
    return int(start % DAY_SECONDS)


def _whole_days(span: Span, rolled: Mapping[int, Set[int]]) -> list[tuple[int, int]]:
    """Rolled days inside `span` that do not overlap, in order: those of the shift that has most, then of others around them."""
    best: list[tuple[int, int]] = []
    for shift, there in rolled.items():
        first = -(-(span.start - shift) // DAY_SECONDS)
        last = (span.end - shift) // DAY_SECONDS
        fitting = [(shift, day) for day in range(int(first), int(last)) if day in there and _divides_no_hour(span, shift, day)]
        if len(fitting) > len(best):
            best = fitting
    if not best:
        return []
    rest = {shift: there for shift, there in rolled.items() if shift != best[0][0]}
    more: list[tuple[int, int]] = []
    for gap in _gaps(span, [Span(day * DAY_SECONDS + shift, (day + 1) * DAY_SECONDS + shift) for shift, day in best]):
        if rest and gap.end - gap.start >= DAY_SECONDS:
            more += _whole_days(gap, rest)
    return sorted(best + more, key=lambda one: one[1] * DAY_SECONDS + one[0])


def _divides_no_hour(span: Span, shift: int, day: int) -> bool:
    """Whether a day begins and ends on full hours, or with the span. What is shared out of an hour is another thing than what is of its
    halves, so inside of a step, days that meet within an hour would not answer as the hours do."""
    start = day * DAY_SECONDS + shift
    return shift % HOUR_SECONDS == 0 or (start == span.start and start + DAY_SECONDS == span.end)


def _gaps(span: Span, covered: Sequence[Span]) -> list[Span]:
    """What of `span` the spans in `covered` (in order, apart) leave."""
    out: list[Span] = []
    at = span.start
    for one in covered:
        if one.start > at:
            out.append(Span(at, one.start))
        at = one.end
    if at < span.end:
        out.append(Span(at, span.end))
    return out
