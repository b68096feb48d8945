"""Questions while hours are taken in: each sees whole hours with all their names, never rows whose names are not known yet."""

from __future__ import annotations

import threading

from farthing.core.ledger import Ledger, Span
from farthing.core.units import HOUR_SECONDS
from farthing.views import Question
from farthing.warehouse import Taken, Warehouse
from farthing.warehouse.answers import summary

from ..costing.facts import NOW
from ..views.frames import HOUR, identity, ledger, row

HOURS = 60


def one_hour(number: int) -> Ledger:
    """A pod that is in no other hour, for $1."""
    start = HOUR + number * HOUR_SECONDS
    rows = [row("container", hour=start, cores=1, container="c", identity_id=1000 + number, asset_id=1, node="n1")]
    return ledger(rows, identities=[identity(1000 + number, "ns", f"p{number}")], span=Span(float(start), float(start + HOUR_SECONDS)))


def test_no_row_is_seen_without_its_names() -> None:
    warehouse = Warehouse(None, now=lambda: NOW)
    done = threading.Event()
    seen: list[tuple[int, float]] = []

    def ask() -> None:
        whole = (Span(float(HOUR), float(HOUR + HOURS * HOUR_SECONDS)),)
        while not done.is_set():
            with warehouse.store.reading() as (cursor, state):
                table = summary(cursor, warehouse.cells, warehouse.keys, state.schema, Question.of("pod"), whole, None, NOW.timestamp())
                rows = cursor.execute(f"SELECT count(*) FROM {state.schema}.allocation").fetchone()
            assert rows
            seen.append((rows[0], table.whole))

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(HOURS):
        warehouse.take_in(one_hour(number), [Taken("east", HOUR // HOUR_SECONDS + number, "run", NOW)])
    done.set()
    asking.join()
    assert len({rows for rows, _ in seen}) > 3  # hours did come in between
    assert [rows for rows, whole in seen if round(whole) != rows] == []
