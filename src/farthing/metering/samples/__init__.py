"""The embedded store of raw samples: a back end of the measurements table that needs no server.

Comes in: samples, scraped from exporters or sent by remote write.
Goes out: a `Source` over the last days, and the facts of hours that are closed.
"""

from .closing import check_reach, closed_hours, facts_of_hour
from .remote_write import parse_write_request
from .scrape import Scraper, ScrapeStatus
from .series import STALE, WANTED, Batch, Series, batch_of, series_of
from .source import SampleSource
from .store import Appended, SampleStore
from .targets import ScrapeTarget, read_targets

__all__ = [
    "STALE",
    "WANTED",
    "Appended",
    "Batch",
    "SampleSource",
    "SampleStore",
    "ScrapeStatus",
    "ScrapeTarget",
    "Scraper",
    "Series",
    "batch_of",
    "check_reach",
    "closed_hours",
    "facts_of_hour",
    "parse_write_request",
    "read_targets",
    "series_of",
]
