"""Damaged files are set aside and told; everything else is still read."""

from __future__ import annotations

import zlib
from pathlib import Path

import polars as pl
import pytest

from farthing.core.errors import StorageError
from farthing.core.settings import SamplesSettings
from farthing.metering.samples import SampleStore
from farthing.metering.samples.log import MAGIC, Damage, frames
from tests.metering.samples.conftest import HOUR, START, Open, files_up_to, read, samples


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with two hours in columns (pods a and b) and a log of three batches (c0, c1, c2)."""
    path = tmp_path / "samples"
    with SampleStore(path, SamplesSettings()) as store:
        for h, pod in enumerate("ab"):
            store.append(samples(pod, [START + h * HOUR + 60]), START + h * HOUR + 60)
            store.seal(START + h * HOUR)
        for i in range(3):
            store.append(samples(f"c{i}", [START + 2 * HOUR + 60 * (i + 1)]), START + 2 * HOUR + 300)
    return path


def log_of(folder: Path) -> Path:
    (path,) = folder.glob("*.log")
    return path


def ends_of_frames(data: bytes) -> list[int]:
    """Where each frame of a log ends."""
    ends, at = [], len(MAGIC)
    while at < len(data):
        at += 8 + int.from_bytes(data[at : at + 4], "little")
        ends.append(at)
    return ends


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_torn_end_costs_the_last_batch(folder: Path, opened: Open, cut: int) -> None:
    log = log_of(folder)
    whole = log.read_bytes()
    log.write_bytes(whole[:-cut])
    store = opened()
    assert sorted(read(store)) == ["a", "b", "c0", "c1"]
    (note,) = store.notes
    assert "cannot be read" in note.text
    assert (folder / "set-aside" / log.name).read_bytes() == whole[:-cut]
    # what is written from now on is whole
    store.append(samples("d", [START + 2 * HOUR + 400]), START + 2 * HOUR + 400)
    assert sorted(read(store)) == ["a", "b", "c0", "c1", "d"]


def test_a_flipped_bit_in_the_middle_costs_one_batch(folder: Path, opened: Open) -> None:
    log = log_of(folder)
    data = bytearray(log.read_bytes())
    first, second, _ = ends_of_frames(bytes(data))
    data[(first + second) // 2] ^= 4
    log.write_bytes(data)
    store = opened()
    assert sorted(read(store)) == ["a", "b", "c0", "c2"]
    assert f"{second - first:,} of {len(data):,} bytes" in store.notes[0].text
    store.close()
    # the mended log is sound
    with SampleStore(folder, SamplesSettings()) as again:
        assert again.notes == []
        assert sorted(read(again)) == ["a", "b", "c0", "c2"]


def test_samples_whose_series_was_told_in_the_damaged_batch_are_counted(tmp_path: Path, opened: Open) -> None:
    with SampleStore(tmp_path / "samples", SamplesSettings()) as store:
        for i in range(3):
            store.append(samples("a", [START + 60 * (i + 1)]), START + 300)
    log = log_of(tmp_path / "samples")
    data = bytearray(log.read_bytes())
    data[ends_of_frames(bytes(data))[0] - 1] ^= 1
    log.write_bytes(data)
    store = opened()
    assert read(store) == {}
    assert "2 samples whose series" in store.notes[0].text


def test_a_log_that_is_none(folder: Path, opened: Open) -> None:
    log_of(folder).write_bytes(b"\x00" * 5000)
    assert sorted(read(opened())) == ["a", "b"]


def test_an_empty_log(folder: Path, opened: Open) -> None:
    log_of(folder).write_bytes(b"")
    assert sorted(read(opened())) == ["a", "b"]


@pytest.mark.parametrize("damage", ["footer", "cut", "empty", "garbage"])
def test_a_part_without_a_footer_is_set_aside_when_the_store_is_opened(folder: Path, opened: Open, damage: str) -> None:
    part = folder / "2026-03-02T00.000001.parquet"
    data = part.read_bytes()
    part.write_bytes({"footer": data[:-4] + b"XXXX", "cut": data[: len(data) // 2], "empty": b"", "garbage": b"PAR1" * 100}[damage])
    store = opened()
    assert sorted(read(store)) == ["b", "c0", "c1", "c2"]
    assert not part.exists()
    assert (folder / "set-aside" / part.name).exists()
    (note,) = store.notes
    assert part.name in note.text


def test_a_flipped_bit_in_a_part_is_found_when_it_is_read(folder: Path, opened: Open) -> None:
    part = folder / "2026-03-02T00.000001.parquet"
    data = bytearray(part.read_bytes())
    store = opened()
    assert sorted(read(store)) == ["a", "b", "c0", "c1", "c2"]
    # in the data of a column that is read, behind the magic and a page's header
    at = data.index(b"a", data.index(b"n1"))
    for place in range(4, at + 40):
        other = bytearray(data)
        other[place] ^= 0x10
        part.write_bytes(other)
        if sorted(read(store)) != ["a", "b", "c0", "c1", "c2"]:
            break
    assert sorted(read(store)) == ["b", "c0", "c1", "c2"]
    assert (folder / "set-aside" / part.name).exists()
    assert part.name in store.notes[0].text


def test_another_parquet_file_is_no_part(folder: Path, opened: Open) -> None:
    pl.DataFrame({"x": [1]}).write_parquet(folder / "2026-03-02T00.000009.parquet")
    store = opened()
    assert sorted(read(store)) == ["a", "b", "c0", "c1", "c2"]
    assert "no hour of samples" in store.notes[0].text


def test_a_damaged_part_does_not_keep_an_hour_from_being_put_together(folder: Path, opened: Open) -> None:
    store = opened()
    store.append(samples("late", [START + 120]), START + 3 * HOUR)
    part = folder / "2026-03-02T00.000001.parquet"
    part.write_bytes(b"x" * 1000)
    store.seal(START)
    store.seal(START)
    assert sorted(read(store)) == ["b", "c0", "c1", "c2", "late"]


def test_a_file_that_may_not_be_read_is_no_damage(folder: Path, opened: Open) -> None:
    part = folder / "2026-03-02T00.000001.parquet"
    part.unlink()
    part.mkdir()
    assert sorted(read(opened())) == ["b", "c0", "c1", "c2"]
    part.rmdir()


def test_what_is_left_of_unfinished_writing_goes(folder: Path, opened: Open) -> None:
    (folder / "2026-03-02T00.000001.tmp").write_bytes(b"half")
    opened()
    assert not list(folder.glob("*.tmp"))


def test_what_was_set_aside_goes_with_its_hour(folder: Path, opened: Open) -> None:
    log = log_of(folder)
    log.write_bytes(log.read_bytes()[:-1])
    store = opened(retention_hours=4)
    aside = folder / "set-aside" / log.name
    assert aside.exists()
    store.append(samples("z", [START + 9 * HOUR]), START + 9 * HOUR)
    store.tend(START + 9 * HOUR)
    assert not aside.exists()


def test_frames_of_every_cut() -> None:
    """Whatever is cut off, what comes before it is read and the rest is told."""
    data = MAGIC + b"".join(_frame(i) for i in range(3))
    ends = ends_of_frames(data)
    for cut in range(len(MAGIC), len(data)):
        told = list(frames(data[:cut]))
        good = sum(cut >= end for end in ends)
        assert sum(not isinstance(x, Damage) for x in told) == good
        assert (cut in (len(MAGIC), *ends)) == (not any(isinstance(x, Damage) for x in told))


def _frame(i: int) -> bytes:
    payload = (0).to_bytes(4, "little") + bytes(24 * (i + 1))
    return len(payload).to_bytes(4, "little") + zlib.crc32(payload).to_bytes(4, "little") + payload


def test_a_log_that_cannot_be_mended_for_want_of_room_is_kept(folder: Path, tmp_path: Path) -> None:
    log = log_of(folder)
    torn = log.read_bytes()[:-1]
    log.write_bytes(torn)
    with files_up_to(50), pytest.raises(StorageError, match="no room"):
        SampleStore(folder, SamplesSettings())
    assert log.read_bytes() == torn
    with SampleStore(folder, SamplesSettings()) as store:
        assert sorted(read(store)) == ["a", "b", "c0", "c1"]


def test_damage_that_comes_while_the_store_is_open_is_told_when_the_hour_is_put_into_columns(folder: Path, opened: Open) -> None:
    store = opened()
    log = log_of(folder)
    data = bytearray(log.read_bytes())
    data[-3] ^= 1
    log.write_bytes(data)
    store.seal(START + 2 * HOUR)
    assert sorted(read(store)) == ["a", "b", "c0", "c1"]
    assert log.name in store.notes[0].text
    assert (folder / "set-aside" / log.name).read_bytes() == data
    # told as long as the hour would be kept
    store.tend(START + 3 * HOUR)
    assert len(store.notes) == 1
    store.append(samples("z", [START + 99 * HOUR]), START + 99 * HOUR)
    store.tend(START + 99 * HOUR)
    assert store.notes == []


def test_a_log_that_cannot_be_synced_is_written_no_more(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    store = opened()
    store.append(samples("a", [START + 60]), START + 60)
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", failing)
        store.tend(START + 60)
    assert "Input/output error" in store.notes[0].text
    store.append(samples("b", [START + 120]), START + 120)
    store.tend(START + 120)
    assert len(list(store.path.glob("2026-03-02T00.*"))) == 2
    assert sorted(read(store)) == ["a", "b"]
