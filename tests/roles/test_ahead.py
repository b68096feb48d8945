"""Pieces under way at once, handed on in order."""

from __future__ import annotations

import threading

import pytest

from farthing.roles.ahead import in_order


def test_results_come_in_order_and_no_more_than_asked_are_under_way() -> None:
    lock, first_may_end = threading.Lock(), threading.Event()
    under_way: list[int] = []
    most = 0

    def job(n: int) -> int:
        nonlocal most
        with lock:
            under_way.append(n)
            most = max(most, len(under_way))
        if n == 0:
            assert first_may_end.wait(10)
        if n == 1:
            first_may_end.set()  # the second ends first
        with lock:
            under_way.remove(n)
        return n

    assert list(in_order([lambda n=n: job(n) for n in range(6)], 2)) == list(range(6))  # type: ignore[misc]
    assert most == 2


def test_the_first_failure_is_raised_and_later_ones_are_not_begun() -> None:
    begun: list[int] = []

    def job(n: int) -> int:
        begun.append(n)
        if n == 1:
            raise ValueError("of the second")
        return n

    results = in_order([lambda n=n: job(n) for n in range(9)], 2)  # type: ignore[misc]
    assert next(results) == 0
    with pytest.raises(ValueError, match="of the second"):
        list(results)
    assert len(begun) <= 4
