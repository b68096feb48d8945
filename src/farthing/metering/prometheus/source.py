"""The measurements table asked of a Prometheus-compatible server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from farthing.core.ledger import Note, Span
from farthing.core.settings import MeteringSettings
from farthing.core.units import HOUR_SECONDS
from farthing.metering.measurements import CPU_FIRST, CPU_RESETS, CPU_USED, Exporter, Measurement, Over
from farthing.metering.source import CLUSTER, Of

from . import promql
from .client import InstantQuestion, PrometheusClient, RangeQuestion, SeriesQuestion
from .discovery import Dialect, discover

SPACING_SECONDS = 600
BREADTH_LOOKS = 8
VALUES_AT_ONCE = 300  # names in one regular expression: about 12 kB of query
PER_CORE = {CPU_USED.name, CPU_FIRST.name, CPU_RESETS.name}


class PrometheusSource:
    """Implements `metering.source.Source`."""

    name = "prometheus"

    def __init__(self, client: PrometheusClient, settings: MeteringSettings, span: Span) -> None:
        self.client = client
        # an hour inside a hole in the data is told by what lies around it
        around = settings.look_around_hours * HOUR_SECONDS
        self.dialect: Dialect = discover(client, Span(span.start - around, span.end + around), settings)

    @property
    def notes(self) -> list[Note]:
        """What the server itself warned of (partial answers)."""
        return [Note(f"the server says: {w}", level="warning") for w in self.client.asked.warnings]

    def has(self, measurement: Measurement) -> bool:
        return self.dialect.has(measurement)

    def hourly(self, measurements: Sequence[Measurement], span: Span, of: Of | None = None) -> list[pl.DataFrame]:
        """See Source. Hours are evaluated at their ends, one range query a measurement (more where `of` names many)."""
        questions, owner = [], []
        for i, m in enumerate(measurements):
            if not self.has(m):
                continue
            for more in self._restrictions(m, of):
                text = promql.hourly(m, more, sum_over="cpu" if self.dialect.cpu_parts and m.name in PER_CORE else "")
                questions.append(
                    RangeQuestion(m.name, text, self.dialect.columns(m), int(span.start) + HOUR_SECONDS, int(span.end), HOUR_SECONDS)
                )
                owner.append(i)
        answers = self.client.ask(questions)
        out = []
        for i, m in enumerate(measurements):
            frames = [a for a, o in zip(answers, owner, strict=True) if o == i]
            frame = pl.concat(frames) if frames else _nothing(self.dialect.columns(m))
            hours = frame.with_columns((pl.col("t") - HOUR_SECONDS).cast(pl.Int64).alias("hour")).drop("t")
            named = self._named(m, hours)
            out.append(self._merged(m, named, _reduced(named, ["cluster", *m.keys])))
        return out

    def _merged(self, m: Measurement, named: pl.DataFrame, reduced: pl.DataFrame) -> pl.DataFrame:
        """Means of an exporter that moved inside an hour: its two series hold parts of the hour, so their samples are put together."""
        if m.over is not Over.MEAN or m.exporter is not Exporter.KUBE_STATE or named.height == reduced.height:
            return reduced
        keys = ["cluster", *m.keys, "hour"]
        lowest = named.group_by(keys).agg(pl.col("v").min().alias("lowest"))
        apart = reduced.join(lowest, on=keys, nulls_equal=True).filter(pl.col("lowest") < pl.col("v"))
        exact = [apart.select(reduced.columns).clear()]
        name = "uid" if "uid" in m.keys else m.keys[0]
        for (hour,), group in apart.group_by("hour", maintain_order=True):
            samples = self.samples(m, Span(float(hour), float(hour) + HOUR_SECONDS), Of(name, set(group[name].drop_nulls())))
            samples = samples.with_columns(pl.lit(hour, dtype=pl.Int64).alias("hour"))
            exact.append(samples.group_by(keys).agg(pl.col("v").mean()).select(reduced.columns))
        return reduced.update(pl.concat(exact), on=keys, how="left") if apart.height else reduced

    def samples(self, measurement: Measurement, span: Span, of: Of | None = None, prefix: str = "") -> pl.DataFrame:
        """See Source: a range selector in an instant query gives the samples as they are."""
        m, restrictions = measurement, self._restrictions(measurement, of) if self.has(measurement) else []
        columns = self._columns(m, span, restrictions, prefix)
        seconds = int(span.end - span.start)
        questions = [InstantQuestion(m.name, promql.raw(m, seconds, more), columns, span.end) for more in restrictions]
        frame = pl.concat(self.client.ask(questions)) if questions else _nothing(columns)
        keys = ["cluster", *m.keys]
        if prefix:
            return self._named(m, frame.group_by(*columns, "t").agg(pl.col("v").max()), prefix).sort(*keys, "t")
        return self._named(m, frame).group_by(*keys, "t").agg(pl.col("v").max()).sort(*keys, "t")

    def labelled(self, measurement: Measurement, span: Span, prefix: str, of: Of) -> pl.DataFrame:
        """See Source: the index tells which labels begin with the prefix, then one range query for each batch of names."""
        m = replace(measurement, over=Over.COUNT)
        restrictions = self._restrictions(m, of) if self.has(m) else []
        columns = self._columns(m, span, restrictions, prefix)
        start, end = int(span.start) + HOUR_SECONDS, int(span.end)
        questions = [RangeQuestion(f"{m.name} by hour", promql.hourly(m, more), columns, start, end, HOUR_SECONDS) for more in restrictions]
        frame = pl.concat(self.client.ask(questions)) if questions else _nothing(columns)
        hours = frame.with_columns((pl.col("t") - HOUR_SECONDS).cast(pl.Int64).alias("hour"))
        return self._named(m, hours.group_by(*columns, "hour", maintain_order=True).agg(pl.col("v").sum()), prefix)

    def index(self, measurements: Sequence[Measurement], span: Span, prefix: str = "") -> list[pl.DataFrame]:
        """See Source. Answered from the server's index without reading samples."""
        present = [m for m in measurements if self.has(m)]
        questions = [
            SeriesQuestion(m.name, (promql.selector(m),), span.start, span.end, None if prefix else self.dialect.columns(m))
            for m in present
        ]
        answers = dict(zip([m.name for m in present], self.client.ask(questions), strict=True))
        out = []
        for m in measurements:
            frame = answers.get(m.name)
            if frame is None or frame.height == 0:
                frame = _nothing(self.dialect.columns(m))
            out.append(self._named(m, frame, prefix).unique(maintain_order=True))
        return out

    def breadth(self, measurement: Measurement, span: Span) -> int:
        """Series of the measurement at the busiest of a few moments of the span."""
        step = max(HOUR_SECONDS, int(span.seconds) // BREADTH_LOOKS)
        return int(max(self._count(measurement, span, step).group_by("t").agg(pl.col("v").sum())["v"].to_list(), default=0))

    def clusters(self, measurement: Measurement, span: Span) -> set[str]:
        """See Source."""
        return set(self._count(measurement, span, HOUR_SECONDS)["cluster"])

    def _count(self, m: Measurement, span: Span, step: int) -> pl.DataFrame:
        columns = (self.dialect.cluster_label,) if self.dialect.cluster_label else ()
        question = RangeQuestion("count", promql.count(m, columns), columns, int(span.start) + HOUR_SECONDS, int(span.end), step)
        return self._cluster(self.client.ask([question])[0] if self.has(m) else _nothing(columns))

    def edges(self, measurement: Measurement, span: Span, interval: float, of: Of | None = None) -> pl.DataFrame:
        """See Source: two range queries, one at the hours, one an interval later."""
        m, columns = measurement, self.dialect.columns(measurement)
        start, end, later = int(span.start), int(span.end), round(interval)
        questions = []
        for more in self._restrictions(m, of):
            questions.append(RangeQuestion(m.name, promql.last_time(m, columns, more), columns, start, end, HOUR_SECONDS))
            questions.append(
                RangeQuestion(m.name, promql.last_within(m, columns, interval, more), columns, start + later, end + later, HOUR_SECONDS)
            )
        answers = self.client.ask(questions)
        keys = ["cluster", *m.keys, "hour"]
        before, after = (
            self._named(m, pl.concat(answers[i::2]))
            .with_columns((pl.col("t") - shift).cast(pl.Int64).alias("hour"))
            .group_by(keys)
            .agg(pl.col("v").max())
            for i, shift in ((0, 0), (1, later))
        )
        return before.rename({"v": "t_before"}).join(after.rename({"v": "v_after"}), on=keys, nulls_equal=True)

    def spacing(self, measurement: Measurement, span: Span, apart: int) -> pl.DataFrame:
        """See Source."""
        columns = (self.dialect.cluster_label,) if self.dialect.cluster_label else ()
        text = promql.densest(measurement, columns, SPACING_SECONDS)
        question = RangeQuestion("spacing", text, columns, int(span.start) + HOUR_SECONDS, int(span.end), apart)
        frame = self._cluster(self.client.ask([question])[0] if self.has(measurement) else _nothing(columns))
        return frame.group_by("cluster").agg((SPACING_SECONDS / pl.col("v").max()).alias("interval"))

    def beats(self, measurement: Measurement, span: Span, apart: int, of: Of | None = None) -> pl.DataFrame:
        """See Source."""
        columns = (self.dialect.cluster_label,) if self.dialect.cluster_label else ()
        start = int(span.start) // apart * apart
        questions = [
            RangeQuestion("beats", promql.last_time(measurement, columns, more), columns, start, int(span.end), apart)
            for more in (self._restrictions(measurement, of) if self.has(measurement) else [])
        ]
        frame = self._cluster(pl.concat(self.client.ask(questions)) if questions else _nothing(columns))
        return frame.select("cluster", t="v").filter((pl.col("t") > span.start) & (pl.col("t") <= span.end)).unique().sort("cluster", "t")

    def _restrictions(self, m: Measurement, of: Of | None) -> list[tuple[str, ...]]:
        """Matchers, one set a query: names in batches, for each spelling of the label."""
        if of is None:
            return [()]
        values = sorted(of.values)
        batches = [values[i : i + VALUES_AT_ONCE] for i in range(0, len(values), VALUES_AT_ONCE)]
        if of.key == CLUSTER:
            return [(promql.any_of(self.dialect.cluster_label, b),) for b in batches] if self.dialect.cluster_label else [()]
        return [(promql.any_of(label, b),) for label in self.dialect.spellings(m.exporter, of.key) for b in batches]

    def _columns(self, m: Measurement, span: Span, restrictions: Sequence[tuple[str, ...]], prefix: str) -> tuple[str, ...]:
        """Labels to keep: those of the measurement, and those that begin with prefix as far as they occur."""
        columns = self.dialect.columns(m)
        if not prefix or not restrictions:
            return columns
        match = [promql.selector(m, more) for more in restrictions]
        names = self.client.label_names(match, span.start, span.end)
        return tuple(dict.fromkeys((*columns, *sorted(n for n in names if n.startswith(prefix)))))

    def _cluster(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(self.dialect.cluster())

    def _named(self, m: Measurement, frame: pl.DataFrame, prefix: str = "") -> pl.DataFrame:
        """Labels as the measurements table names them; `labels` for those that begin with prefix."""
        exprs = [pl.col("cluster")]
        frame = self._cluster(frame)
        for key in m.keys:
            exprs.append(self.dialect.key(m, key, frame.columns))
        if prefix:
            exprs.append(_pairs(frame, prefix).alias("labels"))
        rest = [c for c in ("t", "hour", "v") if c in frame.columns]
        return frame.select(*exprs, *rest)


def _reduced(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """One value per object and hour: duplicates by max. Rows of a series come together, so objects are told apart by few rows.

    Reducing here costs a server nothing; asking it to reduce took it twice as long as the values themselves.
    """
    if frame.height == 0:
        return frame.select(*keys, "hour", "v")
    heads = pl.any_horizontal(pl.col(k).ne_missing(pl.col(k).shift(1)) for k in keys) | (
        pl.col("hour") <= pl.col("hour").shift(1)
    ).fill_null(True)
    objects = frame.filter(heads).select(keys)
    if not objects.is_duplicated().any():
        return frame.select(*keys, "hour", "v")
    return frame.group_by(*keys, "hour", maintain_order=True).agg(pl.col("v").max())


def _pairs(frame: pl.DataFrame, prefix: str) -> pl.Expr:
    """The columns that begin with prefix as a list of key/value pairs, sorted by key, absent ones left out."""
    names = sorted(c for c in frame.columns if c.startswith(prefix))
    if not names:
        return pl.lit([], dtype=pl.List(pl.Struct({"key": pl.String, "value": pl.String})))
    pairs = [
        pl.when(pl.col(c).is_not_null() & (pl.col(c) != "")).then(
            pl.struct(pl.lit(c.removeprefix(prefix)).alias("key"), pl.col(c).alias("value"))
        )
        for c in names
    ]
    return pl.concat_list(pairs).list.drop_nulls()


def _nothing(columns: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(schema={**dict.fromkeys(columns, pl.String), "t": pl.Float64, "v": pl.Float64})
