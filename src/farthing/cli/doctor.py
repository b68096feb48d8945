"""`farthing doctor`: what would make the numbers wrong, before they are told."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from farthing.core.settings_loader import LoadedSettings
from farthing.core.windows import parse_window
from farthing.doctor import ClusterFacts, Diagnosis, Finding, ServerFacts, Severity, examine
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import load_book

from . import terminal
from .exports import tallies
from .flags import require_server, with_settings
from .money import money, percent
from .progress import asking
from .terminal import line

DOCUMENT_VERSION = 1
MOST_CLUSTERS = 8
MOST_EVIDENCE = 4
MOST_NAMED = 3
STYLES: dict[Severity, str] = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}


class Form(StrEnum):
    """Forms of a diagnosis."""

    TABLE = "table"
    JSON = "json"


WINDOW_HELP = "Window of time to look at; of a longer one than a week its last seven days."
STRICT_HELP = "End with 1 for warnings as well."


@with_settings("prometheus", "metering", "pricing", "")
def doctor(
    *,
    window: Annotated[str, typer.Option("--window", "-w", help=WINDOW_HELP, metavar="WINDOW")] = "24h",
    output: Annotated[Form, typer.Option("--output", "-o", help="Form.", metavar="|".join(Form))] = Form.TABLE,
    strict: Annotated[bool, typer.Option("--strict", help=STRICT_HELP)] = False,
    loaded: LoadedSettings,
) -> None:
    """Look for what would make the numbers wrong: missing metrics, holes, shared cluster ids, prices. Ends with 1 when it finds errors."""
    settings = loaded.settings
    require_server(settings)
    now = datetime.now(UTC)
    asked = parse_window(window, now=now).clip(now)
    book = load_book(settings.pricing.book)
    with asking() as answered, PrometheusClient(settings.prometheus, progress=answered) as client:
        diagnosis = examine(client, settings, book, window=asked, now=now)
    if output is Form.JSON:
        document = orjson.dumps(as_document(diagnosis), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
    else:
        print_diagnosis(terminal.out(), diagnosis, book.currency)
    code = exit_code(diagnosis, strict=strict)
    if code:
        raise typer.Exit(code)


def exit_code(diagnosis: Diagnosis, *, strict: bool) -> int:
    """1 when an error was found, with `strict` also for a warning; else 0. Checks that were not possible do not count."""
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return int(diagnosis.worst in grave)


def as_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as a versioned JSON-ready document."""
    return {
        "kind": "farthing.doctor",
        "version": DOCUMENT_VERSION,
        "worst": diagnosis.worst,
        "looked_at": diagnosis.looked_at,
        "costed_hour": diagnosis.costed_hour,
        "findings": list(diagnosis.findings),
        "checks": list(diagnosis.verdicts),
        "server": diagnosis.server,
        "notes": list(diagnosis.notes),
        "asked": tallies(diagnosis.asked),
    }


def print_diagnosis(console: Console, diagnosis: Diagnosis, currency: str) -> None:
    """Findings, gravest first, then what was fine and what could not be looked at."""
    _server(console, diagnosis.server)
    if diagnosis.looked_at:
        costed = f" · money is that of the hour {diagnosis.costed_hour}" if diagnosis.costed_hour else ""
        line(console, f"looked at {diagnosis.looked_at}{costed}")
    for group in alike(diagnosis.findings):
        console.print()
        _findings(console, group, currency)
    console.print()
    _verdicts(console, diagnosis)
    for note in diagnosis.notes:
        line(console, note, indent=2)


def alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings that differ in their cluster and numbers only, together; the gravest first, as they came."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.check, finding.title, finding.cure), []).append(finding)
    return list(groups.values())


def _findings(console: Console, group: Sequence[Finding], currency: str) -> None:
    first = group[0]
    where = f"{len(group)} clusters" if len(group) > 1 else first.cluster
    head = f"{first.title} ({where})" if where else first.title
    line(console, (first.severity.value, STYLES[first.severity]), " ", (head, "bold"), _stake(group, currency))
    by_evidence: dict[tuple[str, ...], list[str]] = {}
    for finding in group:
        by_evidence.setdefault(finding.evidence, []).append(finding.cluster)
    for evidence, clusters in list(by_evidence.items())[:MOST_EVIDENCE]:
        _evidence(console, evidence, clusters if len(group) > 1 else [])
    if len(by_evidence) > MOST_EVIDENCE:
        line(console, f"… and {len(by_evidence) - MOST_EVIDENCE:,} more; --output json lists them all", indent=4)
    concerned = {finding.concerns for finding in group}
    for lead, text in (("concerns ", first.concerns if len(concerned) == 1 else ""), ("to do ", first.cure)):
        if text:
            line(console, (lead, "bold"), text, indent=2)


def _evidence(console: Console, evidence: Sequence[str], clusters: Sequence[str]) -> None:
    """Every line of a single finding; of several that look alike the first line, led by their clusters."""
    if not clusters:
        for text in evidence:
            line(console, text, indent=4)
        return
    named = ", ".join(clusters[:MOST_NAMED]) + (f" and {len(clusters) - MOST_NAMED} more" if len(clusters) > MOST_NAMED else "")
    more = f" (and {len(evidence) - 1:,} more)" if len(evidence) > 1 else ""
    line(console, f"{named}: {evidence[0]}{more}" if evidence else named, indent=4)


def _stake(group: Sequence[Finding], currency: str) -> str:
    """The money of findings together, and the share of a single one."""
    known = [finding.money for finding in group if finding.money is not None]
    stake = [money(sum(known), currency)] if known else []
    if len(group) == 1 and group[0].share is not None:
        stake.append(percent(group[0].share))
    return f" · {', '.join(stake)}" if stake else ""


def _server(console: Console, server: ServerFacts) -> None:
    told = [f"version {server.version or 'not told'}", f"keeps {server.retention or 'not told'}"]
    told.append(f"cluster label {server.cluster_label or 'none'}")
    line(console, ("Server", "bold"), f" · {' · '.join(told)}")
    for cluster in server.clusters[:MOST_CLUSTERS]:
        line(console, _cluster(cluster), indent=2)
    more = len(server.clusters) - MOST_CLUSTERS
    if more > 0:
        line(console, f"… and {more:,} more clusters; --output json lists them all", indent=2)


def _cluster(cluster: ClusterFacts) -> str:
    oldest = f"{cluster.oldest_sample:%Y-%m-%d %H:%M}" if cluster.oldest_sample else "not told"
    scraped = f"every {cluster.scrape_interval:g} s, usage every {cluster.usage_interval:g} s"
    return f"{cluster.cluster}: {scraped}; from {oldest} to {cluster.last_sample:%Y-%m-%d %H:%M} UTC"


def _verdicts(console: Console, diagnosis: Diagnosis) -> None:
    passed = [verdict.check for verdict in diagnosis.verdicts if not verdict.findings and not verdict.not_possible]
    if passed:
        line(console, ("passed ", "bold green"), ", ".join(passed))
    for verdict in diagnosis.verdicts:
        if verdict.not_possible:
            line(console, ("not possible ", "bold"), f"{verdict.check}: {verdict.not_possible}")
