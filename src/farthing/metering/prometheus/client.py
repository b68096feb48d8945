"""The client: questions in, frames out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from threading import BoundedSemaphore, Event
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import msgspec
import polars as pl
import yaml

from farthing.core.errors import SourceError, Unreadable
from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus.budget import Asked, Budget, Progress
from farthing.metering.prometheus.decode import DataDecoder, Decoder, LabelsDecoder, PointsDecoder
from farthing.metering.prometheus.exchange import Exchange, Form, Reply, Request, Sink, WholeBody
from farthing.metering.prometheus.faults import Fault
from farthing.metering.prometheus.lanes import run_in_lanes
from farthing.metering.prometheus.questions import AnyQuestion, InstantQuestion, RangeQuestion, SeriesQuestion

T = TypeVar("T")
R = TypeVar("R")
HIDDEN_ENDPOINT = (400, 403)
SLOW_HALVINGS = 2  # a question that times out is halved this often: each try costs the whole time limit
__all__ = ["AnyQuestion", "InstantQuestion", "PrometheusClient", "RangeQuestion", "SeriesQuestion", "Target"]


class Target(msgspec.Struct, rename="camel", frozen=True):
    """One endpoint that the server scrapes."""

    labels: dict[str, str] = {}
    scrape_pool: str = ""
    scrape_interval: str = ""
    """Prometheus' duration text, e.g. 1m; empty where the server does not say."""
    health: str = ""
    last_error: str = ""
    last_scrape: str = ""
    """RFC 3339."""


class _Targets(msgspec.Struct, rename="camel"):
    active_targets: list[Target] | None = None


class _Config(msgspec.Struct):
    yaml: str = ""


class PrometheusClient:
    """Asks a server that speaks Prometheus' HTTP API. A context manager; `asked` keeps the statistics.

    Raises SettingsError for settings that cannot work. `sleep` waits between attempts; `progress` hears of each answered question,
    in the asking thread. A server that was never reached is not waited for: its error comes at once.
    """

    def __init__(
        self,
        settings: PrometheusSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.asked = Asked()
        self._settings = settings
        self._progress = progress
        self._budget = Budget(settings, self.asked)
        self._gate = BoundedSemaphore(settings.concurrency)
        self._exchange = Exchange(settings, sleep=sleep, retried=lambda name: self.asked.count(name, retries=1))

    def __repr__(self) -> str:
        return f"<PrometheusClient {self._exchange.base}, {self._exchange.proof}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._exchange.close()

    def ask(self, questions: Sequence[AnyQuestion]) -> list[pl.DataFrame]:
        """Answers in the questions' order, at most `settings.concurrency` asked at once.

        Range and instant questions: the label columns (String; null when absent or empty), `t` Float64 (unix seconds), `v` Float64; the
        points of a series lie together, in order of time. Series questions: label columns only. A range that the server refuses is cut
        in two, down to single steps. Raises SourceError; what has not begun by then is not asked.
        """
        if questions:
            self._budget.check_queries(questions[0].name, len(questions))
        stop = Event()
        frames: list[pl.DataFrame] = [pl.DataFrame()] * len(questions)
        jobs = [self._job(question, stop) for question in questions]
        for done, (index, frame) in enumerate(run_in_lanes(jobs, self._settings.concurrency, stop), 1):
            frames[index] = frame
            if self._progress is not None:
                self._progress(Progress(questions[index].name, done, len(questions), frame.height))
        return frames

    def label_names(self, match: Sequence[str], start: float, end: float) -> set[str]:
        """Names of the labels of the series that `match` selects in [start, end], unix seconds. Raises SourceError."""
        form: Form = {"match[]": list(match), "start": _seconds(start), "end": _seconds(end)}
        return set(self._data("/api/v1/labels", list[str], form, name="label names", post=True) or [])

    def label_values(self, label: str, match: Sequence[str], start: float, end: float) -> list[str]:
        """Values of one label among the series that `match` selects in [start, end], unix seconds; sorted. Raises SourceError."""
        form: Form = {"match[]": list(match), "start": _seconds(start), "end": _seconds(end)}
        path = f"/api/v1/label/{quote(label, safe='')}/values"
        return sorted(self._data(path, list[str], form, name=f"values of {label}") or [])

    def build_info(self) -> dict[str, Any] | None:
        """What the server says of its version (some say nothing: {}); None where it has no such endpoint. Raises SourceError."""
        return self._optional_data("/api/v1/status/buildinfo", dict[str, Any], name="build info")

    def runtime_info(self) -> dict[str, Any] | None:
        """What the server says of how it runs, its `storageRetention` among it; None where it has no such endpoint. Raises SourceError."""
        return self._optional_data("/api/v1/status/runtimeinfo", dict[str, Any], name="runtime info")

    def external_labels(self) -> dict[str, str]:
        """Labels that the server adds to what it sends elsewhere, from its configuration; {} where it does not tell. Raises SourceError."""
        config = self._optional_data("/api/v1/status/config", _Config, name="configuration")
        if config is None:
            return {}
        try:
            tree = yaml.safe_load(config.yaml) or {}
            labels = (tree.get("global") or {}).get("external_labels") or {}
            return {str(name): str(value) for name, value in labels.items()}
        except (yaml.YAMLError, AttributeError) as error:
            raise Unreadable(
                f"{self._exchange.base}: the configuration it shows is not Prometheus': {type(error).__name__}",
                expected="YAML with global.external_labels",
                cure="name the cluster with metering.cluster_id",
            ) from error

    def targets(self) -> list[Target] | None:
        """What the server scrapes now; None where it has no such endpoint. Raises SourceError."""
        found = self._optional_data("/api/v1/targets", _Targets, {"state": "active"}, name="targets")
        return None if found is None else found.active_targets or []

    def server_time(self) -> float | None:
        """The server's clock, unix seconds to the full second, from an answer's Date; None where it sends none. Raises SourceError."""
        try:
            _, reply = self._run(Request("server time", "/api/v1/query", {"query": "1"}, "1"), WholeBody)
        except Fault as fault:
            raise fault.error from fault
        try:
            return parsedate_to_datetime(reply.date).timestamp()
        except ValueError:
            return None

    def _job(self, question: AnyQuestion, stop: Event) -> Callable[[], pl.DataFrame]:
        def answer() -> pl.DataFrame:
            with self._gate:  # several callers may ask at once: the limit is the server's, not a caller's
                return self._answer(question, stop)

        return answer

    def _answer(self, question: AnyQuestion, stop: Event) -> pl.DataFrame:
        try:
            if not isinstance(question, RangeQuestion):
                return self._ask_once(question, stop)
            pieces = question.pieces()
            if len(pieces) > 1:
                self.asked.count(question.name, splits=len(pieces) - 1)
            return pl.concat([self._divide(piece, stop, SLOW_HALVINGS) for piece in pieces])
        except Fault as fault:
            raise fault.error from fault

    def _divide(self, question: RangeQuestion, stop: Event, slow_halvings: int) -> pl.DataFrame:
        try:
            return self._ask_once(question, stop)
        except Fault as fault:
            if not fault.hope.divisible or question.points == 1 or (fault.hope.slow and slow_halvings == 0):
                raise
            slow_halvings -= fault.hope.slow
        self.asked.count(question.name, splits=1)
        return pl.concat([self._divide(half, stop, slow_halvings) for half in question.halves()])

    def _ask_once(self, question: AnyQuestion, stop: Event) -> pl.DataFrame:
        request, decoder = self._plan(question)
        answer, _ = self._run(request, decoder, stop)
        counts = answer.counts
        self.asked.count(
            question.name,
            series=counts.series,
            points=counts.points,
            samples=counts.samples or 0,
            non_finite=counts.non_finite,
            outside=counts.outside,
            duplicates=counts.duplicates,
            disordered=counts.disordered,
            histograms=counts.histograms,
        )
        self.asked.warn(answer.said)
        self._budget.check_samples(question.name, counts.points, said=counts.samples is not None)
        return answer.frame

    def _plan(self, question: AnyQuestion) -> tuple[Request, Callable[[], Decoder]]:
        """The request of a question, and the decoder of its answer."""

        def check(series: int) -> None:
            self._budget.check_series(question.name, series)

        match question:
            case RangeQuestion(name, promql, labels, start, end, step):
                form: Form = {"query": promql, "start": str(start), "end": str(end), "step": str(step)}
                request = Request(name, "/api/v1/query_range", form, promql, optional=True)
                return request, lambda: PointsDecoder(labels, first=start, last=end, check_series=check)
            case InstantQuestion(name, promql, labels, at):
                request = Request(name, "/api/v1/query", {"query": promql, "time": _seconds(at)}, promql, optional=True)
                return request, lambda: PointsDecoder(labels, first=None, last=at, check_series=check)
            case SeriesQuestion(name, match, start_time, end_time, kept):
                form = {"match[]": list(match), "start": _seconds(start_time), "end": _seconds(end_time)}
                return Request(name, "/api/v1/series", form, ", ".join(match)), lambda: LabelsDecoder(kept, check_series=check)

    def _run(self, request: Request, sink: Callable[[], Sink[R]], stop: Event | None = None) -> tuple[R, Reply]:
        self._budget.check_queries(request.name, 1)
        self.asked.count(request.name, queries=1)
        result, reply = self._exchange.run(request, sink, stop)
        self.asked.count(request.name, bytes=reply.bytes, seconds=reply.seconds)
        return result, reply

    def _data(self, path: str, shape: type[T], form: Form, *, name: str, post: bool = False) -> T | None:
        try:
            answer, _ = self._run(Request(name, path, form, post=post), lambda: DataDecoder(shape))
        except Fault as fault:
            raise fault.error from fault
        self.asked.warn(answer.said)
        return answer.data

    def _optional_data(self, path: str, shape: type[T], form: Form | None = None, *, name: str) -> T | None:
        """None where the server has no such endpoint, or hides it from us: it is closed by many gateways that let queries through."""
        try:
            return self._data(path, shape, form or {}, name=name)
        except SourceError as error:
            fault = error.__cause__
            if isinstance(fault, Fault) and (fault.hope.absent or fault.status in HIDDEN_ENDPOINT):
                return None
            raise


def _seconds(time: float) -> str:
    """Unix seconds as servers read them, to the millisecond."""
    return f"{time:.3f}".rstrip("0").rstrip(".")
