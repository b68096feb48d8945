"""What was held, used and offered: quantities of every workload and asset, never money.

Comes in: samples of kube-state-metrics and cAdvisor from a store that speaks the measurements table.
Goes out: `Facts` of whole hours.
"""

from .measure import measure
from .measurements import MEASUREMENTS, RAM_USED, Measurement
from .needs import ALL_NEEDS, ANNOTATIONS, LABELS, NETWORK, OWNERS, PEAKS, SERVICES
from .observation import Observation, observe
from .source import Of, Source

__all__ = [
    "ALL_NEEDS",
    "ANNOTATIONS",
    "LABELS",
    "MEASUREMENTS",
    "NETWORK",
    "OWNERS",
    "PEAKS",
    "RAM_USED",
    "SERVICES",
    "Measurement",
    "Observation",
    "Of",
    "Source",
    "measure",
    "observe",
]
