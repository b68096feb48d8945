"""What an examination says: findings with evidence and cure, a verdict of every check, facts about the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from farthing.metering.prometheus import Asked


class Severity(StrEnum):
    """How much a finding matters. `order` sorts the gravest first."""

    ERROR = "error"  # numbers are wrong or missing
    WARNING = "warning"  # numbers rest on something assumed, or will be wrong soon
    INFO = "info"  # harmless here, worth to know

    @property
    def order(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True)
class Symptom:
    """What a check saw. `severity` and `cure` stand for the check's own where they differ.

    `money` is the $ of the costed hour that rest on it, `share` the part of all its money, or without a price book of all
    held core-seconds; both None where that cannot be told.
    """

    title: str
    evidence: tuple[str, ...]
    concerns: str
    severity: Severity | None = None
    cure: str = ""
    cluster: str = ""
    money: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Finding:
    """A symptom with the name of the check that saw it.

    evidence: series, label values, numbers and times; concerns: which numbers are wrong, by how much as far as known;
    cluster: empty where it is not one cluster's.
    """

    check: str
    severity: Severity
    title: str
    evidence: tuple[str, ...]
    concerns: str
    cure: str
    cluster: str = ""
    money: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check: how many findings, or why it was `not_possible` (else empty)."""

    check: str
    findings: int = 0
    not_possible: str = ""

    def __str__(self) -> str:
        if self.not_possible:
            return f"{self.check}: not possible: {self.not_possible}"
        if not self.findings:
            return f"{self.check}: passed"
        return f"{self.check}: {self.findings} finding{'s' if self.findings > 1 else ''}"


@dataclass(frozen=True)
class ClusterFacts:
    """What is known of one cluster. Intervals are in seconds; those of a cluster with a single hour of data are as metering takes them.

    `oldest_sample` is right to half a minute, None where it is not known.
    """

    cluster: str
    scrape_interval: float
    usage_interval: float
    last_sample: datetime
    oldest_sample: datetime | None


@dataclass(frozen=True)
class ServerFacts:
    """What is known of the server; None where it does not tell. `retention` is its own text, e.g. 15d."""

    version: str | None = None
    retention: str | None = None
    cluster_label: str | None = None
    clusters: tuple[ClusterFacts, ...] = ()

    @property
    def oldest_sample(self) -> datetime | None:
        """Of the cluster whose data goes back furthest."""
        return min((c.oldest_sample for c in self.clusters if c.oldest_sample), default=None)


@dataclass(frozen=True)
class Diagnosis:
    """Findings, gravest first, and a verdict of every check in the table's order.

    looked_at: start and end of the whole hours that were looked at, in words; costed_hour: the one that was measured and costed
    to tell shares and money, empty where there was none. asked: statistics of the asking. notes: why the server did not tell
    what `server` lacks.
    """

    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    server: ServerFacts
    asked: Asked
    looked_at: str = ""
    costed_hour: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def checked(self) -> tuple[str, ...]:
        """Every check in a line: passed, how many findings, or why it was not possible."""
        return tuple(map(str, self.verdicts))

    @property
    def worst(self) -> Severity | None:
        """The gravest severity found; None where nothing was."""
        return min((f.severity for f in self.findings), key=lambda s: s.order, default=None)
