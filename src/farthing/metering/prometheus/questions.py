"""What can be asked of a Prometheus-compatible server: plain values, so that a plan of them can be printed before it is run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from farthing.core.errors import BadParameter

COLUMNS = ("t", "v")
MOST_POINTS = 11_000  # a series, in one answer of Prometheus; not settable there


@dataclass(frozen=True)
class Question:
    """One query. `name` is the measurement's, for messages and statistics; `labels` become the answer's columns, in order.

    Labels that are not named are dropped. Raises BadParameter for labels that repeat or would hide the columns `t` and `v`.
    """

    name: str
    promql: str
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_labels(self.name, self.labels)


@dataclass(frozen=True)
class RangeQuestion(Question):
    """The query at `start`, `start + step`, … up to and including `end`; unix seconds. Answered by /api/v1/query_range."""

    start: int
    end: int
    step: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.step <= 0 or self.end < self.start:
            raise BadParameter(
                f"{self.name}: a range from {self.start} to {self.end} by {self.step} seconds",
                expected="a step above 0 and an end that is not before the start",
            )

    @property
    def points(self) -> int:
        """How many times the query is evaluated: the most values of one series in the answer."""
        return (self.end - self.start) // self.step + 1

    def pieces(self, most: int = MOST_POINTS) -> list[Self]:
        """The same question as consecutive ranges of at most `most` points each."""
        width = most * self.step
        return [
            replace(self, start=begin, end=min(begin + width - self.step, self.end)) for begin in range(self.start, self.end + 1, width)
        ]

    def halves(self) -> list[Self]:
        """Two consecutive ranges that together ask the same; needs at least two points."""
        return self.pieces((self.points + 1) // 2)


@dataclass(frozen=True)
class InstantQuestion(Question):
    """The query at one `time` (unix seconds), answered by /api/v1/query; a range selector such as `up[1h]` gives raw samples."""

    time: float


@dataclass(frozen=True)
class SeriesQuestion:
    """Which series of `match` (selectors) had samples in [start, end], unix seconds. `labels` None keeps every label."""

    name: str
    match: tuple[str, ...]
    start: float
    end: float
    labels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not self.match:
            raise BadParameter(f"{self.name}: no selector to find series by", expected="at least one selector in `match`")
        if self.labels is not None and len(set(self.labels)) < len(self.labels):
            raise BadParameter(f"{self.name}: the labels {', '.join(self.labels)} repeat", expected="each label once")


AnyQuestion = RangeQuestion | InstantQuestion | SeriesQuestion


def _check_labels(name: str, labels: tuple[str, ...]) -> None:
    taken = [label for label in labels if label in COLUMNS]
    if taken:
        raise BadParameter(
            f"{name}: the label {taken[0]} would hide the answer's column of that name",
            expected="labels other than t and v",
            cure="rename it in the query with label_replace",
        )
    if len(set(labels)) < len(labels):
        raise BadParameter(f"{name}: the labels {', '.join(labels)} repeat", expected="each label once")
