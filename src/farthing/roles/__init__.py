"""Loops and sources that put the rooms together: who is asked, in which order, in which pieces.

Comes in: settings. Goes out: pieces of the costed ledger, ready for views.
"""

from .aggregator import Aggregator
from .collector import Collected, Collector, Planned, by_cluster
from .lake_ledger import LakeLedger, LakeSource, as_of_source
from .live import LiveLedger
from .loops import Health
from .progress import History, Job, Progress
from .recent import Recent
from .rules import Rules
from .series import PrometheusSeries, Series, StoredSeries, piece_hours
from .telemetry import MachineMetrics
from .up import Counts, OneMachine, agent_name

__all__ = [
    "Aggregator",
    "Collected",
    "Collector",
    "Counts",
    "Health",
    "History",
    "Job",
    "LakeLedger",
    "LakeSource",
    "LiveLedger",
    "MachineMetrics",
    "OneMachine",
    "Planned",
    "Progress",
    "PrometheusSeries",
    "Recent",
    "Rules",
    "Series",
    "StoredSeries",
    "agent_name",
    "as_of_source",
    "by_cluster",
    "piece_hours",
]
