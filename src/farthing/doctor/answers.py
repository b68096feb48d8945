"""How the server answered what was asked: partial answers, refused sizes, values that are no numbers. Asked last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from farthing.core.errors import NoData

from .examination import Examination
from .findings import Severity, Symptom
from .wording import count

OWN_CUTS = ("beats",)  # ranges that are cut because no server gives as many points, not because this one refused
HINTS = ("PromQL info:", "PromQL warning:")  # what Prometheus 3 says of the query, not of the data


def partial_answers(ex: Examination) -> Iterator[Symptom]:
    """Warnings that came along with answers."""
    _ask_an_hour(ex)
    said = [text for text in ex.client.asked.warnings if not text.startswith(HINTS)]
    if said:
        yield Symptom(
            "partial answers",
            tuple(said[:5]),
            "everything that was asked: what a failed store holds is absent, sums are too low by an unknown amount",
        )


def refused_sizes(ex: Examination) -> Iterator[Symptom]:
    """Questions that the server took only in parts."""
    _ask_an_hour(ex)
    cut = {name: tally.splits for name, tally in ex.client.asked.measurements.items() if tally.splits and name not in OWN_CUTS}
    if cut:
        yield Symptom(
            "the server refuses long questions",
            tuple(f"{name}: cut {count(n, 'time')}" for name, n in sorted(cut.items())[:5]),
            "nothing: what is refused is asked in parts; it takes longer",
        )


def non_finite(ex: Examination) -> Iterator[Symptom]:
    """Answers that are NaN or infinite."""
    _ask_an_hour(ex)
    bad = {name: tally.non_finite for name, tally in ex.client.asked.measurements.items() if tally.non_finite}
    if bad:
        yield Symptom(
            "values that are no numbers",
            tuple(f"{name}: {count(n, 'value')} NaN or infinite" for name, n in sorted(bad.items())[:5]),
            "what these series tell of is unknown for that hour",
            Severity.WARNING,
        )


def _ask_an_hour(ex: Examination) -> None:
    """Measure the hour if that was not done yet: its questions are the longest. Without data what was asked so far tells."""
    with suppress(NoData):
        _ = ex.costed_hour
