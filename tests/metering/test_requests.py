"""What containers request, and what the scheduler reserves for a pod beyond them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.ledger import Span
from farthing.core.schema import Mark
from farthing.metering import Measurement, Observation, Of, Source
from farthing.metering.measurements import CONTAINER_REQUESTS, INIT_INFO, INIT_REQUESTS, POD_OVERHEAD_CPU, POD_OVERHEAD_RAM
from farthing.metering.requests import container_requests, init_kinds

HOUR = 3600
GIB = float(2**30)
REACH = Span(0, 4 * HOUR)
NOTHING = pl.DataFrame()
SEEN = Observation(REACH, REACH, REACH, NOTHING, NOTHING, NOTHING, NOTHING)
UNITS = {"cpu": "cpu", "ram": "memory", "gpu": "nvidia_com_gpu"}

Sizes = Mapping[str, float]  # cpu in cores, ram in bytes, gpu in cards


class Shelf:
    """A store of one pod's requests, as far as they are asked for: the same in every hour of `hours` unless given by hour."""

    def __init__(
        self,
        containers: Mapping[str, Sizes | Mapping[int, Sizes]],
        inits: Mapping[str, Sizes] | None = None,
        *,
        sidecars: Collection[str] = (),
        overhead: tuple[float, float] | None = None,
        hours: Sequence[int] = (0,),
        samples: Sequence[tuple[float, float]] = (),
    ) -> None:
        self._inits = inits or {}
        self._sidecars = sidecars
        self._samples = samples
        per_hour = [(name, h, _at(sizes, h)) for name, sizes in containers.items() for h in hours]
        init_hours = [(name, h, sizes) for name, sizes in self._inits.items() for h in hours]
        extra = [(h, overhead) for h in hours if overhead]
        self._hourly = {
            CONTAINER_REQUESTS.name: _requests(per_hour),
            INIT_REQUESTS.name: _requests(init_hours),
            POD_OVERHEAD_CPU.name: _pod_values([(h, over[0]) for h, over in extra]),
            POD_OVERHEAD_RAM.name: _pod_values([(h, over[1]) for h, over in extra]),
        }

    def hourly(self, measurements: Sequence[Measurement], span: Span, of: Of | None = None) -> list[pl.DataFrame]:
        assert (span, of) == (REACH, None)
        return [self._hourly[m.name] for m in measurements]

    def samples(self, measurement: Measurement, span: Span, of: Of | None = None) -> pl.DataFrame:
        assert measurement == CONTAINER_REQUESTS
        rows = [("c", UNITS["cpu"], t, v) for t, v in self._samples if span.start < t <= span.end]
        frame = pl.DataFrame(rows, schema={"container": pl.String, "resource": pl.String, "t": pl.Float64, "v": pl.Float64}, orient="row")
        return _of_the_pod(frame)

    def index(self, measurements: Sequence[Measurement], span: Span, prefix: str = "") -> list[pl.DataFrame]:
        assert list(measurements) == [INIT_INFO]
        policy = [(name, "Always" if name in self._sidecars else "") for name in self._inits]
        frame = pl.DataFrame(policy, schema={"container": pl.String, "restart_policy": pl.String}, orient="row")
        return [_of_the_pod(frame)]


def _at(sizes: Sizes | Mapping[int, Sizes], hour: int) -> Sizes | None:
    by_hour = {h: value for h, value in sizes.items() if isinstance(h, int) and isinstance(value, Mapping)}
    return by_hour.get(hour) if by_hour else {r: v for r, v in sizes.items() if isinstance(r, str) and isinstance(v, float)}


def _of_the_pod(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit("c1").alias("cluster"), pl.lit("app").alias("namespace"), pl.lit("web").alias("pod"), uid=pl.lit("u1"))


def _requests(rows: Sequence[tuple[str, int, Sizes | None]]) -> pl.DataFrame:
    flat = [(name, UNITS[r], h * HOUR, v) for name, h, sizes in rows if sizes is not None for r, v in sizes.items()]
    schema = {"container": pl.String, "resource": pl.String, "hour": pl.Int64, "v": pl.Float64}
    return _of_the_pod(pl.DataFrame(flat, schema=schema, orient="row"))


def _pod_values(rows: Sequence[tuple[int, float]]) -> pl.DataFrame:
    return _of_the_pod(pl.DataFrame([(h * HOUR, v) for h, v in rows], schema={"hour": pl.Int64, "v": pl.Float64}, orient="row"))


PODS = pl.DataFrame(
    {"pod_row": [0], "cluster": ["c1"], "namespace": ["app"], "pod": ["web"], "uid": ["u1"]}, schema_overrides={"pod_row": pl.UInt32}
)


def requests(shelf: Shelf, held: Mapping[int, tuple[float, float]] | None = None) -> pl.DataFrame:
    """Rates of the pod in the hours of held, {hour: (first, last second)}; by default the whole of the first."""
    spans = held or {0: (0.0, float(HOUR))}
    rows = [(0, h * HOUR, "c1", float(a), float(b), float(b - a)) for h, (a, b) in spans.items()]
    columns = ["pod_row", "hour", "cluster", "first_held", "last_held", "held_seconds"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(pl.col("pod_row").cast(pl.UInt32))
    source = cast(Source, shelf)
    return container_requests(source, SEEN, PODS, frame, init_kinds(source, SEEN, PODS))


def sizes(cpu: float, gib: float, cards: float = 0.0) -> Sizes:
    return {"cpu": float(cpu), "ram": gib * GIB} | ({"gpu": float(cards)} if cards else {})


def table(found: pl.DataFrame) -> dict[str, tuple[str, float, float, float]]:
    """container → kind, cores, GiB, cards."""
    rows = found.select("container", "container_kind", "cpu", pl.col("ram") / GIB, "gpu").iter_rows()
    return {name: (kind, cpu, gib, cards) for name, kind, cpu, gib, cards in rows}


def test_containers_alone_leave_nothing_for_the_pod() -> None:
    found = requests(Shelf({"c": sizes(1, 2), "d": sizes(0.5, 1, cards=2)}))
    assert table(found) == {"c": ("container", 1, 2, 0), "d": ("container", 0.5, 1, 2)}
    assert found["marks"].to_list() == [0, 0]


def test_an_init_container_that_asks_for_more() -> None:
    # E = max(1, 3) cores and max(4, 2) GiB: 2 cores and no memory beyond the container
    found = requests(Shelf({"c": sizes(1, 4)}, {"prepare": sizes(3, 2)}))
    assert table(found) == {"c": ("container", 1, 4, 0), "prepare": ("init", 0, 0, 0), "__pod__": ("pod", 2, 0, 0)}
    assert set(found["marks"]) == {0}


def test_init_containers_run_one_after_another() -> None:
    # each resource by its own largest: max(2, 4, 1) − 2 cores, max(4, 1, 8) − 4 GiB
    found = requests(Shelf({"c": sizes(2, 4)}, {"one": sizes(4, 1), "two": sizes(1, 8)}))
    assert table(found)["__pod__"] == ("pod", 2, 4, 0)


def test_an_init_container_that_asks_for_less() -> None:
    found = requests(Shelf({"c": sizes(2, 4)}, {"prepare": sizes(1, 4)}))
    assert set(table(found)) == {"c", "prepare"}


def test_sidecars_run_beside_both() -> None:
    # E = max(1 + 0.5, 3 + 0.5) = 3.5 cores, max(1 + 0.5, 2 + 0.5) = 2.5 GiB; the pod's own rows ask for 1.5 and 1.5
    found = requests(Shelf({"c": sizes(1, 1)}, {"prepare": sizes(3, 2), "proxy": sizes(0.5, 0.5)}, sidecars={"proxy"}))
    assert table(found) == {
        "c": ("container", 1, 1, 0),
        "proxy": ("sidecar", 0.5, 0.5, 0),
        "prepare": ("init", 0, 0, 0),
        "__pod__": ("pod", 2, 1, 0),
    }
    # which started first is not told
    marks = dict(found.select("container", "marks").iter_rows())
    assert marks == {"c": 0, "proxy": 0, "prepare": 0, "__pod__": Mark.SIDECAR_ORDER_ASSUMED.value}


def test_a_sidecar_without_init_containers_leaves_nothing_open() -> None:
    found = requests(Shelf({"c": sizes(1, 1)}, {"proxy": sizes(0.5, 0.5)}, sidecars={"proxy"}, overhead=(0.25, 0.0)))
    assert table(found)["__pod__"] == ("pod", 0.25, 0, 0)
    assert set(found["marks"]) == {0}


def test_overhead_comes_on_top() -> None:
    found = requests(Shelf({"c": sizes(1, 1)}, {"prepare": sizes(3, 0.5)}, overhead=(0.25, 0.125 * GIB)))
    assert table(found)["__pod__"] == ("pod", 2.25, 0.125, 0)


def test_an_init_container_may_ask_for_a_card() -> None:
    found = requests(Shelf({"c": sizes(1, 1)}, {"probe": sizes(0.5, 0.5, cards=1)}))
    assert table(found)["__pod__"] == ("pod", 0, 0, 1)


amounts = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, 4.0])
asked = st.builds(sizes, amounts, amounts, st.sampled_from([0.0, 0.0, 1.0]))


@given(
    st.lists(asked, min_size=1, max_size=3),
    st.lists(asked, max_size=3),
    st.lists(asked, max_size=2),
    st.sampled_from([None, (0.25, 0.125 * GIB)]),
)
def test_rows_of_a_pod_sum_to_what_the_scheduler_reserves(
    containers: list[Sizes], inits: list[Sizes], sidecars: list[Sizes], overhead: tuple[float, float] | None
) -> None:
    side = {f"s{i}": s for i, s in enumerate(sidecars)}
    shelf = Shelf(
        {f"c{i}": c for i, c in enumerate(containers)},
        {f"i{i}": s for i, s in enumerate(inits)} | side,
        sidecars=set(side),
        overhead=overhead,
    )
    found = requests(shelf)
    extra = dict(zip(("cpu", "ram"), overhead or (0.0, 0.0), strict=True))
    for r in UNITS:
        main, beside = (sum(s.get(r, 0.0) for s in group) for group in (containers, sidecars))
        largest = max((s.get(r, 0.0) for s in inits), default=0.0)
        assert found[r].sum() == pytest.approx(max(main + beside, largest + beside) + extra.get(r, 0.0))
        assert found[r].min() >= 0  # type: ignore[operator]


def test_hours_without_a_sample_take_the_nearest_request_earlier_before_later() -> None:
    # told in hours 1 and 3 only; hour 0 comes before anything was told
    shelf = Shelf({"c": {1: sizes(1, 1), 3: sizes(2, 1)}}, hours=range(4))
    found = requests(shelf, {h: (h * HOUR, (h + 1) * HOUR) for h in range(4)})
    assert found.sort("hour")["cpu"].to_list() == [1, 1, 1, 2]


def test_a_request_that_changed_in_the_last_hour_counts_while_it_was_held() -> None:
    # Released at 1800. Shown: 1 core until 1200, then 3, and on after the release: 20 samples of 1 and 10 of 3 lie in the held time.
    samples = [(60.0 * i, 1.0 if i < 20 else 3.0) for i in range(60)]
    told = {0: sizes(1, 1), 1: sizes(2.3, 1)}
    shelf = Shelf({"c": told}, hours=(0, 1), samples=[(HOUR + t, v) for t, v in samples])
    found = requests(shelf, {0: (0, HOUR), 1: (HOUR, HOUR + 1800)})
    # the first sample, at the very edge, belongs to the hour before: 19 of 1 and 10 of 3
    assert found.sort("hour")["cpu"].to_list() == pytest.approx([1, (19 * 1 + 10 * 3) / 29])


def test_hours_in_which_the_pod_holds_nothing_have_no_row() -> None:
    found = requests(Shelf({"c": sizes(1, 1)}, hours=range(4)), {1: (HOUR, 2 * HOUR)})
    assert found["hour"].to_list() == [HOUR]
