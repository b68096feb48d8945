"""Everything from made-up facts to HTTP: a lake, the warehouse that the aggregator fills from it, and clients of the API over both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.ledger import Facts, Span
from farthing.core.settings import LakeSettings, PricingSettings, Settings, SharingSettings
from farthing.lake import Lake, open_lake
from farthing.roles import Aggregator, LakeLedger, LakeSource, Rules, as_of_source, by_cluster
from farthing.simulator import Organisation, facts, price_book_yaml
from farthing.simulator.plan import Cluster
from farthing.simulator.population import Population, population
from farthing.simulator.prices import machine_usd, usd_per_gib_hour
from farthing.views import Sharing
from farthing.warehouse import Warehouse

BASE = "http://localhost"
NOW = datetime(2026, 11, 10, tzinfo=UTC)
RECORDED = datetime(2026, 11, 9, tzinfo=UTC)
# The clocks of New York go back in the morning of 1 November: the span has days of 24 and 25 hours there.
FIRST, END = datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)


@dataclass
class Installation:
    """An organisation, its lake, a warehouse of it, and clients. `near` is slow: it costs the lake anew for every question."""

    organisation: Organisation
    span: Span
    lake: Lake
    warehouse: Warehouse
    settings: Settings
    aggregator: Aggregator
    client: TestClient
    near: TestClient

    def ask(self, path: str, parameters: Mapping[str, str], client: TestClient | None = None) -> Any:
        """The JSON of an answer, which must be 200."""
        answer = (client or self.client).get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def view(self, **parameters: str) -> Any:
        """A native view of everything that is shown: all rows, nothing compared."""
        return self.ask("/api/v1/allocation/view", {"compare": "none", "limit": "20000", "trend": "false", "top": "50"} | parameters)


def installation(
    folder: Path,
    organisation: Organisation,
    span: Span,
    *,
    sharing: Sharing | None = None,
    lake_settings: LakeSettings | None = None,
    sharing_settings: SharingSettings | None = None,
) -> Installation:
    """Facts of `span` committed to a lake (in `folder` unless told), taken into a warehouse that shares out by `sharing`; questions that
    say nothing of it share out by `sharing_settings`."""
    where = lake_settings or LakeSettings(url=str(folder / "lake"))
    book = folder / "prices.yaml"
    book.write_text(price_book_yaml(organisation))
    settings = Settings(lake=where, pricing=PricingSettings(book=book), sharing=sharing_settings or SharingSettings())
    lake = open_lake(where)
    for name, part in by_cluster(behind_two_services(facts(organisation, span, RECORDED))):
        lake.cluster(name).commit(part, now=RECORDED)
    Rules.read(book).record(lake, RECORDED)
    warehouse = Warehouse(None, now=lambda: NOW, sharing=sharing)
    aggregator = Aggregator(lake, warehouse, lambda: Rules.read(book), now=lambda: NOW)
    aggregator.catch_up()
    near = LakeSource(LakeLedger(lake, settings, now=lambda: NOW))
    app = create_app(warehouse, settings, as_of=lambda when: as_of_source(lake, settings, when, now=lambda: NOW))
    return Installation(
        organisation,
        span,
        lake,
        warehouse,
        settings,
        aggregator,
        TestClient(app, base_url=BASE, raise_server_exceptions=False),
        TestClient(create_app(near, settings), base_url=BASE, raise_server_exceptions=False),
    )


def behind_two_services(facts: Facts) -> Facts:
    """Facts in which every pod behind a service stands behind a second one, of all that its namespace has."""
    services = pl.col("services")
    both = services.list.concat(pl.concat_list(pl.format("all-{}", pl.col("namespace"))))
    return replace(facts, identity=facts.identity.with_columns(pl.when(services.list.len() > 0).then(both).otherwise(services)))


class Bill:
    """What everything there is costs in any span of time, from the lives and prices that were declared; no ledger has a part in it."""

    def __init__(self, organisation: Organisation, span: Span) -> None:
        there: Population = population(organisation, span)
        gib_hour = {name: usd_per_gib_hour(organisation, name) for name in organisation.rates.usd_per_gib_month}
        self._lives: list[tuple[Cluster, float, float, float]] = [
            *((n.cluster, n.created, n.gone, machine_usd(organisation, n.pool)) for n in there.nodes),
            *((v.cluster, v.created, v.gone, v.gib * gib_hour[v.storage_class]) for v in there.volumes),
            *((b.cluster, b.addressed, b.gone, organisation.rates.usd_per_balancer_hour) for b in there.balancers),
        ]
        self._span = span

    def owed(self, start: float, end: float) -> float:
        """$ between two moments, of which only what lies in the span is known."""
        a, b = max(start, self._span.start), min(end, self._span.end)
        return sum(usd / 3600 * max(0.0, min(gone, b) - max(since, a)) for _, since, gone, usd in self._lives)


def times(view: Any) -> tuple[float, float]:
    """Start and end of an answer's window, unix seconds."""
    return moment(view["window"]["start"]), moment(view["window"]["end"])


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def column(view: Any, name: str, rows: str = "rows") -> list[Any]:
    """One column of an answer's rows."""
    at = [one["name"] for one in view["columns"]].index(name)
    return [row[at] for row in view[rows]]


def shown(view: Any) -> float:
    """$ of all rows of an answer, idle included."""
    costs: list[float] = column(view, "total_cost") + column(view, "total_cost", "idleRows")
    return sum(costs)


def close(value: float, relative: float = 1e-9) -> Any:
    return pytest.approx(value, rel=relative, abs=1e-9)
