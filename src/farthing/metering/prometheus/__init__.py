"""The client of servers that speak Prometheus' HTTP API.

Comes in: questions (PromQL with the labels to keep, or selectors of series) and the prometheus settings.
Goes out: frames of labels, times and values; what the server is and scrapes; statistics of the asking; errors that say what to do.
"""

from farthing.metering.prometheus.budget import Asked, Progress, Tally
from farthing.metering.prometheus.client import PrometheusClient, Target
from farthing.metering.prometheus.discovery import Dialect, discover
from farthing.metering.prometheus.promql import quote, selector
from farthing.metering.prometheus.questions import AnyQuestion, InstantQuestion, Question, RangeQuestion, SeriesQuestion
from farthing.metering.prometheus.source import PrometheusSource

__all__ = [
    "AnyQuestion",
    "Asked",
    "Dialect",
    "InstantQuestion",
    "Progress",
    "PrometheusClient",
    "PrometheusSource",
    "Question",
    "RangeQuestion",
    "SeriesQuestion",
    "Tally",
    "Target",
    "discover",
    "quote",
    "selector",
]
