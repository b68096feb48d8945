"""Which hours are closed, and their facts (ledger 1, settling)."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from farthing.core.errors import SettingsError
from farthing.core.ledger import Facts, Span
from farthing.core.settings import MeteringSettings, SamplesSettings
from farthing.core.units import HOUR_SECONDS
from farthing.metering.measure import measure
from farthing.metering.needs import ALL_NEEDS

from .store import SampleStore

AROUND_HOURS = 2  # beside what is looked around for: the hour itself, and the one that is open meanwhile


def closed_hours(store: SampleStore, settings: MeteringSettings, now: float) -> list[int]:
    """Starts (unix s) of the hours of which the store holds samples and that are over for `metering.settle_minutes` at `now`.

    The oldest hours that it holds are among them though what lay around them may be gone already: close an hour once, when it is new.
    """
    return [hour for hour in store.hours() if hour + HOUR_SECONDS + settings.settle_minutes * 60 <= now]


def facts_of_hour(store: SampleStore, hour: int, settings: MeteringSettings, *, needs: Set[str] = ALL_NEEDS, now: datetime) -> Facts:
    """The facts of one hour (unix s of its start), measured from the samples in and around it.

    The hour's files are put together first. Raises NoData where no cluster was seen in it, StorageError where the disk is in the way.
    """
    store.seal(hour)
    span = Span(float(hour), float(hour + HOUR_SECONDS))
    return measure(store.source(span, settings), span, settings, needs=needs, now=now)


def check_reach(samples: SamplesSettings, metering: MeteringSettings) -> None:
    """Raises SettingsError where samples go before the hours are closed that need them."""
    least = metering.look_around_hours + AROUND_HOURS
    if samples.retention_hours < least:
        raise SettingsError(
            f"samples.retention_hours = {samples.retention_hours} is less than an hour needs around it",
            expected=f"at least metering.look_around_hours + {AROUND_HOURS} = {least}",
            cure="keep more hours, or look less far around",
        )
