"""A warehouse of example hours as what the API answers from: it knows its hours, its extents and its version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.ledger import Ledger
from farthing.core.settings import Settings
from farthing.views import Sharing
from farthing.warehouse import Warehouse

from ...views.frames import HOUR, at, example
from ...warehouse.ledgers import take_in
from ..conftest import BASE


def warehouse(
    hours: Iterable[int] = (0, 1, 2), *, of: Callable[[int], Ledger] = example, hours_ago: float = 2, sharing: Sharing | None = None
) -> Warehouse:
    """Of the example ledger the hours that begin so many after HOUR; the present is `hours_ago` after the end of hour 2."""
    now: datetime = at(HOUR) + timedelta(hours=3 + hours_ago)
    found = Warehouse(None, now=lambda: now, sharing=sharing)
    for hour in hours:
        take_in(found, of(HOUR + hour * 3600))
    return found


def client_of(found: Warehouse, settings: Settings | None = None, **told: Any) -> TestClient:
    """A client of the API over it."""
    return TestClient(create_app(found, settings or Settings(), **told), base_url=BASE)


def forget(found: Warehouse, cluster: str, *hours: int) -> None:
    """Of a cluster the hours that begin so many after HOUR, as if they had never been taken in."""
    numbers = [HOUR // 3600 + hour for hour in hours]
    with found.store.writing() as cursor:
        cursor.execute("DELETE FROM g1.taken WHERE cluster = ? AND hour = ANY(?)", [cluster, numbers])
        cursor.execute("DELETE FROM g1.asset WHERE cluster = ? AND hour = ANY(?)", [cluster, numbers])
        cells = "SELECT cell FROM cell WHERE cluster = ?"
        cursor.execute(f"DELETE FROM g1.allocation WHERE cell IN ({cells}) AND hour = ANY(?)", [cluster, numbers])
