"""What an organisation looks like from outside: the series of kube-state-metrics and cAdvisor, in every form that a server takes.

Comes in: an organisation and a span or a moment. Goes out: text to be scraped, OpenMetrics text, bodies of remote write, TSDB blocks.
"""

from .blocks import BlockStats
from .exporters import shown
from .remote_write import HEADERS, remote_write
from .series import Series, Target, sampled
from .targets import targets
from .text import exposition, expositions, openmetrics
from .tsdb import write_blocks

__all__ = [
    "HEADERS",
    "BlockStats",
    "Series",
    "Target",
    "exposition",
    "expositions",
    "openmetrics",
    "remote_write",
    "sampled",
    "shown",
    "targets",
    "write_blocks",
]
