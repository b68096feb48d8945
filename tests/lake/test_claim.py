"""One agent a cluster, by the store's clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farthing.core.errors import LakeTaken
from farthing.core.settings import LakeSettings
from farthing.lake import ClusterLake, open_lake
from tests.lake.facts import CLUSTER, NOW

LEASE = timedelta(seconds=300)


@pytest.fixture
def cluster(tmp_path: Path) -> ClusterLake:
    return open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)


def age(folder: Path, seconds: float) -> None:
    """Make everything in a lake older, by the file system's clock."""
    for path in folder.rglob("_claim/*"):
        told = path.stat()
        os.utime(path, (told.st_atime - seconds, told.st_mtime - seconds))


def test_a_second_agent_is_refused_until_the_first_gives_back(cluster: ClusterLake) -> None:
    first = cluster.claim("one", now=NOW, lease=LEASE)
    with pytest.raises(LakeTaken, match=r"agent one holds this cluster for another (300|299) s"):
        cluster.claim("two", now=NOW, lease=LEASE)
    renewed = cluster.renew(first, now=NOW)
    assert renewed.number == first.number + 1
    with pytest.raises(LakeTaken):
        cluster.claim("two", now=NOW, lease=LEASE)
    cluster.release(renewed, now=NOW)
    assert cluster.claim("two", now=NOW, lease=LEASE).agent == "two"
    with pytest.raises(LakeTaken, match="agent two has taken the cluster from agent one"):
        cluster.renew(renewed, now=NOW)
    cluster.release(renewed, now=NOW)  # what is not held any more is not given back
    with pytest.raises(LakeTaken):
        cluster.claim("one", now=NOW, lease=LEASE)


def test_a_claim_that_ran_out_can_be_taken(cluster: ClusterLake, tmp_path: Path) -> None:
    first = cluster.claim("one", now=NOW, lease=LEASE)
    age(tmp_path, 298)
    with pytest.raises(LakeTaken, match=r"another [12] s"):
        cluster.claim("two", now=NOW, lease=LEASE)
    age(tmp_path, 3)
    cluster.claim("two", now=NOW, lease=LEASE)
    with pytest.raises(LakeTaken, match="agent two"):
        cluster.renew(first, now=NOW)


def test_the_machine_s_clock_does_not_matter_and_is_told(cluster: ClusterLake, tmp_path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)
    first = cluster.claim("one", now=ahead, lease=LEASE)
    assert timedelta(hours=23, minutes=59) < first.clock_ahead <= timedelta(days=1)
    with pytest.raises(LakeTaken):  # by its own clock the second thinks that a day has passed
        cluster.claim("two", now=ahead + timedelta(days=1), lease=LEASE)
    age(tmp_path, 301)
    cluster.claim("two", now=ahead - timedelta(days=9), lease=LEASE)


def test_an_agent_that_starts_again_has_its_cluster_at_once(cluster: ClusterLake) -> None:
    before = cluster.claim("one", now=NOW, lease=LEASE)
    after = cluster.claim("one", now=NOW, lease=LEASE)
    with pytest.raises(LakeTaken, match="agent one has taken"):  # were it still running, it would hear of it
        cluster.renew(before, now=NOW)
    cluster.renew(after, now=NOW)


def test_old_claims_do_not_pile_up(cluster: ClusterLake, tmp_path: Path) -> None:
    claim = cluster.claim("one", now=NOW, lease=LEASE)
    for _ in range(5):
        claim = cluster.renew(claim, now=NOW)
    assert len(list(tmp_path.rglob("_claim/*"))) == 2
