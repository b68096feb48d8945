"""The store keeps what it was given, once, whatever becomes of its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.core.errors import StorageError
from farthing.core.settings import SamplesSettings
from farthing.metering.samples import STALE, SampleStore, batch_of, series_of
from farthing.metering.samples.rows import ENDS
from tests.metering.samples.conftest import HOUR, START, Open, files_up_to, read, samples


def names(store: SampleStore) -> list[str]:
    return sorted(p.name for p in store.path.iterdir() if p.name != "lock")


def minutes(first: int, count: int) -> list[float]:
    return [float(START + 60 * (first + i)) for i in range(count)]


def test_what_was_appended_is_read_from_logs_and_from_columns(opened: Open) -> None:
    store = opened()
    store.append(samples("a", minutes(1, 3), 10), START + 300)
    assert read(store) == {"a": [(START + 60, 10), (START + 120, 11), (START + 180, 12)]}
    store.seal(START)
    assert names(store) == ["2026-03-02T00.000001.parquet"]
    assert read(store) == {"a": [(START + 60, 10), (START + 120, 11), (START + 180, 12)]}


def test_an_hour_is_open_at_its_start_and_closed_at_its_end(opened: Open) -> None:
    store = opened()
    store.append(samples("a", [START, START + 0.001, START + HOUR, START + HOUR + 0.001]), START + HOUR + 60)
    assert store.hours() == [START - HOUR, START, START + HOUR]
    held = store.held()
    counts = {h - START: store.rows(h, held[h], {"kube_pod_info"}, ("#n",))["#n"].to_list() for h in store.hours()}
    assert counts == {-HOUR: [1], 0: [2], HOUR: [1]}


def test_samples_out_of_order_are_put_in_order_and_of_two_the_first_counts(opened: Open) -> None:
    store = opened()
    store.append(samples("a", [START + 120, START + 60], 1), START + 300)
    store.append(samples("a", [START + 60, START + 90], 7), START + 300)
    expected = {"a": [(START + 60, 2), (START + 90, 8), (START + 120, 1)]}
    assert read(store) == expected
    store.seal(START)
    # the same again, when the hour is in columns: known already
    store.append(samples("a", [START + 60, START + 90], 9), START + 300)
    assert read(store) == expected
    store.seal(START)
    assert names(store) == ["2026-03-02T00.000002.parquet"]
    assert read(store) == expected


def test_late_samples_of_a_sealed_hour_join_it(opened: Open) -> None:
    store = opened()
    store.append(samples("a", minutes(1, 2)), START + 300)
    store.seal(START)
    store.append(samples("b", minutes(5, 1)), START + 2 * HOUR)
    store.append(samples("a", minutes(3, 1), 3), START + 2 * HOUR)
    store.seal(START)
    assert read(store) == {"a": [(START + 60, 1), (START + 120, 2), (START + 180, 3)], "b": [(START + 300, 1)]}


def test_a_store_goes_on_where_it_ended(opened: Open, tmp_path: Path) -> None:
    with SampleStore(tmp_path / "samples", SamplesSettings()) as first:
        first.append(samples("a", minutes(1, 1)), START + 60)
        first.append(samples("a", minutes(70, 1)), START + 70 * 60)
        first.seal(START)
    second = opened()
    second.append(samples("a", minutes(71, 1), 5), START + 71 * 60)
    assert read(second) == {"a": [(START + 60, 1), (START + 70 * 60, 1), (START + 71 * 60, 5)]}
    assert second.notes == []


def test_marks_of_an_end_are_no_samples(opened: Open) -> None:
    store = opened()
    one = series_of("kube_pod_info", [("pod", "a")])
    store.append(batch_of([(one, [START + 60, START + 120], [1.0, STALE])]), START + 120)
    for _ in range(2):
        assert read(store) == {"a": [(START + 60, 1)]}
        held = store.held()[START]
        assert store.rows(START, held, {"kube_pod_info"}, (ENDS,))[ENDS].to_list() == [[(START + 120) * 1000]]
        store.seal(START)


def test_long_logs_and_hours_that_are_over_go_into_columns(opened: Open) -> None:
    store = opened(log_bytes=1 << 16)
    for i in range(40):  # 100 samples of 24 bytes: 2.4 kB a batch and more
        store.append(
            batch_of([(series_of("kube_pod_info", [("pod", f"p{k}")]), minutes(i + 1, 1), [1.0]) for k in range(100)]), START + 60 * i
        )
    assert [n.rpartition(".")[2] for n in names(store)] == ["log", "log"]
    store.tend(START + 45 * 60)
    assert [n.rpartition(".")[2] for n in names(store)] == ["parquet", "log"]
    store.append(samples("late", minutes(59, 1)), START + 59 * 60)
    store.tend(START + HOUR + 599)
    assert [n.rpartition(".")[2] for n in names(store)] == ["parquet", "log"]
    store.tend(START + HOUR + 600)
    assert [n.rpartition(".")[2] for n in names(store)] == ["parquet"]
    assert sum(len(s) for s in read(store).values()) == 4001


def test_hours_that_are_no_longer_kept_go_as_newer_ones_come(opened: Open) -> None:
    store = opened(retention_hours=4)
    for h in range(8):
        store.append(samples("a", [START + h * HOUR + 60]), START + h * HOUR + 60)
    store.tend(START + 8 * HOUR)
    # the newest hour is the eighth: four are kept before its end
    assert store.hours() == [START + h * HOUR for h in (4, 5, 6, 7)]
    late = store.append(samples("a", [START + 90]), START + 8 * HOUR)
    assert (late.written, late.late) == (0, 1)
    assert "too old" in store.notes[0].text
    # a clock that is a year ahead drops nothing
    store.tend(START + 8760 * HOUR)
    assert store.hours() == [START + h * HOUR for h in (4, 5, 6, 7)]


def test_samples_of_the_future_are_left_out(opened: Open) -> None:
    store = opened()
    done = store.append(samples("a", [START + 60, START + 3000, START + 9e9]), START + 100)
    assert (done.written, done.early) == (1, 2)
    assert read(store) == {"a": [(START + 60, 1)]}
    assert "2 too far in the future" in store.notes[0].text


def test_a_clock_that_goes_back_still_syncs(opened: Open) -> None:
    store = opened(sync_seconds=5)
    store.append(samples("a", [START + 60]), START + 60)
    store.tend(START + 60)
    store.append(samples("a", [START + 50]), START + 50)
    log = store._logs[START]
    assert log.unsynced > 0
    store.tend(START + 40)
    assert log.unsynced == 0


def test_answers_are_of_one_moment(opened: Open) -> None:
    store = opened()
    store.append(samples("a", minutes(1, 1)), START + 60)
    held = store.held()[START]
    store.append(samples("b", minutes(1, 1)), START + 60)
    assert store.rows(START, held, {"kube_pod_info"}, ("pod",))["pod"].to_list() == ["a"]
    # files that are put together meanwhile lose nothing
    store.seal(START)
    assert sorted(store.rows(START, held, {"kube_pod_info"}, ("pod",))["pod"].to_list()) == ["a", "b"]


def test_one_process_at_a_time(opened: Open) -> None:
    store = opened()
    with pytest.raises(StorageError, match="in use"):
        SampleStore(store.path, SamplesSettings())


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        SampleStore(tmp_path / "file" / "samples", SamplesSettings())


def test_a_full_disk_is_told_and_leaves_nothing_half_written(opened: Open) -> None:
    store = opened()
    store.append(samples("a", minutes(1, 20)), START + HOUR)
    size = (store.path / names(store)[0]).stat().st_size
    with files_up_to(size + 300), pytest.raises(StorageError, match="no room") as raised:
        store.append(samples("b", minutes(1, 50)), START + HOUR)
    assert raised.value.cure
    assert (store.path / names(store)[0]).stat().st_size == size
    store.append(samples("c", minutes(1, 1)), START + HOUR)
    assert {pod: len(s) for pod, s in read(store).items()} == {"a": 20, "c": 1}


def test_an_hour_that_finds_no_room_in_columns_stays_as_it_is(opened: Open) -> None:
    store = opened()
    store.append(samples("a", minutes(1, 50)), START + HOUR)
    with files_up_to(1000):
        store.tend(START + 2 * HOUR)
    assert names(store) == ["2026-03-02T00.000001.log"]
    assert "no room" in store.notes[0].text
    store.tend(START + 2 * HOUR)
    assert names(store) == ["2026-03-02T00.000001.parquet"]
    assert store.notes == []
    assert len(read(store)["a"]) == 50


def test_a_new_log_that_finds_no_room_leaves_no_file(opened: Open) -> None:
    store = opened()
    with files_up_to(5), pytest.raises(StorageError, match="no room"):
        store.append(samples("a", minutes(1, 1)), START + 60)
    assert names(store) == []
    store.append(samples("a", minutes(1, 1)), START + 60)
    assert len(read(store)["a"]) == 1


def test_sixty_thousand_values_of_a_label(opened: Open) -> None:
    store = opened()
    wide = batch_of(
        [(series_of("kube_pod_info", [("pod", f"p{i}"), (f"odd_{i % 300}", "x")]), minutes(1, 1), [float(i)]) for i in range(60_000)]
    )
    store.append(wide, START + 60)
    store.seal(START)
    found = read(store)
    assert len(found) == 60_000
    assert found["p59999"] == [(START + 60, 59_999)]
