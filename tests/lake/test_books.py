"""Price books as they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from farthing.core.errors import ClocksDiffer, LakeDamaged
from farthing.lake import Lake
from tests.lake.facts import NOW

HOUR = timedelta(hours=1)


def test_every_version_is_kept(lake: Lake) -> None:
    books = lake.books
    assert books.latest() is None
    assert books.as_of(NOW) is None
    for n in range(5):
        books.append("prices.yaml", f"cpu: {n}", now=NOW + n * HOUR)
    books.append("rules.yaml", "- a", now=NOW + 5 * HOUR)
    latest = books.latest()
    assert latest is not None
    assert (latest.number, latest.name) == (6, "rules.yaml")
    for n in range(5):
        for later in (timedelta(0), HOUR - timedelta(microseconds=1)):
            book = books.as_of(NOW + n * HOUR + later)
            assert book is not None
            assert (book.text, book.recorded_at) == (f"cpu: {n}", NOW + n * HOUR)
    prices = books.as_of(NOW + 99 * HOUR, "prices.yaml")
    assert prices is not None
    assert prices.text == "cpu: 4"
    assert books.as_of(NOW - HOUR) is None
    assert books.as_of(NOW + HOUR, "rules.yaml") is None
    assert [book.number for book in books.versions("prices.yaml")] == [1, 2, 3, 4, 5]


def test_what_says_the_same_is_no_new_version(lake: Lake) -> None:
    first = lake.books.append("prices.yaml", "é: 1\n", now=NOW)
    assert lake.books.append("prices.yaml", "é: 1\n", now=NOW + HOUR) == first
    lake.books.append("prices.yaml", "é: 2\n", now=NOW + HOUR)
    back = lake.books.append("prices.yaml", "é: 1\n", now=NOW + 2 * HOUR)
    assert (back.number, back.text) == (3, "é: 1\n")


def test_of_two_who_record_at_once_both_are_kept(lake: Lake) -> None:
    lake.books.append("a", "0", now=NOW)
    create, other = lake.books._objects.create, lake.books
    raced: list[bool] = []

    def slow(path: str, data: bytes) -> bool:
        if not raced:
            raced.append(True)
            other.append("b", "2", now=NOW)
        return create(path, data)

    lake.books._objects.create = slow  # type: ignore[method-assign]
    mine = lake.books.append("a", "1", now=NOW)
    assert [(book.number, book.text) for book in lake.books.versions()] == [(1, "0"), (2, "2"), (3, "1")]
    assert mine.number == 3


def test_a_clock_that_ran_back(lake: Lake) -> None:
    lake.books.append("a", "1", now=NOW)
    with pytest.raises(ClocksDiffer, match="a book was recorded at"):
        lake.books.append("a", "2", now=NOW - HOUR)


def test_a_book_that_cannot_be_read(lake: Lake) -> None:
    lake.books.append("a", "1", now=NOW)
    lake.books._objects.put("_books/0000000001.json", b"{")
    with pytest.raises(LakeDamaged, match="is no version of a book"):
        lake.books.latest()
    assert lake.clusters() == ()
