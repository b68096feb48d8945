"""What all checks share: the server, the time looked at, and what was already learned; each asked for once, when first needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import polars as pl

from farthing.core.errors import FarthingError, NoData
from farthing.core.ledger import Span
from farthing.core.settings import Settings
from farthing.core.units import DAY_SECONDS, HOUR_SECONDS
from farthing.core.windows import Window
from farthing.costing import cost
from farthing.metering import MEASUREMENTS, Measurement, Observation, measure, observe
from farthing.metering.prometheus import Dialect, InstantQuestion, PrometheusClient, PrometheusSource, RangeQuestion, quote, selector
from farthing.pricing import PriceBook, price_assets

from .costed_hour import CostedHour
from .wording import span

T = TypeVar("T")
MEASURED: dict[str, Measurement] = {m.name: m for m in MEASUREMENTS}
LONGEST_LOOK_HOURS = 7 * 24  # of a longer window the end is looked at: faults are found where they still can be cured
HOUR_RANGE = "59m59s999ms"  # an hour without the sample on its older edge, which Prometheus 2.x would count in
LOOK_BACK_SECONDS = 300.0  # a server gives the last sample of this long before, unless told


class NotPossible(Exception):
    """A check that cannot be made here; the text says why."""


class Examination:
    """One look at one server.

    `span`: the whole closed hours looked at. Raises nothing by itself; what it asks for raises SourceError, NoData when nothing of
    kube-state-metrics was there, BadParameter for a set cluster label that no series has.
    """

    def __init__(self, client: PrometheusClient, settings: Settings, book: PriceBook | None, *, window: Window, now: datetime) -> None:
        self.client, self.settings, self.book, self.window, self.now = client, settings, book, window, now
        self.span = _closed_hours(window, now, settings)
        self._known: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gave, or raised, the first time this was asked for by `name`."""
        if name not in self._known:
            try:
                self._known[name] = make()
            except FarthingError as error:
                self._known[name] = error
        known = self._known[name]
        if isinstance(known, FarthingError):
            raise known
        return cast(T, known)

    @property
    def source(self) -> PrometheusSource:
        """The measurements as this server spells them."""
        return self.once("source", lambda: PrometheusSource(self.client, self.settings.metering, self.span))

    @property
    def dialect(self) -> Dialect:
        """How this installation spells things."""
        return self.source.dialect

    @property
    def days(self) -> tuple[Observation, ...]:
        """When clusters were seen, a day each, the last one ends with the span."""
        return self.once("days", self._observe)

    def _observe(self) -> tuple[Observation, ...]:
        # a day at a time: older Prometheus take a time for `timestamp()` that grows with the square of the range
        ends = range(int(self.span.end), int(self.span.start), -DAY_SECONDS)
        pieces = [Span(max(self.span.start, end - DAY_SECONDS), end) for end in ends]
        return tuple(observe(self.source, piece, self.settings.metering) for piece in reversed(pieces))

    @property
    def seen(self) -> Observation:
        """When each cluster was seen in the last day of the span; at least one was."""
        seen = self.days[-1]
        if seen.clusters.height == 0:
            start, end = seen.span.start, seen.span.end
            raise NoData(f"no cluster was seen from {span(start, end)}", cure="ask a window that the server still holds")
        return seen

    @property
    def clusters(self) -> list[str]:
        """Ids of the clusters that were seen in the last day, sorted."""
        return sorted(self.seen.clusters["cluster"].to_list())

    def intervals(self, name: str, hours: int = 3) -> dict[str, float]:
        """Seconds between samples of a measurement in each cluster, from the fullest of the last `hours` closed hours.

        A cluster that has samples in one hour only is left out: it may have begun in the middle of it.
        """
        return self.once(f"interval of {name}", lambda: self._intervals(name, hours))

    def _intervals(self, name: str, hours: int) -> dict[str, float]:
        promql = f"max by {self.by()} (count_over_time({selector(MEASURED[name])}[{HOUR_RANGE}]))"
        end, columns = int(self.span.end), self.labels()
        start = end - (hours - 1) * HOUR_SECONDS
        counts = self.client.ask([RangeQuestion(f"samples of {name}", promql, columns, start, end, HOUR_SECONDS)])[0]
        fullest = (
            counts.with_columns(self.cluster.alias("cluster"))
            .group_by("cluster")
            .agg(pl.len(), pl.col("v").max())
            .filter(pl.col("len") > 1)
        )
        return {cluster: HOUR_SECONDS / v for cluster, v in fullest.sort("cluster").select("cluster", "v").iter_rows()}

    @property
    def cluster(self) -> pl.Expr:
        """The cluster's id in a frame that has its label."""
        label, default = self.dialect.cluster_label, self.dialect.default_cluster
        return pl.col(label).fill_null(default) if label else pl.lit(default)

    @property
    def at(self) -> float:
        """The last moment at which any cluster was seen, up to the window's end and now (unix s)."""
        latest = min(self.now.timestamp(), self.window.unix[1])
        beats = self.seen.beats.filter(pl.col("t") <= latest)["t"].max()
        return float(beats) if isinstance(beats, int | float) else float(self.seen.beats["t"].to_list()[0])

    @property
    def is_recent(self) -> bool:
        """The present is part of what is looked at."""
        return self.now.timestamp() - self.at <= HOUR_SECONDS

    @property
    def costed_hour(self) -> CostedHour:
        """The last closed hour with samples, measured and, with a price book, costed."""
        return self.once("costed hour", self._cost_an_hour)

    def _cost_an_hour(self) -> CostedHour:
        last = max(self.seen.clusters["last_hour"].to_list())
        start = float(min(last, self.span.end - HOUR_SECONDS))
        hour = Span(start, start + HOUR_SECONDS)
        facts = measure(self.source, hour, self.settings.metering, needs=frozenset(), now=self.now)
        ledger = None if self.book is None else cost(facts, price_assets(self.book, facts.assets(), self.now))
        return CostedHour(hour, facts, ledger, self.book.currency if self.book else "")

    @property
    def beat(self) -> str:
        """The measurement that tells that a cluster is there."""
        return "pod seen" if self.lacks("node seen") else "node seen"

    def lacks(self, *measurements: str) -> str:
        """The metrics among these measurements that the server does not hold, as a list; empty where it holds all."""
        return ", ".join(sorted({MEASURED[name].metric for name in measurements if not self.dialect.has(MEASURED[name])}))

    def need(self, *measurements: str) -> None:
        """Raises NotPossible when the server does not hold the metric of one of these measurements."""
        missing = self.lacks(*measurements)
        if missing:
            raise NotPossible(f"the server has no {missing}")

    def labels(self, *keys: str) -> tuple[str, ...]:
        """Labels to group by or match on: the cluster's, then `keys`."""
        return (*([self.dialect.cluster_label] if self.dialect.cluster_label else []), *keys)

    def by(self, *keys: str) -> str:
        """The same as a PromQL list, in parentheses."""
        return f"({','.join(self.labels(*keys))})"

    def of(self, cluster: str) -> tuple[str, ...]:
        """Matchers of one cluster's series."""
        label = self.dialect.cluster_label
        if label is None:
            return ()
        if cluster == self.dialect.default_cluster:  # the name of series without the label, and perhaps of some with it
            return (f"{label}=~{quote('|' + re.escape(cluster))}",)
        return (f"{label}={quote(cluster)}",)

    def vector(self, name: str, more: Sequence[str] = ()) -> str:
        """PromQL of a measurement's present series, its keys spelled as the measurements table has them."""
        m = MEASURED[name]
        text = selector(m, more)
        interval = max(self.intervals(self.beat).values(), default=0.0)
        if interval > LOOK_BACK_SECONDS / 2:
            text = f"last_over_time({text}[{int(2.5 * interval)}s])"
        if m.equals is not None:
            text = f"({text} == {m.equals:g})"
        for key in m.keys:
            for spelling in reversed(self.dialect.spellings(m.exporter, key)):
                if spelling != key:
                    text = f'label_replace({text},"{key}","$1","{spelling}","(.+)")'
        return text

    def ask(self, name: str, promql: str, labels: Sequence[str] = (), *, at: float | None = None) -> pl.DataFrame:
        """The query at `at` (None: the last moment seen): `cluster`, `labels` (String), `t`, `v`. Raises SourceError."""
        columns = self.labels(*labels)
        frame = self.client.ask([InstantQuestion(name, promql, columns, self.at if at is None else at)])[0]
        return frame.select(self.cluster.alias("cluster"), *labels, "t", "v").sort("cluster", *labels)

    def numbers(self, name: str, promql: str, *, at: float | None = None) -> dict[str, float]:
        """The query's value of each cluster that it has one of."""
        return dict(self.ask(name, promql, at=at).select("cluster", "v").iter_rows())


def _closed_hours(window: Window, now: datetime, settings: Settings) -> Span:
    """The window's whole hours up to the last closed one, at most the last LONGEST_LOOK_HOURS; at least one hour."""
    start, end = window.unix
    closed = (min(end, now.timestamp() - settings.metering.settle_minutes * 60)) // HOUR_SECONDS * HOUR_SECONDS
    first = max(start // HOUR_SECONDS * HOUR_SECONDS, closed - LONGEST_LOOK_HOURS * HOUR_SECONDS)
    return Span(min(first, closed - HOUR_SECONDS), closed)
