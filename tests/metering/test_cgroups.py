"""Which pod a cAdvisor series belongs to."""

from __future__ import annotations

from math import inf

import polars as pl
import pytest

from farthing.metering.cgroups import with_pods

HOUR = 3600
FIRST, SECOND = "3f2a1b0c-1111-4222-8333-444455556666", "9e8d7c6b-aaaa-4bbb-8ccc-ddddeeeeffff"

SYSTEMD = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{}.slice/cri-containerd-0a1b2c.scope"
CGROUPFS = "/kubepods/burstable/pod{}/0a1b2c"
NESTED = "/docker/4d5e6f/kubelet/kubepods/besteffort/pod{}/0a1b2c"
STATIC = CGROUPFS.format("0123456789abcdef0123456789abcdef")  # a hash without dashes


def pods(*rows: tuple[str, str, str, float, float]) -> pl.DataFrame:
    """cluster, pod, uid, bind, end of pods of the namespace app."""
    frame = pl.DataFrame(rows, schema=["cluster", "pod", "uid", "bind", "end"], orient="row")
    floats = pl.col("bind", "end").cast(pl.Float64)
    return frame.with_columns(floats, pl.lit("app").alias("namespace")).with_row_index("pod_row")


def series(*rows: tuple[str, str, str | None, int], namespace: str = "app") -> pl.DataFrame:
    """cluster, pod, id, hour of series that all have the value 7."""
    schema = {"cluster": pl.String, "pod": pl.String, "id": pl.String, "hour": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(namespace=pl.lit(namespace), container=pl.lit("c"), v=pl.lit(7.0))


def owners(found: pl.DataFrame) -> list[tuple[int, int, bool]]:
    """(hour, pod, the name decided), by hour and pod."""
    return sorted(found.select("hour", "pod_row", "by_name").rows())


@pytest.mark.parametrize(
    "path",
    [SYSTEMD.format(FIRST.replace("-", "_")), CGROUPFS.format(FIRST), NESTED.format(FIRST)],
    ids=["systemd", "cgroupfs", "nested"],
)
def test_the_uid_in_the_path_decides(path: str) -> None:
    # the name says nothing: it was handed on within the hour
    known = pods(("c1", "web-0", FIRST, 0, 1800), ("c1", "web-0", SECOND, 1800, inf))
    assert owners(with_pods(series(("c1", "web-0", path, 0)), known)) == [(0, 0, False)]


def test_a_static_pod_is_found_by_its_name() -> None:
    known = pods(("c1", "kube-proxy-n1", FIRST, 0, inf), ("c1", "kube-proxy-n2", SECOND, 0, inf))
    assert owners(with_pods(series(("c1", "kube-proxy-n2", STATIC, HOUR)), known)) == [(HOUR, 1, True)]


def test_a_series_without_id_goes_to_who_held_the_name() -> None:
    # the first held web-0 until 01:30, the second from 02:30: before, between and after
    known = pods(("c1", "web-0", FIRST, 0, 1.5 * HOUR), ("c1", "web-0", SECOND, 2.5 * HOUR, inf))
    asked = series(*(("c1", "web-0", None, h * HOUR) for h in range(5)))
    assert owners(with_pods(asked, known)) == [(0, 0, True), (HOUR, 0, True), (2 * HOUR, 1, True), (3 * HOUR, 1, True), (4 * HOUR, 1, True)]


def test_nobody_held_the_name_in_between() -> None:
    # released 01:30, bound again 04:30: what is said of hour 3 is nobody's
    known = pods(("c1", "web-0", FIRST, 0, 1.5 * HOUR), ("c1", "web-0", SECOND, 4.5 * HOUR, inf))
    assert with_pods(series(("c1", "web-0", None, 3 * HOUR)), known).height == 0


def test_the_latest_bound_has_the_hour_in_which_a_name_was_handed_on() -> None:
    known = pods(("c1", "web-0", SECOND, 1800, inf), ("c1", "web-0", FIRST, 0, 1800))
    assert owners(with_pods(series(("c1", "web-0", None, 0)), known)) == [(0, 0, True)]


def test_the_same_uid_and_name_elsewhere_are_others() -> None:
    # a restored copy of a cluster has the same uids; a namespace of another name is another
    known = pods(("c1", "web", FIRST, 0, inf), ("c2", "web", FIRST, 0, inf))
    assert owners(with_pods(series(("c2", "web", CGROUPFS.format(FIRST), 0)), known)) == [(0, 1, False)]
    assert owners(with_pods(series(("c2", "web", None, 0)), known)) == [(0, 1, True)]
    assert with_pods(series(("c1", "web", None, 0), namespace="other"), known).height == 0


def test_values_come_along_and_none_is_doubled() -> None:
    known = pods(("c1", "a", FIRST, 0, inf), ("c1", "b", SECOND, 0, inf))
    found = with_pods(series(("c1", "a", CGROUPFS.format(FIRST), 0), ("c1", "b", None, 0), ("c1", "gone", None, 0)), known)
    assert found.sort("pod_row").select("pod", "container", "v", "pod_row").rows() == [("a", "c", 7.0, 0), ("b", "c", 7.0, 1)]
