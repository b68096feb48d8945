"""The examination: all checks in the table's order, and what was learned of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from farthing.core.errors import FarthingError, NoData, SourceError
from farthing.core.settings import Settings
from farthing.core.windows import Window
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import PriceBook

from .checks import CHECKS, Check
from .coverage import moment, oldest_samples, told_retention
from .examination import Examination, NotPossible
from .findings import ClusterFacts, Diagnosis, Finding, ServerFacts, Symptom, Verdict
from .wording import span

T = TypeVar("T")


def examine(
    client: PrometheusClient,
    settings: Settings,
    book: PriceBook | None,
    *,
    window: Window,
    now: datetime,
    checks: Sequence[Check] = CHECKS,
) -> Diagnosis:
    """Find what would make the numbers of `window` wrong.

    Without a `book` nothing is priced: shares are of held core-seconds, checks of prices are not possible. A check that the server
    cannot answer is not possible, with the reason; the others go on. Raises SourceError when the server cannot be asked at all
    (no connection, no access), BadParameter when the set cluster label is on no series.
    """
    client.server_time()
    ex = Examination(client, settings, book, window=window, now=now)
    findings: list[Finding] = []
    verdicts: list[Verdict] = []
    for check in checks:
        try:
            found = [_finding(check, symptom) for symptom in check.look(ex)]
        except NotPossible as reason:
            verdicts.append(Verdict(check.name, not_possible=str(reason)))
        except (SourceError, NoData) as error:
            verdicts.append(Verdict(check.name, not_possible=error.problem))
        else:
            findings += found
            verdicts.append(Verdict(check.name, len(found)))
    findings.sort(key=lambda f: (f.severity.order, -(f.money or 0.0)))
    server, reasons = _server(ex)
    looked_at = span(ex.span.start, ex.span.end)
    return Diagnosis(tuple(findings), tuple(verdicts), server, client.asked, looked_at, _costed(ex), tuple(reasons))


def _finding(check: Check, symptom: Symptom) -> Finding:
    return Finding(
        check.name,
        symptom.severity or check.severity,
        symptom.title,
        symptom.evidence,
        symptom.concerns,
        symptom.cure or check.cure,
        symptom.cluster,
        symptom.money,
        symptom.share,
    )


def _server(ex: Examination) -> tuple[ServerFacts, list[str]]:
    """What the server tells of itself, None for what it does not; and why, where it fails to."""
    reasons: list[str] = []

    def told(what: str, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except (SourceError, NoData, NotPossible) as error:
            reasons.append(f"{what}: {error.problem if isinstance(error, FarthingError) else error}")
            return None

    build = told("version", ex.client.build_info) or {}
    retention = told("retention", lambda: told_retention(ex))
    oldest = told("oldest samples", lambda: oldest_samples(ex)) or {}
    clusters = told("clusters", lambda: _clusters(ex, oldest)) or ()
    label = told("cluster label", lambda: ex.dialect.cluster_label)
    return ServerFacts(build.get("version") or None, retention, label, clusters), list(dict.fromkeys(reasons))


def _clusters(ex: Examination, oldest: Mapping[str, float]) -> tuple[ClusterFacts, ...]:
    state = ex.intervals(ex.beat)
    usage = {} if ex.lacks("memory used") else ex.intervals("memory used")
    columns = ("cluster", "interval", "usage_interval", "last")
    return tuple(
        ClusterFacts(
            cluster,
            state.get(cluster, taken),
            usage.get(cluster, usage_taken),
            moment(last),
            moment(oldest[cluster]) if cluster in oldest else None,
        )
        for cluster, taken, usage_taken, last in ex.seen.clusters.sort("cluster").select(columns).iter_rows()
    )


def _costed(ex: Examination) -> str:
    try:
        hour = ex.costed_hour.span
    except FarthingError:
        return ""
    return span(hour.start, hour.end)
