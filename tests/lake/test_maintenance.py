"""Compaction, vacuum and verify, on a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from farthing.core.errors import LakeDamaged
from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings
from farthing.lake import ClusterLake, Gravity, Step, open_lake
from farthing.lake.table import CHECKPOINT_EVERY
from tests.lake.facts import CLUSTER, HOUR, NOW, T0, assert_same, facts, rows_of, without

DAY = timedelta(days=1)
KEEP = timedelta(hours=48)
FOLDER = "arn_3aaws_3aeks_2fprod_5f1"


@pytest.fixture
def cluster(tmp_path: Path) -> ClusterLake:
    return open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)


def files(root: Path, table: str) -> list[Path]:
    return sorted((root / FOLDER / table).rglob("*.parquet"))


def age(root: Path, by: timedelta) -> None:
    """Make everything older, by the file system's clock."""
    for path in root.rglob("*"):
        told = path.stat()
        os.utime(path, (told.st_atime, told.st_mtime - by.total_seconds()))


def run_all(steps: Sequence[Step]) -> list[str]:
    return [step.run() for step in steps]


def test_compaction_makes_one_file_a_day_and_changes_nothing(cluster: ClusterLake, tmp_path: Path) -> None:
    for hour in range(6):  # four hours of a day, two of the next
        cluster.commit(facts(first=hour), now=NOW)
    cluster.commit(facts(first=1, seed=5), now=NOW + DAY)
    cluster.commit(facts(first=3, seed=5), now=NOW + DAY)
    whole = Span(T0, T0 + 6 * HOUR)
    before, then = rows_of(cluster.read(whole)), rows_of(cluster.read(whole, as_of=NOW))
    done = run_all(cluster.compaction(now=NOW, keep=KEEP))
    # usage, capacity, flow: two days each; their superseded rows: one day; hours: one
    assert len(done) == 10
    assert "4 files of" in done[0]
    assert rows_of(cluster.read(whole)) == before
    other = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    assert rows_of(other.read(whole)) == before
    assert rows_of(other.read(whole, as_of=NOW)) == then
    assert cluster.compaction(now=NOW, keep=KEEP) == []
    assert len(DeltaTable(str(tmp_path / FOLDER / "usage")).file_uris()) == 2
    assert cluster.verify().findings == ()


def test_other_engines_read_the_tables(cluster: ClusterLake, tmp_path: Path) -> None:
    for hour in range(3):
        cluster.commit(facts(first=hour), now=NOW)
    cluster.commit(facts(first=1, seed=5), now=NOW + DAY)
    run_all(cluster.compaction(now=NOW, keep=KEEP))
    told = cluster.read(Span(T0, T0 + 3 * HOUR)).usage
    delta = DeltaTable(str(tmp_path / FOLDER / "usage"))
    arrow = pl.DataFrame(delta.to_pyarrow_table())
    assert arrow.height == told.height == 27
    assert arrow["cpu_used_core_us"].sum() == pytest.approx(float(told["cpu_used"].sum()) * 1e6, rel=1e-12)
    assert set(arrow["identity_id"].reinterpret(signed=False)) == set(told["identity_id"])
    paths = [uri.removeprefix("file://") for uri in delta.file_uris()]
    count, seconds = duckdb.execute("select count(*), sum(held_seconds) from read_parquet(?)", [paths]).fetchall()[0]
    assert (count, seconds) == (27, pytest.approx(told["held_seconds"].sum(), rel=1e-12))


def test_a_commit_may_come_between_plan_and_step(cluster: ClusterLake, tmp_path: Path) -> None:
    for hour in range(3):
        cluster.commit(facts(first=hour), now=NOW)
    steps = cluster.compaction(now=NOW, keep=KEEP)
    other = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    other.commit(facts(first=1, seed=9), now=NOW + DAY)
    run_all(steps)
    assert_same(cluster.read(facts(first=1).span), facts(first=1, seed=9))
    assert_same(cluster.read(facts(first=2).span), facts(first=2))
    other.commit(facts(first=2, seed=9), now=NOW + DAY)  # its view of the tables is from before the compaction
    assert_same(cluster.read(facts(first=2).span), facts(first=2, seed=9))
    assert cluster.verify().findings == ()


def test_vacuum_deletes_only_what_is_old_and_unneeded(cluster: ClusterLake, tmp_path: Path) -> None:
    for hour in range(3):
        cluster.commit(facts(first=hour), now=NOW)
    run_all(cluster.compaction(now=NOW, keep=KEEP))
    assert len(files(tmp_path, "usage")) == 4  # three that were merged, and what became of them
    assert cluster.vacuum(keep=KEEP) == []
    age(tmp_path, KEEP + timedelta(minutes=1))
    cluster.commit(facts(first=3), now=NOW)
    steps = cluster.vacuum(keep=KEEP)
    assert {(s.table, s.what) for s in steps if s.table == "usage"} == {
        ("usage", "delete files that are no part of the table"),
        ("usage", "shorten the log"),
    }
    run_all(steps)
    assert len([p for p in files(tmp_path, "usage") if "_delta_log" not in p.parts]) == 2
    fresh = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    assert_same(fresh.read(Span(T0, T0 + 4 * HOUR)), facts(hours=4))
    fresh.commit(facts(first=4), now=NOW)
    assert_same(cluster.read(Span(T0, T0 + 5 * HOUR)), facts(hours=5))
    assert cluster.verify().findings == ()
    assert cluster.vacuum(keep=KEEP) == []


def test_a_reader_far_behind_finds_its_way(cluster: ClusterLake, tmp_path: Path) -> None:
    cluster.commit(facts(), now=NOW)
    behind = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    assert behind.hours().height == 1
    for hour in range(1, 4):
        cluster.commit(facts(first=hour), now=NOW)
    age(tmp_path, KEEP + DAY)
    run_all(cluster.vacuum(keep=KEEP))
    assert not (tmp_path / FOLDER / "hours/_delta_log" / f"{1:020d}.json").exists()
    assert behind.hours().height == 4
    behind.commit(facts(first=4), now=NOW)
    assert_same(cluster.read(Span(T0, T0 + 5 * HOUR)), facts(hours=5))


@pytest.mark.slow
def test_a_long_log_is_read_by_its_checkpoint(cluster: ClusterLake, tmp_path: Path) -> None:
    empty = facts(pods=0)
    for hour in range(CHECKPOINT_EVERY + 2):
        moved = pl.lit(NOW - DAY + timedelta(hours=hour), pl.Datetime("us", "UTC"))
        start = (NOW - DAY + timedelta(hours=hour)).timestamp()
        held = {"first_held": pl.lit(start), "last_held": pl.lit(start + 9.5), "unobserved_from": pl.lit(None, pl.Float64)}
        cluster.commit(replace(empty, span=Span(start, start + HOUR), capacity=empty.capacity.with_columns(hour=moved, **held)), now=NOW)
    assert list((tmp_path / FOLDER / "hours/_delta_log").glob("*.checkpoint.parquet"))
    fresh = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    assert fresh.hours().height == CHECKPOINT_EVERY + 2
    last = Span((NOW - DAY).timestamp() + 3 * HOUR, (NOW - DAY).timestamp() + 5 * HOUR)
    assert fresh.read(last).capacity["last_held"].to_list() == [t for h in (3, 4) for t in [(NOW - DAY).timestamp() + h * HOUR + 9.5] * 2]
    assert fresh.changed_since(None).hours[-1] == int((NOW - DAY).timestamp()) + (CHECKPOINT_EVERY + 1) * HOUR


def damage(path: Path) -> None:
    """Turn one byte in the largest column's values, near the end of its last page: no header is hit, which may say things nobody reads."""
    group = pq.ParquetFile(path).metadata.row_group(0)
    largest = max((group.column(number) for number in range(group.num_columns)), key=lambda chunk: chunk.total_compressed_size)
    start = largest.dictionary_page_offset if largest.has_dictionary_page else largest.data_page_offset
    data = bytearray(path.read_bytes())
    data[start + largest.total_compressed_size - 2] ^= 0x55
    path.write_bytes(bytes(data))


def test_a_damaged_file_is_named_and_told_by_verify(cluster: ClusterLake, tmp_path: Path) -> None:
    for hour in range(3):
        cluster.commit(facts(first=hour), now=NOW)
    [hurt] = [f for f in files(tmp_path, "usage") if _has_hour(f, 1)]
    damage(hurt)
    with pytest.raises(LakeDamaged, match=hurt.name):
        cluster.read(Span(T0, T0 + 3 * HOUR))
    assert_same(cluster.read(facts().span), facts())  # other hours are read as before
    [told] = cluster.verify().findings
    assert (told.gravity, told.table) == (Gravity.ERROR, "usage")
    assert hurt.name in told.what
    assert [int(h.timestamp()) for h in told.hours] == [T0 + HOUR]


def _has_hour(path: Path, hour: int) -> bool:
    return bool(pl.read_parquet(path)["hour"].dt.epoch("s").eq(T0 + hour * HOUR).any())


def test_a_file_that_is_gone_is_told(cluster: ClusterLake, tmp_path: Path) -> None:
    cluster.commit(facts(), now=NOW)
    [gone] = files(tmp_path, "flow")
    gone.unlink()
    with pytest.raises(LakeDamaged, match="is not there"):
        cluster.read(facts().span)
    [told] = cluster.verify().findings
    assert "is not there" in told.what


def test_hours_whose_tables_disagree_are_set_aside(cluster: ClusterLake, tmp_path: Path) -> None:
    for hour in range(2):
        cluster.commit(facts(first=hour), now=NOW)
    DeltaTable(str(tmp_path / FOLDER / "usage")).delete(f"container = '__pod__' and hour = '{_utc(1)}'")
    fresh = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    read = fresh.read(Span(T0, T0 + 2 * HOUR))
    assert_same(replace(read, notes=()), facts())
    assert "usage has 6 rows, the manifest tells 9" in read.notes[0].text
    [told] = fresh.verify().findings
    assert told.what == "usage has 6 rows, the manifest tells 9"
    assert [int(h.timestamp()) for h in told.hours] == [T0 + HOUR]


def _utc(hour: int) -> str:
    return f"{NOW.fromtimestamp(T0 + hour * HOUR, NOW.tzinfo):%Y-%m-%dT%H:%M:%SZ}"


def test_names_that_are_missing_set_their_hours_aside(cluster: ClusterLake, tmp_path: Path) -> None:
    cluster.commit(facts(), now=NOW)
    cluster.commit(facts(first=1, pods=3), now=NOW)
    DeltaTable(str(tmp_path / FOLDER / "identity")).delete("pod = 'p5'")
    read = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER).read(Span(T0, T0 + 2 * HOUR))
    assert read.usage["hour"].dt.epoch("s").unique().to_list() == [T0 + HOUR]
    assert "identity lacks 1 pods" in read.notes[0].text


def test_a_head_that_was_lost(cluster: ClusterLake, tmp_path: Path) -> None:
    cluster.commit(facts(), now=NOW)
    (tmp_path / FOLDER / "_head").unlink()
    assert [f.table for f in cluster.verify().findings] == ["_head"]
    cluster.claim("one", now=NOW, lease=DAY)
    assert cluster.verify().findings == ()
    head = cluster.head()
    assert head is not None
    assert (head.sequence, head.last_hour) == (1, T0)


def test_history_that_was_lost_is_told(cluster: ClusterLake, tmp_path: Path) -> None:
    cluster.commit(facts(), now=NOW)
    cluster.commit(without(facts(), every=2), now=NOW + DAY)
    DeltaTable(str(tmp_path / FOLDER / "usage_superseded")).delete("container = '__pod__'")
    fresh = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    [told] = fresh.verify().findings
    assert (told.gravity, told.table) == (Gravity.WARNING, "usage_superseded")
    assert fresh.read(facts().span, as_of=NOW).usage.height == 0  # set aside, not half
