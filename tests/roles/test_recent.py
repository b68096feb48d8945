"""What is remembered of pieces, and for how long."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Ledger, Span
from farthing.core.schema import ALLOCATION, ASSET, IDENTITY, PRICE
from farthing.roles import Recent
from farthing.roles.recent import KEEP_OPEN_SECONDS, KEEP_SECONDS

HOUR = 3600.0


def piece(start: int, end: int, rows: int = 0) -> Ledger:
    allocation = pl.DataFrame({c: [None] * rows for c in ALLOCATION.polars}, schema=ALLOCATION.polars)
    return Ledger(Span(start * HOUR, end * HOUR), allocation, ASSET.empty(), IDENTITY.empty(), PRICE.empty())


def test_a_piece_serves_the_hours_inside_it_until_it_is_stale() -> None:
    recent = Recent()
    kept = piece(0, 24)
    recent.keep(kept, {"labels"}, now=1000.0, settled=24 * HOUR)
    assert recent.find(Span(2 * HOUR, 3 * HOUR), set(), 1000.0) is kept
    assert recent.find(Span(2 * HOUR, 25 * HOUR), set(), 1000.0) is None  # reaches beyond it
    assert recent.find(Span(2 * HOUR, 3 * HOUR), {"owners"}, 1000.0) is None  # was not asked for
    assert recent.find(Span(2 * HOUR, 3 * HOUR), set(), 1000.0 + KEEP_SECONDS) is None


def test_an_hour_that_is_not_closed_is_soon_asked_again() -> None:
    recent = Recent()
    recent.keep(piece(0, 2), set(), now=1000.0, settled=HOUR)
    assert recent.find(Span(0, HOUR), set(), 1000.0 + KEEP_OPEN_SECONDS - 1) is not None
    assert recent.find(Span(0, HOUR), set(), 1000.0 + KEEP_OPEN_SECONDS) is None


def test_the_least_recently_used_goes_first() -> None:
    recent = Recent(rows=5)
    for hour in range(3):
        recent.keep(piece(hour, hour + 1, rows=2), set(), now=0.0, settled=9 * HOUR)
    assert recent.find(Span(0, HOUR), set(), 0.0) is None  # 6 rows are more than 5
    assert recent.find(Span(HOUR, 2 * HOUR), set(), 0.0) is not None
    assert recent.find(Span(2 * HOUR, 3 * HOUR), set(), 0.0) is not None


def test_what_was_asked_for_before_is_asked_for_again() -> None:
    recent = Recent()
    assert recent.widened({"labels"}) == {"labels"}
    assert recent.widened({"owners"}) == {"labels", "owners"}
