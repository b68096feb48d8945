"""Whatever is asked over HTTP, the books' dollars come back: shown, hidden and filtered out together, in steps and at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from farthing.core.ledger import Span
from farthing.core.settings import SharingSettings
from farthing.simulator import books, organisation_of
from farthing.views import sharing_of

from .installation import END, FIRST, Bill, Installation, close, column, installation, moment, shown, times
from .questions import FILTERS, Tree, opposite, questions, written
from .questions import times as times_asked

pytestmark = pytest.mark.slow
EXPORT = "/api/v1/allocation/export"
EXAMPLES = int(os.environ.get("WHOLE_EXAMPLES", "10"))  # some hundreds for a long look
PHASES = (Phase.explicit, Phase.generate)
SPAN = Span(FIRST.timestamp(), END.timestamp())
SAVED = SharingSettings(namespaces="kube-*", labels="app=export", load_balancers=True)
BOUNDED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=PHASES)


@pytest.fixture(scope="module", params=[None, SAVED], ids=["nothing shared", "rules saved"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    organisation = organisation_of(40, 3, clusters=2, requests_only=request.param is None)
    made = installation(
        tmp_path_factory.mktemp("whole"),
        organisation,
        SPAN,
        sharing=sharing_of(request.param or SharingSettings()),
        sharing_settings=request.param,
    )
    yield made
    made.warehouse.close()


@pytest.fixture(scope="module")
def bill(place: Installation) -> Bill:
    return Bill(place.organisation, SPAN)


def test_the_bill_is_the_books(place: Installation, bill: Bill) -> None:
    assert books(place.organisation, SPAN).total == close(bill.owed(SPAN.start, SPAN.end))


@BOUNDED
@given(asked=questions(), when=times_asked())
def test_the_whole_is_the_books_whatever_is_asked(
    place: Installation, bill: Bill, asked: tuple[dict[str, str], Tree | None], when: dict[str, str]
) -> None:
    question, tree = asked
    view = place.view(**question, **when, **({"filter": written(tree)} if tree else {}))
    owed = bill.owed(*times(view))
    added = view["shared"]["overhead"]  # a monthly amount comes on top of the books
    assert shown(view) + view["hidden"] + view["filteredOut"] == close(owed + added)
    assert view["whole"] == close(owed + added)
    everything = {one["name"]: at for at, one in enumerate(view["columns"])}
    assert view["total"][everything["total_cost"]] == close(shown(view))
    if "shareCost" not in question:
        assert added == 0


@BOUNDED
@given(asked=questions(), when=times_asked())
def test_steps_add_up_to_the_window(
    place: Installation, bill: Bill, asked: tuple[dict[str, str], Tree | None], when: dict[str, str]
) -> None:
    question, tree = asked
    more = {"filter": written(tree)} if tree else {}
    whole = place.ask(EXPORT, question | more | when | {"step": "all", "format": "json"})
    parts = place.ask(EXPORT, question | more | when | {"format": "json"})
    # What is shared out of an hour that a step cuts is shared out within each part of it, over those who held something then.
    inner = [moment(text) for text in {*column(parts, "window_start")}]
    if all(at % 3600 == 0 or at == times(whole)[0] for at in inner):
        wanted, found = by_name(whole), by_name(parts)
        assert {name for name, cost in found.items() if abs(cost) > 1e-9} <= wanted.keys()
        for name, cost in wanted.items():
            assert found.get(name, 0.0) == close(cost), name
    elif tree is None:
        assert sum(by_name(parts).values()) == close(sum(by_name(whole).values()))


@BOUNDED
@given(asked=questions(), when=times_asked(), tree=FILTERS)
def test_a_filter_and_its_opposite_make_the_whole(
    place: Installation, bill: Bill, asked: tuple[dict[str, str], Tree | None], when: dict[str, str], tree: Tree
) -> None:
    question, _ = asked
    kept = place.view(**question, **when, filter=written(tree))
    left = place.view(**question, **when, filter=written(opposite(tree)))
    added = kept["shared"]["overhead"]
    assert shown(kept) + kept["hidden"] + shown(left) + left["hidden"] == close(bill.owed(*times(kept)) + added)


def by_name(export: object) -> dict[tuple[str, str], float]:
    """$ per name of an export, over all its steps."""
    found: dict[tuple[str, str], float] = {}
    for name, special, cost in zip(column(export, "name"), column(export, "special"), column(export, "total_cost"), strict=True):
        found[name, special] = found.get((name, special), 0.0) + cost
    return found
