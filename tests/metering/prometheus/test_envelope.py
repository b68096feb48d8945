from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farthing.metering.prometheus import envelope
from farthing.metering.prometheus.envelope import LABELS_BOUNDARY, POINTS_BOUNDARY, Cutter, Envelope, Malformed, decode

# Labels built to look like the boundaries: quotes, braces, the words themselves.
nasty = st.one_of(st.sampled_from(['{"metric":{', '"},{"', "\\", '\\"', '{"__name__":"', "]", "}", "ü"]), st.text(max_size=6))
labels = st.dictionaries(st.one_of(st.sampled_from(["metric", "__name__", "values"]), st.text(max_size=4)), nasty, max_size=4)
points = st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from(["1", "NaN", "+Inf"])), max_size=3)


def cut(body: bytes, boundary: bytes, size: int) -> tuple[list[object], bytes]:
    """The series that the cutter finds when the body comes in chunks of `size`, and what is left around them."""
    cutter = Cutter(boundary)
    found: list[object] = []
    for at in range(0, len(body), size):
        for batch in cutter.feed(body[at : at + size]):
            found += json.loads(batch)
    last, around = cutter.finish()
    return found + json.loads(last), around


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "BATCH_BYTES", 40)


def around(series: Sequence[object], order: tuple[str, ...], spaces: bool, tail: dict[str, object]) -> bytes:
    parts = {"resultType": "matrix", "result": list(series), "stats": {"samples": {"totalQueryableSamples": 7}}}
    whole = {"status": "success", "data": {key: parts[key] for key in order}, **tail}
    return json.dumps(whole, separators=None if spaces else (",", ":"), indent=1 if spaces else None).encode()


@settings(deadline=None)
@given(
    st.lists(st.tuples(labels, points, st.booleans()), max_size=6),
    st.permutations(["resultType", "result", "stats"]),
    st.booleans(),
    st.integers(1, 90),
)
def test_no_series_is_lost_or_made_up(
    series: list[tuple[dict[str, str], list[tuple[int, str]], bool]], order: list[str], spaces: bool, size: int
) -> None:
    """Whatever the labels hold, in whatever order keys come, with any white space, in chunks of any size."""
    all_series = [
        {"values": [list(p) for p in pts], "metric": metric} if swapped else {"metric": metric, "values": [list(p) for p in pts]}
        for metric, pts, swapped in series
    ]
    body = around(all_series, tuple(order), spaces, {"warnings": ["w"]})
    found, left = cut(body, POINTS_BOUNDARY, size)
    frame = decode(left, Envelope)
    kind, rest, samples = frame.result()
    together = json.loads(rest) + found
    assert sorted(map(json.dumps, together)) == sorted(map(json.dumps, all_series))
    assert (kind, samples, frame.warnings) == ("matrix", 7, ["w"])


@settings(deadline=None)
@given(st.lists(labels, max_size=6), st.integers(1, 90))
def test_label_sets_are_cut_likewise(sets: list[dict[str, str]], size: int) -> None:
    body = json.dumps({"status": "success", "data": sets}, separators=(",", ":")).encode()
    found, left = cut(body, LABELS_BOUNDARY, size)
    together = json.loads(decode(left, Envelope).content()) + found
    assert sorted(map(json.dumps, together)) == sorted(map(json.dumps, sets))


def test_a_label_named_metric_does_not_begin_a_series() -> None:
    series = [{"metric": {"metric": f"m{i}"}, "values": [[1, "2"]]} for i in range(9)]
    found, _ = cut(around(series, ("resultType", "result"), False, {}), POINTS_BOUNDARY, 30)
    assert found == series


@pytest.mark.parametrize("keep", [1, 30, 61, 75, 100, 150, -1, -2, -3])
def test_a_body_that_ends_early_is_malformed(keep: int) -> None:
    body = around([{"metric": {"a": "b"}, "values": [[1, "2"]]}] * 3, ("resultType", "result"), False, {})
    with pytest.raises(Malformed):  # noqa: PT012 - where it shows depends on where it is cut
        _, left = cut(body[:keep], POINTS_BOUNDARY, 10)
        decode(left, Envelope).result()


def test_what_is_missing_is_named() -> None:
    for body, words in (
        (b'{"status":"success"}', "no `data`"),
        (b'{"status":"success","data":{"resultType":"matrix"}}', "no `result`"),
        (b'{"status":"success","data":{"result":[]}}', "no `resultType`"),
        (b'{"status":"error","errorType":"internal","error":"oops"}', "internal oops"),
        (b'{"data":[]}', "status"),
    ):
        with pytest.raises(Malformed, match=words):
            decode(body, Envelope).result()


def test_everything_said_beside_an_answer_is_kept() -> None:
    body = b'{"status":"success","isPartial":true,"data":[],"warnings":["store a is down"],"infos":["a gauge?"]}'
    assert decode(body, Envelope).said() == ["store a is down", "a gauge?", "the server marked an answer as partial (isPartial)"]
