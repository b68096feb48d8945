"""One back end of each kind holds every case, each a cluster of its own; facts are measured once a back end."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from farthing.core.ledger import Facts, Span
from farthing.core.settings import MeteringSettings, PrometheusSettings
from farthing.metering import measure
from farthing.metering.prometheus import PrometheusClient, PrometheusSource
from farthing.metering.samples import SampleStore
from tests.kit.stores import Place

NOW = datetime(2026, 3, 9, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC).timestamp()  # a Monday; every case counts its hours from here
HOUR = 3600


def at(clock: str) -> float:
    """'01:10:20' or '01:10' of the cases' day as unix seconds."""
    parts = [int(x) for x in clock.split(":")] + [0]
    return MIDNIGHT + parts[0] * 3600 + parts[1] * 60 + parts[2]


def facts_of(place: Place, start: float, end: float, **metering: object) -> Facts:
    """Measure whole hours of a server or a store."""
    span = Span(start, end)
    settings = MeteringSettings.model_validate(metering)
    if isinstance(place, SampleStore):
        return measure(place.source(span, settings), span, settings, now=NOW)
    with PrometheusClient(PrometheusSettings(url=place)) as client:
        return measure(PrometheusSource(client, settings, span), span, settings, now=NOW)


class Cases:
    """Facts by cluster, and hours counted from midnight."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        pods = facts.identity.select("identity_id", "namespace", "pod", "controller_kind", "controller")
        self._usage = self._hours(facts.usage).join(pods, on="identity_id")
        self._capacity = self._hours(facts.capacity)

    @staticmethod
    def _hours(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(((pl.col("hour").dt.epoch("s") - int(MIDNIGHT)) // HOUR).alias("h"))

    def usage(self, cluster: str, pod: str, container: str = "c") -> pl.DataFrame:
        """Hours of one container, in order."""
        mine = (pl.col("cluster") == cluster) & (pl.col("pod") == pod) & (pl.col("container") == container)
        return self._usage.filter(mine).sort("h")

    def column(self, cluster: str, pod: str, column: str, container: str = "c") -> dict[int, float]:
        """{hour: value} of one container."""
        frame = self.usage(cluster, pod, container)
        return dict(zip(frame["h"].to_list(), frame[column].to_list(), strict=True))

    def assets(self, cluster: str, kind: str = "node") -> pl.DataFrame:
        """Asset hours of one kind, in order."""
        return self._capacity.filter((pl.col("cluster") == cluster) & (pl.col("kind") == kind)).sort("h", "first_held")
