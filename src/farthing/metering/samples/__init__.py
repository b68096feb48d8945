"""The embedded store of raw samples: a back end of the measurements table that needs no server.

Comes in: samples, scraped from exporters or sent by remote write.
Goes out: a `Source` over the last days, and the facts of hours that are closed.
"""

from .series import STALE, Batch, Series, batch_of, series_of
from .source import SampleSource
from .store import Appended, SampleStore

__all__ = [
    "STALE",
    "Appended",
    "Batch",
    "SampleSource",
    "SampleStore",
    "Series",
    "batch_of",
    "series_of",
]
