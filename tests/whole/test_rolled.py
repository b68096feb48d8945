"""Days that are rolled up answer as their hours do, in every zone, with all details."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from farthing.core.ledger import Span
from farthing.core.settings import SharingSettings
from farthing.simulator import organisation_of
from farthing.views import sharing_of

from .installation import END, FIRST, Installation, installation

pytestmark = pytest.mark.slow
DAY = 86_400
# New York is four hours behind until the morning of 1 November and five from then on; Kolkata is 5:30 ahead: its days begin at 18:30 UTC.
SHIFTS = {"UTC": (0,), "America/New_York": (14_400, 18_000), "Asia/Kolkata": (66_600,)}
ASKED = (("2026-11-01,2026-11-02", "all"), ("2026-10-30,2026-11-04", "all"), ("2026-10-31,2026-11-02", "day"))
NATIVE = "/api/v1/allocation/export"
QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    (NATIVE, {"agg": "pod,container"}),
    (NATIVE, {"agg": "service,namespace", "idle": "share"}),
    (NATIVE, {"agg": "node", "idle": "share", "idleBy": "cluster", "filter": 'namespace:"checkout-prod"|services~:"all"'}),
    (NATIVE, {"agg": "namespace", "idleRows": "node", "filter": 'label[env]:"prod"', "sharing": "none"}),
    (NATIVE, {"agg": "team", "idle": "hide", "shareNamespaces": "checkout-*", "shareSplit": "even"}),
    ("/allocation", {"aggregate": "service", "includeAggregatedMetadata": "true", "shareIdle": "true", "idleByNode": "true"}),
    ("/allocation", {"aggregate": "namespace", "includeAggregatedMetadata": "true", "includeIdle": "true", "filterServices": "all-*"}),
    ("/allocation", {"includeIdle": "true"}),
    ("/allocation", {"aggregate": "controller", "idleByNode": "true", "splitIdle": "true", "includeIdle": "true", "filter": 'pod~:"a"'}),
)  # fmt: skip
SETTINGS = SharingSettings(namespaces="kube-*", load_balancers=True)


@pytest.fixture(scope="module", params=[SETTINGS, SharingSettings()], ids=["rules saved", "nothing shared"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Installation]]:
    """The same facts twice: as hours, and with days of every shift."""
    organisation = organisation_of(20, 5)
    span = Span(FIRST.timestamp() - DAY, END.timestamp() + DAY)
    made = [
        installation(tmp_path_factory.mktemp(name), organisation, span, sharing=sharing_of(request.param), sharing_settings=request.param)
        for name in ("hours", "days")
    ]
    for shifts in SHIFTS.values():
        for shift in shifts:
            made[1].warehouse.wish_for(shift)
    assert made[1].warehouse.roll_up() >= 4 * 4
    yield made[0], made[1]
    for one in made:
        one.warehouse.close()


@pytest.mark.parametrize("zone", SHIFTS)
@pytest.mark.parametrize(("path", "question"), QUESTIONS, ids=[f"{p} {' '.join(q.values())}" for p, q in QUESTIONS])
def test_days_answer_as_hours_do(pair: tuple[Installation, Installation], zone: str, path: str, question: dict[str, str]) -> None:
    for window, step in ASKED:
        when = {"zone": zone, "step": step, "format": "json"} if path == NATIVE else {"utcOffset": zone, "accumulate": step}
        hours, days = (one.ask(path, question | when | {"window": window}) for one in pair)
        same(hours, days, f"{window} {step}")


def same(one: Any, other: Any, where: str) -> None:
    """Two documents agree: numbers to 1e-9, everything else, order of rows apart, to the letter."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            same(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        if one and isinstance(one[0], list):
            one, other = (sorted(rows, key=lambda row: [str(cell) for cell in row if isinstance(cell, str)]) for rows in (one, other))
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            same(a, b, f"{where}[{number}]")
    elif isinstance(one, float) and isinstance(other, float):
        assert other == pytest.approx(one, rel=1e-9, abs=1e-9), where
    else:
        assert other == one, where
