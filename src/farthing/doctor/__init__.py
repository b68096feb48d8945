"""What would make the numbers wrong: found before they are told, each finding with its evidence and its cure.

Comes in: a client of a Prometheus-compatible server, settings, a price book and a window.
Goes out: a `Diagnosis`: findings, a verdict of every check, facts about the server.
"""

from .checks import CHECKS, Check
from .examine import examine
from .findings import ClusterFacts, Diagnosis, Finding, ServerFacts, Severity, Symptom, Verdict
from .page import page

__all__ = [
    "CHECKS",
    "Check",
    "ClusterFacts",
    "Diagnosis",
    "Finding",
    "ServerFacts",
    "Severity",
    "Symptom",
    "Verdict",
    "examine",
    "page",
]
