"""The measurements table asked of the sample store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from farthing.core.errors import NoData
from farthing.core.ledger import Note, Span
from farthing.core.settings import MeteringSettings
from farthing.core.units import HOUR_SECONDS
from farthing.metering.dialect import Dialect, cluster_label
from farthing.metering.measurements import (
    CPU_FIRST,
    CPU_RESETS,
    CPU_USED,
    MEASUREMENTS,
    NODE_SEEN,
    POD_INFO,
    Exporter,
    Measurement,
    Over,
)
from farthing.metering.source import CLUSTER, Of

from .hours import HOUR_MS, hours_within
from .matchers import matcher
from .moments import LOOK_BACK_MS, seen_at, sightings
from .rows import COUNT, DATA, ENDS, ID, LABELS, PAIRS, TIMES, VALUES, WHOLE, Content, nothing
from .store import Held, SampleStore

SPACING_MS = 600_000
BREADTH_LOOKS = 8
RESETS_BEFORE_MS = 600_000  # a fall between the last sample before the hour and the first in it counts too
PREFIXES = ("label_", "annotation_")  # of labels that are the object's, not the series'
PER_CORE = {CPU_USED.name, CPU_FIRST.name, CPU_RESETS.name}


class SampleSource:
    """Implements `metering.source.Source` over a store as it was at the moment of making it.

    span: of the hours that will be measured; what lies `look_around_hours` around it is asked for, too. Raises NoData where there is
    nothing of kube-state-metrics in that time.
    """

    name = "samples"

    def __init__(self, store: SampleStore, settings: MeteringSettings, span: Span) -> None:
        self._store = store
        self._held = store.held()
        around = settings.look_around_hours * HOUR_SECONDS
        self.dialect = _dialect(store, self._held, Span(span.start - around, span.end + around), settings)

    @property
    def notes(self) -> list[Note]:
        """What the store tells of itself: damaged files, samples that were left out."""
        return self._store.notes

    def has(self, measurement: Measurement) -> bool:
        return self.dialect.has(measurement)

    def hourly(self, measurements: Sequence[Measurement], span: Span, of: Of | None = None) -> list[pl.DataFrame]:
        """See Source."""
        return [self._hourly(m, span, of) for m in measurements]

    def _hourly(self, m: Measurement, span: Span, of: Of | None) -> pl.DataFrame:
        if m.over is None:
            raise ValueError(f"{m.name} is an information metric: it is read from the index")
        keys = ["cluster", *m.keys]
        frames = [_frame([*keys, "hour", "v"])]
        first = int(span.start)
        before: pl.DataFrame | None = None
        by_core = m.name in PER_CORE and self.dialect.cpu_parts
        for hour in range(first, int(span.end) - HOUR_SECONDS + 1, HOUR_SECONDS):
            rows = self._rows(hour, m, of, _DATA_OF[m.over], whole=by_core)
            if m.over is Over.RESETS:
                if before is None:
                    before = self._rows(hour - HOUR_SECONDS, m, of, _DATA_OF[m.over], whole=by_core)
                value, before = _resets(before, rows, hour), rows
            else:
                value = rows.filter(pl.col(COUNT) > 0).with_columns(_VALUE_OF[m.over].alias("v"))
            if by_core:
                value = _summed(value)
            if m.equals is not None:
                value = value.filter(pl.col("v") == m.equals)
            named = self._named(m, value, "v").with_columns(pl.lit(hour, dtype=pl.Int64).alias("hour"))
            reduced = named.group_by(*keys, maintain_order=True).agg(pl.col("hour").first(), pl.col("v").max())
            if m.over is Over.MEAN and m.exporter is Exporter.KUBE_STATE and reduced.height < named.height:
                reduced = self._merged(m, self._rows(hour, m, of, (TIMES, VALUES)), reduced, keys)
            frames.append(reduced.select(frames[0].columns))
        return pl.concat(frames)

    def _merged(self, m: Measurement, rows: pl.DataFrame, reduced: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
        """Means of an exporter that moved inside an hour: its two series hold parts of the hour, so their samples are put together."""
        named = self._named(m, rows, TIMES, VALUES).filter(pl.len().over(keys) > 1)
        samples = named.explode(TIMES, VALUES, empty_as_null=False).group_by(*keys, TIMES).agg(pl.col(VALUES).max())
        exact = samples.group_by(keys).agg(pl.col(VALUES).mean().alias("v"))
        return reduced.join(exact, on=keys, how="left", nulls_equal=True, suffix="_exact").with_columns(
            pl.coalesce("v_exact", "v").alias("v")
        )

    def samples(self, measurement: Measurement, span: Span, of: Of | None = None, prefix: str = "") -> pl.DataFrame:
        """See Source."""
        m = measurement
        keys = ["cluster", *m.keys, *(["labels"] if prefix else [])]
        end = round(span.end * 1000)
        start = end - int(span.end - span.start) * 1000
        frames = [_frame([*keys, "t", "v"])]
        for hour in hours_within(start, end):
            rows = self._rows(hour, m, of, (COUNT, TIMES, VALUES), prefix).filter(pl.col(COUNT) > 0)
            named = self._named(m, rows, TIMES, VALUES, prefix=prefix)
            long = named.rename({TIMES: "t", VALUES: "v"}).explode("t", "v", empty_as_null=False)
            inside = long.filter((pl.col("t") > start) & (pl.col("t") <= end))
            frames.append(inside.with_columns(pl.col("t") / 1000).select(frames[0].columns))
        found = pl.concat(frames)
        return found.group_by(*keys, "t").agg(pl.col("v").max()).sort("cluster", *m.keys, "t")

    def labelled(self, measurement: Measurement, span: Span, prefix: str, of: Of) -> pl.DataFrame:
        """See Source."""
        m = measurement
        keys = ["cluster", *m.keys, "labels"]
        frames = [_frame([*keys, "hour", "v"])]
        for hour in range(int(span.start), int(span.end) - HOUR_SECONDS + 1, HOUR_SECONDS):
            rows = self._rows(hour, m, of, (COUNT,), prefix).filter(pl.col(COUNT) > 0)
            named = self._named(m, rows, COUNT, prefix=prefix)
            counted = named.group_by(keys, maintain_order=True).agg(pl.col(COUNT).cast(pl.Float64).sum().alias("v"))
            frames.append(counted.with_columns(pl.lit(hour, dtype=pl.Int64).alias("hour")).select(frames[0].columns))
        return pl.concat(frames)

    def index(self, measurements: Sequence[Measurement], span: Span, prefix: str = "") -> list[pl.DataFrame]:
        """See Source."""
        return [self._index(m, span, prefix) for m in measurements]

    def _index(self, m: Measurement, span: Span, prefix: str) -> pl.DataFrame:
        keys = ["cluster", *m.keys, *(["labels"] if prefix else [])]
        frames = [_frame(keys)]
        start, end = round(span.start * 1000), round(span.end * 1000)
        for hour in hours_within(start, end):
            whole = start <= hour * 1000 and end >= hour * 1000 + HOUR_MS
            rows = self._rows(hour, m, None, (COUNT,) if whole else (COUNT, TIMES), prefix).filter(pl.col(COUNT) > 0)
            if not whole:
                inside = (pl.element() > start) & (pl.element() <= end)
                rows = rows.filter(pl.col(TIMES).list.eval(inside.any()).list.first())
            frames.append(self._named(m, rows, prefix=prefix).unique(maintain_order=True).select(keys))
        return pl.concat(frames).unique(maintain_order=True)

    def edges(self, measurement: Measurement, span: Span, interval: float, of: Of | None = None) -> pl.DataFrame:
        """See Source. Of several samples in the interval after the hour the last one counts, as it does for servers."""
        m, keys = measurement, ["cluster", *measurement.keys]
        later = round(interval) * 1000
        first, last = int(span.start) * 1000, int(span.end) * 1000
        rows = self._long_rows(m, first - LOOK_BACK_MS, last + later, of)
        seen = seen_at(sightings(self._named(m, rows, ID, TIMES, ENDS), keys), first, last, HOUR_MS)
        before = seen.group_by(*keys, "moment").agg((pl.col("t").max() / 1000).alias("t_before"))
        samples = self._named(m, rows, ID, TIMES, VALUES).explode(TIMES, VALUES, empty_as_null=False)
        # (hour + later − interval, hour + later]
        moment = ((pl.col(TIMES) - later - 1) // HOUR_MS + 1) * HOUR_MS
        near = samples.with_columns(moment.alias("moment")).filter(
            (pl.col(TIMES) > pl.col("moment") + later - int(interval * 1000)) & pl.col("moment").is_between(first, last)
        )
        ended = near.sort(TIMES).group_by(*keys, ID, "moment").agg(pl.col(VALUES).last())
        after = ended.group_by(*keys, "moment").agg(pl.col(VALUES).max().alias("v_after"))
        joined = before.join(after, on=[*keys, "moment"], nulls_equal=True)
        return joined.select(*keys, (pl.col("moment") // 1000).alias("hour"), "t_before", "v_after")

    def clusters(self, measurement: Measurement, span: Span) -> set[str]:
        """See Source."""
        return set(self._counted(measurement, span, HOUR_SECONDS)["cluster"])

    def breadth(self, measurement: Measurement, span: Span) -> int:
        """Series of the measurement at the busiest of a few moments of the span."""
        step = max(HOUR_SECONDS, int(span.seconds) // BREADTH_LOOKS)
        counted = self._counted(measurement, span, step)
        return int(max(counted.group_by("moment").agg(pl.col("n").sum())["n"].to_list(), default=0))

    def _counted(self, m: Measurement, span: Span, step: int) -> pl.DataFrame:
        """`cluster`, `moment`, `n`: series seen at the span's start + 1 h and every `step` seconds after."""
        first, last = int(span.start + HOUR_SECONDS) * 1000, int(span.end) * 1000
        frames = [pl.DataFrame(schema={"cluster": pl.String, "moment": pl.Int64, "n": pl.UInt32})]
        for moment in range(first, last + 1, step * 1000):
            rows = self._long_rows(m, moment - LOOK_BACK_MS, moment, None)
            named = self._named(m, rows, ID, TIMES, ENDS).select("cluster", ID, TIMES, ENDS)
            seen = seen_at(sightings(named, ["cluster", ID]), moment, moment, step * 1000)
            frames.append(seen.group_by("cluster", "moment").agg(pl.col(ID).n_unique().alias("n")))
        return pl.concat(frames)

    def spacing(self, measurement: Measurement, span: Span, apart: int) -> pl.DataFrame:
        """See Source."""
        frames = [pl.DataFrame(schema={"cluster": pl.String, "n": pl.UInt32})]
        for moment in range(int(span.start + HOUR_SECONDS) * 1000, int(span.end) * 1000 + 1, apart * 1000):
            rows = self._long_rows(measurement, moment - SPACING_MS, moment, None)
            named = self._named(measurement, rows, ID, TIMES).explode(TIMES, empty_as_null=False)
            inside = named.filter((pl.col(TIMES) > moment - SPACING_MS) & (pl.col(TIMES) <= moment))
            frames.append(inside.group_by("cluster", ID).agg(pl.len().alias("n")).group_by("cluster").agg(pl.col("n").max()))
        return pl.concat(frames).group_by("cluster").agg((SPACING_MS / 1000 / pl.col("n").max()).alias("interval"))

    def beats(self, measurement: Measurement, span: Span, apart: int, of: Of | None = None) -> pl.DataFrame:
        """See Source."""
        first, last = int(span.start) // apart * apart * 1000, int(span.end) * 1000
        rows = self._long_rows(measurement, first - LOOK_BACK_MS, last, of)
        seen = seen_at(sightings(self._named(measurement, rows, ID, TIMES, ENDS), ["cluster"]), first, last, apart * 1000)
        latest = seen.group_by("cluster", "moment").agg(pl.col("t").max() / 1000).select("cluster", "t")
        return latest.filter((pl.col("t") > span.start) & (pl.col("t") <= span.end)).unique().sort("cluster", "t")

    def _rows(
        self, hour: int, m: Measurement, of: Of | None, data: Sequence[str], prefix: str = "", *, whole: bool = False
    ) -> pl.DataFrame:
        """Rows of the measurement in an hour: labels of its dialect, `data` columns, and `#labels` where a prefix is asked for."""
        labels = self.dialect.columns(m)
        matchers = [matcher(text) for text in m.where]
        restricted = self._restricting(m, of)
        read = dict.fromkeys((*labels, *(x.label for x in matchers), *restricted, ID, *data, *((LABELS,) if prefix else ())))
        columns = [*read, *((WHOLE,) if whole else ())]
        held = self._held.get(hour)
        rows = self._store.rows(hour, held, {m.metric}, columns) if held else nothing(columns)
        conditions = [x.holds(rows.columns) for x in matchers]
        if of is not None and restricted:
            values = list(of.values)
            conditions.append(pl.any_horizontal(pl.col(c).is_in(values) for c in restricted))
        return rows.filter(*conditions) if conditions else rows

    def _restricting(self, m: Measurement, of: Of | None) -> tuple[str, ...]:
        """The labels one of which must have one of the values of `of`."""
        if of is None:
            return ()
        if of.key == CLUSTER:
            return (self.dialect.cluster_label,) if self.dialect.cluster_label else ()
        return self.dialect.spellings(m.exporter, of.key)

    def _long_rows(self, m: Measurement, start: int, end: int, of: Of | None) -> pl.DataFrame:
        """Rows of all hours that reach into (start, end] (unix ms), with all that they hold of the hour."""
        return pl.concat([self._rows(hour, m, of, (TIMES, VALUES, ENDS)) for hour in hours_within(start, end)])

    def _named(self, m: Measurement, rows: pl.DataFrame, *data: str, prefix: str = "") -> pl.DataFrame:
        """Labels as the measurements table names them, `labels` for those that begin with prefix, and the data columns."""
        exprs = [self.dialect.cluster(), *(self.dialect.key(m, key, rows.columns) for key in m.keys)]
        if prefix:
            exprs.append(_pairs(prefix).alias("labels"))
        return rows.select(*exprs, *data)


_VALUE_OF = {
    Over.LAST: pl.col(VALUES).list.last(),
    # the mean of sixty times 0.1 is 0.1, which a sum over sixty is not quite
    Over.MEAN: pl.when(pl.col(VALUES).list.min() == pl.col(VALUES).list.max())
    .then(pl.col(VALUES).list.first())
    .otherwise(pl.col(VALUES).list.mean()),
    Over.HIGHEST: pl.col(VALUES).list.max(),
    Over.LOWEST: pl.col(VALUES).list.min(),
    Over.COUNT: pl.col(COUNT).cast(pl.Float64),
}
_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {"hour": pl.Int64, "v": pl.Float64, "t": pl.Float64, "labels": PAIRS}
_DATA_OF: dict[Over, tuple[str, ...]] = {
    Over.LAST: (COUNT, VALUES),
    Over.MEAN: (COUNT, VALUES),
    Over.HIGHEST: (COUNT, VALUES),
    Over.LOWEST: (COUNT, VALUES),
    Over.COUNT: (COUNT,),
    Over.RESETS: (COUNT, TIMES, VALUES),
}


def _resets(before: pl.DataFrame, rows: pl.DataFrame, hour: int) -> pl.DataFrame:
    """rows of series that are seen in the hour or shortly before it, with `v`: how often each fell."""
    both = pl.concat([before, rows])
    series = both.unique(ID, keep="last", maintain_order=True).drop(DATA, strict=False)
    samples = both.select(ID, TIMES, VALUES).explode(TIMES, VALUES, empty_as_null=False)
    within = samples.filter(pl.col(TIMES) > hour * 1000 - RESETS_BEFORE_MS).sort(ID, TIMES)
    falls = within.group_by(ID).agg((pl.col(VALUES).diff() < 0).sum().cast(pl.Float64).alias("v"))
    return series.join(falls, on=ID)


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Counters told core by core, added up."""
    labels = [c for c in rows.columns if c not in ("v", WHOLE, ID, *DATA)]
    return rows.group_by(WHOLE, maintain_order=True).agg(pl.col(labels).first(), pl.col("v").sum())


def _pairs(prefix: str) -> pl.Expr:
    """Pairs whose key begins with prefix, without it."""
    pair = pl.element()
    key = pair.struct.field("key")
    named = pl.struct(key.str.strip_prefix(prefix).alias("key"), pair.struct.field("value").alias("value"))
    return pl.col(LABELS).list.eval(named.filter(key.str.starts_with(prefix)))


def _frame(columns: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(schema={c: _TYPES.get(c, pl.String) for c in columns})


def _dialect(store: SampleStore, held: Mapping[int, Sequence[Held]], span: Span, settings: MeteringSettings) -> Dialect:
    hours = hours_within(round(span.start * 1000), round(span.end * 1000))
    found: dict[str, list[Content]] = store.contents(h for hour in hours for h in held.get(hour, ()))
    metrics = frozenset(m.metric for m in MEASUREMENTS) & frozenset(found)
    if not {NODE_SEEN.metric, POD_INFO.metric} & metrics:
        raise NoData(
            f"no samples of kube-state-metrics between {_when(span.start)} and {_when(span.end)}, which is the window and"
            f" {settings.look_around_hours} h around it",
            expected=f"{POD_INFO.metric}, {NODE_SEEN.metric} and others of kube-state-metrics v2, and cAdvisor's container metrics",
            cure="let them be scraped (samples.targets) or sent by remote write; the store holds " + _reach(list(held)),
        )
    labels = {
        exporter: frozenset(
            name
            for m in MEASUREMENTS
            if m.exporter is exporter
            for c in found.get(m.metric, ())
            for name in c.labels
            if not name.startswith(PREFIXES)
        )
        for exporter in Exporter
    }
    parts = any(content.parts for content in found.get(CPU_USED.metric, ()))
    label = cluster_label(settings, labels[Exporter.KUBE_STATE])
    return Dialect(metrics, labels, label, settings.cluster_id or "default", parts)


def _reach(hours: Collection[int]) -> str:
    return f"{_when(min(hours))} to {_when(max(hours) + HOUR_SECONDS)}" if hours else "nothing yet"


def _when(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M UTC")
