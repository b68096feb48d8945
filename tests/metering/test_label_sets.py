"""Which set of labels held in which hour, and when a store is asked further."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Span
from farthing.metering import Observation, Of
from farthing.metering.label_sets import ALWAYS, PAIRS, histories, labels_at, ranked, relabelled
from farthing.metering.measurements import NAMESPACE_LABELS, POD_LABELS, Measurement

HOUR = 3600
Rows = list[tuple[object, ...]]


def pairs(**labels: str) -> list[dict[str, str]]:
    return [{"key": k, "value": v} for k, v in sorted(labels.items())]


RED, BLUE, NONE = pairs(team="red"), pairs(team="blue"), pairs()


def frame(rows: Rows, *keys: str, counted: bool = False) -> pl.DataFrame:
    more = {"hour": pl.Int64, "v": pl.Float64} if counted else {}
    return pl.DataFrame(rows, schema={**dict.fromkeys(keys, pl.String), "labels": PAIRS, **more}, orient="row")


class Store:
    """An index and counts as they are told; remembers what was asked beyond the index."""

    def __init__(self, index: pl.DataFrame, counted: pl.DataFrame | None = None) -> None:
        self._index, self._counted = index, counted
        self.asked: list[Of] = []

    def index(self, measurements: list[Measurement], span: Span, prefix: str = "") -> list[pl.DataFrame]:
        return [self._index]

    def labelled(self, measurement: Measurement, span: Span, prefix: str, of: Of) -> pl.DataFrame:
        assert self._counted is not None, "nothing was to be counted"
        self.asked.append(of)
        return self._counted


def namespaces(store: Store) -> dict[str | None, list[tuple[float, list[dict[str, str]]]]]:
    nothing = pl.DataFrame()
    span = Span(0, 5 * HOUR)
    seen = Observation(span, span, span, nothing, nothing, nothing, nothing)
    found = histories(store, seen, NAMESPACE_LABELS, "label_", "namespace")  # type: ignore[arg-type]
    return {key[1]: list(history) for key, history in found.items()}


def test_what_did_not_change_costs_no_further_question() -> None:
    store = Store(frame([("a", "pay", RED), ("a", "shop", BLUE), ("b", "pay", BLUE)], "cluster", "namespace"))
    assert namespaces(store)["shop"] == [(ALWAYS, BLUE)]
    assert store.asked == []


def test_only_what_changed_is_counted() -> None:
    # pay of cluster a was red, then blue; pay of b, whose counts come along, and shop were not
    index = frame([("a", "pay", RED), ("a", "pay", BLUE), ("a", "shop", RED)], "cluster", "namespace")
    told: Rows = [("a", "pay", RED, HOUR, 60.0), ("a", "pay", BLUE, 2 * HOUR, 60.0), ("b", "pay", NONE, HOUR, 60.0)]
    store = Store(index, frame(told, "cluster", "namespace", counted=True))
    assert namespaces(store) == {"pay": [(ALWAYS, RED), (2 * HOUR, BLUE)], "shop": [(ALWAYS, RED)]}
    assert [(of.key, set(of.values)) for of in store.asked] == [("namespace", {"pay"})]


def test_of_an_object_that_the_index_knows_and_no_sample_shows_nothing_is_known() -> None:
    index = frame([("a", "pay", RED), ("a", "pay", BLUE)], "cluster", "namespace")
    assert namespaces(Store(index, frame([], "cluster", "namespace", counted=True))) == {}


def test_a_set_that_lasts_is_told_once_also_across_hours_without_samples() -> None:
    index = frame([("a", "pay", RED), ("a", "pay", BLUE)], "cluster", "namespace")
    told: Rows = [("a", "pay", one, h * HOUR, 60.0) for h, one in ((0, RED), (1, RED), (4, RED), (5, BLUE))]
    assert namespaces(Store(index, frame(told, "cluster", "namespace", counted=True)))["pay"] == [(ALWAYS, RED), (5 * HOUR, BLUE)]


def test_most_samples_come_first_and_of_equals_what_was_there_before() -> None:
    # hour 0: red 60. Hour 1: 30 each, so red, which was there in the hour 0. Hour 2: blue 50, red 10.
    # Parts of one set (an exporter that moved) add up: in the hour 3 red has 20 + 15, blue 25.
    told: Rows = [
        ("n", RED, 0, 60.0),
        *(("n", one, HOUR, 30.0) for one in (BLUE, RED)),
        ("n", RED, 2 * HOUR, 10.0),
        ("n", BLUE, 2 * HOUR, 50.0),
        ("n", RED, 3 * HOUR, 20.0),
        ("n", BLUE, 3 * HOUR, 25.0),
        ("n", RED, 3 * HOUR, 15.0),
    ]
    order = ranked(frame(told, "node", counted=True), ["node"])
    first = order.unique("hour", keep="first", maintain_order=True)
    assert dict(first.select("hour", "v").rows()) == {0: 60, HOUR: 30, 2 * HOUR: 50, 3 * HOUR: 35}
    assert [p[0]["value"] for p in first["labels"].to_list()] == ["red", "red", "blue", "red"]


def test_no_labels_at_all_is_a_set_too() -> None:
    order = ranked(frame([("n", NONE, 0, 40.0), ("n", RED, 0, 20.0)], "node", counted=True), ["node"])
    assert order["labels"].to_list() == [NONE, RED]


def test_objects_without_a_uid_are_told_apart_by_their_names() -> None:
    keys = ["cluster", *POD_LABELS.keys]
    index = frame([("a", "app", "one", None, RED), ("a", "app", "two", None, BLUE), ("a", "app", "two", None, RED)], *keys)
    assert relabelled(index, keys).rows() == [("a", "app", "two", None)]


def test_labels_at_a_moment() -> None:
    history = ((ALWAYS, RED), (2.0 * HOUR, BLUE))
    assert [labels_at(history, t) for t in (-1.0, 2 * HOUR - 1, 2 * HOUR)] == [RED, RED, BLUE]
    assert labels_at((), 0.0) == []
