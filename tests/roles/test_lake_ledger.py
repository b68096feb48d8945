"""The ledger from a lake: the same answers as from the server, pieces, edges, what is absent, and how it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from farthing.core.errors import NoData
from farthing.core.ledger import Ledger, Span
from farthing.core.settings import PricingSettings, Settings
from farthing.core.windows import Window
from farthing.lake import Lake, open_lake
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import load_book
from farthing.roles import LakeLedger, LiveLedger, Rules, as_of_source
from farthing.views import Question, check_closes, summarise
from tests.kit.servers import serving

from .installation import CORE, DAY, GIB, HOUR, LATER, NODE, POD, filled, settings_for, small_cluster

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A lake with the hours 0 to 30 of cluster east and 6 to 12 of west, and the server they came from."""
    folder = tmp_path_factory.mktemp("lake")
    series = [*small_cluster("east", 30).series(), *small_cluster("west", 6, first=6).series()]
    with serving("prometheus", series, folder / "server") as url:
        made = settings_for(url, folder)
        filled(made, DAY, DAY + timedelta(hours=30))
        yield made


@pytest.fixture(scope="module")
def lake(settings: Settings) -> Lake:
    return open_lake(settings.lake)


def window(first: float, last: float) -> Window:
    return Window(DAY + timedelta(hours=first), DAY + timedelta(hours=last))


def from_lake(lake: Lake, settings: Settings, *, rows: int = 150_000, as_of: datetime | None = None) -> LakeLedger:
    metering = settings.metering.model_copy(update={"rows_at_once": rows})
    return LakeLedger(lake, settings.model_copy(update={"metering": metering}), as_of=as_of, now=lambda: LATER)


def test_it_says_what_the_server_says(lake: Lake, settings: Settings) -> None:
    asked = window(0.5, 27.25)
    with PrometheusClient(settings.prometheus) as client:
        live = LiveLedger(client, load_book(None), settings, now=lambda: LATER)
        expected = summarise(live.pieces(asked), ("cluster", "namespace", "pod", "controller"))
    pieces = list(from_lake(lake, settings).pieces(asked))
    for piece in pieces:
        check_closes(piece)
    found = summarise(pieces, ("cluster", "namespace", "pod", "controller"))
    # used quantities are kept to a millionth of a core-second and a KiB-second: twelve digits of an hour's use
    assert_frame_equal(found.rows, expected.rows, rel_tol=1e-9)
    # west is seen from a quarter of an hour before 6:00, with the scrape at 5:46:07, to a quarter past 12:00
    assert found.total == pytest.approx(expected.total, rel=1e-9)
    assert found.rows.filter(pl.col("cluster") == "east", pl.col("pod") == "web")["total_cost"].item() == pytest.approx(26.75 * POD)


def test_pieces_have_all_clusters_of_their_hours_and_not_too_many_rows(lake: Lake, settings: Settings) -> None:
    # one container an hour and cluster: with 4 rows at once 24 hours of east and some 7 of west are eight pieces or more
    ledger = LakeLedger(lake, settings, now=lambda: LATER)
    (whole,) = ledger.pieces(window(0, 24))
    metering = settings.metering.model_copy(update={"rows_at_once": 1000})
    small = settings.model_copy(update={"metering": metering.model_construct(**metering.__dict__ | {"rows_at_once": 4})})
    pieces = list(LakeLedger(lake, small, now=lambda: LATER).pieces(window(0, 24)))
    assert len(pieces) >= 8
    for piece in pieces:
        containers = piece.allocation.filter(pl.col("kind").is_in(["container", "pod"]))
        assert containers.height <= 4
        hours = {tuple(row) for row in piece.asset.select("cluster", "hour").unique().iter_rows()}
        mine = whole.asset.filter((pl.col("hour").dt.epoch("s") >= piece.span.start) & (pl.col("hour").dt.epoch("s") < piece.span.end))
        assert hours == {tuple(row) for row in mine.select("cluster", "hour").unique().iter_rows()}
    assert [a.span.end for a in pieces[:-1]] == [b.span.start for b in pieces[1:]]
    assert summarise(pieces, "namespace").total == pytest.approx(summarise([whole], "namespace").total)


def test_what_the_lake_has_not_is_absent_and_said(lake: Lake, settings: Settings) -> None:
    told = {(note.cluster, note.text) for piece in from_lake(lake, settings).pieces(window(-48, 48)) for note in piece.notes}
    assert ("west", "the lake has nothing before 2026-03-02 05:00 UTC: that time is absent, not 0") in told
    assert ("west", "the lake has nothing from 2026-03-02 13:00 UTC on: that time is absent, not 0") in told
    assert ("east", "the lake has nothing before 2026-03-02 00:00 UTC: that time is absent, not 0") in told


def test_hours_that_are_not_closed_yet_are_no_warning(lake: Lake, settings: Settings) -> None:
    # at 6:05 the next day the hour of 5:00 is not closed: all that is closed lies in the lake but the hours of west
    noon = LakeLedger(lake, settings, now=lambda: DAY + timedelta(hours=30, minutes=65))
    notes = [note for piece in noon.pieces(window(24, 31)) for note in piece.notes if "lake" in note.text]
    assert [(note.cluster, note.level, note.text) for note in notes] == [
        ("east", "info", "the lake ends at 2026-03-03 06:00 UTC: later hours are not closed yet")
    ]


def test_a_window_without_an_hour_is_refused_with_what_there_is(lake: Lake, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NoData, match="east from 2026-03-02 00:00 UTC to 2026-03-03 06:00 UTC"):
        list(from_lake(lake, settings).pieces(window(-500, -400)))
    empty = settings_for("", tmp_path)
    with pytest.raises(NoData, match="farthing backfill"):
        list(LakeLedger(open_lake(empty.lake), empty, now=lambda: LATER).pieces(window(0, 1)))


def test_as_of_before_a_rewrite_and_before_a_price_change(settings: Settings, tmp_path: Path) -> None:
    dear = tmp_path / "dear.yaml"
    dear.write_text("name: dear\ndefaults:\n  node:\n    on_demand: {cpu: 1 $/core-hour, ram: 0.5 $/GiB-hour}\n")
    mine = settings_for(settings.prometheus.url, tmp_path, book=dear)
    lake = filled(mine, DAY, DAY + timedelta(hours=3), now=LATER)
    Rules.read(None).record(lake, LATER)
    # an hour later the pod is found to have held twice the memory in the hour of 1:00; two hours later the prices change
    cluster = lake.cluster("east")
    facts = cluster.read(Span(DAY.timestamp() + HOUR, DAY.timestamp() + 2 * HOUR))
    twice = facts.usage.with_columns(pl.col("ram_requested", "ram_held") * 2)
    cluster.commit(replace(facts, usage=twice), now=LATER + timedelta(hours=1))
    Rules.read(dear).record(lake, LATER + timedelta(hours=2))

    def cost_of_app(when: datetime | None) -> float:
        ledger = LakeLedger(lake, mine, as_of=when, now=lambda: LATER + timedelta(days=1))
        table = summarise(ledger.pieces(window(0, 3)), "namespace")
        return float(table.rows.filter(pl.col("name") == "app")["total_cost"].item())

    assert cost_of_app(LATER + timedelta(minutes=1)) == pytest.approx(3 * (CORE + 2 * GIB))
    assert cost_of_app(LATER + timedelta(minutes=90)) == pytest.approx(3 * CORE + 8 * GIB)
    assert cost_of_app(LATER + timedelta(hours=3)) == pytest.approx(3 * 1 + 8 * 0.5)
    assert cost_of_app(None) == pytest.approx(3 * 1 + 8 * 0.5)
    with pytest.raises(NoData, match="as of 2026-03-08 23:59:00 UTC"):
        cost_of_app(LATER - timedelta(minutes=1))

    source = as_of_source(lake, mine, LATER + timedelta(minutes=1), now=lambda: LATER + timedelta(days=1))
    ((table, _),) = source.summaries(Question.of("namespace"), (window(0, 3),))
    assert table.total == pytest.approx(3 * NODE)
    assert [(one.cluster, one.first, one.last) for one in source.extents()] == [("east", DAY.timestamp(), DAY.timestamp() + 3 * HOUR)]


def test_the_version_changes_with_commits_and_prices(settings: Settings, tmp_path: Path) -> None:
    mine = settings_for(settings.prometheus.url, tmp_path)
    lake = filled(mine, DAY, DAY + timedelta(hours=1))

    def version(book: Path | None = None) -> str:
        return LakeLedger(lake, mine.model_copy(update={"pricing": PricingSettings(book=book)}), now=lambda: LATER).version()

    first = version()
    assert version() == first
    other = tmp_path / "other.yaml"
    other.write_text("name: other\ndefaults:\n  node:\n    on_demand: {cpu: 1 $/core-hour, ram: 0.5 $/GiB-hour}\n")
    assert version(other) != first
    filled(mine, DAY, DAY + timedelta(hours=2))
    assert version() != first


def test_pieces_of_other_sizes_have_the_same_sums(lake: Lake, settings: Settings) -> None:
    pieces: list[Ledger] = list(from_lake(lake, settings, rows=1000).pieces(window(0, 30)))
    assert summarise(pieces, "cluster").rows.filter(pl.col("name") == "east")["total_cost"].item() == pytest.approx(30 * POD)
    assert pieces[0].span == Span(DAY.timestamp(), datetime(2026, 3, 3, 6, tzinfo=UTC).timestamp())
