"""The text format: what is read, and what is refused as a whole."""

from __future__ import annotations

import math

import pytest

from farthing.core.errors import BadSamples
from farthing.metering.samples.exposition import labels_of, parse_exposition

WANTED = {b"kube_pod_info", b"container_cpu_usage_seconds_total"}


def test_samples_with_and_without_times() -> None:
    text = (
        b"# HELP kube_pod_info Information about pod.\n"
        b"# TYPE kube_pod_info gauge\n"
        b'kube_pod_info{namespace="a",pod="p"} 1\n'
        b"\n"
        b'container_cpu_usage_seconds_total{pod="p"} 1.25e+02 1700000000123\n'
        b'container_cpu_usage_seconds_total {pod="q"}\t+Inf\n'
        b"kube_pod_info NaN\n"
        b'kube_pod_labels{pod="p"} 1\n'
    )
    found = parse_exposition(text, WANTED)
    assert found.heads == [
        b'kube_pod_info{namespace="a",pod="p"',
        b'container_cpu_usage_seconds_total{pod="p"',
        b'container_cpu_usage_seconds_total {pod="q"',
        b"kube_pod_info",
    ]
    assert list(found.v[:3]) == [1, 125, math.inf]
    assert math.isnan(found.v[3])
    assert found.t == [None, 1_700_000_000_123, None, None]


def test_labels_with_everything_that_may_stand_in_them() -> None:
    metric, labels = labels_of(r'kube_pod_info{ a = "x, y=\"z\"} 1" , b="back\\slash\nline", c="ü",'.encode())
    assert metric == "kube_pod_info"
    assert dict(labels) == {"a": 'x, y="z"} 1', "b": "back\\slash\nline", "c": "ü"}


def test_a_brace_in_a_value_does_not_end_the_labels() -> None:
    found = parse_exposition(b'kube_pod_info{pod="a} 7"} 1\n', WANTED)
    assert labels_of(found.heads[0]) == ("kube_pod_info", (("pod", "a} 7"),))
    assert list(found.v) == [1]


def test_nothing_at_all_is_an_empty_answer() -> None:
    assert parse_exposition(b"", WANTED).heads == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"<html><body>not found</body></html>\n", "line 1"),
        (b'{"status": "error"}\n', "line 1"),
        (b'kube_pod_info{pod="p"} 1\nkube_pod_info{pod="q"\n', "line 2"),
        (b'kube_pod_info{pod="p"} one\n', "line 1"),
        (b'kube_pod_info{pod="p"}\n', "line 1"),
        (b'kube_pod_info{pod="p"} 1_000\n', "line 1"),
        (b'kube_pod_info{pod="p"} 1 1.5\n', "line 1"),
        (b'kube_pod_info{pod="p"} 1 2 3\n', "line 1"),
        (b'kube_pod_info{pod="p"} 1', "middle of a line"),
        (b"\x00\x01\x02\xff\n", "line 1"),
    ],
)
def test_garbage_is_refused_whole(text: bytes, said: str) -> None:
    with pytest.raises(BadSamples, match=said):
        parse_exposition(text, WANTED)


@pytest.mark.parametrize(
    ("head", "said"),
    [(b"m{pod=p", "cannot be read"), (b'm{pod="p" node="n"', "cannot be read"), (b'm{a="1",a="2"', "twice"), (b'm{a="\xff"', "UTF-8")],
)
def test_labels_that_are_none(head: bytes, said: str) -> None:
    with pytest.raises(BadSamples, match=said):
        labels_of(head)
