"""History: newest days first, each hour once, taken up again where it was stopped, and what was measured stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings
from farthing.demo.history import History
from farthing.lake import Lake, open_lake
from farthing.roles import by_cluster
from farthing.simulator import Organisation, facts
from farthing.simulator.plan import Container
from tests.simulator.small import HOUR, at, hours, organisation, workload

NOW = datetime.fromtimestamp(at(80), UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(LakeSettings(url=str(tmp_path / "lake")))


@pytest.fixture
def small() -> Organisation:
    web = Container("web", "web:1", 0.5, 1.0, uses_cpu=0.25, uses_gib=0.5)
    stuck = Container("never", "never:1", 0.25, 0.5)
    return organisation([workload("web", web, replicas=2), workload("stuck", stuck, stuck=True)])


def history(small: Organisation, lake: Lake, end: float = 76) -> History:
    return History(small, lake, int(at(2)), int(at(end)), lambda: NOW)


def kept(lake: Lake) -> list[int]:
    """Hours that the lake has, counted from midnight."""
    return [int((start - at(0)) // HOUR) for start in lake.cluster("c").hours()["hour"].dt.epoch("s")]


def test_newest_days_come_first_and_all_in_the_end(small: Organisation, lake: Lake) -> None:
    made = history(small, lake)
    assert made.tick() == (True, "24 hours of history written")
    assert kept(lake) == list(range(52, 76))
    assert made.tick() == (True, "24 hours of history written")
    assert kept(lake) == list(range(28, 76))
    # 26 hours are left: two days at once, cut where the history begins
    assert made.tick() == (False, "26 hours of history written")
    assert kept(lake) == list(range(2, 76))
    assert made.whole
    assert made.tick() == (False, "")


def test_it_goes_on_where_it_was_stopped(small: Organisation, lake: Lake) -> None:
    history(small, lake).tick()
    before = lake.cluster("c").hours()
    again = history(small, lake, end=79)
    while again.tick()[0]:
        pass
    after = lake.cluster("c").hours()
    assert kept(lake) == list(range(2, 79))
    # the hours that were there are of the same run as before
    assert after.join(before, on=["hour", "run_id"], how="semi").height == 24


def test_what_was_measured_is_not_replaced(small: Organisation, lake: Lake) -> None:
    ((name, part),) = by_cluster(facts(small, hours(70, 72), NOW))
    halved = part.usage.with_columns(pl.col("cpu_requested") / 2)
    never = pl.col("running_seconds").is_nan()
    ran = [pl.when(never).then(0.0).otherwise(c).alias(c) for c in ("running_seconds", "cpu_used", "ram_used", "gpu_used")]
    measured = lake.cluster(name).commit(replace(part, usage=halved.with_columns(ran)), now=NOW)
    made = history(small, lake)
    assert made.tick() == (True, "22 hours of history written")
    runs = lake.cluster("c").hours(hours(70, 72))["run_id"].unique().to_list()
    assert runs == [measured.run_id]


def test_it_is_what_the_books_say(small: Organisation, lake: Lake) -> None:
    history(small, lake).tick()
    usage = lake.cluster("c").read(Span(at(60), at(61))).usage
    # two pods of 0.5 cores, one that never starts and holds 0.25: an hour of each
    assert usage["cpu_held"].sum() == pytest.approx((2 * 0.5 + 0.25) * HOUR)
    # 0.25 cores each are used by those that run
    assert usage["cpu_used"].sum() == pytest.approx(2 * 0.25 * HOUR)
