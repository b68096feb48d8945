from __future__ import annotations

import gzip
import json
import math
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farthing.core.errors import BudgetExceeded
from farthing.metering.prometheus.decode import Answer, DataDecoder, LabelsDecoder, PointsDecoder
from farthing.metering.prometheus.envelope import Malformed
from tests.metering.prometheus.server import result

Series = tuple[Mapping[str, str], Sequence[tuple[float, str]]]


def points(body: bytes, labels: tuple[str, ...] = ("pod",), first: float | None = 0, last: float = 1e10, chunk: int = 1000) -> Answer:
    decoder = PointsDecoder(labels, first=first, last=last)
    for at in range(0, len(body), chunk):
        decoder.feed(body[at : at + chunk])
    return decoder.finish()


def test_columns_are_the_labels_asked_for_then_time_and_value() -> None:
    body = result(
        ({"pod": "a", "node": "n", "job": "j"}, [(1.5, "2")]),
        ({"pod": "b"}, [(2, "3.25"), (3, "1e+06")]),
        ({"pod": "c", "node": ""}, [(9, "-0")]),
    )
    frame = points(body, ("node", "pod")).frame
    assert frame.schema == {"node": pl.String, "pod": pl.String, "t": pl.Float64, "v": pl.Float64}
    assert frame.rows() == [("n", "a", 1.5, 2.0), (None, "b", 2.0, 3.25), (None, "b", 3.0, 1e6), (None, "c", 9.0, 0.0)]


def test_a_vector_gives_one_row_a_series() -> None:
    body = result(({"pod": "a"}, [(7, "1")]), ({"pod": "b"}, [(7, "2")]), kind="vector")
    assert points(body).frame.rows() == [("a", 7.0, 1.0), ("b", 7.0, 2.0)]


@pytest.mark.parametrize("spaces", [(",", ":"), (", ", ": "), (" ,\n", " : ")])
def test_white_space_changes_nothing(spaces: tuple[str, str]) -> None:
    whole = {
        "status": "success",
        "data": {"result": [{"values": [[1, "+Inf"], [2, "5"]], "metric": {"pod": "+Inf"}}], "resultType": "matrix"},
    }
    answer = points(json.dumps(whole, separators=spaces).encode())
    assert answer.frame.rows() == [("+Inf", 2.0, 5.0)]
    assert answer.counts.non_finite == 1


def test_values_that_are_not_finite_are_dropped_and_counted() -> None:
    body = result(({"pod": "a", "le": "+Inf"}, [(1, "NaN"), (2, "+Inf"), (3, "-Inf"), (4, "4"), (5, "Inf")]), ({"pod": "b"}, [(1, "NaN")]))
    answer = points(body, ("pod", "le"))
    assert answer.frame.rows() == [("a", "+Inf", 4.0, 4.0)]
    assert (answer.counts.series, answer.counts.points, answer.counts.non_finite) == (2, 1, 5)


def test_times_outside_what_was_asked_are_dropped_and_counted() -> None:
    body = result(({"pod": "a"}, [(99, "1"), (100, "2"), (200, "3"), (200.5, "4"), (4e9, "5")]))
    answer = points(body, first=100, last=200)
    assert answer.frame["v"].to_list() == [2.0, 3.0]
    assert answer.counts.outside == 3
    assert points(body, first=None, last=200).frame["v"].to_list() == [1.0, 2.0, 3.0]


def test_a_time_rounded_to_the_millisecond_is_not_outside() -> None:
    assert points(result(({"pod": "a"}, [(200.001, "1")])), last=200.0004).counts.points == 1


def test_disorder_is_sorted_and_the_larger_of_two_values_at_one_time_is_kept() -> None:
    body = result(
        ({"pod": "a"}, [(3, "3"), (1, "1"), (2, "2"), (2, "20")]), ({"pod": "b"}, [(1, "5"), (1, "4")]), ({"pod": "a"}, [(1, "7")])
    )
    answer = points(body)
    # the third series carries the labels of the first, but is another series: what to do with both is the asker's to say
    assert answer.frame.rows() == [("a", 1.0, 1.0), ("a", 2.0, 20.0), ("a", 3.0, 3.0), ("b", 1.0, 5.0), ("a", 1.0, 7.0)]
    assert (answer.counts.disordered, answer.counts.duplicates, answer.counts.points) == (1, 2, 5)


def test_native_histograms_have_no_value_and_are_counted() -> None:
    body = json.dumps(
        {
            "status": "success",
            "data": {"resultType": "matrix", "result": [{"metric": {"pod": "a"}, "histograms": [[1, {"count": "2", "sum": "3"}]]}]},
        }
    ).encode()
    answer = points(body)
    assert answer.frame.rows() == []
    assert (answer.counts.histograms, answer.counts.series) == (1, 1)


@pytest.mark.parametrize("nothing", ["[]", "null"])
def test_no_series_is_an_empty_frame_with_its_columns(nothing: str) -> None:
    answer = points(b'{"status":"success","data":{"resultType":"matrix","result":%b}}' % nothing.encode())
    assert answer.frame.schema == {"pod": pl.String, "t": pl.Float64, "v": pl.Float64}
    assert answer.frame.height == 0


def test_the_server_s_own_count_of_samples_is_read_wherever_it_stands() -> None:
    stats: dict[str, Any] = {"timings": {"evalTotalTime": 0.1}, "samples": {"totalQueryableSamples": 4321, "peakSamples": 9}}
    series = [{"metric": {"pod": "a"}, "values": [[1, "1"]]}]
    behind = {"status": "success", "data": {"resultType": "matrix", "result": series, "stats": stats}}
    before = {"status": "success", "data": {"stats": stats, "resultType": "matrix", "result": series}}
    for body in (behind, before):
        assert points(json.dumps(body).encode()).counts.samples == 4321
        assert points(json.dumps(body, separators=(",", ":")).encode()).counts.samples == 4321
    assert points(result(({"pod": "a"}, [(1, "1")]), stats={"seriesFetched": "1"})).counts.samples is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', "resultType is scalar"),
        (b'{"status":"success","data":{"resultType":"streams","result":[]}}', "resultType is streams"),
        (b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}', "cannot be read"),
        (b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}', "cannot be read"),
        (b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,null]]}]}}', "cannot be read"),
        (b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":3},"values":[]}]}}', "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_another_shape_is_malformed(body: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        points(body)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.text(max_size=5), st.dictionaries(st.integers(0, 10**7), st.floats(allow_nan=True), max_size=5)), max_size=5),
    st.integers(1, 300),
)
def test_numbers_come_through_to_the_last_bit(series: list[tuple[str, dict[int, float]]], chunk: int) -> None:
    def written(v: float) -> str:
        return repr(v) if math.isfinite(v) else "NaN" if math.isnan(v) else "+Inf" if v > 0 else "-Inf"

    body = result(*[({"pod": pod}, [(t / 1000, written(pts[t])) for t in sorted(pts)]) for pod, pts in series])
    kept = [(pod or None, t / 1000, pts[t]) for pod, pts in series for t in sorted(pts) if math.isfinite(pts[t])]
    assert points(body, chunk=chunk).frame.rows() == kept


def long_answer(series: int) -> Iterator[bytes]:
    """Chunks of a body with so many series of 100 values; never held whole."""
    values = ",".join(f'[{1_700_000_000 + 60 * i}.123,"{i * 1.37:.17f}"]' for i in range(100))
    yield b'{"status":"success","data":{"resultType":"matrix","result":['
    for i in range(series):
        yield f'{"," if i else ""}{{"metric":{{"pod":"pod-{i}"}},"values":[{values}]}}'.encode()
    yield b"]}}"


def test_memory_does_not_grow_with_the_body() -> None:
    """2,800 series × 100 values are over 10 MB of JSON. Held may be the columns (16 bytes a point: 4.5 MB, and what array
    growth takes on top) and the batch under way; Python objects for every point would be over 100 bytes × 280,000 = 28 MB."""
    decoder = PointsDecoder(("pod",), first=0, last=1e10)
    tracemalloc.start()
    try:
        size = 0
        for chunk in long_answer(2800):
            size += len(chunk)
            decoder.feed(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 10_000_000
    assert peak < 10_000_000
    assert decoder.finish().counts.points == 280_000


def test_too_many_series_stop_the_reading() -> None:
    seen = []

    def check(series: int) -> None:
        seen.append(series)
        if series > 1000:
            raise BudgetExceeded("enough")

    decoder = PointsDecoder(("pod",), first=0, last=1e10, check_series=check)
    chunks = long_answer(5000)
    with pytest.raises(BudgetExceeded):  # noqa: PT012 - it is raised on the way
        for chunk in chunks:
            decoder.feed(chunk)
    assert 1000 < seen[-1] < 1500
    assert next(chunks)  # the rest was not read


def labels_of(sets: list[dict[str, str]], kept: tuple[str, ...] | None) -> Answer:
    decoder = LabelsDecoder(kept)
    body = json.dumps({"status": "success", "data": sets}, separators=(",", ":")).encode()
    for at in range(0, len(body), 7):
        decoder.feed(body[at : at + 7])
    return decoder.finish()


def test_series_give_their_labels() -> None:
    sets = [{"__name__": "up", "job": "a"}, {"__name__": "up", "job": "", "zone": "z"}]
    assert labels_of(sets, ("zone", "job")).frame.rows() == [(None, "a"), ("z", None)]
    everything = labels_of(sets, None)
    assert everything.frame.select("__name__", "job", "zone").rows() == [("up", "a", None), ("up", None, "z")]
    assert everything.counts.series == 2
    assert labels_of([], ("job",)).frame.schema == {"job": pl.String}


def test_series_of_many_batches_are_one_frame() -> None:
    sets = [{"__name__": "up", f"l{i % 3}": str(i)} for i in range(20_000)]
    frame = labels_of(sets, None).frame
    assert frame.height == 20_000
    assert sorted(frame.columns) == ["__name__", "l0", "l1", "l2"]
    assert frame["l1"].drop_nulls().to_list() == [str(i) for i in range(20_000) if i % 3 == 1]


def test_small_data_is_typed() -> None:
    decoder = DataDecoder(list[str])
    decoder.feed(b'{"status":"success","data":["a"],"warnings":["w"]}')
    data = decoder.finish()
    assert (data.data, data.said) == (["a"], ["w"])
    wrong = DataDecoder(list[str])
    wrong.feed(b'{"status":"success","data":{"a":1}}')
    with pytest.raises(Malformed, match="Expected `array`"):
        wrong.finish()


def test_gzip_is_not_the_decoder_s_matter() -> None:
    with pytest.raises(Malformed):
        points(gzip.compress(result(({"pod": "a"}, [(1, "1")]))))
