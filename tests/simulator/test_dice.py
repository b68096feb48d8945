"""Draws depend on their names alone."""

from __future__ import annotations

import itertools

import pytest

from farthing.simulator.dice import between, draw, renewals, stable_id, uid


def test_a_draw_is_the_same_wherever_it_is_made() -> None:
    # 56 bits of BLAKE2b over "a", 0x1f, "1", over 2^56: computed with `b2sum -l 56`
    assert draw("a", 1) == int("a6d9aeaba56f6e", 16) / 2**56
    assert draw("a", 1) != draw("a", 2)
    assert draw("a", 11) != draw("a1", 1)
    assert all(2 <= between(2, 5, "x", i) < 5 for i in range(100))


def test_draws_are_spread_evenly() -> None:
    values = [draw("even", i) for i in range(4000)]
    # the mean of n even draws has the deviation sqrt(1/12/n) = 0.0046
    assert sum(values) / len(values) == pytest.approx(0.5, abs=4 * 0.0046)


def test_renewals_are_neither_too_close_nor_too_far_and_the_same_in_every_window() -> None:
    whole = renewals(1000.0, 0, 500_000, "node")
    gaps = [b - a for a, b in itertools.pairwise(whole)]
    assert len(whole) == 500
    assert all(400 <= gap <= 1600 for gap in gaps)
    assert renewals(1000.0, 123_456, 234_567, "node") == [t for t in whole if 123_456 <= t < 234_567]


def test_ids_have_their_form() -> None:
    assert len(uid("pod", 1)) == 36
    assert uid("pod", 1)[14] == "4"
    assert 0 <= stable_id("node", "c", None, 1.0) < 2**64
    assert stable_id("node", None) == stable_id("node", "")
