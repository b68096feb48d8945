"""Whatever is asked of whatever ledger: the warehouse answers as the views do from rows, and the whole never moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from farthing.core.ledger import Ledger
from farthing.core.windows import Window
from farthing.views import Idle, IdleBy, IdleRows, Question, Sharing, parse_by, parse_filter

from ..views.frames import HOUR
from ..views.random_ledgers import BYS, FILTERS, SHARINGS, ledgers
from .ledgers import warehouse_of
from .test_answers import assert_same_answer

PHASES = (Phase.explicit, Phase.generate)  # a failing case says enough, and making it smaller takes minutes
WINDOW = (Window(datetime.fromtimestamp(HOUR, UTC), datetime.fromtimestamp(HOUR + 7200, UTC)),)
questions = st.builds(
    lambda by, filter, idle, rows, mode, detail: Question(parse_by(by), parse_filter(filter), idle, rows, idle_by=mode, detail=detail),
    BYS,
    FILTERS,
    st.sampled_from(Idle),
    st.sampled_from(IdleRows),
    st.sampled_from(IdleBy),
    st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=PHASES)
@given(ledgers(), questions, SHARINGS, SHARINGS, st.booleans())
def test_the_warehouse_answers_as_rows_do(
    ledger: Ledger, question: Question, saved: Sharing | None, asked: Sharing | None, as_saved: bool
) -> None:
    warehouse = warehouse_of(ledger, saved)
    sharing = saved if as_saved else asked
    assert_same_answer(replace(question, sharing=sharing), WINDOW, warehouse, ledger)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=PHASES)
@given(ledgers(), st.lists(questions, min_size=4, max_size=4), SHARINGS)
def test_the_whole_never_moves(ledger: Ledger, asked: list[Question], saved: Sharing | None) -> None:
    warehouse = warehouse_of(ledger, saved)
    wholes = {round(table.whole, 9) for question in asked for table, _ in warehouse.summaries(question, WINDOW)}
    assert len(wholes) == 1
    (whole,) = wholes
    paid = sum(
        float(ledger.allocation.get_column(c).sum() or 0) for c in ledger.allocation.columns if c.endswith("_cost") and c != "reserved_cost"
    )
    assert whole == pytest.approx(paid, abs=1e-8)
