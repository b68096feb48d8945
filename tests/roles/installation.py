"""A small cluster in a real Prometheus, settings of an installation that collects it, and its lake."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from farthing.core.settings import CollectSettings, LakeSettings, MeteringSettings, PricingSettings, PrometheusSettings, Settings
from farthing.lake import Lake, open_lake
from farthing.roles import Collector, PrometheusSeries
from tests.kit.cluster import Cluster
from tests.kit.pods import Container

DAY = datetime(2026, 3, 2, tzinfo=UTC)
LATER = datetime(2026, 3, 9, tzinfo=UTC)
HOUR = 3600
CORE, GIB = 0.031611, 0.004237  # $ an hour, the default book
NODE = 4 * CORE + 16 * GIB
POD = 1 * CORE + 2 * GIB


def small_cluster(name: str, hours: float, *, first: float = 0) -> Cluster:
    """A node of 4 cores and 16 GiB with a pod of 1 core and 2 GiB, seen from a quarter of an hour before `first` hours of DAY on."""
    start = DAY.timestamp() + first * HOUR
    made = Cluster(start - 900, start + hours * HOUR + 900, name=name, scrape=120)
    made.node("n1", cores=4, gib=16)
    web = Container("c", cpu=1, ram_gib=2, uses_cpu=0.5, uses_ram_gib=1)
    made.pod("app", "web", node="n1", containers=[web], owner=made.deployment("app", "web"))
    return made


def settings_for(url: str, folder: Path, *, book: Path | None = None, rows: int = 150_000, backfill_days: int = 10) -> Settings:
    """Settings of an installation that keeps everything in `folder`."""
    return Settings(
        prometheus=PrometheusSettings(url=url),
        metering=MeteringSettings(rows_at_once=rows),
        lake=LakeSettings(url=str(folder / "lake")),
        pricing=PricingSettings(book=book),
        collect=CollectSettings(backfill_days=backfill_days),
    )


def filled(settings: Settings, first: datetime, last: datetime, *, now: datetime = LATER, agent: str = "test") -> Lake:
    """The lake of `settings` with what its Prometheus has of [first, last), collected at `now`."""
    lake = open_lake(settings.lake)
    series = PrometheusSeries(settings)
    collector = Collector(lake, series.source, settings.metering, agent=agent, now=lambda: now)
    for _ in collector.backfill(first, last):
        pass
    collector.release()
    series.close()
    return lake
