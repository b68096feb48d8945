"""Series as exporters show them: labels, a life, and a value that is known at every moment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from farthing.simulator.dice import DAY_SECONDS
from farthing.simulator.rhythm import FLAT, Rhythm, day_of, day_table, shape, since_midnight
from farthing.simulator.truth import RAM_STRENGTH

PAGE_BYTES = 4096
TICKS = 1024  # counters of seconds are told in so many parts of one
AT_ONCE = 1_000_000  # samples that are worked out at once

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Target:
    """What is scraped: kube-state-metrics of a cluster, or the cAdvisor of a node. `labels` are those that a scrape adds to every series;
    `phase` is when within the scrape interval it is scraped, in ms."""

    job: str
    cluster: str
    node: str
    labels: Pairs
    phase: int


@dataclass(frozen=True)
class Steps:
    """A value that changes at moments: (from, value), in order of time; the first holds before its own moment too."""

    at: tuple[tuple[float, float], ...]

    def values(self, times: range) -> list[float]:
        """The values at times in ms."""
        begins = [
            0,
            *(min(len(times), max(0, -(-(round(since * 1000) - times.start) // times.step))) for since, _ in self.at[1:]),
            len(times),
        ]
        return [value for (_, value), (a, b) in zip(self.at, pairwise(begins), strict=True) for _ in range(b - a)]


@dataclass(frozen=True)
class Wave:
    """A value that follows a rhythm. counter: what was used since `zero` (unix s), at a mean rate of `mean`; else the level itself.

    `unit` is what values are whole multiples of. A level swings as a working set does.
    """

    mean: float
    rhythm: Rhythm
    phase: float
    counter: bool
    zero: float = 0.0
    unit: float = 1.0


@dataclass(frozen=True)
class Together:
    """The sum of waves, such as the use of a pod's containers."""

    parts: tuple[Wave, ...]


Value = float | Steps | Wave | Together


@dataclass(frozen=True, slots=True)
class Series:
    """One series of `target`, shown at scrapes in [start, end). `own` are the exporter's labels, which win over the target's."""

    metric: str
    own: Pairs
    target: Target
    start: float
    end: float
    value: Value

    @property
    def labels(self) -> dict[str, str]:
        """As it is stored, without `__name__`; empty labels are none."""
        return {name: text for name, text in {**dict(self.target.labels), **dict(self.own)}.items() if text}


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of a series in some span: times in ms, values; `stale`: the first scrape that does not show it any more, where that lies in
    the span."""

    series: Series
    times: range
    values: list[float]
    stale: int | None


def cpu_counter(mean: float, rhythm: Rhythm, phase: float, zero: float) -> Wave:
    """Seconds of CPU used since `zero`, at `mean` cores."""
    return Wave(mean, rhythm, phase, counter=True, zero=zero, unit=1 / TICKS)


def working_set(mean: float, rhythm: Rhythm, phase: float) -> Wave:
    """A working set of `mean` bytes, in whole pages."""
    return Wave(mean, rhythm, phase, counter=False, unit=PAGE_BYTES)


def scrapes(series: Series, start: float, end: float, every: int) -> range:
    """Times (ms) in [start, end) at which a scrape shows the series; every: seconds between scrapes."""
    step = every * 1000
    return range(_first(max(start, series.start), series.target.phase, step), _first(min(end, series.end), series.target.phase, step), step)


def sampled(shown: Sequence[Series], start: float, end: float, every: int) -> Iterator[Samples]:
    """Samples in [start, end) of every series that has some, or a stale marker, there; in the order of `shown`."""
    batch: list[tuple[Series, range, int | None]] = []
    count = 0
    for series in shown:
        times = scrapes(series, start, end, every)
        stale = _stale(series, start, end, every)
        if times or stale is not None:
            batch.append((series, times, stale))
            count += len(times) * len(waves_of(series.value))
        if count > AT_ONCE:
            yield from _worked_out(batch)
            batch, count = [], 0
    yield from _worked_out(batch)


def _first(at: float, phase: int, step: int) -> int:
    """The first scrape (ms) at or after a moment (s); a microsecond is no time, for seconds as floats are not exact."""
    moment = math.ceil(at * 1000 - 0.001)
    return -((phase - moment) // step) * step + phase


def _stale(series: Series, start: float, end: float, every: int) -> int | None:
    if not start <= series.end < end:
        return None
    at = _first(series.end, series.target.phase, every * 1000)
    was_shown = at - every * 1000 >= series.start * 1000
    return at if was_shown and at < end * 1000 else None


def waves_of(value: Value) -> tuple[Wave, ...]:
    """The waves that a value is the sum of; none for what is told in steps."""
    if isinstance(value, Wave):
        return (value,)
    return value.parts if isinstance(value, Together) else ()


def _worked_out(batch: list[tuple[Series, range, int | None]]) -> Iterator[Samples]:
    waves = iter(_wave_values([(wave, times) for s, times, _ in batch for wave in waves_of(s.value)]))
    for series, times, stale in batch:
        value = series.value
        if isinstance(value, Steps):
            values = value.values(times)
        elif isinstance(value, int | float):
            values = [float(value)] * len(times)
        else:
            parts = [next(waves) for _ in waves_of(value)]
            values = parts[0] if len(parts) == 1 else [sum(several) for several in zip(*parts, strict=True)]
        yield Samples(series, times, values, stale)


def _wave_values(waves: list[tuple[Wave, range]]) -> list[list[float]]:
    """The values of waves at their times (ms)."""
    if not waves:
        return []
    rows = [
        (i, w.mean, w.rhythm.name, w.rhythm.swing, w.rhythm.peak_hour * 3600, w.rhythm.ripple, w.phase, w.counter, w.zero, w.unit)
        for i, (w, _) in enumerate(waves)
    ]
    names = ("swing", "peak", "ripple", "phase")
    schema = {"i": pl.UInt32, "mean": pl.Float64, "rhythm": pl.String} | dict.fromkeys(names, pl.Float64)
    schema |= {"counter": pl.Boolean} | dict.fromkeys(("zero", "unit"), pl.Float64)
    table = pl.DataFrame(rows, schema=schema, orient="row")
    spans = pl.DataFrame(
        [(i, r.start, r.stop, r.step) for i, (_, r) in enumerate(waves)], schema=["i", "from", "to", "step"], orient="row"
    ).with_columns(pl.col("i").cast(pl.UInt32))
    moments = spans.with_columns(t=pl.int_ranges("from", "to", "step")).select("i", "t").explode("t", empty_as_null=False)
    moments = moments.with_columns(t=pl.col("t") / 1000)
    if moments.height == 0:
        return [[] for _ in waves]
    parts = [_levels(moments.join(table.filter(~pl.col("counter")), on="i", maintain_order="left"))]
    counted = moments.join(table.filter("counter"), on="i", maintain_order="left")
    if counted.height:
        parts.append(_counts(counted, {w.rhythm for w, _ in waves} | {FLAT}))
    values = pl.concat(parts).group_by("i", maintain_order=True).agg("v")
    found = dict(zip(values["i"].to_list(), values["v"].to_list(), strict=True))
    return [found.get(i, []) for i in range(len(waves))]


def _levels(rows: pl.DataFrame) -> pl.DataFrame:
    second = pl.col("t") - day_of(pl.col("t")).cast(pl.Float64) * DAY_SECONDS
    level = pl.col("mean") * shape(second, RAM_STRENGTH)
    return rows.select("i", v=(level / pl.col("unit")).round() * pl.col("unit"))


def _counts(rows: pl.DataFrame, rhythms: set[Rhythm]) -> pl.DataFrame:
    """Counters: whole days in between by their factors, the two at the ends by the shape of a day."""
    low, high = rows.select(low=day_of(pl.col("zero")).min(), high=day_of(pl.col("t")).max()).row(0)
    days = day_table(rhythms, low, high)
    rows = rows.with_columns(day=day_of(pl.col("t")), day_zero=day_of(pl.col("zero")))
    rows = rows.join(days, on=["rhythm", "day"], how="left", maintain_order="left")
    rows = rows.join(
        days.select("rhythm", day_zero="day", factor_zero="factor", before_zero="before"),
        on=["rhythm", "day_zero"],
        how="left",
        maintain_order="left",
    )
    now = pl.col("factor") * since_midnight(pl.col("t") - pl.col("day").cast(pl.Float64) * DAY_SECONDS)
    then = pl.col("factor_zero") * since_midnight(pl.col("zero") - pl.col("day_zero").cast(pl.Float64) * DAY_SECONDS)
    total = pl.col("mean") * ((pl.col("before") - pl.col("before_zero")) * DAY_SECONDS + now - then)
    return rows.select("i", v=(total / pl.col("unit")).round() * pl.col("unit"))
