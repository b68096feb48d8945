"""What is seen at a moment: five minutes back, and no further than the end of the series."""

from __future__ import annotations

import polars as pl

from farthing.metering.samples.moments import seen_at, sightings
from farthing.metering.samples.rows import ENDS, ID, TIMES, TYPES


def rows(*series: tuple[int, str, list[int], list[int]]) -> pl.DataFrame:
    """Rows of (id, name, seconds of samples, seconds of ends)."""
    told = [{ID: i, "name": n, TIMES: [t * 1000 for t in times], ENDS: [t * 1000 for t in ends]} for i, n, times, ends in series]
    return pl.DataFrame(told, schema={ID: TYPES[ID], "name": pl.String, TIMES: TYPES[TIMES], ENDS: TYPES[ENDS]})


def seen(frame: pl.DataFrame, first: int, last: int, apart: int) -> dict[int, list[int]]:
    """Moment → the samples seen at it, all in seconds."""
    found = seen_at(sightings(frame, ["name"]), first * 1000, last * 1000, apart * 1000)
    grouped = found.group_by("moment").agg(pl.col("t").sort())
    return {m // 1000: [t // 1000 for t in told] for m, told in sorted(grouped.iter_rows())}


def test_a_sample_is_seen_for_five_minutes() -> None:
    # from its own time on, and no longer when it is 300 s old
    assert seen(rows((1, "a", [100], [])), 0, 600, 100) == {100: [100], 200: [100], 300: [100]}
    assert seen(rows((1, "a", [101], [])), 0, 600, 100) == {200: [101], 300: [101], 400: [101]}


def test_a_mark_ends_it_at_once() -> None:
    assert seen(rows((1, "a", [100], [200])), 0, 600, 50) == {100: [100], 150: [100]}
    # what comes after the mark is seen again
    assert seen(rows((1, "a", [100, 300], [200])), 0, 400, 100) == {100: [100], 300: [300], 400: [300]}
    # in another hour's row of the same series the mark counts as well, of another series it does not
    assert seen(rows((1, "a", [100], []), (1, "a", [], [200])), 0, 600, 100) == {100: [100]}
    assert seen(rows((1, "a", [100], []), (2, "a", [], [200])), 0, 600, 100) == {100: [100], 200: [100], 300: [100]}


def test_of_series_with_one_name_the_longest_seen_counts() -> None:
    assert seen(rows((1, "a", [100], [150]), (2, "a", [100], [350])), 0, 600, 100) == {100: [100], 200: [100], 300: [100]}


def test_moments_outside_are_left_out() -> None:
    assert seen(rows((1, "a", [90, 1000], [])), 100, 200, 100) == {100: [90], 200: [90]}
    assert seen(rows((1, "a", [90], [])), 500, 900, 100) == {}
    assert seen(rows(), 0, 100, 100) == {}
