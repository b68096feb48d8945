"""Wren & Co, an online shop for house and garden: three clusters in two clouds, seven teams, a month's bill of some 27,000 $.

Things have happened there; `stories` tells them, each with the question that shows it and the figure that the answer has.
"""

from __future__ import annotations

from datetime import UTC, datetime

from farthing.simulator.dice import DAY_SECONDS
from farthing.simulator.plan import Organisation, Rates

from .laboratory import laboratory
from .parts import GP3, IO2, PD
from .shop import shop
from .staging import staging
from .stories import Query, Story, stories

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HISTORY_DAYS = 120  # the company is so old on the day that stories are dated from
SEED = 1849


def company(now: datetime = NOW) -> Organisation:
    """The company, with stories that are dated back from the midnight (UTC) before `now`, the end of the history that is looked at."""
    anchor = now.timestamp() // DAY_SECONDS * DAY_SECONDS
    clusters = (shop(anchor), laboratory(anchor), staging())
    rates = Rates(0.0336, 0.0042, {GP3: 0.088, IO2: 0.138, PD: 0.187}, 0.0252)
    return Organisation("Wren & Co", SEED, anchor - HISTORY_DAYS * DAY_SECONDS, anchor, clusters, rates)


__all__ = ["NOW", "Query", "Story", "company", "stories"]
