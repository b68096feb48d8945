"""Two writers at once, on a folder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from farthing.core.errors import FarthingError, LakeTaken
from farthing.core.settings import LakeSettings
from farthing.lake import ClusterLake, open_lake
from farthing.lake.snapshot import Snapshot
from tests.lake.facts import CLUSTER, NOW, assert_same, facts

LATER = NOW + timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> LakeSettings:
    return LakeSettings(url=str(tmp_path))


def cluster_of(settings: LakeSettings) -> ClusterLake:
    return open_lake(settings).cluster(CLUSTER)


class Meanwhile:
    """Another writer that does its work right after the first one has looked at the manifest."""

    def __init__(self, cluster: ClusterLake, act: Callable[[], object]) -> None:
        self._look, self._act, self._done = cluster._tables.manifest.newest, act, False
        cluster._tables.manifest.newest = self  # type: ignore[method-assign]

    def __call__(self) -> Snapshot:
        seen = self._look()
        if not self._done:
            self._done = True
            self._act()
        return seen


@pytest.mark.parametrize("before", [False, True])
def test_one_wins_and_the_other_is_told(settings: LakeSettings, *, before: bool) -> None:
    if before:
        cluster_of(settings).commit(facts(hours=2), now=NOW)
    loser = cluster_of(settings)
    Meanwhile(loser, lambda: cluster_of(settings).commit(facts(seed=2), now=LATER))
    with pytest.raises(LakeTaken, match="another writer committed"):
        loser.commit(facts(seed=3), now=LATER)
    reader = cluster_of(settings)
    assert_same(reader.read(facts().span), facts(seed=2))
    if before:
        assert_same(reader.read(facts().span, as_of=NOW), facts())
    assert not [f for f in reader.verify().findings if f.gravity == "error"]
    loser.commit(facts(seed=3), now=LATER)  # told, it may look again and repeat
    assert_same(reader.read(facts().span), facts(seed=3))
    assert reader.verify().findings == ()


def test_compaction_meanwhile_does_not_disturb_a_commit(settings: LakeSettings) -> None:
    writer = cluster_of(settings)
    for hour in range(3):
        writer.commit(facts(first=hour), now=NOW)

    def compact() -> None:
        for step in cluster_of(settings).compaction(now=NOW, keep=timedelta(hours=48)):
            step.run()

    writer = cluster_of(settings)
    Meanwhile(writer, compact)
    writer.commit(facts(first=1, seed=2), now=LATER)
    reader = cluster_of(settings)
    assert_same(reader.read(facts(first=1).span), facts(first=1, seed=2))
    assert_same(reader.read(facts(first=1).span, as_of=NOW), facts(first=1))
    assert reader.verify().findings == ()


@pytest.mark.slow
def test_many_writers_and_readers_at_once(settings: LakeSettings) -> None:
    """Four writers replace the same two hours again and again, one compacts, one reads: every read is the whole of somebody's commit."""
    cluster_of(settings).commit(facts(hours=2, seed=0), now=NOW)
    whole = {repr(rows_of_usage(seed)) for seed in range(40)}
    stop = threading.Event()
    told: list[BaseException] = []
    won: list[int] = []

    def write(writer: int) -> None:
        cluster = cluster_of(settings)
        for seed in range(writer * 10, writer * 10 + 5):
            try:
                cluster.commit(facts(hours=2, seed=seed), now=LATER)
                won.append(seed)
            except LakeTaken:
                continue

    def go_on(act: Callable[[ClusterLake], None]) -> None:
        try:
            while not stop.is_set():
                act(cluster_of(settings))
        except (FarthingError, AssertionError) as error:
            told.append(error)

    def look(cluster: ClusterLake) -> None:
        read = cluster.read(facts(hours=2).span)
        assert read.notes == ()
        assert repr(read.usage.select("hour", "identity_id", "container", "cpu_used").rows()) in whole

    def compact(cluster: ClusterLake) -> None:
        for step in cluster.compaction(now=LATER, keep=timedelta(hours=48)):
            try:
                step.run()
            except LakeTaken:
                continue

    beside = [threading.Thread(target=go_on, args=(act,)) for act in (look, compact)]
    writing = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in (*beside, *writing):
        thread.start()
    for thread in writing:
        thread.join()
    stop.set()
    for thread in beside:
        thread.join()
    assert told == []
    assert len(won) >= 4
    final = cluster_of(settings)
    compact(final)
    assert not [f for f in final.verify().findings if f.gravity == "error"]
    assert final.changed_since(None).hours == tuple(int(facts(hours=2).span.start) + 3600 * n for n in range(2))


def rows_of_usage(seed: int) -> list[tuple[object, ...]]:
    """Usage of two hours as it comes back: in steps of a micro-core-second."""
    usage = facts(hours=2, seed=seed).usage.sort("hour", "identity_id", "container")
    stepped = usage.with_columns((usage["cpu_used"] * 1e6).round().cast(int) / 1e6)
    return stepped.select("hour", "identity_id", "container", "cpu_used").rows()
