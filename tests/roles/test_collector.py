"""The collector: what it plans, that one cluster has one agent, and how a claim that was lost is had again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farthing.core.errors import LakeTaken
from farthing.core.settings import Settings
from farthing.lake import Lake, open_lake
from farthing.roles import Collector, PrometheusSeries
from tests.kit.pods import Container
from tests.kit.servers import serving

from .installation import DAY, HOUR, settings_for, small_cluster

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("collector")
    with serving("prometheus", small_cluster("east", 30).series(), folder) as address:
        yield address


class Clock:
    """A time that is set by hand; the claims' own clock is the store's."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def collector(lake: Lake, settings: Settings, agent: str, now: Clock, *, lease: timedelta = timedelta(minutes=5)) -> Collector:
    return Collector(lake, PrometheusSeries(settings).source, settings.metering, agent=agent, lease=lease, backfill_days=10, now=now)


def test_a_second_agent_is_refused_and_told(url: str, tmp_path: Path) -> None:
    settings = settings_for(url, tmp_path)
    lake = open_lake(settings.lake)
    clock = Clock(datetime.now(UTC))  # claims are counted by the store's clock
    first, second = (collector(lake, settings, agent, clock) for agent in ("one", "two"))
    assert sum(found.hours for found in first.backfill(DAY, DAY + timedelta(hours=2))) == 2
    with pytest.raises(LakeTaken, match=r"agent one holds this cluster for another \d+ s") as told:
        list(second.backfill(DAY, DAY + timedelta(hours=4)))
    assert "stop the other agent" in told.value.cure
    assert lake.cluster("east").hours().height == 2  # what the second measured is not there
    first.release()
    assert sum(found.hours for found in second.backfill(DAY, DAY + timedelta(hours=4))) == 2
    # the first comes back: refused as well, until the second has let go
    with pytest.raises(LakeTaken, match="agent two holds"):
        list(first.backfill(DAY, DAY + timedelta(hours=5)))
    second.release()
    assert sum(found.hours for found in first.backfill(DAY, DAY + timedelta(hours=5))) == 1


def test_a_claim_that_was_lost_is_had_again_once_it_is_free(url: str, tmp_path: Path) -> None:
    settings = settings_for(url, tmp_path)
    lake = open_lake(settings.lake)
    clock = Clock(datetime.now(UTC))
    sleeper = collector(lake, settings, "sleeper", clock, lease=timedelta(milliseconds=1))
    list(sleeper.backfill(DAY, DAY + timedelta(hours=1)))
    clock.now += timedelta(seconds=1)
    other = collector(lake, settings, "other", clock)
    list(other.backfill(DAY, DAY + timedelta(hours=2)))  # the lease of a millisecond has run out
    with pytest.raises(LakeTaken, match="agent other has taken the cluster"):
        list(sleeper.backfill(DAY, DAY + timedelta(hours=3)))
    other.release()
    assert sum(found.hours for found in sleeper.backfill(DAY, DAY + timedelta(hours=3))) == 1


def test_the_plan_is_what_a_backfill_does(url: str, tmp_path: Path) -> None:
    settings = settings_for(url, tmp_path)
    lake = open_lake(settings.lake)
    clock = Clock(DAY + timedelta(days=5))
    mine = collector(lake, settings, "one", clock)
    list(mine.backfill(DAY + timedelta(hours=20), DAY + timedelta(hours=25)))
    plan = list(mine.plan())
    # the data go from 23:45 the day before to 6:15 on the 3rd; five hours of it are there; a day without data may be next to data
    days = {datetime.fromtimestamp(day.span.start, UTC).date(): day.hours for day in plan}
    assert days[DAY.date()] == 20
    assert days[DAY.date() + timedelta(days=1)] == 23
    assert [day.span.start for day in plan] == sorted((day.span.start for day in plan), reverse=True)
    done = [found for day in plan for found in mine.carry_out(day)]
    assert sum(found.hours for found in done) == 32 - 5  # hours with data, of the 1st, the 2nd and the 3rd: 1 + 24 + 7
    assert list(mine.plan(DAY, DAY + timedelta(days=1))) == []
    assert lake.cluster("east").hours()["hour"].dt.epoch("s").min() == DAY.timestamp() - HOUR


def test_samples_that_come_late_rewrite_their_hour(url: str, tmp_path: Path) -> None:
    """A server that had nothing of a second pod's usage when the hour closed has it a day later."""
    late = small_cluster("east", 30)
    late.pod("app", "late", node="n1", containers=[Container("c", cpu=1, ram_gib=2, uses_cpu=0.5, uses_ram_gib=1)])
    with serving("prometheus", late.series(), tmp_path / "late") as later:
        settings = [settings_for(url, tmp_path)]
        lake = open_lake(settings[0].lake)
        clock = Clock(DAY + timedelta(hours=4, minutes=15))
        found = Collector(
            lake, lambda span: PrometheusSeries(settings[0]).source(span), settings[0].metering.model_copy(update={"look_around_hours": 1}),
            agent="one", late_hours=2, now=clock,
        )  # fmt: skip
        list(found.backfill(DAY, DAY + timedelta(hours=4)))
        cluster = lake.cluster("east")
        before = cluster.hours()
        assert [one.hours for one in found.late()] == [1]  # looked at again: the hour of 01:00, and nothing has changed
        assert cluster.hours().equals(before)
        settings[0] = settings_for(later, tmp_path)
        assert list(found.late()) == []  # once an hour
        clock.now += timedelta(hours=1)
        assert [one.hours for one in found.late()] == [1]
        after = cluster.hours()
        changed = before.join(after, on=["hour", "run_id"], how="anti").get_column("hour").to_list()
        assert changed == [DAY + timedelta(hours=2)]
        rows = dict(after.select("hour", "usage_rows").iter_rows())
        assert (rows[DAY + timedelta(hours=1)], rows[DAY + timedelta(hours=2)]) == (1, 2)
