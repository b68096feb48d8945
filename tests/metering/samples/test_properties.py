"""Whatever comes in which order, between sealing, closing and opening: the first sample of a series and time is there, once."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import given, settings

from farthing.core.settings import SamplesSettings
from farthing.metering.samples import STALE, SampleStore, batch_of, series_of
from farthing.metering.samples.rows import ENDS
from tests.metering.samples.conftest import HOUR, START, Open, read, samples

PODS = ("a", "b", "c")
LATE = START + 3 * HOUR
Sample = tuple[str, int, float | None]
"""Pod, seconds after START, value; None ends the series."""

batches = st.lists(
    st.tuples(st.sampled_from(PODS), st.integers(0, 40).map(lambda i: i * 300), st.none() | st.integers(0, 9).map(float)), max_size=12
)
steps = st.lists(batches | st.sampled_from(["seal", "tend", "reopen"]), max_size=12)


def append(store: SampleStore, batch: list[Sample]) -> None:
    of = {pod: series_of("kube_pod_info", [("pod", pod), ("node", "n")]) for pod in PODS}
    store.append(batch_of([(of[pod], [START + t], [STALE if v is None else v]) for pod, t, v in batch]), LATE + HOUR)


def marks(store: SampleStore) -> set[tuple[str, int]]:
    found = set()
    for hour, held in store.held().items():
        rows = store.rows(hour, held, {"kube_pod_info"}, ("pod", ENDS)).explode(ENDS, empty_as_null=False)
        found |= {(pod, t // 1000 - START) for pod, t in rows.iter_rows()}
    return found


@settings(max_examples=30)
@given(steps)
def test_a_store_is_what_it_was_told(steps: list[list[Sample] | str]) -> None:
    told: dict[tuple[str, int], float | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = SampleStore(Path(folder), SamplesSettings())
        for step in steps:
            if step == "reopen":
                store.close()
                store = SampleStore(Path(folder), SamplesSettings())
            elif step == "tend":
                store.tend(LATE)
            elif step == "seal":
                for hour in store.hours():
                    store.seal(hour)
            else:
                assert not isinstance(step, str)
                append(store, step)
                for pod, t, v in step:
                    told.setdefault((pod, t), v)
        found = {(pod, round(t - START)): v for pod, some in read(store).items() for t, v in some}
        assert found == {key: v for key, v in told.items() if v is not None}
        assert sum(len(some) for some in read(store).values()) == len(found)
        assert marks(store) == {key for key, v in told.items() if v is None}
        assert store.notes == []
        store.close()


def test_threads_append_while_others_seal_and_read(opened: Open) -> None:
    store = opened(log_bytes=1 << 16)
    over = threading.Event()
    counts: list[int] = []

    def write(pod: str) -> None:
        for i in range(600):
            store.append(samples(pod, [START + 5 * (i + 1)], float(i)), LATE)

    def tend() -> None:
        while not over.is_set():
            store.tend(LATE)
            store.seal(START)

    def look() -> None:
        while not over.is_set():
            counts.append(sum(len(some) for some in read(store).values()))

    writers = [threading.Thread(target=write, args=(pod,)) for pod in PODS]
    others = [threading.Thread(target=work) for work in (tend, look)]
    for thread in (*writers, *others):
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    for thread in others:
        thread.join()
    # nothing that was there once is ever missing
    assert counts == sorted(counts)
    assert read(store) == {pod: [(START + 5 * (i + 1), float(i)) for i in range(600)] for pod in PODS}
    assert store.notes == []
