"""Things that several hold at once are shared second by second."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.metering.shares import equal_shares, merged

Hold = tuple[str, str, str, float, float]  # thing, group, holder, start, end


def holds(*rows: Hold) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["thing", "group", "holder", "start", "end"], orient="row")


def seconds(shares: pl.DataFrame, column: str = "seconds") -> dict[str, float]:
    return dict(shares.select("holder", column).iter_rows())


def test_a_second_is_split_among_those_who_hold_then() -> None:
    # a 0–60, b 30–90: a alone 30 s, both 30 s (15 each), b alone 30 s
    shares = equal_shares(holds(("disk", "", "a", 0, 60), ("disk", "", "b", 30, 90)).drop("group"))
    assert seconds(shares) == pytest.approx({"a": 45, "b": 45})
    assert seconds(shares, "weighted") == pytest.approx({"a": 45, "b": 45})


def test_things_do_not_touch_each_other() -> None:
    shares = equal_shares(holds(("one", "", "a", 0, 60), ("two", "", "a", 0, 60), ("two", "", "b", 0, 60)))
    assert sorted(shares.select("thing", "holder", "seconds").rows()) == [("one", "a", 60.0), ("two", "a", 30.0), ("two", "b", 30.0)]


def test_a_holder_that_holds_twice_counts_once() -> None:
    # a mounts the volume twice, 0–60 and 20–80: one hold of 80 s, beside b's 40–80
    shares = equal_shares(holds(("disk", "", "a", 0, 60), ("disk", "", "a", 20, 80), ("disk", "", "b", 40, 80)))
    assert seconds(shares) == pytest.approx({"a": 40 + 20, "b": 20})


def test_groups_share_first_and_then_their_holders() -> None:
    # two services behind one address: a alone behind shop, b and c behind blog: a half, b and c a quarter each
    shares = equal_shares(holds(("lb", "shop", "a", 0, 80), ("lb", "blog", "b", 0, 80), ("lb", "blog", "c", 0, 80)))
    assert seconds(shares) == pytest.approx({"a": 40, "b": 20, "c": 20})


def test_a_holder_in_two_groups_has_a_part_of_each() -> None:
    # a is all of shop and one of two in blog: 1/2 + 1/4 of 80 s
    shares = equal_shares(holds(("lb", "shop", "a", 0, 80), ("lb", "blog", "a", 0, 80), ("lb", "blog", "b", 0, 80)))
    assert seconds(shares) == pytest.approx({"a": 60, "b": 20})


def test_a_group_without_a_holder_leaves_its_part_to_the_others() -> None:
    # blog has somebody until 40 only: a has 20 of those seconds and all of the rest
    shares = equal_shares(holds(("lb", "shop", "a", 0, 80), ("lb", "blog", "b", 0, 40)))
    assert seconds(shares) == pytest.approx({"a": 60, "b": 20})


def test_the_size_counts_when_it_was_so() -> None:
    # 10 GiB until 50, then 20. a holds 0–100 and b 50–100: a 50·10 + 25·20, b 25·20
    sizes = pl.DataFrame({"thing": ["disk", "disk"], "start": [0, 50], "end": [50, 100], "size": [10.0, 20.0]})
    shares = equal_shares(holds(("disk", "", "a", 0, 100), ("disk", "", "b", 50, 100)), sizes)
    assert seconds(shares) == pytest.approx({"a": 75, "b": 25})
    assert seconds(shares, "weighted") == pytest.approx({"a": 1000, "b": 500})


def test_a_hold_without_length_is_none() -> None:
    assert equal_shares(holds(("disk", "", "a", 10, 10), ("disk", "", "b", 0, 20))).select("holder", "seconds").rows() == [("b", 20.0)]


def test_adjoining_holds_are_one() -> None:
    joined = merged(holds(("disk", "", "a", 0, 30), ("disk", "", "a", 30, 60), ("disk", "", "a", 70, 80), ("disk", "x", "a", 0, 30)))
    assert sorted(joined.select("group", "start", "end").rows()) == [("", 0, 60), ("", 70, 80), ("x", 0, 30)]


names = st.sampled_from("abc")
some_holds = st.lists(
    st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(["x", "y"]), names, st.integers(0, 90), st.integers(1, 40)).map(
        lambda hold: (*hold[:3], float(hold[3]), float(hold[3] + hold[4]))
    ),
    min_size=1,
    max_size=12,
)


@given(some_holds)
def test_shares_sum_to_the_time_in_which_anybody_holds(rows: list[Hold]) -> None:
    shares = equal_shares(holds(*rows))
    assert shares["seconds"].min() > 0  # type: ignore[operator]
    for thing in {row[0] for row in rows}:
        union = {t for name, _, _, start, end in rows if name == thing for t in range(int(start), int(end))}
        assert shares.filter(pl.col("thing") == thing)["seconds"].sum() == pytest.approx(len(union))


@given(some_holds, st.integers(1, 130), st.integers(1, 50), st.integers(1, 50))
def test_weighted_shares_sum_to_the_size_over_that_time(rows: list[Hold], resized: int, before: int, after: int) -> None:
    things = sorted({row[0] for row in rows})
    sizes = pl.concat(
        pl.DataFrame({"thing": [t, t], "start": [0.0, 1.0 * resized], "end": [1.0 * resized, 200.0], "size": [1.0 * before, 1.0 * after]})
        for t in things
    )
    shares = equal_shares(holds(*rows), sizes)
    for thing in things:
        union = {t for name, _, _, start, end in rows if name == thing for t in range(int(start), int(end))}
        whole = sum(before if t < resized else after for t in union)
        assert shares.filter(pl.col("thing") == thing)["weighted"].sum() == pytest.approx(whole)
