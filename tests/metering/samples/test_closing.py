"""Closed hours and their facts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from farthing.core.errors import NoData, SettingsError
from farthing.core.settings import MeteringSettings, SamplesSettings
from farthing.metering.samples import SampleStore, check_reach, closed_hours, facts_of_hour
from tests.kit.cluster import Cluster
from tests.kit.pods import Container
from tests.kit.scrape import Series
from tests.kit.stores import as_batch
from tests.metering.samples.conftest import HOUR, START, Open

SETTINGS = MeteringSettings()
NOW = datetime(2026, 3, 2, 2, 10, tzinfo=UTC)


def cluster() -> Cluster:
    """One pod of half a core that uses a quarter; another ends at 01:20, having used one core of two."""
    made = Cluster(START - 900, START + 4 * HOUR, name="prod")
    made.node("n1", cores=8, gib=32)
    made.pod("shop", "web", node="n1", containers=[Container("c", cpu=0.5, ram_gib=1, uses_cpu=0.25)])
    made.pod("shop", "job", node="n1", containers=[Container("c", cpu=2, ram_gib=1, uses_cpu=1)], finished=START + HOUR + 1200)
    return made


def until(series: Series, end: float) -> Series:
    """The series as it is known at `end`."""
    known = sum(t <= end for t in series.times)
    stale = [t for t in series.stale if t <= end]
    return Series(series.metric, series.labels, series.times[:known], series.values[:known], stale)


def fill(store: SampleStore, end: float) -> None:
    store.append(as_batch([until(s, end) for s in cluster().series()]), end)


def held(store: SampleStore, hour: int) -> dict[str, float]:
    facts = facts_of_hour(store, hour, SETTINGS, now=NOW)
    assert set(facts.usage["source"]) == set(facts.capacity["source"]) == {"samples"}
    names = facts.usage.join(facts.identity.select("identity_id", "pod"), on="identity_id")
    return dict(names.select("pod", "cpu_held").iter_rows())


def test_an_hour_is_closed_some_minutes_after_its_end(opened: Open) -> None:
    store = opened()
    fill(store, START + 2 * HOUR + 300)
    hours = [START - HOUR, START, START + HOUR]
    assert closed_hours(store, SETTINGS, START + 2 * HOUR + 599) == hours[:2]
    assert closed_hours(store, SETTINGS, START + 2 * HOUR + 600) == hours
    assert closed_hours(store, MeteringSettings(settle_minutes=0), START + 2 * HOUR) == hours


def test_facts_of_a_closed_hour(opened: Open) -> None:
    store = opened()
    fill(store, START + 2 * HOUR + 600)
    # 01:00–01:20 two cores asked: 1200 s · 2; half a core all through the hour
    assert held(store, START + HOUR) == pytest.approx({"web": 1800, "job": 2400})
    # the hour before lies in one file now, and so does this one
    assert [len(files) for hour, files in sorted(store.held().items()) if hour == START + HOUR] == [1]


def test_what_comes_later_does_not_change_an_hour_that_was_closed(opened: Open, tmp_path: Path) -> None:
    early = opened()
    fill(early, START + 2 * HOUR + 600)
    with SampleStore(tmp_path / "later", SamplesSettings()) as later:
        fill(later, START + 4 * HOUR)
        for hour in (START, START + HOUR):
            assert held(early, hour) == pytest.approx(held(later, hour))


def test_an_hour_without_samples(opened: Open) -> None:
    store = opened()
    with pytest.raises(NoData, match="no samples") as raised:
        facts_of_hour(store, START, SETTINGS, now=NOW)
    assert "nothing yet" in raised.value.cure
    fill(store, START + HOUR)
    with pytest.raises(NoData):
        facts_of_hour(store, START + 50 * HOUR, SETTINGS, now=NOW)


def test_samples_that_go_too_early_are_refused() -> None:
    check_reach(SamplesSettings(retention_hours=26), MeteringSettings(look_around_hours=24))
    with pytest.raises(SettingsError, match="25 is less") as raised:
        check_reach(SamplesSettings(retention_hours=25), MeteringSettings(look_around_hours=24))
    assert "26" in raised.value.expected
