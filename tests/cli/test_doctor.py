"""A diagnosis on the screen, as a document, and as an exit code."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from farthing.cli.doctor import alike, as_document, exit_code, print_diagnosis
from farthing.doctor import ClusterFacts, Diagnosis, Finding, ServerFacts, Severity, Verdict
from farthing.metering.prometheus import Asked

from .reports import console, said

LAST = datetime(2026, 11, 2, 4, tzinfo=UTC)


def finding(cluster: str, severity: Severity = Severity.WARNING, *, seen: str = "seen", money: float | None = 1.5) -> Finding:
    return Finding("holes", severity, "a hole", (seen, "more"), "cost is missing", "scrape without holes", cluster, money, 0.25)


def diagnosis(*findings: Finding) -> Diagnosis:
    verdicts = (Verdict("holes", len(findings)), Verdict("retention", not_possible="not told"), Verdict("clock skew"))
    server = ServerFacts("2.42.0", "15d", "cluster", (ClusterFacts("east", 60, 30, LAST, None),))
    return Diagnosis(findings, verdicts, server, Asked(), "the last day", "03:00 to 04:00")


@pytest.mark.parametrize(
    ("found", "plain", "strict"),
    [((), 0, 0), ((Severity.INFO,), 0, 0), ((Severity.WARNING,), 0, 1), ((Severity.ERROR, Severity.WARNING), 1, 1)],
)
def test_exit_codes(found: tuple[Severity, ...], plain: int, strict: int) -> None:
    told = diagnosis(*(finding("east", severity) for severity in found))
    assert (exit_code(told, strict=False), exit_code(told, strict=True)) == (plain, strict)


def test_one_finding_is_told_in_full() -> None:
    to = console(100)
    print_diagnosis(to, diagnosis(finding("east")), "USD")
    text = said(to)
    assert "warning a hole (east) · $1.50, 25.0 %" in text
    for part in ("    seen", "    more", "  concerns cost is missing", "  to do scrape without holes"):
        assert part in text
    assert "passed clock skew" in text
    assert "not possible retention: not told" in text
    assert "east: every 60 s, usage every 30 s; from not told to 2026-11-02 04:00 UTC" in text


def test_findings_of_many_clusters_are_one() -> None:
    found = [finding(f"c{i}") for i in range(6)] + [finding("other", seen="seen differently", money=None)]
    assert [len(group) for group in alike([*found, finding("x", Severity.ERROR)])] == [7, 1]
    to = console(100)
    print_diagnosis(to, diagnosis(*found), "USD")
    text = said(to)
    assert "warning a hole (7 clusters) · $9.00" in text  # 6 × $1.50
    assert "c0, c1, c2 and 3 more: seen (and 1 more)" in text
    assert "other: seen differently (and 1 more)" in text
    assert text.count("to do") == 1


def test_the_document() -> None:
    found = orjson.loads(orjson.dumps(as_document(diagnosis(finding("east")))))
    assert (found["kind"], found["version"], found["worst"]) == ("farthing.doctor", 1, "warning")
    assert found["findings"][0]["money"] == 1.5
    assert [check["check"] for check in found["checks"]] == ["holes", "retention", "clock skew"]
    assert found["asked"]["queries"] == 0
