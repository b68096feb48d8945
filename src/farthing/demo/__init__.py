"""A small organisation to look at: two clusters, five teams, one day, with nothing of your own needed.

Comes in: nothing. Goes out: the URL of a server that holds it: a Prometheus of its own, or one that plays recorded answers.
"""

from .organisation import AROUND, WINDOW, organisation
from .player import playing
from .recorder import record
from .recording import RECORDING, Recording
from .server import can_run_prometheus, running_prometheus

__all__ = ["AROUND", "RECORDING", "WINDOW", "Recording", "can_run_prometheus", "organisation", "playing", "record", "running_prometheus"]
