"""Which node a pod's hour lands on."""

from __future__ import annotations

from math import inf

import polars as pl
import pytest

from farthing.core.schema import Mark
from farthing.metering.placement import LINGER_SECONDS, UNKNOWN_NODE, place, within_nodes

HOUR = 3600
RESOURCES = ("cpu", "ram", "gpu")


def lives(*rows: tuple[str, str | None, float, float]) -> pl.DataFrame:
    """pod, node, start, end."""
    schema = {"pod": pl.String, "node": pl.String, "start": pl.Float64, "end": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.lit("c1").alias("cluster")).with_row_index("pod_row")


def nodes(*rows: tuple[str, float]) -> pl.DataFrame:
    """node, end."""
    return pl.DataFrame(rows, schema={"node": pl.String, "end": pl.Float64}, orient="row").with_columns(pl.lit("c1").alias("cluster"))


def ends(pods: pl.DataFrame, known: pl.DataFrame) -> dict[str, float]:
    return dict(within_nodes(pods, known).select("pod", "end").iter_rows())


def test_an_object_that_lingers_after_its_node_holds_nothing_then() -> None:
    pods = lives(("lingers", "n1", 0, 5000 + LINGER_SECONDS), ("earlier", "n1", 0, 4000), ("open", "n2", 0, inf))
    assert ends(pods, nodes(("n1", 5000), ("n2", inf))) == {"lingers": 5000, "earlier": 4000, "open": inf}


def test_a_node_that_pods_outlive_by_far_was_missed_and_is_not_gone() -> None:
    pods = lives(("web", "n1", 0, 5001 + LINGER_SECONDS), ("for-ever", "n1", 0, inf))
    assert ends(pods, nodes(("n1", 5000))) == {"web": 5001 + LINGER_SECONDS, "for-ever": inf}


def test_the_last_node_of_a_name_counts() -> None:
    # n1 went at 3000 and came again until 8000
    assert ends(lives(("web", "n1", 0, 8100)), nodes(("n1", 3000), ("n1", 8000))) == {"web": 8000}


def test_a_pod_that_only_came_when_the_node_was_gone_is_left_out() -> None:
    assert ends(lives(("late", "n1", 5100, 5200), ("web", "n1", 0, 5100)), nodes(("n1", 5000))) == {"web": 5000}


def test_a_pod_of_an_unknown_node_stays() -> None:
    assert ends(lives(("web", "lost", 0, 700), ("untold", None, 0, 800)), nodes(("n1", 100))) == {"web": 700, "untold": 800}


def used(*rows: tuple[int, int, float, float, float, float]) -> pl.DataFrame:
    """pod_row, hour, first_held, last_held, cpu_requested, cpu_held; memory is 10 times as much, no cards."""
    columns = ["pod_row", "hour", "first_held", "last_held", "cpu_requested", "cpu_held"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        pl.col("pod_row").cast(pl.UInt32), pl.col("first_held", "last_held", "cpu_requested", "cpu_held").cast(pl.Float64)
    )
    memory = [(pl.col(f"cpu_{c}") * 10).alias(f"ram_{c}") for c in ("requested", "held")]
    return frame.with_columns(
        *memory, pl.lit(0.0).alias("gpu_requested"), pl.lit(0.0).alias("gpu_held"), pl.lit(0, dtype=pl.UInt32).alias("marks")
    )


def node_hours(*rows: tuple[int, str, int, float, float, str]) -> pl.DataFrame:
    """asset_id, node, hour, first_held, last_held, pricing of nodes of 8 cores and 80 bytes."""
    frame = pl.DataFrame(rows, schema=["asset_id", "node", "hour", "first_held", "last_held", "pricing"], orient="row")
    seconds = (pl.col("last_held") - pl.col("first_held")).cast(pl.Float64)
    return frame.with_columns(
        pl.col("asset_id").cast(pl.UInt64),
        pl.col("first_held", "last_held").cast(pl.Float64),
        pl.lit("c1").alias("cluster"),
        pl.col("node").alias("name"),
        seconds.alias("seconds"),
        (seconds * 8).alias("cpu"),
        (seconds * 80).alias("ram"),
        pl.lit(0.0).alias("gpu"),
        pl.lit(0, dtype=pl.UInt32).alias("marks"),
    )


def test_a_pod_lands_on_its_node() -> None:
    rows, hours = place(
        used((0, 0, 0, HOUR, 3600, 7200), (1, 0, 0, HOUR, 1800, 1800)),
        lives(("a", "n1", 0, inf), ("b", "n2", 0, inf)),
        node_hours((1, "n1", 0, 0, HOUR, "node"), (2, "n2", 0, 0, HOUR, "node")),
    )
    assert rows.sort("pod_row").select("pod_row", "node_asset_id", "cpu_held", "marks").rows() == [(0, 1, 7200, 0), (1, 2, 1800, 0)]
    assert hours.sort("asset_id").select("asset_id", "cpu").rows() == [(1, 8 * HOUR), (2, 8 * HOUR)]


def test_two_nodes_of_one_name_in_one_hour() -> None:
    # n1 was one machine until 1200 and another from 1500 on: each pod is on the one that it shared more time with
    rows, _ = place(
        used((0, 0, 0, 1300, 10, 10), (1, 0, 1100, HOUR, 10, 10)),
        lives(("a", "n1", 0, 1300), ("b", "n1", 1100, inf)),
        node_hours((1, "n1", 0, 0, 1200, "node"), (2, "n1", 0, 1500, HOUR, "node")),
    )
    assert dict(rows.select("pod_row", "node_asset_id").iter_rows()) == {0: 1, 1: 2}


def test_a_node_that_is_not_in_the_data_is_inferred_with_what_is_held_on_it() -> None:
    rows, hours = place(
        used((0, 0, 600, HOUR, 3000, 6000), (1, 0, 0, 1800, 1800, 1800), (2, 0, 0, 60, 30, 30), (0, HOUR, HOUR, 2 * HOUR, 3600, 3600)),
        lives(("a", "lost", 600, inf), ("b", "lost", 0, 1800), ("c", None, 0, 60)),
        node_hours((1, "n1", 0, 0, HOUR, "node")),
    )
    inferred = hours.filter(pl.col("marks") == Mark.NODE_INFERRED.value).sort("hour", "name")
    # lost: 6000 + 1800 core-seconds held between 0 and 3600, and 3600 in the next hour; c is on no node that has a name
    assert inferred.select("name", "hour", "cpu", "ram", "seconds", "pricing").rows() == [
        (UNKNOWN_NODE, 0, 30.0, 300.0, 60.0, "node"),
        ("lost", 0, 7800.0, 78_000.0, 3600.0, "node"),
        ("lost", HOUR, 3600.0, 36_000.0, 3600.0, "node"),
    ]
    assert rows["marks"].to_list() == [Mark.NODE_INFERRED.value] * 4
    # one asset per name, the same in both hours, and the rows are on it
    assert inferred.filter(pl.col("name") == "lost")["asset_id"].n_unique() == 1
    by_asset = rows.group_by(pl.col("node_asset_id").alias("asset_id"), "hour").agg(pl.col("cpu_held").sum())
    assert by_asset.join(inferred, on=["asset_id", "hour"]).filter(pl.col("cpu") == pl.col("cpu_held")).height == 3


def test_a_known_node_in_an_hour_without_it_is_inferred_there() -> None:
    # the node went at 01:00 and its pod, by the data, went on far longer: the hour after stands on a row of its own
    rows, hours = place(
        used((0, 0, 0, HOUR, 10, 10), (0, HOUR, HOUR, 2 * HOUR, 10, 10)),
        lives(("a", "n1", 0, inf)),
        node_hours((1, "n1", 0, 0, HOUR, "node")),
    )
    assert rows.sort("hour")["marks"].to_list() == [0, Mark.NODE_INFERRED.value]
    assert rows.sort("hour")["node_asset_id"].to_list()[0] == 1
    assert hours.height == 2


@pytest.mark.parametrize("held", [3600.0, 9000.0])
def test_on_a_pod_priced_node_the_request_is_all_there_is(held: float) -> None:
    # whatever is used beyond the request: held and offered is what a and b ask for, 3600 + 1800 core-seconds
    rows, hours = place(
        used((0, 0, 0, HOUR, 3600, held), (1, 0, 0, HOUR, 1800, 1800)),
        lives(("a", "fargate", 0, inf), ("b", "fargate", 0, inf)),
        node_hours((1, "fargate", 0, 0, HOUR, "pod"), (2, "empty", 0, 0, HOUR, "pod"), (3, "n1", 0, 0, HOUR, "node")),
    )
    assert rows.sort("pod_row").select("cpu_held", "ram_held").rows() == [(3600, 36_000), (1800, 18_000)]
    assert hours.sort("asset_id").select("asset_id", "cpu", "ram", "gpu").rows() == [
        (1, 5400, 54_000, 0),
        (2, 0, 0, 0),
        (3, 8 * HOUR, 80 * HOUR, 0),
    ]
