"""Scraping: targets are asked for their metrics when it is time, and what they show goes into the store.

As Prometheus does: a series that is shown no more, or whose target does not answer, gets a mark that it ended, unless its exporter
tells the time of samples itself; `up` is 1 or 0. Times are passed in: all that a scrape finds is of the time at which it began.
"""

from __future__ import annotations

import logging
import math
import ssl
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cache
from types import TracebackType
from typing import Self

import httpx

from farthing.core.errors import FarthingError, SettingsError, TimedOut, TooLarge, UnknownFormat, Unreachable
from farthing.core.settings import SamplesSettings

from .exposition import labels_of, parse_exposition
from .series import STALE, UP, WANTED, Batch, Series, series_of
from .store import SampleStore
from .targets import ScrapeTarget

ACCEPT = "text/plain;version=0.0.4;q=1,text/plain;q=0.5"
_WANTED = frozenset(metric.encode() for metric in WANTED - {UP})
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScrapeStatus:
    """How scraping a target goes. `last`: unix s of the last scrape; `seconds`: what it took; `error`: empty where it went well;
    `samples`: found in it; `scrapes`, `failures`: counts; `held_back`: scrapes left out because the clock went back."""

    target: ScrapeTarget
    last: float | None = None
    seconds: float = 0.0
    error: str = ""
    samples: int = 0
    scrapes: int = 0
    failures: int = 0
    held_back: int = 0


@dataclass
class _State:
    """What is remembered of a target: the client, the series of each head of the last scrape, and which of them may end."""

    target: ScrapeTarget
    client: httpx.Client
    up: Series
    status: ScrapeStatus
    known: dict[bytes, Series] = field(default_factory=dict)
    shown: dict[int, Series] = field(default_factory=dict)
    slot: int | None = None
    under_way: Future[None] | None = None


class Scraper:
    """Scrapes targets into a store. A context manager.

    clock: seconds that only grow, for time limits. Raises SettingsError for a CA file that cannot be read.
    """

    def __init__(
        self, store: SampleStore, targets: Iterable[ScrapeTarget], settings: SamplesSettings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._states: dict[tuple[str, str], _State] = {}
        self._pool = ThreadPoolExecutor(settings.most_scrapes, thread_name_prefix="scrape")
        for target in targets:
            self._add(target)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def status(self) -> list[ScrapeStatus]:
        """How it goes, a row per target."""
        return [state.status for state in self._states.values()]

    def tick(self, now: float) -> int:
        """Begin the scrapes that are due at `now` (unix s), in threads; how many. To be called every second or so.

        A target that is still being scraped is not scraped again meanwhile, and keeps nobody waiting.
        """
        begun = 0
        for state in self._states.values():
            target = state.target
            slot = math.floor((now - target.phase) / target.interval_seconds)
            if slot == state.slot or not self._idle(state):
                continue
            state.slot = slot
            if state.status.last is not None and now <= state.status.last:
                self._hold_back(state, now)
                continue
            state.under_way = self._pool.submit(self._scrape, state, now)
            begun += 1
        return begun

    def settle(self) -> list[ScrapeStatus]:
        """Wait until nothing is under way."""
        wait([state.under_way for state in self._states.values() if state.under_way])
        for state in self._states.values():
            self._idle(state)
        return self.status()

    def retarget(self, targets: Sequence[ScrapeTarget], now: float) -> None:
        """Scrape these targets from now on. Series of those that are gone end. Raises SettingsError, StorageError."""
        wanted = {(t.job, t.url): t for t in targets}
        for key, state in list(self._states.items()):
            if wanted.get(key) != state.target:
                wait([state.under_way] if state.under_way else [])
                del self._states[key]
                state.client.close()
                ended = [*state.shown.values(), *([state.up] if state.status.scrapes else [])]
                self._store.append(_batch(((s, None, STALE) for s in ended), now), now)
        for key, target in wanted.items():
            if key not in self._states:
                self._add(target)

    def close(self) -> None:
        """Wait for what is under way and let go of connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for state in self._states.values():
            state.client.close()

    def _add(self, target: ScrapeTarget) -> None:
        client = httpx.Client(
            verify=_tls(target), trust_env=False, follow_redirects=True, headers={"Accept": ACCEPT, "User-Agent": "farthing"}
        )
        up = series_of(UP, target.own_labels().items())
        self._states[target.job, target.url] = _State(target, client, up, ScrapeStatus(target))

    @staticmethod
    def _idle(state: _State) -> bool:
        """Nothing is under way; a scrape that failed by a fault of ours raises it here."""
        if state.under_way and not state.under_way.done():
            return False
        if state.under_way:
            state.under_way.result()
        return True

    def _hold_back(self, state: _State, now: float) -> None:
        """The clock went back: samples before the last ones would look as if counters had fallen, so time has to catch up first."""
        behind = (state.status.last or now) - now
        if state.status.held_back == 0 or not state.status.error:
            _logger.warning("the clock went back by %.0f s: %s is not scraped until it has caught up", behind, state.target.url)
        state.status = replace(
            state.status, held_back=state.status.held_back + 1, error=f"the clock went back; scraped again in {behind:.0f} s"
        )

    def _scrape(self, state: _State, now: float) -> None:
        began = self._clock()
        try:
            found = self._found(state)
            error = ""
        except FarthingError as failure:
            found, error = None, failure.problem
        samples: list[tuple[Series, int | None, float]] = list(found or ())
        ending = {s.id: s for s, t, _ in samples if t is None}
        gone = [s for own, s in state.shown.items() if own not in ending]
        rows = [*samples, *((s, None, STALE) for s in gone), (state.up, None, 0.0 if error else 1.0)]
        try:
            self._store.append(_batch(rows, now), now)
            state.shown = ending
        except FarthingError as failure:
            error = error or failure.problem
        if error:
            _logger.warning("scraping %s: %s", state.target.url, error)
        was = state.status
        state.status = replace(
            was,
            last=now,
            seconds=self._clock() - began,
            error=error,
            samples=len(samples),
            scrapes=was.scrapes + 1,
            failures=was.failures + bool(error),
        )

    def _found(self, state: _State) -> list[tuple[Series, int | None, float]]:
        """Series, time told by the exporter (unix ms) and value of all that the target shows."""
        shown = parse_exposition(self._body(state), _WANTED)
        known: dict[bytes, Series] = {}
        for head in shown.heads:
            if head not in known:
                known[head] = state.known.get(head) or _stored(state.target, head)
        state.known = known
        return [(known[head], t, v) for head, t, v in zip(shown.heads, shown.t, shown.v, strict=True)]

    def _body(self, state: _State) -> bytes:
        """What the target answers, within its time. Raises FarthingError."""
        target, most = state.target, self._settings.most_body_bytes
        limit = min(target.timeout_seconds, target.interval_seconds)
        deadline = self._clock() + limit
        body = bytearray()
        try:
            with state.client.stream("GET", target.url, headers=_token(target), timeout=limit) as answer:
                if answer.status_code != 200:
                    raise Unreachable(f"it answers with status {answer.status_code}", expected="200 and its metrics")
                if "openmetrics" in answer.headers.get("Content-Type", ""):
                    raise UnknownFormat("it answers in OpenMetrics, which was not asked for", expected="the text format 0.0.4")
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > most:
                        raise TooLarge(f"it shows more than {most:,} bytes", expected="samples.most_body_bytes at most")
                    if self._clock() > deadline:
                        raise TimedOut(f"it has not answered whole after {limit:g} s", expected="an answer within timeout_seconds")
        except httpx.TimeoutException as error:
            raise TimedOut(f"it does not answer within {limit:g} s", expected="an answer within timeout_seconds") from error
        except (httpx.HTTPError, ssl.SSLError) as error:
            raise Unreachable(f"it cannot be reached: {str(error) or type(error).__name__}", expected="a target that answers") from error
        return bytes(body)


def _stored(target: ScrapeTarget, head: bytes) -> Series:
    """The series as it is kept: with the target's labels."""
    metric, shown = labels_of(head)
    own = target.own_labels()
    if target.honor_labels:
        labels = {**own, **{k: v for k, v in shown if v}}
    else:
        labels = {**own, **{f"exported_{k}" if k in own else k: v for k, v in shown}}
    if target.cluster:
        labels["cluster"] = target.cluster
    return series_of(metric, labels.items())


def _batch(rows: Iterable[tuple[Series, int | None, float]], now: float) -> Batch:
    """Samples of the time `now` (unix s), or of the one that was told (unix ms)."""
    at = round(now * 1000)
    told = list(rows)
    series = {s.id: s for s, _, _ in told}
    ids, times = array("Q", [s.id for s, _, _ in told]), array("q", [at if t is None else t for _, t, _ in told])
    return Batch(list(series.values()), ids, times, array("d", [v for _, _, v in told]))


def _token(target: ScrapeTarget) -> dict[str, str]:
    if target.bearer_token_file is None:
        return {}
    try:
        token = target.bearer_token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the bearer token file {target.bearer_token_file} cannot be read: {error}") from error
    if not token or not token.isascii() or not token.isprintable():
        raise SettingsError(f"the bearer token file {target.bearer_token_file} holds no token", expected="printable ASCII")
    return {"Authorization": f"Bearer {token}"}


def _tls(target: ScrapeTarget) -> ssl.SSLContext:
    try:
        if target.insecure_skip_verify:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        return ssl.create_default_context(cafile=str(target.ca_file)) if target.ca_file else _usual_authorities()
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"the CA file {target.ca_file} of {target.url} cannot be read: {error}", expected="a PEM file") from error


@cache
def _usual_authorities() -> ssl.SSLContext:
    """Read once: it takes a tenth of a second."""
    return ssl.create_default_context()
