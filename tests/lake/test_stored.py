"""What is stored comes back: exactly, or to half a step."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.core.schema import USAGE
from farthing.lake.codings import SinceHour, Steps, UnlessLargest
from farthing.lake.parquet import read, written
from farthing.lake.stored import ALL, FACTS
from tests.lake.facts import facts

HOUR = datetime(2026, 3, 30, 20, tzinfo=UTC)
QUANTITY = st.none() | st.floats(0, 1e15)


def through(coding: object, frame: pl.DataFrame, column: str) -> pl.Series:
    assert isinstance(coding, Steps | SinceHour | UnlessLargest)
    stored = frame.with_columns(coding.encoded(column).alias(coding.stored_name(column)))
    return stored.select(coding.decoded(column).alias(column)).to_series()


@given(st.floats(0, 3600))
def test_times_in_the_hour_are_exact(second: float) -> None:
    moment = HOUR.timestamp() + second
    frame = pl.DataFrame({"hour": [HOUR], "t": [moment]}, schema={"hour": pl.Datetime("us", "UTC"), "t": pl.Float64})
    assert through(SinceHour(), frame, "t")[0] == moment


@given(st.floats(0, 1e9), st.sampled_from([1e6, 1.0, 1 / 1024]))
def test_measured_quantities_lose_half_a_step_at_most(value: float, per_unit: float) -> None:
    coding = Steps(per_unit, "_steps")
    back = through(coding, pl.DataFrame({"x": [value]}), "x")[0]
    assert abs(back - value) <= coding.step / 2 * (1 + 1e-9) + value * 2e-16
    assert through(coding, pl.DataFrame({"x": [back]}), "x")[0] == back  # stored again it stays


@given(st.floats(0, 1e15), QUANTITY, QUANTITY)
def test_held_is_the_largest_or_what_it_was(requested: float, used: float | None, held: float | None) -> None:
    largest = max(requested, used or 0.0)
    frame = pl.DataFrame({"r": [requested], "u": [used], "h": [largest if held is None else held]}, schema=dict.fromkeys("ruh", pl.Float64))
    coding = UnlessLargest("r", "u")
    assert through(coding, frame, "h")[0] == frame["h"][0]
    kept = frame.select(coding.encoded("h")).to_series()[0]
    assert (kept is None) == (frame["h"][0] == largest)


def test_held_follows_what_was_used_as_it_is_read() -> None:
    """Used is 0.5000004 core-seconds above the request: read back it is 0.5, and held follows."""
    told = facts().usage.filter(pl.col("identity_id") == 2**64 - 1).with_columns(cpu_requested=1.0, cpu_used=1.5000004, cpu_held=1.5000004)
    table = FACTS["usage"]
    back = table.decode(table.encode(told))
    assert back.select("cpu_requested", "cpu_used", "cpu_held").row(0) == (1.0, 1.5, 1.5)


@pytest.mark.parametrize("name", list(FACTS))
def test_a_file_gives_back_what_it_was_given(name: str) -> None:
    table = FACTS[name]
    stored = table.encode(getattr(facts(hours=3), name))
    with_run = stored.append_column(table.stored.arrow.field("run_id"), [["r"] * stored.num_rows])
    data = written(table.stored, with_run)
    back = read(data, "x")
    key = [(column, "ascending") for column in table.stored.order]
    assert back.sort_by(key).cast(table.stored.arrow).equals(with_run.cast(table.stored.arrow).sort_by(key))
    assert read(data, "x", ["hour", "run_id"]).column_names == ["hour", "run_id"]


def test_ids_keep_all_their_bits_at_any_depth() -> None:
    usage = facts().usage
    back = FACTS["usage"].decode(FACTS["usage"].encode(usage))
    assert back["identity_id"].max() == 2**64 - 1
    assert back["volumes"].drop_nulls()[0].to_list() == [{"asset_id": 2**64 - 9, "seconds": 1800.5, "byte_seconds": 1e13}]
    assert back.schema == pl.Schema(USAGE.polars)
    assert FACTS["usage"].decode(FACTS["usage"].encode(usage.clear())).height == 0


def test_every_stored_column_says_what_it_is() -> None:
    for table in ALL:
        for field in table.columns:
            assert field.metadata, f"{table.name}.{field.name}"
            assert field.metadata[b"doc"], f"{table.name}.{field.name}"
