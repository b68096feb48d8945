"""Stores to test with, and samples for them."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import polars as pl
import pytest

from farthing.core.settings import SamplesSettings
from farthing.metering.samples import Batch, SampleStore, batch_of, series_of
from farthing.metering.samples.rows import TIMES, VALUES

HOUR = 3600
START = 1_772_409_600  # 2026-03-02T00:00:00Z
Open = Callable[..., SampleStore]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """`opened(log_bytes=…)` opens the test's store; it is closed with the test."""
    with ExitStack() as stack:

        def open_store(**settings: object) -> SampleStore:
            return stack.enter_context(SampleStore(tmp_path / "samples", SamplesSettings.model_validate(settings)))

        yield open_store


def samples(pod: str, times: Sequence[float], value: float = 1.0, *, metric: str = "kube_pod_info") -> Batch:
    """Samples of one pod: of each time (unix s) the value `value`, `value` + 1, …"""
    labels = {"namespace": "n", "pod": pod, "uid": f"u-{pod}", "node": "n1"}
    return batch_of([(series_of(metric, labels.items()), times, [value + i for i in range(len(times))])])


def read(store: SampleStore, *metrics: str) -> dict[str, list[tuple[float, float]]]:
    """Pod → (unix s, value) of everything that the store holds of the metrics (kube_pod_info where none is named)."""
    found: dict[str, list[tuple[float, float]]] = {}
    for hour, held in sorted(store.held().items()):
        rows = store.rows(hour, held, set(metrics or ("kube_pod_info",)), ("pod", TIMES, VALUES))
        for pod, t, v in rows.explode(TIMES, VALUES, empty_as_null=False).select("pod", pl.col(TIMES) / 1000, VALUES).iter_rows():
            found.setdefault(pod, []).append((t, v))
    return found


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` bytes: the kernel cuts the write there, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
