"""A writer is killed at every fault point: readers see all of its commit or nothing, and when it is repeated nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farthing.core import faults
from farthing.core.settings import LakeSettings
from tests.kit.seaweed import Seaweed
from tests.lake.rounds import Outcome, killed_and_repeated, outcome
from tests.lake.scenarios import SCENARIOS
from tests.lake.writers import KILLED, Writers, writers

# What happens to these tables is what happens to usage, and before a file is written all is as after the step before; every place is passed
# by `tests.lake.rounds`.
ALIKE = ("capacity", "flow", "before-parquet")
ALSO = ("commit-usage-before-parquet", "commit-flow-after-log")
CASES = [
    (scenario, place)
    for scenario, told in SCENARIOS.items()
    for place in faults.declared()
    if place.startswith(told.places) and (not any(part in place for part in ALIKE) or place in ALSO)
]


@pytest.fixture(scope="module")
def forked() -> Iterator[Writers]:
    with writers() as ready:
        yield ready


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What each scenario comes to when nobody is killed."""
    return {name: outcome(name, LakeSettings(url=str(tmp_path_factory.mktemp(name)))) for name in SCENARIOS}


def test_there_are_places_enough() -> None:
    within = [p for p in faults.declared() if p.startswith(("commit-", "head-", "manifest-"))]
    assert len(within) >= 10
    assert len([p for p in faults.declared() if p.startswith("compact-")]) >= 10


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "place"), CASES)
def test_on_a_folder(forked: Writers, undisturbed: dict[str, Outcome], tmp_path: Path, scenario: str, place: str) -> None:
    ended = killed_and_repeated(forked, LakeSettings(url=str(tmp_path)), scenario, undisturbed[scenario], place=place)
    assert ended == KILLED


S3_PLACES = ("commit-usage-after-parquet", "manifest-committed", "retire-usage-after-parquet")


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("place", S3_PLACES)
def test_on_s3(forked: Writers, undisturbed: dict[str, Outcome], s3: Seaweed, place: str) -> None:
    assert killed_and_repeated(forked, s3.fresh(), "commit", undisturbed["commit"], place=place) == KILLED
