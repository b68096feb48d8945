"""How one machine does, as metrics: read from it when they are asked for, so that they are never older than the question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector as MetricsCollector

from .up import OneMachine


class MachineMetrics(MetricsCollector):
    """The loops and the work of a `OneMachine`; to be registered in a registry of prometheus_client."""

    def __init__(self, machine: OneMachine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._machine = machine
        self._now = now

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked for names alone."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """The metrics as they are now."""
        yield from self._loops()
        yield from self._work()
        yield from self._lag()

    def _loops(self) -> Iterator[Metric]:
        succeeded = GaugeMetricFamily(
            "farthing_loop_last_success_timestamp_seconds", "When a loop last went well; absent before the first time", labels=["loop"]
        )
        rounds = CounterMetricFamily("farthing_loop_rounds", "Rounds of a loop that went well", labels=["loop"])
        failures = GaugeMetricFamily("farthing_loop_failures", "Failures of a loop since it last went well", labels=["loop"])
        for health in self._machine.health():
            if health.succeeded_at is not None:
                succeeded.add_metric([health.name], health.succeeded_at.timestamp())
            rounds.add_metric([health.name], health.rounds)
            failures.add_metric([health.name], health.failures)
        yield from (succeeded, rounds, failures)

    def _work(self) -> Iterator[Metric]:
        counts = self._machine.counts()
        yield CounterMetricFamily("farthing_hours_collected", "Hours measured and committed to the lake", counts.hours_collected)
        yield CounterMetricFamily("farthing_rows_collected", "Rows of usage in them", counts.rows_collected)
        yield CounterMetricFamily("farthing_hours_taken_in", "Hours of clusters costed into the warehouse", counts.hours_taken_in)
        done = GaugeMetricFamily("farthing_job_hours_done", "Hours of clusters that a long job has done", labels=["job"])
        total = GaugeMetricFamily("farthing_job_hours_total", "Hours of clusters that it has to do; absent where unknown", labels=["job"])
        for job, progress in sorted(counts.jobs.items()):
            done.add_metric([job], progress.done)
            if progress.total:
                total.add_metric([job], progress.total)
        yield from (done, total)

    def _lag(self) -> Iterator[Metric]:
        lag = GaugeMetricFamily("farthing_lag_seconds", "From the end of the last hour that answers have to now", labels=["cluster"])
        now = self._now().timestamp()
        for extent in self._machine.warehouse.extents():
            lag.add_metric([extent.cluster], now - extent.last)
        yield lag
