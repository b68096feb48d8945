"""What has been asked so far, and the limits of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from farthing.core.errors import BudgetExceeded
from farthing.core.settings import PrometheusSettings


@dataclass
class Tally:
    """Running sums. Every point that the server sent is either in `points` or in one of the counts of dropped ones."""

    queries: int = 0
    """Questions sent, halves of split ones included, retries not."""
    retries: int = 0
    """Requests sent again after a failure that may pass."""
    splits: int = 0
    """Times a range was cut in two (or into more) because it was refused as a whole or is longer than servers allow."""
    series: int = 0
    """Series answered; the halves of a split question count each."""
    points: int = 0
    """Values answered and kept."""
    samples: int = 0
    """Samples the server read to answer, where it tells."""
    bytes: int = 0
    """Bytes of answers as they came over the wire."""
    seconds: float = 0.0
    """Time spent asking, summed over questions (those asked at once count each)."""
    non_finite: int = 0
    """Points dropped because their value is NaN or infinite."""
    outside: int = 0
    """Points dropped because their time lies outside what was asked."""
    duplicates: int = 0
    """Points dropped because their series has a larger or equal value at the same time."""
    disordered: int = 0
    """Points that came before an earlier one of their series; kept, sorted."""
    histograms: int = 0
    """Series dropped of their native histogram samples, which have no single value."""


@dataclass
class Asked(Tally):
    """Running statistics of a client, as a whole and by measurement. Safe to write from several threads."""

    measurements: dict[str, Tally] = field(default_factory=dict)
    """The same sums by the name of the question."""
    warnings: list[str] = field(default_factory=list)
    """What servers said beside an answer, once each: partial responses, failed stores, hints."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def count(self, name: str, **amounts: float) -> None:
        """Add `amounts` (fields of Tally) to the whole and to the measurement `name`."""
        with self._lock:
            for tally in (self, self.measurements.setdefault(name, Tally())):
                for key, amount in amounts.items():
                    setattr(tally, key, getattr(tally, key) + amount)

    def warn(self, texts: list[str]) -> None:
        """Keep each text that was not said before."""
        with self._lock:
            self.warnings.extend(text for text in dict.fromkeys(texts) if text not in self.warnings)


@dataclass(frozen=True)
class Progress:
    """One more question of an `ask` is answered: its `name`, how many are `done` of `total`, and the `rows` it gave."""

    name: str
    done: int
    total: int
    rows: int


class Budget:
    """Refuses what would go over the settings `max_queries`, `max_series` and `max_samples`."""

    def __init__(self, settings: PrometheusSettings, asked: Asked) -> None:
        self._settings = settings
        self._asked = asked
        self._unsaid_points = 0
        self._lock = threading.Lock()

    def check_queries(self, name: str, more: int) -> None:
        """Raises BudgetExceeded when `more` queries on top of those already sent are too many."""
        spent, most = self._asked.queries, self._settings.max_queries
        if spent + more > most:
            raise BudgetExceeded(
                f"{name}: {spent + more:,} queries would be sent, {spent:,} of them already were",
                expected=f"at most prometheus.max_queries = {most:,}",
                cure="ask for a shorter window, or raise prometheus.max_queries",
            )

    def check_series(self, name: str, series: int) -> None:
        """Raises BudgetExceeded when one answer carries more than `max_series`."""
        most = self._settings.max_series
        if series > most:
            raise BudgetExceeded(
                f"{name}: the answer has more than {most:,} series (at least {series:,})",
                expected=f"at most prometheus.max_series = {most:,} in one answer",
                cure="ask for fewer clusters or namespaces, or raise prometheus.max_series",
            )

    def check_samples(self, name: str, points: int, *, said: bool) -> None:
        """Raises BudgetExceeded when the server has read more than `max_samples` for us.

        Where a server does not say what it read (`said` false), the `points` it answered count: it read no fewer.
        """
        if not said:
            with self._lock:
                self._unsaid_points += points
        read, most = self._asked.samples + self._unsaid_points, self._settings.max_samples
        if read > most:
            raise BudgetExceeded(
                f"{name}: the server has read {read:,} samples for this",
                expected=f"at most prometheus.max_samples = {most:,}",
                cure="ask for a shorter window, or raise prometheus.max_samples",
            )
