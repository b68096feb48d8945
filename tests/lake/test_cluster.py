"""Commit, read, replace, ask what is new: on a folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import polars as pl
import pytest

from farthing.core.errors import BadFacts, BadParameter, ClocksDiffer
from farthing.core.ledger import Note, Span
from farthing.lake import Lake
from tests.lake.facts import CLUSTER, HOUR, NOW, T0, assert_same, facts, rows_of, without

DAY = timedelta(days=1)


def test_what_is_committed_comes_back(lake: Lake) -> None:
    told = facts(hours=30)  # over the end of a day and of a month
    commit = lake.cluster(CLUSTER).commit(told, now=NOW)
    # 6 pods, 3 of them with a row of the whole pod; 2 nodes; a row of flow for each pod
    assert (commit.sequence, commit.rows, len(commit.hours)) == (1, {"usage": 9 * 30, "capacity": 2 * 30, "flow": 6 * 30}, 30)
    assert_same(lake.cluster(CLUSTER).read(told.span), told)
    assert lake.clusters() == (CLUSTER,)


def test_only_the_hours_asked_for_are_read(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    cluster.commit(facts(hours=5), now=NOW)
    read = cluster.read(Span(T0 + 1.5 * HOUR, T0 + 3 * HOUR))  # touches the second and third hour
    assert_same(read, replace(facts(first=1, hours=2)))


def test_held_follows_from_used_exactly(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    cluster.commit(facts(), now=NOW)
    usage = cluster.read(facts().span).usage.filter(pl.col("identity_id") != 2**64 - 6)  # pod 5 has another held
    assert usage.height == 7
    for resource in ("cpu", "ram"):
        held, largest = usage[f"{resource}_held"], usage.select(pl.max_horizontal(f"{resource}_requested", f"{resource}_used")).to_series()
        assert held.equals(largest)


def test_a_repeated_commit_changes_nothing(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    first = cluster.commit(facts(hours=2), now=NOW)
    again = cluster.commit(facts(hours=2), now=NOW + DAY)
    assert again.hours == ()
    assert again.unchanged == (T0, T0 + HOUR)
    assert cluster.hours()["run_id"].unique().to_list() == [first.run_id]
    measured_later = replace(facts(), usage=facts().usage.with_columns(recorded_at=pl.lit(NOW + DAY, pl.Datetime("us", "UTC"))))
    assert cluster.commit(measured_later, now=NOW + DAY).hours == ()


def test_another_content_replaces_the_hour_and_the_old_one_is_kept(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    old, new = facts(hours=3), without(facts(first=1), every=2)
    cluster.commit(old, now=NOW)
    before = rows_of(cluster.read(old.span))
    commit = cluster.commit(new, now=NOW + DAY)
    assert commit.hours == (T0 + HOUR,)
    assert_same(cluster.read(new.span), new)
    assert_same(cluster.read(facts().span), facts())
    assert rows_of(cluster.read(old.span, as_of=NOW + DAY - timedelta(microseconds=1))) == before
    assert rows_of(cluster.read(old.span, as_of=NOW + DAY)) == rows_of(cluster.read(old.span))
    assert cluster.read(old.span, as_of=NOW - DAY).usage.height == 0
    third = facts(first=1, seed=7)
    cluster.commit(third, now=NOW + 2 * DAY)
    assert_same(cluster.read(third.span, as_of=NOW + DAY), new)
    assert rows_of(cluster.read(old.span, as_of=NOW)) == before
    assert_same(cluster.read(third.span), third)


def test_only_the_hours_that_changed_are_written(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    cluster.commit(facts(hours=4), now=NOW)
    other = facts(first=2, seed=3)
    day = replace(facts(hours=4), usage=pl.concat([facts(hours=2).usage, other.usage, facts(first=3).usage]))
    commit = cluster.commit(day, now=NOW + DAY)
    assert commit.hours == (T0 + 2 * HOUR,)
    assert len(commit.unchanged) == 3
    assert_same(cluster.read(day.span), day)


def test_an_hour_without_rows_is_known_to_be_empty(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    cluster.commit(facts(pods=0), now=NOW)
    nothing = replace(facts(first=1), usage=facts().usage.clear(), capacity=facts().capacity.clear(), flow=facts().flow.clear())
    cluster.commit(nothing, now=NOW)
    assert cluster.hours().select("usage_rows", "capacity_rows", "flow_rows").rows() == [(0, 2, 0), (0, 0, 0)]
    assert cluster.hours(Span(T0 + HOUR, T0 + 2 * HOUR))["hour"].dt.epoch("s").to_list() == [T0 + HOUR]
    read = cluster.read(Span(T0, T0 + 3 * HOUR))
    assert (read.usage.height, read.capacity.height, read.notes) == (0, 2, ())
    cluster.commit(facts(pods=0, seed=9), now=NOW + DAY)
    assert_same(cluster.read(facts().span), facts(pods=0, seed=9))


def test_a_lake_without_the_cluster(lake: Lake) -> None:
    cluster = lake.cluster("nobody")
    assert lake.clusters() == ()
    assert cluster.head() is None
    assert cluster.hours().height == 0
    assert cluster.read(facts().span).usage.columns == facts().usage.columns
    assert cluster.changed_since(None).hours == ()
    assert cluster.changed_since(cluster.changed_since(None).cursor).hours == ()


def test_what_is_new(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    nothing = cluster.changed_since(None)
    cluster.commit(facts(hours=2), now=NOW)
    first = cluster.changed_since(nothing.cursor)
    assert first.hours == (T0, T0 + HOUR)
    assert cluster.changed_since(first.cursor) == type(first)((), first.cursor)
    cluster.commit(facts(first=1, hours=2, seed=2), now=NOW + DAY)
    cluster.commit(facts(first=5), now=NOW + DAY)
    later = lake.cluster(CLUSTER).changed_since(first.cursor)
    assert later.hours == (T0 + HOUR, T0 + 2 * HOUR, T0 + 5 * HOUR)
    assert cluster.changed_since(later.cursor).hours == ()
    assert len(cluster.changed_since(None).hours) == 4
    head = cluster.head()
    assert head is not None
    assert (head.sequence, head.last_hour, head.recorded_at) == (3, T0 + 5 * HOUR, NOW + DAY)


def test_a_cursor_of_another_lake_asks_for_everything(lake: Lake) -> None:
    lake.cluster("a").commit(facts(cluster="a"), now=NOW)
    lake.cluster("b").commit(facts(hours=2, cluster="b"), now=NOW)
    assert lake.cluster("b").changed_since(lake.cluster("a").changed_since(None).cursor).hours == (T0, T0 + HOUR)
    with pytest.raises(BadParameter, match="no cursor"):
        lake.cluster("b").changed_since("yesterday")


def test_notes_are_kept_with_their_hours(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    one, two = Note("no flow data", cluster=CLUSTER), Note("a hole", "scrape", level="info")
    cluster.commit(facts(hours=2, notes=[one, two]), now=NOW)
    cluster.commit(facts(first=2, notes=[one]), now=NOW)
    assert cluster.read(Span(T0, T0 + 3 * HOUR)).notes == (one, two)
    assert cluster.read(facts(first=2).span).notes == (one,)


def test_names_are_stored_once_a_month_and_widened(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    month = facts(hours=28)
    narrow = month.identity.with_columns(valid_from=pl.lit(float(T0)), valid_to=pl.lit(float(T0 + HOUR)))
    cluster.commit(replace(month, identity=narrow), now=NOW)
    wide = replace(facts(first=1), identity=narrow.with_columns(valid_to=pl.lit(float(T0 + 2 * HOUR))))
    cluster.commit(wide, now=NOW)
    read = cluster.read(Span(T0, T0 + 40 * HOUR)).identity
    assert read["identity_id"].is_unique().all()
    assert read.height == 6
    assert read.select("valid_from", "valid_to").unique().rows() == [(T0, T0 + 2 * HOUR)]
    cluster.commit(facts(first=28), now=NOW)  # the first hour of another month: NULL is the widest
    assert cluster.read(facts(first=28).span).identity["valid_to"].null_count() == 6


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda f: replace(f, span=Span(T0 + 1, T0 + HOUR)), "whole hours"),
        (lambda f: replace(f, span=Span(T0 + HOUR, T0 + 2 * HOUR)), "outside the span"),
        (lambda f: replace(f, usage=pl.concat([f.usage, f.usage.head(1)])), "share a key"),
        (lambda f: replace(f, usage=f.usage.with_columns(cluster=pl.lit("x"))), "of cluster 'x'"),
        (lambda f: replace(f, usage=f.usage.with_columns(cpu_used=pl.lit(float("nan")))), "cpu_used"),
        (lambda f: replace(f, flow=f.flow.with_columns(bytes_out=pl.lit(1e30))), "cannot be stored"),
        (lambda f: replace(f, identity=f.identity.tail(2)), "have no name"),
        (lambda f: replace(f, identity=f.identity.with_columns(cluster=pl.lit("x"))), "6 names are of cluster 'x'"),
        (lambda f: replace(f, identity=pl.concat([f.identity, f.identity])), "share an id"),
        (lambda f: replace(f, capacity=f.capacity.drop("cpu")), "cpu is missing"),
    ],
)
def test_facts_that_cannot_be_taken(lake: Lake, wrong: object, told: str) -> None:
    assert callable(wrong)
    cluster = lake.cluster(CLUSTER)
    with pytest.raises(BadFacts, match=told):
        cluster.commit(wrong(facts()), now=NOW)
    assert cluster.hours().height == 0


def test_a_clock_that_ran_back(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    cluster.commit(facts(), now=NOW)
    with pytest.raises(ClocksDiffer, match="recorded at 2026-04-02 00:00:00"):
        cluster.commit(facts(seed=2), now=NOW - timedelta(minutes=6))
    cluster.commit(facts(seed=2), now=NOW - timedelta(minutes=4))  # a step of the clock: versions still follow each other
    assert cluster.hours()["recorded_at"].to_list() == [NOW]
    assert_same(cluster.read(facts().span), facts(seed=2))


def test_times_of_any_zone_and_none_without(lake: Lake) -> None:
    cluster = lake.cluster(CLUSTER)
    kolkata = timezone(timedelta(hours=5, minutes=30))
    cluster.commit(facts(), now=NOW.astimezone(kolkata))
    assert cluster.hours()["recorded_at"].to_list() == [NOW]
    assert cluster.read(facts().span, as_of=NOW.astimezone(kolkata)).usage.height == 9
    for attempt in (
        lambda: cluster.commit(facts(), now=datetime(2026, 4, 2)),
        lambda: cluster.read(facts().span, as_of=datetime(2026, 4, 2)),
    ):
        with pytest.raises(ValueError, match="must be aware"):
            attempt()
