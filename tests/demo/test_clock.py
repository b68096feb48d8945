"""The demo's clock: how fast it goes, where it stands, what it gives up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from farthing.demo import Clock

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FAR = START.timestamp() + 1e6


class Real:
    """The real seconds that have passed."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def real() -> Real:
    return Real()


def test_it_goes_as_fast_as_was_asked(real: Real) -> None:
    clock = Clock(START, 60, elapsed=real)
    clock.let(FAR)
    real.seconds += 2.5
    assert clock.now() == START + timedelta(seconds=150)  # 2.5 s × 60


def test_it_stands_just_before_its_limit_and_catches_up(real: Real) -> None:
    clock = Clock(START, 1, elapsed=real)
    clock.let(START.timestamp() + 60)
    real.seconds += 90
    assert START + timedelta(seconds=59.99) < clock.now() < START + timedelta(seconds=60)
    assert clock.wanted() == START.timestamp() + 90
    clock.let(FAR)
    assert clock.now() == START + timedelta(seconds=90)
    assert clock.lost == 0


def test_what_it_cannot_catch_up_is_given_up_and_counted(real: Real) -> None:
    clock = Clock(START, 60, elapsed=real)
    clock.let(START.timestamp() + 600.001)
    real.seconds += 100  # wants 6,000 s; 600 are allowed; it may be behind by 60 s of real time, 3,600
    assert clock.now() == START + timedelta(seconds=600)
    assert clock.lost == pytest.approx(6000 - 600 - 3600)
    clock.let(FAR)
    assert clock.unix() == pytest.approx(START.timestamp() + 4200)


def test_it_never_goes_back(real: Real) -> None:
    clock = Clock(START, 1, elapsed=real)
    clock.let(FAR)
    real.seconds += 50
    seen = clock.now()
    clock.let(START.timestamp())
    real.seconds -= 10
    assert clock.now() == seen


def test_before_it_is_let_it_shows_its_start(real: Real) -> None:
    clock = Clock(START, 60, elapsed=real)
    real.seconds += 10
    assert clock.now() == START
